package main

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// relay is the event_type of relay callbacks.
const relay = 314

// A callback is the outer object. Anything else in it is ignored. The ids may be missing (the documented TaskExit sample has none).
type callback struct {
	EventType int64 // 0 is the interruption of a push, so it must be there
	Name      string
	TaskID    string
	StreamID  string
	ToURL     string
	Sources   string // JSON inside a string
	Msg       string // JSON inside a string
	EventTime string // text, a number or absent
	Sign, T   string
}

func decode(body []byte) (*callback, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the body is not UTF-8")
	}
	var m map[string]json.RawMessage // a struct would not care for the case of names
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, err
	}
	c := &callback{}
	if err := json.Unmarshal(m["event_type"], &c.EventType); err != nil || string(m["event_type"]) == "null" {
		return nil, errors.New("event_type is not a number")
	}
	if c.EventType != relay {
		return c, nil
	}
	for name, field := range map[string]*string{
		"callback_event": &c.Name, "task_id": &c.TaskID, "stream_id": &c.StreamID, "to_url": &c.ToURL,
		"source_urls": &c.Sources, "msg": &c.Msg, "sign": &c.Sign,
	} {
		if raw, ok := m[name]; ok {
			if err := json.Unmarshal(raw, field); err != nil {
				return nil, fmt.Errorf("%s is not a string", name)
			}
		}
	}
	c.EventTime, c.T = strings.Trim(string(m["event_time"]), `"`), strings.Trim(string(m["t"]), `"`)
	return c, nil
}

// verify checks sign, if there is one and a key. No page says that relay callbacks are signed.
func (c *callback) verify(key string, now time.Time) error {
	if key == "" || c.Sign == "" {
		return nil
	}
	sum := md5.Sum([]byte(key + c.T))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(strings.ToLower(c.Sign))) != 1 {
		return errors.New("sign is wrong")
	}
	if expires, err := strconv.ParseInt(c.T, 10, 64); err != nil || now.Unix() > expires {
		return errors.New("the signature has expired")
	}
	return nil
}

// An event is a line of the journal.
type event struct {
	Key       string          `json:"key"` // what makes two deliveries the same callback
	Name      string          `json:"name"`
	TaskID    string          `json:"task,omitempty"`
	StreamID  string          `json:"stream,omitempty"`
	ToURL     string          `json:"to,omitempty"`
	Sources   []string        `json:"sources"`
	EventTime string          `json:"time,omitempty"`
	Msg       json.RawMessage `json:"msg"` // names sorted, no white space
}

// msg is what the documented events say. index and code are a number in the samples and text in the tables, and
// json.Number takes both.
type msg struct {
	Started  json.Number `json:"task_start_time"` // ms
	Exited   json.Number `json:"task_exit_time"`  // ms
	URL      string      `json:"url"`
	Index    json.Number `json:"index"`
	Duration json.Number `json:"duration"` // s
	Code     any         `json:"code"`     // a number, negative too, or text
	Message  string      `json:"message"`
}

// event decodes the second time: msg and source_urls are JSON inside strings.
func (c *callback) event() (*event, error) {
	e := &event{Name: c.Name, TaskID: c.TaskID, StreamID: c.StreamID, ToURL: c.ToURL, EventTime: c.EventTime}
	if e.Name == "" {
		return nil, errors.New("callback_event is missing")
	}
	if err := json.Unmarshal([]byte(c.Sources), &e.Sources); err != nil || e.Sources == nil {
		return nil, errors.New("source_urls holds no list")
	}
	var members map[string]any
	if err := unmarshal([]byte(c.Msg), &members); err != nil || members == nil {
		return nil, errors.New("msg holds no object")
	}
	var err error
	if e.Msg, err = json.Marshal(members); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(e.Msg, &msg{}); err != nil {
		return nil, err
	}
	whose := e.TaskID
	if whose == "" {
		whose = c.Sources
	}
	e.Key = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", whose, e.Name, e.EventTime, e.Msg)))
	return e, nil
}

// says is msg as the documented members.
func (e *event) says() msg {
	var m msg
	_ = unmarshal(e.Msg, &m) // it was checked when it came
	return m
}

// unmarshal is json.Unmarshal, but wide numbers keep their digits.
func unmarshal(text []byte, v any) error {
	if !json.Valid(text) {
		return errors.New("no JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return dec.Decode(v)
}

// number is a whole number, or 0 where there is none.
func number(n json.Number) int64 {
	i, _ := strconv.ParseInt(string(n), 10, 64)
	return i
}
