package scenarios

import (
	"slices"
	"strings"

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
		return slices.ContainsFunc(t.entries, func(e entry) bool { return e.hook == h })
	}
	for _, check := range []struct {
		id, needs string
		met       bool
	}{
		{"ORD-", "a `hold`, a `swap` or an older `at`", len(n.holds)+len(n.swaps) > 0 || events(func(ev *event) bool { return ev.step.At != nil })},
		{"DUP-", "a `duplicate`, or two events of one name", len(n.duplicates) > 0 || len(t.events) > len(names(t))},
		{"RET-", "a `retry`, `lose-answer`, `reset` or `truncate`", len(n.faults) > 0 || n.retry.name != "" || len(n.retryOf) > 0},
		{"GAP-", "a TaskStart and a VodSourceFileStart", named(schema.TaskStart) && named(schema.VodSourceFileStart)},
		{"DUR-1", "`restart: true`", hooks("restart")},
		{"DUR-2", "`kill: true`", hooks("kill")},
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
