package emitter

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// resetPause lies between the last byte and the reset. A reset throws away what still waits to be sent, and the
// script asked for so many bytes to arrive; 20 ms is a round trip on any link that tests run over.
const resetPause = 20 * time.Millisecond

// A rawExchange is one attempt written by hand.
type rawExchange struct {
	*exchange
	ctx    context.Context
	conn   *conn
	limits Limits
	target target
	head   int           // bytes of the stream
	stop   chan struct{} // closed when there is no point in writing on
}

func (s *Sender) sendRaw(ctx context.Context, x *exchange, t target) Attempt {
	key := fmt.Sprint(t.secure, " ", t.addr)
	var c *conn
	if !x.req.Wire.Fresh {
		c = s.idle.take(key)
	}
	if c == nil {
		var err error
		if c, err = s.dial(ctx, t.addr, t.secure); err != nil {
			return x.finish(nil, classify(ctx, err))
		}
	}
	x.on(c.number, c.used)
	c.used = true
	before := c.sent.Load()

	r := &rawExchange{exchange: x, ctx: ctx, conn: c, limits: s.limits, target: t, stop: make(chan struct{})}
	release := context.AfterFunc(ctx, c.abort)
	answer, keep, err := r.run()
	if stopped := release(); keep && stopped && err == nil {
		s.idle.put(key, c)
	} else {
		_ = c.Close()
	}
	x.attempt.BytesSent = c.sent.Load() - before
	if err != nil {
		return x.finish(answer, classify(ctx, err))
	}
	return x.finish(answer, nil)
}

func (r *rawExchange) run() (answer *Answer, keep bool, err error) {
	w := r.req.Wire
	n, cut := r.req.cut()
	head := r.req.head(r.target)
	r.head = len(head)
	stream := r.req.frame(head, n, !cut)
	switch {
	case w.ResetAt != nil:
		return nil, false, r.endEarly(stream, fmt.Sprintf("reset by the script after %d bytes of the body", n), r.conn.reset)
	case w.LoseAnswer:
		return nil, false, r.endEarly(stream, "answer lost", r.awaitAnswer)
	case cut && !w.HalfClose:
		return nil, false, r.endEarly(stream, fmt.Sprintf("closed by the script after %d bytes of the body", n), func() {})
	}
	return r.talk(stream, cut)
}

// endEarly writes and then ends the connection in the way the script asks for. No answer is read.
func (r *rawExchange) endEarly(stream []byte, what string, end func()) error {
	if err := r.write(stream); err != nil {
		return r.late(err)
	}
	r.mark(&r.attempt.Written)
	if r.req.Wire.ResetAt != nil {
		r.pause(resetPause)
	}
	end()
	return &oursError{what}
}

// awaitAnswer waits until the answer begins, so that the request is sure to have been worked on.
func (r *rawExchange) awaitAnswer() {
	r.conn.limitRead(time.Now().Add(r.limits.Lost))
	var b [1]byte
	_, _ = r.conn.Read(b[:]) // whatever it is, it is lost
}

// talk writes and reads at the same time: a receiver may answer before it has read everything, and what it said
// counts even if it then resets the connection.
func (r *rawExchange) talk(stream []byte, cut bool) (*Answer, bool, error) {
	wrote := make(chan error, 1)
	go func() {
		err := r.write(stream)
		if err == nil {
			r.mark(&r.attempt.Written)
			if r.req.Wire.HalfClose {
				r.conn.closeWrite()
			}
		}
		// From here on there is a limit for reading: the answer's time, or none if the receiver did not take
		// the request within that time.
		until := time.Now().Add(r.limits.Answer)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			until = past
		}
		r.conn.limitRead(until)
		wrote <- err
	}()

	answer, keep, err := r.read()
	r.mark(&r.attempt.Done)

	if err != nil || !keep || answer.Status >= 300 {
		// A receiver that says no, or goodbye, reads no further. One that says 200 early may.
		close(r.stop)
		r.conn.limitWrite(past)
	}
	writeErr := <-wrote
	keep = keep && writeErr == nil && !cut && r.reusable()
	return answer, keep, r.late(err)
}

func (r *rawExchange) read() (*Answer, bool, error) {
	br := bufio.NewReader(r.conn)
	if _, err := br.Peek(1); err != nil {
		return nil, false, err // a second read would tell less
	}
	r.mark(&r.attempt.FirstByte)
	return readAnswer(br, r.req.method(), r.limits)
}

// late gives a deadline that passed its name.
func (r *rawExchange) late(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &timeoutError{r.limits.Answer}
	}
	return err
}

// reusable reports whether our own side of the exchange lets the connection live on.
func (r *rawExchange) reusable() bool {
	w := r.req.Wire
	if w.Fresh || w.HalfClose {
		return false
	}
	for _, h := range r.req.Header {
		// A length that is not the body's leaves the receiver waiting, or reading the next request as body.
		switch strings.ToLower(h.Name) {
		case "content-length", "transfer-encoding":
			return false
		case "connection":
			if strings.Contains(strings.ToLower(h.Value), "close") {
				return false
			}
		}
	}
	return true
}

// write sends the stream in pieces, with pauses. It has the pauses' own time and that of an answer.
func (r *rawExchange) write(stream []byte) error {
	size, pause := r.req.Wire.WriteSize, r.req.Wire.WritePause
	if size <= 0 {
		size = len(stream)
	}
	next := min(size, len(stream))
	if r.req.Wire.WholeHead {
		next = r.head
	}
	pieces := 1 + (len(stream)-next+size-1)/size
	r.conn.limitWrite(time.Now().Add(time.Duration(pieces)*pause + r.limits.Answer))
	for off := 0; off < len(stream); next = min(off+size, len(stream)) {
		if off > 0 && pause > 0 && !r.pause(pause) {
			return errStopped
		}
		if _, err := r.conn.Write(stream[off:next]); err != nil {
			return err
		}
		off = next
	}
	return nil
}

// errStopped is why a write did not go on; who stopped it knows better.
var errStopped = errors.New("stopped")

// pause waits, unless the exchange is over.
func (r *rawExchange) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.stop:
	case <-r.ctx.Done():
	}
	return false
}
