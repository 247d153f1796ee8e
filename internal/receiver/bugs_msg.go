package receiver

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// msgBugs are mistakes about what msg says.
func msgBugs() []Bug {
	return slices.Concat(msgNumberBugs(), msgTimeBugs(), msgMemberBugs())
}

func msgNumberBugs() []Bug {
	codeEffects := []SideEffect{also("MSG-1", "exit_code is asked for"), also("SEQ-5", "exit_code is asked for")}
	return []Bug{{
		ID:          "msg-not-decoded",
		Title:       "Looks for code and message in the envelope, because it never decodes msg.",
		Requirement: "MSG-1",
		HintWords:   []string{"Decode msg a second time"},
		SideEffects: []SideEffect{also("SEQ-5", "code and message are lost"), also("MSG-3", "the code is lost"), also("SEC-5", "the message is lost")},
		seed: changing(func(e *event) {
			if e.Name == taskExit {
				e.Detail.Code, e.Detail.Message = nil, nil
			}
		}),
	}, {
		ID:          "msg-must-be-object",
		Title:       "Declares msg as an object, and takes the exit without it when the string does not fit.",
		Requirement: "MSG-1",
		HintWords:   []string{"nested struct"},
		SideEffects: []SideEffect{
			also("SEQ-5", "code and message are lost"), also("MSG-3", "the code is lost"), also("SEC-5", "the message is lost"),
			also("MSG-4", "the time of the exit is lost"), also("ORD-3", "the times that tell the order are lost"), also("ORD-4", "the times that tell the order are lost"),
		},
		seed: changing(func(e *event) {
			if e.Name == taskExit {
				e.Detail = detail{}
			}
		}),
	}, {
		ID:          "index-text-refused",
		Title:       "Has index as an int, which the documented string does not fit.",
		Requirement: "MSG-3",
		HintWords:   []string{"index", "string"},
		seed:        answeringInteger(http.StatusBadRequest, "index", isText),
	}, {
		ID:          "index-number-refused",
		Title:       "Has index as a string, as most editions' tables say, which no sample fits.",
		Requirement: "MSG-3",
		HintWords:   []string{"index", "number"},
		SideEffects: []SideEffect{also(Everything, "wherever file events are played, they are refused")},
		seed:        answeringInteger(http.StatusBadRequest, "index", isNumber),
	}, {
		ID:          "index-text-is-zero",
		Title:       "Takes an index that is text for 0.",
		Requirement: "MSG-3",
		HintWords:   []string{"index"},
		seed: func(r *Receiver) {
			integer := r.integer
			r.integer = func(name string, raw json.RawMessage) (*int64, error) {
				if name == "index" && isText(raw) {
					return new(int64), nil
				}
				return integer(name, raw)
			}
		},
	}, {
		ID:          "code-text-lost",
		Title:       "Has code as an int and leaves it out where it is text.",
		Requirement: "MSG-3",
		HintWords:   []string{"code", "string"},
		seed:        losingCode(isText),
	}, {
		ID:          "code-number-lost",
		Title:       "Has code as a string, as most editions' tables say, and leaves it out where it is a number.",
		Requirement: "MSG-3",
		HintWords:   []string{"code", "number"},
		SideEffects: codeEffects,
		seed:        losingCode(isNumber),
	}, {
		ID:          "code-unsigned",
		Title:       "Keeps the code in an unsigned column of 32 bits.",
		Requirement: "MSG-3",
		HintWords:   []string{"signed type", "negative"},
		SideEffects: codeEffects,
		seed: changing(func(e *event) {
			if c := e.Detail.Code; c != nil && c.Number < 0 {
				c.Number = int64(uint32(c.Number)) //nolint:gosec // that is the mistake
			}
		}),
	}, {
		ID:          "negative-code-refused",
		Title:       "Checks that the code is a number from 0 up, and answers 400 to -22.",
		Requirement: "MSG-3",
		HintWords:   []string{"may be negative"},
		SideEffects: []SideEffect{also(Everything, "wherever a task exits with a negative code, the exit is refused")},
		seed: answering(http.StatusBadRequest, func(e event) bool {
			return e.Detail.Code != nil && e.Detail.Code.Number < 0
		}),
	}}
}

