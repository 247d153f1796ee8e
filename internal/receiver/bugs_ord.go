package receiver

import (
	"net/http"
	"slices"
	"time"
)

// ordBugs are mistakes about events that come out of order.
func ordBugs() []Bug {
	beforeStart := func(_ *Receiver, known []event, e event) bool {
		_, started := first(known, named(taskStart))
		return isFileEvent(e) && !started
	}
	noStart := []SideEffect{also("GAP-1", "where both come at once, the file may be first")}
	finishFirst := func(_ *Receiver, known []event, e event) bool {
		_, begun := first(known, func(k event) bool { return k.Name == fileStart && samePlace(k, e) })
		return e.Name == fileFinish && !begun
	}
	return []Bug{{
		ID:          "file-before-start-404",
		Title:       "Answers 404 to a file event of a task that it does not know.",
		Requirement: "ORD-1",
		HintWords:   []string{"not 404"},
		SideEffects: noStart,
		seed:        answeringInView(http.StatusNotFound, beforeStart),
	}, {
		ID:          "file-before-start-409",
		Title:       "Answers 409 to a file event that comes before TaskStart.",
		Requirement: "ORD-1",
		HintWords:   []string{"409"},
		SideEffects: noStart,
		seed:        answeringInView(http.StatusConflict, beforeStart),
	}, {
		ID:          "file-before-start-lost",
		Title:       "Drops a file event of a task that it does not know, and answers 200.",
		Requirement: "ORD-1",
		HintWords:   []string{"create the task (upsert)"},
		SideEffects: noStart,
		seed:        answeringInView(http.StatusOK, beforeStart),
	}, {
		ID:          "start-clears-files",
		Title:       "Begins with an empty list of files whenever TaskStart comes.",
		Requirement: "ORD-1",
		HintWords:   []string{"do not reset the files when TaskStart arrives"},
		SideEffects: []SideEffect{also("GAP-1", "where both come at once, the file may be first")},
		seed: forgetting(func(events []event, _ time.Time) []event {
			var seen []event
			for _, e := range events {
				if e.Name == taskStart {
					seen = slices.DeleteFunc(seen, isFileEvent)
				}
				seen = append(seen, e)
			}
			return seen
		}),
	}, {
		ID:          "finish-before-start-lost",
		Title:       "Drops the finish of a file that has not begun, and answers 200.",
		Requirement: "ORD-2",
		HintWords:   []string{"upsert the file on either event"},
		seed:        answeringInView(http.StatusOK, finishFirst),
	}, {
		ID:          "finish-before-start-409",
		Title:       "Answers 409 to the finish of a file that has not begun.",
		Requirement: "ORD-2",
		HintWords:   []string{"Accept VodSourceFileFinish before VodSourceFileStart"},
		seed:        answeringInView(http.StatusConflict, finishFirst),
	}, {
		ID:          "late-start-unfinishes-file",
		Title:       "Marks a file as not finished whenever its start comes.",
		Requirement: "ORD-2",
		HintWords:   []string{"take the finish away again"},
		seed: concluding(func(events []event, f facts) facts {
			n := 0
			for i := range f.Files {
				for _, e := range events {
					if isFileEvent(e) && e.Detail.Index != nil && f.Files[i].Index != nil && *e.Detail.Index == *f.Files[i].Index {
						f.Files[i].Finished = e.Name == fileFinish
					}
				}
				if f.Files[i].Finished {
					n++
				}
			}
			f.FilesFinished = &n
			return f
		}),
	}, {
		ID:          "last-write-wins",
		Title:       "Believes whichever of TaskStart and TaskExit came last.",
		Requirement: "ORD-3",
		HintWords:   []string{`"Last write wins"`},
		SideEffects: []SideEffect{also("ORD-4", "the late exit came last")},
		seed: concluding(func(events []event, f facts) facts {
			return believeLast(events, f, taskStart, taskExit)
		}),
	}, {
		ID:          "late-start-revives",
		Title:       "Compares the times of an exit, but believes every start that comes.",
		Requirement: "ORD-3",
		HintWords:   []string{"an older TaskStart that arrives late"},
		seed: concluding(func(events []event, f facts) facts {
			return believeLast(events, f, taskStart)
		}),
	}, {
		ID:          "late-exit-ends",
		Title:       "Compares the times of a start, but believes every exit that comes.",
		Requirement: "ORD-4",
		HintWords:   []string{"an older TaskExit that arrives late"},
		seed: concluding(func(events []event, f facts) facts {
			return believeLast(events, f, taskExit)
		}),
	}, {
		ID:          "late-exit-409",
		Title:       "Answers 409 to an exit that is older than the newest start.",
		Requirement: "ORD-4",
		HintWords:   []string{"Compare task_exit_time with the newest task_start_time"},
		seed: answeringInView(http.StatusConflict, func(_ *Receiver, known []event, e event) bool {
			exit, isTurn := turnOf(e)
			start := newest(known, taskStart)
			return isTurn && e.Name == taskExit && start != nil && exit.at > 0 && exit.at < start.at
		}),
	}}
}

// believeLast lets the phase follow the last turn that came, if it has one of the names.
func believeLast(events []event, f facts, names ...string) facts {
	for _, e := range slices.Backward(events) {
		if _, turned := turnOf(e); !turned {
			continue
		}
		if slices.Contains(names, e.Name) {
			f.Phase = new(running)
			if e.Name == taskExit {
				f.Phase = new(ended)
			}
		}
		break
	}
	return f
}
