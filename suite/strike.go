package suite

import (
	"context"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// strike restarts or kills the receiver at its moment, and waits until it takes callbacks again.
func (p *playing) strike(ctx context.Context, step *scenarios.Step) error {
	pause := time.Duration(step.Strike.Pause)
	if step.Strike.Moment == scenarios.During {
		took, err := p.ear.sent(ctx)
		if err != nil {
			return err
		}
		pause = time.Duration(step.Strike.Share * float64(took))
	}
	if err := wait(ctx, pause); err != nil {
		return err
	}
	return p.hook(ctx, step.Hook)
}

// An ear listens to a play for the moment at which a delivery is sent, and for how long answers take. A strike that is to
// come while a delivery is under way can be timed by nothing else: one receiver takes a tenth of a millisecond for its
// answer, another a second.
type ear struct {
	step  string // id of the delivery; "" listens for none
	next  func(emitter.TraceEvent)
	heard chan struct{} // closed once it is sent

	mu       sync.Mutex
	once     bool
	quickest time.Duration // of the answers so far; 0 before the first
}

// shortestAnswer is how long an answer is taken to need where those before were quicker: a timer is no more exact.
const shortestAnswer = 500 * time.Microsecond

func newEar(plan *scenarios.Plan, next func(emitter.TraceEvent)) *ear {
	e := &ear{next: next, heard: make(chan struct{})}
	for i := range plan.Steps {
		if s := plan.Steps[i].Strike; s != nil && s.Moment == scenarios.During {
			e.step = s.Step
		}
	}
	return e
}

// trace is what the play tells what happens. Where there is nothing to listen for, it is told to whoever asked for it alone.
func (e *ear) trace() func(emitter.TraceEvent) {
	if e.step == "" {
		return e.next
	}
	return func(ev emitter.TraceEvent) {
		e.hear(ev)
		if e.next != nil {
			e.next(ev)
		}
	}
}

func (e *ear) hear(ev emitter.TraceEvent) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case ev.Kind == emitter.TraceAnswered:
		if took := ev.Attempt.Latency(); e.quickest == 0 || took < e.quickest {
			e.quickest = took
		}
	case ev.Kind == emitter.TraceSending && ev.Step == e.step && !e.once:
		e.once = true
		close(e.heard)
	}
}

// sent waits until the delivery is sent, and says how long the receiver takes for its answer at least: a slow answer may have
// been this machine's fault, and whoever waits for longer than a quick one comes too late.
func (e *ear) sent(ctx context.Context) (time.Duration, error) {
	select {
	case <-e.heard:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return max(e.quickest, shortestAnswer), nil
}
