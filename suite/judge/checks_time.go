package judge

import (
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// lagMargin is how much later than due the harness may send before a verdict that rests on time is not given. A timer
// of an idle machine is late by about a millisecond, one of a busy CI machine by tens; the shortest time that a
// scenario is about is the documented gap of 2 s, of which this is a twentieth.
const lagMargin = 100 * time.Millisecond

// time judges how long an answer took. An answer that did not come at all, for another reason than time, says nothing.
func (j *judgement) time(f finding, d *emitter.Delivery, k int, a asked) {
	at := &d.Attempts[k]
	if at.Answer == nil && (failure(at) != emitter.FailTimeout || !a.wellFormed()) {
		return // of what need not be taken, silence is judged with the refusal
	}
	f.Kind, f.name, f.guard = "time", "time", "time"
	f.Expected = "within " + short(a.within)
	took := latency(at)
	f.Actual = short(took)
	if at.Answer == nil {
		f.Actual = "no answer after " + short(took)
	}
	lag := lateness(d, k)
	switch {
	case at.Answer != nil && took <= a.within:
		f.Outcome = Pass
	case took < a.within:
		f.guard, f.Outcome = "time:given-up", CannotTest
		f.Reason = "the answer was awaited for " + short(took) + " only"
	case lag > lagMargin:
		f.guard, f.Outcome = "time:lag", CannotTest
		f.Reason = "the harness itself was late by " + short(lag)
	default:
		f.Outcome = Fail
	}
	f.Requirement = j.forTime(a, f.Outcome)
	if len(f.Requirement) > 0 {
		j.add(f)
		j.notImplied(f, a, ackTime)
	}
}

// forTime says whom the time of an answer speaks for.
func (j *judgement) forTime(a asked, o Outcome) []string {
	ids := judging(j.own, "time")
	switch {
	case a.acknowledging() && (o == Pass || len(ids) == 0):
		return append(ids, ackTime)
	case len(ids) > 0 || o == Pass:
		return ids
	case a.wellFormed():
		return []string{ackTime}
	default:
		return speakers(j.own, "refusal", "status")
	}
}

// latency is how long the receiver took. Where we were slow in writing on purpose, its time begins once it had the
// whole request.
func latency(at *emitter.Attempt) time.Duration {
	if at.Request.Wire.WritePause > 0 && at.Written > at.Queued {
		return span(at.Written, at.Done)
	}
	return span(at.Queued, at.Done)
}

// lateness is how much later than due an attempt was made: the first than the script wanted it, a later one than its
// policy did.
func lateness(d *emitter.Delivery, k int) time.Duration {
	if k == 0 {
		return span(d.Due, d.Attempts[0].Queued)
	}
	return span(d.Attempts[k-1].Done+d.Attempts[k].Wait, d.Attempts[k].Queued)
}
