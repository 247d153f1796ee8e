package emitter

import (
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// past is a deadline that ends whatever waits on a connection.
var past = time.Unix(1, 0)

// A conn is a connection that counts. Bytes are those of HTTP: what TLS adds is not counted.
type conn struct {
	net.Conn          // HTTP is spoken over this
	tcp      net.Conn // the same, or what lies under TLS
	number   int      // within the sender, from 1
	sent     atomic.Int64
	used     bool          // it has carried a request; of raw connections only
	forget   func(c *conn) // tells the sender that it is closed
	once     sync.Once

	mu      sync.Mutex
	aborted bool
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

func (c *conn) Close() error {
	c.once.Do(func() { c.forget(c) })
	return c.Conn.Close()
}

// abort ends every read and write, for good.
func (c *conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.aborted = true
	_ = c.SetDeadline(past) // it fails only on a closed connection, where nothing waits
}

// limitRead and limitWrite set a deadline, unless the connection was aborted.
func (c *conn) limitRead(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.aborted {
		_ = c.SetReadDeadline(t)
	}
}

func (c *conn) limitWrite(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.aborted {
		_ = c.SetWriteDeadline(t)
	}
}

// reset closes the connection with RST. Where the transport has no such thing (net.Pipe), it just closes.
func (c *conn) reset() {
	if l, ok := c.tcp.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0)
	}
	_ = c.tcp.Close() // not through TLS, which would say goodbye first
	_ = c.Close()
}

// closeWrite ends our direction: close_notify where there is TLS, then FIN.
func (c *conn) closeWrite() {
	if t, ok := c.Conn.(*tls.Conn); ok {
		_ = t.CloseWrite()
	}
	if t, ok := c.tcp.(interface{ CloseWrite() error }); ok {
		_ = t.CloseWrite()
	}
}

// A plainConn closes two gaps of net/http, which drops an answer that comes before it has written, and one
// that comes although it could not write to the end. Both are answers: of a receiver that refuses early.
type plainConn struct {
	*conn
	spoken   chan struct{} // closed by the first write
	speak    sync.Once
	closed   chan struct{}
	shutOnce sync.Once
}

func newPlainConn(c *conn) *plainConn {
	return &plainConn{conn: c, spoken: make(chan struct{}), closed: make(chan struct{})}
}

// Read hands nothing over before the first write has begun.
func (c *plainConn) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if n > 0 {
		select {
		case <-c.spoken:
		case <-c.closed:
			return 0, net.ErrClosed
		}
	}
	return n, err
}

// Write says that all is well when the receiver has torn the connection down: reading will tell what came of
// it, the answer first.
func (c *plainConn) Write(p []byte) (int, error) {
	c.speak.Do(func() { close(c.spoken) })
	n, err := c.conn.Write(p)
	if err != nil && isReset(err) {
		return len(p), nil
	}
	return n, err
}

func (c *plainConn) Close() error {
	c.shutOnce.Do(func() { close(c.closed) })
	return c.conn.Close()
}
