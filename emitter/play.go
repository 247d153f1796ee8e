package emitter

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// settleGrace is how long a play waits, once it was ended, for its steps to notice. Attempts notice at once; only
// a Step.Do that does not look at its context can take longer, and it is then left behind and named.
const settleGrace = 2 * time.Second

// Validate says why a script cannot be played: a step that waits for a later one, or that is two things.
func (s Script) Validate() error {
	for i, step := range s.Steps {
		if step.Parcel != nil && step.Do != nil {
			return fmt.Errorf("script: step %d (%s) has both a parcel and a function", i, step.ID)
		}
		for _, before := range step.After {
			if before < 0 || before >= i {
				return fmt.Errorf("script: step %d (%s) waits for step %d, which is not before it", i, step.ID, before)
			}
		}
	}
	return nil
}

// A play is one script being played. Every step has a goroutine, and run waits for them.
type play struct {
	*Player
	script Script
	start  time.Time
	cancel context.CancelCauseFunc
	tracer *tracer
	nodes  []node

	mu     sync.Mutex // guards what the nodes have recorded
	broken bool       // something of ours panicked
}

// A node is a step on its way. The times are written before the channel beside them is closed.
type node struct {
	over, settled     chan struct{}
	overAt, settledAt Offset

	delivery *Delivery   // one of these two, guarded by play.mu
	record   *StepRecord //
	begun    bool
	finished bool
}

func newPlay(p *Player, s Script) *play {
	pl := &play{Player: p, script: s, nodes: make([]node, len(s.Steps))}
	for i, step := range s.Steps {
		n := &pl.nodes[i]
		n.over, n.settled = make(chan struct{}), make(chan struct{})
		if parcel := step.Parcel; parcel != nil {
			n.delivery = &Delivery{
				ID: step.ID, Event: parcel.Event, Copy: parcel.Copy, Held: parcel.Held,
				Planned: Offset(step.At), Policy: parcel.Policy.Name,
			}
			if parcel.Policy.Name == NoRetry {
				n.delivery.Policy = ""
			}
		} else {
			n.record = &StepRecord{ID: step.ID, Planned: Offset(step.At)}
		}
	}
	return pl
}

func (p *play) run(ctx context.Context) Transcript {
	ctx, p.cancel = context.WithCancelCause(ctx)
	defer p.cancel(nil)
	deadline := p.script.Deadline
	if deadline <= 0 {
		deadline = DefaultDeadline
	}
	p.start = time.Now()
	timer := time.AfterFunc(deadline, func() { p.cancel(fmt.Errorf("the play's deadline of %v passed", deadline)) })
	defer timer.Stop()

	p.tracer = newTracer(p.Trace, p.fail)
	var steps sync.WaitGroup
	for i := range p.nodes {
		steps.Go(func() { p.step(ctx, i) })
	}
	ended := make(chan struct{})
	go func() {
		steps.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		grace := time.NewTimer(settleGrace)
		defer grace.Stop()
		select {
		case <-ended:
		case <-grace.C:
		}
	}
	p.tracer.end()
	return p.transcript(context.Cause(ctx))
}

// step does one step at its time.
func (p *play) step(ctx context.Context, i int) {
	step, n := &p.script.Steps[i], &p.nodes[i]
	over := sync.OnceFunc(func() { n.overAt = p.now(); close(n.over) })
	defer func() {
		if v := recover(); v != nil {
			p.panicked(n, step, v)
		}
		over()
		n.settledAt = p.now()
		close(n.settled)
	}()
	due, err := p.due(ctx, step)
	if err != nil {
		return
	}
	if err := p.clock().WaitUntil(ctx, p.start.Add(due)); err != nil {
		return
	}
	if step.Parcel != nil {
		p.deliver(ctx, step, n, due, over)
	} else {
		p.do(ctx, step, n, due)
	}
}

