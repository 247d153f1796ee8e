package judge

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/schema"
)

// A callback is what one reading of a body tells: the envelope, and msg and source_urls decoded a second time.
type callback struct {
	kind      string // callback_event
	taskID    string // "" where there is none, as in the TaskExit sample
	idIsText  bool   // task_id is a JSON text, as documented
	streamID  *string
	toURL     *string
	sources   []string
	hasMsg    bool
	msg       map[string]any
	eventTime string // as text, whatever type it had; "" where there is none
	signed    bool   // sign is there
	garbled   bool   // bytes that are no UTF-8, or NUL: what a receiver makes of the texts is its own affair

	// odd are the addresses that are there but not as documented; what a lenient receiver makes of them is its own affair.
	odd map[string]bool
}

// utf8Mark is the byte order mark, which lenient parsers skip.
var utf8Mark = []byte("\xEF\xBB\xBF")

// readCallback reads a body. Of a name that comes twice, the first counts if first is set, else the last. False
// means that the body is not a JSON object with a callback_event.
func readCallback(body []byte, first bool) (callback, bool) {
	v, ok := decodeJSON(slim(bytes.TrimPrefix(body, utf8Mark)), first)
	if !ok {
		return callback{}, false
	}
	c, ok := callbackOf(v, first)
	c.garbled = !utf8.Valid(body) || bytes.ContainsRune(body, 0) || bytes.Contains(body, []byte(`u0000`))
	return c, ok
}

// readLeniently reads a body as the most lenient parsers in use do: control characters within texts are let through,
// and what follows the first value is not looked at.
func readLeniently(body []byte) (callback, bool) {
	clean := bytes.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, bytes.TrimPrefix(body, utf8Mark))
	dec := json.NewDecoder(bytes.NewReader(clean))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return callback{}, false
	}
	c, ok := callbackOf(plain(v), false)
	c.garbled = true
	return c, ok
}

func callbackOf(v any, first bool) (callback, bool) {
	outer, ok := v.(map[string]any)
	if !ok {
		return callback{}, false
	}
	c := callback{eventTime: text(outer["event_time"]), signed: outer["sign"] != nil, odd: map[string]bool{}}
	if c.kind, ok = outer["callback_event"].(string); !ok {
		return callback{}, false
	}
	c.taskID = text(outer["task_id"])
	_, c.idIsText = outer["task_id"].(string)
	c.streamID, c.odd["stream_id"] = textMember(outer, "stream_id")
	c.toURL, c.odd["to_url"] = textMember(outer, "to_url")
	list, isList := nested(outer["source_urls"], first).([]any)
	c.odd["source_urls"] = !isList && outer["source_urls"] != nil
	for _, item := range list {
		if s, isText := item.(string); isText {
			c.sources = append(c.sources, s)
		} else {
			c.odd["source_urls"] = true
		}
	}
	c.msg, c.hasMsg = nested(outer["msg"], first).(map[string]any)
	return c, true
}

// textMember reads a text; odd says that there is something else.
func textMember(m map[string]any, name string) (s *string, odd bool) {
	if s, ok := m[name].(string); ok {
		return &s, false
	}
	return nil, m[name] != nil
}

// nested decodes a member that is a text holding JSON. One that is JSON itself stays as it is.
func nested(v any, first bool) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	inner, ok := decodeJSON([]byte(s), first)
	if !ok {
		return nil
	}
	return inner
}

// time is a millisecond time of msg. False where it is missing, zero (as in all samples) or no whole number: such a
// time orders nothing.
func (c callback) time(member string) (int64, bool) {
	ms, ok := whole(c.msg[member])
	return ms, ok && ms > 0
}

// turn tells whether the event decides if a task runs, and the time that says so.
func (c callback) turn() (member string, ok bool) {
	switch c.kind {
	case schema.TaskStart:
		return "task_start_time", true
	case schema.TaskExit:
		return "task_exit_time", true
	default:
		return "", false
	}
}

func (c callback) isFile() bool {
	return c.kind == schema.VodSourceFileStart || c.kind == schema.VodSourceFileFinish
}

// counts says whether the event is of one of the four kinds whose payload is documented: only those must be kept.
func (c callback) counts() bool {
	_, turn := c.turn()
	return turn || c.isFile()
}

// identity is what makes two callbacks the same event: there is no event id, so it is all that a receiver can go by
// (Relay Event Notification, every edition: the body has no id of its own).
func (c callback) identity() string {
	var whose any = c.taskID
	if c.taskID == "" {
		whose = c.sources
	}
	return compact([]any{whose, c.kind, c.msg, c.eventTime})
}

// maxDepth bounds the nesting of what is read, like encoding/json's own limit.
const maxDepth = 10000

// decodeJSON decodes one JSON value, and nothing after it but white space. Numbers keep their digits.
func decodeJSON(data []byte, first bool) (any, bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if first {
		var err error
		if v, err = decodeFirst(dec, 0); err != nil {
			return nil, false
		}
	} else if err := dec.Decode(&v); err != nil {
		return nil, false
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, false
	}
	return plain(v), true
}

// decodeFirst decodes a value in which the first of two equal names counts.
func decodeFirst(dec *json.Decoder, depth int) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return tok, nil
	}
	if depth > maxDepth {
		return nil, io.ErrUnexpectedEOF
	}
	if delim == '[' {
		list := []any{}
		for dec.More() {
			item, err := decodeFirst(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := dec.Token()
		return list, err
	}
	object := map[string]any{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		item, err := decodeFirst(dec, depth+1)
		if err != nil {
			return nil, err
		}
		key, _ := name.(string) // the decoder allows nothing else
		if _, seen := object[key]; !seen {
			object[key] = item
		}
	}
	_, err = dec.Token()
	return object, err
}
