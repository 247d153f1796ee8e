package scenarios

import (
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/schema"
)

func (c *checker) requiresGroup(group string) bool {
	return slices.ContainsFunc(c.s.Requires, func(id string) bool { return strings.HasPrefix(id, group+"-") })
}

// lintRequirements warns where nothing in the scenario can break what it requires.
func (c *checker) lintRequirements() {
	n, t := &c.s.network, &c.s.timeline
	events := func(ok func(*event) bool) bool {
		return slices.ContainsFunc(t.events, func(ev event) bool { return ok(&ev) })
	}
	named := func(name string) bool { return events(func(ev *event) bool { return ev.name == name }) }
	signed := func(m signMode) bool {
		return events(func(ev *event) bool { return ev.step.Sign != nil && ev.step.Sign.Value == m })
	}
	hooks := func(h string) bool {
		return n.strike != nil && n.strike.hook == h || slices.ContainsFunc(t.entries, func(e entry) bool { return e.hook == h })
	}
	life := map[string]bool{schema.TaskStart: true, schema.VodSourceFileStart: true, schema.VodSourceFileFinish: true, schema.TaskExit: true}
	for _, check := range []struct {
		id, needs string
		met       bool
	}{
		{"ENV-1", "an event beside the four documented first", events(func(ev *event) bool { return ev.kind == eventEmitted && !life[ev.name] })},
		{"ENV-5", "a `sibling`, or another `event_type`", events(func(ev *event) bool { return ev.kind != eventEmitted || sets(ev, "event_type") })},
		{"ENV-6", "an `omit` of stream_id, task_id or to_url", events(func(ev *event) bool { return len(ev.step.Omit) > 0 || ev.kind == eventRaw })},
		{"SEQ-1", "a TaskStart", named(schema.TaskStart)},
		{"SEQ-2", "a VodSourceFileStart and a VodSourceFileFinish", named(schema.VodSourceFileStart) && named(schema.VodSourceFileFinish)},
		{"SEQ-3", "events of two files", fewest(t, 2)},
		{"SEQ-4", "a VodSourceFileStart of one file twice", loops(t)},
		{"SEQ-5", "a TaskExit", named(schema.TaskExit)},
		{"SEQ-6", "a task with `source: live`", slices.ContainsFunc(t.tasks, taskSpec.live)},
		{"SEQ-7", "a TaskExit and a later TaskStart", restarts(t)},
		{"SEQ-8", "two tasks", len(t.tasks) > 1},
		{"SEQ-9", "a TaskAlarm", named(schema.TaskAlarm)},
		{"ORD-", "a `hold`, a `swap` or an older `at`", len(n.holds)+len(n.swaps) > 0 || events(func(ev *event) bool { return ev.step.At != nil })},
		{"DUP-", "a `duplicate`, or two events of one name", len(n.duplicates) > 0 || len(t.events) > len(names(t))},
		{"DUP-2", "a `duplicate` with `concurrent: true`", slices.ContainsFunc(n.duplicates, func(d duplicate) bool { return d.concurrent })},
		{"DUP-3", "a `duplicate` with `until` or `after`", slices.ContainsFunc(n.duplicates, func(d duplicate) bool { return d.until >= 0 || d.after != nil })},
		{"RET-", "a `retry`, `lose-answer`, `reset` or `truncate`", len(n.faults) > 0 || n.retry.name != "" || len(n.retryOf) > 0},
		{"GAP-", "a TaskStart and a VodSourceFileStart", named(schema.TaskStart) && named(schema.VodSourceFileStart)},
		{"DUR-1", "a `restart`", hooks("restart")},
		{"DUR-2", "a `kill`", hooks("kill")},
		{"LOAD-1", "a `load` with `burst`, or tasks that start `together`", c.doc.Load != nil && c.doc.Load.Burst != nil || slices.ContainsFunc(t.entries, func(e entry) bool { return len(e.events) > 1 })},
		{"LOAD-2", "a `load` with `rate`", c.doc.Load != nil && c.doc.Load.Rate != nil},
		{"SEC-1", "`sign: valid`", signed(signValid) || signed(signUpper)},
		{"SEC-2", "`sign: wrong`", signed(signWrong)},
		{"SEC-3", "`sign: expired`", signed(signExpired)},
		{"SEC-6", "`canary: true`", slices.ContainsFunc(t.tasks, func(s taskSpec) bool { return s.doc.Canary })},
	} {
		for _, r := range c.doc.Requires {
			if (r.Value == check.id || strings.HasSuffix(check.id, "-") && strings.HasPrefix(r.Value, check.id)) && !check.met {
				c.f.Warnf(r.Pos, "not-exercised", "nothing here exercises %s", r.Value).Hint("it needs " + check.needs)
			}
		}
	}
	if c.requiresGroup("GAP") && !c.s.RealTime {
		c.f.Warnf(c.doc.Requires[0].Pos, "not-real-time", "the gap depends on real time").Hint("add `real_time: true`")
	}
}

// names are the different names of a timeline's events.
func names(t *timeline) map[string]bool {
	out := map[string]bool{}
	for _, ev := range t.events {
		out[ev.name] = true
	}
	return out
}

// sets reports whether an event is given a member of its own value.
func sets(ev *event, path string) bool {
	return slices.ContainsFunc(ev.step.Set, func(e strict.Entry[any]) bool { return e.Key == path })
}

// fewest reports whether events tell of so many files of one task at least.
func fewest(t *timeline, n int) bool {
	files := map[[2]int]bool{}
	count := map[int]int{}
	for _, ev := range t.events {
		if at := [2]int{ev.task, ev.file}; ev.file >= 0 && !files[at] {
			files[at] = true
			count[ev.task]++
		}
	}
	for _, c := range count {
		if c >= n {
			return true
		}
	}
	return false
}

// loops reports whether a file begins twice.
func loops(t *timeline) bool {
	begun := map[[2]int]bool{}
	for _, ev := range t.events {
		if ev.name != schema.VodSourceFileStart || ev.file < 0 {
			continue
		}
		at := [2]int{ev.task, ev.file}
		if begun[at] {
			return true
		}
		begun[at] = true
	}
	return false
}

// restarts reports whether a task starts again after its exit.
func restarts(t *timeline) bool {
	ended := map[int]bool{}
	for _, ev := range t.events {
		switch {
		case ev.kind == eventEmitted && ev.name == schema.TaskExit:
			ended[ev.task] = true
		case ev.kind == eventEmitted && ev.name == schema.TaskStart && ended[ev.task]:
			return true
		}
	}
	return false
}
