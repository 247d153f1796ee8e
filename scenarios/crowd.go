package scenarios

import (
	"fmt"
	"time"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// Load is what a play of the scenario sends at once or a second, with another's settings in place of the file's. The
// second result is false where the scenario is no load.
func (s *Scenario) Load(over Load) (Load, bool) {
	return s.doc.Load.load().with(over), s.doc.Load != nil
}

// HeedsLoad reports whether settings are about the kind of load that the scenario is.
func (s *Scenario) HeedsLoad(over Load) bool {
	own := s.doc.Load.load()
	return own.Burst > 0 && over.Burst > 0 || own.Rate > 0 && (over.Rate > 0 || over.For > 0)
}

// CheckLoad says why the scenario cannot be played as a load with these settings. It is nil for one that is none.
func (s *Scenario) CheckLoad(over Load) error {
	if err := over.Check(); err != nil {
		return err
	}
	l, is := s.Load(over)
	if !is {
		return nil
	}
	if err := l.size(len(s.timeline.events)); err != nil {
		return fmt.Errorf("%s: %w", s.ID, err)
	}
	return nil
}

// crowd makes the timeline of many tasks of that of one: every task lives it, all their first events come before all
// their second ones.
//
// The ids are those that a file would give them: TaskStart, TaskStart#2, … by task; or the `as` of the step in their place.
func (c *compiler) crowd() {
	l, n := *c.plan.Load, len(c.t.events)
	total, tasks := l.callbacks(n), l.tasks(n)
	t := &timeline{names: c.t.names}
	for k := range tasks {
		spec := c.t.tasks[0]
		spec.key = fmt.Sprintf("%s-%0*d", OneTask, len(fmt.Sprint(tasks)), k+1)
		t.tasks = append(t.tasks, spec)
	}
	net := &network{retry: c.n.retry, wire: c.n.wire, wireOf: map[int][]*wireDoc{}}
	count := map[string]int{}
	for k := range total {
		which, task := k/tasks, k%tasks
		ev := c.t.events[which]
		base := ev.name
		if as := ev.step.As; as != nil {
			base = as.Value
		} else if ev.kind == eventRaw {
			base = "body"
		}
		count[base]++
		if ev.task >= 0 {
			ev.task = task
		}
		ev.id, ev.entry = numbered(base, count[base]), k
		e := entry{kind: entryEvents, events: []int{k}, step: ev.step}
		switch {
		case l.Burst == 0: // from the beginning, so that no rounding adds up
			e.after.Min = l.due(k) - l.due(k-1)
			e.after.Max = e.after.Min
		case task == 0:
			e.after = c.t.entries[which].after
		}
		t.events, t.entries = append(t.events, ev), append(t.entries, e)
		net.wireOf[k] = c.n.wireOf[which]
	}
	c.t, c.n = t, net
}

// due is when the k-th callback of a rate is sent.
func (l Load) due(k int) time.Duration {
	if k <= 0 {
		return 0
	}
	return time.Duration(float64(k) / l.Rate * float64(time.Second))
}

// crowdSteps lays the deliveries of a load. Each goes out at its time; in a burst not before what came before it in its own
// task is over, as everywhere else.
func (c *compiler) crowdSteps() {
	w := &weaver{c: c, copy: make([]int, len(c.t.events))}
	last := map[int]int{} // task -> its latest step
	for i := range c.t.events {
		ev := &c.t.events[i]
		var after []int
		if step, begun := last[ev.task]; begun && c.plan.Load.Burst > 0 {
			after = []int{step}
		}
		last[ev.task] = w.deliver(i, after, c.scaled(c.offset[ev.entry]), false)
	}
}

// every gives what the file asks of its one task to each of a load.
func (c *compiler) every(tasks strict.Map[factsDoc]) strict.Map[factsDoc] {
	if c.plan.Load == nil {
		return tasks
	}
	var out strict.Map[factsDoc]
	for _, facts := range tasks {
		for _, t := range c.plan.Tasks {
			facts.Key = t.Key
			out = append(out, facts)
		}
	}
	return out
}
