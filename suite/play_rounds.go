package suite

import (
	"context"

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
// what was recorded of a round; its error ends them, and is returned.
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
	for _, f := range r.futures() {
		if begin != nil && f.scenario.InRounds() {
			begin(f.round, r.rounds(f.scenario), r.cfg.Seed)
		}
		if err := done(r.play(ctx, f.scenario, f.number, f.round).Input); err != nil {
			return err
		}
	}
	return nil
}
