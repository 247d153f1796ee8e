package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// The rows that the fixture breaks.
func allKnown() []Known {
	k := func(requirement, scenario, place string) Known {
		return Known{Requirement: requirement, Scenario: scenario, Reason: "the queue has no order.", Owner: "relay-team", Expires: "2025-12-31", Place: place}
	}
	return []Known{k("ACK-1", "ack-status", "b.yaml:3"), k("ORD-1", "file-event-first", "b.yaml:8"), k("RET-1", "retry-after-500", "b.yaml:13")}
}

func requirement(t *testing.T, r Report, id string) Requirement {
	t.Helper()
	for _, q := range r.Requirements {
		if q.ID == id {
			return q
		}
	}
	t.Fatalf("there is no requirement %s", id)
	return Requirement{}
}

func TestWhatIsKnownIsAWarningThatNamesItsEntry(t *testing.T) {
	t.Parallel()
	run := fixture()
	run.Known = allKnown()
	r := Build(run)
	if r.Verdict != Partial || r.ExitCode != ExitOK {
		t.Errorf("verdict %s, exit code %d", r.Verdict, r.ExitCode)
	}
	q := requirement(t, r, "ORD-1")
	if q.Verdict != judge.Warned || q.Reason != "known until 2025-12-31: the queue has no order (relay-team; b.yaml:8)" {
		t.Errorf("ORD-1 is %s: %s", q.Verdict, q.Reason)
	}
	for _, f := range q.Findings {
		if f.Verdict != judge.Warned {
			t.Errorf("the finding %q is %s", f.Message, f.Verdict)
		}
	}
	for _, e := range r.Baseline.Entries {
		if e.Outcome != KnownBroken || e.Problem != "" {
			t.Errorf("%s is %s: %s", e.Place, e.Outcome, e.Problem)
		}
	}
	text := string(render(t, func(b *bytes.Buffer) error { return Console(b, r, ConsoleOptions{}) }))
	for _, want := range []string{"3 broken rows are known", "b.yaml:8"} {
		if !strings.Contains(text, want) {
			t.Errorf("the console does not say %q:\n%s", want, text)
		}
	}
	doc := render(t, func(b *bytes.Buffer) error { return JUnit(b, r) })
	if bytes.Contains(doc, []byte("<failure")) || !bytes.Contains(doc, []byte("b.yaml:8")) {
		t.Errorf("JUnit has a failure, or does not name the entry:\n%s", doc)
	}
}

func TestWhatIsKnownInSeveralScenariosIsToldOnce(t *testing.T) {
	t.Parallel()
	k := func(scenario, reason string, line int) Known {
		return Known{
			Requirement: "ACK-1", Scenario: scenario, Reason: reason, Owner: "relay-team",
			Expires: "2025-12-31", Place: fmt.Sprintf("b.yaml:%d", line),
		}
	}
	const alike = "the files' service is old"
	for name, c := range map[string]struct {
		known []Known
		want  string
	}{
		"one scenario": {[]Known{k("one", alike, 3)}, "known until 2025-12-31: the files' service is old (relay-team; b.yaml:3)"},
		"three scenarios": {
			[]Known{k("one", alike, 3), k("two", alike, 9), k("three", alike, 15)},
			"known until 2025-12-31: the files' service is old (relay-team) in 3 scenarios: one (b.yaml:3), three (b.yaml:15), two (b.yaml:9)",
		},
		"another reason between them": {
			[]Known{k("one", alike, 3), k("three", "nobody knows", 9), k("two", alike, 15)},
			"known until 2025-12-31: the files' service is old (relay-team) in 2 scenarios: one (b.yaml:3), two (b.yaml:15); " +
				"known until 2025-12-31: nobody knows (relay-team; b.yaml:9)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := fixture()
			run.Plays, run.Known = nil, c.known
			for i, known := range c.known {
				check := judge.Check{Outcome: judge.Fail, Reason: "was answered with status 202"}
				run.Plays = append(run.Plays, play(i, ref(known.Scenario, "ACK-1"), nil,
					judge.Row{Requirement: "ACK-1", Level: scenarios.Must, Verdict: judge.Broken, Reason: "status 202", Checks: []judge.Check{check}}))
			}
			r := Build(run)
			if q := requirement(t, r, "ACK-1"); q.Verdict != judge.Warned || q.Reason != c.want {
				t.Errorf("ACK-1 is %s: %s\nwant %s", q.Verdict, q.Reason, c.want)
			}
			for _, s := range r.Scenarios {
				if s.Verdict == judge.Warned && !strings.Contains(s.Reason, "known until 2025-12-31: ") {
					t.Errorf("%s does not name its entry: %s", s.ID, s.Reason)
				}
			}
		})
	}
}

