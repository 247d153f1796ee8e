package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/schema"
)

// lint tells of what a scenario may say but hardly means.
func (c *checker) lint() {
	c.lintNames()
	c.lintTasks()
	c.lintOrder()
	c.lintReach()
	c.lintTimes()
	c.lintFiles()
	c.lintMembers()
	c.lintRetries()
	c.lintRequirements()
	c.lintExpectations()
}

// lintNames finds names that nothing refers to.
func (c *checker) lintNames() {
	for i, ev := range c.s.timeline.events {
		if as := ev.step.As; as != nil && !c.used[i] && !c.inChecks(as.Value) {
			c.f.Warnf(as.Pos, "unused-name", "no rule refers to %q", as.Value).Hint("delete `as`")
		}
	}
}

// inChecks reports whether an expression names an event: answers have its id.
func (c *checker) inChecks(name string) bool {
	lists := []checksDoc{}
	if c.doc.Expect != nil {
		lists = append(lists, c.doc.Expect.Check)
	}
	for _, e := range c.s.timeline.entries {
		if e.kind == entryObserve {
			lists = append(lists, e.step.Observe.Check)
		}
	}
	for _, list := range lists {
		for _, k := range list {
			if strings.Contains(k.Expr.Value, name) || k.Given != nil && strings.Contains(k.Given.Value, name) {
				return true
			}
		}
	}
	return false
}

// documentedGap is how far apart TaskStart and the first VodSourceFileStart are at most (Relay Event Notification, every
// edition).
const documentedGap = 2 * time.Second

// lintTimes finds gaps that CSS does not leave, and events that tell the same time and so have no order. What tells its own
// time with `at` is the author's business.
func (c *checker) lintTimes() {
	if d := c.doc.Load; d != nil && d.Rate != nil {
		return // the rate makes the times
	}
	t := &c.s.timeline
	latest := make([]time.Duration, len(t.entries)) // the longest that the ranges allow
	var now time.Duration
	for i, e := range t.entries {
		now += e.after.Max
		latest[i] = now
	}
	started := map[int]int{} // task -> entry of its TaskStart that no file event has followed
	turn := map[int]int{}    // task -> latest TaskStart or TaskExit, counted from 1
	for i := range t.events {
		ev := &t.events[i]
		if ev.kind != eventEmitted || ev.task < 0 {
			continue
		}
		if c.turns(i) {
			c.sameTime(turn[ev.task]-1, i)
			turn[ev.task] = i + 1
		}
		switch ev.name {
		case schema.TaskStart, schema.TaskExit:
			delete(started, ev.task)
			if ev.name == schema.TaskStart {
				started[ev.task] = ev.entry
			}
		case schema.VodSourceFileStart:
			from, first := started[ev.task]
			delete(started, ev.task)
			if gap := latest[ev.entry] - latest[from]; first && gap > documentedGap && ev.step.At == nil && !c.requiresGroup("GAP") {
				c.f.Warnf(ev.step.Pos, "gap", "up to %s after TaskStart: CSS leaves 2 s at most", gap).Hint("shorten `after`, or require a GAP requirement")
			}
		}
	}
}

// sameTime warns of two turns of a task that tell the same time.
func (c *checker) sameTime(before, ev int) {
	t := &c.s.timeline
	if before < 0 || t.events[before].name == t.events[ev].name || t.events[before].step.At != nil && t.events[ev].step.At != nil {
		return
	}
	x := &compiler{t: t, epoch: c.plan.Epoch, offset: make([]time.Duration, len(t.entries))}
	for i, e := range c.plan.Events {
		x.offset[t.events[i].entry] = time.Duration(e.At)
	}
	if x.happened(&t.events[before]).Equal(x.happened(&t.events[ev])) {
		c.f.Warnf(t.events[ev].step.Pos, "same-time", "%s tells the same time as %s, so a receiver cannot know which came last", t.events[ev].id, t.events[before].id).
			Hint("add `after: 100ms`")
	}
}

// turns reports whether an event is a callback that may begin or end its task.
func (c *checker) turns(i int) bool {
	ev := &c.s.timeline.events[i]
	named := ev.kind == eventEmitted && (ev.name == schema.TaskStart || ev.name == schema.TaskExit)
	anonymous := slices.ContainsFunc(ev.step.Omit, func(p strict.At[string]) bool { return p.Value == "task_id" })
	return named && !anonymous && c.plan.Events[i].Meaning == MeansCallback
}

// lintFiles warns of file events where there are no files.
func (c *checker) lintFiles() {
	for _, ev := range c.s.timeline.events {
		isFile := ev.name == schema.VodSourceFileStart || ev.name == schema.VodSourceFileFinish
		if ev.kind != eventEmitted || !isFile || ev.task < 0 || !c.s.timeline.tasks[ev.task].live() {
			continue
		}
		if ev.step.File == nil && !slices.ContainsFunc(ev.step.Msg, func(m strict.Entry[any]) bool { return m.Key == "url" }) {
			c.f.Warnf(ev.step.Pos, "live-file", "a live task sends no %s", ev.name).Hint("write `source: vod`, or say `file: 0` if it is meant")
		}
	}
}

