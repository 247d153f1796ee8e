package selftest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// judgeBug says what became of a bug, from the report of the run against it and from how late this machine was meanwhile.
func judgeBug(b receiver.Bug, rep suite.Report, late time.Duration) Bug {
	out := Bug{
		ID: b.ID, Title: b.Title, Requirement: b.Requirement,
		KilledBy: []string{}, Red: map[string][]string{}, Unexpected: []string{}, MissingWords: []string{},
	}
	broken := false // in a play that broke off, as far as the bug's own requirement is concerned
	for _, sc := range rep.Scenarios {
		for _, row := range sc.Requirements {
			if row.Verdict != judge.Broken && row.Verdict != judge.Warned {
				continue
			}
			out.Red[row.ID] = append(out.Red[row.ID], sc.ID)
			switch {
			case row.ID != b.Requirement || !fails(row, rep):
			case sc.Aborted != "":
				broken = true
			default:
				out.KilledBy = append(out.KilledBy, sc.ID)
			}
		}
	}
	for _, r := range rep.Requirements {
		if r.ID == b.Requirement {
			out.MissingWords = missing(b.HintWords, r.Hint)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(out.Red)) {
		if !b.Breaks(id) {
			out.Unexpected = append(out.Unexpected, id)
		}
	}
	out.Verdict, out.Reason = conclude(b, out, rep, broken)
	if late <= tooLate || out.Verdict == Killed {
		return out
	}
	if leftOpen(b, out, rep) {
		out.Verdict = NotTestable
	}
	out.Reason += "; " + wasLate(late)
	return out
}

// fails says whether a row is as red as its requirement can be: a MUST that only warns was not caught.
func fails(row report.Row, rep suite.Report) bool {
	for _, r := range rep.Requirements {
		if r.ID == row.ID && r.Level == scenarios.Must {
			return row.Verdict == judge.Broken
		}
	}
	return true
}

// missing lists the words that a hint lacks.
func missing(words []string, hint string) []string {
	out := []string{}
	for _, w := range words {
		if !strings.Contains(hint, w) {
			out = append(out, w)
		}
	}
	return out
}

func conclude(b receiver.Bug, got Bug, rep suite.Report, broken bool) (Verdict, string) {
	switch {
	case rep.Verdict == report.Environment || rep.Verdict == report.Inconclusive:
		return Crashed, rep.Reason
	case len(got.KilledBy) == 0 && broken:
		return Crashed, "only a play that broke off turned red"
	case len(got.Unexpected) > 0:
		return WrongCheck, fmt.Sprintf("%s turned red and has no reason to: %s", strings.Join(got.Unexpected, ", "), firstFinding(rep, got.Unexpected[0]))
	case len(got.KilledBy) > 0:
		return Killed, ""
	case len(got.Red) > 0:
		why := fmt.Sprintf("%s did not turn red, but %s", b.Requirement, strings.Join(slices.Sorted(maps.Keys(got.Red)), ", "))
		if untested(rep, b.Requirement) {
			why += "; " + own(b, rep)
		}
		return WrongCheck, why
	default:
		return Survived, own(b, rep)
	}
}

// leftOpen says whether a machine that was late leaves the question of a bug open, which else would have an answer: its requirement
// could not be tested, or what it has to bear at once came one after the other. That something turned red which has no reason
// to, or that a play broke off, is an answer.
func leftOpen(b receiver.Bug, got Bug, rep suite.Report) bool {
	broke := slices.ContainsFunc(rep.Scenarios, func(sc report.Scenario) bool { return sc.Aborted != "" })
	if len(got.KilledBy)+len(got.Unexpected) > 0 || broke || rep.Verdict == report.Environment {
		return false
	}
	return untested(rep, b.Requirement) || slices.ContainsFunc(rep.Scenarios, func(sc report.Scenario) bool {
		return sc.Load != nil && sc.Load.Burst > 0 && behind(sc.Load) > tooLate &&
			slices.ContainsFunc(sc.Requirements, func(row report.Row) bool { return row.ID == b.Requirement })
	})
}

// behind is how much later than due a load was sent.
func behind(l *report.Load) time.Duration {
	return time.Duration(l.BehindMS * float64(time.Millisecond))
}

// wasLate says how late this machine was.
func wasLate(late time.Duration) string {
	return fmt.Sprintf("this machine was late by up to %s", late.Round(time.Millisecond))
}

// firstFinding is what the first failed check of a requirement says, with its scenario.
func firstFinding(rep suite.Report, id string) string {
	for _, r := range rep.Requirements {
		if r.ID == id && len(r.Findings) > 0 {
			f := r.Findings[0]
			return fmt.Sprintf("%s: %s (expected %s, actual %s)", f.Scenario, f.Message, f.Expected, f.Actual)
		}
	}
	return "no finding says why"
}

// own is what the report says of a bug's own requirement.
func own(b receiver.Bug, rep suite.Report) string {
	for _, r := range rep.Requirements {
		if r.ID == b.Requirement && r.Verdict == judge.Held {
			return b.Requirement + " held"
		} else if r.ID == b.Requirement {
			return fmt.Sprintf("%s is %s: %s", b.Requirement, r.Verdict, r.Reason)
		}
	}
	return b.Requirement + " was not judged"
}

// untested says whether a requirement could not be tested for the machine's sake: an empty id asks about all.
func untested(rep suite.Report, id string) bool {
	for _, r := range rep.Requirements {
		if (id == "" || r.ID == id) && r.Verdict == judge.NotTestable {
			return true
		}
	}
	return false
}

// judgeReference lists what is not right with the reference, and what a machine that was late could not tell of it.
func judgeReference(rep suite.Report, late time.Duration) (wrong, untold []string) {
	if rep.Verdict == report.Environment || rep.Verdict == report.Inconclusive {
		return []string{rep.Reason}, nil
	}
	for _, r := range rep.Requirements {
		switch r.Verdict {
		case judge.Held, judge.Unproven:
		case judge.NotSelected:
			wrong = append(wrong, fmt.Sprintf("%s was not played", r.ID))
		case judge.Broken, judge.Warned:
			wrong = append(wrong, fmt.Sprintf("%s is %s: %s", r.ID, r.Verdict, firstFinding(rep, r.ID)))
		default:
			why := fmt.Sprintf("%s is %s: %s", r.ID, r.Verdict, r.Reason)
			if r.Verdict == judge.NotTestable && late > tooLate {
				untold = append(untold, why+"; "+wasLate(late))
			} else {
				wrong = append(wrong, why)
			}
		}
	}
	return wrong, untold
}
