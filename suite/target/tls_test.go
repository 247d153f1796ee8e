package target_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/suite/target"
)

// selfSigned makes a certificate and its key, in PEM.
func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}))
}

func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, privateKey := selfSigned(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"cert.pem": certificate, "key.pem": privateKey, "none.pem": "hello"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := environment(map[string]string{"CERT": certificate, "KEY": privateKey})
	load := func(section string) (*target.Target, error) {
		return target.Parse("f.yaml", []byte("url: https://127.0.0.1:1/\n"+section), dir, env)
	}
	t.Run("from files and from variables", func(t *testing.T) {
		t.Parallel()
		for _, section := range []string{
			"tls: {ca: cert.pem, cert: cert.pem, key: key.pem, server_name: test}",
			`tls: {ca: "${CERT}", cert: "${CERT}", key: "${KEY}", server_name: test}`,
		} {
			got, err := load(section)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.TLS.Certificates) != 1 || got.TLS.RootCAs == nil || got.TLS.ServerName != "test" || got.TLS.InsecureSkipVerify {
				t.Errorf("%s: got %+v", section, got.TLS)
			}
			if strings.Contains(section, "${KEY}") && strings.Contains(hidden(got, privateKey), privateKey[40:80]) {
				t.Error("the key is not hidden")
			}
		}
	})
	t.Run("nothing said", func(t *testing.T) {
		t.Parallel()
		if got, err := load(""); err != nil || got.TLS != nil {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("insecure is warned of", func(t *testing.T) {
		t.Parallel()
		got, err := load("tls: {insecure: true}")
		if err != nil || !got.TLS.InsecureSkipVerify || len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0].Error(), "f.yaml:2:17: warning: the certificate of the server is not checked") {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("mistakes", func(t *testing.T) {
		t.Parallel()
		for section, want := range map[string]string{
			"tls: {ca: none.pem}":                  "tls.ca holds no certificate in PEM form",
			"tls: {cert: key.pem, key: cert.pem}":  "the client certificate cannot be used",
			"tls: {cert: cert.pem, key: none.pem}": "the client certificate cannot be used",
			"tls: {key: key.pem}":                  "a key needs its client certificate",
		} {
			if _, err := load(section); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v", section, err)
			}
		}
	})
}
