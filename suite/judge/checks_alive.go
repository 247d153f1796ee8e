package judge

import (
	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// alive judges whether the receiver still answers after what need not be taken: the last well-formed callback that
// was sent once all of that was over. Without such a callback there is nothing to judge by.
func (j *judgement) alive() {
	all := fates(&j.in.Transcript, wholePlay)
	meanings := map[string]scenarios.Meaning{}
	positions := map[string]scenarios.Position{}
	for i := range j.in.Plan.Events {
		e := &j.in.Plan.Events[i]
		meanings[e.ID] = j.meaning(e, all[e.ID])
		positions[e.ID] = e.Pos
	}
	hostile := int64(-1) // when the last hostile attempt was over
	var last *emitter.Attempt
	var subject *emitter.Delivery
	for i := range j.in.Transcript.Deliveries {
		d := &j.in.Transcript.Deliveries[i]
		for k := range d.Attempts {
			at := &d.Attempts[k]
			switch meanings[d.Event] {
			case scenarios.MeansNothing, scenarios.MeansEither, scenarios.MeansForged:
				hostile = max(hostile, us(at.Done))
			case scenarios.MeansCallback, scenarios.MeansSibling:
				if !cut(*at) && (last == nil || us(at.Queued) >= us(last.Queued)) {
					last, subject = at, d
				}
			}
		}
	}
	if hostile < 0 || last == nil || us(last.Queued) < hostile {
		return
	}
	f := finding{
		Check: Check{
			Kind: "alive", Subject: subject.ID, Attempt: last.Number, Outcome: Pass, Expected: "an answer", Pos: positions[subject.Event],
			Reason: "it must go on answering after what it need not take", Requirement: speakers(j.own, "alive"),
		},
		guard: "alive", name: "alive",
	}
	switch {
	case last.Answer != nil:
		f.Actual = text(plain(last.Answer.Status))
	case failure(last) == emitter.FailCanceled || failure(last) == emitter.FailOther:
		f.guard, f.Outcome, f.Reason = "alive:none", CannotTest, unfinished(last)
	default:
		f.Outcome, f.Actual = Fail, noAnswer(last)
	}
	if why := j.spoilt.attempt(last); why != "" && f.Outcome == Fail && !j.off["spoilt:answer"] {
		f.Outcome, f.Reason = CannotTest, why
	}
	j.add(f)
}
