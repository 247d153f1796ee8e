package sequence

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The bounds of what is remembered of the life that is judged. What is beyond them is not found fault with.
const (
	maxFiles = 1 << 16 // files of a task; the API takes 30 sources, but nobody says that loops do not count on
	maxSeen  = 1 << 15 // distinct callbacks of a task that a repetition is recognised of: so many at least, twice at most
)

// A life is that of one task while it is judged, and then of the next. Its events come in their order.
type life struct {
	res   *result
	task  uint64
	id    string
	first place
	tied  tie // not taken yet

	begun   bool // one of the documented order's events was met
	started bool // TaskStart was met, at some time
	exited  bool // TaskExit was met, and no TaskStart since
	guessed bool // whose exit that was is likely, not certain
	told    bool // of an event after that exit

	measuring  bool  // no VodSourceFileStart since the last TaskStart
	running    bool  // a VodSourceFileStart since the last TaskStart or TaskExit
	runningAt  int64 // the event_time of the latest
	startAt    int64
	startTold  int64
	startPlace place
	exitPlace  place

	files          []file
	byIndex, byURL lookup

	seen, older []seen // the callbacks met; older ones are forgotten in their turn
	bySeen      lookup
	byOlder     lookup
}

// A file is one that a task pulls.
type file struct {
	url, index uint64
	started    bool
	open       bool // started, and not finished since

	early      bool // finished without having started, and waiting for that
	ordered    bool // TaskStart had been met then
	earlyPlace place
	name       string
}

func (f *file) called() string { return "file " + strconv.Quote(f.name) }

// A seen callback is one that a repetition is recognised of.
type seen struct {
	digest uint64
	place  place
	last   place // the latest repetition
	copies int
}

// begin is the life of another task, of which e is the first event.
func (l *life) begin(e *event) {
	l.res.tasks++
	*l = life{res: l.res, task: e.task, id: e.id(), first: e.place, tied: l.tied, files: l.files[:0], seen: l.seen[:0]}
}

// take is one event in the life of its task.
func (l *life) take(e *event) {
	before, again := l.repeated(e)
	if again {
		l.repetition(e, before)
		return
	}
	l.remember(e, before)
	if e.kind == kindOther {
		return
	}
	if !l.begun && e.kind != kindTaskStart {
		l.find(e, CodeFirst, nil, func() string {
			return "the task's life in this capture begins with " + e.name() + ", not with TaskStart: the capture began later, or TaskStart was lost or overtaken"
		})
	}
	l.begun = true
	switch e.kind {
	case kindTaskStart:
		// A file's start that came before may have overtaken this one: then it is not the next that has to be near.
		overtaken := l.running && (e.at == 0 || l.runningAt == 0 || l.runningAt >= e.at)
		resent := before != nil && e.told != 0 // maybe: whether a new start has a new task_start_time is not documented
		l.started, l.exited, l.measuring, l.running = true, false, !overtaken && !resent, false
		l.startAt, l.startTold, l.startPlace = e.at, e.told, e.place
		for i := range l.files {
			l.files[i].open = false
		}
	case kindTaskExit:
		l.exited, l.guessed, l.told, l.exitPlace, l.running = true, e.guessed, false, e.place, false
	case kindFileStart:
		l.afterExit(e)
		l.gap(e)
		l.running, l.runningAt = true, e.at
		l.fileStart(e)
	case kindFileFinish:
		l.afterExit(e)
		l.fileFinish(e)
	case kindOther: // it has left above
	}
}

func (l *life) afterExit(e *event) {
	if !l.exited || l.guessed || l.told {
		return
	}
	l.told = true
	l.find(e, CodeAfterExit, &l.exitPlace, func() string {
		return e.name() + " after TaskExit without a new TaskStart: it may be late, or the TaskStart is missing"
	})
}

