package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// What is said of a body that does not say what it is, or whose values are empty, has to make sense without them.
func TestMessagesAreSentencesWhateverIsNotThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event   string
		outer   string // what is changed in the sample: name=value, without a value it is taken away
		msg     string // the same in its msg
		code    string
		pointer string
		want    string
	}{
		"without callback_event it is not said of an event that it has no sample": {
			TaskExit, `callback_event=`, "", codeTableMissing, "/task_id",
			"task_id is missing: the table of 2025-09 has it for every event, and only the sample of TaskExit lacks it",
		},
		"nor where callback_event is no text": {
			TaskExit, `callback_event=7`, "", codeTableMissing, "/task_id",
			"task_id is missing: the table of 2025-09 has it for every event, and only the sample of TaskExit lacks it",
		},
		"of an event without a sample it is not said what its samples show": {
			TaskStart, `callback_event="TaskPause" to_url=`, "", codeTableMissing, "/to_url",
			"to_url is missing: the table of 2025-09 has it for every event, and only the sample of TaskExit lacks it",
		},
		"what an alarm lacks is missing from its msg": {
			TaskStart, `callback_event="TaskAlarm"`, `task_start_time=`, codeTableMissing, "/msg#/type",
			"type is missing from msg: the table of 2025-09 has it for TaskAlarm, of which there is no sample",
		},
		"a missing callback_event is something that others have": {
			TaskStart, `callback_event=`, "", codeMissing, "/callback_event",
			"callback_event is missing: every relay callback names its event there, such as TaskStart",
		},
		"a missing msg too, whatever the event": {
			TaskStart, `callback_event=null msg=`, "", codeMissing, "/msg",
			"msg is missing: every relay callback carries it",
		},
		"of a documented event its callbacks are named": {
			TaskStart, `msg=`, "", codeMissing, "/msg",
			`msg is missing: callbacks of "TaskStart" carry it`,
		},
		"an empty callback_event is called empty": {
			TaskStart, `callback_event=""`, "", codeUnknownEvent, "/callback_event",
			"callback_event is empty: the 2025-09 edition has no event without a name",
		},
		"empty text is called so where texts are quoted": {
			TaskExit, "", `code=""`, codeNotWhole, "/msg#/code",
			"code should hold a whole number, but is empty text",
		},
		"and where they are not": {
			TaskExit, "", `task_exit_time=""`, codeMsgType, "/msg#/task_exit_time",
			"task_exit_time has to be a whole number, but is empty text",
		},
		"and in event_type": {
			TaskStart, `event_type=""`, "", codeEventTypeType, "/event_type",
			"event_type has to be the number 314, but is empty text",
		},
		"and where msg holds it": {
			TaskStart, `msg="\"\""`, "", codeMsgNotObject, "/msg",
			"msg has to hold a JSON object, but holds empty text",
		},
		"a field may have an empty name": {
			TaskStart, `=1`, "", codeUnknownKey, "/",
			"no edition documents a field with an empty name",
		},
		"an unknown member is one of msg": {
			TaskStart, "", `zzzzz=1`, codeUnknownMember, "/msg#/zzzzz",
			`no edition documents a member "zzzzz" of msg`,
		},
		"which may be a slip of the pen": {
			TaskStart, "", `task_start_tim=1 task_start_time=`, codeUnknownMember, "/msg#/task_start_tim",
			`no edition documents a member "task_start_tim" of msg; was task_start_time meant?`,
		},
		"or have an empty name": {
			TaskStart, "", `=1`, codeUnknownMember, "/msg#/",
			"no edition documents a member of msg with an empty name",
		},
		"a number far below zero is not called too great": {
			TaskExit, "", `code=-9007199254740993`, codeHuge, "/msg#/code",
			"code should be at least -(2^53-1), but is the number -9007199254740993",
		},
		"one beyond the other end is": {
			TaskExit, "", `code=9007199254740993`, codeHuge, "/msg#/code",
			"code should be at most 2^53-1, but is the number 9007199254740993",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sample, _ := Sample(Edition2025_09, c.event)
			outer := decode(t, sample)
			if c.msg != "" {
				msg := decode(t, text(t, outer["msg"]))
				change(msg, c.msg)
				outer["msg"] = encode(t, string(encode(t, msg)))
			}
			change(outer, c.outer)
			r := agree(t, NewValidator(), encode(t, outer), Options{})
			i := slices.IndexFunc(r.Violations, func(v Violation) bool { return v.Code == c.code && v.Pointer == c.pointer })
			if i < 0 {
				t.Fatalf("no %s at %s: %+v", c.code, c.pointer, r.Violations)
			}
			if got := r.Violations[i].Message; got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// change sets members, name=value with blanks between them, and takes away those that are given no value.
func change(object map[string]json.RawMessage, by string) {
	for member := range strings.FieldsSeq(by) {
		name, value, _ := strings.Cut(member, "=")
		replaceMember(object, name, value)
	}
}

// replaceMember gives a member a value, or takes it away.
func replaceMember(object map[string]json.RawMessage, name, value string) {
	if object[name] = json.RawMessage(value); value == "" {
		delete(object, name)
	}
}

// Whatever is taken away from a sample, emptied or given another type, alone or beside a callback_event or event_type
// that says nothing: no message has a hole where a name or a value should stand.
func TestNoMessageHasAHole(t *testing.T) {
	t.Parallel()
	values := []string{"", `""`, `" "`, "null", "7", "true", "[]", "{}", `"{}"`, `"[]"`, `"\"\""`, `"[\"\",7,null]"`}
	try := func(object map[string]json.RawMessage) {
		body := encode(t, object)
		for _, opts := range []Options{{}, {Edition: Edition2022_01, Reading: Documented}} {
			for _, found := range Validate(body, opts).Violations {
				for _, hole := range []string{` ""`, "  ", " of 0 ", " 1 characters", ": :", " ,", "%!"} {
					if strings.Contains(found.Message, hole) || strings.TrimSpace(found.Message) != found.Message {
						t.Errorf("%s %s: %s\nof %s", found.Code, found.Pointer, found.Message, body)
					}
				}
			}
		}
	}
	for _, event := range []string{TaskStart, VodSourceFileFinish, TaskExit} {
		sample, _ := Sample(Edition2025_09, event)
		whole := decode(t, sample)
		for _, says := range []string{"callback_event", "event_type"} {
			for _, value := range values {
				outer := maps.Clone(whole)
				replaceMember(outer, says, value)
				for key := range outer {
					for _, other := range values {
						both := maps.Clone(outer)
						replaceMember(both, key, other)
						try(both)
					}
				}
			}
		}
		inner := decode(t, text(t, whole["msg"]))
		for key := range inner {
			for _, value := range values {
				msg, outer := maps.Clone(inner), maps.Clone(whole)
				replaceMember(msg, key, value)
				outer["msg"] = encode(t, string(encode(t, msg)))
				try(outer)
			}
		}
	}
}

// Who is told of a warning that a reading makes an error has to be told how that reading is asked for.
func TestTheCatalogueSaysWhatMakesAWarningAnError(t *testing.T) {
	t.Parallel()
	for _, c := range Codes() {
		said := strings.Contains(c.Explanation, "--reading documented")
		if differs := c.Severity != c.Strict; differs != said {
			t.Errorf("%s is a %s, and with --reading documented a %s: %s", c.ID, c.Severity, c.Strict, c.Explanation)
		}
		if c.Severity == Warning && strings.Contains(c.Mend, "use the wire reading") {
			t.Errorf("%s: who is warned reads so already: %s", c.ID, c.Mend)
		}
	}
}
