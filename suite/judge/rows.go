package judge

import (
	"fmt"
	"slices"

	"github.com/relaycheck/relaycheck/scenarios"
)

// result adds the findings up, requirement by requirement.
func (j *judgement) result() Result {
	r := Result{Scenario: j.in.Plan.Scenario.ID}
	for _, req := range j.rowOrder() {
		if row, ok := j.row(req); ok {
			r.Rows = append(r.Rows, row)
		}
	}
	return r
}

// rowOrder lists the requirements that have a row: the scenario's own in its order, then those that an expectation
// names beside them, then the implied ones.
func (j *judgement) rowOrder() []requirement {
	order := slices.Clone(j.own)
	has := func(id string) bool {
		return slices.ContainsFunc(order, func(r requirement) bool { return r.ID == id })
	}
	for _, f := range j.findings {
		for _, id := range f.Requirement {
			if id != ackStatus && id != ackTime && !has(id) {
				order = append(order, lookUp(j.cat, id))
			}
		}
	}
	for _, id := range []string{ackStatus, ackTime} {
		if !has(id) {
			r := lookUp(j.cat, id)
			r.standIn = false
			order = append(order, r)
		}
	}
	return order
}

// row gives the verdict about one requirement. Of an implied one that nothing speaks for, or whose failures count
// against another, there is none.
func (j *judgement) row(req requirement) (Row, bool) {
	row := Row{Requirement: req.ID, Scenario: j.in.Plan.Scenario.ID, Level: req.Level}
	own := slices.ContainsFunc(j.own, func(r requirement) bool { return r.ID == req.ID })
	var mine []finding
	for _, f := range j.findings {
		if slices.Contains(f.Requirement, req.ID) {
			mine = append(mine, f)
		}
	}
	if len(mine) == 0 && !own {
		return row, false
	}
	if why := j.notApplicable(req); why != "" && !j.off["key"] {
		mine = demoted(mine, why)
		row.Verdict, row.Reason = NotTestable, why
	} else {
		row.Verdict, row.Reason = j.verdict(req, mine)
	}
	if !own && j.elsewhere[req.ID] && row.Verdict != Broken && row.Verdict != Warned {
		return row, false
	}
	row.JudgedBy = judgedBy(row.Verdict, mine)
	for _, f := range mine {
		row.Checks = append(row.Checks, f.Check)
	}
	return row, true
}

// demoted takes the sting out of failures that cannot count.
func demoted(mine []finding, why string) []finding {
	out := slices.Clone(mine)
	for i := range out {
		if out[i].Outcome == Fail {
			out[i].Outcome, out[i].Reason = CannotTest, why
		}
	}
	return out
}

// verdict weighs the findings that speak for a requirement.
func (j *judgement) verdict(req requirement, mine []finding) (Verdict, string) {
	warned := ""
	for _, f := range mine {
		if f.Outcome != Fail {
			continue
		}
		if f.Severity == scenarios.Must || (f.Severity == "" && req.Level == scenarios.Must) {
			return Broken, ""
		}
		if warned == "" {
			warned = fmt.Sprintf("%s of %s: expected %s, got %s", f.Kind, f.Subject, f.Expected, f.Actual)
		}
	}
	if warned != "" {
		return Warned, warned
	}
	if why := j.lacksHook(); why != "" && !j.off["hook"] && slices.ContainsFunc(j.own, func(r requirement) bool { return r.ID == req.ID }) {
		return NotObservable, why
	}
	for _, outcome := range []Outcome{CannotTest, CannotObserve} {
		for _, f := range mine {
			if f.Outcome == outcome && !f.soft {
				return Verdict(outcome), f.Reason
			}
		}
	}
	if verdict, why := j.needs(req); verdict != "" && !j.off["needs"] {
		return verdict, why
	}
	for _, f := range mine {
		if f.Outcome == Pass && !f.hollow {
			return Held, ""
		}
	}
	return j.unproven(mine)
}

// unproven says why nothing speaks for a requirement although nothing speaks against it.
func (j *judgement) unproven(mine []finding) (Verdict, string) {
	for _, f := range mine {
		if f.hollow {
			return hollowVerdict(f)
		}
	}
	for _, f := range mine {
		if f.Reason != "" {
			return NotObservable, f.Reason
		}
	}
	return NotObservable, "nothing in this scenario speaks for it with this target"
}

func hollowVerdict(f finding) (Verdict, string) {
	if f.Kind == "effect" {
		return NotObservable, "no effect was seen at all, so nothing is shown about a second one"
	}
	return NotTestable, f.Subject + " rests on a callback that was not acknowledged, so what is seen of it proves nothing"
}
