package emitter_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"

	"github.com/relaycheck/relaycheck/emitter"
)

// Not parallel: other tests' goroutines would count.
func TestNothingIsLeftRunning(t *testing.T) {
	g := gomega.NewWithT(t)
	quit := make(chan struct{})
	receivers := []*receiver{
		newReceiver(t, nil),
		newReceiver(t, func(c *accepted) { c.readRequest(); c.reset() }),
		newReceiver(t, sayAndClose("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")),
		newReceiver(t, func(c *accepted) { // endless
			_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			for err == nil {
				_, err = io.WriteString(c, strings.Repeat("x", 4096))
			}
		}),
		newReceiver(t, func(*accepted) { <-quit }), // deaf and mute
	}
	t.Cleanup(func() { close(quit) }) // runs before the receivers are closed
	before := gleak.Goroutines()

	for _, deadline := range []time.Duration{0, 30 * time.Millisecond} {
		s := emitter.NewSender(short())
		clock := emitter.NewPreciseClock()
		var script emitter.Script
		script.Deadline = deadline
		for _, r := range receivers {
			for _, w := range []emitter.Wire{
				{},
				{Chunked: true},
				{Fresh: true},
				{WriteSize: 64},
				{LoseAnswer: true},
				{ResetAt: new(1)},
				{TruncateAt: new(1)},
				{HalfClose: true},
				{WriteSize: 1, WritePause: time.Millisecond},
			} {
				p := &emitter.Parcel{Request: request(r.URL, strings.Repeat("x", 100)), Policy: emitter.Policy{Attempts: 2}}
				p.Request.Wire = w
				big := *p
				big.Request.Body = make([]byte, 256<<10)
				script.Steps = append(script.Steps, emitter.Step{Parcel: p}, emitter.Step{Parcel: &big})
				if w.WritePause > 0 {
					script.Steps = script.Steps[:len(script.Steps)-1] // would take hours
				}
			}
		}
		p := emitter.Player{Sender: s, Clock: clock, Trace: func(emitter.TraceEvent) {}}
		got := p.PlayAll(t.Context(), 0, script, script)
		if aborted := got[0].Aborted != ""; aborted != (deadline > 0) {
			t.Errorf("deadline %v: aborted %q", deadline, got[0].Aborted)
		}
		clock.Close()
		s.Close()
	}
	// Connections that the receivers have not yet seen the end of are theirs, not ours.
	for _, r := range receivers {
		for _, c := range r.connections() {
			_ = c.Close()
		}
	}
	g.Eventually(gleak.Goroutines).WithTimeout(5 * time.Second).
		ShouldNot(gleak.HaveLeaked(before, gleak.IgnoringInBacktrace("emitter_test.")))
}

func TestAnEmitterLeavesNothingBehind(t *testing.T) {
	g := gomega.NewWithT(t)
	r := newReceiver(t, nil)
	before := gleak.Goroutines()
	e := emitter.New(r.URL)
	if _, err := e.Emit(t.Context(), emitter.TaskStart(seedTask(), 1)); err != nil {
		t.Error(err)
	}
	e.Close()
	if _, err := emitter.Post(t.Context(), r.URL, emitter.TaskStart(seedTask(), 1)); err != nil {
		t.Error(err)
	}
	g.Eventually(gleak.Goroutines).WithTimeout(5 * time.Second).
		ShouldNot(gleak.HaveLeaked(before, gleak.IgnoringInBacktrace("emitter_test.(*receiver)"), gleak.IgnoringInBacktrace("emitter_test.newReceiver")))
}