func isText(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

// answeringInteger answers callbacks by how a whole number in msg is written.
func answeringInteger(status int, member string, match func(raw json.RawMessage) bool) func(r *Receiver) {
	return func(r *Receiver) {
		integer := r.integer
		r.integer = func(name string, raw json.RawMessage) (*int64, error) {
			if name == member && match(raw) {
				return nil, refuse(status, "%s has the wrong type", name)
			}
			return integer(name, raw)
		}
	}
}

// losingCode leaves the exit code out by how it is written.
func losingCode(match func(raw json.RawMessage) bool) func(r *Receiver) {
	return func(r *Receiver) {
		integer := r.integer
		r.integer = func(name string, raw json.RawMessage) (*int64, error) {
			if name == "code" && match(raw) {
				return nil, nil
			}
			return integer(name, raw)
		}
	}
}

func msgTimeBugs() []Bug {
	times := func(change func(ms int64) int64) func(r *Receiver) {
		return changing(func(e *event) {
			for _, t := range []*int64{e.Detail.StartedAt, e.Detail.ExitedAt} {
				if t != nil {
					*t = change(*t)
				}
			}
		})
	}
	at := func(e event, match func(ms int64) bool) bool {
		t, ok := turnOf(e)
		return ok && match(t.at)
	}
	zero := func(ms int64) bool { return ms == 0 }
	order := []SideEffect{also("ORD-3", "the times that tell the order are spoilt"), also("ORD-4", "the times that tell the order are spoilt")}
	return []Bug{{
		ID:          "times-32-bit",
		Title:       "Keeps the times in an int of 32 bits.",
		Requirement: "MSG-4",
		HintWords:   []string{"int32"},
		SideEffects: order,                                                   // where the wrapped times are negative, which depends on the day
		seed:        times(func(ms int64) int64 { return int64(int32(ms)) }), //nolint:gosec // that is the mistake
	}, {
		ID:          "times-in-seconds",
		Title:       "Takes the times for seconds and rounds them down to what it thinks are milliseconds.",
		Requirement: "MSG-4",
		HintWords:   []string{"seconds"},
		seed:        times(func(ms int64) int64 { return ms / 1000 }),
	}, {
		ID:          "times-float32",
		Title:       "Keeps the times in a float of 32 bits, which rounds them to two minutes.",
		Requirement: "MSG-4",
		HintWords:   []string{"float32"},
		seed:        times(func(ms int64) int64 { return int64(float32(ms)) }),
	}, {
		ID:          "zero-time-400",
		Title:       `Validates the times as "required", which takes 0 for missing.`,
		Requirement: "MSG-5",
		HintWords:   []string{`"required"`},
		SideEffects: []SideEffect{also("ENV-6", "the TaskExit sample has the time 0")},
		seed:        answering(http.StatusBadRequest, func(e event) bool { return at(e, zero) }),
	}, {
		ID:          "zero-time-lost",
		Title:       "Drops a start or exit whose time is 0 as a test callback, and answers 200.",
		Requirement: "MSG-5",
		HintWords:   []string{"Allow 0"},
		seed:        answering(http.StatusOK, func(e event) bool { return at(e, zero) }),
	}, {
		ID:          "time-far-from-now-400",
		Title:       "Answers 400 to a start or exit that is a year or more away from its clock.",
		Requirement: "MSG-5",
		HintWords:   []string{"lies near now"},
		SideEffects: []SideEffect{also("ENV-6", "the TaskExit sample has the time 0")},
		seed: func(r *Receiver) {
			answering(http.StatusBadRequest, func(e event) bool {
				return at(e, func(ms int64) bool { return r.cfg.Now().Sub(time.UnixMilli(ms)).Abs() > 365*24*time.Hour })
			})(r)
		},
	}}
}

func msgMemberBugs() []Bug {
	foreign := func(e event) bool {
		return isFileEvent(e) && e.Detail.URL != nil && !slices.Contains(e.Sources, *e.Detail.URL)
	}
	expected := []string{"task_start_time", "task_exit_time", "url", "index", "duration", "code", "message", "type"}
	strict := func(status int) func(r *Receiver) {
		return func(r *Receiver) {
			message := r.message
			r.message = func(text string) (members, error) {
				m, err := message(text)
				for name := range m {
					if !slices.Contains(expected, name) {
						return nil, refuse(status, "msg.%s is not known", name)
					}
				}
				return m, err
			}
		}
	}
	return []Bug{{
		ID:          "foreign-url-400",
		Title:       "Looks msg.url up in source_urls and answers 400 where it is not there.",
		Requirement: "MSG-6",
		HintWords:   []string{"look msg.url up in source_urls"},
		seed:        answering(http.StatusBadRequest, foreign),
	}, {
		ID:          "foreign-url-500",
		Title:       "Takes the place of msg.url in source_urls for the file's index, and fails at -1.",
		Requirement: "MSG-6",
		HintWords:   []string{"Take index for the file's place"},
		seed:        answering(http.StatusInternalServerError, foreign),
	}, {
		ID:          "foreign-url-ends-task",
		Title:       "Stops a task that plays a file which is not in its list.",
		Requirement: "MSG-6",
		HintWords:   []string{"do not refuse a url that is not in the list"},
		seed: concluding(func(events []event, f facts) facts {
			if slices.ContainsFunc(events, foreign) {
				f.Phase = new(ended)
			}
			return f
		}),
	}, {
		ID:          "strict-msg-400",
		Title:       "Decodes msg strictly and answers 400 to a member it does not know.",
		Requirement: "MSG-7",
		HintWords:   []string{"unknown members inside msg"},
		seed:        strict(http.StatusBadRequest),
	}, {
		ID:          "strict-msg-lost",
		Title:       "Decodes msg strictly, logs the error and answers 200.",
		Requirement: "MSG-7",
		HintWords:   []string{"strict decoding"},
		seed:        strict(http.StatusOK),
	}}
}
