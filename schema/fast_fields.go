package schema

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// A fieldScan reads a callback member by member, in any order, with any white space and escapes, and says yes or
// nothing. It allocates nothing once its buffer has grown.
type fieldScan struct {
	form
	body []byte

	text  []byte      // what msg stands for
	buf   []byte      // what source_urls, or the event's name, stands for
	parts [32]varPart // what may differ in the next callback of the same shape, in no order
	n     int
	inMsg [2]int // which of the parts stand in msg, with their places in the decoded text
	fixed bool   // some part is written in a way that a shape has no word for

	event      [2]int // where the outer values stand that are needed in the end
	msg, urls  [2]int
	eventCoded bool
	usual      bool // source_urls is written as senders do
}

// A varPart is a variable part of the body: body[start:end].
type varPart struct {
	start, end int
	kind       partKind
}

// The outer keys and members of msg that any schema asks about, as bits; a test holds them against the files. The order
// bears on nothing.
const (
	kAppid = iota
	kAppID
	kEvent
	kCallbackURL
	kEventTime
	kEventType
	kInterface
	kMsg
	kProduct
	kURLs
	kStream
	kTask
	kToURL
	kSign // the family's; the fast path leaves a body with it, or with t, to the authority
	kT
)

const (
	mTaskStart = iota
	mURL
	mIndex
	mDuration
	mMessage
	mCode
	mTaskExit
	mType
)

// outerOf is the bit of an outer key; negative where it is none that any edition has.
func outerOf(key []byte) int {
	switch string(key) {
	case "appid":
		return kAppid
	case "appId":
		return kAppID
	case "callback_event":
		return kEvent
	case "callback_url":
		return kCallbackURL
	case "event_time":
		return kEventTime
	case "event_type":
		return kEventType
	case "interface":
		return kInterface
	case "msg":
		return kMsg
	case "product_name":
		return kProduct
	case "source_urls":
		return kURLs
	case "stream_id":
		return kStream
	case "task_id":
		return kTask
	case "to_url":
		return kToURL
	case "sign":
		return kSign
	case "t":
		return kT
	}
	return -1
}

// memberOf is the bit of a member of msg, whichever event's; negative where it is none that any edition has.
func memberOf(key []byte) int {
	switch string(key) {
	case "task_start_time":
		return mTaskStart
	case "url":
		return mURL
	case "index":
		return mIndex
	case "duration":
		return mDuration
	case "message":
		return mMessage
	case "code":
		return mCode
	case "task_exit_time":
		return mTaskExit
	case "type":
		return mType
	}
	return -1
}

func eventOf(text []byte) int {
	switch string(text) {
	case TaskStart:
		return 0
	case VodSourceFileStart:
		return 1
	case VodSourceFileFinish:
		return 2
	case TaskExit:
		return 3
	case TaskAlarm:
		return fastAlarm
	}
	return -1
}

// isAlarmType reports whether text is one of the alarm types of the 2025-09 edition's table.
func isAlarmType(text []byte) bool {
	switch string(text) {
	case "PullFileUnstable", "PushStreamUnstable", "PullFileFailed", "PushStreamFailed", "FileEndEarly":
		return true
	}
	return false
}

// What the envelope has to have; one of the two spellings of appid comes on top.
const (
	needAlways = 1<<kEvent | 1<<kEventType | 1<<kMsg | 1<<kURLs
	needIDs    = 1<<kStream | 1<<kTask | 1<<kToURL
)

// keepBuffer is the longest buffer that is kept from one body to the next, in bytes.
const keepBuffer = 64 << 10

// scan reports whether the body is plainly a valid callback. form and the parts are set then.
func (f *fieldScan) scan(body []byte) bool {
	f.body, f.n, f.fixed, f.form = body, 0, false, form{}
	if cap(f.buf) > keepBuffer {
		f.buf = nil
	}
	if cap(f.text) > keepBuffer {
		f.text = nil
	}
	ok := f.envelope()
	f.body = nil
	return ok
}

func (f *fieldScan) envelope() bool {
	seen, end := f.members(f.body, skipSpace(f.body, 0), f.outer)
	if end < 0 || skipSpace(f.body, end) != len(f.body) {
		return false
	}
	if seen&needAlways != needAlways || seen&(1<<kAppid|1<<kAppID) == 0 {
		return false
	}
	event := f.body[f.event[0]:f.event[1]]
	if f.eventCoded {
		f.buf = decodeText(f.buf[:0], event)
		event = f.buf
	}
	id := eventOf(event)
	if id < 0 {
		return false
	}
	if fastEvents[id] != TaskExit && seen&needIDs != needIDs { // its samples lack them
		return false
	}
	f.form = form{event: uint8(id), timed: seen&(1<<kEventTime) != 0} //nolint:gosec // an index of fastEvents
	return f.readMsg() && f.readURLs()
}

