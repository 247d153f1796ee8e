package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func failed(level scenarios.Level) judge.Check {
	return judge.Check{Kind: "status", Subject: "TaskStart", Outcome: judge.Fail, Expected: "200", Actual: "500", Severity: level}
}

func cannot(o judge.Outcome) judge.Check {
	return judge.Check{Kind: "fact", Subject: "task.phase", Outcome: o}
}

// A small run: one requirement per row, each in a scenario of its own.
func runOf(rows ...judge.Row) Run {
	run := Run{Version: "1", Catalogue: &scenarios.Catalogue{Digest: "d"}, Scale: 1, Target: Target{Capabilities: capabilities()}}
	for i, r := range rows {
		id := fmt.Sprintf("s%02d", i)
		r.Scenario = id
		if _, ok := find(run.Catalogue.Requirements, r.Requirement); !ok {
			run.Catalogue.Requirements = append(run.Catalogue.Requirements, scenarios.Requirement{ID: r.Requirement, Level: r.Level, Sentence: "s", Hint: "h"})
		}
		sc := ref(id, r.Requirement)
		run.Selected = append(run.Selected, sc)
		run.Plays = append(run.Plays, play(i, sc, nil, r))
	}
	return run
}

func find(qs []scenarios.Requirement, id string) (scenarios.Requirement, bool) {
	i := slices.IndexFunc(qs, func(q scenarios.Requirement) bool { return q.ID == id })
	if i < 0 {
		return scenarios.Requirement{}, false
	}
	return qs[i], true
}

func held(id string) judge.Row {
	return row(id, "", scenarios.Must, judge.Held, pass("status", "TaskStart"))
}

func broken(id string, level scenarios.Level) judge.Row {
	return row(id, "", level, judge.Broken, failed(""))
}

func warned(id string, level scenarios.Level) judge.Row {
	return row(id, "", level, judge.Warned, failed(""))
}

func unseen(id string) judge.Row {
	return row(id, "", scenarios.Must, judge.NotObservable, cannot(judge.CannotObserve))
}

func untested(id string) judge.Row {
	return row(id, "", scenarios.Must, judge.NotTestable, cannot(judge.CannotTest))
}