// lintMembers warns of members of msg that belong to another event, and of alarm types that are a slip of a documented
// one.
func (c *checker) lintMembers() {
	for _, ev := range c.s.timeline.events {
		known := schema.MsgKeys(ev.name)
		if ev.kind != eventEmitted || known == nil {
			continue
		}
		for _, m := range ev.step.Msg {
			if !slices.Contains(known, m.Key) {
				c.f.Warnf(m.KeyPos, "foreign-member", "no edition documents %s for %s", m.Key, ev.name).
					Hint("documented are " + strings.Join(known, ", ") + "; write `set: {msg." + m.Key + ": …}` if it is meant")
			}
			if kind, isText := m.Value.(string); isText && ev.name == schema.TaskAlarm && m.Key == "type" && !slices.Contains(emitter.AlarmTypes(), kind) {
				if near := strict.Nearest(kind, emitter.AlarmTypes()); near != "" {
					c.f.Warnf(m.ValuePos, "alarm-type", "the alarm type %q is not documented", kind).Hint("did you mean \"" + near + "\"?")
				}
			}
		}
	}
}

// lintRetries warns of faults that nothing mends, and of policies that change nothing.
func (c *checker) lintRetries() {
	x := &compiler{s: c.s, t: &c.s.timeline, n: &c.s.network}
	for i := range c.s.timeline.events {
		f, fails := c.s.network.faults[i]
		if !fails {
			continue
		}
		p, _ := x.policy(i, true)
		id := c.s.timeline.events[i].id
		switch {
		case p.Attempts <= 1:
			c.f.Warnf(f.pos, "no-retry", "%s is not sent again, whatever becomes of it", id).Hint("give it another retry policy")
		case f.times >= p.Attempts:
			c.f.Warnf(f.pos, "no-retry", "every one of the %d attempts of %s fails", p.Attempts, id).Hint(fmt.Sprintf("make `times` less than %d", p.Attempts))
		}
	}
	policies := append(slices.Collect(maps.Values(c.s.network.retryOf)), c.s.network.retry)
	for _, r := range policies {
		if r.recompute && !c.stamped() {
			c.f.Warnf(r.pos, "nothing-to-recompute", "no callback here has t, sign or event_time").Hint("add `sign: valid` or `wire: {event_time: text}`, or delete `recompute`")
		}
	}
}

// stamped reports whether some callback carries what recompute makes anew.
func (c *checker) stamped() bool {
	return slices.ContainsFunc(c.plan.Steps, func(s Step) bool { return s.Deliver != nil && s.Deliver.Stamp != nil })
}

// lintExpectations warns of expectations that no receiver can fail.
func (c *checker) lintExpectations() {
	if c.doc.Expect != nil {
		c.lintExpectation(c.doc.Expect)
	}
	for _, e := range c.s.timeline.entries {
		if e.kind == entryObserve {
			c.lintExpectation(e.step.Observe)
		}
	}
}

func (c *checker) lintExpectation(d *expectDoc) {
	for _, e := range d.Effects {
		if n := e.Value.AtLeast; n != nil && n.Value == 0 && e.Value.AtMost == nil {
			c.f.Warnf(n.Pos, "cannot-fail", "everything happens at least 0 times").Hint("ask for 1, or delete it")
		}
	}
	for _, facts := range d.wantedFacts() {
		for _, f := range facts.Facts {
			m, _ := f.Value.(map[string]any)
			list, _ := m["any_of"].([]any)
			all := f.Key == "phase" && slices.Contains(list, any("running")) && slices.Contains(list, any("ended")) && slices.Contains(list, nil) ||
				f.Key == "exists" && slices.Contains(list, any(true)) && (slices.Contains(list, any(false)) || slices.Contains(list, nil))
			if all {
				c.f.Warnf(f.ValuePos, "cannot-fail", "%s has no other values", f.Key).Hint("leave one out, or delete it")
			}
		}
	}
	for _, k := range d.Check {
		p, err := compileCheck(k.Expr.Value)
		if err != nil {
			continue
		}
		if alike(p.program.Node()) {
			c.f.Warnf(k.Expr.Pos, "cannot-fail", "the expression is the same for every receiver").Hint("compare a fact: task.phase == \"running\"")
		}
	}
}

// alike reports whether an expression comes out the same whatever the receiver does: a constant, a value compared with
// itself, something or its opposite.
func alike(n ast.Node) bool {
	if _, constant := n.(*ast.BoolNode); constant {
		return true
	}
	two, isBinary := n.(*ast.BinaryNode)
	if !isBinary {
		return false
	}
	a, b := two.Left.String(), two.Right.String()
	switch two.Operator {
	case "==", "!=", "<=", ">=", "<", ">":
		return a == b
	case "or", "||":
		return alike(two.Left) && alike(two.Right) || opposite(two.Left, two.Right) || opposite(two.Right, two.Left)
	case "and", "&&":
		return alike(two.Left) && alike(two.Right)
	}
	return false
}

// opposite reports whether b is true where a is not, and the other way round.
func opposite(a, b ast.Node) bool {
	if not, is := b.(*ast.UnaryNode); is && (not.Operator == "!" || not.Operator == "not") {
		return not.Node.String() == a.String()
	}
	x, isX := a.(*ast.BinaryNode)
	y, isY := b.(*ast.BinaryNode)
	return isX && isY && x.Operator == "==" && y.Operator == "!=" && x.Left.String() == y.Left.String() && x.Right.String() == y.Right.String()
}

// wantedFacts are the facts of all tasks.
func (d *expectDoc) wantedFacts() []factsDoc {
	var out []factsDoc
	if d.Task != nil {
		out = append(out, *d.Task)
	}
	for _, e := range d.Tasks {
		out = append(out, e.Value)
	}
	return out
}

// Unexercised lists the requirements that none of the scenarios requires, in the order of the catalogue.
func Unexercised(c *Catalogue, list []*Scenario) []Requirement {
	var out []Requirement
	for _, r := range c.Requirements {
		if !slices.ContainsFunc(list, func(s *Scenario) bool { return s.Exercises(r.ID) }) {
			out = append(out, r)
		}
	}
	return out
}
