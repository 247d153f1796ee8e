package emitter

import (
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
)

func TestWhatARefusingReceiverSaysEarlyIsHeldUntilWeHaveSpoken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer server.Close()
		c := newPlainConn(&conn{Conn: client, tcp: client, forget: func(*conn) {}})
		defer c.Close()
		go func() { _, _ = io.WriteString(server, "early") }()
		got := make(chan string, 1)
		go func() {
			b := make([]byte, 10)
			n, _ := c.Read(b)
			got <- string(b[:n])
		}()
		synctest.Wait()
		if len(got) != 0 {
			t.Fatalf("%q was handed over before the first write", <-got)
		}
		go func() { _, _ = io.Copy(io.Discard, server) }()
		if _, err := c.Write([]byte("request")); err != nil {
			t.Fatal(err)
		}
		if s := <-got; s != "early" {
			t.Errorf("got %q", s)
		}
	})
}

func TestAHeldAnswerDoesNotKeepAConnectionFromClosing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer server.Close()
		c := newPlainConn(&conn{Conn: client, tcp: client, forget: func(*conn) {}})
		go func() { _, _ = io.WriteString(server, "early") }()
		over := make(chan error, 1)
		go func() {
			_, err := c.Read(make([]byte, 10))
			over <- err
		}()
		synctest.Wait()
		_ = c.Close()
		if err := <-over; err == nil {
			t.Error("no error")
		}
	})
}

type failingConn struct {
	net.Conn
	err error
}

func (c failingConn) Write([]byte) (int, error) { return 3, c.err }

func TestAWriteIntoAResetIsLeftForReadingToTell(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err   error
		quiet bool
	}{
		{syscall.ECONNRESET, true}, {syscall.EPIPE, true}, {net.ErrClosed, false}, {io.ErrShortWrite, false},
	} {
		inner := &conn{Conn: failingConn{err: &net.OpError{Op: "write", Err: tc.err}}}
		n, err := newPlainConn(inner).Write([]byte("request"))
		if quiet := err == nil && n == 7; quiet != tc.quiet {
			t.Errorf("%v: %d, %v", tc.err, n, err)
		}
		if inner.sent.Load() != 3 {
			t.Errorf("%v: %d bytes counted, 3 were written", tc.err, inner.sent.Load())
		}
	}
}
