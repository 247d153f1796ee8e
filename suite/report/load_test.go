package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// crowded is a run of one load: a hundred callbacks, of which the k-th is answered after k ms but for the last two, of which
// one is refused and one is not answered.
func crowded(asked scenarios.Load, every time.Duration) Run {
	run := fixture()
	r := scenarios.Ref{ID: "burst", Title: "a crowd", File: "burst.yaml", Line: 3, Profile: scenarios.ProfileLoad, Requires: []string{"LOAD-1"}}
	p := Play{Input: judge.Input{Plan: scenarios.Plan{Scenario: r, Load: &asked, Scale: 1}}}
	var checks []judge.Check
	for k := 1; k <= 100; k++ {
		at := emitter.Offset(time.Duration(k-1) * every)
		a := emitter.Attempt{Number: 1, Of: 1, Queued: at, Done: at + ms(k), Answer: answer(200, "")}
		switch k {
		case 99:
			a.Answer = answer(503, "")
		case 100:
			a.Answer, a.Failure = nil, &emitter.Failure{Kind: emitter.FailTimeout, Message: "no answer within 20s"}
		}
		id := fmt.Sprintf("TaskStart#%d", k)
		p.Input.Transcript.Deliveries = append(p.Input.Transcript.Deliveries, emitter.Delivery{ID: id, Event: id, Due: at, Attempts: []emitter.Attempt{a}})
		checks = append(checks, judge.Check{Kind: "status", Subject: id, Attempt: 1, Outcome: judge.Fail, Expected: "200", Actual: "503", Requirement: []string{"LOAD-1"}})
	}
	p.Result = judge.Result{Scenario: r.ID, Rows: []judge.Row{row("LOAD-1", r.ID, scenarios.Must, judge.Broken, checks...)}}
	run.Plays, run.Selected, run.Rest = []Play{p}, []scenarios.Ref{r}, nil
	return run
}

func loadIn(t *testing.T, r Report) *Load {
	t.Helper()
	for _, s := range r.Scenarios {
		if s.ID == "burst" {
			return s.Load
		}
	}
	t.Fatal("the scenario is not in the report")
	return nil
}

func TestALoadIsToldWithItsPercentilesInEveryReport(t *testing.T) {
	t.Parallel()
	run := crowded(scenarios.Load{Burst: 100}, 0)
	r := Build(run)
	want := &Load{
		Burst: 100, Callbacks: 100, Answers: map[string]int{"200": 98, "503": 1, "none": 1},
		Latency: &Latency{P50: 50, P95: 95, P99: 99, Max: 99}, // of the 99 answers: ranks 50, 95 and 99
	}
	if diff := cmp.Diff(want, loadIn(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	const text = "100 callbacks of 100 tasks at once: 98 answered 200, 1 answered 503, 1 without an answer; answer time p50 50ms, p95 95ms, p99 99ms, max 99ms"
	var console, md, html, doc bytes.Buffer
	for name, err := range map[string]error{
		"console": Console(&console, r, ConsoleOptions{Width: 300}), "md": Markdown(&md, r), "html": HTML(&html, r, run), "json": JSON(&doc, r),
	} {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for name, got := range map[string]string{"console": console.String(), "md": md.String(), "html": html.String()} {
		if !strings.Contains(got, text) {
			t.Errorf("%s does not say %q:\n%.2000s", name, text, got)
		}
	}
	if err := checkedIn(t, "report.schema.json").Validate(decoded(t, doc.Bytes())); err != nil {
		t.Errorf("the report is not what its schema says: %v", err)
	}
	// All findings are alike: the console names some, and how many there are.
	if n := strings.Count(console.String(), "TaskStart#"); n > 3*maxBrief || !strings.Contains(console.String(), "and 80 more") {
		t.Errorf("the console names %d callbacks:\n%s", n, console.String())
	}
}

func TestARateIsToldAsItWasSent(t *testing.T) {
	t.Parallel()
	rate := scenarios.Load{Rate: 100, For: emitter.Offset(time.Second)}
	for every, want := range map[time.Duration]string{
		10 * time.Millisecond: "100 callbacks at 100 a second: ",
		20 * time.Millisecond: "100 callbacks at 50 a second instead of 100: ",
	} {
		l := loadIn(t, Build(crowded(rate, every)))
		if !strings.HasPrefix(l.text(), want) || l.ForMS != 1000 {
			t.Errorf("one each %s: %s, want %s", every, l.text(), want)
		}
	}
	late := crowded(rate, 10*time.Millisecond)
	late.Plays[0].Input.Transcript.Deliveries[7].Due -= ms(250)
	if l := loadIn(t, Build(late)); l.BehindMS != 250 || !strings.HasSuffix(l.text(), "this machine sent up to 250ms late") {
		t.Errorf("the lateness is not told: %s", l.text())
	}
}

func TestPercentilesAreByNearestRank(t *testing.T) {
	t.Parallel()
	of := func(ms ...int) []time.Duration {
		var out []time.Duration
		for _, n := range ms {
			out = append(out, time.Duration(n)*time.Millisecond)
		}
		return out
	}
	for _, test := range []struct {
		took []time.Duration
		want *Latency
	}{
		{nil, nil},
		{of(7), &Latency{7, 7, 7, 7}},
		{of(9, 1), &Latency{1, 9, 9, 9}},
		{of(5, 4, 3, 2, 1), &Latency{3, 5, 5, 5}},
	} {
		if diff := cmp.Diff(test.want, latencyOf(test.took)); diff != "" {
			t.Errorf("of %v (-want +got):\n%s", test.took, diff)
		}
	}
}

func TestOnlyALoadHasOne(t *testing.T) {
	t.Parallel()
	for _, s := range Build(fixture()).Scenarios {
		if s.Load != nil {
			t.Errorf("%s is told as a load", s.ID)
		}
	}
}
