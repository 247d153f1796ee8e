package report

import (
	"testing"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func TestTheMomentOfAStrikeIsToldOnlyIfThereWasOne(t *testing.T) {
	t.Parallel()
	struck := func(moment, failed string, attempts ...emitter.Attempt) judge.Input {
		var in judge.Input
		in.Plan.Steps = []scenarios.Step{{ID: "kill", Hook: "kill", Strike: &scenarios.Strike{Moment: moment, Step: "TaskExit", Pause: ms(34), Share: 0.5}}}
		in.Transcript.Steps = []emitter.StepRecord{{ID: "kill", Error: failed}}
		in.Transcript.Deliveries = []emitter.Delivery{{ID: "TaskExit", Attempts: attempts}}
		return in
	}
	cut := emitter.Attempt{Number: 1, Failure: &emitter.Failure{Kind: emitter.FailReset}}
	for name, c := range map[string]struct {
		in   judge.Input
		want string
	}{
		"no strike":               {judge.Input{}, ""},
		"before":                  {struck(scenarios.Between, ""), "kill before TaskExit, 34ms after what came before was answered"},
		"after":                   {struck(scenarios.After, ""), "kill right after the answer to TaskExit"},
		"during":                  {struck(scenarios.During, "", emitter.Attempt{Number: 1, Answer: ok()}), "kill at 50% of the time that an answer takes, while TaskExit was under way: it had been answered already"},
		"during, cut off":         {struck(scenarios.During, "", cut, emitter.Attempt{Number: 2, Answer: ok()}), "kill at 50% of the time that an answer takes, while TaskExit was under way: it was cut off, and acknowledged at attempt 2"},
		"there is no hook for it": {struck(scenarios.After, `the target file has no hook "kill"`), ""},
	} {
		if got := StrikeMoment(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
