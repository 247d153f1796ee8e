package sequence

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A result is what came of some tasks. Results are merged by adding them up.
type result struct {
	tasks, warnings, duplicates int
	retries                     Retries
	total                       int // of findings, kept or not
	kept                        *collector
}

// A found is a Finding whose sources are still numbers.
type found struct {
	code, task, event, message string

	first, at place // of the task's first event, and of the one this is about
	compared  bool
	earlier   place
}

func (f *found) severity() Severity {
	if f.code == CodeDuplicate || f.code == CodeManyRetries {
		return Info
	}
	return Warning
}

// add counts a finding, and has it kept; message makes its sentence, if it is to be told of.
func (r *result) add(f found, message func() string) {
	r.total++
	if f.severity() == Warning {
		r.warnings++
	}
	if r.kept.wants(&f) {
		// Texts of events are parts of longer ones, which are not to be kept for them.
		f.message, f.task, f.event = message(), strings.Clone(f.task), strings.Clone(f.event)
		r.kept.add(&f)
	}
}

// A collector keeps the findings that are told of: warnings first, and those of the tasks that appeared first. What it
// keeps depends on what was found alone, not on the order in which it was. It is for several goroutines.
type collector struct {
	byArrival bool

	mu    sync.Mutex
	found []found
	worst atomic.Pointer[found] // of those kept, once there are enough: what is worse is not told of
}

// wants reports whether a finding may be told of. The message does not matter.
func (c *collector) wants(f *found) bool {
	worst := c.worst.Load()
	return worst == nil || c.rank(f, worst) <= 0
}

func (c *collector) add(f *found) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found = append(c.found, *f); len(c.found) >= 2*maxFindings {
		c.cut()
	}
}

func (c *collector) cut() {
	if len(c.found) <= maxFindings {
		return
	}
	slices.SortFunc(c.found, func(a, b found) int { return cmp.Or(c.rank(&a, &b), cmp.Compare(a.message, b.message)) })
	clear(c.found[maxFindings:]) // their texts
	c.found = c.found[:maxFindings]
	worst := c.found[maxFindings-1]
	c.worst.Store(&worst)
}

func (c *collector) rank(a, b *found) int {
	return cmp.Or(cmp.Compare(b.severity(), a.severity()), c.order(a, b)) // "warning" is greater than "info"
}

func (c *collector) order(a, b *found) int {
	return cmp.Or(a.first.compare(b.first, c.byArrival), cmp.Compare(a.task, b.task), a.at.compare(b.at, c.byArrival), cmp.Compare(a.code, b.code))
}

// list is what is kept, in order.
func (c *collector) list(sources []string) []Finding {
	c.cut()
	slices.SortFunc(c.found, func(a, b found) int { return cmp.Or(c.order(&a, &b), cmp.Compare(a.message, b.message)) })
	var list []Finding
	for i := range c.found {
		f := &c.found[i]
		out := Finding{Code: f.code, Severity: f.severity(), Task: f.task, Event: f.event, Message: f.message, Place: f.at.public(sources)}
		if f.compared {
			first := f.earlier.public(sources)
			out.First = &first
		}
		list = append(list, out)
	}
	return list
}

func (r *result) merge(o *result) {
	r.tasks += o.tasks
	r.warnings += o.warnings
	r.duplicates += o.duplicates
	r.total += o.total
	r.retries.merge(&o.retries)
}

// fill puts a result into a summary.
func (r *result) fill(sum *Summary, kept []Finding) {
	sum.Tasks, sum.Warnings, sum.Duplicates, sum.Retries = r.tasks, r.warnings, r.duplicates, r.retries
	sum.Findings, sum.Omitted = kept, r.total-len(kept)
}

func (p place) public(sources []string) Place {
	out := Place{Source: sources[p.source], Line: int(p.line), Offset: p.offset}
	if p.arrival != 0 {
		out.Time = time.Unix(0, p.arrival)
	}
	return out
}