func TestWhatIsNotKnownStillFails(t *testing.T) {
	t.Parallel()
	run := fixture()
	run.Known = allKnown()[:2]
	if r := Build(run); r.Verdict != Fail || requirement(t, r, "RET-1").Verdict != judge.Broken || requirement(t, r, "ACK-1").Verdict != judge.Warned {
		t.Errorf("verdict %s", r.Verdict)
	}
}

func TestAnEntryThatDoesNotFitFailsTheRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		extra   Known
		outcome KnownOutcome
		says    string
	}{
		"it holds by now":           {Known{Requirement: "SEQ-1", Scenario: "file-event-first", Expires: "2025-12-31"}, KnownHeld, "b.yaml:20: SEQ-1 in file-event-first holds by now; delete the entry."},
		"no such requirement":       {Known{Requirement: "ORD-11", Scenario: "file-event-first", Expires: "2025-12-31"}, KnownUnmatched, `there is no such requirement (did you mean "ORD-1"?)`},
		"no such scenario":          {Known{Requirement: "ORD-1", Scenario: "file-event-frist", Expires: "2025-12-31"}, KnownUnmatched, `there is no such scenario (did you mean "file-event-first"?)`},
		"no such row":               {Known{Requirement: "RET-1", Scenario: "file-event-first", Expires: "2025-12-31"}, KnownUnmatched, "says nothing about that requirement"},
		"it stands there twice":     {Known{Requirement: "ORD-1", Scenario: "file-event-first", Expires: "2025-12-31"}, KnownDoubled, "b.yaml:8 has it already"},
		"held and expired":          {Known{Requirement: "SEQ-1", Scenario: "file-event-first", Expires: "2025-09-09", Owner: "relay-team"}, KnownExpired, "was to be mended by 2025-09-09, which is over; relay-team has it."},
		"not played":                {Known{Requirement: "DUR-1", Scenario: "restart", Expires: "2025-12-31"}, KnownNotPlayed, ""},
		"not played and expired":    {Known{Requirement: "DUR-1", Scenario: "restart", Expires: "2025-01-01"}, KnownNotPlayed, ""},
		"of another run":            {Known{Requirement: "ORD-1", Scenario: "elsewhere", Expires: "2025-12-31", Elsewhere: true}, KnownNotPlayed, ""},
		"cannot be judged":          {Known{Requirement: "SEC-1", Scenario: "sign-valid", Expires: "2025-12-31"}, KnownNotJudged, ""},
		"is warned as it is":        {Known{Requirement: "ACK-3", Scenario: "ack-status", Expires: "2025-12-31"}, KnownBroken, ""},
		"its last day is the run's": {Known{Requirement: "ACK-3", Scenario: "ack-status", Expires: "2025-09-10"}, KnownBroken, ""},
	} {
		run := fixture()
		c.extra.Place = "b.yaml:20"
		run.Known = append(allKnown(), c.extra)
		r := Build(run)
		got := r.Baseline.Entries[3]
		if got.Outcome != c.outcome || !strings.Contains(got.Problem, c.says) || c.says == "" && got.Problem != "" {
			t.Errorf("%s: %s: %s", name, got.Outcome, got.Problem)
		}
		fails := c.says != ""
		if (r.Verdict == Fail) != fails || (r.ExitCode == ExitFail) != fails {
			t.Errorf("%s: verdict %s, exit code %d", name, r.Verdict, r.ExitCode)
		}
		if !fails {
			continue
		}
		text := strings.Join(strings.Fields(string(render(t, func(b *bytes.Buffer) error { return Console(b, r, ConsoleOptions{}) }))), " ")
		if !strings.Contains(text, got.Problem) || !strings.Contains(text, "FAIL: the baseline does not fit: one entry has to be looked at.") {
			t.Errorf("%s: the console does not say so:\n%s", name, text)
		}
		doc := render(t, func(b *bytes.Buffer) error { return JUnit(b, r) })
		if err := verifyJUnit(bytes.NewReader(doc), r); err != nil || bytes.Count(doc, []byte("<failure")) != 1 {
			t.Errorf("%s: %v\n%s", name, err, doc)
		}
		if err := checkedIn(t, "report.schema.json").Validate(decoded(t, render(t, func(b *bytes.Buffer) error { return JSON(b, r) }))); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func TestAnExpiredEntryCoversNothing(t *testing.T) {
	t.Parallel()
	run := fixture()
	run.Known = allKnown()
	run.Known[1].Expires = "2025-09-09" // the day before the run
	r := Build(run)
	if got := requirement(t, r, "ORD-1").Verdict; got != judge.Broken || r.ExitCode != ExitFail || r.Baseline.Entries[1].Outcome != KnownExpired {
		t.Errorf("ORD-1 is %s, exit code %d, the entry %s", got, r.ExitCode, r.Baseline.Entries[1].Outcome)
	}
}

func TestABrokenPlayIsKnownOnlyAsAWhole(t *testing.T) {
	t.Parallel()
	run := fixture()
	i := 1 // ack-status
	if !run.Broke(run.Plays[i]) {
		t.Fatal("it did not break")
	}
	run.Known = allKnown()
	if run.Broke(run.Plays[i]) {
		t.Error("what is known counts as broken")
	}
	run.Strict = true // ACK-3 is a SHOULD
	if !run.Broke(run.Plays[i]) {
		t.Error("a strict run does not count a SHOULD")
	}
}

func TestTheRunLogKeepsTheBaseline(t *testing.T) {
	t.Parallel()
	for name, known := range map[string][]Known{"none": nil, "empty": {}, "three": allKnown()} {
		run := fixture()
		run.Known = known
		back, err := ReadLog(bytes.NewReader(render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) })))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Build(run).Baseline, Build(back).Baseline); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A word that the reader did not know would be let through as something else.
