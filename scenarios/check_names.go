package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/schema"
)

// reservedNames are ids of steps that are no events; "final" is the last look at the receiver.
var reservedNames = []string{"wait", "observe", "restart", "kill", "final"}

// nameEvents gives every event its id, and every name that rules may use its event.
func (c *checker) nameEvents() {
	t := &c.s.timeline
	count := map[string]int{}
	for i := range t.events {
		ev := &t.events[i]
		base := ev.name
		if ev.kind == eventRaw {
			base = "body"
		}
		count[base]++
		ev.id = numbered(base, count[base])
		t.names[ev.id] = i
		if count[base] == 1 {
			t.names[base+"#1"] = i
		}
	}
	for i := range t.events {
		if as := t.events[i].step.As; as != nil && c.validName(as) {
			t.events[i].id = as.Value
			t.names[as.Value] = i
		}
	}
}

// validName refuses an `as` that means something already.
func (c *checker) validName(as *strict.At[string]) bool {
	taken := slices.Contains(reservedNames, as.Value) || slices.Contains(schema.Events(), as.Value) || slices.Contains(schema.Siblings(), as.Value) || as.Value == "body"
	switch _, there := c.s.timeline.names[as.Value]; {
	case as.Value == "" || strings.ContainsAny(as.Value, "#~ \t\n"):
		c.f.Errorf(as.Pos, "wrong-name", "%q cannot be a name", as.Value).Hint("a name is a word without # ~ and blanks")
	case taken:
		c.f.Errorf(as.Pos, "wrong-name", "the name %q means something already", as.Value).Hint("choose another")
	case there:
		c.f.Errorf(as.Pos, "duplicate", "another step has the name %q", as.Value).Hint("choose another")
	default:
		return true
	}
	return false
}

// find resolves the name of an event in a rule, and says what is wrong with it if there is none.
func (c *checker) find(ref strict.At[string]) (int, bool) {
	t := &c.s.timeline
	i, ok := t.names[ref.Value]
	if ok {
		if as := t.events[i].step.As; as != nil {
			c.used[i] = true
		}
		c.warnAmbiguous(ref, i)
		return i, true
	}
	if len(t.events) == 0 {
		return 0, false // told already
	}
	r := c.f.Errorf(ref.Pos, "unknown-event", "the timeline has no event %q", ref.Value)
	if base, _, isNumbered := strings.Cut(ref.Value, "#"); isNumbered {
		if n := c.count(base); n > 0 {
			r.Hint(fmt.Sprintf("it has %d of %s, counted from #1", n, base))
			return 0, false
		}
	}
	var names []string
	for _, ev := range t.events {
		names = append(names, ev.id)
	}
	r.Hint(strict.Suggest(ref.Value, names))
	return 0, false
}

func (c *checker) count(name string) int {
	n := 0
	for _, ev := range c.s.timeline.events {
		if ev.name == name || name == "body" && ev.kind == eventRaw {
			n++
		}
	}
	return n
}

// warnAmbiguous tells of a bare name where there are several of the name.
func (c *checker) warnAmbiguous(ref strict.At[string], i int) {
	ev := c.s.timeline.events[i]
	if ref.Value != ev.name || ev.step.As != nil && ev.step.As.Value == ref.Value {
		return
	}
	if n := c.count(ev.name); n > 1 {
		c.f.Warnf(ref.Pos, "ambiguous", "the timeline has %d of %s, and this is the first", n, ev.name).
			Hint("write " + ev.name + "#1 if that is meant")
	}
}

// assignFiles says which file each file event is about.
func (c *checker) assignFiles() {
	t := &c.s.timeline
	open := make([][]int, len(t.tasks)) // files begun and not finished, by task
	started := make([]int, len(t.tasks))
	for i := range t.events {
		ev := &t.events[i]
		isStart := ev.name == schema.VodSourceFileStart
		if ev.kind != eventEmitted || ev.task < 0 || !isStart && ev.name != schema.VodSourceFileFinish {
			continue
		}
		spec := t.tasks[ev.task]
		ev.file = c.fileOf(ev, spec, started[ev.task], open[ev.task])
		if isStart {
			started[ev.task]++
			open[ev.task] = append(open[ev.task], ev.file)
		} else if k := lastIndex(open[ev.task], ev.file); k >= 0 {
			open[ev.task] = slices.Delete(open[ev.task], k, k+1)
		}
	}
}

func (c *checker) fileOf(ev *event, spec taskSpec, started int, open []int) int {
	d := ev.step
	if d.File != nil {
		if d.File.Value < 0 || d.File.Value >= spec.files() {
			c.f.Errorf(d.File.Pos, "range", "the task has no file %d", d.File.Value).Hint(fmt.Sprintf("it has %d, counted from 0", spec.files()))
			return 0
		}
		return d.File.Value
	}
	if ev.name == schema.VodSourceFileStart {
		return started % max(1, spec.files())
	}
	if len(open) == 0 {
		c.f.Warnf(d.Pos, "no-start", "no file has begun that could finish here").Hint("put a VodSourceFileStart before it, or say which with `file:`")
		return 0
	}
	return open[len(open)-1]
}

func lastIndex(list []int, x int) int {
	for i, y := range slices.Backward(list) {
		if y == x {
			return i
		}
	}
	return -1
}