// gap measures from TaskStart to the first file's start.
func (l *life) gap(e *event) {
	if !l.measuring {
		return
	}
	l.measuring = false
	var gap, off time.Duration
	var by string
	arrived, stamped := e.since(l.startPlace)
	switch {
	case l.startAt != 0 && e.at != 0:
		gap, off, by = time.Duration(e.at-l.startAt)*time.Second, time.Second, "event_time"
	case stamped:
		gap, by = arrived, "arrival, which the network and retries may delay"
	case l.startTold != 0 && e.at != 0:
		gap, off, by = time.Duration(e.at*1000-l.startTold)*time.Millisecond, time.Second, "task_start_time and event_time"
	default:
		return
	}
	// Times told in seconds lie up to a second beside the real ones: 3 s are more than 2 for certain, and 2 are not.
	if off > 0 && gap < maxGap+off || off == 0 && gap <= maxGap {
		return
	}
	l.find(e, CodeGap, &l.startPlace, func() string {
		return fmt.Sprintf("%s after TaskStart, by %s; the pages say at most %s", gap, by, maxGap)
	})
}

func (l *life) fileStart(e *event) {
	f := l.file(e)
	if f == nil {
		if f = l.addFile(e); f == nil {
			return
		}
	}
	if f.early {
		if f.ordered {
			l.find(e, CodeOvertaken, &f.earlyPlace, func() string {
				return f.called() + " starts after it finished: one overtook the other, or an earlier start is missing"
			})
		}
		f.early = false
	}
	f.started, f.open = true, true
}

func (l *life) fileFinish(e *event) {
	if e.url == 0 && e.index == 0 {
		return // which file is not to be told
	}
	f := l.file(e)
	if f == nil {
		if f = l.addFile(e); f == nil {
			return
		}
	}
	f.open = false
	if !f.started && !f.early {
		f.early, f.ordered, f.earlyPlace, f.name = true, l.started, e.place, strings.Clone(e.label()) // which is a part of the texts of many
	}
}

// end tells what only the end of a task can: which files never started.
func (l *life) end() {
	l.untie()
	for i := range l.files {
		if f := &l.files[i]; f.early {
			l.res.add(found{code: CodeNoFileStart, task: l.id, event: kindNames[kindFileFinish], first: l.first, at: f.earlyPlace}, func() string {
				return f.called() + " finished and never started in this capture"
			})
		}
	}
}

func (l *life) find(e *event, code string, earlier *place, message func() string) {
	f := found{code: code, task: l.id, event: e.name(), first: l.first, at: e.place}
	if earlier != nil {
		f.compared, f.earlier = true, *earlier
	}
	l.res.add(f, message)
}

// file finds a file by its index, or by its url where one of the two has no index: in a documented sample the url's host
// differs between start and finish, and a list may hold the same url twice.
func (l *life) file(e *event) *file {
	if e.index != 0 {
		if i, ok := l.byIndex.find(e.index, len(l.files), func(i int) uint64 { return l.files[i].index }); ok {
			return &l.files[i]
		}
	}
	if e.url != 0 {
		i, ok := l.byURL.find(e.url, len(l.files), func(i int) uint64 { return l.files[i].url })
		if ok && (e.index == 0 || l.files[i].index == 0) {
			return &l.files[i]
		}
	}
	return nil
}

// addFile remembers a file, or nothing if there are too many.
func (l *life) addFile(e *event) *file {
	if len(l.files) >= maxFiles {
		return nil
	}
	l.files = append(l.files, file{url: e.url, index: e.index})
	l.byIndex.grow(len(l.files), func(i int) uint64 { return l.files[i].index })
	l.byURL.grow(len(l.files), func(i int) uint64 { return l.files[i].url })
	return &l.files[len(l.files)-1]
}

// A lookup finds a place in a list by a key. Most lists are short, and walked through; a long one gets a map.
type lookup map[uint64]int32

// walked is how long a list may be to be walked through.
const walked = 32

func (m *lookup) find(key uint64, n int, keyOf func(i int) uint64) (int, bool) {
	if *m != nil {
		i, ok := (*m)[key]
		return int(i), ok
	}
	for i := range n {
		if keyOf(i) == key {
			return i, true
		}
	}
	return 0, false
}

// grow follows a list that has become n long; the first of equal keys counts.
func (m *lookup) grow(n int, keyOf func(i int) uint64) {
	from := n - 1
	switch {
	case n <= walked:
		return
	case *m == nil:
		*m, from = lookup{}, 0
	}
	for i := from; i < n; i++ {
		if _, there := (*m)[keyOf(i)]; !there {
			(*m)[keyOf(i)] = int32(i)
		}
	}
}
