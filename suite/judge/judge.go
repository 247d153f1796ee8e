package judge

import (
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
)

// Judge gives the verdict about one play, from what was recorded of it and nothing else. Findings of a scenario's
// requirements come in the order in which it names them; the implied ACK-1 and ACK-2 follow.
//
// A nil catalogue knows no requirement: then every check speaks for each id that the scenario names.
func Judge(in Input, cat *scenarios.Catalogue) Result { return judgeWithout(in, cat, nil) }

// judgeWithout judges with some of the checks switched off, by their guard: a switched-off check never fails. It
// exists so that the tests can show that each check is missed when it is gone.
func judgeWithout(in Input, cat *scenarios.Catalogue, off map[string]bool) Result {
	j := &judgement{in: &in, cat: cat, off: off, own: requirementsOf(in.Plan.Scenario, cat), elsewhere: map[string]bool{}}
	j.book = newBook(&in.Plan, &in.Capabilities)
	j.surroundings()
	j.answers()
	j.alive()
	j.observations()
	j.fetches()
	j.play()
	return j.result()
}

// A judgement is a verdict in the making.
type judgement struct {
	in       *Input
	cat      *scenarios.Catalogue
	off      map[string]bool
	book     *book
	own      []requirement
	spoilt   spoilt
	pace     pace
	findings []finding

	// elsewhere marks the implied requirements whose failures count against another one.
	elsewhere map[string]bool
}

// A finding is a check, and what decides how much it proves.
type finding struct {
	Check
	guard  string // the name under which it can be switched off
	name   string // what requirements judge by
	soft   bool   // the target does not show it: the requirement's needs decide what that means
	hollow bool   // a pass proves nothing

	done time.Duration // when the attempt was over that it is about; 0 if it is about none
}

// add records a finding.
func (j *judgement) add(f finding) {
	f = j.excused(f)
	if j.off[f.guard] && f.Outcome != Pass {
		f.Outcome, f.soft = Pass, false
	}
	if j.off["hollow"] {
		f.hollow = false
	}
	slices.Sort(f.Requirement)
	f.Requirement = slices.Compact(f.Requirement)
	j.findings = append(j.findings, f)
}

// observations makes the comparisons of every observe step, and of the end.
func (j *judgement) observations() {
	for i := range j.in.Plan.Steps {
		if st := &j.in.Plan.Steps[i]; st.Observe != nil {
			j.observe(st.ID, st.Observe)
		}
	}
	j.observe(Final, &j.in.Plan.Expect)
}

func (j *judgement) observe(step string, ex *scenarios.Expect) {
	reqs := expected(ex, j.own, j.cat)
	s := newSitting(j.book, step, ex, reqs)
	l := s.looks(j.in.Samples)
	for _, c := range j.harden(step, s.compare(&j.in.Transcript, j.in.Samples)) {
		f := finding{
			Check: Check{
				Kind: c.kind, Subject: c.subject, Step: step, Outcome: c.outcome, Expected: c.expected, Actual: c.actual,
				Reason: c.reason, Requirement: credit(ex, reqs, c.name), Pos: c.pos,
			},
			guard: c.guard, name: c.name, soft: c.soft, hollow: c.hollow,
		}
		if f.Outcome == Fail {
			if why := j.spoilt.look(step, l); why != "" && !j.off["spoilt:look"] {
				f.Outcome, f.Reason = CannotTest, why
			}
		}
		j.add(f)
	}
}

// harden makes what the target does not show count where no requirement's needs say how much must be shown: a scenario
// that stands for itself is not held while something that it states, or all that an observe step asks for, is hidden.
func (j *judgement) harden(step string, all []comparison) []comparison {
	if _, itself := j.in.Plan.Scenario.Own(); !itself && len(j.in.Plan.Scenario.Requires) > 0 {
		return all
	}
	hidden := step != Final && !slices.ContainsFunc(all, func(c comparison) bool { return !c.soft })
	for i := range all {
		all[i].soft = all[i].soft && !all[i].stated && !hidden
	}
	return all
}
