package emitter_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
)

// ways are the two ways of sending. What a receiver does must come out the same on both.
var ways = map[string]func(r *emitter.Request){
	"through net/http": func(*emitter.Request) {},
	"by hand":          func(r *emitter.Request) { r.Wire.WriteSize = 1 << 20 },
}

func bothWays(t *testing.T, f func(t *testing.T, change func(r *emitter.Request))) {
	for name, change := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, change)
		})
	}
}

func raw(change func(r *emitter.Request)) bool {
	var r emitter.Request
	change(&r)
	return r.Wire != emitter.Wire{}
}

func pipeDialer(conns ...net.Conn) emitter.DialFunc {
	var next atomic.Int64
	return func(context.Context, string, string) (net.Conn, error) {
		n := int(next.Add(1)) - 1
		if n >= len(conns) {
			return nil, errors.New("no more pipes")
		}
		return conns[n], nil
	}
}

func TestWhatReceiversAnswer(t *testing.T) {
	t.Parallel()
	flood := strings.Repeat("X-Flood: "+strings.Repeat("y", 1000)+"\r\n", 200)
	for name, tc := range map[string]struct {
		answer  string
		status  int    // 0 is none
		body    string // of the answer
		failure string
		close   bool // the receiver closes after it
		loose   bool // net/http takes half a line for a bad one, and says so
	}{
		"as it should be":                      {answer: okAnswer, status: 200, body: `{"code":0}`},
		"no body":                              {answer: "HTTP/1.1 204 No Content\r\n\r\n", status: 204},
		"chunks":                               {answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n", status: 200, body: "abcde"},
		"a body that ends with the connection": {answer: "HTTP/1.0 200 OK\r\n\r\nabc", status: 200, body: "abc", close: true},
		"a redirect":                           {answer: "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", status: 307},
		"a few interim answers":                {answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + okAnswer, status: 200, body: `{"code":0}`},
		"a flood of interim answers":           {answer: strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 10_000), failure: emitter.FailProtocol},
		"a flood of header lines":              {answer: "HTTP/1.1 200 OK\r\n" + flood + "\r\n", failure: emitter.FailProtocol},
		"one endless header line":              {answer: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 1<<20), failure: emitter.FailProtocol},
		"a line that is no header":             {answer: "HTTP/1.1 200 OK\r\nno header\r\n\r\n", failure: emitter.FailProtocol},
		"not HTTP":                             {answer: "SSH-2.0-OpenSSH_9.2\r\n", failure: emitter.FailProtocol},
		"a status that is none":                {answer: "HTTP/1.1 twohundred OK\r\n\r\n", failure: emitter.FailProtocol},
		"bad chunks":                           {answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", status: 200, failure: emitter.FailProtocol},
		"two lengths":                          {answer: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", failure: emitter.FailProtocol},
		"nothing, and closed":                  {close: true, failure: emitter.FailClosed},
		"half a head, and closed":              {answer: "HTTP/1.1 200 OK\r\nContent-", close: true, failure: emitter.FailClosed, loose: true},
		"half a body, and closed":              {answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", close: true, status: 200, body: "abc", failure: emitter.FailClosed},
		"nothing, for ever":                    {failure: emitter.FailTimeout},
		"half a head, for ever":                {answer: "HTTP/1.1 200 OK\r\nX", failure: emitter.FailTimeout},
		"half a body, for ever":                {answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", status: 200, body: "abc", failure: emitter.FailTimeout},
		"another protocol, as offered":         {answer: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nxxxx", status: 101},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
				handle := say(tc.answer)
				if tc.close {
					handle = sayAndClose(tc.answer)
				}
				o := emitter.SenderOptions{}
				if tc.failure == emitter.FailTimeout {
					o = short()
				}
				req := request(newReceiver(t, handle).URL, "{}")
				change(&req)
				a := newSender(t, o).Send(t.Context(), req)
				want := tc.failure
				if tc.loose && !raw(change) {
					want = emitter.FailProtocol
				}
				status, body, failure := 0, "", ""
				if a.Answer != nil {
					status, body = a.Answer.Status, string(a.Answer.Body)
				}
				if a.Failure != nil {
					failure = a.Failure.Kind
				}
				if status != tc.status || body != tc.body || failure != want {
					t.Errorf("status %d, body %q, failure %+v; want %d, %q, %q", status, body, a.Failure, tc.status, tc.body, want)
				}
				if a.OK() != (tc.status == 200 && tc.failure == "") {
					t.Errorf("OK() = %v", a.OK())
				}
			})
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		mustDo(t, err)
		mustDo(t, ln.Close())
		req := request("http://"+ln.Addr().String(), "{}")
		change(&req)
		a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
		if a.Failure == nil || a.Failure.Kind != emitter.FailRefused || !strings.Contains(a.Failure.Message, "connection refused") {
			t.Errorf("%+v", a.Failure)
		}
	})
}

func TestAMachineWithoutFilesLeftIsNotTheReceiversFault(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		for _, shortage := range []error{syscall.EMFILE, syscall.ENFILE} {
			none := func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", shortage)}
			}
			req := request("http://127.0.0.1:1/", "{}")
			change(&req)
			a := newSender(t, emitter.SenderOptions{Dial: none}).Send(t.Context(), req)
			if a.Failure == nil || a.Failure.Kind != emitter.FailOther || !strings.Contains(a.Failure.Message, "no more connections") {
				t.Errorf("%v: %+v", shortage, a.Failure)
			}
		}
	})
}

func TestAHostThatDoesNotAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		silent := func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		req := request("http://receiver.example", "{}")
		change(&req)
		o := emitter.SenderOptions{Dial: silent, Limits: emitter.Limits{Dial: 20 * time.Millisecond}}
		a := newSender(t, o).Send(t.Context(), req)
		if a.Failure == nil || a.Failure.Kind != emitter.FailRefused || !strings.Contains(a.Failure.Message, "within 20ms") {
			t.Errorf("%+v", a.Failure)
		}
	})
}

func TestAReceiverThatResets(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		r := newReceiver(t, func(c *accepted) { c.readRequest(); c.reset() })
		req := request(r.URL, "{}")
		change(&req)
		a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
		if a.Failure == nil || a.Failure.Kind != emitter.FailReset || a.Answer != nil {
			t.Errorf("%+v", a.Failure)
		}
	})
}

func TestAnEndlessBodyCostsNoMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		r := newReceiver(t, func(c *accepted) {
			c.readRequest()
			_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			for err == nil {
				_, err = io.WriteString(c, strings.Repeat("x", 4096))
			}
		})
		req := request(r.URL, "{}")
		change(&req)
		a := newSender(t, emitter.SenderOptions{Limits: emitter.Limits{Body: 10_000}}).Send(t.Context(), req)
		if !a.OK() || len(a.Answer.Body) != 10_000 || !a.Answer.Truncated {
			t.Errorf("failure %+v, answer %v", a.Failure, a.Answer != nil)
		}
	})
}

func TestABodyOfExactlyTheLimitIsWhole(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		req := request(newReceiver(t, nil).URL, "{}")
		change(&req)
		a := newSender(t, emitter.SenderOptions{Limits: emitter.Limits{Body: len(`{"code":0}`)}}).Send(t.Context(), req)
		if !a.OK() || a.Answer.Truncated {
			t.Errorf("failure %+v, answer %+v", a.Failure, a.Answer)
		}
	})
}

func TestSlowBytesDoNotStretchTheTimeForAnAnswer(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		quit := make(chan struct{})
		t.Cleanup(func() { close(quit) })
		r := newReceiver(t, func(c *accepted) {
			c.readRequest()
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nX: ")
			for err == nil {
				select {
				case <-tick.C:
					_, err = io.WriteString(c, "y")
				case <-quit:
					return
				}
			}
		})
		req := request(r.URL, "{}")
		change(&req)
		a := newSender(t, short()).Send(t.Context(), req)
		if a.Failure == nil || a.Failure.Kind != emitter.FailTimeout || a.Failure.Message != "no answer within 500ms" {
			t.Errorf("%+v", a.Failure)
		}
	})
}

