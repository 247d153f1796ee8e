package receiver

import (
	"net/http"
	"slices"
	"time"
)

// gapBugs are mistakes about the time between TaskStart and the first file, which is 2 s at most.
func gapBugs() []Bug {
	// waited gives how long a task has been waiting for its first file when something comes.
	waited := func(r *Receiver, known []event) (time.Duration, bool) {
		start, started := first(known, named(taskStart))
		_, playing := first(known, isFileEvent)
		return r.cfg.Now().Sub(start.Arrived), started && !playing
	}
	atOnce := func(r *Receiver, known []event, e event) bool {
		wait, waiting := waited(r, known)
		return isFileEvent(e) && waiting && wait < 400*time.Millisecond
	}
	tooLate := func(r *Receiver, known []event, e event) bool {
		wait, waiting := waited(r, known)
		return isFileEvent(e) && waiting && wait > 2500*time.Millisecond
	}
	atOnceEffects := []SideEffect{also(Everything, "wherever a file follows its TaskStart as closely")}
	lateEffects := []SideEffect{also(Everything, "a play that is slow for another reason may be as late")}
	givesUp := func(events []event, f facts, now time.Time) facts {
		start, started := first(events, named(taskStart))
		if started && !slices.ContainsFunc(events, isFileEvent) && now.Sub(start.Arrived) > 1200*time.Millisecond {
			f.Phase = new(ended)
		}
		return f
	}
	return []Bug{{
		ID:          "file-at-once-lost",
		Title:       "Handles TaskStart in the background, and drops a file event that comes before that is done.",
		Requirement: "GAP-1",
		HintWords:   []string{"handled in the background"},
		SideEffects: atOnceEffects,
		seed:        answeringInView(http.StatusOK, atOnce),
	}, {
		ID:          "file-at-once-503",
		Title:       "Locks a task while it is set up, and answers 503 to the file event that comes meanwhile.",
		Requirement: "GAP-1",
		HintWords:   []string{"Commit the task before answering TaskStart"},
		SideEffects: atOnceEffects,
		seed:        answeringInView(http.StatusServiceUnavailable, atOnce),
	}, {
		ID:          "impatient-watchdog",
		Title:       "Takes a task for ended that has begun no file after 1.2 s.",
		Requirement: "GAP-2",
		HintWords:   []string{"watchdog"},
		SideEffects: []SideEffect{also(Everything, "wherever a task is looked at later than that, it does not run")},
		seed: func(r *Receiver) {
			concluding(func(events []event, f facts) facts { return givesUp(events, f, r.cfg.Now()) })(r)
		},
	}, {
		ID:          "impatient-cache",
		Title:       "Keeps a new task for 1.2 s in a cache, where its first file has to renew it.",
		Requirement: "GAP-2",
		HintWords:   []string{"timeout"},
		SideEffects: []SideEffect{also(Everything, "wherever a task is looked at later than that, it is gone")},
		seed: forgetting(func(events []event, now time.Time) []event {
			if orEmpty(givesUp(events, facts{}, now).Phase) == ended {
				return nil
			}
			return events
		}),
	}, {
		ID:          "late-first-file-lost",
		Title:       "Gives a task up after 2.5 s without a file, and drops what comes later.",
		Requirement: "GAP-3",
		HintWords:   []string{"timeout has already given the task up"},
		SideEffects: lateEffects,
		seed:        answeringInView(http.StatusOK, tooLate),
	}, {
		ID:          "late-first-file-500",
		Title:       "Fails when the first file begins later than the documented 2 s.",
		Requirement: "GAP-3",
		HintWords:   []string{"no reason to crash"},
		SideEffects: lateEffects,
		seed:        answeringInView(http.StatusInternalServerError, tooLate),
	}}
}
