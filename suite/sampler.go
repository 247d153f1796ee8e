package suite

import (
	"context"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
)

// A playing is one play under way: it takes the looks that the plan asks for.
type playing struct {
	runner *runner
	tasks  map[string]scenarios.Task
	ear    *ear

	mu    sync.Mutex // observe steps without an order between them may look at the same time
	input judge.Input
}

func keyed(tasks []scenarios.Task) map[string]scenarios.Task {
	out := make(map[string]scenarios.Task, len(tasks))
	for _, t := range tasks {
		out[t.Key] = t
	}
	return out
}

// taskIDs are the play's task ids, with their keys.
func (p *playing) taskIDs() map[string]string {
	out := make(map[string]string, len(p.tasks))
	for key, t := range p.tasks {
		out[t.TaskID] = key
	}
	return out
}

// The pauses between two looks: short at first, so that a quick receiver costs a play nothing, then longer, so that
// hundreds of plays that wait do not load a receiver with looks.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = 100 * time.Millisecond
)

// observe does an observe step.
func (p *playing) observe(ctx context.Context, step string) error {
	return p.look(ctx, step, func() emitter.Transcript { return emitter.SoFar(ctx) })
}

// final looks once every step is over.
func (p *playing) final(ctx context.Context) {
	// An error is the end of the run; what could not be seen then is missing from the samples, and the judge says so.
	_ = p.look(ctx, judge.Final, func() emitter.Transcript { return p.input.Transcript })
}

// look samples the receiver until a further look could change nothing. Every sample is kept; the verdict is the
// judge's, on the samples alone.
func (p *playing) look(ctx context.Context, step string, transcript func() emitter.Transcript) error {
	if p.runner.observers == nil || p.runner.observers.Empty() {
		return nil
	}
	p.mu.Lock()
	in := p.input
	p.mu.Unlock()
	wanted := judge.Wanted(in, step, p.runner.catalogue)
	if wanted == nil {
		return nil
	}
	var taken []judge.Sample
	defer func() { p.keep(taken) }()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		for _, key := range wanted.Open(transcript(), taken) {
			taken = append(taken, p.sample(ctx, step, key, transcript().Started))
		}
		if done, _ := wanted.Done(transcript(), taken); done {
			return nil
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// keep adds samples to what is judged.
func (p *playing) keep(taken []judge.Sample) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.input.Samples = append(p.input.Samples, taken...)
}

// sample takes one look at one task.
func (p *playing) sample(ctx context.Context, step, key string, start time.Time) judge.Sample {
	task := p.tasks[key]
	at := time.Now()
	look, err := p.runner.observers.Look(ctx, observe.Identity{TaskID: task.TaskID, StreamID: task.StreamID})
	s := judge.Sample{
		Step: step, Task: key, At: emitter.Offset(at.Sub(start)), Took: emitter.Offset(time.Since(at)),
		Facts: look.Facts, Effects: look.Effects,
	}
	if err != nil {
		s.Facts, s.Effects, s.Error = nil, nil, err.Error()
	}
	return s
}

// hook handles the receiver from outside and waits until it takes callbacks again.
func (p *playing) hook(ctx context.Context, name string) error {
	var first string
	if len(p.input.Plan.Tasks) > 0 {
		first = p.input.Plan.Tasks[0].TaskID
	}
	if err := p.runner.hooks.run(ctx, name, first); err != nil {
		return err
	}
	return p.runner.hooks.ready(ctx)
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