func TestAReceiverThatDoesNotReadIsGivenUp(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		synctest.Test(t, func(t *testing.T) {
			client, server := net.Pipe()
			defer server.Close()
			req := request("http://receiver.example", "{}")
			change(&req)
			a := newSender(t, emitter.SenderOptions{Dial: pipeDialer(client)}).Send(t.Context(), req)
			if a.Failure == nil || a.Failure.Kind != emitter.FailTimeout || a.Written != 0 || a.Latency() != 20*time.Second {
				t.Errorf("%+v after %v", a.Failure, a.Latency())
			}
		})
	})
}

func TestAnEarlyAnswerCountsEvenIfAResetFollows(t *testing.T) {
	t.Parallel()
	const tooLarge = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno\n"
	for name, size := range map[string]int{"to a large body": 10 << 20, "to a small body": 600} {
		for _, when := range []string{"before reading", "after the head"} {
			t.Run(name+", "+when, func(t *testing.T) {
				t.Parallel()
				r := newReceiver(t, func(c *accepted) {
					if when == "after the head" {
						if _, err := http.ReadRequest(c.br); err != nil {
							return
						}
					}
					_, _ = io.WriteString(c, tooLarge)
					if when == "after the head" || size > 1<<20 {
						_, _ = c.Read(make([]byte, 1)) // some of the body is on its way, unread
					}
				}) // closing with unread bytes is a reset
				s := newSender(t, emitter.SenderOptions{})
				req := request(r.URL, strings.Repeat("x", size))
				for range 5 {
					a := s.Send(t.Context(), req)
					if a.Failure != nil || a.Answer.Status != 413 || string(a.Answer.Body) != "no\n" {
						t.Fatalf("failure %+v, answer %+v", a.Failure, a.Answer)
					}
				}
			})
		}
	}
}

func TestARefusalEndsTheWriting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		go func() {
			_, _ = http.ReadRequest(bufio.NewReaderSize(server, 16))
			_, _ = io.WriteString(server, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
		}() // and reads no more
		s := newSender(t, emitter.SenderOptions{Dial: pipeDialer(client)})
		a := s.Send(t.Context(), request("http://receiver.example", strings.Repeat("x", 1<<20)))
		if a.Answer == nil || a.Answer.Status != 413 || a.Latency() != 0 || a.BytesSent >= 1<<20 {
			t.Errorf("answer %+v, failure %+v after %v, %d bytes", a.Answer, a.Failure, a.Latency(), a.BytesSent)
		}
		if now := time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); now != 0 { // when the bubble began
			t.Errorf("%v were spent on writing to somebody who does not read", now)
		}
		if next := s.Send(t.Context(), request("http://receiver.example", strings.Repeat("x", 1<<20))); next.Conn != 0 {
			t.Error("a connection with half a request on it was used again")
		}
	})
}

func TestA200BeforeTheBodyWasReadDoesNotStopTheBody(t *testing.T) {
	t.Parallel()
	all := make(chan int64, 1)
	const size = 4 << 20
	r := newReceiver(t, func(c *accepted) {
		req, err := http.ReadRequest(c.br)
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, okAnswer)
		n, _ := io.Copy(io.Discard, req.Body)
		all <- n
	})
	a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), request(r.URL, strings.Repeat("x", size)))
	if n := <-all; !a.OK() || n != size {
		t.Errorf("%d bytes of %d arrived, %+v", n, size, a.Failure)
	}
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		r := newReceiver(t, nil)
		s := newSender(t, emitter.SenderOptions{})
		for i := range 5 {
			req := request(r.URL, "{}")
			change(&req)
			a := s.Send(t.Context(), req)
			if !a.OK() || a.Conn != 1 || a.Reused != (i > 0) {
				t.Fatalf("attempt %d: conn %d, reused %v, %+v", i, a.Conn, a.Reused, a.Failure)
			}
		}
		if n := len(r.connections()); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestFreshRequestsHaveConnectionsOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	s := newSender(t, emitter.SenderOptions{})
	for i := range 3 {
		req := request(r.URL, "{}")
		req.Wire.Fresh = true
		if a := s.Send(t.Context(), req); !a.OK() || a.Reused || a.Conn != i+1 {
			t.Fatalf("conn %d, reused %v, %+v", a.Conn, a.Reused, a.Failure)
		}
		if _, err := r.bytes(t, i); !errors.Is(err, io.EOF) { // we close it, properly
			t.Fatalf("the connection ended with %v", err)
		}
	}
}

func TestAConnectionThatTheReceiverClosedIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		var requests atomic.Int64
		r := newReceiver(t, func(c *accepted) {
			if c.readRequest() {
				requests.Add(1)
				_, _ = io.WriteString(c, okAnswer)
			}
		}) // closed without a word
		s := newSender(t, emitter.SenderOptions{})
		for i := range 3 {
			req := request(r.URL, "{}")
			change(&req)
			if a := s.Send(t.Context(), req); !a.OK() || a.Reused {
				t.Fatalf("reused %v, %+v", a.Reused, a.Failure)
			}
			_, _ = r.bytes(t, i) // it is closed by now
			awaitFIN(t, s, r)
		}
		if n := requests.Load(); n != 3 {
			t.Errorf("%d requests arrived", n)
		}
	})
}

// awaitFIN makes sure that what the receiver sent last has arrived: on loopback, a round trip over another
// connection is later.
func awaitFIN(t *testing.T, _ *emitter.Sender, _ *receiver) {
	t.Helper()
	other := newReceiver(t, nil)
	if a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), request(other.URL, "{}")); !a.OK() {
		t.Fatal(a.Failure)
	}
}

func TestNothingIsSentTwiceUnasked(t *testing.T) {
	t.Parallel()
	// net/http repeats a POST with such a key if its kept connection dies, three deliveries for two calls.
	var requests atomic.Int64
	r := newReceiver(t, func(c *accepted) {
		for c.readRequest() {
			if requests.Add(1)%2 == 0 {
				return
			}
			_, _ = io.WriteString(c, okAnswer)
		}
	})
	s := newSender(t, emitter.SenderOptions{})
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		requests.Store(0)
		req := request(r.URL, "{}")
		req.Header = append(req.Header, emitter.Header{Name: name, Value: "1"})
		first, second := s.Send(t.Context(), req), s.Send(t.Context(), req)
		if !first.OK() || second.Failure == nil || second.Failure.Kind != emitter.FailClosed || !second.Reused {
			t.Errorf("first %+v, second %+v", first.Failure, second.Failure)
		}
		if n := requests.Load(); n != 2 {
			t.Errorf("%s: %d requests arrived, 2 were sent", name, n)
		}
	}
}

// A dyingConn takes one request. At the second it turns out to have been reset meanwhile.
type dyingConn struct {
	net.Conn
	writes atomic.Int64
}

func (c *dyingConn) Write(p []byte) (int, error) {
	if c.writes.Add(1) > 1 {
		_ = c.Close()
		return 0, syscall.ECONNRESET
	}
	return c.Conn.Write(p)
}

func TestARequestOfWhichNothingWasWrittenIsSentOnAnotherConnection(t *testing.T) {
	t.Parallel()
	var requests, dials atomic.Int64
	r := newReceiver(t, func(c *accepted) {
		for c.readRequest() {
			requests.Add(1)
			_, _ = io.WriteString(c, okAnswer)
		}
	})
	s := newSender(t, emitter.SenderOptions{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if dials.Add(1) == 1 {
			c = &dyingConn{Conn: c}
		}
		return c, err
	}})
	first, second := s.Send(t.Context(), request(r.URL, "{}")), s.Send(t.Context(), request(r.URL, "{}"))
	if !first.OK() || !second.OK() || second.Reused || second.Conn != 2 || second.BytesSent == 0 {
		t.Errorf("first %+v, second %+v", first, second)
	}
	if requests.Load() != 2 {
		t.Errorf("%d requests arrived, 2 were sent", requests.Load())
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
			canary := newReceiver(t, nil)
			r := newReceiver(t, say("HTTP/1.1 "+strconv.Itoa(status)+" X\r\nLocation: "+canary.URL+"\r\nContent-Length: 0\r\n\r\n"))
			req := request(r.URL, "{}")
			change(&req)
			a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
			if a.Answer == nil || a.Answer.Status != status || a.OK() {
				t.Errorf("%+v %+v", a.Answer, a.Failure)
			}
			if n := len(canary.connections()); n != 0 {
				t.Errorf("%d connections to where it points", n)
			}
		})
	}
}

