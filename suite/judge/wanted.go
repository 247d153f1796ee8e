package judge

import (
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// settle is how long a sampler keeps looking although everything is as expected at once, where the play holds
// something that must have no effect: a double, a stale or a forged callback is often dropped only after the answer, and
// a second effect comes a moment after the first. Nothing is judged by it: a longer look only sees more.
const settle = 250 * time.Millisecond

// An Expectation tells a sampler what to look at for one step, and when it has seen enough:
//
//	e := judge.Wanted(in, step, catalogue)
//	for e != nil {
//		samples = append(samples, look(e.Open(transcript(), samples))...)
//		if done, _ := e.Done(transcript(), samples); done {
//			break
//		}
//		// wait a little
//	}
//
// The transcript given to its methods is the play's as it stands after the newest sample. Done comes by the code
// that judges the samples afterwards, so stopping there never costs a verdict. A sampler that stops earlier
// makes the comparisons that were still open not observable.
type Expectation struct {
	Step    string
	Tasks   []string // keys of the tasks to look at, in the plan's order
	Facts   []string // facts that are compared and that the target shows; what else a look brings does no harm
	Effects []string // effects to count for each of the tasks; nil if none are asked for

	Within     time.Duration // how long it may take to become as expected, from the first look
	Throughout time.Duration // how long each fact must stay as expected, once it is
	Settle     time.Duration // how long to look at least

	sitting *sitting
}

// Wanted says what to look at for an observe step of a plan, or for Final. It is nil where there is nothing to look at:
// nothing is expected, the target shows none of it, or the plan has no such step. Of the input only the plan and
// the capabilities matter.
func Wanted(in Input, step string, cat *scenarios.Catalogue) *Expectation {
	ex := expectAt(&in.Plan, step)
	if ex == nil {
		return nil
	}
	b := newBook(&in.Plan, &in.Capabilities)
	s := newSitting(b, step, ex, expected(ex, requirementsOf(in.Plan.Scenario, cat), cat))
	tasks, facts := s.wanted()
	facts = slices.DeleteFunc(facts, func(f string) bool { return !s.shows(f, looks{}) })
	e := &Expectation{Step: step, Tasks: tasks, Facts: facts, Within: s.within(), Throughout: s.throughout(), sitting: s}
	if s.looksAtEffects() || len(ex.Checks) > 0 {
		e.Effects = slices.Sorted(slices.Values(in.Capabilities.Effects))
	}
	checks := len(ex.Checks) > 0 && len(in.Capabilities.Facts)+len(in.Capabilities.Effects) > 0
	if len(tasks) == 0 || (len(facts) == 0 && len(e.Effects) == 0 && !checks) {
		return nil
	}
	if unwelcome(&in.Plan) {
		e.Settle = settle
	}
	return e
}

func expectAt(plan *scenarios.Plan, step string) *scenarios.Expect {
	if step == Final {
		return &plan.Expect
	}
	for i := range plan.Steps {
		if plan.Steps[i].ID == step && plan.Steps[i].Observe != nil {
			return plan.Steps[i].Observe
		}
	}
	return nil
}

// unwelcome says whether a plan holds anything that must have no effect, or none any more.
func unwelcome(plan *scenarios.Plan) bool {
	for i := range plan.Events {
		if plan.Events[i].Meaning != scenarios.MeansCallback {
			return true
		}
	}
	for i := range plan.Steps {
		if d := plan.Steps[i].Deliver; d != nil && (d.Copy > 0 || d.Held || d.Policy.Attempts > 1) {
			return true
		}
	}
	return false
}

// Met says whether everything that can be compared is as expected at the newest samples; if not, why.
func (e *Expectation) Met(tr emitter.Transcript, samples []Sample) (met bool, why string) {
	for _, c := range e.sitting.compare(&tr, samples) {
		if c.open || c.outcome == Fail {
			return false, c.explain()
		}
	}
	return true, ""
}

// Done says whether a further look could change nothing: everything is as expected and was for long enough, or it
// had all the time that it may have. Why tells what is still open.
func (e *Expectation) Done(tr emitter.Transcript, samples []Sample) (done bool, why string) {
	for _, c := range e.sitting.compare(&tr, samples) {
		if c.open {
			return false, c.explain()
		}
	}
	if l := e.sitting.looks(samples); len(l.all) > 0 && len(e.unsettled(l)) > 0 {
		return false, "what must not happen might still happen"
	}
	return true, ""
}

// unsettled lists the tasks whose newest look came before the settling time was over.
func (e *Expectation) unsettled(l looks) []string {
	var keys []string
	for _, key := range e.Tasks {
		samples := l.byTask[key]
		if len(samples) == 0 || span(l.first, samples[len(samples)-1].At) < e.Settle {
			keys = append(keys, key)
		}
	}
	return keys
}

// Open lists the tasks that a further look could change something about, in the plan's order: all of them before the
// first look, none once Done.
func (e *Expectation) Open(tr emitter.Transcript, samples []Sample) []string {
	l := e.sitting.looks(samples)
	if len(l.all) == 0 {
		return e.Tasks
	}
	open := map[string]bool{}
	for _, c := range e.sitting.compare(&tr, samples) {
		if c.open && c.task == "" {
			return e.Tasks
		}
		open[c.task] = open[c.task] || c.open
	}
	for _, key := range e.unsettled(l) {
		open[key] = true
	}
	return slices.DeleteFunc(slices.Clone(e.Tasks), func(key string) bool { return !open[key] })
}

func (c comparison) explain() string {
	if c.outcome == Fail {
		return c.subject + ": expected " + c.expected + ", got " + c.actual
	}
	s := c.subject + ": " + c.reason
	if c.expected != "" {
		s += " (expected " + c.expected + ", got " + c.actual + ")"
	}
	return s
}
