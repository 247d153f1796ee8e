package sequence

import (
	"cmp"
	"container/list"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/schema"
)

// A Checker follows the lives of all tasks of a capture. It is for one goroutine.
type Checker struct {
	tasks        map[key]*task
	bySource     map[uint64]*group // by a digest of source_urls
	open, closed *list.List        // of *task, heard of longest ago first

	sum       Summary
	seq       int
	unstamped bool
}

// NewChecker makes a checker for one capture.
func NewChecker() *Checker {
	return &Checker{tasks: map[key]*task{}, bySource: map[uint64]*group{}, open: list.New(), closed: list.New()}
}

// Add takes in the next callback. What is no relay callback is left out.
func (c *Checker) Add(body []byte, at Place) { c.AddEvent(Read(body), at) }

// AddEvent is Add with a callback that has been read.
func (c *Checker) AddEvent(e Event, at Place) {
	if !e.relay {
		return
	}
	c.seq++
	c.unstamped = c.unstamped || at.Time.IsZero()
	t, certain := c.taskOf(&e)
	switch {
	case t != nil:
		c.take(t, &e, at, certain)
	case e.name == schema.TaskExit:
		c.sum.UnmatchedExits++
	default:
		c.sum.WithoutTask++
	}
}

// End tells what came of it. Nothing may be added afterwards.
func (c *Checker) End() Summary {
	for _, l := range []*list.List{c.open, c.closed} {
		for el := l.Front(); el != nil; el = el.Next() {
			c.finish(el.Value.(*task)) // the lists hold nothing else
		}
	}
	slices.SortFunc(c.sum.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.task, b.task), cmp.Compare(a.seq, b.seq), cmp.Compare(a.Code, b.Code))
	})
	c.sum.ByArrival = c.seq > 0 && !c.unstamped
	return c.sum
}

// taskOf finds the task of a callback, and makes one that is new. An exit without an id belongs to the one task with its
// source_urls that runs. It is certain if no other is known that had them.
func (c *Checker) taskOf(e *Event) (t *task, certain bool) {
	if e.taskID != "" {
		k := key{e.appID, e.taskID}
		t = c.tasks[k]
		if t == nil {
			t = &task{key: k, number: c.sum.Tasks}
			c.sum.Tasks++
			c.tasks[k] = t
			t.element = c.open.PushBack(t)
			c.bound()
		}
		c.link(t, e.sources)
		return t, true
	}
	if e.name != schema.TaskExit || e.sources == 0 {
		return nil, false
	}
	g := c.bySource[e.sources]
	if g == nil {
		return nil, false
	}
	var running, over, repeats []*task
	for _, t := range g.tasks {
		switch {
		case e.appID != "" && t.key.app != "" && e.appID != t.key.app:
		case t.known(e.digest) != nil && (t.exited || !e.at.IsZero() || !e.told.IsZero()):
			repeats = append(repeats, t)
		case t.exited:
			over = append(over, t)
		default:
			running = append(running, t)
		}
	}
	switch {
	case len(repeats) == 1 && (len(running) == 0 || !e.at.IsZero() || !e.told.IsZero()):
		return repeats[0], false
	case len(repeats) > 0 || len(running) > 1:
		return nil, false
	case len(running) == 1:
		return running[0], len(over) == 0
	case len(over) == 1:
		return over[0], false // another exit of a task that has exited: every retry may bring one
	default:
		return nil, false
	}
}

// The bounds of what links exits without an id to tasks.
const (
	maxSources = 4   // lists of source_urls that a task is found by: a changed task has several
	maxShared  = 256 // tasks that share a list
)

// A group is the tasks known with the same source_urls.
type group struct {
	tasks   []*task
	crowded bool // more than maxShared run: which of them exits will not be told any more
}

func (c *Checker) link(t *task, sources uint64) {
	if sources == 0 || slices.Contains(t.sources, sources) || len(t.sources) >= maxSources {
		return
	}
	g := c.bySource[sources]
	if g == nil {
		g = &group{}
		c.bySource[sources] = g
	}
	if len(g.tasks) >= maxShared {
		if i := slices.IndexFunc(g.tasks, func(t *task) bool { return t.exited }); i >= 0 {
			g.tasks = slices.Delete(g.tasks, i, i+1)
		} else {
			g.crowded, g.tasks = true, nil
		}
	}
	if !g.crowded {
		t.sources = append(t.sources, sources)
		g.tasks = append(g.tasks, t)
	}
}

// take is one callback in the life of its task.
func (c *Checker) take(t *task, e *Event, at Place, certain bool) {
	defer c.heard(t)
	if s := t.repeated(e); s != nil {
		c.repetition(t, e, s, at)
		return
	}
	t.remember(e, at)
	if !inOrder(e.name) {
		return
	}
	if !t.begun && e.name != schema.TaskStart {
		c.find(t, e, at, CodeFirst, nil, fmt.Sprintf("the task's life in this capture begins with %s, not with TaskStart: the capture began later, or TaskStart was lost or overtaken", e.name))
	}
	t.begun = true
	switch e.name {
	case schema.TaskStart:
		t.started, t.exited, t.measuring = true, false, true
		t.startAt, t.startTold, t.startPlace = e.at, e.told, at
		for i := range t.files {
			t.files[i].open = false
		}
	case schema.TaskExit:
		t.exited, t.guessed, t.told, t.exitPlace = true, !certain, false, at
	case schema.VodSourceFileStart:
		c.afterExit(t, e, at)
		c.gap(t, e, at)
		c.fileStart(t, e, at)
	case schema.VodSourceFileFinish:
		c.afterExit(t, e, at)
		c.fileFinish(t, e, at)
	}
}

