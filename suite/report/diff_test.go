package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// rowReport is a report with one scenario and one row of each id.
func rowReport(verdicts map[string]judge.Verdict) Report {
	r := Report{Verdict: Fail, Requirements: []Requirement{}, Scenarios: []Scenario{{ID: "s"}}}
	for _, id := range []string{"A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "A-7"} {
		v, there := verdicts[id]
		if !there {
			continue
		}
		r.Requirements = append(r.Requirements, Requirement{ID: id, Level: scenarios.Must, Verdict: v})
		r.Scenarios[0].Requirements = append(r.Scenarios[0].Requirements, Row{ID: id, Verdict: v})
		if v == judge.Broken {
			r.Scenarios[0].Findings = append(r.Scenarios[0].Findings, Finding{Requirement: id, Scenario: "s", Check: "status", Message: id + " is wrong."})
		}
	}
	return r
}

func ids(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, c.Requirement)
	}
	return strings.Join(out, " ")
}

func TestDiffSortsEveryRowIntoOneDrawer(t *testing.T) {
	t.Parallel()
	c := Diff(
		rowReport(map[string]judge.Verdict{"A-1": judge.Held, "A-2": judge.Broken, "A-3": judge.Broken, "A-4": judge.NotObservable, "A-5": judge.Held, "A-6": judge.Held}),
		rowReport(map[string]judge.Verdict{"A-1": judge.Broken, "A-2": judge.Held, "A-3": judge.Broken, "A-4": judge.Broken, "A-5": judge.Held, "A-6": judge.NotObservable, "A-7": judge.Broken}),
	)
	for _, d := range []struct{ drawer, got, want string }{
		{"regressed", ids(c.Regressed), "A-1"},
		{"fixed", ids(c.Fixed), "A-2"},
		{"still broken", ids(c.StillBroken), "A-3"},
		{"new", ids(c.New), "A-4 A-7"},
		{"no longer judged", ids(c.NoLongerJudged), "A-6"},
	} {
		if d.got != d.want {
			t.Errorf("%s: %q, want %q", d.drawer, d.got, d.want)
		}
	}
	if c.Same != 1 || c.Fixed[0].Findings[0].Message != "A-2 is wrong." {
		t.Errorf("same %d, fixed %+v", c.Same, c.Fixed)
	}
	text := string(render(t, func(b *bytes.Buffer) error { return c.Text(b) }))
	if !strings.HasSuffix(text, "1 regressed, 2 new, 1 still broken, 1 fixed, 1 no longer judged, 1 held before and now\n") || !strings.Contains(text, "s: held -> broken") {
		t.Errorf("got\n%s", text)
	}
}

func TestARunIsTheSameAsItselfWhicheverFileItIsReadFrom(t *testing.T) {
	t.Parallel()
	run := fixture()
	log := render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) })
	rep := render(t, func(b *bytes.Buffer) error { return JSON(b, Build(run)) })
	a, err := ReadReport(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ReadReport(bytes.NewReader(rep))
	if err != nil {
		t.Fatal(err)
	}
	c := Diff(a, b)
	if len(c.Notes)+len(c.Regressed)+len(c.New)+len(c.Fixed)+len(c.Warned)+len(c.NoLongerJudged) != 0 || len(c.StillBroken) != 3 {
		t.Errorf("got %+v", c)
	}
	for _, s := range c.StillBroken {
		if s.NewFindings != 0 {
			t.Errorf("%s has new findings", s.Requirement)
		}
	}
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "hello", "{}", "[]", `{"verdict":"pass"}`, `{"event_type":314}`} {
		if _, err := ReadReport(strings.NewReader(text)); !errors.Is(err, ErrNoReport) {
			t.Errorf("%q: %v", text, err)
		}
	}
	good := render(t, func(b *bytes.Buffer) error { return JSON(b, Build(fixture())) })
	for _, behind := range []string{"{}", "x", string(good)} {
		if _, err := ReadReport(strings.NewReader(string(good) + behind)); !errors.Is(err, ErrNoReport) {
			t.Errorf("%.5s behind a report: %v", behind, err)
		}
	}
	// Of what cannot be read to its end nobody knows what it is.
	ill := errors.New("the disk is ill")
	for _, n := range []int{0, 300, len(good)} {
		if _, err := ReadReport(io.MultiReader(bytes.NewReader(good[:n]), iotest.ErrReader(ill))); !errors.Is(err, ill) || errors.Is(err, ErrNoReport) {
			t.Errorf("behind %d bytes: %v", n, err)
		}
	}
	log := render(t, func(b *bytes.Buffer) error { return WriteLog(b, fixture()) })
	_, err := ReadReport(bytes.NewReader(log[:len(log)/2]))
	if le, ok := errors.AsType[*LogError](err); !ok || !le.Truncated {
		t.Errorf("a cut log: %v", err)
	}
}