func TestEveryWordOfAReportSurvivesItsWay(t *testing.T) {
	t.Parallel()
	var r Report
	r.Verdict = Pass
	outcomes := []KnownOutcome{KnownBroken, KnownHeld, KnownExpired, KnownUnmatched, KnownDoubled, KnownNotJudged, KnownNotPlayed}
	r.Baseline = &Baseline{}
	for _, o := range outcomes {
		r.Baseline.Entries = append(r.Baseline.Entries, KnownResult{Outcome: o})
	}
	for _, v := range verdictOrder {
		for _, l := range []scenarios.Level{scenarios.Must, scenarios.Should, scenarios.May} {
			r.Requirements = append(r.Requirements, Requirement{ID: string(v) + string(l), Level: l, Verdict: v, Scenarios: []string{}, Findings: []Finding{
				{Level: l, Verdict: judge.Broken}, {Level: l, Verdict: judge.Warned},
			}})
		}
		r.Scenarios = append(r.Scenarios, Scenario{ID: string(v), Verdict: v, Requirements: []Row{{ID: "x", Verdict: judge.Held}}, Findings: []Finding{}})
	}
	for _, verdict := range []string{Pass, Partial, Fail, Inconclusive, Environment} {
		for _, code := range []int{ExitOK, ExitFail, ExitEnvironment, ExitInconclusive, ExitInterrupted} {
			r.Verdict, r.ExitCode, r.Suite.TimeScale = verdict, code, 1
			doc := render(t, func(b *bytes.Buffer) error { return JSON(b, r) })
			back, err := ReadReport(bytes.NewReader(doc))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r, back); diff != "" {
				t.Fatal(diff)
			}
			if verdict == Pass && code == ExitOK {
				continue
			}
		}
	}
}
