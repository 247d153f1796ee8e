package sequence

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/schema"
)

// An Event is what the checker needs of one callback. Reading it takes longer than checking it, and may be done by
// several goroutines at a time.
type Event struct {
	relay  bool
	name   string // callback_event
	taskID string
	appID  string
	digest uint64

	sources uint64    // of source_urls; 0 if there are none
	at      time.Time // event_time, to the second; zero if there is none
	told    time.Time // task_start_time or task_exit_time; zero if there is none, or 0 as in the samples

	url, index uint64 // of the file; 0 if there is none
	file       string // the file, for messages
}

// seed makes digests. They are compared within one run only.
var seed = maphash.MakeSeed()

// Read reads a callback's body. A body that is no relay callback, or not legible, is an Event that the checker leaves out.
func Read(body []byte) Event {
	var outer map[string]json.RawMessage
	if json.Unmarshal(body, &outer) != nil || text(outer["event_type"]) != strconv.Itoa(schema.EventType) {
		return Event{}
	}
	e := Event{relay: true, name: text(outer["callback_event"]), taskID: text(outer["task_id"]), appID: text(outer["appid"])}
	e.digest = maphash.Bytes(seed, body)
	if e.appID == "" {
		e.appID = text(outer["appId"]) // as some tables spell it
	}
	e.sources = hashed(sources(outer["source_urls"]))
	e.at = stamp(text(outer["event_time"]), time.Second)
	var msg map[string]json.RawMessage
	if json.Unmarshal([]byte(text(outer["msg"])), &msg) != nil {
		return e
	}
	switch e.name {
	case schema.TaskStart:
		e.told = stamp(text(msg["task_start_time"]), time.Millisecond)
	case schema.TaskExit:
		e.told = stamp(text(msg["task_exit_time"]), time.Millisecond)
	case schema.VodSourceFileStart, schema.VodSourceFileFinish:
		url, index := text(msg["url"]), text(msg["index"])
		e.url, e.index = hashed(url), hashed(index)
		switch {
		case index != "":
			e.file = "file " + strconv.Quote(short(index))
		case url != "":
			e.file = "file " + strconv.Quote(short(url))
		}
	}
	return e
}

// text is a member as a text: tables and samples do not agree whether some are numbers.
func text(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] == 'n' || raw[0] == '{' || raw[0] == '[' {
		return ""
	}
	if raw[0] != '"' {
		return string(raw)
	}
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner) // as it stands; the decoder has seen that it is a text
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// sources is source_urls in one spelling: the samples end it in a newline, and nothing says that it stays so.
func sources(raw json.RawMessage) string {
	s := text(raw)
	var b bytes.Buffer
	if json.Compact(&b, []byte(s)) == nil {
		return b.String()
	}
	return s
}

// stamp reads a Unix time; what is not a positive whole number tells no time.
func stamp(s string, unit time.Duration) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/int64(unit) {
		return time.Time{}
	}
	return time.Unix(0, n*int64(unit))
}

// hashed is a digest of a text, 0 for none.
func hashed(s string) uint64 {
	if s == "" {
		return 0
	}
	return maphash.String(seed, s) | 1
}

// short bounds what a message quotes of the sender's.
func short(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
