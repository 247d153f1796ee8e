package suite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

const inRounds = `title: The file's start comes at another moment in each round
profile: delivery
requires: [SEQ-1]
rounds: 4
timeline:
  - emit: TaskStart
  - {emit: VodSourceFileStart, after: 0s..60ms}
  - {emit: VodSourceFileFinish, after: 0s..60ms}
`

// planned is when each callback of a round was to leave: the random choice that its seed made.
func planned(in judge.Input) []emitter.Offset {
	var out []emitter.Offset
	for _, d := range in.Transcript.Deliveries {
		out = append(out, d.Planned)
	}
	return out
}

func playRounds(t *testing.T, cfg suite.Config) (heads [][2]int, plans [][]emitter.Offset) {
	t.Helper()
	begin := func(round, of int, seed int64) {
		if heads = append(heads, [2]int{round, of}); seed != cfg.Seed {
			t.Errorf("round %d has the seed %d", round, seed)
		}
	}
	err := suite.PlayRounds(t.Context(), cfg, begin, func(in judge.Input) error {
		plans = append(plans, planned(in))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return heads, plans
}

func TestAPlayHasTheRoundsOfARun(t *testing.T) {
	t.Parallel()
	sc, err := scenarios.Parse("rounds.yaml", []byte(inRounds))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cfg := suite.Config{Target: start(t, "", nil), Scenarios: []*scenarios.Scenario{sc}, Seed: 7, Reports: []string{"ndjson"}, ReportDir: dir}
	run(t, cfg)
	log, err := os.Open(filepath.Join(dir, "run.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	ran, err := report.ReadLog(log)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]emitter.Offset
	for _, p := range ran.Plays {
		want = append(want, planned(p.Input))
	}
	if len(want) != 4 || cmp.Equal(want[0], want[1]) {
		t.Fatalf("the rounds of the run have no choices of their own: %v", want)
	}

	heads, plans := playRounds(t, cfg)
	if diff := cmp.Diff(want, plans); diff != "" || !cmp.Equal(heads, [][2]int{{1, 4}, {2, 4}, {3, 4}, {4, 4}}) {
		t.Errorf("rounds %v (-run +play):\n%s", heads, diff)
	}
	cfg.Rounds = 2
	if heads, plans = playRounds(t, cfg); !cmp.Equal(heads, [][2]int{{1, 2}, {2, 2}}) || !cmp.Equal(plans, want[:2]) {
		t.Errorf("two rounds are %v: %v", heads, plans)
	}
	cfg.Rounds, cfg.Round = 0, 3
	if heads, plans = playRounds(t, cfg); !cmp.Equal(heads, [][2]int{{3, 4}}) || !cmp.Equal(plans, want[2:3]) {
		t.Errorf("round 3 alone is %v: %v", heads, plans)
	}
	in, err := suite.Play(t.Context(), cfg)
	if err != nil || !cmp.Equal(planned(in), want[2]) {
		t.Errorf("one play of round 3 is %v: %v", planned(in), err)
	}
	cfg.Round = 0
	if in, err = suite.Play(t.Context(), cfg); err != nil || !cmp.Equal(planned(in), want[0]) {
		t.Errorf("a play without a round is %v: %v", planned(in), err)
	}
}
