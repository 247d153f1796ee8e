package emitter

import (
	"fmt"
	"sync"
	"time"
)

// A TraceKind says what happened in a play.
type TraceKind string

// The kinds of events.
const (
	TraceSending     TraceKind = "sending"      // an attempt is handed to the connection
	TraceAnswered    TraceKind = "answered"     // it has a whole answer
	TraceFailed      TraceKind = "failed"       // it has none
	TraceWaiting     TraceKind = "waiting"      // the policy waits before the next attempt
	TraceStepStarted TraceKind = "step started" // a step that is no delivery
	TraceStepDone    TraceKind = "step done"
)

// A TraceEvent tells a Player's Trace what happens as it happens. Which fields are set depends on its kind.
type TraceEvent struct {
	Kind   TraceKind
	Script string
	Step   string // id of the step
	At     Offset // since the start of the play

	// Of a delivery:
	Event  string // Parcel.Event
	Copy   int
	Held   bool
	Number int // of the attempt, from 1
	Of     int
	Method string
	URL    string
	Wait   time.Duration // Waiting
	// Attempt is the whole of it, once it is over. It shares its bytes with the transcript.
	Attempt *Attempt

	Error string // TraceStepDone
}

// String is the event in one line: "--> POST http://… TaskStart attempt 2/13, dup", "<-- [200] POST http://… (23ms)".
// The URL is as it was given, secrets included.
func (e TraceEvent) String() string {
	switch e.Kind {
	case TraceSending:
		s := fmt.Sprintf("--> %s %s %s", e.Method, e.URL, e.Step)
		if e.Of > 1 {
			s += fmt.Sprintf(" attempt %d/%d", e.Number, e.Of)
		}
		if e.Copy > 0 {
			s += ", dup"
		}
		if e.Held {
			s += ", held"
		}
		return s
	case TraceAnswered:
		return fmt.Sprintf("<-- [%d] %s %s (%v)", e.Attempt.Answer.Status, e.Method, e.URL, rounded(e.Attempt.Latency()))
	case TraceFailed:
		return fmt.Sprintf("<-- [%s] %s %s (%v): %s", e.Attempt.Failure.Kind, e.Method, e.URL,
			rounded(e.Attempt.Latency()), e.Attempt.Failure.Message)
	case TraceWaiting:
		return fmt.Sprintf("... %s again in %v", e.Step, rounded(e.Wait))
	case TraceStepDone:
		if e.Error != "" {
			return fmt.Sprintf("... %s: %s", e.Step, e.Error)
		}
	case TraceStepStarted:
	}
	return fmt.Sprintf("... %s %s", e.Step, e.Kind)
}

// rounded keeps what a reader of a line wants: tenths of milliseconds below 10 ms, milliseconds above.
func rounded(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}

// A tracer hands events to a function one at a time and in order, on its own goroutine, so that a slow terminal
// holds up no delivery.
type tracer struct {
	do   func(TraceEvent)
	fail func(error) // told of a panic in do
	done chan struct{}
	some chan struct{} // holds one: there are events, or it is over

	mu    sync.Mutex
	queue []TraceEvent
	over  bool
}

func newTracer(do func(TraceEvent), fail func(error)) *tracer {
	if do == nil {
		return nil
	}
	t := &tracer{do: do, fail: fail, done: make(chan struct{}), some: make(chan struct{}, 1)}
	go t.run()
	return t
}

func (t *tracer) tell(e TraceEvent) {
	if t == nil {
		return
	}
	t.mu.Lock()
	if !t.over {
		t.queue = append(t.queue, e)
	}
	t.mu.Unlock()
	t.ring()
}

func (t *tracer) ring() {
	select {
	case t.some <- struct{}{}:
	default:
	}
}

// end waits until all events are told.
func (t *tracer) end() {
	if t == nil {
		return
	}
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	t.ring()
	<-t.done
}

func (t *tracer) run() {
	defer close(t.done)
	defer func() {
		if v := recover(); v != nil {
			t.fail(fmt.Errorf("trace: panic at %s: %v", panicSite(), v))
		}
	}()
	for range t.some {
		t.mu.Lock()
		queue, over := t.queue, t.over
		t.queue = nil
		t.mu.Unlock()
		for _, e := range queue {
			t.do(e)
		}
		if over {
			return
		}
	}
}
