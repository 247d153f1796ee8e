package suite_test

import (
	"cmp"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// TestEveryThroughoutCanFail plays every shipped scenario that watches something for a time at the reference, and then
// forges what was seen: one look more, in the middle of that time, shows something else. For each such line there must be a look
// and a fact whose change turns the scenario red, and not if the line were gone: else nobody would miss it.
func TestEveryThroughoutCanFail(t *testing.T) {
	t.Parallel()
	all, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	plays := watchedPlays(t, all)
	for i := range plays {
		p := &plays[i]
		for step, expect := range watches(&p.Input.Plan) {
			lines++
			if !canFail(t, p, step, expect) {
				t.Errorf("%s, %s: nothing that is seen in %s makes it fail", p.Input.Plan.Scenario.ID, step, judgeSpan(expect))
			}
		}
	}
	if lines < 40 {
		t.Errorf("only %d lines were tried", lines)
	}
}

func judgeSpan(e *scenarios.Expect) string { return time.Duration(e.Throughout).String() }

// watches are the expectations of a plan that must hold for a time, by their step.
func watches(plan *scenarios.Plan) map[string]*scenarios.Expect {
	out := map[string]*scenarios.Expect{}
	if plan.Expect.Throughout > 0 {
		out[judge.Final] = &plan.Expect
	}
	for i := range plan.Steps {
		if o := plan.Steps[i].Observe; o != nil && o.Throughout > 0 {
			out[plan.Steps[i].ID] = o
		}
	}
	return out
}

// watchedPlays plays the scenarios that have such expectations, at a reference with a callback key.
func watchedPlays(t *testing.T, all []*scenarios.Scenario) []report.Play {
	t.Helper()
	const key = "throughout-test-key"
	rcv, err := receiver.Open(receiver.Config{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rcv.Close() })
	server := httptest.NewServer(rcv)
	t.Cleanup(server.Close)
	tgt, err := target.ForReference(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	tgt.Signing.Key = key
	var ids []string
	for _, s := range all {
		plan, err := s.Compile(scenarios.Params{Seed: 1, BaseID: 100_000_000_000_000, CanaryBase: "http://127.0.0.1:1", Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if len(watches(&plan)) > 0 && s.Profile != scenarios.ProfileLoad {
			ids = append(ids, s.ID)
		}
	}
	dir := t.TempDir()
	rep := run(t, suite.Config{
		Target: tgt, Selection: suite.Selection{IDs: ids}, Seed: 1, Reports: []string{"ndjson"}, ReportDir: dir,
	})
	if rep.ExitCode != 0 {
		t.Fatalf("exit code %d, reason %q", rep.ExitCode, rep.Reason)
	}
	f, err := os.Open(filepath.Join(dir, "run.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	log, err := report.ReadLog(f)
	if err != nil {
		t.Fatal(err)
	}
	return log.Plays
}

// canFail looks for a look whose change is noticed because of the line alone.
func canFail(t *testing.T, p *report.Play, step string, expect *scenarios.Expect) bool {
	t.Helper()
	cat, err := scenarios.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	broken := func(in judge.Input) bool {
		return slices.ContainsFunc(judge.Judge(in, cat).Rows, func(r judge.Row) bool { return r.Verdict == judge.Broken })
	}
	if broken(p.Input) {
		t.Errorf("%s is broken with the reference", p.Input.Plan.Scenario.ID)
		return true
	}
	for i, s := range p.Input.Samples {
		if s.Step != step {
			continue
		}
		for _, fact := range slices.Sorted(maps.Keys(s.Facts)) {
			forged := s
			forged.At += expect.Throughout / 2
			forged.Facts = maps.Clone(s.Facts)
			forged.Facts[fact] = otherThan(s.Facts[fact])
			in := p.Input
			in.Samples = slices.Insert(slices.Clone(p.Input.Samples), i+1, forged)
			slices.SortStableFunc(in.Samples[i+1:], func(a, b judge.Sample) int { return cmp.Compare(a.At, b.At) })
			if !broken(in) {
				continue
			}
			watched := expect.Throughout
			expect.Throughout = 0 // of the play's own plan
			in.Plan = p.Input.Plan
			owed := !broken(in)
			expect.Throughout = watched
			if owed {
				return true
			}
		}
	}
	return false
}

// otherThan is a value of the same kind that nothing shows.
func otherThan(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case string:
		switch v {
		case "running":
			return "ended"
		case "ended":
			return "running"
		}
		return v + "x"
	case []any:
		return append([]any{map[string]any{"index": 77, "url": "http://x.invalid/", "finished": true}}, v...)
	case nil:
		return nil
	}
	return 77
}
