package receiver

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// known are the members that the samples of the 2022-01 edition show.
var known = []string{
	"appid", "callback_event", "callback_url", "event_type", "interface", "msg", "product_name", "source_urls",
	"stream_id", "task_id", "to_url",
}

// envBugs are mistakes about the envelope of relay callbacks.
func envBugs() []Bug {
	return slices.Concat(envEventBugs(), envMemberBugs(), envFormBugs(), envIDBugs())
}

func envEventBugs() []Bug {
	unknown := func(e event) bool { return !documented(e) }
	return []Bug{{
		ID:          "unknown-event-400",
		Title:       "Answers 400 to a callback_event that is not in its list.",
		Requirement: "ENV-1",
		HintWords:   []string{"unknown callback_event", "400"},
		seed:        answering(http.StatusBadRequest, unknown),
	}, {
		ID:          "unknown-event-500",
		Title:       "Throws in the default branch of the switch over callback_event.",
		Requirement: "ENV-1",
		HintWords:   []string{"default branch", "500"},
		seed:        answering(http.StatusInternalServerError, unknown),
	}, {
		ID:          "unknown-event-ends-task",
		Title:       "Takes whatever is neither a start nor a file event for the exit.",
		Requirement: "ENV-1",
		HintWords:   []string{"switch over callback_event", "default branch"},
		SideEffects: []SideEffect{also("SEQ-9", "a TaskAlarm is such an event")},
		seed: changing(func(e *event) {
			if unknown(*e) {
				e.Name = taskExit
			}
		}),
	}, {
		ID:          "alarm-marks-running",
		Title:       "Marks the task running on TaskAlarm, for what raises an alarm must be running.",
		Requirement: "ENV-1",
		HintWords:   []string{"TaskAlarm"},
		seed:        concluding(lastEventSets(taskAlarm, running)),
	}, {
		ID:          "reset-config-ends-task",
		Title:       "Stops the task on ResetTaskConfig and waits for the TaskStart that it expects next.",
		Requirement: "ENV-1",
		HintWords:   []string{"ResetTaskConfig"},
		seed:        concluding(lastEventSets("ResetTaskConfig", ended)),
	}}
}

// lastEventSets gives the phase another value for as long as no turn has come after an event of some name.
func lastEventSets(name, phase string) func(events []event, f facts) facts {
	return func(events []event, f facts) facts {
		for _, e := range slices.Backward(events) {
			if _, turned := turnOf(e); turned {
				break
			}
			if e.Name == name {
				f.Phase = &phase
				break
			}
		}
		return f
	}
}

func envMemberBugs() []Bug {
	strict := func(outer members) bool {
		for name := range outer {
			if !slices.Contains(known, name) {
				return true
			}
		}
		return false
	}
	strictEffects := []SideEffect{
		also("ENV-4", "appId is such a member"), also("ENV-7", "event_time is such a member"),
		also("SEQ-4", "its events carry event_time"), also("ORD-1", "its events carry event_time"), also("ORD-2", "its events carry event_time"),
		also("DUP-3", "its events carry event_time"), also("DUP-4", "its events carry event_time"),
		also("SEC-1", "sign and t are such members"),
	}
	return []Bug{{
		ID:          "strict-envelope-400",
		Title:       "Decodes the envelope strictly and answers 400 to a member it does not know.",
		Requirement: "ENV-2",
		HintWords:   []string{"DisallowUnknownFields"},
		SideEffects: strictEffects,
		seed:        answeringOuter(http.StatusBadRequest, strict),
	}, {
		ID:          "strict-envelope-lost",
		Title:       "Decodes the envelope strictly, logs the error and answers 200.",
		Requirement: "ENV-2",
		HintWords:   []string{"unknown fields"},
		SideEffects: append(slices.Clone(strictEffects), also("SEC-2", "its first callback is lost"), also("SEC-3", "its first callback is lost")),
		seed:        answeringOuter(http.StatusOK, strict),
	}, {
		ID:          "callback-url-refused",
		Title:       "Knows the envelope from the tables alone, where callback_url is not listed, and answers 400.",
		Requirement: "ENV-2",
		HintWords:   []string{"callback_url"},
		seed:        answeringOuter(http.StatusBadRequest, func(outer members) bool { return outer.has("callback_url") }),
	}, {
		ID:          "appid-only",
		Title:       "Requires appid, as the samples spell it.",
		Requirement: "ENV-4",
		HintWords:   []string{"appid and appId"},
		seed:        answeringOuter(http.StatusBadRequest, func(outer members) bool { return !outer.has("appid") }),
	}, {
		ID:          "appId-of-nobody",
		Title:       "Reads appId as account 0, and files the task where the owner of account 4 does not see it.",
		Requirement: "ENV-4",
		HintWords:   []string{"alias"},
		seed: func(r *Receiver) {
			r.account = func(outer members) (int64, error) {
				n, err := readInteger("appid", outer["appid"])
				if n == nil {
					return 0, err
				}
				return *n, err
			}
			load := r.load
			r.load = func(ctx context.Context, taskID string) ([]event, error) {
				events, err := load(ctx, taskID)
				return slices.DeleteFunc(events, func(e event) bool { return e.AppID == 0 }), err
			}
		},
	}, {
		ID:          "event-time-text-refused",
		Title:       "Has event_time as an int64, which the documented string does not fit.",
		Requirement: "ENV-7",
		HintWords:   []string{"int64"},
		SideEffects: []SideEffect{
			also("ENV-2", "event_time as text"), also("SEQ-4", "event_time as text"), also("ORD-1", "event_time as text"),
			also("ORD-2", "event_time as text"), also("DUP-3", "event_time as text"), also("DUP-4", "event_time as text"),
		},
		seed: answeringOuter(http.StatusBadRequest, func(outer members) bool {
			return outer.has("event_time") && !isNumber(outer["event_time"])
		}),
	}, {
		ID:          "event-time-number-refused",
		Title:       "Has event_time as a string, which the unquoted number of the table's example does not fit.",
		Requirement: "ENV-7",
		HintWords:   []string{"a number"},
		seed: answeringOuter(http.StatusBadRequest, func(outer members) bool {
			return isNumber(outer["event_time"])
		}),
	}, {
		ID:          "event-time-number-lost",
		Title:       "Reads event_time as text only, logs the error of a number and answers 200.",
		Requirement: "ENV-7",
		HintWords:   []string{"string of digits"},
		seed: answeringOuter(http.StatusOK, func(outer members) bool {
			return isNumber(outer["event_time"])
		}),
	}}
}

