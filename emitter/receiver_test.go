package emitter_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// A receiver is a TCP server that keeps every byte it is sent, connection by connection.
type receiver struct {
	URL string
	ln  net.Listener
	wg  sync.WaitGroup

	mu    sync.Mutex
	conns []*accepted
	more  chan struct{} // closed and made anew when a connection comes
}

// accepted is one connection as its receiver sees it. Reads are recorded.
type accepted struct {
	net.Conn
	br *bufio.Reader

	mu   sync.Mutex
	got  bytes.Buffer
	err  error // that ended reading
	over chan struct{}
}

func (a *accepted) Read(p []byte) (int, error) {
	n, err := a.Conn.Read(p)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got.Write(p[:n])
	if err != nil {
		a.err = err
	}
	return n, err
}

// newReceiver serves connections with a handler, which need not close them. A nil handler is a receiver as it
// should be.
func newReceiver(t testing.TB, handle func(c *accepted)) *receiver {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if handle == nil {
		handle = answerAll
	}
	r := &receiver{URL: "http://" + ln.Addr().String() + "/cb?x=1", ln: ln, more: make(chan struct{})}
	r.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			a := &accepted{Conn: c, over: make(chan struct{})}
			a.br = bufio.NewReader(a)
			r.mu.Lock()
			r.conns = append(r.conns, a)
			close(r.more)
			r.more = make(chan struct{})
			r.mu.Unlock()
			r.wg.Go(func() {
				defer close(a.over)
				defer a.Close()
				handle(a)
			})
		}
	})
	t.Cleanup(r.close)
	return r
}

func (r *receiver) close() {
	_ = r.ln.Close()
	r.mu.Lock()
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.wg.Wait()
}

func (r *receiver) connections() []*accepted {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*accepted(nil), r.conns...)
}

// bytes waits until the n-th connection is over and gives what it was sent, and the error that ended reading.
func (r *receiver) bytes(t *testing.T, n int) (string, error) {
	t.Helper()
	late := time.After(10 * time.Second)
	wait := func(what string, c <-chan struct{}) {
		select {
		case <-c:
		case <-late:
			t.Fatalf("connection %d did not %s", n, what)
		}
	}
	for {
		r.mu.Lock()
		have, more := len(r.conns), r.more
		r.mu.Unlock()
		if have > n {
			break
		}
		wait("come", more)
	}
	c := r.connections()[n]
	wait("end", c.over)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got.String(), c.err
}

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"code\":0}"

// answerAll answers 200 to whatever is a request, until the connection ends.
func answerAll(c *accepted) {
	for {
		if !c.readRequest() {
			return
		}
		_, _ = io.WriteString(c, okAnswer)
	}
}

func (a *accepted) readRequest() bool {
	req, err := http.ReadRequest(a.br)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err == nil
}

// say makes a handler that reads one request, answers with the text and waits for the end of the connection.
func say(answer string) func(c *accepted) {
	return func(c *accepted) {
		c.readRequest()
		_, _ = io.WriteString(c, answer)
		_, _ = io.Copy(io.Discard, c)
	}
}

// sayAndClose is say, but it ends the connection.
func sayAndClose(answer string) func(c *accepted) {
	return func(c *accepted) {
		c.readRequest()
		_, _ = io.WriteString(c, answer)
	}
}

// reset makes the close of the connection a reset.
func (a *accepted) reset() {
	_ = a.Conn.(*net.TCPConn).SetLinger(0)
	_ = a.Close()
}

func newSender(t testing.TB, o emitter.SenderOptions) *emitter.Sender {
	t.Helper()
	s := emitter.NewSender(o)
	t.Cleanup(s.Close)
	return s
}

// short are limits for tests in which a limit is to be hit.
func short() emitter.SenderOptions {
	return emitter.SenderOptions{Limits: emitter.Limits{Answer: 500 * time.Millisecond, Lost: 500 * time.Millisecond}}
}

func request(url, body string) emitter.Request { return emitter.NewRequest(url, []byte(body)) }
