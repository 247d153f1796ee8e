package receiver

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// dupBugs are mistakes about callbacks that come more than once.
func dupBugs() []Bug {
	return slices.Concat(dupCopyBugs(), dupMergeBugs())
}

func dupCopyBugs() []Bug {
	copies := []SideEffect{
		also("DUP-2", "the copies are counted"), also("DUP-3", "the copies are counted"),
		also("RET-1", "the retry is counted"), also("RET-3", "the retries are counted"),
	}
	refused := []SideEffect{
		also("DUP-2", "the copies are refused"), also("DUP-3", "the copies are refused"),
		also("RET-1", "the retry is refused"), also("RET-3", "the retries are refused"),
	}
	return []Bug{{
		ID:          "duplicates-counted",
		Title:       "Inserts a row for every callback that comes.",
		Requirement: "DUP-1",
		HintWords:   []string{"deduplicate"},
		SideEffects: copies,
		seed: func(r *Receiver) {
			var n atomic.Int64
			identity := r.identity
			r.identity = func(e event) string { return salted(identity(e), &n) }
		},
	}, {
		ID:          "duplicate-409",
		Title:       "Answers 409 to a callback that it has had before.",
		Requirement: "DUP-1",
		HintWords:   []string{"answer 200 to the", "duplicate"},
		SideEffects: refused,
		seed:        refusingCopies(http.StatusConflict),
	}, {
		ID:          "duplicate-500",
		Title:       "Has a unique constraint and does not catch its violation.",
		Requirement: "DUP-1",
		HintWords:   []string{"violation must not become a 500"},
		SideEffects: refused,
		seed:        refusingCopies(http.StatusInternalServerError),
	}, {
		ID:          "check-then-insert",
		Title:       "Looks whether it has the callback, and inserts it a moment later if not.",
		Requirement: "DUP-2",
		HintWords:   []string{"check-then-insert"},
		seed: func(r *Receiver) {
			const between = 50 * time.Millisecond // a round trip or two to a database
			var n atomic.Int64
			r.keep = func(ctx context.Context, e event) error {
				id := r.identity(e)
				found, err := r.stored(ctx, id)
				if err != nil || found {
					return err
				}
				pause(ctx, between)
				return r.keepAs(ctx, salted(id, &n), e)
			}
		},
	}, {
		ID:          "compares-with-last-only",
		Title:       "Compares a callback with the one before it of the same task.",
		Requirement: "DUP-3",
		HintWords:   []string{"not only the last one"},
		seed: func(r *Receiver) {
			var mu sync.Mutex
			last := map[string]string{}
			var n atomic.Int64
			r.keep = func(ctx context.Context, e event) error {
				id := r.identity(e)
				mu.Lock()
				again := last[e.TaskID] == id
				last[e.TaskID] = id
				mu.Unlock()
				if again {
					return nil
				}
				return r.keepAs(ctx, salted(id, &n), e)
			}
		},
	}, {
		ID:          "forgets-after-20ms",
		Title:       "Remembers what it has had in a cache whose entries expire after 20 ms.",
		Requirement: "DUP-3",
		HintWords:   []string{"deduplication window"},
		SideEffects: []SideEffect{also("RET-1", "the retry comes later"), also("RET-3", "the retries come later"), also("DUP-1", "a copy may come later"), also("DUP-2", "a copy may come later")},
		seed:        rememberingFor(20 * time.Millisecond),
	}}
}

// refusingCopies answers a callback that is stored already with a status.
func refusingCopies(status int) func(r *Receiver) {
	return func(r *Receiver) {
		r.keep = func(ctx context.Context, e event) error {
			fresh, err := r.store.insert(context.WithoutCancel(ctx), r.identity(e), r.cfg.Now(), e)
			if err == nil && !fresh {
				return refuse(status, "the callback has been taken before")
			}
			return err
		}
	}
}

// rememberingFor drops a copy only if the first has come less than some time ago.
func rememberingFor(window time.Duration) func(r *Receiver) {
	return func(r *Receiver) {
		var mu sync.Mutex
		since := map[string]time.Time{}
		var n atomic.Int64
		r.keep = func(ctx context.Context, e event) error {
			id, now := r.identity(e), r.cfg.Now()
			mu.Lock()
			at, had := since[id]
			again := had && now.Sub(at) < window
			if !again {
				since[id] = now
			}
			mu.Unlock()
			if again {
				return nil
			}
			return r.keepAs(ctx, salted(id, &n), e)
		}
	}
}

// stored says whether an identity, salted or not, is in the store.
func (r *Receiver) stored(ctx context.Context, identity string) (bool, error) {
	var found bool
	err := r.store.read.QueryRowContext(ctx, "select exists (select 1 from events where identity >= ?1 and identity < ?1 || '~')", identity).Scan(&found)
	if err != nil {
		return false, fmt.Errorf("look for event: %w", err)
	}
	return found, nil
}

func dupMergeBugs() []Bug {
	fileKey := func(key func(e event) string) func(r *Receiver) {
		return func(r *Receiver) {
			identity := r.identity
			r.identity = func(e event) string {
				if !isFileEvent(e) {
					return identity(e)
				}
				return e.TaskID + "|" + e.Name + "|" + key(e)
			}
		}
	}
	index := func(e event) string {
		if e.Detail.Index == nil {
			return ""
		}
		return strconv.FormatInt(*e.Detail.Index, 10)
	}
	loops := []SideEffect{also("SEQ-4", "the second loop is merged with the first")}
	return []Bug{{
		ID:          "merged-by-event-name",
		Title:       "Takes task_id and callback_event for the key, so a second file is a duplicate of the first.",
		Requirement: "DUP-4",
		HintWords:   []string{"A key of task_id and callback_event"},
		SideEffects: []SideEffect{
			also("SEQ-3", "the second file is merged with the first"), also("SEQ-4", "the second file is merged with the first"),
			also("SEQ-5", "the second exit is merged with the first"), also("SEQ-7", "the restart is merged with the first start"),
			also("ORD-1", "the second file is merged with the first"), also("ORD-4", "the restart is merged with the first start"),
			also("DUP-3", "the second file is merged with the first"), also("DUR-2", "the second file is merged with the first"),
		},
		seed: func(r *Receiver) {
			r.identity = func(e event) string { return e.TaskID + "|" + e.Name }
		},
	}, {
		ID:          "merged-by-url",
		Title:       "Takes the url for the key of a file.",
		Requirement: "DUP-4",
		HintWords:   []string{"of the url alone"},
		seed: fileKey(func(e event) string {
			return orEmpty(e.Detail.URL) + "|" + e.EventTime
		}),
	}, {
		ID:          "merged-by-index",
		Title:       "Takes the index for the key of a file, so its second loop is a duplicate of the first.",
		Requirement: "DUP-4",
		HintWords:   []string{"index and times"},
		SideEffects: loops,
		seed:        fileKey(index),
	}, {
		ID:          "merged-without-event-time",
		Title:       "Leaves event_time out of the key.",
		Requirement: "DUP-4",
		HintWords:   []string{"event_time where present"},
		SideEffects: loops,
		seed: func(r *Receiver) {
			identity := r.identity
			r.identity = func(e event) string {
				e.EventTime = ""
				return identity(e)
			}
		},
	}}
}
