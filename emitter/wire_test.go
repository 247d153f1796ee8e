package emitter_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
)

func TestTheWireForms(t *testing.T) {
	t.Parallel()
	const body = "0123456789"
	plainHead := func(host, length string) string {
		return "POST /cb?x=1 HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: relaycheck\r\n" + length +
			"\r\nConnection: keep-alive\r\nContent-Type: application/json\r\n\r\n"
	}
	for name, tc := range map[string]struct {
		change func(r *emitter.Request)
		want   func(host string) string
	}{
		"a plain request": {
			func(*emitter.Request) {},
			func(host string) string { return plainHead(host, "Content-Length: 10") + body },
		},
		"the same on a new connection": {
			func(r *emitter.Request) { r.Wire.Fresh = true },
			func(host string) string { return plainHead(host, "Content-Length: 10") + body },
		},
		"the same, a byte at a time": {
			func(r *emitter.Request) { r.Wire.WriteSize = 1 },
			func(host string) string { return plainHead(host, "Content-Length: 10") + body },
		},
		"the same, slowly": {
			func(r *emitter.Request) { r.Wire.WriteSize = 64; r.Wire.WritePause = time.Millisecond },
			func(host string) string { return plainHead(host, "Content-Length: 10") + body },
		},
		"the same, the head by itself": {
			func(r *emitter.Request) { r.Wire.WholeHead = true; r.Wire.WriteSize = 3 },
			func(host string) string { return plainHead(host, "Content-Length: 10") + body },
		},
		"the same, half closed": {
			func(r *emitter.Request) { r.Wire.HalfClose = true },
			func(host string) string { return plainHead(host, "Content-Length: 10") + body },
		},
		"one chunk": {
			func(r *emitter.Request) { r.Wire.Chunked = true },
			func(host string) string {
				return plainHead(host, "Transfer-Encoding: chunked") + "a\r\n" + body + "\r\n0\r\n\r\n"
			},
		},
		"one chunk on a new connection": {
			func(r *emitter.Request) { r.Wire.Chunked, r.Wire.Fresh = true, true },
			func(host string) string {
				return plainHead(host, "Transfer-Encoding: chunked") + "a\r\n" + body + "\r\n0\r\n\r\n"
			},
		},
		"chunks of four": {
			func(r *emitter.Request) { r.Wire.Chunked, r.Wire.ChunkSize = true, 4 },
			func(host string) string {
				return plainHead(host, "Transfer-Encoding: chunked") + "4\r\n0123\r\n4\r\n4567\r\n2\r\n89\r\n0\r\n\r\n"
			},
		},
		"no body in chunks": {
			func(r *emitter.Request) { r.Wire.Chunked = true; r.Body = nil },
			func(host string) string { return plainHead(host, "Transfer-Encoding: chunked") + "0\r\n\r\n" },
		},
		"no body": {
			func(r *emitter.Request) { r.Body = nil },
			func(host string) string { return plainHead(host, "Content-Length: 0") },
		},
		"header lines backwards, in lower case": {
			func(r *emitter.Request) { r.Wire.Reverse, r.Wire.LowerCase = true, true },
			func(host string) string {
				return "POST /cb?x=1 HTTP/1.1\r\ncontent-type: application/json\r\nconnection: keep-alive\r\n" +
					"content-length: 10\r\nuser-agent: relaycheck\r\nhost: " + host + "\r\n\r\n" + body
			},
		},
		"header lines of my own, in my order and case": {
			func(r *emitter.Request) {
				r.Header = []emitter.Header{{Name: "X-b", Value: "1"}, {Name: "x-A", Value: "2"}, {Name: "X-b", Value: "3"}}
			},
			func(host string) string {
				return "POST /cb?x=1 HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 10\r\nX-b: 1\r\nx-A: 2\r\nX-b: 3\r\n\r\n" + body
			},
		},
		"names as everybody writes them, in my order": {
			func(r *emitter.Request) {
				r.Header = []emitter.Header{{Name: "Content-Type", Value: "text/plain"}, {Name: "Accept", Value: "*/*"}}
			},
			func(host string) string {
				return "POST /cb?x=1 HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 10\r\nContent-Type: text/plain\r\nAccept: */*\r\n\r\n" + body
			},
		},
		"no header lines of my own": {
			func(r *emitter.Request) { r.Header = nil },
			func(host string) string {
				return "POST /cb?x=1 HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 10\r\n\r\n" + body
			},
		},
		"my own host": {
			func(r *emitter.Request) { r.Header = []emitter.Header{{Name: "host", Value: "elsewhere"}} },
			func(string) string {
				return "POST /cb?x=1 HTTP/1.1\r\nContent-Length: 10\r\nhost: elsewhere\r\n\r\n" + body
			},
		},
		"another method, with a body": {
			func(r *emitter.Request) { r.Method = "GET" },
			func(host string) string {
				return strings.Replace(plainHead(host, "Content-Length: 10"), "POST", "GET", 1) + body
			},
		},
		"a method without a body": {
			func(r *emitter.Request) { r.Method, r.Body, r.Header = "GET", nil, nil },
			func(host string) string { return "GET /cb?x=1 HTTP/1.1\r\nHost: " + host + "\r\n\r\n" },
		},
		"a method that is none": {
			func(r *emitter.Request) { r.Method = "pOsT" },
			func(host string) string {
				return strings.Replace(plainHead(host, "Content-Length: 10"), "POST", "pOsT", 1) + body
			},
		},
		"an idempotency key": {
			func(r *emitter.Request) {
				r.Header = append(r.Header, emitter.Header{Name: "Idempotency-Key", Value: "1"})
			},
			func(host string) string {
				return strings.TrimSuffix(plainHead(host, "Content-Length: 10"), "\r\n") + "Idempotency-Key: 1\r\n\r\n" + body
			},
		},
		"a name and password in the URL": {
			func(r *emitter.Request) { r.URL = strings.Replace(r.URL, "//", "//u:p@", 1) },
			func(host string) string {
				return strings.TrimSuffix(plainHead(host, "Content-Length: 10"), "\r\n") + "Authorization: Basic dTpw\r\n\r\n" + body
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, nil)
			s := emitter.NewSender(emitter.SenderOptions{})
			req := request(r.URL, body)
			tc.change(&req)
			a := s.Send(t.Context(), req)
			s.Close()
			host := strings.TrimSuffix(strings.TrimPrefix(r.URL, "http://"), "/cb?x=1")
			want := tc.want(host)
			got, _ := r.bytes(t, 0)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("on the wire (-want +got):\n%s", diff)
			}
			if !strings.Contains(name, "method") && !a.OK() {
				t.Errorf("failed: %+v", a.Failure)
			}
			if a.BytesSent != int64(len(want)) {
				t.Errorf("%d bytes counted, %d sent", a.BytesSent, len(want))
			}
			if told, err := req.Bytes(); err != nil || string(told) != want {
				t.Errorf("Request.Bytes tells another tale: %q, %v", told, err)
			}
		})
	}
}

