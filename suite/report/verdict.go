package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// The verdicts of a run.
const (
	Pass         = "pass"         // everything that is required held
	Partial      = "partial"      // nothing broke, but some of what was asked could not be observed or tested
	Fail         = "fail"         // the receiver broke a rule
	Inconclusive = "inconclusive" // nothing could be checked, or the run was cut short before anything broke
	Environment  = "environment"  // target or observer unreachable or untrustworthy: nothing is said about the receiver
)

// The exit codes of a run. 2 is a mistake in the command line or in a file; such a run has no report.
const (
	ExitOK           = 0
	ExitFail         = 1
	ExitEnvironment  = 3
	ExitInconclusive = 4
	ExitInterrupted  = 130
)

// badness orders verdicts: of several rows about one requirement the worst counts. Both "not testable" and "not
// observable" are worse than "held", because a requirement that held in one scenario and could not be looked at in
// another has not been shown to hold.
var badness = map[judge.Verdict]int{
	judge.Held:          1,
	judge.NotObservable: 2,
	judge.NotTestable:   3,
	judge.Warned:        4,
	judge.Broken:        5,
}

// worse is whether a counts rather than b.
func worse(a, b judge.Verdict) bool { return badness[a] > badness[b] }

// settle returns the verdict and the reason of a row as the report gives them. It repeats none of the judge's work,
// but it keeps the promises that a reader relies on: nothing is held without a check that passed, nothing is held with
// a check that failed, and a strict run knows no warnings but those of a MAY.
func settle(row judge.Row, strict bool) (judge.Verdict, string) {
	verdict, reason := row.Verdict, row.Reason
	failed, passed := false, false
	level := scenarios.May
	for _, c := range row.Checks {
		switch c.Outcome {
		case judge.Pass:
			passed = true
		case judge.Fail:
			failed = true
			if l := levelOf(c, row); rank(l) > rank(level) {
				level = l
			}
		case judge.CannotObserve, judge.CannotTest:
		}
	}
	if !failed {
		level = row.Level
	}
	switch {
	case badness[verdict] == 0:
		verdict, reason = judge.NotTestable, whyImpossible(row.Verdict)
	case verdict == judge.Held && failed && level == scenarios.Must:
		verdict = judge.Broken
	case verdict == judge.Held && failed:
		verdict = judge.Warned
	case verdict == judge.Held && !passed:
		verdict, reason = judge.NotTestable, whyNoCheck
	}
	if verdict == judge.Warned && strict && level != scenarios.May {
		verdict = judge.Broken
	}
	return verdict, reason
}

// levelOf is how binding a check is: its own level where it asks less than its requirement, else that one's.
func levelOf(c judge.Check, row judge.Row) scenarios.Level {
	if c.Severity != "" {
		return c.Severity
	}
	return row.Level
}

func rank(l scenarios.Level) int {
	switch l {
	case scenarios.Must:
		return 3
	case scenarios.Should:
		return 2
	case scenarios.May:
		return 1
	default:
		return 0
	}
}

// conclude gives the verdict of the run, its exit code, and for a verdict that says nothing about the receiver the
// reason in one sentence.
func conclude(run Run, reqs []Requirement, scens []Scenario, base *Baseline) (verdict string, code int, reason string) {
	n := count(reqs)
	checked := false
	aborted := ""
	for _, s := range scens {
		if s.Aborted != "" && aborted == "" {
			aborted = saidAborted(s.ID, s.Aborted)
		}
		for _, r := range s.Requirements {
			checked = checked || r.Checks > 0 && badness[r.Verdict] > 0 &&
				(r.Verdict == judge.Held || r.Verdict == judge.Warned || r.Verdict == judge.Broken)
		}
	}
	missing := notPlayed(run)
	switch {
	case run.Problem != "" && run.Stopped: // the problem may be nothing but the interruption
		verdict, code, reason = Inconclusive, ExitInconclusive, saidInterrupted
	case run.Problem != "":
		verdict, code, reason = Environment, ExitEnvironment, sentence(run.Problem)
	case n[judge.Broken] > 0, len(base.Problems()) > 0:
		verdict, code = Fail, ExitFail
	case run.Stopped:
		verdict, code, reason = Inconclusive, ExitInconclusive, saidInterrupted
	case run.CutShort != "":
		verdict, code, reason = Inconclusive, ExitInconclusive, sentence(run.CutShort)
	case len(run.Plays) == 0:
		verdict, code, reason = Inconclusive, ExitInconclusive, saidNoPlay
	case len(missing) > 0:
		verdict, code, reason = Inconclusive, ExitInconclusive, saidMissing(missing)
	case aborted != "":
		verdict, code, reason = Inconclusive, ExitInconclusive, aborted
	case !checked:
		verdict, code, reason = Inconclusive, ExitInconclusive, saidNoCheck
	case n[judge.NotObservable]+n[judge.NotTestable] > 0:
		verdict, code = Partial, ExitOK
		if run.Strict {
			code = ExitInconclusive
		}
	default:
		verdict, code = Pass, ExitOK
	}
	if run.Stopped {
		code = ExitInterrupted
	}
	return verdict, code, reason
}

// count counts requirements by verdict.
func count(reqs []Requirement) map[judge.Verdict]int {
	n := map[judge.Verdict]int{}
	for _, r := range reqs {
		n[r.Verdict]++
	}
	return n
}

// notPlayed lists the selected scenarios that have no play, in their order.
func notPlayed(run Run) []string {
	played := map[string]bool{}
	for _, p := range run.Plays {
		played[p.ref().ID] = true
	}
	var ids []string
	for _, ref := range run.Selected {
		if !played[ref.ID] && !slices.Contains(ids, ref.ID) {
			ids = append(ids, ref.ID)
		}
	}
	return ids
}

// list joins at most n names with commas and counts the rest.
func list(names []string, n int) string { return join(names, n, ", ") }

// join is list with something else than commas.
func join(texts []string, n int, between string) string {
	if len(texts) <= n {
		return strings.Join(texts, between)
	}
	return strings.Join(texts[:n], between) + fmt.Sprintf(" and %d more", len(texts)-n)
}
