package suite

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// Play plays the one selected scenario and judges nothing. What was seen of the receiver is among the samples, where
// the target file has observers. Of a scenario that is played in rounds it is one: the first, unless Config.Round names another.
func Play(ctx context.Context, cfg Config) (in judge.Input, err error) {
	cfg.Round = max(1, cfg.Round)
	err = PlayRounds(ctx, cfg, nil, func(got judge.Input) error {
		in = got
		return nil
	})
	return in, err
}

// PlayRounds plays the one selected scenario as often as a run would, one round after the other, and judges nothing:
// Config.Rounds and Config.Round mean what they mean to Run. If begin is not nil it is called before each round of a scenario
// that is played in rounds, with its number from 1, how many there are, and the seed that brings it about again. done gets
// what was recorded of a round; its error ends them, and is returned. Where nobody listens from the first attempt on, that is
// the error, and no retry is waited for.
func PlayRounds(ctx context.Context, cfg Config, begin func(round, of int, seed int64), done func(judge.Input) error) error {
	r, err := newRunner(cfg)
	if err != nil {
		return err
	}
	defer r.close()
	if len(r.selected) != 1 {
		return usage("%d scenarios are selected: give one", len(r.selected))
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if !r.selected[0].Alone() { // else it takes the receiver down itself, or asks more of it than it may have room for
		r.cfg.Trace = r.knocking(r.cfg.Trace, stop)
	}
	for _, f := range r.futures() {
		if begin != nil && f.scenario.InRounds() {
			begin(f.round, r.rounds(f.scenario), r.cfg.Seed)
		}
		in := r.play(ctx, f.scenario, f.number, f.round).Input
		if dead, ok := errors.AsType[*environmentError](context.Cause(ctx)); ok {
			return dead
		}
		if err := done(in); err != nil {
			return err
		}
	}
	return nil
}

// knocking listens to the plays until the target was reached once. If the first that comes of them is that it cannot be
// reached, they are stopped: a canary before them would be a callback that nobody asked for. A target that was there and is
// gone is what retries are for.
func (r *runner) knocking(next func(emitter.TraceEvent), stop context.CancelCauseFunc) func(emitter.TraceEvent) {
	var known, dead atomic.Bool
	return func(ev emitter.TraceEvent) {
		if next != nil && !dead.Load() { // what is stopped is nobody's news
			next(ev)
		}
		over := ev.Kind == emitter.TraceAnswered || ev.Kind == emitter.TraceFailed
		if over && !known.Swap(true) && ev.Attempt.Failure != nil && ev.Attempt.Failure.Kind == emitter.FailRefused {
			dead.Store(true)
			stop(&environmentError{r.unreached(*ev.Attempt)})
		}
	}
}
