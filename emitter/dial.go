package emitter

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"
)

// DialFunc makes a connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// dial makes a connection of the sender, with TLS if it is to be secure.
func (s *Sender) dial(ctx context.Context, addr string, secure bool) (*conn, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(s.ctx, func() { cancel(errSenderClosed) })() //nolint:contextcheck // Close ends dials, too

	tcp, err := s.dialTCP(ctx, addr)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: tcp, tcp: tcp, forget: s.forget}
	if secure {
		if c.Conn, err = s.handshake(ctx, tcp, addr); err != nil {
			_ = tcp.Close()
			return nil, err
		}
	}
	if !s.remember(c) {
		_ = tcp.Close()
		return nil, errSenderClosed
	}
	return c, nil
}

func (s *Sender) dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, s.limits.Dial)
	defer cancel()
	tcp, err := s.dialer(limited, "tcp", addr)
	switch {
	case err == nil:
		return tcp, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case limited.Err() != nil:
		return nil, &dialError{fmt.Errorf("no connection to %s within %v", addr, s.limits.Dial)}
	}
	return nil, &dialError{err}
}

func (s *Sender) handshake(ctx context.Context, tcp net.Conn, addr string) (net.Conn, error) {
	config := s.tls.Clone()
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(addr)
	}
	limited, cancel := context.WithTimeout(ctx, s.limits.Handshake)
	defer cancel()
	c := tls.Client(tcp, config)
	err := c.HandshakeContext(limited)
	switch {
	case err == nil:
		return c, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case limited.Err() != nil:
		return nil, &handshakeError{fmt.Errorf("not finished within %v", s.limits.Handshake)}
	}
	return nil, &handshakeError{err}
}

// dialPlain is dial for net/http.
func (s *Sender) dialPlain(secure bool) DialFunc {
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		c, err := s.dial(ctx, addr, secure)
		if err != nil {
			return nil, err
		}
		return newPlainConn(c), nil
	}
}

func defaultDialer() DialFunc {
	// Keep-alive probes would be packets that nobody asked for; connections do not live long enough to need them.
	d := &net.Dialer{KeepAlive: -1 * time.Second}
	return d.DialContext
}
