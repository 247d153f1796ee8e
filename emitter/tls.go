package emitter

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// TLSOptions say how to speak to a receiver whose certificate this machine does not know.
type TLSOptions struct {
	CA         []byte // PEM: certificates to trust, besides the machine's own
	Cert, Key  []byte // PEM: our certificate, for a receiver that asks for one; both or none
	ServerName string // name to ask for and to verify; "" means the URL's host
	Insecure   bool   // verify nothing
}

// Config makes a configuration for SenderOptions. The error says which of the PEM texts is of no use.
func (o TLSOptions) Config() (*tls.Config, error) {
	c := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         o.ServerName,
		InsecureSkipVerify: o.Insecure, //nolint:gosec // the caller's explicit wish
	}
	if len(o.CA) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("tls: the CA file holds no PEM certificate")
		}
		c.RootCAs = pool
	}
	if len(o.Cert) > 0 || len(o.Key) > 0 {
		if len(o.Cert) == 0 || len(o.Key) == 0 {
			return nil, errors.New("tls: a client certificate needs its key, and the key its certificate")
		}
		pair, err := tls.X509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, fmt.Errorf("tls: client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
