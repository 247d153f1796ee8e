package receiver

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// seqBugs are mistakes about the state of a task.
func seqBugs() []Bug {
	return slices.Concat(seqTaskBugs(), seqFileBugs(), seqExitBugs(), seqOthersBugs())
}

func seqTaskBugs() []Bug {
	hasFile := func(events []event) bool { return slices.ContainsFunc(events, isFileEvent) }
	return []Bug{{
		ID:          "wide-id-as-float",
		Title:       "Makes a number of task_id, which is rounded above 2^53.",
		Requirement: "SEQ-1",
		HintWords:   []string{"2^53"},
		seed: func(r *Receiver) {
			identifier := r.identifier
			r.identifier = func(name string, raw json.RawMessage) (string, error) {
				id, err := identifier(name, raw)
				if f, numErr := strconv.ParseFloat(id, 64); name == "task_id" && numErr == nil {
					id = strconv.FormatFloat(f, 'f', -1, 64)
				}
				return id, err
			}
		},
	}, {
		ID:          "start-waits-for-file",
		Title:       "Shows a task as running once its first file has begun.",
		Requirement: "SEQ-1",
		HintWords:   []string{"set it running at once"},
		SideEffects: []SideEffect{also(Everything, "wherever a task is asked for before a file, it does not run")},
		seed: concluding(func(events []event, f facts) facts {
			if !hasFile(events) && orEmpty(f.Phase) == running {
				f.Phase = nil
			}
			return f
		}),
	}, {
		ID:          "live-exit-ignored",
		Title:       "Ignores the exit of a task that has played no file.",
		Requirement: "SEQ-6",
		HintWords:   []string{"no file events"},
		SideEffects: []SideEffect{also(Everything, "wherever a task exits without having played a file, it does not end")},
		seed: forgetting(func(events []event, _ time.Time) []event {
			if hasFile(events) {
				return events
			}
			return slices.DeleteFunc(events, func(e event) bool { return e.Name == taskExit })
		}),
	}, {
		ID:          "live-never-runs",
		Title:       "Shows a task without file events as ended, for nothing is played.",
		Requirement: "SEQ-6",
		HintWords:   []string{"Do not wait for VodSourceFileStart"},
		SideEffects: []SideEffect{also(Everything, "wherever a task is asked for before a file, it does not run")},
		seed: concluding(func(events []event, f facts) facts {
			if !hasFile(events) {
				f.Phase = new(ended)
			}
			return f
		}),
	}}
}

