package sequence

import (
	"cmp"
	"hash/maphash"
	"time"

	"github.com/relaycheck/relaycheck/schema"
)

// An event is what is kept of one callback. There may be hundreds of millions of them, so it is small: what only has to
// be compared is kept as a digest.
type event struct {
	task    uint64 // digest of appid and task_id; 0 if there is no id
	digest  uint64 // of the body
	sources uint64 // digest of appid and source_urls; 0 if there are none
	url     uint64 // digest of the file's url; 0 if there is none
	index   uint64 // digest of the file's index; 0 if there is none

	at   int64 // event_time in seconds; 0 if there is none
	told int64 // task_start_time or task_exit_time in milliseconds; 0 if there is none, or 0 as in the samples

	place

	// text is the task_id and, behind it, what messages call the event by: the file's index or url, or the name of an
	// event that no order is documented for.
	text    string
	idLen   uint16
	kind    kind
	guessed bool // a TaskExit without an id: whose it is is likely, not certain
}

func (e *event) id() string    { return e.text[:e.idLen] }
func (e *event) label() string { return e.text[e.idLen:] }

// name is the callback_event.
func (e *event) name() string {
	if e.kind == kindOther {
		return e.label()
	}
	return kindNames[e.kind]
}

// A kind is what matters of callback_event.
type kind uint8

const (
	kindOther kind = iota // TaskAlarm, ResetTaskConfig, one of the future: no page says when in a life they come
	kindTaskStart
	kindTaskExit
	kindFileStart
	kindFileFinish
)

var kindNames = [...]string{kindTaskStart: schema.TaskStart, kindTaskExit: schema.TaskExit, kindFileStart: schema.VodSourceFileStart, kindFileFinish: schema.VodSourceFileFinish}

func kindOf(name []byte) kind {
	switch string(name) {
	case schema.TaskStart:
		return kindTaskStart
	case schema.TaskExit:
		return kindTaskExit
	case schema.VodSourceFileStart:
		return kindFileStart
	case schema.VodSourceFileFinish:
		return kindFileFinish
	}
	return kindOther
}

// A place is a Place with the source as a number, and without pointers.
type place struct {
	arrival int64 // nanoseconds of Unix time; 0 if there is no stamp
	line    int64
	offset  int64
	source  uint32 // in the order in which sources appear
	nth     uint32 // of those with the same offset, from 0: a line of a run log holds several
}

// compare orders places: by arrival if it is asked for, and by the place in the capture.
func (p place) compare(o place, byArrival bool) int {
	if byArrival && p.arrival != o.arrival {
		return cmp.Compare(p.arrival, o.arrival)
	}
	return cmp.Or(cmp.Compare(p.source, o.source), cmp.Compare(p.line, o.line), cmp.Compare(p.offset, o.offset), cmp.Compare(p.nth, o.nth))
}

// since is how long after an earlier place this one came; false if one of them has no stamp.
func (p place) since(earlier place) (time.Duration, bool) {
	if p.arrival == 0 || earlier.arrival == 0 {
		return 0, false
	}
	return time.Duration(p.arrival - earlier.arrival), true
}

// seed makes digests. They are compared within one run only.
var seed = maphash.MakeSeed()

// digestOf is never 0, which stands for nothing.
func digestOf(b []byte) uint64 { return max(maphash.Bytes(seed, b), 1) }

// longest bounds what is kept of a text of the sender's, in bytes. Task ids have six digits in the samples.
const longest = 200

// short cuts a text, not within a character.
func short(s []byte) []byte {
	if len(s) <= longest {
		return s
	}
	end := longest
	for end > 0 && s[end]&0xC0 == 0x80 {
		end--
	}
	return append(append([]byte(nil), s[:end]...), "…"...)
}
