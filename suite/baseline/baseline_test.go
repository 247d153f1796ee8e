package baseline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/suite/baseline"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

const good = `- requirement: ORD-3
  scenario: late-task-start-does-not-revive-the-task
  reason: "the queue has no order: #4711"
  owner: relay-team
  expires: 2026-12-31
`

func TestABaselineLoadsWithPlaces(t *testing.T) {
	t.Parallel()
	got, err := baseline.Parse("b.yaml", []byte("# comment\n"+good))
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Known{{
		Requirement: "ORD-3", Scenario: "late-task-start-does-not-revive-the-task", Reason: "the queue has no order: #4711",
		Owner: "relay-team", Expires: "2026-12-31", Place: "b.yaml:2",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyListIsABaseline(t *testing.T) {
	t.Parallel()
	got, err := baseline.Parse("b.yaml", []byte("[]\n"))
	if err != nil || got == nil || len(got) > 0 {
		t.Errorf("got %#v, %v", got, err)
	}
}

func TestWhatIsNoBaselineIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, says string }{
		"a misspelt key":       {"owner:", "ownr:", `b.yaml:4:3: unknown key "ownr"`},
		"no reason":            {"  reason: \"the queue has no order: #4711\"\n", "", "b.yaml:1:3: "},
		"an empty reason":      {`"the queue has no order: #4711"`, `" "`, "b.yaml:3:11: this must not be empty"},
		"no owner":             {"  owner: relay-team\n", "", "owner"},
		"no last day":          {"  expires: 2026-12-31\n", "", "expires"},
		"a date that is none":  {"2026-12-31", "2026-13-31", `b.yaml:5:12: "2026-13-31" is no date`},
		"a date in other form": {"2026-12-31", "31.12.2026", "YYYY-MM-DD"},
		"a time":               {"2026-12-31", "2026-12-31T00:00:00Z", "is no date"},
		"a number for a text":  {"relay-team", "7", "b.yaml:4:10: "},
		"a mapping":            {"- requirement: ORD-3\n  scenario", "requirement: ORD-3\nscenario", "b.yaml:"},
	} {
		src := strings.Replace(good, c.from, c.to, 1)
		if src == good {
			t.Fatalf("%s: nothing was replaced", name)
		}
		if _, err := baseline.Parse("b.yaml", []byte(src)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if _, err := baseline.Parse("b.yaml", nil); err == nil {
		t.Error("an empty file is a baseline")
	}
}

func sample() report.Report {
	return report.Report{
		Requirements: []report.Requirement{{ID: "ACK-1"}, {ID: "ORD-3"}},
		Scenarios: []report.Scenario{
			{ID: "a", Requirements: []report.Row{{ID: "ORD-3", Verdict: judge.Broken}, {ID: "ACK-1", Verdict: judge.Broken}}},
			{ID: "b", Requirements: []report.Row{{ID: "ORD-3", Verdict: judge.Warned}, {ID: "ACK-1", Verdict: judge.Held}}},
		},
		Baseline: &report.Baseline{Entries: []report.KnownResult{{
			Known: report.Known{Requirement: "ORD-3", Scenario: "b", Reason: "old", Owner: "o", Expires: "2026-01-01"}, Outcome: report.KnownBroken,
		}}},
	}
}

func TestFromListsWhatIsBrokenAndKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	got, err := baseline.From(sample(), "why", "who", "2027-01-01")
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Known{
		{Requirement: "ACK-1", Scenario: "a", Reason: "why", Owner: "who", Expires: "2027-01-01"},
		{Requirement: "ORD-3", Scenario: "a", Reason: "why", Owner: "who", Expires: "2027-01-01"},
		{Requirement: "ORD-3", Scenario: "b", Reason: "old", Owner: "o", Expires: "2026-01-01"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, c := range [][3]string{{"", "who", "2027-01-01"}, {"why", " ", "2027-01-01"}, {"why", "who", "soon"}} {
		if _, err := baseline.From(sample(), c[0], c[1], c[2]); err == nil {
			t.Errorf("%q is taken", c)
		}
	}
}

func TestWhatIsWrittenLoadsTheSame(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.StringMatching(`[ -~]{0,90}`), rapid.SampledFrom([]string{"yes", "null", "12", "# no", "a: b", "'", `"`, "[x", "@x", "2026-01-01", "two\nlines", "übergröße"}))
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string {
			s := strings.TrimSpace(word.Draw(t, name))
			if s == "" {
				s = "x"
			}
			return s
		}
		var known []report.Known
		for range rapid.IntRange(0, 3).Draw(t, "n") {
			known = append(known, report.Known{
				Requirement: text("requirement"), Scenario: text("scenario"), Reason: text("reason"), Owner: text("owner"), Expires: "2026-12-31",
			})
		}
		var b strings.Builder
		if err := baseline.Write(&b, known, map[string]string{"x": "A sentence\nof two lines."}); err != nil {
			t.Fatal(err)
		}
		got, err := baseline.Parse("b.yaml", []byte(b.String()))
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		for i := range got {
			got[i].Place = ""
		}
		if len(got) != len(known) || len(got) > 0 && !cmp.Equal(got, known) {
			t.Fatalf("%s\n%s", cmp.Diff(known, got), b.String())
		}
	})
}
