package sequence

import (
	"container/list"
	"time"

	"github.com/relaycheck/relaycheck/schema"
)

// A task is what is remembered of one.
type task struct {
	key     key
	number  int           // in the order of appearance
	element *list.Element // in the list of the open or the closed
	sources []uint64      // what it is found by when an exit has no id

	begun   bool // one of the documented order's events was met
	started bool // TaskStart was met, at some time
	exited  bool // TaskExit was met, and no TaskStart since
	guessed bool // whose exit that was is likely, not certain
	told    bool // of an event after that exit

	measuring  bool // no VodSourceFileStart since the last TaskStart
	startAt    time.Time
	startTold  time.Time
	startPlace Place
	exitPlace  Place

	files []file // the first maxFiles; nothing is said of others

	seen []seen // the latest maxSeen distinct callbacks
}

type key struct{ app, id string }

// A file is one that a task pulls.
type file struct {
	url, index uint64
	started    bool
	open       bool   // started, and not finished since
	early      *early // finished without having started
}

// An early finish waits for its start until the end of the capture.
type early struct {
	place   Place
	seq     int
	name    string
	ordered bool // TaskStart had been met
}

// A seen callback is one that a repetition is recognised of.
type seen struct {
	digest uint64
	place  Place
	last   time.Time // of arrival, the latest
}

// file finds a file by its index or its url: in a documented sample the url's host differs between start and finish.
func (t *task) file(e *Event) *file {
	for i := range t.files {
		f := &t.files[i]
		if (e.index != 0 && f.index == e.index) || (e.url != 0 && f.url == e.url) {
			return f
		}
	}
	return nil
}

// addFile remembers a file, or nothing if there are too many.
func (t *task) addFile(e *Event) *file {
	if len(t.files) >= maxFiles {
		return nil
	}
	t.files = append(t.files, file{url: e.url, index: e.index})
	return &t.files[len(t.files)-1]
}

// repeated finds the callback of which this is a repetition: one with the same bytes that cannot be a new event. With an
// event_time the bytes decide. Without, the callbacks of the next loop, or of the next start, have the same bytes as
// those before, and it depends on what has happened since.
func (t *task) repeated(e *Event) *seen {
	s := t.known(e.digest)
	if s == nil || !e.at.IsZero() {
		return s
	}
	again := false
	switch e.name {
	case schema.TaskStart:
		again = t.started && !t.exited
	case schema.TaskExit:
		again = t.exited
	case schema.VodSourceFileStart:
		f := t.file(e)
		again = f != nil && f.open
	case schema.VodSourceFileFinish:
		f := t.file(e)
		again = f != nil && !f.open
	}
	if !again {
		return nil
	}
	return s
}

func (t *task) known(digest uint64) *seen {
	for i := range t.seen {
		if t.seen[i].digest == digest {
			return &t.seen[i]
		}
	}
	return nil
}

// remember keeps a callback for repetitions to be recognised.
func (t *task) remember(e *Event, at Place) {
	if s := t.known(e.digest); s != nil {
		s.place, s.last = at, at.Time
		return
	}
	if len(t.seen) >= maxSeen {
		t.seen = t.seen[:copy(t.seen, t.seen[1:])]
	}
	t.seen = append(t.seen, seen{e.digest, at, at.Time})
}