// members reads an object at i member by member; value reads the value of one and gives the place behind it, and the
// bit of its key, or a negative place. A name that comes twice ends the reading.
func (f *fieldScan) members(b []byte, i int, value func(b, key []byte, i int) (end, bit int)) (seen uint16, end int) {
	if i >= len(b) || b[i] != '{' {
		return 0, -1
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		return 0, i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return 0, -1
		}
		keyEnd, escaped := nameEnd(b, i+1)
		if keyEnd < 0 {
			return 0, -1
		}
		key := b[i+1 : keyEnd]
		if escaped {
			if len(key) > 128 { // the longest key has 15 characters, 90 if all of them are escaped
				return 0, -1
			}
			var space [128 + 8]byte
			key = decodeText(space[:0], key)
		}
		i = noSpace(b, keyEnd+1)
		if i >= len(b) || b[i] != ':' {
			return 0, -1
		}
		var bit int
		i, bit = value(b, key, skipSpace(b, i+1))
		if i < 0 || seen&(1<<bit) != 0 {
			return 0, -1
		}
		seen |= 1 << bit
		i = noSpace(b, i)
		if i >= len(b) {
			return 0, -1
		}
		switch b[i] {
		case '}':
			return seen, i + 1
		case ',':
			i = skipSpace(b, i+1)
		default:
			return 0, -1
		}
	}
}

// part notes a variable part.
func (f *fieldScan) part(start, end int, kind partKind) {
	if f.n == len(f.parts) {
		f.fixed = true
		return
	}
	f.parts[f.n] = varPart{start, end, kind}
	f.n++
}

// readURLs reads what source_urls holds: an array of texts.
func (f *fieldScan) readURLs() bool {
	raw := f.body[f.urls[0]:f.urls[1]]
	f.part(f.urls[0], f.urls[1], partURLs)
	if f.usual {
		return true
	}
	f.buf = decodeText(f.buf[:0], raw)
	b := f.buf
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '[' {
		return false
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == ']' {
		return skipSpace(b, i+1) == len(b)
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return false
		}
		end, _ := textEnd(b, i+1)
		if end < 0 {
			return false
		}
		i = skipSpace(b, end+1)
		if i >= len(b) {
			return false
		}
		switch b[i] {
		case ']':
			return skipSpace(b, i+1) == len(b)
		case ',':
			i = skipSpace(b, i+1)
		default:
			return false
		}
	}
}

// nameEnd is textEnd for what is a name in most cases: short, and without an escape.
func nameEnd(b []byte, i int) (end int, escaped bool) {
	if i+16 <= len(b) {
		m, at := jsonscan.Special(word(b[i:])), i
		if m == 0 {
			m, at = jsonscan.Special(word(b[i+8:])), i+8
		}
		if end := at + jsonscan.First(m); m != 0 && b[end] == '"' {
			return end, false
		}
	}
	return textEnd(b, i)
}

// noSpace is skipSpace where hardly any sender has white space.
func noSpace(b []byte, i int) int {
	if i < len(b) && b[i] > ' ' {
		return i
	}
	return skipSpace(b, i)
}

// skipSpace is the place of the first byte from i on that is not white space of JSON.
func skipSpace(b []byte, i int) int {
	// How much white space there is cannot be foreseen, so eight bytes are looked at without a branch for each.
	if i+8 <= len(b) {
		if m := notSpace(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// notSpace has the high bit of the first byte in w set that is not white space of JSON; 0 if all of them are.
func notSpace(w uint64) uint64 {
	const lows = ones * 0x7f
	// The high bit of a byte is set by an addition unless it is zero after the exclusive or. It may carry into the byte
	// above, so only the lowest hit is sure; it is the one that is wanted.
	space, newline, tab, carriage := w^ones*' ', w^ones*'\n', w^ones*'\t', w^ones*'\r'
	return (space + lows | space) & (newline + lows | newline) & (tab + lows | tab) & (carriage + lows | carriage) &^ lows
}

// textAt is the content of a string at i; end is behind it, negative where there is none.
func textAt(b []byte, i int) (start, stop, end int, escaped bool) {
	if i >= len(b) || b[i] != '"' {
		return 0, 0, -1, false
	}
	stop, escaped = textEnd(b, i+1)
	if stop < 0 {
		return 0, 0, -1, false
	}
	return i + 1, stop, stop + 1, escaped
}

// wholeAt reads a whole number at i, which may be written 4 or 4.0. plain reports whether it is digits alone.
func wholeAt(b []byte, i int) (end int, plain bool) {
	end = wholeEnd(b, i)
	if end < 0 || end >= len(b) || b[end] != '.' {
		return end, true
	}
	zeros := end + 1
	end = zeros
	for end < len(b) && b[end] == '0' {
		end++
	}
	if end == zeros || end-i > maxFraction {
		return -1, false
	}
	return end, false
}

// maxFraction is how long a number with a fraction may be: far below what makes it wild.
const maxFraction = 32

// isDigits reports whether b is digits alone, at least one.
func isDigits(b []byte) bool { return len(b) > 0 && digitsEnd(b, 0) == len(b) }

// isSigned reports whether b is digits, with or without a minus.
func isSigned(b []byte) bool {
	digits, _ := bytes.CutPrefix(b, []byte("-"))
	return isDigits(digits)
}
