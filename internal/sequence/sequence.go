// Package sequence checks the lives of relay tasks across a capture: whether what happened to each came in the documented
// order.
//
//	c := sequence.NewChecker()
//	for … { c.Add(body, sequence.Place{Source: "capture.ndjson", Line: 1}) }
//	sum := c.End()
//
// Callbacks are taken in the order in which they are added. Whoever has stamps of arrival adds by them; without stamps
// it is the order of the capture. Tasks may be interleaved at will, and it does not matter which file an event is in.
//
// What the capture shows is not always what was sent: callbacks overtake one another, are sent again, and a capture
// begins and ends where it does. So nothing here is an error. A departure from the documented order is a warning that
// names what else may explain it; a callback with the same bytes as one before is only noted. What the pages leave open
// (several starts, several exits, loops of the same files) is never found fault with.
//
// The package reads no file and no clock. Memory is bounded: see the constants below.
package sequence

import (
	"fmt"
	"time"
)

// The bounds of what is remembered. What is beyond them is not found fault with.
const (
	maxOpen     = 1 << 18 // tasks without an exit; beyond them the one heard of longest ago is dropped
	maxClosed   = 1 << 13 // tasks with an exit, remembered for what comes late
	maxFiles    = 64      // files of a task; the API takes 30 sources
	maxSeen     = 32      // distinct callbacks of a task that a repetition is recognised of
	maxFindings = 10000   // kept in full; more are counted
)

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
	Task     string // its task_id
	Event    string // the callback_event it is about
	Place    Place  // of that callback
	Message  string // one sentence without a full stop; the same wherever the callbacks lie in the capture
	First    *Place // of the earlier callback it is compared with, if there is one

	task, seq int // for the order of findings
}

// A Summary is what came of a capture.
type Summary struct {
	Tasks          int // distinct ones; one that comes back after it was dropped counts again
	Warnings       int
	Duplicates     int       // callbacks with the bytes of one before
	UnmatchedExits int       // TaskExits without a task_id that source_urls do not tell the task of
	WithoutTask    int       // other callbacks without a task_id: of no task's life
	Dropped        int       // tasks without an exit that were dropped to bound memory
	ByArrival      bool      // every callback had a stamp of arrival; otherwise the order of the capture is all there is
	Findings       []Finding // by task, in the order in which tasks appear; within one in the order of its callbacks
	Omitted        int       // findings beyond the ten thousand that are kept

	// The shortest and the longest time between a callback and its repetition, where both have stamps.
	RetriedAfter [2]time.Duration
}
