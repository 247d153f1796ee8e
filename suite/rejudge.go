package suite

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// A Change is a result that came out otherwise when a recorded play was judged again.
type Change struct {
	Scenario    string
	Requirement string        // "" where the rows differ in number or order
	Before      judge.Verdict // as recorded; "" where the log has no such row
	After       judge.Verdict // now; "" where there is no such row any more
	Check       string        // the first check that differs, where the verdict is the same
}

// String is the change in a line.
func (c Change) String() string {
	verdict := func(v judge.Verdict) string {
		if v == "" {
			return "(no row)"
		}
		return string(v)
	}
	switch {
	case c.Requirement == "":
		return c.Scenario + ": the rows stand in another order"
	case c.Before == c.After && c.Check != "":
		return fmt.Sprintf("%s: %s is %s as before, but the check %s differs", c.Scenario, c.Requirement, c.After, c.Check)
	case c.Before == c.After:
		return fmt.Sprintf("%s: %s is %s as before, for another reason", c.Scenario, c.Requirement, c.After)
	default:
		return fmt.Sprintf("%s: %s was %s, now %s", c.Scenario, c.Requirement, verdict(c.Before), verdict(c.After))
	}
}

// Rejudge judges the plays of a recorded run again, with the catalogue that is built in, and says what came out otherwise.
// The run that it returns has the new results; the given one stays as it is. With the suite that recorded the run there
// are no changes: a verdict rests on nothing but what was recorded.
func Rejudge(run report.Run) (report.Run, []Change, error) {
	cat, err := scenarios.LoadCatalogue()
	if err != nil {
		return report.Run{}, nil, fmt.Errorf("load the requirement catalogue: %w", err)
	}
	out := run
	out.Version, out.Catalogue = Version(), cat
	out.Plays = make([]report.Play, len(run.Plays))
	var changes []Change
	for i, p := range run.Plays {
		out.Plays[i] = p
		out.Plays[i].Result = guarded(p.Input, cat, judge.Judge)
		changes = append(changes, compare(p.Result, out.Plays[i].Result)...)
	}
	switch was := run.Catalogue; {
	case was != nil && was.Digest != cat.Digest:
		out.Remarks = append(out.Remarks, fmt.Sprintf(
			"Judged again with another catalogue than the run was made with: now %.12s (suite %s), then %.12s (suite %s).",
			cat.Digest, out.Version, was.Digest, run.Version))
	case run.Version != out.Version:
		out.Remarks = append(out.Remarks, fmt.Sprintf("Judged again with suite %s; the run was made with %s.", out.Version, run.Version))
	}
	return out, changes, nil
}

// compare lists what differs between two results about the same play.
func compare(before, after judge.Result) []Change {
	if same(before, after) {
		return nil
	}
	var out []Change
	rows := func(r judge.Result) map[string]judge.Row {
		m := map[string]judge.Row{}
		for _, row := range r.Rows {
			m[row.Requirement] = row
		}
		return m
	}
	was, is := rows(before), rows(after)
	for _, row := range before.Rows {
		now, ok := is[row.Requirement]
		if ok && same(row, now) {
			continue
		}
		c := Change{Scenario: after.Scenario, Requirement: row.Requirement, Before: row.Verdict, After: now.Verdict}
		if c.Before == c.After {
			c.Check = differing(row.Checks, now.Checks)
		}
		out = append(out, c)
	}
	for _, row := range after.Rows {
		if _, ok := was[row.Requirement]; !ok {
			out = append(out, Change{Scenario: after.Scenario, Requirement: row.Requirement, After: row.Verdict})
		}
	}
	if out == nil {
		out = append(out, Change{Scenario: after.Scenario})
	}
	return out
}

// differing names the first check that differs.
func differing(before, after []judge.Check) string {
	for i := range max(len(before), len(after)) {
		switch {
		case i >= len(before):
			return after[i].Kind + " " + after[i].Subject
		case i >= len(after) || !same(before[i], after[i]):
			return before[i].Kind + " " + before[i].Subject
		}
	}
	return ""
}

// same compares as a log has it: to the byte of its JSON.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// guarded asks a judge, and answers for it where it panics: it has judged nothing then, and its rows are not testable.
func guarded(in judge.Input, cat *scenarios.Catalogue, ask func(judge.Input, *scenarios.Catalogue) judge.Result) (out judge.Result) {
	defer func() {
		if v := recover(); v != nil {
			ref := in.Plan.Scenario
			out = judge.Result{Scenario: ref.ID}
			ids := ref.Requires
			if len(ids) == 0 {
				ids = []string{ref.ID}
			}
			for _, id := range ids {
				level := scenarios.Must // what stands for itself must hold
				if req, ok := cat.Get(id); ok {
					level = req.Level
				}
				out.Rows = append(out.Rows, judge.Row{
					Requirement: id, Scenario: ref.ID, Level: level, Verdict: judge.NotTestable,
					Reason: fmt.Sprintf("the judge failed: %v", v),
				})
			}
		}
	}()
	return ask(in, cat)
}
