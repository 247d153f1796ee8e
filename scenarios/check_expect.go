package scenarios

import (
	"slices"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// expectations checks what is asked at the end and in mid-timeline.
func (c *checker) expectations() {
	for _, e := range c.s.timeline.entries {
		if e.kind != entryObserve || e.step.Observe == nil {
			continue
		}
		d := e.step.Observe
		if place, ok := d.Keys["answers"]; ok {
			c.f.Errorf(place.Key, "out-of-place", "an answer is not observed").Hint("put `expect` beside the `emit` that is answered, or `answers` into the scenario's expect")
		}
		c.expectation(d)
	}
	if c.doc.Expect != nil {
		c.answer(c.doc.Expect.Answers)
		c.expectation(c.doc.Expect)
	}
}

func (c *checker) expectation(d *expectDoc) {
	keys := c.taskKeys()
	if d.Task != nil {
		switch {
		case d.Keys.Has("tasks"):
			c.f.Errorf(d.Keys["tasks"].Key, "one-of", "task and tasks do not go together").Hint("put the facts of task under its key in tasks")
		case len(keys) > 1:
			c.f.Errorf(d.Keys["task"].Key, "out-of-place", "which of the %d tasks?", len(keys)).Hint("write `tasks: {" + keys[0] + ": {…}}`")
		}
	}
	if d.Keys.Has("tasks") && len(d.Tasks) == 0 && !c.f.Failed() {
		c.f.Errorf(d.Keys["tasks"].Value, "asserts-nothing", "tasks names no task").Hint("delete it")
	}
	for _, t := range d.Tasks {
		if !slices.Contains(keys, t.Key) {
			c.f.Errorf(t.KeyPos, "unknown-task", "there is no task %q", t.Key).Hint(strict.Suggest(t.Key, keys))
		}
	}
	if d.Keys.Has("effects") && len(d.Effects) == 0 && !c.f.Failed() {
		c.f.Errorf(d.Keys["effects"].Value, "asserts-nothing", "effects names no effect").Hint("delete it")
	}
	for _, e := range d.Effects {
		c.effect(e)
	}
	for _, r := range d.Requires {
		if !c.s.Exercises(r.Value) {
			c.f.Errorf(r.Pos, "unknown-requirement", "the scenario does not require %q", r.Value).Hint(strict.Suggest(r.Value, c.s.Requires))
		}
	}
}

func (c *checker) effect(e strict.Entry[countDoc]) {
	d := e.Value
	if d.Keys == nil {
		return // no mapping at all, and told so
	}
	for _, n := range []*strict.At[int]{d.Exactly, d.AtLeast, d.AtMost} {
		if n != nil && n.Value < 0 {
			c.f.Errorf(n.Pos, "range", "nothing happens less than 0 times")
		}
	}
	switch {
	case len(d.Keys) == 0:
		c.f.Errorf(e.ValuePos, "asserts-nothing", "how often may %s happen?", e.Key).Hint("write {exactly: 1}, {at_least: 1}, {at_most: 1} or {never: true}")
	case len(d.Keys) == 2 && d.AtLeast != nil && d.AtMost != nil:
		if d.AtLeast.Value > d.AtMost.Value {
			c.f.Errorf(d.AtMost.Pos, "contradiction", "at most %d and at least %d cannot both be", d.AtMost.Value, d.AtLeast.Value)
		}
	case len(d.Keys) > 1:
		c.f.Errorf(e.ValuePos, "contradiction", "the bounds of %s do not go together", e.Key).Hint("only at_least and at_most may stand together")
	}
}

// asserts refuses a scenario that asks for nothing.
func (c *checker) asserts() {
	if len(c.doc.Requires) > 0 {
		return
	}
	found := c.doc.Expect != nil && (c.doc.Expect.asserts() || c.doc.Expect.Answers.asserted())
	for _, e := range c.s.timeline.entries {
		found = found || e.kind == entryObserve
	}
	for _, ev := range c.s.timeline.events {
		found = found || ev.step.Expect.asserted()
	}
	if !found {
		c.f.Errorf(c.doc.Pos, "asserts-nothing", "the scenario asserts nothing").
			Hint("name the requirements that it exercises under `requires`, or say what is asked under `expect`")
	}
}

// asserts reports whether an expectation asks for anything beyond what follows from the timeline.
func (d *expectDoc) asserts() bool {
	return d.Task != nil || len(d.Tasks) > 0 || len(d.Effects) > 0 || len(d.Check) > 0
}