func TestEveryCombinationOfVerdictsHasItsExitCode(t *testing.T) {
	t.Parallel()
	type want struct {
		verdict string
		code    int
	}
	strict := func(r Run) Run { r.Strict = true; return r }
	stopped := func(r Run) Run { r.Stopped = true; return r }
	short := func(r Run) Run { r.CutShort = "ended early by --fail-fast"; return r }
	problem := func(r Run) Run { r.Problem = "the target refuses connections"; return r }
	aborted := func(r Run) Run { r.Plays[0].Input.Transcript.Aborted = "its deadline passed"; return r }
	unplayed := func(r Run) Run { r.Selected = append(r.Selected, ref("never", "ACK-9")); return r }
	may := func(r judge.Row) judge.Row { r.Checks[0].Severity = scenarios.May; return r }

	for _, tc := range []struct {
		name string
		run  Run
		want want
	}{
		{"all held", runOf(held("A-1"), held("A-2")), want{Pass, 0}},
		{"all held, strict", strict(runOf(held("A-1"))), want{Pass, 0}},
		{"a MUST broken", runOf(held("A-1"), broken("A-2", scenarios.Must)), want{Fail, 1}},
		{"a SHOULD warned", runOf(held("A-1"), warned("A-2", scenarios.Should)), want{Pass, 0}},
		{"a SHOULD warned, strict", strict(runOf(held("A-1"), warned("A-2", scenarios.Should))), want{Fail, 1}},
		{"a MAY warned, strict", strict(runOf(held("A-1"), warned("A-2", scenarios.May))), want{Pass, 0}},
		{"a weak check of a MUST, strict", strict(runOf(held("A-1"), may(warned("A-2", scenarios.Must)))), want{Pass, 0}},
		{"not observable", runOf(held("A-1"), unseen("A-2")), want{Partial, 0}},
		{"not observable, strict", strict(runOf(held("A-1"), unseen("A-2"))), want{Partial, 4}},
		{"not testable", runOf(held("A-1"), untested("A-2")), want{Partial, 0}},
		{"not testable, strict", strict(runOf(held("A-1"), untested("A-2"))), want{Partial, 4}},
		{"not observable and broken", runOf(unseen("A-1"), broken("A-2", scenarios.Must)), want{Fail, 1}},
		{"not observable and warned", runOf(unseen("A-1"), warned("A-2", scenarios.Should)), want{Partial, 0}},
		{"nothing observable", runOf(unseen("A-1"), untested("A-2")), want{Inconclusive, 4}},
		{"no play at all", Run{Catalogue: fixtureCatalogue()}, want{Inconclusive, 4}},
		{"no play, no catalogue", Run{}, want{Inconclusive, 4}},
		{"a play without rows", Run{Plays: []Play{play(0, ref("x", "A-1"), nil)}}, want{Inconclusive, 4}},
		{"a selected scenario without a play", unplayed(runOf(held("A-1"))), want{Inconclusive, 4}},
		{"one unplayed, but one broken", unplayed(runOf(broken("A-1", scenarios.Must))), want{Fail, 1}},
		{"an aborted play", aborted(runOf(held("A-1"), held("A-2"))), want{Inconclusive, 4}},
		{"an aborted play, but one broken", aborted(runOf(held("A-1"), broken("A-2", scenarios.Must))), want{Fail, 1}},
		{"cut short", short(runOf(held("A-1"))), want{Inconclusive, 4}},
		{"cut short by a failure", short(runOf(broken("A-1", scenarios.Must))), want{Fail, 1}},
		{"environment", problem(runOf()), want{Environment, 3}},
		{"environment, although something held", problem(runOf(held("A-1"))), want{Environment, 3}},
		{"environment, although something broke", problem(runOf(broken("A-1", scenarios.Must))), want{Environment, 3}},
		{"interrupted", stopped(runOf(held("A-1"))), want{Inconclusive, 130}},
		{"interrupted after a failure", stopped(runOf(broken("A-1", scenarios.Must))), want{Fail, 130}},
		{"interrupted before the target was there", stopped(problem(runOf())), want{Inconclusive, 130}},
		{"interrupted before anything", stopped(Run{}), want{Inconclusive, 130}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := Build(tc.run)
			if got := (want{r.Verdict, r.ExitCode}); got != tc.want {
				t.Errorf("got %v, want %v (reason %q)", got, tc.want, r.Reason)
			}
			says := r.Verdict == Inconclusive || r.Verdict == Environment
			if says != (r.Reason != "") {
				t.Errorf("verdict %s has the reason %q", r.Verdict, r.Reason)
			}
			if says && !strings.HasSuffix(r.Reason, ".") {
				t.Errorf("the reason is no sentence: %q", r.Reason)
			}
		})
	}
}

func TestOfSeveralRowsTheWorstCounts(t *testing.T) {
	t.Parallel()
	order := []judge.Row{held("A-1"), unseen("A-1"), untested("A-1"), warned("A-1", scenarios.Should), broken("A-1", scenarios.Must)}
	for i := range order {
		for j := range order {
			r := Build(runOf(order[i], order[j]))
			if got, want := r.Requirements[0].Verdict, order[max(i, j)].Verdict; got != want {
				t.Errorf("%s and %s give %s, want %s", order[i].Verdict, order[j].Verdict, got, want)
			}
			if diff := cmp.Diff([]string{"s00", "s01"}, r.Requirements[0].Scenarios); diff != "" {
				t.Errorf("scenarios (-want +got):\n%s", diff)
			}
		}
	}
}