// inOrder reports whether the pages say when in a life an event comes.
func inOrder(name string) bool {
	switch name {
	case schema.TaskStart, schema.TaskExit, schema.VodSourceFileStart, schema.VodSourceFileFinish:
		return true
	}
	return false
}

func (c *Checker) repetition(t *task, e *Event, s *seen, at Place) {
	message := "the same bytes as a callback before"
	if !at.Time.IsZero() && !s.last.IsZero() {
		after := at.Time.Sub(s.last).Abs()
		message += fmt.Sprintf(", %s after it came last", after)
		r := &c.sum.RetriedAfter
		if r[0] == 0 || after < r[0] {
			r[0] = after
		}
		r[1] = max(r[1], after)
	}
	s.last = at.Time
	c.sum.Duplicates++
	first := s.place
	c.find(t, e, at, CodeDuplicate, &first, message)
}

func (c *Checker) afterExit(t *task, e *Event, at Place) {
	if !t.exited || t.guessed || t.told {
		return
	}
	t.told = true
	exit := t.exitPlace
	c.find(t, e, at, CodeAfterExit, &exit, e.name+" after TaskExit without a new TaskStart: it may be late, or the TaskStart is missing")
}

// gap measures from TaskStart to the first file's start.
func (c *Checker) gap(t *task, e *Event, at Place) {
	if !t.measuring {
		return
	}
	t.measuring = false
	var gap, off time.Duration
	var by string
	switch {
	case !t.startAt.IsZero() && !e.at.IsZero():
		gap, off, by = e.at.Sub(t.startAt), time.Second, "event_time"
	case !t.startPlace.Time.IsZero() && !at.Time.IsZero():
		gap, by = at.Time.Sub(t.startPlace.Time), "arrival, which the network and retries may delay"
	case !t.startTold.IsZero() && !e.at.IsZero():
		gap, off, by = e.at.Sub(t.startTold), time.Second, "task_start_time and event_time"
	default:
		return
	}
	// Times told in seconds lie up to a second beside the real ones: 3 s are more than 2 for certain, and 2 are not.
	if off > 0 && gap < maxGap+off || off == 0 && gap <= maxGap {
		return
	}
	start := t.startPlace
	c.find(t, e, at, CodeGap, &start, fmt.Sprintf("%s after TaskStart, by %s; the pages say at most %s", gap, by, maxGap))
}

func (c *Checker) fileStart(t *task, e *Event, at Place) {
	f := t.file(e)
	if f == nil {
		if f = t.addFile(e); f == nil {
			return
		}
	}
	if f.early != nil {
		if f.early.ordered {
			finish := f.early.place
			c.find(t, e, at, CodeOvertaken, &finish, fmt.Sprintf("%s starts after it finished: one overtook the other, or an earlier start is missing", e.file))
		}
		f.early = nil
	}
	f.started, f.open = true, true
}

func (c *Checker) fileFinish(t *task, e *Event, at Place) {
	if e.url == 0 && e.index == 0 {
		return // which file is not to be told
	}
	f := t.file(e)
	if f == nil {
		if f = t.addFile(e); f == nil {
			return
		}
	}
	f.open = false
	if !f.started && f.early == nil {
		f.early = &early{place: at, seq: c.seq, name: e.file, ordered: t.started}
	}
}

// finish tells what only the end of a task can: which files never started.
func (c *Checker) finish(t *task) {
	for i := range t.files {
		if w := t.files[i].early; w != nil {
			c.add(Finding{
				Code: CodeNoFileStart, Severity: Warning, Task: t.key.id, Event: schema.VodSourceFileFinish, Place: w.place,
				Message: w.name + " finished and never started in this capture", task: t.number, seq: w.seq,
			})
		}
	}
}

func (c *Checker) find(t *task, e *Event, at Place, code string, first *Place, message string) {
	severity := Warning
	if code == CodeDuplicate {
		severity = Info
	}
	c.add(Finding{
		Code: code, Severity: severity, Task: t.key.id, Event: e.name, Place: at, First: first,
		Message: strings.TrimSpace(message), task: t.number, seq: c.seq,
	})
}

func (c *Checker) add(f Finding) {
	if f.Severity == Warning {
		c.sum.Warnings++
	}
	if len(c.sum.Findings) >= maxFindings {
		c.sum.Omitted++
		return
	}
	c.sum.Findings = append(c.sum.Findings, f)
}

// heard moves a task to the end of the list that it belongs to.
func (c *Checker) heard(t *task) {
	c.open.Remove(t.element) // no effect on an element of the other list
	c.closed.Remove(t.element)
	to := c.open
	if t.exited {
		to = c.closed
	}
	t.element = to.PushBack(t)
	c.bound()
}

// bound drops the tasks that were heard of longest ago.
func (c *Checker) bound() {
	for c.open.Len() > maxOpen {
		c.sum.Dropped++
		c.drop(c.open)
	}
	for c.closed.Len() > maxClosed {
		c.drop(c.closed)
	}
}

func (c *Checker) drop(from *list.List) {
	t := from.Remove(from.Front()).(*task) // the lists hold nothing else
	c.finish(t)
	delete(c.tasks, t.key)
	for _, s := range t.sources {
		g := c.bySource[s]
		g.tasks = slices.DeleteFunc(g.tasks, func(other *task) bool { return other == t })
		if len(g.tasks) == 0 && !g.crowded {
			delete(c.bySource, s)
		}
	}
}
