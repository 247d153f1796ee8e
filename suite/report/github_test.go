package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func annotated(t *testing.T, r Report) []string {
	t.Helper()
	out := string(render(t, func(b *bytes.Buffer) error { return GitHub(b, r, nil) }))
	if out == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n")
}

func brokenAt(id, file string, line int, message string) Requirement {
	return Requirement{ID: id, Level: scenarios.Must, Verdict: judge.Broken, Findings: []Finding{{
		Requirement: id, Scenario: "s", Message: message, Position: scenarios.Position{File: file, Line: line, Col: 5},
	}}}
}

func TestAnnotationsStandAtTheLineOfTheScenario(t *testing.T) {
	t.Parallel()
	got := annotated(t, Report{Requirements: []Requirement{brokenAt("ORD-1", "checks/a,b.yaml", 12, "100% wrong\n::error::injected")}})
	want := "::error file=checks/a%2Cb.yaml,line=12,col=5,title=ORD-1::100%25 wrong%0A::error::injected"
	if len(got) != 1 || got[0] != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestAShippedScenarioHasNoFileInTheRepository(t *testing.T) {
	t.Parallel()
	got := annotated(t, Build(fixture()))
	for _, l := range got {
		if strings.Contains(l, "file=shipped") {
			t.Errorf("%s", l)
		}
	}
	if len(got) != 4 || !strings.HasPrefix(got[0], "::error title=ACK-1::") || !strings.HasPrefix(got[3], "::warning title=ACK-3::") {
		t.Errorf("got %q", got)
	}
}

func TestMoreThanTenAnnotationsAreFoldedIntoTheLast(t *testing.T) {
	t.Parallel()
	var r Report
	for i := range 25 {
		r.Requirements = append(r.Requirements, brokenAt(fmt.Sprintf("X-%d", i), "a.yaml", i+1, "wrong"))
	}
	got := annotated(t, r)
	if len(got) != 10 || !strings.Contains(got[9], "and 16 more: X-9, X-10") {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
}

func TestARunThatJudgedNothingIsAnnotatedWithItsReason(t *testing.T) {
	t.Parallel()
	got := annotated(t, Report{Verdict: Environment, ExitCode: ExitEnvironment, Reason: "Nobody listens."})
	if len(got) != 1 || got[0] != "::error title=Relaycheck::Nobody listens." {
		t.Errorf("got %q", got)
	}
	if got := annotated(t, Report{Verdict: Pass}); got != nil {
		t.Errorf("a right receiver: %q", got)
	}
}
