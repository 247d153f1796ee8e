package main

import (
	"cmp"
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// relay is the event_type of relay callbacks.
const relay = 314

// maxID bounds an id, which CSS writes with some digits. An index of the database has its limits.
const maxID = 256

// A callback is the outer object. Anything else in it is ignored. The ids may be missing (the documented TaskExit sample has none).
type callback struct {
	EventType int64
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
		return nil, wrong("the body is not UTF-8")
	}
	var m map[string]json.RawMessage // a struct would not care for the case of names
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, wrong("the body: %v", err)
	}
	c := &callback{}
	// A missing event_type is no 0: that is the interruption of a push.
	if err := json.Unmarshal(m["event_type"], &c.EventType); err != nil || string(m["event_type"]) == "null" {
		return nil, wrong("event_type is not a number")
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
				return nil, wrong("%s is not a text", name)
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
	sum := md5.Sum([]byte(key + c.T)) // the documented signature
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(strings.ToLower(c.Sign))) != 1 {
		return refusal{http.StatusForbidden, "sign is wrong"}
	}
	if expires, err := strconv.ParseInt(c.T, 10, 64); err != nil || now.Unix() > expires {
		return refusal{http.StatusForbidden, "the signature has expired"}
	}
	return nil
}

// An event is a callback whose strings of JSON were decoded.
type event struct {
	*callback
	identity        []byte // what makes two deliveries the same callback: there is no event id
	sources         []string
	started, exited int64 // ms; 0 is unknown
	place, seconds  int64 // of a file
	url             string
	code            string // a number in the samples, text in the tables
	message         string
}

// event decodes the second time: msg and source_urls are JSON inside strings.
func (c *callback) event() (*event, error) {
	e := &event{callback: c}
	if err := json.Unmarshal([]byte(c.Sources), &e.sources); err != nil || e.sources == nil {
		return nil, wrong("source_urls holds no list of texts")
	}
	m, err := readMembers(c.Msg)
	if err != nil {
		return nil, err
	}
	e.started, e.exited = m.whole("task_start_time"), m.whole("task_exit_time")
	e.place, e.seconds = m.whole("index"), m.whole("duration")
	e.url, e.message, e.code = m.text("url"), m.text("message"), m.text("code")
	if m.err != nil {
		return nil, m.err
	}
	if strings.Contains(strings.Join(append([]string{c.Name, c.TaskID, c.StreamID, c.ToURL}, e.sources...), ""), "\x00") {
		return nil, wrong("a text holds NUL, for which PostgreSQL has no place")
	}
	if c.Name == "" || len(c.Name) > maxID || len(c.TaskID) > maxID {
		return nil, wrong("callback_event is missing, or a name is too long")
	}
	canonical, err := json.Marshal(m.members) // names sorted, no white space
	if err != nil {
		return nil, wrong("msg: %v", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", cmp.Or(c.TaskID, c.Sources), c.Name, c.EventTime, canonical))
	e.identity = sum[:]
	return e, nil
}

// members reads msg, and remembers the first thing that is wrong with it. What is missing is "" or 0.
type members struct {
	members map[string]any
	err     error
}

func readMembers(text string) (*members, error) {
	m := &members{}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber() // wide numbers keep their digits
	if !json.Valid([]byte(text)) || dec.Decode(&m.members) != nil || m.members == nil {
		return nil, wrong("msg holds no object")
	}
	return m, nil
}

// text is a text, or a number as it is written.
func (m *members) text(name string) string {
	switch v := m.members[name].(type) {
	case nil:
	case json.Number:
		return v.String()
	case string:
		if !strings.Contains(v, "\x00") {
			return v
		}
		m.wrong("msg.%s holds NUL, for which PostgreSQL has no place", name)
	default:
		m.wrong("msg.%s is neither text nor number", name)
	}
	return ""
}

// whole is a whole number, also where it is written as text: samples and tables differ in that.
func (m *members) whole(name string) int64 {
	s := m.text(name)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil && s != "" {
		m.wrong("msg.%s is no whole number", name)
	}
	return n
}

func (m *members) wrong(format string, args ...any) { m.err = cmp.Or(m.err, wrong(format, args...)) }

func wrong(format string, args ...any) error {
	return refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}