func TestTheHeaderOfARawAnswerKeepsOrderAndCase(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, say("HTTP/1.1 200 Fine\r\nx-b: 1\r\nX-A:2\r\nX-Long: a\r\n  b\r\nContent-Length: 0\r\n\r\n"))
	req := request(r.URL, "{}")
	req.Wire.Fresh = true
	a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
	want := []emitter.Header{{Name: "x-b", Value: "1"}, {Name: "X-A", Value: "2"}, {Name: "X-Long", Value: "a b"}, {Name: "Content-Length", Value: "0"}}
	if diff := cmp.Diff(want, a.Answer.Header); diff != "" {
		t.Error(diff)
	}
}

func TestACancelledAttemptEndsAtOnce(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		ctx, cancel := context.WithCancel(t.Context())
		r := newReceiver(t, func(c *accepted) {
			c.readRequest()
			cancel()
			_, _ = io.Copy(io.Discard, c)
		})
		req := request(r.URL, "{}")
		change(&req)
		a := newSender(t, emitter.SenderOptions{}).Send(ctx, req)
		if a.Failure == nil || a.Failure.Kind != emitter.FailCanceled {
			t.Errorf("%+v", a.Failure)
		}
		if a := newSender(t, emitter.SenderOptions{}).Send(ctx, req); a.Failure == nil || a.Failure.Kind != emitter.FailCanceled || a.Conn != 0 {
			t.Errorf("sent with an ended context: %+v", a)
		}
	})
}

func TestASlowRequestCanBeCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := newReceiver(t, func(c *accepted) {
		_, _ = c.Read(make([]byte, 1))
		cancel()
		_, _ = io.Copy(io.Discard, c)
	})
	req := request(r.URL, "{}")
	req.Wire.WriteSize, req.Wire.WritePause = 1, time.Hour
	a := newSender(t, emitter.SenderOptions{}).Send(ctx, req)
	if a.Failure == nil || a.Failure.Kind != emitter.FailCanceled || a.BytesSent != 1 {
		t.Errorf("%+v", a)
	}
}

func TestTimesComeInTheirOrder(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		r := newReceiver(t, nil)
		s := newSender(t, emitter.SenderOptions{})
		for range 2 { // a new connection, and a kept one
			req := request(r.URL, "{}")
			change(&req)
			a := s.SendSince(t.Context(), time.Now().Add(-time.Hour), req)
			if a.Queued < emitter.Offset(time.Hour) || a.Connected < a.Queued || a.Written < a.Connected ||
				a.FirstByte < a.Connected || a.Done < a.FirstByte || a.Done > emitter.Offset(time.Hour+time.Minute) {
				t.Errorf("queued %v connected %v written %v first byte %v done %v", a.Queued, a.Connected, a.Written, a.FirstByte, a.Done)
			}
		}
	})
}

func TestAClosedSenderSendsNothing(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, change func(r *emitter.Request)) {
		r := newReceiver(t, nil)
		s := emitter.NewSender(emitter.SenderOptions{})
		s.Close()
		req := request(r.URL, "{}")
		change(&req)
		if a := s.Send(t.Context(), req); a.Failure == nil || a.Failure.Kind != emitter.FailCanceled {
			t.Errorf("%+v", a.Failure)
		}
	})
}
