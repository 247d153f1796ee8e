package selftest

import (
	"fmt"
	"net"
	"sync"
)

// A door keeps one address of this machine over the lives of the receivers behind it. Who knocks between two lives
// waits, as with a supervisor that holds the socket; so no port can be lost to another program in between.
type door struct {
	l      net.Listener
	knocks chan net.Conn
	shut   chan struct{}
	done   chan struct{}
}

// waitingRoom is how many may wait at a door: all plays of a suite may knock at the same moment, and the queue of the
// operating system is short.
const waitingRoom = 512

func openDoor() (*door, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // listening takes no time
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	d := &door{l: l, knocks: make(chan net.Conn, waitingRoom), shut: make(chan struct{}), done: make(chan struct{})}
	go d.accept()
	return d, nil
}

// base is the address as a URL.
func (d *door) base() string { return "http://" + d.l.Addr().String() }

func (d *door) accept() {
	defer close(d.done)
	for {
		c, err := d.l.Accept()
		if err != nil {
			return // closed
		}
		select {
		case d.knocks <- c:
		case <-d.shut:
			_ = c.Close()
		}
	}
}

// close gives the address up.
func (d *door) close() error {
	close(d.shut)
	err := d.l.Close()
	<-d.done
	for {
		select {
		case c := <-d.knocks:
			_ = c.Close()
		default:
			return err
		}
	}
}

// A lease is the door for the time of one life. It is a net.Listener whose end leaves the address open.
type lease struct {
	door *door
	over chan struct{}
	once sync.Once

	mu    sync.Mutex
	conns map[*leased]struct{}
}

func (d *door) lease() *lease {
	return &lease{door: d, over: make(chan struct{}), conns: map[*leased]struct{}{}}
}

// Accept implements net.Listener.
func (l *lease) Accept() (net.Conn, error) {
	select {
	case <-l.over:
		return nil, net.ErrClosed
	default:
	}
	select {
	case c := <-l.door.knocks:
		held := &leased{Conn: c, of: l}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns[held] = struct{}{}
		return held, nil
	case <-l.over:
		return nil, net.ErrClosed
	}
}

// Addr implements net.Listener.
func (l *lease) Addr() net.Addr { return l.door.l.Addr() }

// Close implements net.Listener.
func (l *lease) Close() error {
	l.once.Do(func() { close(l.over) })
	return nil
}

// drop closes every connection, as the end of a process does.
func (l *lease) drop() {
	_ = l.Close()
	l.mu.Lock()
	var open []*leased
	for c := range l.conns {
		open = append(open, c)
	}
	l.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// A leased connection is known to its lease until it is closed.
type leased struct {
	net.Conn
	of *lease
}

// Close implements net.Conn.
func (c *leased) Close() error {
	c.of.mu.Lock()
	delete(c.of.conns, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}
