package scenarios

import (
	"github.com/relaycheck/relaycheck/internal/strict"
)

// timeline is what happened at CSS, with every name resolved.
type timeline struct {
	tasks   []taskSpec
	events  []event // in order
	entries []entry // in order
	names   map[string]int
}

// taskSpec is a task as the file has it.
type taskSpec struct {
	key string
	doc *taskDoc
}

func (t taskSpec) live() bool { return t.doc.Source == sourceLive }

// files is the number of source files; a live task has one source, but no files.
func (t taskSpec) files() int {
	switch {
	case len(t.doc.SourceURLs) > 0:
		return len(t.doc.SourceURLs)
	case t.doc.Files != nil:
		return t.doc.Files.Value
	}
	return 1
}

type entryKind int

const (
	entryEvents entryKind = iota // one event, or those of together
	entryWait
	entryObserve
	entryHook
)

// entry is a step of the timeline.
type entry struct {
	kind   entryKind
	id     string // of what is no event: "wait", "observe#2"
	hook   string
	events []int
	after  strict.Range // before it; of a wait, its length
	step   *stepDoc
}

type eventKind int

const (
	eventEmitted eventKind = iota
	eventSibling
	eventRaw
)

// event is an event step.
type event struct {
	kind  eventKind
	id    string
	name  string // callback_event, or the sibling's name
	step  *stepDoc
	entry int
	task  int // -1: none
	file  int // -1: none
}

// network is what became of the events on their way, with every name resolved.
type network struct {
	holds      map[int]hold
	swaps      [][2]int
	duplicates []duplicate
	faults     map[int]fault
	slow       map[int]slow
	retry      retry
	retryOf    map[int]retry
	strike     *strike    // nil: none
	wire       []*wireDoc // for all, in order
	wireOf     map[int][]*wireDoc
}

type hold struct {
	until int
	pos   strict.Pos
}

type duplicate struct {
	event, times, until int // until -1: right after the first
	concurrent          bool
	after               *strict.Range
	pos                 strict.Pos
}

// fault is what is done to the first attempts of a delivery.
type fault struct {
	kind  string // "lose-answer", "reset", "truncate"
	at    strict.Cut
	times int
	pos   strict.Pos
}

type slow struct {
	size  int64
	pause strict.Duration
	times int
	pos   strict.Pos
}

type retry struct {
	name      string
	recompute bool
	pos       strict.Pos
}