func TestWhatNoScenarioShowsIsNeverHeld(t *testing.T) {
	t.Parallel()
	r := Build(fixture())
	got := map[string]judge.Verdict{}
	for _, q := range r.Requirements {
		got[q.ID] = q.Verdict
	}
	want := map[string]judge.Verdict{
		"ACK-1": judge.Broken, "ACK-2": judge.Held, "ACK-3": judge.Warned, "ACK-4": judge.NotObservable, "ENV-1": judge.Unproven,
		"SEQ-1": judge.Held, "ORD-1": judge.Broken, "RET-1": judge.Broken, "SEC-1": judge.NotTestable, "DUR-1": judge.NotSelected,
		"LOAD-1": judge.NotSelected, "my-own-check": judge.Held,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

func TestNothingIsHeldWithoutAPassedCheck(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		row  judge.Row
		want judge.Verdict
	}{
		{"held without any check", row("A-1", "", scenarios.Must, judge.Held), judge.NotTestable},
		{"held, but its only check could not be made", row("A-1", "", scenarios.Must, judge.Held, cannot(judge.CannotObserve)), judge.NotTestable},
		{"held, with a failed check", row("A-1", "", scenarios.Must, judge.Held, pass("status", "x"), failed("")), judge.Broken},
		{"held, with a failed check of a SHOULD", row("A-1", "", scenarios.Must, judge.Held, pass("status", "x"), failed(scenarios.Should)), judge.Warned},
		{"a verdict that is none", row("A-1", "", scenarios.Must, "passed", pass("status", "x")), judge.NotTestable},
		{"a verdict of the run, not of a row", row("A-1", "", scenarios.Must, judge.Unproven, pass("status", "x")), judge.NotTestable},
		{"no verdict", row("A-1", "", scenarios.Must, "", pass("status", "x")), judge.NotTestable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := Build(runOf(tc.row))
			if got := r.Requirements[0].Verdict; got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if tc.want != judge.Warned && r.Verdict == Pass {
				t.Error("the run passed")
			}
		})
	}
}

func TestAReportWithZeroPlaysIsNeverAPass(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		run := Run{
			Strict: rapid.Bool().Draw(t, "strict"), Stopped: rapid.Bool().Draw(t, "stopped"),
			Problem: rapid.SampledFrom([]string{"", "dead"}).Draw(t, "problem"), CutShort: rapid.SampledFrom([]string{"", "fail-fast"}).Draw(t, "cut"),
		}
		if rapid.Bool().Draw(t, "catalogue") {
			run.Catalogue = fixtureCatalogue()
		}
		if rapid.Bool().Draw(t, "selected") {
			run.Selected = fixture().Selected
		}
		r := Build(run)
		if r.ExitCode == ExitOK || r.Verdict == Pass || r.Verdict == Partial || count(r.Requirements)[judge.Held] > 0 {
			t.Fatalf("verdict %s, exit code %d", r.Verdict, r.ExitCode)
		}
	})
}

