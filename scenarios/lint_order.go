package scenarios

import (
	"fmt"

	"github.com/relaycheck/relaycheck/schema"
)

// lintOrder warns of a timeline that CSS cannot live through: a task whose files or end come before its beginning, and
// files after its end. The timeline is what happened; what arrives in another order is for the delivery rules to say.
// An event that tells its own time with `at`, or that is no callback of its task, is the author's business.
func (c *checker) lintOrder() {
	t := &c.s.timeline
	starts := map[int]int{} // task -> TaskStarts that are still to come
	for i := range t.events {
		if c.lives(i) && t.events[i].name == schema.TaskStart {
			starts[t.events[i].task]++
		}
	}
	begun, ended := map[int]bool{}, map[int]string{} // task -> …, the id of the TaskExit that ended it
	for i := range t.events {
		ev := &t.events[i]
		if !c.lives(i) {
			continue
		}
		file := ev.name == schema.VodSourceFileStart || ev.name == schema.VodSourceFileFinish
		switch {
		case ev.name == schema.TaskStart:
			starts[ev.task]--
			begun[ev.task], ended[ev.task] = true, ""
			continue
		case !begun[ev.task] && starts[ev.task] > 0:
			c.f.Warnf(ev.step.Pos, "impossible-order", "%s happens before the TaskStart of its task", ev.id).
				Hint(fmt.Sprintf("put it after the TaskStart; to have it arrive first, add the rule {hold: TaskStart, until: %s}", ev.id))
		case file && ended[ev.task] != "":
			c.f.Warnf(ev.step.Pos, "impossible-order", "%s happens after %s, and no TaskStart lies between", ev.id, ended[ev.task]).
				Hint(fmt.Sprintf("put it before; to have it arrive later, add the rule {hold: %s, until: %s}", ev.id, ended[ev.task]))
		}
		if ev.name == schema.TaskExit {
			ended[ev.task] = ev.id
		}
	}
}

// lives reports whether an event is a step of its task's documented life, at its place on the timeline.
func (c *checker) lives(i int) bool {
	ev := &c.s.timeline.events[i]
	if ev.kind != eventEmitted || ev.task < 0 || ev.step.At != nil || c.plan.Events[i].Meaning != MeansCallback {
		return false
	}
	for _, path := range ev.step.Omit {
		if path.Value == "task_id" {
			return false
		}
	}
	switch ev.name {
	case schema.TaskStart, schema.TaskExit, schema.VodSourceFileStart, schema.VodSourceFileFinish:
		return true
	}
	return false
}

// lintTasks warns of tasks that nothing happens to.
func (c *checker) lintTasks() {
	used := map[int]bool{}
	for _, ev := range c.s.timeline.events {
		used[ev.task] = true
	}
	for i, spec := range c.s.timeline.tasks {
		if !used[i] && c.doc.Tasks != nil && !spec.doc.Canary {
			c.f.Warnf(spec.doc.Pos, "unused-task", "nothing happens to the task %q", spec.key).Hint("give an event `task: " + spec.key + "`, or delete it")
		}
	}
}

// lintReach warns of steps that change nothing: nobody could tell whether they were reached.
func (c *checker) lintReach() {
	sent := false
	for i, e := range c.s.timeline.entries {
		switch {
		case e.kind == entryEvents:
			sent = true
		case e.kind == entryHook && !sent:
			c.f.Warnf(e.step.Pos, "unreachable", "nothing was sent before the %s, so there is nothing to lose", e.hook).Hint("put a callback before it")
		case e.kind == entryWait && i+1 < len(c.s.timeline.entries) && c.s.timeline.entries[i+1].kind == entryWait:
			c.f.Warnf(e.step.Pos, "unreachable", "one wait follows another, and nobody looks between").Hint("make one of them, or put `- observe: {}` between")
		}
	}
	for i, s := range c.s.network.slow {
		if attempts := c.attempts(i); s.times > attempts {
			c.f.Warnf(s.pos, "unreachable", "%s is sent %s, so no %s attempt of it is slow", c.s.timeline.events[i].id, atMost(attempts), ordinal(s.times)).
				Hint(fmt.Sprintf("make `times` %d, or add a retry rule", attempts))
		}
	}
}

// attempts is how often an event is sent at most, its copies left aside.
func (c *checker) attempts(i int) int {
	x := &compiler{s: c.s, t: &c.s.timeline, n: &c.s.network}
	_, fails := c.s.network.faults[i]
	p, _ := x.policy(i, fails)
	return max(p.Attempts, 1)
}

func atMost(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times at most", n)
}

// ordinal is "3rd".
func ordinal(n int) string {
	suffix := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}
