// Package sequence checks the lives of relay tasks across a capture: whether what happened to each came in the documented
// order.
//
//	c := sequence.NewChecker(sequence.Options{})
//	defer c.Close()
//	b := sequence.NewBatch()
//	for … { b.Add(body, sequence.Place{Source: "capture.ndjson", Line: 1}) }
//	err := c.Take(b)
//	sum, err := c.End()
//
// What is known of a task is a set: the events heard of it, each with its place. Two such sets are merged by uniting
// them, so it does not matter how a capture is cut, who reads which part, and in which order the parts come together.
// Judging is a function of the whole set, put in order: by the stamps of arrival if every callback of the capture has
// one, otherwise by the place in the capture. What one stamp leaves open is taken in the order of the pages. Tasks may be
// interleaved at will.
//
// Events are small and lie in memory up to a limit. Beyond it they go, sorted by task, into a temporary file, and
// are merged from there task by task in the end; a life is judged as it streams by. So memory is bounded whatever the size
// of the capture and the number of its tasks. On the disk an event takes about a fifth of its callback.
//
// What the capture shows is not always what was sent: callbacks overtake one another, are sent again, and a capture
// begins and ends where it does. So nothing here is an error. A departure from the documented order is a warning that
// names what else may explain it; a callback with the same bytes as one before is only noted. What the pages leave open
// (several starts, several exits, loops of the same files) is never found fault with.
//
// The package reads no clock, and touches no file but its own temporary one.
package sequence

import (
	"fmt"
	"time"
)

// maxFindings is how many findings are kept, warnings before notes; more are counted.
const maxFindings = 10000

// maxGap is how far TaskStart and the first VodSourceFileStart may be apart ("Relay Event Notification", every edition).
const maxGap = 2 * time.Second

// A Place says where in the capture a callback is.
type Place struct {
	Source string
	Line   int       // from 1
	Offset int64     // in bytes from 0
	Time   time.Time // of arrival; zero where the capture does not have it
}

func (p Place) String() string { return fmt.Sprintf("%s:%d", p.Source, p.Line) }

// A Severity says what a finding means.
type Severity string

// The severities. There is no error: see the package's comment.
const (
	Warning Severity = "warning" // it contradicts the documented order
	Info    Severity = "info"    // worth knowing, and nothing wrong
)

// A Finding is one thing noticed about the life of a task.
type Finding struct {
	Code     string // RC3001 …, see Codes
	Severity Severity
	Task     string // its task_id, cut if it is very long
	Event    string // the callback_event it is about
	Place    Place  // of that callback
	Message  string // one sentence without a full stop; the same wherever the callbacks lie in the capture
	First    *Place // of the earlier callback it is compared with, if there is one
}

// A Summary is what came of a capture.
type Summary struct {
	Tasks          int // distinct ones
	Warnings       int
	Duplicates     int // callbacks with the bytes of one before
	MatchedExits   int // TaskExits without a task_id whose task source_urls tell
	UnmatchedExits int // those of which they do not
	WithoutTask    int // other callbacks without a task_id: of no task's life
	Events         int // relay callbacks looked at
	Unstamped      int // of those, without a stamp of arrival
	ByArrival      bool
	Spilled        int64     // bytes written to the temporary file
	Retries        Retries   // of the duplicates, as far as they have stamps
	Findings       []Finding // by task, in the order in which tasks appear; within one in the order of its callbacks
	Omitted        int       // findings beyond the ten thousand that are kept
}

// Retries tell how callbacks were repeated. No edition documents whether and when a relay callback is sent again; for
// others of the family it is 12 times, 60 s apart, and for screenshots 5 times, 120 s apart. An attempt that got no
// answer for 20 s counts as failed, so a repetition may come that much later.
type Retries struct {
	Callbacks int // that came more than once
	Most      int // repetitions of one callback

	// The time between a callback and its next repetition, where both have stamps: the shortest and the longest, and how
	// many fit which policy of the family.
	Shortest, Longest            time.Duration
	AtOnce, Minute, Two, Another int
}

// The bounds of the classes of Retries. Below a second it is no retry: it was sent or captured twice. Above, five
// seconds beside the documented interval are left to the network, and the 20 s of waiting for an answer come on top.
const (
	atOnce      = time.Second
	minuteLeast = 55 * time.Second
	minuteMost  = 85 * time.Second
	twoLeast    = 115 * time.Second
	twoMost     = 145 * time.Second
)

// familyRetries is how often callbacks of the family are sent again at most ("How to Receive Event Notification").
const familyRetries = 12

func (r *Retries) add(after time.Duration, measured bool, copies int) {
	if copies == 1 {
		r.Callbacks++
	}
	r.Most = max(r.Most, copies)
	if !measured {
		return
	}
	if r.measured() == 0 || after < r.Shortest {
		r.Shortest = after
	}
	r.Longest = max(r.Longest, after)
	switch {
	case after < atOnce:
		r.AtOnce++
	case after >= minuteLeast && after <= minuteMost:
		r.Minute++
	case after >= twoLeast && after <= twoMost:
		r.Two++
	default:
		r.Another++
	}
}

func (r *Retries) measured() int { return r.AtOnce + r.Minute + r.Two + r.Another }

func (r *Retries) merge(o *Retries) {
	if r.measured() == 0 || o.measured() > 0 && o.Shortest < r.Shortest {
		r.Shortest = o.Shortest
	}
	r.Longest, r.Most = max(r.Longest, o.Longest), max(r.Most, o.Most)
	r.Callbacks += o.Callbacks
	r.AtOnce += o.AtOnce
	r.Minute += o.Minute
	r.Two += o.Two
	r.Another += o.Another
}
