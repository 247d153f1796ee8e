package emitter

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Player plays scripts. It may play many at once; Sender is needed, the other fields have good zero values.
// A Player must not be changed while it plays.
type Player struct {
	Sender *Sender
	Scale  float64 // the waits of policies are divided by this; 0 means 1
	Clock  Clock   // nil means timers
	// Trace is told what happens, one event at a time and in order within a play; plays that run at the same time call
	// it at the same time. It must return: the end of the play waits for it.
	Trace func(TraceEvent)
}

// Play plays a script with everything at its default.
func Play(ctx context.Context, s Script, sender *Sender) Transcript {
	return (&Player{Sender: sender}).Play(ctx, s)
}

// Play plays a script to its end, which is that of every step and every attempt, and tells what happened. A play
// that is cut short, by ctx, its deadline, a panic in a step, or a script that cannot be played, says so in
// Transcript.Aborted; what was done until then is in the transcript.
//
// The order of steps is kept whatever happens: a step whose predecessors were late starts as soon as they are over,
// and a failed attempt or step does not stop those after it.
func (p *Player) Play(ctx context.Context, s Script) Transcript {
	err := s.Validate()
	if err == nil && p.Sender == nil {
		err = errors.New("the player has no sender")
	}
	if err != nil {
		return Transcript{Started: time.Now(), Aborted: err.Error()}
	}
	return newPlay(p, s).run(ctx)
}

// PlayAll plays scripts, at most limit of them at once (below 1: all), and gives their transcripts in the scripts'
// order. Once ctx has ended, those not yet begun come back aborted.
func (p *Player) PlayAll(ctx context.Context, limit int, scripts ...Script) []Transcript {
	out := make([]Transcript, len(scripts))
	var group errgroup.Group
	if limit > 0 {
		group.SetLimit(limit)
	}
	for i, s := range scripts {
		group.Go(func() error {
			out[i] = p.Play(ctx, s)
			return nil
		})
	}
	_ = group.Wait() // no play returns an error
	return out
}
