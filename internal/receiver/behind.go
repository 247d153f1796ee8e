package receiver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A behind keeps events in memory for a while, where they can be seen but do not survive.
type behind struct {
	keep func(ctx context.Context, e event) error

	mu      sync.Mutex
	waiting []event // in the order of their arrival
	seen    map[string]bool
}

// due says how many of the waiting events, from the first, are to be written now.
type due func(waiting []event, now time.Time) int

// older writes what has waited for so long.
func older(d time.Duration) due {
	return func(waiting []event, now time.Time) int {
		n := 0
		for n < len(waiting) && !waiting[n].Arrived.After(now.Add(-d)) {
			n++
		}
		return n
	}
}

// threes writes three events at a time.
func threes(waiting []event, _ time.Time) int { return len(waiting) / 3 * 3 }

// write writes the first n events. mu is held.
func (b *behind) write(ctx context.Context, n int) error {
	var errs []error
	for _, e := range b.waiting[:n] {
		errs = append(errs, b.keep(ctx, e))
	}
	b.waiting = b.waiting[n:]
	return errors.Join(errs...)
}

// writingBehind answers first and writes what is due with the next event. Closing the receiver properly writes the rest, if
// drain says so.
func writingBehind(when due, drain bool) func(r *Receiver) {
	return func(r *Receiver) { newBehind(r, when, drain) }
}

// writingEvery answers first and writes what it has at intervals.
func writingEvery(d time.Duration) func(r *Receiver) {
	return func(r *Receiver) {
		b := newBehind(r, func([]event, time.Time) int { return 0 }, true)
		newBackground(r).do(func(ctx context.Context) {
			tick := time.NewTicker(d)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
				case <-r.dead:
					return
				case <-ctx.Done():
					return
				}
				b.mu.Lock()
				_ = b.write(ctx, len(b.waiting)) // what cannot be written is lost: that is the bug
				b.mu.Unlock()
			}
		})
	}
}

func newBehind(r *Receiver, when due, drain bool) *behind {
	b := &behind{keep: r.keep, seen: map[string]bool{}}
	load := r.load
	r.keep = func(ctx context.Context, e event) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		e.Arrived = r.cfg.Now()
		if id := r.identity(e); !b.seen[id] {
			b.seen[id] = true
			b.waiting = append(b.waiting, e)
		}
		return b.write(ctx, when(b.waiting, e.Arrived))
	}
	r.load = func(ctx context.Context, taskID string) ([]event, error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		events, err := load(ctx, taskID)
		for _, e := range b.waiting {
			if e.TaskID == taskID {
				events = append(events, e)
			}
		}
		return events, err
	}
	if drain {
		r.closers = append(r.closers, func() error {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.write(context.Background(), len(b.waiting))
		})
	}
	return b
}

// notingLate stores an event under a name that nothing else has, works on it for a while, and only then gives it the name by
// which its retry is known. Within one life that is right, for nobody else gets in meanwhile.
func notingLate(work time.Duration) func(r *Receiver) {
	return func(r *Receiver) {
		var locks sync.Map // identity -> *sync.Mutex
		r.keep = func(ctx context.Context, e event) error {
			identity := r.identity(e)
			lock, _ := locks.LoadOrStore(identity, &sync.Mutex{})
			if one, ok := lock.(*sync.Mutex); ok {
				one.Lock()
				defer one.Unlock()
			}
			known, err := r.has(ctx, identity)
			if err != nil || known {
				return err
			}
			name := fmt.Sprintf("%s, being worked on since %d", identity, r.cfg.Now().UnixNano())
			if err := r.keepAs(ctx, name, e); err != nil {
				return err
			}
			select {
			case <-time.After(work):
			case <-r.dead:
				return errors.New("killed at work")
			}
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepLimit)
			defer cancel()
			_, err = r.store.write.ExecContext(ctx, "update events set identity = ? where identity = ?", identity, name)
			return err
		}
	}
}

// has says whether an event is stored under an identity.
func (r *Receiver) has(ctx context.Context, identity string) (bool, error) {
	var n int
	err := r.store.read.QueryRowContext(context.WithoutCancel(ctx), "select count(*) from events where identity = ?", identity).Scan(&n)
	return n > 0, err
}
