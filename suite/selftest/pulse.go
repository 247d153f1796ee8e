package selftest

import (
	"context"
	"sync"
	"time"
)

// A pulse feels how late this machine is: it asks to be woken at short intervals, and looks at the clock when it is. A
// machine that has more to do than it can is late in waking it, as it is late in sending and answering callbacks.
type pulse struct {
	stop context.CancelFunc
	done chan struct{}

	mu    sync.Mutex
	beats []beat // of the last minutes, oldest first
}

type beat struct {
	at  time.Time
	lag time.Duration
}

const (
	// beatEvery is often enough to notice a stall that matters, and costs nothing.
	beatEvery = 10 * time.Millisecond
	// beatsKept covers four minutes: no single run takes as long.
	beatsKept = 4 * 60 * 100
	// atEase is the lag up to which the machine can take one more run.
	atEase = 20 * time.Millisecond
	// tooLate is the lag from which on a verdict may be the machine's: the judge's own margin for what rests on time.
	tooLate = 100 * time.Millisecond
	// stagger lies between the beginnings of two runs: a run has most to do when it begins, and that has to be felt before
	// the next one is let in.
	stagger = 100 * time.Millisecond
	// patience is how long a run is kept waiting for a machine that is busy with other things: then it has to do as it is.
	patience = 3 * time.Second
)

func feelPulse(ctx context.Context) *pulse {
	ctx, stop := context.WithCancel(ctx)
	p := &pulse{stop: stop, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for ctx.Err() == nil {
			before := time.Now()
			wait(ctx, beatEvery)
			now := time.Now()
			p.mu.Lock()
			p.beats = append(p.beats, beat{at: now, lag: now.Sub(before) - beatEvery})
			if len(p.beats) > 2*beatsKept {
				p.beats = append([]beat(nil), p.beats[beatsKept:]...)
			}
			p.mu.Unlock()
		}
	}()
	return p
}

func (p *pulse) close() {
	p.stop()
	<-p.done
}

// worst is the greatest lag since a moment.
func (p *pulse) worst(since time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lag time.Duration
	for i := len(p.beats) - 1; i >= 0 && p.beats[i].at.After(since); i-- {
		lag = max(lag, p.beats[i].lag)
	}
	return lag
}

// ease waits until the machine has kept up for a moment, but not for ever.
func (p *pulse) ease(ctx context.Context) {
	for begun := time.Now(); ctx.Err() == nil && time.Since(begun) < patience; {
		since := time.Now()
		wait(ctx, stagger)
		if p.worst(since) < atEase {
			return
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
