package receiver

import (
	"context"
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
		seed:        writingBehind(older(5*time.Second), false),
	}, {
		ID:          "written-behind",
		Title:       "Answers 200 and writes what it has every five seconds.",
		Requirement: "DUR-2",
		HintWords:   []string{"write", "buffer"},
		seed:        writingBehind(older(5*time.Second), true),
	}, {
		ID:          "written-every-50ms",
		Title:       "Answers 200 and writes what it has twenty times a second.",
		Requirement: "DUR-2",
		HintWords:   []string{"write", "buffer"},
		seed:        writingEvery(50 * time.Millisecond),
	}, {
		ID:          "written-in-threes",
		Title:       "Answers 200 and writes once it has three events.",
		Requirement: "DUR-2",
		HintWords:   []string{"write", "buffer"},
		seed:        writingBehind(threes, true),
	}, {
		ID:          "known-only-when-done",
		Title:       "Stores an event at once, but notes that it has it only when its work on it is done, so that a retry after a kill is another event.",
		Requirement: "DUR-2",
		HintWords:   []string{"one transaction"},
		seed:        notingLate(40 * time.Millisecond),
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
