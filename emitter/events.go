package emitter

import (
	"strconv"

	"github.com/relaycheck/relaycheck/schema"
)

// TaskStart makes the callback of a task that started at a time in milliseconds since 1970.
func TaskStart(t Task, started int64) *Callback {
	return t.callback(schema.TaskStart, member{"task_start_time", integer(started)})
}

// VodSourceFileStart makes the callback of a task that began to pull one on-demand file.
func VodSourceFileStart(t Task, f File) *Callback {
	return t.fileCallback(schema.VodSourceFileStart, f)
}

// VodSourceFileFinish makes the callback of a task that finished one on-demand file.
func VodSourceFileFinish(t Task, f File) *Callback {
	return t.fileCallback(schema.VodSourceFileFinish, f)
}

// TaskExit makes the callback of a task that stopped. It carries stream_id, task_id and to_url, which the table
// lists for every event; the documented sample lacks all three, and [Callback.WithoutIDs] gives that form.
// Which of the two CSS really sends is not known.
func TaskExit(t Task, e Exit) *Callback {
	return t.callback(schema.TaskExit,
		member{"message", text(e.Message)},
		member{"code", integer(e.Code)},
		member{"task_exit_time", integer(e.Time)})
}

// TaskAlarm makes the callback of an alarm. Nothing but msg.type is documented of it (2025-09 edition), so
// msg has no other member.
func TaskAlarm(t Task, alarmType string) *Callback {
	return t.callback(schema.TaskAlarm, member{"type", text(alarmType)})
}

// ResetTaskConfig makes the callback of a changed task. What its msg holds is not documented in any edition, so
// msg is an empty object.
func ResetTaskConfig(t Task) *Callback { return t.callback(schema.ResetTaskConfig) }

// Custom makes the callback of an event that no edition knows yet. Its msg is an empty object.
func Custom(t Task, event string) *Callback { return t.callback(event) }

func (t Task) fileCallback(event string, f File) *Callback {
	c := t.callback(event,
		member{"url", text(f.URL)},
		member{"index", integer(f.Index)},
		member{"duration", integer(f.Duration)})
	if t.CallbackURL != "" {
		c.put("callback_url", text(t.CallbackURL))
	}
	return c
}

// callback makes the outer members in alphabetical order, as in every documented sample, and those of msg in
// the order given: the samples' own, which is not alphabetical.
func (t Task) callback(event string, msg ...member) *Callback {
	urls := value{kind: array, items: make([]value, len(t.SourceURLs))}
	for i, u := range t.SourceURLs {
		urls.items[i] = text(u)
	}
	return &Callback{members: []member{
		{"appid", integer(t.AppID)},
		{"callback_event", text(event)},
		{"event_type", integer(schema.EventType)},
		{"interface", text("general_callback")},
		{"msg", nestedObject(value{kind: object, members: msg})},
		{"product_name", text("pullpush")},
		{"source_urls", nestedURLs(urls)},
		{"stream_id", text(t.StreamID)},
		{"task_id", text(t.TaskID)},
		{"to_url", text(t.ToURL)},
	}}
}

// nestedObject is an object as msg holds it: JSON text.
func nestedObject(v value) value { return value{kind: nested, inner: &v} }

// nestedURLs is a list of URLs as source_urls holds it: JSON text, then one newline. All documented samples
// have the newline.
func nestedURLs(urls value) value { return value{kind: nested, inner: &urls, tail: "\n"} }

func integer(n int64) value { return value{kind: number, text: strconv.FormatInt(n, 10)} }

func text(s string) value { return value{kind: str, text: s} }
