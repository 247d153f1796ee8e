package receiver

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The documented values of callback_event that tell of a task's state.
const (
	taskStart  = "TaskStart"
	taskExit   = "TaskExit"
	fileStart  = "VodSourceFileStart"
	fileFinish = "VodSourceFileFinish"
	taskAlarm  = "TaskAlarm"
)

// An event is one relay callback as it was read and is kept.
type event struct {
	Name      string   // callback_event
	AppID     int64    // 0 where there is none
	TaskID    string   // "" where there is none, as in the TaskExit sample
	StreamID  string   // likewise
	ToURL     string   // likewise
	Sources   []string // source_urls, decoded
	EventTime string   // Unix seconds as far as is known; "" where there is none, as in all samples
	Msg       string   // msg, decoded and written in one way: names sorted, no white space

	Detail detail // what Msg says

	Arrived time.Time // when it was first received; set by the store
}

// detail is what msg says, of all the members that any event is documented to have. Nil means absent.
type detail struct {
	StartedAt *int64       `json:"task_start_time,omitempty"` // ms; 0 in all samples
	ExitedAt  *int64       `json:"task_exit_time,omitempty"`  // ms; 0 in all samples
	URL       *string      `json:"url,omitempty"`
	Index     *int64       `json:"index,omitempty"`    // from 0
	Duration  *json.Number `json:"duration,omitempty"` // s
	Code      *code        `json:"code,omitempty"`
	Message   *string      `json:"message,omitempty"`
}

// code is the exit code: a whole number, or whatever text stands in its place. No list of codes is published.
type code struct {
	Number int64
	Text   string // "" where it is a number
}

// MarshalJSON implements json.Marshaler.
func (c code) MarshalJSON() ([]byte, error) {
	if c.Text != "" {
		return json.Marshal(c.Text)
	}
	return json.Marshal(c.Number)
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *code) UnmarshalJSON(raw []byte) error {
	if isNumber(raw) {
		return json.Unmarshal(raw, &c.Number)
	}
	return json.Unmarshal(raw, &c.Text)
}

// readKind reads event_type, which tells the CSS callbacks apart. Without it a body is no callback at all: taking it
// for 0 would make a push interruption of it.
func readKind(outer members) (int64, error) {
	raw := outer["event_type"]
	if !isNumber(raw) {
		return 0, refuse(http.StatusBadRequest, "event_type is not a number")
	}
	n, ok := wholeNumber(string(raw))
	if !ok {
		return 0, refuse(http.StatusBadRequest, "event_type is not a whole number")
	}
	return n, nil
}

// readAccount reads the account id: appid in the samples, appId in the tables of some editions.
func readAccount(outer members) (int64, error) {
	for _, name := range []string{"appid", "appId"} {
		n, err := readInteger(name, outer[name])
		if err != nil {
			return 0, err
		}
		if n != nil {
			return *n, nil
		}
	}
	return 0, nil
}

// readEvent reads a relay callback. callback_event, source_urls and msg are in every sample and table; everything
// else may be missing. An event of an unknown name is read like any other: it is kept, and changes nothing.
func (r *Receiver) readEvent(outer members) (event, error) {
	var e event
	name, err := r.required(outer, "callback_event")
	if err != nil {
		return e, err
	}
	e.Name = name
	if e.AppID, err = r.account(outer); err != nil {
		return e, err
	}
	if e.TaskID, err = r.identifier("task_id", outer["task_id"]); err != nil {
		return e, err
	}
	if e.StreamID, err = r.identifier("stream_id", outer["stream_id"]); err != nil {
		return e, err
	}
	toURL, err := r.text("to_url", outer["to_url"])
	if err != nil {
		return e, err
	}
	if toURL != nil {
		e.ToURL = *toURL
	}
	sources, err := r.required(outer, "source_urls")
	if err != nil {
		return e, err
	}
	if e.Sources, err = r.sources(sources); err != nil {
		return e, err
	}
	if e.EventTime, err = readEventTime(outer["event_time"]); err != nil {
		return e, err
	}
	msg, err := r.required(outer, "msg")
	if err != nil {
		return e, err
	}
	inner, err := r.message(msg)
	if err != nil {
		return e, err
	}
	if e.Msg, err = canonical(inner); err != nil {
		return e, err
	}
	e.Detail, err = r.readDetail(e.Name, inner)
	return e, err
}

