package sequence

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/relaycheck/relaycheck/schema"
)

// relay is event_type of relay callbacks, as a text.
var relay = strconv.Itoa(schema.EventType)

// members are the values of a callback that matter, as texts: tables and samples do not agree whether some are numbers.
// They are valid until the next callback is read.
type members struct {
	eventType, event, appID, taskID, eventTime []byte
	sources                                    []byte // what source_urls stands for
	start, exit, url, index                    []byte // of msg
}

// A reader reads callbacks. It is for one goroutine.
type reader struct {
	members
	msg, urls, rest, key []byte // space for what is decoded
}

// slow reads a body whatever it looks like; false if it is no JSON object.
func (r *reader) slow(body []byte) bool {
	r.members = members{}
	var outer map[string]json.RawMessage
	if json.Unmarshal(body, &outer) != nil {
		return false
	}
	r.eventType, r.members.event, r.taskID = text(outer["event_type"]), text(outer["callback_event"]), text(outer["task_id"])
	if r.appID = text(outer["appid"]); len(r.appID) == 0 {
		r.appID = text(outer["appId"]) // as some tables spell it
	}
	r.sources, r.eventTime = text(outer["source_urls"]), text(outer["event_time"])
	var msg map[string]json.RawMessage
	if json.Unmarshal(text(outer["msg"]), &msg) == nil {
		r.start, r.exit = text(msg["task_start_time"]), text(msg["task_exit_time"])
		r.url, r.index = text(msg["url"]), text(msg["index"])
	}
	return true
}

// text is a member as a text; empty for what is neither text nor number nor truth.
func text(raw json.RawMessage) []byte {
	if len(raw) == 0 || raw[0] == 'n' || raw[0] == '{' || raw[0] == '[' {
		return nil
	}
	if raw[0] != '"' {
		return whole(raw)
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	return []byte(s)
}

// whole writes a whole number like 314.0 or 3e2 without fraction and exponent.
func whole(number []byte) []byte {
	if !bytes.ContainsAny(number, ".eE") {
		return number
	}
	f, err := strconv.ParseFloat(string(number), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return number
	}
	return strconv.AppendInt(nil, int64(f), 10)
}

// event makes an event of what was read, without its place and text.
func (r *reader) event(body []byte) event {
	e := event{kind: kindOf(r.members.event), digest: digestOf(body), at: stamp(r.eventTime, time.Second)}
	if len(r.taskID) > 0 {
		e.task = r.owned(r.taskID)
	}
	if urls := compact(r.sources); len(urls) > 0 {
		e.sources = r.owned(urls)
	}
	switch e.kind {
	case kindTaskStart:
		e.told = stamp(r.start, time.Millisecond)
	case kindTaskExit:
		e.told = stamp(r.exit, time.Millisecond)
	case kindFileStart, kindFileFinish:
		if len(r.url) > 0 {
			e.url = digestOf(r.url)
		}
		if len(r.index) > 0 {
			e.index = digestOf(r.index)
		}
	case kindOther: // nobody documents what it holds
	}
	return e
}

// owned is the digest of something that only means something together with the account.
func (r *reader) owned(what []byte) uint64 {
	r.key = append(append(append(r.key[:0], r.appID...), 0), what...)
	return digestOf(r.key)
}

// label is what messages call an event by, behind its kind.
func (r *reader) label(k kind) []byte {
	switch k {
	case kindOther:
		return short(r.members.event)
	case kindFileStart, kindFileFinish:
		if len(r.index) > 0 {
			return short(r.index)
		}
		return short(r.url)
	case kindTaskStart, kindTaskExit: // the kind says it all
	}
	return nil
}

// compact is source_urls in one spelling: the samples end it in a newline, and nothing says that it stays so.
func compact(urls []byte) []byte {
	urls = bytes.TrimSpace(urls)
	if !bytes.ContainsAny(urls, " \t\r\n") {
		return urls
	}
	var b bytes.Buffer
	if json.Compact(&b, urls) != nil {
		return urls
	}
	return b.Bytes()
}

// stamp reads a Unix time told in a unit, and leaves it in that; what is not a positive whole number, or lies beyond
// the year 2262, tells no time.
func stamp(s []byte, unit time.Duration) int64 {
	if len(s) == 0 || len(s) > 19 {
		return 0
	}
	var n int64
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int64(c-'0')
		if n < 0 {
			return 0
		}
	}
	if n > math.MaxInt64/int64(unit) {
		return 0
	}
	return n
}
