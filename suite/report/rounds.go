package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A Round is one play of a scenario that is played several times, each time with other random choices.
type Round struct {
	Round   int           `json:"round"` // from 1
	Verdict judge.Verdict `json:"verdict"`
	Reason  string        `json:"reason,omitempty"`
	Moment  string        `json:"moment,omitempty"` // when the receiver was restarted or killed, and what became of the delivery; volatile
}

// round makes the entry of one play, nil where the scenario is played once.
func round(p Play, rows []Row) *Round {
	if p.Input.Plan.Rounds == 0 {
		return nil
	}
	r := &Round{Round: p.Input.Plan.Round, Verdict: judge.NotTestable, Reason: whyNoVerdict, Moment: StrikeMoment(p.Input)}
	for i, row := range rows {
		if i == 0 || worse(row.Verdict, r.Verdict) {
			r.Verdict, r.Reason = row.Verdict, row.Reason
		}
	}
	return r
}

// StrikeMoment says when the receiver was struck: "kill while VodSourceFileStart was under way (12ms after it was sent): it was cut off,
// and acknowledged at attempt 2". It is "" where it was not.
func StrikeMoment(in judge.Input) string {
	i := slices.IndexFunc(in.Plan.Steps, func(s scenarios.Step) bool { return s.Strike != nil })
	if i < 0 {
		return ""
	}
	step := in.Plan.Steps[i]
	if slices.ContainsFunc(in.Transcript.Steps, func(r emitter.StepRecord) bool { return r.ID == step.ID && r.Error != "" }) {
		return "" // the hook failed, or there is none
	}
	s, d := step.Strike, deliveryOf(in, step.Strike.Step)
	switch s.Moment {
	case scenarios.Between:
		return fmt.Sprintf("%s before %s, %s after what came before was answered", step.Hook, s.Step, short(time.Duration(s.Pause)))
	case scenarios.During:
		said := fmt.Sprintf("%s at %.0f%% of the time that an answer takes, while %s was under way", step.Hook, 100*s.Share, s.Step)
		if d == nil || len(d.Attempts) == 0 {
			return said
		}
		return said + ": " + struckOutcome(d)
	default:
		return fmt.Sprintf("%s right after the answer to %s", step.Hook, s.Step)
	}
}

func deliveryOf(in judge.Input, id string) *emitter.Delivery {
	for i := range in.Transcript.Deliveries {
		if in.Transcript.Deliveries[i].ID == id {
			return &in.Transcript.Deliveries[i]
		}
	}
	return nil
}

// struckOutcome says what became of a delivery that was under way.
func struckOutcome(d *emitter.Delivery) string {
	first, last := d.Attempts[0], d.Last()
	switch {
	case first.OK():
		return "it had been answered already"
	case last.OK():
		return fmt.Sprintf("it was cut off, and acknowledged at attempt %d", last.Number)
	default:
		return fmt.Sprintf("it was cut off, and never acknowledged in %d attempts", len(d.Attempts))
	}
}

// roundsText lists the rounds in a few words: "6 rounds: 4 held, 2 broken (rounds 2 and 5)". It is "" without rounds.
func roundsText(rounds []Round) string {
	if len(rounds) == 0 {
		return ""
	}
	var parts []string
	for _, v := range verdictOrder {
		var which []string
		for _, r := range rounds {
			if r.Verdict == v {
				which = append(which, fmt.Sprint(r.Round))
			}
		}
		switch {
		case len(which) == 0:
		case v == judge.Held:
			parts = append(parts, fmt.Sprintf("%d held", len(which)))
		default:
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(which), verdictWord(v), strings.Join(which, ", ")))
		}
	}
	return fmt.Sprintf("%d rounds: %s", len(rounds), strings.Join(parts, ", "))
}

// roundLines are one line for each round, for a reader who wants to see them all.
func roundLines(rounds []Round) []string {
	var out []string
	for _, r := range rounds {
		line := fmt.Sprintf("round %d: %s", r.Round, verdictWord(r.Verdict))
		if r.Moment != "" {
			line += ", " + r.Moment
		}
		out = append(out, line)
	}
	return out
}

// roundLine says in which round a finding was made, and at which moment the receiver was struck in it.
func (r Report) roundLine(f Finding) string {
	for _, s := range r.Scenarios {
		if s.ID != f.Scenario || f.Round == 0 {
			continue
		}
		for _, round := range s.Rounds {
			if round.Round == f.Round {
				return roundLines([]Round{round})[0]
			}
		}
	}
	return ""
}
