package emitter

import (
	"context"
	"crypto/tls"
	"net/http"
	"sync"
	"time"
)

// A Sender takes requests to their attempts. It keeps connections for reuse, never repeats a request and follows
// nothing. It is safe for concurrent use; as many requests are on their way at once as calls of Send.
//
// What the request asks for decides which way it goes: net/http where it would write these very bytes, our own
// hands otherwise. One thing net/http does that cannot be switched off: when a receiver says more than its answer,
// it tells so through the standard logger. A program whose standard error is read should discard that.
type Sender struct {
	limits Limits
	dialer DialFunc
	tls    *tls.Config
	http   *http.Transport
	idle   *idlePool

	ctx    context.Context // ends with Close; nothing but dials hang on it
	cancel context.CancelCauseFunc

	mu     sync.Mutex
	conns  map[*conn]struct{}
	opened int
	closed bool
}

// SenderOptions are what a Sender can be told. The zero value is good for http:// and for https:// with a
// certificate that this machine trusts.
type SenderOptions struct {
	Limits Limits
	TLS    *tls.Config // see TLSOptions
	Dial   DialFunc    // nil means TCP
}

// NewSender makes a Sender. Close it when no call of Send is under way any more.
func NewSender(o SenderOptions) *Sender {
	s := &Sender{
		limits: o.Limits.withDefaults(),
		dialer: o.Dial,
		tls:    o.TLS.Clone(),
		conns:  make(map[*conn]struct{}),
	}
	if s.dialer == nil {
		s.dialer = defaultDialer()
	}
	if s.tls == nil {
		s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if s.tls.NextProtos == nil {
		s.tls.NextProtos = []string{"http/1.1"} // CSS is only known to speak HTTP/1.1
	}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.idle = newIdlePool(s.limits.Idle)
	s.http = s.newTransport()
	return s
}

// Send makes one attempt and waits for its answer, within the limits. Times are counted from the call. It returns
// no error: what went wrong is in Attempt.Failure. A request that cannot be sent at all (see Request.Validate) and
// an ended ctx are failures, too.
func (s *Sender) Send(ctx context.Context, req Request) Attempt {
	return s.SendSince(ctx, time.Now(), req)
}

// SendSince is Send with times counted from start.
func (s *Sender) SendSince(ctx context.Context, start time.Time, req Request) Attempt {
	t, err := req.target()
	x := newExchange(start, req, Offset(time.Since(start)))
	if err != nil {
		return x.finish(nil, &Failure{FailOther, err.Error()})
	}
	if ctx.Err() != nil {
		return x.finish(nil, classify(ctx, ctx.Err()))
	}
	if !req.plain(t) {
		return s.sendRaw(ctx, x, t)
	}
	a, unsent := s.sendPlain(ctx, x)
	if !unsent {
		return a
	}
	// The kept connection had ended and not one byte was written to it: nothing was delivered, so this is
	// no second delivery.
	return s.sendRaw(ctx, newExchange(start, req, a.Queued), t)
}

// Close ends all connections and what waits for them.
func (s *Sender) Close() {
	s.cancel(errSenderClosed)
	s.mu.Lock()
	s.closed = true
	left := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		left = append(left, c)
	}
	s.mu.Unlock()
	for _, c := range left {
		_ = c.Close()
	}
	s.http.CloseIdleConnections()
	s.idle.close()
}

// remember numbers a connection and keeps it for Close.
func (s *Sender) remember(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.opened++
	c.number = s.opened
	s.conns[c] = struct{}{}
	return true
}

func (s *Sender) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// An exchange collects what becomes of one attempt. net/http calls its hooks from other goroutines, and may do so
// after the answer; finish shuts them out.
type exchange struct {
	start time.Time
	req   Request

	mu       sync.Mutex
	attempt  Attempt
	finished bool
}

func newExchange(start time.Time, req Request, queued Offset) *exchange {
	a := Attempt{Number: 1, Of: 1, Reason: reasonFirst, Request: req, Queued: queued}
	return &exchange{start: start, req: req, attempt: a}
}

// mark stamps a time, the first time it is told.
func (x *exchange) mark(o *Offset) {
	now := Offset(time.Since(x.start))
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.finished && *o == 0 {
		*o = now
	}
}

// on notes the connection at hand.
func (x *exchange) on(number int, reused bool) {
	x.mark(&x.attempt.Connected)
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.finished {
		x.attempt.Conn, x.attempt.Reused = number, reused
	}
}

func (x *exchange) finish(answer *Answer, failure *Failure) Attempt {
	x.mark(&x.attempt.Done)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.finished = true
	x.attempt.Answer, x.attempt.Failure = answer, failure
	return x.attempt
}
