//go:build unix

package suite_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
)

const anyKill = "kill-at-any-moment-loses-and-doubles-nothing"

// rounds are those of the one scenario of a report.
func rounds(t *testing.T, rep suite.Report) []string {
	t.Helper()
	if len(rep.Scenarios) != 1 {
		t.Fatalf("%d scenarios, reason %q", len(rep.Scenarios), rep.Reason)
	}
	var out []string
	for _, r := range rep.Scenarios[0].Rounds {
		moment, _, _ := strings.Cut(r.Moment, ":") // what became of it is up to the receiver
		out = append(out, moment)
	}
	return out
}

func TestAReceiverIsKilledInEachRoundAtAnotherMoment(t *testing.T) {
	t.Parallel()
	cfg := suite.Config{Target: startedTarget(t, ""), Selection: suite.Selection{IDs: []string{anyKill}}, Seed: 7, Rounds: 7}
	rep := run(t, cfg)
	if got := verdictOf(rep, "DUR-2"); got != judge.Held {
		t.Errorf("DUR-2 is %s, want held", got)
	}
	all := rounds(t, rep)
	for _, moment := range []string{"kill before", "while", "kill right after"} {
		if !strings.Contains(strings.Join(all, "\n"), moment) {
			t.Errorf("no round has its moment %q: %q", moment, all)
		}
	}
	if len(all) != 7 || rep.Receiver.Starts != 8 {
		t.Errorf("%d rounds, %d starts, want 7 and 8", len(all), rep.Receiver.Starts)
	}
	cfg.Target, cfg.Rounds, cfg.Round = startedTarget(t, ""), 0, 5
	again := run(t, cfg)
	if diff := cmp.Diff(all[4:5], rounds(t, again)); diff != "" {
		t.Errorf("round 5 played again is another (-all +again):\n%s", diff)
	}
}

// Each of these bugs is right as long as nobody kills the receiver, and of the last one, as long as nobody does it at work.
func TestAKillAtTheRightMomentFindsWhatNoOtherDoes(t *testing.T) {
	t.Parallel()
	for _, bug := range []string{"written-every-50ms", "written-in-threes", "known-only-when-done"} {
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			all, err := scenarios.Shipped()
			if err != nil {
				t.Fatal(err)
			}
			killed := []string{anyKill, "task-start-means-running", "lost-answer-and-retry-have-one-effect"}
			if bug == "known-only-when-done" {
				all, killed[0] = append(all, always(t, all)), "kill-at-work"
			}
			rep := run(t, suite.Config{
				Scenarios: all,
				Target:    startedTarget(t, ", BUG: "+bug), Selection: suite.Selection{IDs: killed}, Seed: 7,
			})
			if got := verdictOf(rep, "DUR-2"); got != judge.Broken {
				t.Errorf("DUR-2 is %s, want broken: %s", got, rep.Reason)
			}
			if got := verdictOf(rep, "RET-1"); got != judge.Held {
				t.Errorf("RET-1 is %s, want held", got)
			}
			for _, q := range rep.Requirements {
				for _, f := range q.Findings {
					if q.ID == "DUR-2" && (f.Round == 0 || !strings.Contains(f.Reproduce, "--seed 7 --round ")) {
						t.Errorf("the finding does not say how to see round %d again: %q", f.Round, f.Reproduce)
					}
				}
			}
		})
	}
}

// always is the shipped scenario with a kill at work in each round.
func always(t *testing.T, all []*scenarios.Scenario) *scenarios.Scenario {
	t.Helper()
	for _, s := range all {
		if s.ID == anyKill {
			out, err := scenarios.Parse("kill-at-work.yaml", []byte(strings.Replace(string(s.Source), "kill: any", "{kill: any, moment: during}", 1)))
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	t.Fatal("there is no such scenario")
	return nil
}

func TestRoundsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for _, cfg := range []suite.Config{{Rounds: -1}, {Rounds: 1001}, {Round: -1}, {Rounds: 3, Round: 4}} {
		cfg.URL = "http://127.0.0.1:1/"
		if _, err := suite.Run(t.Context(), cfg); err == nil {
			t.Errorf("rounds %d, round %d: no error", cfg.Rounds, cfg.Round)
		}
	}
}

func TestAScenarioWithoutRoundsIsPlayedOnceHoweverManyAreAskedFor(t *testing.T) {
	t.Parallel()
	all, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range all {
		if s.InRounds() {
			n++
			if s.Rounds() < 3 || !s.UsesHooks() {
				t.Errorf("%s has %d rounds", s.ID, s.Rounds())
			}
		}
	}
	if n < 2 {
		t.Errorf("%d shipped scenarios are played in rounds", n)
	}
	rep := run(t, suite.Config{Target: startedTarget(t, ""), Selection: quick, Rounds: 5})
	for _, s := range rep.Scenarios {
		if len(s.Rounds) > 0 {
			t.Errorf("%s has rounds", s.ID)
		}
	}
}