func TestFaultsOfTheScript(t *testing.T) {
	t.Parallel()
	const body = "0123456789"
	for name, tc := range map[string]struct {
		wire  emitter.Wire
		sent  string // what of the framed body arrives
		ends  error  // how the receiver sees the end
		ours  bool
		reads string // what the receiver answers to it
	}{
		"reset in the middle":                 {emitter.Wire{ResetAt: new(5)}, "01234", syscall.ECONNRESET, true, ""},
		"reset before the body":               {emitter.Wire{ResetAt: new(0)}, "", syscall.ECONNRESET, true, ""},
		"reset counted from the end":          {emitter.Wire{ResetAt: new(-1)}, "012345678", syscall.ECONNRESET, true, ""},
		"reset at a place beyond the body":    {emitter.Wire{ResetAt: new(99)}, body, syscall.ECONNRESET, true, ""},
		"reset within a chunk":                {emitter.Wire{ResetAt: new(5), Chunked: true, ChunkSize: 4}, "4\r\n0123\r\n4\r\n4", syscall.ECONNRESET, true, ""},
		"cut, byte by byte":                   {emitter.Wire{TruncateAt: new(3), WriteSize: 1}, "012", io.EOF, true, ""},
		"cut in the middle":                   {emitter.Wire{TruncateAt: new(5)}, "01234", io.EOF, true, ""},
		"cut in the middle, answer awaited":   {emitter.Wire{TruncateAt: new(5), HalfClose: true}, "01234", io.EOF, false, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"},
		"cut between chunks":                  {emitter.Wire{TruncateAt: new(4), Chunked: true, ChunkSize: 4}, "4\r\n0123\r\n", io.EOF, true, ""},
		"the whole body, but our side closed": {emitter.Wire{HalfClose: true}, body, io.EOF, false, okAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, func(c *accepted) {
				_, _ = io.Copy(io.Discard, c) // to the end, whichever it is
				_, _ = io.WriteString(c, tc.reads)
			})
			req := request(r.URL, body)
			req.Wire = tc.wire
			a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
			got, end := r.bytes(t, 0)
			head, sent, _ := strings.Cut(got, "\r\n\r\n")
			if sent != tc.sent {
				t.Errorf("of the body arrived %q, want %q", sent, tc.sent)
			}
			if !tc.wire.Chunked && !strings.Contains(head, "Content-Length: 10") {
				t.Errorf("the head announces another length: %q", head)
			}
			if !errors.Is(end, tc.ends) {
				t.Errorf("the receiver saw %v, want %v", end, tc.ends)
			}
			if tc.ours && (a.Failure == nil || a.Failure.Kind != emitter.FailOurs || a.Answer != nil) {
				t.Errorf("failure %+v, answer %+v", a.Failure, a.Answer)
			}
			if !tc.ours && (a.Failure != nil || !strings.Contains(tc.reads, http.StatusText(a.Answer.Status))) {
				t.Errorf("failure %+v, answer %+v", a.Failure, a.Answer)
			}
		})
	}
}