func TestTheOrderOfThePlaysHasNoInfluence(t *testing.T) {
	t.Parallel()
	want := Build(fixture())
	rapid.Check(t, func(t *rapid.T) {
		run := fixture()
		run.Plays = rapid.Permutation(run.Plays).Draw(t, "plays")
		run.Selected = rapid.Permutation(run.Selected).Draw(t, "selected")
		if diff := cmp.Diff(want, Build(run)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestAScenarioPlayedTwiceIsOneScenario(t *testing.T) {
	t.Parallel()
	sc := ref("twice", "A-1")
	run := Run{Selected: []scenarios.Ref{sc}, Plays: []Play{play(0, sc, nil, held("A-1")), play(1, sc, nil, broken("A-1", scenarios.Must))}}
	r := Build(run)
	if len(r.Scenarios) != 1 || r.Scenarios[0].Verdict != judge.Broken || len(r.Scenarios[0].Findings) != 1 || r.Scenarios[0].DurationMS != 2468 {
		t.Errorf("got %+v", r.Scenarios)
	}
}

func TestNotesSayWhatTheVerdictDoesNot(t *testing.T) {
	t.Parallel()
	blind := runOf(held("A-1"))
	blind.Target.Capabilities = judge.Capabilities{}
	scaled := runOf(held("A-1"))
	scaled.Scale = 10
	unplayed := runOf(broken("A-1", scenarios.Must))
	unplayed.Selected = append(unplayed.Selected, ref("never"))
	short := runOf(broken("A-1", scenarios.Must))
	short.CutShort = "ended early by --fail-fast"
	stopped := runOf(broken("A-1", scenarios.Must))
	stopped.Stopped = true
	strict := runOf(held("A-1"), unseen("A-2"))
	strict.Strict = true
	for _, tc := range []struct {
		name string
		run  Run
		want []string
	}{
		{"nothing to say", runOf(held("A-1")), nil},
		{"no observer", blind, []string{saidNoObserver}},
		{"scaled time", scaled, []string{"Waits were divided by 10 (--time-scale); scenarios that declare real_time were not scaled."}},
		{"not played", unplayed, []string{"1 selected scenarios were not played: never."}},
		{"cut short", short, []string{"Ended early by --fail-fast."}},
		{"interrupted", stopped, []string{saidInterrupted}},
		{"strict and partial", strict, []string{saidStrictPartial}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, Build(tc.run).Notes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestABrokenRowWithoutAFailedCheckStillHasAFinding(t *testing.T) {
	t.Parallel()
	r := Build(runOf(judge.Row{Requirement: "A-1", Level: scenarios.Must, Verdict: judge.Broken, Reason: "it fell over"}))
	fs := r.Requirements[0].Findings
	if len(fs) != 1 || fs[0].Message != "It fell over." || fs[0].Position.Line == 0 {
		t.Errorf("got %+v", fs)
	}
}

func TestFindingsOfOneRow(t *testing.T) {
	t.Parallel()
	run := fixture()
	for _, p := range run.Plays {
		for _, row := range p.Result.Rows {
			got := Findings(run, p, row)
			var want []Finding
			for _, q := range Build(run).Requirements {
				for _, f := range q.Findings {
					if q.ID == row.Requirement && f.Scenario == row.Scenario {
						want = append(want, f)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s in %s (-want +got):\n%s", row.Requirement, row.Scenario, diff)
			}
		}
	}
}

func TestAFindingPointsToTheEventWhereTheCheckHasNoPlace(t *testing.T) {
	t.Parallel()
	sc := ref("x", "A-1")
	p := play(0, sc, []sent{{event: "TaskStart", answers: []*emitter.Answer{ok()}}}, broken("A-1", scenarios.Must))
	r := Build(Run{Plays: []Play{p}})
	if got := r.Scenarios[0].Findings[0].Position; got != (scenarios.Position{File: sc.File, Line: 10, Col: 5}) {
		t.Errorf("got %+v", got)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	in := play(0, ref("x"), nil).Input
	two := in
	two.Plan.Tasks = append(slices.Clone(in.Plan.Tasks), scenarios.Task{Key: "b", TaskID: "2"})
	two.Plan.Steps = []scenarios.Step{{ID: "observe-1", Observe: &scenarios.Expect{Within: ms(500)}, Pos: scenarios.Position{Line: 17}}}
	for _, tc := range []struct {
		name string
		c    judge.Check
		in   judge.Input
		want string
	}{
		{"status", judge.Check{Kind: "status", Subject: "TaskExit", Expected: "200", Actual: "201"}, in, "TaskExit was answered with status 201 where 200 is expected."},
		{"status of a later attempt", judge.Check{Kind: "status", Subject: "TaskExit", Attempt: 3, Expected: "200", Actual: "201"}, in, "TaskExit (attempt 3) was answered with status 201 where 200 is expected."},
		{"no answer", judge.Check{Kind: "status", Subject: "TaskExit", Expected: "200", Actual: "no answer within 20s"}, in, "TaskExit got no answer within 20s where 200 is expected."},
		{"late", judge.Check{Kind: "time", Subject: "TaskExit", Expected: "within 20s", Actual: "20.4s"}, in, "TaskExit was answered after 20.4s where an answer within 20s is expected."},
		{"silent", judge.Check{Kind: "time", Subject: "TaskExit", Expected: "within 20s", Actual: "no answer after 20s"}, in, "TaskExit got no answer after 20s where an answer within 20s is expected."},
		{"header", judge.Check{Kind: "header", Subject: "my start Content-Type", Attempt: 2, Expected: "^application/json", Actual: "text/plain"}, in, "The answer to my start (attempt 2) has in the header Content-Type text/plain where ^application/json is expected."},
		{"refusal", judge.Check{Kind: "refusal", Subject: "rubbish", Expected: "an answer other than 5xx", Actual: "no answer: reset"}, in, "Rubbish got no answer (the receiver reset the connection) where an answer other than 5xx is expected."},
		{"alive", judge.Check{Kind: "alive", Subject: "TaskStart", Expected: "an answer", Actual: "no answer: refused"}, in, "The receiver did not survive: TaskStart got no answer (the connection was refused) where an answer is expected."},
		{"fetch", judge.Check{Kind: "fetch", Subject: "task.source_urls", Expected: "no request", Actual: "GET /1/x"}, in, "The receiver fetched task.source_urls, which it was only told about (GET /1/x)."},
		{"fact", judge.Check{Kind: "fact", Subject: "task.phase", Step: judge.Final, Expected: `"ended"`, Actual: `"running"`, Reason: "the newest event is TaskExit"}, in, `After 5s of grace, task 100000000000001 shows phase "running" where "ended" is expected: the newest event is TaskExit.`},
		{"absent fact in mid-timeline", judge.Check{Kind: "fact", Subject: "b.exit_code", Step: "observe-1", Expected: `-22`}, two, `At the observe step of line 17, after 500ms of grace, task b (2) shows exit_code nothing where -22 is expected.`},
		{"effect", judge.Check{Kind: "effect", Subject: "rows", Step: judge.Final, Expected: "exactly 1", Actual: "2"}, in, "After 5s of grace, the effect rows stands at 2 where exactly 1 is expected."},
		{"effect of a task", judge.Check{Kind: "effect", Subject: "b.rows", Step: judge.Final, Expected: "exactly 1", Actual: "2"}, two, "After 5s of grace, the effect rows of task b (2) stands at 2 where exactly 1 is expected."},
		{"throughout", judge.Check{Kind: "throughout", Subject: "task.phase", Expected: `"running"`, Actual: `"ended"`}, in, `Task 100000000000001 did not keep phase at "running", it was "ended".`},
		{"a long value is cut", judge.Check{Kind: "body", Subject: "T", Expected: "{}", Actual: strings.Repeat("直", 1000)}, in, "The answer to T has the body " + strings.Repeat("直", 40) + "… (120 of 3000 bytes) where {} is expected."},
		{"hostile characters are written out", judge.Check{Kind: "body", Subject: "T", Expected: "{}", Actual: "a\x1b]0;x\x07\u202e\n"}, in, `The answer to T has the body a\x1b]0;x\x07\u202e\n where {} is expected.`},
		{"expr", judge.Check{Kind: "expr", Subject: "events == 4", Step: judge.Final, Expected: "true", Actual: "false"}, in, "After 5s of grace, the check events == 4 is not true, it gives false."},
		{"an unknown kind", judge.Check{Kind: "colour", Subject: "sky", Expected: "blue", Actual: "grey"}, in, "Colour sky is grey where blue is expected."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := said(tc.c, tc.in); got != tc.want {
				t.Errorf("\ngot  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestDurationsAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 420 * time.Microsecond: "420µs", 23 * time.Millisecond: "23ms", 2345 * time.Millisecond: "2.3s",
		59_970 * time.Millisecond: "1m00s", 65 * time.Second: "1m05s", -time.Second: "-1.0s", 3 * time.Hour: "180m00s",
	} {
		if got := short(d); got != want {
			t.Errorf("short(%v) = %s, want %s", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{20 * time.Second: "20s", time.Minute: "1m", time.Hour: "1h", 1500 * time.Millisecond: "1.5s", 400 * time.Millisecond: "400ms"} {
		if got := exact(d); got != want {
			t.Errorf("exact(%v) = %s, want %s", d, got, want)
		}
	}
}
