package scenarios_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/scenarios"
)

const struck = `title: t
profile: durability
requires: [DUR-2]
rounds: 6
task: {files: 2}
timeline:
  - {emit: TaskStart}
  - {emit: VodSourceFileStart, after: 1s}
  - {emit: VodSourceFileFinish, after: 1s}
  - {emit: TaskExit, after: 1s}
delivery:
  - kill: any
`

// strikes are the moments of the first rounds.
func strikes(t *testing.T, text string, seed int64, rounds int) []string {
	t.Helper()
	s, err := scenarios.Parse("struck.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for round := 1; round <= rounds; round++ {
		p := params()
		p.Seed, p.Round, p.Of = seed, round, rounds
		plan := compile(t, s, p)
		i := slices.IndexFunc(plan.Steps, func(s scenarios.Step) bool { return s.Strike != nil })
		if i < 0 {
			t.Fatalf("round %d has no strike", round)
		}
		out = append(out, fmt.Sprintf("%s %s %s", plan.Steps[i].Hook, plan.Steps[i].Strike.Moment, plan.Steps[i].Strike.Step))
	}
	return out
}

func TestTheRoundsOfASeedSeeEveryMomentAndEveryEvent(t *testing.T) {
	t.Parallel()
	for seed := range int64(20) {
		all := strings.Join(strikes(t, struck, seed, 6), "\n")
		for _, word := range []string{"between", "during", "after", "VodSourceFileStart", "VodSourceFileFinish", "TaskExit"} {
			if !strings.Contains(all, word) {
				t.Errorf("seed %d: no round strikes %s:\n%s", seed, word, all)
			}
		}
		if strings.Contains(all, "TaskStart") {
			t.Errorf("seed %d strikes before anything is owed:\n%s", seed, all)
		}
		pairs := strikes(t, struck, seed, 9)
		slices.Sort(pairs)
		if n := len(slices.Compact(pairs)); n != 9 {
			t.Errorf("seed %d: 9 rounds have %d moments", seed, n)
		}
	}
}

func TestTheMomentsDependOnTheSeedAlone(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(strikes(t, struck, 3, 6), strikes(t, struck, 3, 6)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(strikes(t, struck, 3, 12)[:6], strikes(t, struck, 3, 6)); diff != "" {
		t.Errorf("with more rounds the first are others:\n%s", diff)
	}
	different := 0
	for seed := range int64(10) {
		if !cmp.Equal(strikes(t, struck, seed, 6), strikes(t, struck, 99, 6)) {
			different++
		}
	}
	if different < 7 {
		t.Errorf("only %d of 10 seeds have moments of their own", different)
	}
}

func TestWhereAStrikeIsLaid(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ rule, want string }{
		{"{kill: VodSourceFileFinish, moment: between}", "TaskStart VodSourceFileStart kill VodSourceFileFinish TaskExit"},
		{"{restart: VodSourceFileFinish, moment: after}", "TaskStart VodSourceFileStart VodSourceFileFinish restart TaskExit"},
		{"{kill: VodSourceFileFinish, moment: during}", "TaskStart VodSourceFileStart VodSourceFileFinish kill TaskExit"},
		{"{kill: TaskStart, moment: between}", "kill TaskStart VodSourceFileStart VodSourceFileFinish TaskExit"},
	} {
		s, err := scenarios.Parse("struck.yaml", []byte(strings.Replace(struck, "kill: any", tc.rule, 1)))
		if err != nil {
			t.Fatal(err)
		}
		plan := compile(t, s, params())
		holdsTogether(t, plan)
		var ids []string
		at := map[string]int{}
		for i, step := range plan.Steps {
			ids = append(ids, step.ID)
			at[step.ID] = i
			if step.Deliver != nil && step.Deliver.Policy.Name != "css-general" {
				t.Errorf("%s: %s is not sent again", tc.rule, step.ID)
			}
		}
		if got := strings.Join(ids, " "); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.rule, got, tc.want)
		}
		if !strings.Contains(tc.rule, "during") {
			continue
		}
		kill, delivery, next := plan.Steps[at["kill"]], plan.Steps[at["VodSourceFileFinish"]], plan.Steps[at["TaskExit"]]
		if !slices.Equal(kill.After, delivery.After) || !slices.Contains(next.After, at["kill"]) || !slices.Contains(next.After, at["VodSourceFileFinish"]) {
			t.Errorf("%s: the kill waits for %v, the delivery for %v, what follows for %v", tc.rule, kill.After, delivery.After, next.After)
		}
	}
}

func TestAStrikeThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, from, to, want string }{
		{"an event that is not there", "kill: any", "kill: TaskStrat", "TaskStrat"},
		{"a word that is no moment", "kill: any", "{kill: any, moment: whenever}", "whenever"},
		{"two strikes", "- kill: any", "- kill: any\n  - restart: any", "struck already"},
		{"an event without a place", "- kill: any", "- {hold: VodSourceFileStart, until: TaskExit}\n  - kill: VodSourceFileStart", "held or swapped"},
		{"no rounds at all", "rounds: 6", "rounds: 0", "between 1 and 1000"},
		{"a moment beside another rule", "kill: any", "{lose-answer: TaskStart, moment: any}", "does not go with"},
	} {
		_, err := scenarios.Parse("struck.yaml", []byte(strings.Replace(struck, tc.from, tc.to, 1)))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}