// required reads a string that every relay callback has.
func (r *Receiver) required(outer members, name string) (string, error) {
	if !outer.has(name) {
		return "", refuse(http.StatusBadRequest, "%s is missing", name)
	}
	s, err := r.text(name, outer[name])
	if err != nil {
		return "", err
	}
	if *s == "" {
		return "", refuse(http.StatusBadRequest, "%s is empty", name)
	}
	return *s, nil
}

// readEventTime reads event_time: absent in all samples, a string in the tables that know it, unquoted in their
// examples. Whatever it is, it is only ever compared with itself.
func readEventTime(raw json.RawMessage) (string, error) {
	s, err := readIdentifier("event_time", raw)
	return strings.TrimSpace(s), err
}

// readDetail reads the members of msg that its event is documented to have. Others are kept, but not looked at.
func (r *Receiver) readDetail(name string, inner members) (detail, error) {
	var d detail
	var err error
	switch name {
	case taskStart:
		d.StartedAt, err = r.integer("task_start_time", inner["task_start_time"])
		return d, err
	case taskExit:
		if d.ExitedAt, err = r.integer("task_exit_time", inner["task_exit_time"]); err != nil {
			return d, err
		}
		if d.Message, err = r.text("message", inner["message"]); err != nil {
			return d, err
		}
		d.Code, err = r.readCode(inner["code"])
		return d, err
	case fileStart, fileFinish:
		if d.URL, err = r.text("url", inner["url"]); err != nil {
			return d, err
		}
		if d.Index, err = r.integer("index", inner["index"]); err != nil {
			return d, err
		}
		if d.URL == nil && d.Index == nil {
			return d, refuse(http.StatusBadRequest, "msg names no file: url and index are both missing")
		}
		d.Duration, err = readDuration(inner["duration"])
		return d, err
	}
	return d, nil
}

// readCode reads the exit code, a number or text.
func (r *Receiver) readCode(raw json.RawMessage) (*code, error) {
	n, err := r.integer("code", raw)
	if err == nil {
		if n == nil {
			return nil, nil
		}
		return &code{Number: *n}, nil
	}
	var refused *refusal
	if s, textErr := r.text("code", raw); textErr == nil && s != nil && errors.As(err, &refused) {
		return &code{Text: *s}, nil
	}
	return nil, err
}

// readDuration reads a file's length in seconds, which need not be whole.
func readDuration(raw json.RawMessage) (*json.Number, error) {
	if isNull(raw) {
		return nil, nil
	}
	s, err := readIdentifier("duration", raw)
	if err != nil {
		return nil, err
	}
	if !isNumber(json.RawMessage(s)) || !json.Valid([]byte(s)) {
		return nil, refuse(http.StatusBadRequest, "duration is not a number")
	}
	n := json.Number(s)
	return &n, nil
}

// canonical writes an object in one way, whatever the order of its names, its white space and its escapes.
func canonical(m members) (string, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("write msg anew: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // wide numbers keep their digits
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", fmt.Errorf("read msg again: %w", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("write msg anew: %w", err)
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// identify says what makes two deliveries the same callback. There is no event id on the wire, so it is everything
// that tells one event from another: the task (its id, or its sources where the id is missing), the event's name,
// what msg says, and event_time where there is one. Without event_time the same file of a second loop cannot be told
// from a late duplicate.
func identify(e event) string {
	h := sha256.New()
	part := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	part(e.TaskID)
	if e.TaskID == "" {
		for _, u := range e.Sources {
			part(u)
		}
	}
	part(e.Name)
	part(e.Msg)
	part(e.EventTime)
	return hex.EncodeToString(h.Sum(nil))
}