func TestALostAnswerWasGivenAndIsGone(t *testing.T) {
	t.Parallel()
	worked := make(chan struct{})
	r := newReceiver(t, func(c *accepted) {
		c.readRequest()
		close(worked) // what a receiver does before it answers
		_, _ = io.WriteString(c, okAnswer)
	})
	req := request(r.URL, "{}")
	req.Wire.LoseAnswer = true
	a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
	if a.Failure == nil || a.Failure.Kind != emitter.FailOurs || a.Failure.Message != "answer lost" || a.Answer != nil {
		t.Errorf("failure %+v, answer %+v", a.Failure, a.Answer)
	}
	select {
	case <-worked:
	default:
		t.Error("the connection was closed before the receiver had done its work")
	}
}

func TestAnAnswerThatNeverComesCanBeLostAsWell(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, say(""))
	req := request(r.URL, "{}")
	req.Wire.LoseAnswer = true
	a := newSender(t, short()).Send(t.Context(), req)
	if a.Failure == nil || a.Failure.Kind != emitter.FailOurs {
		t.Errorf("failure %+v", a.Failure)
	}
}

func TestAFaultThatTheReceiverForestalledIsItsOwn(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(c *accepted) { _, _ = c.Read(make([]byte, 1)); c.reset() })
	req := request(r.URL, strings.Repeat("x", 8<<20)) // more than the system buffers
	req.Wire.LoseAnswer = true
	a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
	if a.Failure == nil || a.Failure.Kind != emitter.FailReset {
		t.Errorf("failure %+v", a.Failure)
	}
}

func TestPiecesArriveAsPieces(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wire emitter.Wire
		want func(all int) []int // of so many bytes, of which 10 are the body
	}{
		"head and body alike": {emitter.Wire{WriteSize: 7}, func(all int) []int {
			return append(slices.Repeat([]int{7}, all/7), all%7)
		}},
		"the head by itself": {emitter.Wire{WriteSize: 7, WholeHead: true}, func(all int) []int { return []int{all - 10, 7, 3} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := net.Pipe()
			s := newSender(t, emitter.SenderOptions{Dial: pipeDialer(client)})
			sizes := make(chan []int, 1)
			var all bytes.Buffer
			go func() {
				var got []int
				buf := make([]byte, 4096)
				for !strings.HasSuffix(all.String(), "0123456789") {
					n, err := server.Read(buf) // on a pipe, one read is at most one write
					if err != nil {
						break
					}
					all.Write(buf[:n])
					got = append(got, n)
				}
				_, _ = io.WriteString(server, okAnswer)
				sizes <- got
			}()
			req := request("http://receiver.example", "0123456789")
			req.Wire = c.wire
			if a := s.Send(t.Context(), req); !a.OK() {
				t.Fatalf("%+v", a.Failure)
			}
			got := <-sizes
			want := slices.DeleteFunc(c.want(all.Len()), func(n int) bool { return n == 0 })
			if !slices.Equal(got, want) {
				t.Errorf("the pieces have %v bytes, want %v", got, want)
			}
		})
	}
}

func TestWhatCannotBeSentIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(r *emitter.Request){
		"want http:// or https://": func(r *emitter.Request) { r.URL = "localhost:8080" },
		"has no host":              func(r *emitter.Request) { r.URL = "http:///x" },
		"in ASCII":                 func(r *emitter.Request) { r.URL = "http://bücher.example" },
		"control character":        func(r *emitter.Request) { r.Method = "GET /x" },
		"no header name":           func(r *emitter.Request) { r.Header = []emitter.Header{{Name: "A B"}} },
		"breaks its line":          func(r *emitter.Request) { r.Header = []emitter.Header{{Name: "A", Value: "1\r\nB: 2"}} },
		"exclude each other":       func(r *emitter.Request) { r.Wire = emitter.Wire{ResetAt: new(1), TruncateAt: new(1)} },
	} {
		req := request("http://127.0.0.1:1", "{}")
		change(&req)
		if err := req.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		a := newSender(t, emitter.SenderOptions{}).Send(t.Context(), req)
		if a.Failure == nil || a.Failure.Kind != emitter.FailOther || !strings.Contains(a.Failure.Message, want) {
			t.Errorf("failure %+v, want %q", a.Failure, want)
		}
	}
}
