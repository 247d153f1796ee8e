package receiver

import (
	"context"
	"encoding/json"
	"net/http"
)

// badFieldBugs are mistakes about members that are missing or of the wrong type.
func badFieldBugs() []Bug {
	missing := func(outer members) bool {
		return !outer.has("callback_event") || !outer.has("msg") || !outer.has("source_urls")
	}
	return []Bug{{
		ID:          "missing-field-500",
		Title:       "Takes the members without looking whether they are there.",
		Requirement: "BAD-5",
		HintWords:   []string{"KeyError"},
		seed:        answeringOuter(http.StatusInternalServerError, missing),
	}, {
		ID:          "missing-field-crash",
		Title:       "Dereferences callback_event, which is nil where it is missing.",
		Requirement: "BAD-5",
		HintWords:   []string{"NullPointerException"},
		seed: func(r *Receiver) {
			answeringOuter(crash, func(outer members) bool { return !outer.has("callback_event") })(r)
			hangingUp(r)
		},
	}, {
		ID:          "no-event-name-ends-task",
		Title:       "Takes a relay callback without callback_event for an exit, in the else of its last if.",
		Requirement: "BAD-5",
		HintWords:   []string{"callback_event", "before using them"},
		seed: func(r *Receiver) {
			read := r.event
			r.event = func(outer members) (event, error) {
				if !outer.has("callback_event") {
					outer["callback_event"] = json.RawMessage(`"` + taskExit + `"`)
				}
				return read(outer)
			}
		},
	}, {
		ID:          "wrong-type-500",
		Title:       "Casts the members to the types of the tables and does not catch the failure.",
		Requirement: "BAD-6",
		HintWords:   []string{"ClassCastException"},
		seed: func(r *Receiver) {
			text, identifier := r.text, r.identifier
			r.text = func(name string, raw json.RawMessage) (*string, error) {
				s, err := text(name, raw)
				if err != nil {
					return nil, refuse(http.StatusInternalServerError, "ClassCastException: %s", name)
				}
				return s, nil
			}
			r.identifier = func(name string, raw json.RawMessage) (string, error) {
				s, err := identifier(name, raw)
				if err != nil {
					return "", refuse(http.StatusInternalServerError, "ClassCastException: %s", name)
				}
				return s, nil
			}
		},
	}, {
		ID:          "object-id-is-a-query",
		Title:       `Hands a task_id of {"$ne": ""} to its document database, where it stands for every task.`,
		Requirement: "BAD-6",
		HintWords:   []string{"NoSQL injection"},
		SideEffects: []SideEffect{also(Everything, "every task that runs at the moment is ended")},
		seed: func(r *Receiver) {
			const everyTask = "\x00every task"
			identifier := r.identifier
			r.identifier = func(name string, raw json.RawMessage) (string, error) {
				if name == "task_id" && len(raw) > 0 && raw[0] == '{' {
					return everyTask, nil
				}
				if name == "stream_id" && len(raw) > 0 && raw[0] == '{' {
					return "", nil
				}
				return identifier(name, raw)
			}
			endingAllOn(func(e event) bool { return e.TaskID == everyTask && e.Name == taskExit })(r)
		},
	}, {
		ID:          "msg-not-json-500",
		Title:       "Catches the error of the first decoding and not that of the second.",
		Requirement: "BAD-10",
		HintWords:   []string{"second decoding"},
		seed: func(r *Receiver) {
			message := r.message
			r.message = func(text string) (members, error) {
				m, err := message(text)
				if err != nil {
					return nil, refuse(http.StatusInternalServerError, "SyntaxError: msg")
				}
				return m, nil
			}
		},
	}, {
		ID:          "msg-not-json-applied",
		Title:       "Goes on with an empty msg where it cannot be decoded, and ends the task.",
		Requirement: "BAD-10",
		HintWords:   []string{"nothing of the callback is", "applied"},
		seed: func(r *Receiver) {
			message := r.message
			r.message = func(text string) (members, error) {
				if m, err := message(text); err == nil {
					return m, nil
				}
				return members{}, nil
			}
		},
	}, {
		ID:          "exit-applied-before-msg",
		Title:       "Ends the task as soon as it has read callback_event, and looks into msg afterwards.",
		Requirement: "BAD-10",
		HintWords:   []string{"nothing of the callback is"},
		SideEffects: []SideEffect{also("BAD-6", "a wrong msg comes too late")},
		seed: func(r *Receiver) {
			read := r.event
			r.event = func(outer members) (event, error) {
				e, err := read(outer)
				if err == nil {
					return e, nil
				}
				name, _ := readText("callback_event", outer["callback_event"])
				id, _ := readIdentifier("task_id", outer["task_id"])
				if name != nil && *name == taskExit && id != "" {
					ctx, cancel := context.WithTimeout(context.Background(), keepLimit)
					defer cancel()
					if err := r.turnTask(ctx, id, taskExit); err != nil {
						return e, err
					}
				}
				return e, err
			}
		},
	}}
}