// orEmpty gives what a pointer points to, "" if it points to nothing.
func orEmpty(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func seqFileBugs() []Bug {
	finished := func(f facts, count func(finished []file) []file) facts {
		f.Files = count(f.Files)
		n := 0
		for _, file := range f.Files {
			if file.Finished {
				n++
			}
		}
		f.FilesFinished = &n
		return f
	}
	askedBy := func(ids ...string) []SideEffect {
		var effects []SideEffect
		for _, id := range ids {
			effects = append(effects, also(id, "its files are asked for"))
		}
		return effects
	}
	return []Bug{{
		ID:          "finish-not-recorded",
		Title:       "Logs VodSourceFileFinish and records nothing.",
		Requirement: "SEQ-2",
		HintWords:   []string{"Record VodSourceFileStart and VodSourceFileFinish"},
		SideEffects: askedBy("SEQ-3", "ORD-1", "ORD-2", "DUP-1", "DUP-2", "DUP-3", "DUP-4", "RET-1", "RET-2", "RET-3", "DUR-1", "DUR-2"),
		seed: concluding(func(_ []event, f facts) facts {
			return finished(f, func(files []file) []file {
				for i := range files {
					files[i].Finished = false
				}
				return files
			})
		}),
	}, {
		ID:          "start-not-recorded",
		Title:       "Records a file when it is finished, and nothing when it begins.",
		Requirement: "SEQ-2",
		HintWords:   []string{"Record VodSourceFileStart"},
		SideEffects: askedBy("SEQ-3", "GAP-1", "GAP-3", "ORD-1", "MSG-3", "DUP-3", "DUR-2"),
		seed: concluding(func(_ []event, f facts) facts {
			return finished(f, func(files []file) []file {
				return slices.DeleteFunc(files, func(f file) bool { return !f.Finished })
			})
		}),
	}, {
		ID:          "index-0-is-missing",
		Title:       "Takes index 0 for a missing index and skips the file.",
		Requirement: "SEQ-2",
		HintWords:   []string{"do not take 0 for", "missing"},
		SideEffects: askedBy("SEQ-3", "GAP-1", "GAP-3", "ORD-1", "ORD-2", "DUP-1", "DUP-2", "DUP-3", "DUP-4", "RET-1", "RET-2", "RET-3", "DUR-1", "DUR-2"),
		seed: concluding(func(_ []event, f facts) facts {
			return finished(f, func(files []file) []file {
				return slices.DeleteFunc(files, func(f file) bool { return f.Index != nil && *f.Index == 0 })
			})
		}),
	}, {
		ID:          "one-current-file",
		Title:       "Has one column for the current file, which the next one overwrites.",
		Requirement: "SEQ-3",
		HintWords:   []string{`"current file" column`},
		SideEffects: askedBy("ORD-1", "DUP-3", "DUP-4", "DUR-2"),
		seed: concluding(func(events []event, f facts) facts {
			return finished(f, func(files []file) []file {
				for _, e := range slices.Backward(events) {
					if isFileEvent(e) {
						return slices.DeleteFunc(files, func(f file) bool {
							return f.Index != nil && e.Detail.Index != nil && *f.Index != *e.Detail.Index
						})
					}
				}
				return files
			})
		}),
	}, {
		ID:          "finish-finishes-all",
		Title:       "Marks all files of the task as finished when one is.",
		Requirement: "SEQ-3",
		HintWords:   []string{"Key files by task_id and index"},
		SideEffects: []SideEffect{also("ORD-1", "the second file has only begun"), also("DUP-3", "the second file has only begun"), also("DUR-2", "the second file has only begun")},
		seed: concluding(func(_ []event, f facts) facts {
			return finished(f, func(files []file) []file {
				any := slices.ContainsFunc(files, func(f file) bool { return f.Finished })
				for i := range files {
					files[i].Finished = any
				}
				return files
			})
		}),
	}, {
		ID:          "second-loop-500",
		Title:       "Has a unique constraint on task, event and index, which the second loop violates.",
		Requirement: "SEQ-4",
		HintWords:   []string{"unique constraint", "500"},
		SideEffects: []SideEffect{also("DUP-4", "its second loop is such an event")},
		seed: answeringInView(http.StatusInternalServerError, func(_ *Receiver, known []event, e event) bool {
			_, again := first(known, func(k event) bool {
				return isFileEvent(e) && k.Name == e.Name && k.EventTime != e.EventTime && samePlace(k, e)
			})
			return again
		}),
	}, {
		ID:          "last-file-ends-task",
		Title:       "Takes a task for ended when the last file of its list has finished.",
		Requirement: "SEQ-4",
		HintWords:   []string{"taken for ended when its last file finished"},
		SideEffects: []SideEffect{also("MSG-6", "its only file has finished"), also("DUR-1", "its last file has finished"), also("DUR-2", "its last file has finished")},
		seed: concluding(func(_ []event, f facts) facts {
			if n := len(f.SourceURLs); n > 0 && *f.FilesFinished >= n {
				f.Phase = new(ended)
			}
			return f
		}),
	}, {
		ID:          "ended-between-loops",
		Title:       "Takes a task for ended from the finish of the last file of its list until the first one begins again.",
		Requirement: "SEQ-4",
		HintWords:   []string{"taken for ended when its last file finished"},
		seed: concluding(func(events []event, f facts) facts {
			last := events[len(events)-1]
			if n := len(f.SourceURLs); n > 1 && *f.FilesFinished >= n && last.Name == fileFinish {
				f.Phase = new(ended)
			}
			return f
		}),
	}}
}

// samePlace says whether two file events are about the same place of the list.
func samePlace(a, b event) bool {
	return a.Detail.Index != nil && b.Detail.Index != nil && *a.Detail.Index == *b.Detail.Index
}

func seqExitBugs() []Bug {
	codes := []SideEffect{also("MSG-1", "exit_code is asked for"), also("MSG-3", "exit_code is asked for"), also("DUR-1", "exit_code is asked for"), also("DUR-2", "exit_code is asked for")}
	return []Bug{{
		ID:          "exit-code-dropped",
		Title:       "Keeps the words of an exit and throws the code away.",
		Requirement: "SEQ-5",
		HintWords:   []string{"Store msg.code"},
		SideEffects: codes,
		seed:        changing(func(e *event) { e.Detail.Code = nil }),
	}, {
		ID:          "exit-message-dropped",
		Title:       "Keeps the code of an exit and throws the words away.",
		Requirement: "SEQ-5",
		HintWords:   []string{"msg.message"},
		SideEffects: []SideEffect{also("SEC-5", "the message is asked for")},
		seed:        changing(func(e *event) { e.Detail.Message = nil }),
	}, {
		ID:          "first-exit-kept",
		Title:       "Keeps the code and message of the first exit for ever.",
		Requirement: "SEQ-5",
		HintWords:   []string{"Store msg.code and msg.message"},
		seed: concluding(func(events []event, f facts) facts {
			if e, ok := first(events, named(taskExit)); ok {
				f.ExitCode, f.ExitMessage = e.Detail.Code, e.Detail.Message
			}
			return f
		}),
	}, {
		ID:          "exit-is-final",
		Title:       "Ignores whatever comes after TaskExit.",
		Requirement: "SEQ-7",
		HintWords:   []string{"TaskExit is not final"},
		SideEffects: []SideEffect{also("SEQ-5", "the second exit is ignored")},
		seed: forgetting(func(events []event, _ time.Time) []event {
			if i := slices.IndexFunc(events, named(taskExit)); i >= 0 {
				return events[:i+1]
			}
			return events
		}),
	}, {
		ID:          "ended-task-409",
		Title:       "Answers 409 to the TaskStart of a task that has ended.",
		Requirement: "SEQ-7",
		HintWords:   []string{"let a newer TaskStart move an ended task back"},
		SideEffects: []SideEffect{also("SEQ-5", "the restart is refused"), also("ORD-3", "the late start is refused")},
		seed: answeringInView(http.StatusConflict, func(_ *Receiver, known []event, e event) bool {
			return e.Name == taskStart && orEmpty(deriveFacts(known).Phase) == ended
		}),
	}, {
		ID:          "exit-archives-task",
		Title:       "Moves a task to the archive on TaskExit, and answers 404 to what comes later.",
		Requirement: "SEQ-7",
		HintWords:   []string{"archive the", "task on TaskExit"},
		SideEffects: []SideEffect{
			also("SEQ-5", "the restart is refused"), also("ORD-3", "the late start is refused"),
			also("DUP-1", "the copies of the exit come after the exit"), also("ENV-1", "events of an ended task are refused"),
		},
		seed: answeringInView(http.StatusNotFound, func(_ *Receiver, known []event, _ event) bool {
			_, gone := first(known, named(taskExit))
			return gone
		}),
	}}
}

func seqOthersBugs() []Bug {
	return []Bug{{
		ID:          "keyed-by-stream",
		Title:       "Keeps one state for each stream_id, which all tasks of the stream share.",
		Requirement: "SEQ-8",
		HintWords:   []string{"not by stream_id"},
		seed: func(r *Receiver) {
			load := r.load
			r.load = func(ctx context.Context, taskID string) ([]event, error) {
				own, err := load(ctx, taskID)
				if err != nil || len(own) == 0 || own[0].StreamID == "" {
					return own, err
				}
				ids, err := r.tasks(ctx, tasksOnStream, own[0].StreamID)
				if err != nil {
					return nil, err
				}
				var all []event
				for _, id := range ids {
					events, err := load(ctx, id)
					if err != nil {
						return nil, err
					}
					all = append(all, events...)
				}
				return all, nil
			}
		},
	}, {
		ID:          "exit-ends-stream",
		Title:       "Ends all tasks that push to the stream of the task that exits.",
		Requirement: "SEQ-8",
		HintWords:   []string{"two tasks may push to one stream"},
		seed: exitEndsOthers(func(ctx context.Context, r *Receiver, e event) ([]string, error) {
			if e.StreamID == "" {
				return nil, nil
			}
			return r.tasks(ctx, tasksOnStream, e.StreamID)
		}),
	}, {
		ID:          "exit-ends-older-tasks",
		Title:       "Has one variable for the current task, so an exit ends every task that started before it.",
		Requirement: "SEQ-8",
		HintWords:   []string{"Global"},
		SideEffects: []SideEffect{also(Everything, "any task that runs at the moment may be ended")},
		seed: exitEndsOthers(func(ctx context.Context, r *Receiver, _ event) ([]string, error) {
			return r.tasks(ctx, tasksWithEvent, taskStart)
		}),
	}, {
		ID:          "alarm-ends-task",
		Title:       "Takes a TaskAlarm for the end of the task.",
		Requirement: "SEQ-9",
		HintWords:   []string{"A TaskAlarm is a warning"},
		SideEffects: []SideEffect{also("ENV-1", "TaskAlarm is such an event")},
		seed:        concluding(lastEventSets(taskAlarm, ended)),
	}, {
		ID:          "failure-alarm-ends-task",
		Title:       "Ends the task on the alarms whose name ends in Failed.",
		Requirement: "SEQ-9",
		HintWords:   []string{"PushStreamFailed"},
		SideEffects: []SideEffect{also("ENV-1", "its alarm may be such a one")},
		seed: concluding(func(events []event, f facts) facts {
			failed := slices.DeleteFunc(slices.Clone(events), func(e event) bool {
				return e.Name == taskAlarm && e.Msg != `{"type":"PullFileFailed"}` && e.Msg != `{"type":"PushStreamFailed"}`
			})
			return lastEventSets(taskAlarm, ended)(failed, f)
		}),
	}}
}

// exitEndsOthers seeds an exit that ends other tasks than its own: those that which lists.
func exitEndsOthers(which func(ctx context.Context, r *Receiver, e event) ([]string, error)) func(*Receiver) {
	return func(r *Receiver) {
		keep := r.keep
		r.keep = func(ctx context.Context, e event) error {
			if err := keep(ctx, e); err != nil || e.Name != taskExit {
				return err
			}
			ids, err := which(ctx, r, e)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if id == e.TaskID {
					continue
				}
				if err := r.turnTask(ctx, id, taskExit); err != nil {
					return err
				}
			}
			return nil
		}
	}
}
