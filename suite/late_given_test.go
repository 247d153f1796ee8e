package suite

import (
	"testing"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// What a scenario's check rests on may be spoilt by the crowd at the receiver, though every callback was sent on time.
func TestWhatWasNotGivenIsPlayedAgain(t *testing.T) {
	t.Parallel()
	answered := emitter.Delivery{Attempts: []emitter.Attempt{{Answer: &emitter.Answer{Status: 200}}}}
	gaveUp := emitter.Delivery{Attempts: []emitter.Attempt{{Failure: &emitter.Failure{Kind: emitter.FailTimeout}}}}
	at := scenarios.Position{File: "a.yaml", Line: 7}
	const given = "len(answers) > 0"
	for name, c := range map[string]struct {
		given      string
		outcome    judge.Outcome
		verdict    judge.Verdict
		deliveries []emitter.Delivery
		want       bool
	}{
		"it was not given": {given, judge.CannotTest, judge.NotTestable, []emitter.Delivery{answered}, true},
		"it was not given, and an answer did not come": {given, judge.CannotTest, judge.NotTestable, []emitter.Delivery{answered, gaveUp}, true},
		"it was not given, for no answer came at all":  {given, judge.CannotTest, judge.NotTestable, []emitter.Delivery{gaveUp}, false},
		"the check rests on nothing":                   {"", judge.CannotTest, judge.NotTestable, []emitter.Delivery{answered}, false},
		"it was given, and the check failed":           {given, judge.Fail, judge.Broken, []emitter.Delivery{answered}, false},
		"it held":                                      {given, judge.Pass, judge.Held, []emitter.Delivery{answered}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p report.Play
			p.Input.Plan.Expect.Checks = []scenarios.Check{{Expr: "true", Given: c.given, Pos: at}}
			p.Input.Transcript.Deliveries = c.deliveries
			p.Result.Rows = []judge.Row{{Requirement: "SEC-7", Verdict: c.verdict, Checks: []judge.Check{
				{Kind: "expr", Step: judge.Final, Outcome: c.outcome, Pos: at},
			}}}
			if got := late(p); got != c.want {
				t.Errorf("it is played again: %t, want %t", got, c.want)
			}
		})
	}
}
