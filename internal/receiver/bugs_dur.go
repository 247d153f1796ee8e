package receiver

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// durBugs are mistakes about what survives a restart. They need a store in a file to show.
func durBugs() []Bug {
	return []Bug{{
		ID:          "memory-only",
		Title:       "Keeps the tasks in memory, whatever store is configured.",
		Requirement: "DUR-1",
		HintWords:   []string{"not in memory"},
		SideEffects: []SideEffect{also("DUR-2", "a kill is a restart as well")},
		dsn:         func(string) string { return "" },
	}, {
		ID:          "cleared-at-start",
		Title:       "Lays its tables out anew whenever it starts.",
		Requirement: "DUR-1",
		HintWords:   []string{"restart"},
		SideEffects: []SideEffect{also("DUR-2", "after a kill it starts as well")},
		seed: func(r *Receiver) {
			ctx, cancel := context.WithTimeout(context.Background(), openLimit)
			defer cancel()
			// If that fails, there is nothing to clear.
			_, _ = r.store.write.ExecContext(ctx, "delete from events")
		},
	}, {
		ID:          "queue-not-drained",
		Title:       "Leaves what waits in its queue behind when it is stopped.",
		Requirement: "DUR-1",
		HintWords:   []string{"drain the queues"},
		SideEffects: []SideEffect{also("DUR-2", "a kill leaves it behind as well")},
		seed:        writingBehind(false),
	}, {
		ID:          "written-behind",
		Title:       "Answers 200 and writes what it has every five seconds.",
		Requirement: "DUR-2",
		HintWords:   []string{"write", "buffer"},
		seed:        writingBehind(true),
	}, {
		ID:          "cold-until-next-event",
		Title:       "Shows a task that it finds in its store at its start only once another of its events has come.",
		Requirement: "DUR-2",
		HintWords:   []string{"after kill -9 nothing in memory"},
		SideEffects: []SideEffect{also("DUR-1", "after a restart its tasks are as cold")},
		seed: func(r *Receiver) {
			var warm sync.Map // task -> true
			keep, load := r.keep, r.load
			r.keep = func(ctx context.Context, e event) error {
				warm.Store(e.TaskID, true)
				return keep(ctx, e)
			}
			r.load = func(ctx context.Context, taskID string) ([]event, error) {
				if _, is := warm.Load(taskID); !is {
					return nil, nil
				}
				return load(ctx, taskID)
			}
		},
	}}
}

// writingBehind keeps events in memory for five seconds, where they can be seen but do not survive. Closing the
// receiver properly writes them, if drain says so.
func writingBehind(drain bool) func(r *Receiver) {
	return func(r *Receiver) {
		const behind = 5 * time.Second
		var mu sync.Mutex
		var waiting []event
		seen := map[string]bool{}
		keep, load := r.keep, r.load
		write := func(ctx context.Context, until time.Time) error {
			var errs []error
			waiting = slices.DeleteFunc(waiting, func(e event) bool {
				due := !e.Arrived.After(until)
				if due {
					errs = append(errs, keep(ctx, e))
				}
				return due
			})
			return errors.Join(errs...)
		}
		r.keep = func(ctx context.Context, e event) error {
			mu.Lock()
			defer mu.Unlock()
			e.Arrived = r.cfg.Now()
			if err := write(ctx, e.Arrived.Add(-behind)); err != nil {
				return err
			}
			if id := r.identity(e); !seen[id] {
				seen[id] = true
				waiting = append(waiting, e)
			}
			return nil
		}
		r.load = func(ctx context.Context, taskID string) ([]event, error) {
			mu.Lock()
			defer mu.Unlock()
			events, err := load(ctx, taskID)
			for _, e := range waiting {
				if e.TaskID == taskID {
					events = append(events, e)
				}
			}
			return events, err
		}
		if drain {
			r.closers = append(r.closers, func() error {
				mu.Lock()
				defer mu.Unlock()
				return write(context.Background(), r.cfg.Now().Add(behind))
			})
		}
	}
}
