package receiver

import (
	"context"
	"net/http"
)

// The event_type of the CSS callbacks that the bugs mistake for something about a relay task.
const (
	interruption = 0
	push         = 1
	recording    = 100
)

// siblingBugs are mistakes about the other CSS callbacks that come to the same URL.
func siblingBugs() []Bug {
	return []Bug{{
		ID:          "other-type-400",
		Title:       "Answers 400 to every event_type but 314, so CSS sends it twelve times more.",
		Requirement: "ENV-5",
		HintWords:   []string{"Answer 200 to every other event_type"},
		seed:        otherTypes(http.StatusBadRequest),
	}, {
		ID:          "other-type-500",
		Title:       "Reads callback_event before event_type, and fails where there is none.",
		Requirement: "ENV-5",
		HintWords:   []string{"Check event_type first"},
		seed: func(r *Receiver) {
			parse := r.parse
			r.parse = func(body []byte) (members, error) {
				outer, err := parse(body)
				if err == nil && outer.has("event_type") && !outer.has("callback_event") {
					return nil, refuse(http.StatusInternalServerError, "KeyError: 'callback_event'")
				}
				return outer, err
			}
		},
		SideEffects: []SideEffect{
			also("BAD-5", "a relay callback may lack it too"),
		},
	}, {
		ID:          "event-type-ignored",
		Title:       "Takes whatever has a callback_event for a relay callback and never looks at event_type.",
		Requirement: "ENV-5",
		HintWords:   []string{"only 314 is a relay callback"},
		SideEffects: []SideEffect{
			also("BAD-6", "an event_type of another type does not count either"), also("BAD-7", "a missing event_type does not count either"),
			also("BAD-8", "null does not count either"), also("BAD-9", "text does not count either"),
		},
		seed: func(r *Receiver) {
			kind := r.kind
			r.kind = func(outer members) (int64, error) {
				if outer.has("callback_event") {
					return relayType, nil
				}
				return kind(outer)
			}
		},
	}, {
		ID:          "interruption-ends-task",
		Title:       "Ends the task that pushes to a stream when the stream is interrupted.",
		Requirement: "ENV-5",
		HintWords:   []string{"stream_id matches"},
		seed:        onOther(interruption, taskExit),
	}, {
		ID:          "push-revives-task",
		Title:       "Marks the task running that pushes to a stream when the push begins.",
		Requirement: "ENV-5",
		HintWords:   []string{"stream_id matches"},
		seed:        onOther(push, taskStart),
	}, {
		ID:          "recording-ends-task",
		Title:       "Takes the recording of a stream for the end of the task that pushed it.",
		Requirement: "ENV-5",
		HintWords:   []string{"leave the tasks alone"},
		seed:        onOther(recording, taskExit),
	}, {
		ID:          "absent-type-is-interruption",
		Title:       "Has event_type as a plain int, so a body without it is the interruption of a push and ends the task.",
		Requirement: "BAD-7",
		HintWords:   []string{"missing event_type", "interruption"},
		SideEffects: []SideEffect{
			also("ENV-5", "it ends the task for real interruptions too"), also("BAD-8", "null leaves the int at 0 as well"),
			also("BAD-5", "an empty object is an interruption too"),
		},
		seed: func(r *Receiver) {
			onOther(interruption, taskExit)(r)
			kind := r.kind
			r.kind = func(outer members) (int64, error) {
				if isNull(outer["event_type"]) {
					return interruption, nil
				}
				return kind(outer)
			}
		},
	}, {
		ID:          "absent-type-is-relay",
		Title:       "Refuses what has another event_type, and takes what has none.",
		Requirement: "BAD-7",
		HintWords:   []string{"missing event_type"},
		seed: func(r *Receiver) {
			kind := r.kind
			r.kind = func(outer members) (int64, error) {
				if _, there := outer["event_type"]; !there {
					return relayType, nil
				}
				return kind(outer)
			}
		},
	}, {
		ID:          "null-type-is-relay",
		Title:       "Reads null as the default of its settings, which is 314.",
		Requirement: "BAD-8",
		HintWords:   []string{"event_type of null"},
		seed: func(r *Receiver) {
			kind := r.kind
			r.kind = func(outer members) (int64, error) {
				if raw, there := outer["event_type"]; there && isNull(raw) {
					return relayType, nil
				}
				return kind(outer)
			}
		},
	}, {
		ID:          "null-equals-zero",
		Title:       "Compares event_type loosely with 0, and null is 0.",
		Requirement: "BAD-8",
		HintWords:   []string{"null == 0"},
		SideEffects: []SideEffect{also("ENV-5", "it ends the task for real interruptions too")},
		seed: func(r *Receiver) {
			onOther(interruption, taskExit)(r)
			kind := r.kind
			r.kind = func(outer members) (int64, error) {
				if raw, there := outer["event_type"]; there && isNull(raw) {
					return interruption, nil
				}
				return kind(outer)
			}
		},
	}, {
		ID:          "text-equals-zero",
		Title:       "Compares event_type loosely with 0, and any text without a digit is 0.",
		Requirement: "BAD-9",
		HintWords:   []string{"compared loosely with 0"},
		SideEffects: []SideEffect{also("ENV-5", "it ends the task for real interruptions too")},
		seed: func(r *Receiver) {
			onOther(interruption, taskExit)(r)
			kind := r.kind
			r.kind = func(outer members) (int64, error) {
				n, err := readInteger("event_type", outer["event_type"])
				if n != nil {
					return *n, nil
				}
				if s, textErr := readText("event_type", outer["event_type"]); err != nil && textErr == nil && s != nil {
					return interruption, nil
				}
				return kind(outer)
			}
		},
	}, {
		ID:          "text-type-500",
		Title:       "Converts event_type to a number and does not catch the failure.",
		Requirement: "BAD-9",
		HintWords:   []string{"failed conversion to int"},
		SideEffects: []SideEffect{also("BAD-6", "an object cannot be converted either")},
		seed: func(r *Receiver) {
			kind := r.kind
			r.kind = func(outer members) (int64, error) {
				if raw := outer["event_type"]; !isNull(raw) && !isNumber(raw) {
					return 0, refuse(http.StatusInternalServerError, "ValueError: event_type")
				}
				return kind(outer)
			}
		},
	}}
}

// otherTypes answers every callback that is not about a relay task with a status.
func otherTypes(status int) func(r *Receiver) {
	return func(r *Receiver) {
		r.other = func(_ context.Context, kind int64, _ members) error {
			return refuse(status, "event_type %d is not known", kind)
		}
	}
}

// onOther turns the tasks of a stream when another callback about the stream comes.
func onOther(kind int64, turn string) func(r *Receiver) {
	return func(r *Receiver) {
		other := r.other
		r.other = func(ctx context.Context, k int64, outer members) error {
			if k != kind {
				return other(ctx, k, outer)
			}
			stream, _ := readText("stream_id", outer["stream_id"])
			return r.turnStream(ctx, orEmpty(stream), turn)
		}
	}
}
