package observe

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// maxReply bounds what a server may send in answer to one request, in bytes: far above what a look keeps, far below what would
// hurt this machine.
const maxReply = 64 << 20

// connections dials, and can close all that it dialled under a driver that does not let go.
type connections struct {
	mu   sync.Mutex
	open map[*boundedConn]struct{}
}

func newConnections() *connections {
	return &connections{open: map[*boundedConn]struct{}{}}
}

// Dial implements pq.Dialer.
func (c *connections) Dial(network, address string) (net.Conn, error) {
	return c.DialContext(context.Background(), network, address)
}

// DialTimeout implements pq.Dialer.
func (c *connections) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return c.DialContext(ctx, network, address)
}

// DialContext implements pq.DialerContext.
func (c *connections) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	b := &boundedConn{Conn: conn, owner: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[b] = struct{}{}
	return b, nil
}

// closeAll closes every connection. The drivers notice, and dial anew for the next look.
func (c *connections) closeAll() {
	c.mu.Lock()
	open := c.open
	c.open = map[*boundedConn]struct{}{}
	c.mu.Unlock()
	for conn := range open {
		_ = conn.Conn.Close()
	}
}

// A boundedConn refuses to read more than maxReply between two writes.
type boundedConn struct {
	net.Conn
	owner *connections

	mu   sync.Mutex
	read int
}

func (b *boundedConn) Write(p []byte) (int, error) {
	b.mu.Lock()
	b.read = 0
	b.mu.Unlock()
	return b.Conn.Write(p)
}

func (b *boundedConn) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.read += n; b.read > maxReply {
		return 0, fmt.Errorf("the server sent more than %d MiB", maxReply>>20)
	}
	return n, err
}

func (b *boundedConn) Close() error {
	b.owner.mu.Lock()
	delete(b.owner.open, b)
	b.owner.mu.Unlock()
	return b.Conn.Close()
}