// due waits for the steps before, and gives the time at which this one can start.
func (p *play) due(ctx context.Context, step *Step) (time.Duration, error) {
	due := step.At
	for _, before := range step.After {
		n := &p.nodes[before]
		wait, at := n.over, &n.overAt
		if step.Settled {
			wait, at = n.settled, &n.settledAt
		}
		select {
		case <-wait:
			due = max(due, time.Duration(*at))
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	return due, context.Cause(ctx)
}

// do runs a step that is no delivery.
func (p *play) do(ctx context.Context, step *Step, n *node, due time.Duration) {
	p.locked(func() {
		n.begun = true
		n.record.Due, n.record.Started = Offset(due), p.now()
	})
	p.tracer.tell(TraceEvent{Kind: TraceStepStarted, Script: p.script.Name, Step: step.ID, At: p.now()})
	var err error
	if step.Do != nil {
		err = step.Do(context.WithValue(ctx, soFarKey{}, p))
	}
	done := TraceEvent{Kind: TraceStepDone, Script: p.script.Name, Step: step.ID, At: p.now()}
	if err != nil {
		done.Error = err.Error()
	}
	p.locked(func() {
		n.record.Done, n.record.Error = done.At, done.Error
		n.finished = err == nil || ctx.Err() == nil // otherwise it was cut short
	})
	p.tracer.tell(done)
}

// panicked ends the play: a panic is a fault of the harness, and nothing that it has seen so far can be called
// a fault of the receiver.
func (p *play) panicked(n *node, step *Step, v any) {
	err := fmt.Errorf("step %s: panic at %s: %v", step.ID, panicSite(), v)
	p.locked(func() {
		if n.record != nil {
			n.record.Error, n.record.Done, n.finished = err.Error(), p.now(), true
		}
	})
	p.fail(err)
}

// fail ends the play for a fault of ours.
func (p *play) fail(err error) {
	p.locked(func() { p.broken = true })
	p.cancel(err)
}

// panicSite is the file and line that panicked. It is to be called from a deferred function's callee while the
// panic is being recovered.
func panicSite() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && !isRuntime(f.Function):
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		case !more:
			return "an unknown place"
		}
	}
}

// isRuntime tells the runtime's frames of a nil pointer or a bad index from those that are to blame.
func isRuntime(function string) bool {
	return strings.HasPrefix(function, "runtime.")
}

// transcript is what was recorded so far. A step that was left behind may go on recording: nothing of that gets in.
func (p *play) transcript(cause error) Transcript {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := Transcript{Started: p.start}
	left := -1 // the first step that was not over
	for i := range p.nodes {
		n := &p.nodes[i]
		if !n.finished && left < 0 {
			left = i
		}
		if n.delivery != nil {
			d := *n.delivery
			d.Attempts = slices.Clone(d.Attempts)
			t.Deliveries = append(t.Deliveries, d)
			continue
		}
		r := *n.record
		switch {
		case n.finished, r.Error != "", cause == nil:
		case n.begun:
			r.Error = "did not end"
		default:
			r.Error = "was not begun"
		}
		t.Steps = append(t.Steps, r)
	}
	slices.SortStableFunc(t.Deliveries, func(a, b Delivery) int { return cmp.Compare(a.queued(), b.queued()) })
	if cause != nil && (left >= 0 || p.broken) { // ended after everything was done, it is whole
		t.Aborted = cause.Error()
		if left >= 0 {
			t.Aborted += fmt.Sprintf(" (before %s was over)", p.script.Steps[left].ID)
		}
	}
	return t
}

// queued orders deliveries; those never sent come last.
func (d *Delivery) queued() Offset {
	if len(d.Attempts) == 0 {
		return Offset(1<<63 - 1)
	}
	return d.Attempts[0].Queued
}

func (p *play) locked(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *play) now() Offset { return Offset(time.Since(p.start)) }

func (p *play) clock() Clock {
	if p.Clock == nil {
		return timers{}
	}
	return p.Clock
}
