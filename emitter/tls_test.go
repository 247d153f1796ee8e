package emitter_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// An authority signs certificates for a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	a.cert, a.key, a.pem, _ = issue(t, nil, "test authority")
	return a
}

func issue(t *testing.T, by *authority, name string) (cert *x509.Certificate, key *ecdsa.PrivateKey, certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	mustDo(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: by == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	mustDo(t, err)
	cert, err = x509.ParseCertificate(der)
	mustDo(t, err)
	keyDER, err := x509.MarshalECPrivateKey(key)
	mustDo(t, err)
	return cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
}

// newTLSReceiver is an https server for receiver.example that may ask for certificates of the authority.
func newTLSReceiver(t *testing.T, a *authority, mutual bool) string {
	t.Helper()
	_, _, certPEM, keyPEM := issue(t, a, "receiver.example")
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	mustDo(t, err)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.ProtoMajor != 1 {
			w.WriteHeader(http.StatusHTTPVersionNotSupported)
		}
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	srv.EnableHTTP2 = true // so that it would be spoken if we offered it
	if mutual {
		srv.TLS.ClientAuth = tls.RequireAndVerifyClientCert
		srv.TLS.ClientCAs = x509.NewCertPool()
		srv.TLS.ClientCAs.AddCert(a.cert)
	}
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestTLS(t *testing.T) {
	t.Parallel()
	ours, theirs := newAuthority(t), newAuthority(t)
	_, _, cert, key := issue(t, ours, "client.example")
	for name, tc := range map[string]struct {
		options emitter.TLSOptions
		mutual  bool
		fails   string // part of the message; "" is 200
	}{
		"an authority of our own":         {options: emitter.TLSOptions{CA: ours.pem, ServerName: "receiver.example"}},
		"an unknown authority":            {options: emitter.TLSOptions{ServerName: "receiver.example"}, fails: "unknown authority"},
		"another authority":               {options: emitter.TLSOptions{CA: theirs.pem, ServerName: "receiver.example"}, fails: "unknown authority"},
		"another name":                    {options: emitter.TLSOptions{CA: ours.pem}, fails: "127.0.0.1"},
		"another name, told not to look":  {options: emitter.TLSOptions{Insecure: true}},
		"a certificate asked for, given":  {options: emitter.TLSOptions{Insecure: true, Cert: cert, Key: key}, mutual: true},
		"a certificate asked for, absent": {options: emitter.TLSOptions{Insecure: true}, mutual: true, fails: "certificate required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := newTLSReceiver(t, ours, tc.mutual)
			config, err := tc.options.Config()
			mustDo(t, err)
			bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
				s := newSender(t, emitter.SenderOptions{TLS: config})
				for i := range 2 {
					req := request(url, `{"a":1}`)
					change(&req)
					a := s.Send(t.Context(), req)
					if tc.fails == "" {
						b, _ := req.Bytes()
						if !a.OK() || a.Reused != (i > 0) || a.BytesSent != int64(len(b)) {
							t.Errorf("answer %+v, failure %+v, reused %v, %d bytes of %d", a.Answer, a.Failure, a.Reused, a.BytesSent, len(b))
						}
					} else if a.Failure == nil || a.Failure.Kind != emitter.FailTLS || !strings.Contains(a.Failure.Message, tc.fails) {
						t.Errorf("failure %+v, want %q", a.Failure, tc.fails)
					}
				}
			})
		})
	}
}

func TestFaultsUnderTLS(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	url := newTLSReceiver(t, a, false)
	config, err := emitter.TLSOptions{Insecure: true}.Config()
	mustDo(t, err)
	s := newSender(t, emitter.SenderOptions{TLS: config})
	for name, wire := range map[string]emitter.Wire{
		"reset":       {ResetAt: new(1)},
		"cut":         {TruncateAt: new(1)},
		"lost answer": {LoseAnswer: true},
	} {
		req := request(url, "{}")
		req.Wire = wire
		if a := s.Send(t.Context(), req); a.Failure == nil || a.Failure.Kind != emitter.FailOurs {
			t.Errorf("%s: %+v", name, a.Failure)
		}
	}
	req := request(url, "{}")
	req.Wire.HalfClose = true
	if a := s.Send(t.Context(), req); a.Answer == nil {
		t.Errorf("half close: %+v", a.Failure)
	}
}

func TestAReceiverWithoutTLSOnAnHTTPSURL(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		plain := httptest.NewServer(http.NotFoundHandler())
		defer plain.Close()
		req := request(strings.Replace(plain.URL, "http:", "https:", 1), "{}")
		change(&req)
		a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
		if a.Failure == nil || a.Failure.Kind != emitter.FailTLS || !strings.Contains(a.Failure.Message, "plain HTTP") {
			t.Errorf("%+v", a.Failure)
		}
	})
}

func TestAHandshakeThatNeverEnds(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		synctest.Test(t, func(t *testing.T) {
			client, server := net.Pipe()
			go func() { _, _ = io.Copy(io.Discard, server) }()
			req := request("https://receiver.example", "{}")
			change(&req)
			a := newSender(t, emitter.SenderOptions{Dial: pipeDialer(client)}).Send(t.Context(), req)
			if a.Failure == nil || a.Failure.Kind != emitter.FailTLS || !strings.Contains(a.Failure.Message, "within 5s") {
				t.Errorf("%+v", a.Failure)
			}
			if a.Latency() != 5*time.Second {
				t.Errorf("took %v", a.Latency())
			}
		})
	})
}

func TestTLSOptionsThatAreNone(t *testing.T) {
	t.Parallel()
	_, _, cert, key := issue(t, nil, "x")
	for want, o := range map[string]emitter.TLSOptions{
		"no PEM certificate": {CA: []byte("no")},
		"its key":            {Cert: cert},
		"its certificate":    {Key: key},
		"client certificate": {Cert: cert, Key: []byte("no")},
	} {
		if _, err := o.Config(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A stray byte on a kept connection is no answer to the next request.
func TestBytesThatNobodyAskedForAreNobodysAnswer(t *testing.T) {
	t.Parallel()
	said := make(chan struct{}, 8)
	r := newReceiver(t, func(c *accepted) {
		for c.readRequest() {
			_, _ = io.WriteString(c, okAnswer+"HTTP/1.1 500 Forged\r\nContent-Length: 0\r\n\r\n")
			said <- struct{}{}
		}
	})
	s := newSender(t, emitter.SenderOptions{})
	for range 3 {
		req := request(r.URL, "{}")
		req.Wire.WriteSize = 1 << 20
		if a := s.Send(t.Context(), req); !a.OK() || a.Reused {
			t.Errorf("answer %+v, failure %+v, reused %v", a.Answer, a.Failure, a.Reused)
		}
		<-said
	}
}

func TestAKeptConnectionIsGivenUpAfterItsTime(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	s := newSender(t, emitter.SenderOptions{Limits: emitter.Limits{Idle: time.Millisecond}})
	for i := range 2 {
		req := request(r.URL, "{}")
		req.Wire.WriteSize = 1 << 20
		a := s.Send(t.Context(), req)
		if !a.OK() || a.Reused {
			t.Errorf("reused %v, failure %+v", a.Reused, a.Failure)
		}
		if _, err := r.bytes(t, i); !errors.Is(err, io.EOF) { // we have closed it
			t.Errorf("ended with %v", err)
		}
	}
}

var _ net.Conn = (*accepted)(nil)