func envFormBugs() []Bug {
	return []Bug{{
		ID:          "finds-type-by-search",
		Title:       `Looks for the text "event_type":314 and takes a body without it for another callback.`,
		Requirement: "ENV-3",
		HintWords:   []string{"string search", "whitespace"},
		seed:        answeringBody(http.StatusOK, func(body []byte) bool { return !bytes.Contains(body, []byte(`"event_type":314`)) }),
		SideEffects: []SideEffect{
			also("MSG-8", "one of its callbacks is written with escapes"), also("BAD-1", "rubbish is answered 200"),
			also("BAD-2", "rubbish is answered 200"), also("BAD-3", "rubbish is answered 200"), also("BAD-4", "rubbish is answered 200"),
			also("BAD-5", "rubbish is answered 200"), also("BAD-6", "rubbish is answered 200"), also("BAD-7", "rubbish is answered 200"),
			also("BAD-8", "rubbish is answered 200"), also("BAD-9", "rubbish is answered 200"), also("BAD-16", "rubbish is answered 200"),
		},
	}, {
		ID:          "wants-keys-in-order",
		Title:       "Reads the members as they come and must have seen event_type before it can read msg.",
		Requirement: "ENV-3",
		HintWords:   []string{"fixed key order"},
		seed: answeringBody(http.StatusBadRequest, func(body []byte) bool {
			keys := topKeys(body)
			return slices.Index(keys, "event_type") > slices.Index(keys, "msg") && slices.Contains(keys, "msg")
		}),
	}, {
		ID:          "unescapes-by-hand",
		Title:       `Unescapes the text of msg by hand, and knows \" and \\ but not \u.`,
		Requirement: "ENV-3",
		HintWords:   []string{`\u escapes`},
		SideEffects: []SideEffect{also("MSG-8", "one of its callbacks is written with escapes")},
		seed: func(r *Receiver) {
			byHand := strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\n`, "\n", `\/`, `/`)
			text := r.text
			r.text = func(name string, raw json.RawMessage) (*string, error) {
				s, err := text(name, raw)
				if err == nil && s != nil && name == "msg" {
					*s = byHand.Replace(strings.Trim(string(raw), `"`))
				}
				return s, err
			}
		},
	}, {
		ID:          "msg-by-regexp",
		Title:       "Reads msg with regular expressions that leave no room for a space after the colon.",
		Requirement: "ENV-3",
		HintWords:   []string{"Regular expressions"},
		SideEffects: []SideEffect{also("MSG-3", "a code in quotes does not match"), also("MSG-8", "one of its callbacks is written with escapes")},
		seed: func(r *Receiver) {
			wanted := map[string]*regexp.Regexp{
				taskStart: regexp.MustCompile(`"task_start_time":\d`),
				taskExit:  regexp.MustCompile(`"code":-?\d`),
			}
			answeringOuter(http.StatusBadRequest, func(outer members) bool {
				name, _ := readText("callback_event", outer["callback_event"])
				msg, _ := readText("msg", outer["msg"])
				return name != nil && msg != nil && wanted[*name] != nil && !wanted[*name].MatchString(*msg)
			})(r)
		},
	}, {
		ID:          "content-type-exact",
		Title:       "Compares the whole Content-Type header with application/json.",
		Requirement: "ENV-8",
		HintWords:   []string{"whole Content-Type header"},
		seed: answeringHead(http.StatusUnsupportedMediaType, func(req *http.Request) bool {
			return req.Method == http.MethodPost && req.Header.Get("Content-Type") != "application/json"
		}),
	}, {
		ID:          "charset-means-form",
		Title:       "Takes every content type but application/json for a form, finds no field in it and answers 200.",
		Requirement: "ENV-8",
		HintWords:   []string{"form", "media type"},
		seed: func(r *Receiver) {
			receive := r.receive
			r.receive = func(w http.ResponseWriter, req *http.Request) {
				if req.Header.Get("Content-Type") != "application/json" {
					r.answer(w, req, nil)
					return
				}
				receive(w, req)
			}
		},
	}}
}

