package target

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"strings"
)

// tls makes the configuration; nil where the file says nothing about TLS.
func (b *builder) tls(spec tlsSpec) *tls.Config {
	if !spec.CA.set && !spec.Cert.set && !spec.Key.set && !spec.ServerName.set && !spec.Insecure.set {
		return nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if name, ok := b.text(spec.ServerName); ok {
		cfg.ServerName = name
	}
	if b.flag(spec.Insecure, false) {
		cfg.InsecureSkipVerify = true // the file asks for it, and is warned
		spec.Insecure.node.Warnf("insecure", "the certificate of the server is not checked").Hint("name its authority instead: tls.ca")
	}
	if pem, ok := b.pem(spec.CA); ok {
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			spec.CA.node.Errorf("tls", "%s holds no certificate in PEM form", spec.CA.node.Path())
		}
	}
	b.certificate(spec, cfg)
	return cfg
}

// certificate loads the client's certificate and its key.
func (b *builder) certificate(spec tlsSpec, cfg *tls.Config) {
	switch {
	case spec.Cert.set && !spec.Key.set:
		spec.Cert.node.Errorf("tls", "a client certificate needs its key").Hint("add `key:` below cert")
		return
	case spec.Key.set && !spec.Cert.set:
		spec.Key.node.Errorf("tls", "a key needs its client certificate").Hint("add `cert:` above key")
		return
	}
	cert, ok1 := b.pem(spec.Cert)
	key, ok2 := b.pem(spec.Key)
	if !ok1 || !ok2 {
		return
	}
	if text, _ := b.text(spec.Key); strings.Contains(text, pemMark) {
		b.secret(text)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		spec.Cert.node.Errorf("tls", "the client certificate cannot be used: %s", strings.TrimPrefix(err.Error(), "tls: "))
		return
	}
	cfg.Certificates = []tls.Certificate{pair}
}

const pemMark = "-----BEGIN "

// pem gives the PEM text of a value: the value itself, or the file that it names.
func (b *builder) pem(v value) ([]byte, bool) {
	text, ok := b.text(v)
	if !ok {
		return nil, false
	}
	if strings.Contains(text, pemMark) {
		return []byte(text), true
	}
	path, ok := b.path(v)
	if !ok {
		return nil, false
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		if p, ok := errors.AsType[*os.PathError](err); ok {
			err = p.Err
		}
		v.node.Errorf("tls", "%s cannot be read: %v", v.node.Path(), err).Hint("paths are relative to the target file")
		return nil, false
	}
	return raw, true
}