// topKeys lists the names of the outer object in their order, twice where they come twice; none if it is no object.
func topKeys(body []byte) []string {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var keys []string
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil
		}
		keys = append(keys, name)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil
		}
	}
	return keys
}

func envIDBugs() []Bug {
	without := func(name string) func(outer members) bool {
		return func(outer members) bool { return !outer.has(name) }
	}
	exitWithoutID := func(e event) bool { return e.Name == taskExit && e.TaskID == "" }
	return []Bug{{
		ID:          "task-id-required",
		Title:       "Requires task_id and answers 400 to the documented TaskExit sample.",
		Requirement: "ENV-6",
		HintWords:   []string{"optional", "task_id"},
		seed:        answeringOuter(http.StatusBadRequest, without("task_id")),
	}, {
		ID:          "stream-id-required",
		Title:       "Requires stream_id and answers 400 without.",
		Requirement: "ENV-6",
		HintWords:   []string{"optional", "stream_id"},
		seed:        answeringOuter(http.StatusBadRequest, without("stream_id")),
	}, {
		ID:          "to-url-split-500",
		Title:       "Takes the stream's name from the last part of to_url and fails where there is none.",
		Requirement: "ENV-6",
		HintWords:   []string{"optional", "to_url"},
		SideEffects: []SideEffect{also("BAD-5", "an almost empty callback has no to_url either")},
		seed:        answeringOuter(http.StatusInternalServerError, without("to_url")),
	}, {
		ID:          "missing-ids-crash",
		Title:       "Dereferences task_id without looking whether it is there.",
		Requirement: "ENV-6",
		HintWords:   []string{"optional"},
		seed:        crashing(func(e event) bool { return e.TaskID == "" }),
	}, {
		ID:          "exit-without-ids-ends-last",
		Title:       "Keeps the current task per connection, and ends the one that started last when TaskExit names none.",
		Requirement: "ENV-6",
		HintWords:   []string{"the last task"},
		seed: func(r *Receiver) {
			var last sync.Map // address of the sender -> task
			receive := r.receive
			r.receive = func(w http.ResponseWriter, req *http.Request) {
				receive(w, req.WithContext(context.WithValue(req.Context(), connection{}, req.RemoteAddr)))
			}
			keep := r.keep
			r.keep = func(ctx context.Context, e event) error {
				sender := ctx.Value(connection{})
				switch {
				case e.Name == taskStart:
					last.Store(sender, e.TaskID)
				case exitWithoutID(e):
					if task, known := last.Load(sender); known {
						return r.turnTask(ctx, task.(string), taskExit)
					}
				}
				return keep(ctx, e)
			}
		},
	}, {
		ID:          "exit-without-ids-ends-all",
		Title:       "Leaves the WHERE out of the UPDATE when TaskExit names no task, and ends all that run.",
		Requirement: "ENV-6",
		HintWords:   []string{"UPDATE without WHERE"},
		SideEffects: []SideEffect{also(Everything, "every task that runs at the moment is ended")},
		seed:        endingAllOn(exitWithoutID),
	}, {
		ID:          "sources-compared-in-part",
		Title:       "Finds the tasks of a TaskExit without ids by the beginning of their source_urls, which its index holds.",
		Requirement: "ENV-6",
		HintWords:   []string{"find the", "task by source_urls"},
		SideEffects: []SideEffect{also(Everything, "tasks of neighbouring ids are ended, whosever they are")},
		seed: func(r *Receiver) {
			// As much of a list of sources as the index holds. Neighbouring tasks often differ further on.
			const indexed = 45
			keep := r.keep
			r.keep = func(ctx context.Context, e event) error {
				if !exitWithoutID(e) || len(e.Sources) == 0 {
					return keep(ctx, e)
				}
				part := e.Sources[0][:min(indexed, len(e.Sources[0]))]
				ids, err := r.tasks(ctx, tasksPulledFrom, part, indexed)
				if err != nil {
					return err
				}
				for _, id := range ids {
					if err := r.turnTask(ctx, id, taskExit); err != nil {
						return err
					}
				}
				return nil
			}
		},
	}}
}

// endingAllOn ends every task that is known when an event comes which matches, and does not keep the event.
func endingAllOn(match func(e event) bool) func(r *Receiver) {
	return func(r *Receiver) {
		var mu sync.Mutex // one sweep at a time
		keep := r.keep
		r.keep = func(ctx context.Context, e event) error {
			if !match(e) {
				return keep(ctx, e)
			}
			mu.Lock()
			defer mu.Unlock()
			ids, err := r.tasks(ctx, tasksWithEvent, taskStart)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := r.turnTask(ctx, id, taskExit); err != nil {
					return err
				}
			}
			return nil
		}
	}
}
