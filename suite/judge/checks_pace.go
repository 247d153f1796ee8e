package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// The harness has to keep the pace of a load, too. Where it was behind by more than a little, what was held back came in a
// heap afterwards: more at once than was asked for, and a refusal or a late answer proves nothing. Where it was far behind, the
// receiver has had so much less to do that an answer proves nothing either.
//
// What was answered before the harness fell behind counts all the same: until then the receiver had no more to bear than was
// asked for. And what was acknowledged and is not there is lost at any pace.
const (
	lostPace  = time.Second            // far behind, at most
	burstPace = 500 * time.Microsecond // for each task of a burst: at once is no moment where thousands of connections are made
)

// pace is what the harness made of a load.
type pace struct {
	behind string        // why a failure proves nothing; "" if it does
	since  time.Duration // from when on: before that the harness kept the pace
	lost   string        // why nothing does
}

// offPace finds out how far the harness was behind the load that was asked for.
func (j *judgement) offPace() pace {
	load := j.in.Plan.Load
	if load == nil {
		return pace{}
	}
	little, far := paceMargins(load)
	var worst, since time.Duration
	var which *emitter.Delivery
	for i := range j.in.Transcript.Deliveries {
		d := &j.in.Transcript.Deliveries[i]
		if len(d.Attempts) == 0 || lateness(d, 0) <= little {
			continue
		}
		if at := time.Duration(d.Due) + little; which == nil || at < since {
			since = at
		}
		if lateness(d, 0) > worst {
			worst, which = lateness(d, 0), d
		}
	}
	if which == nil {
		return pace{}
	}
	p := pace{behind: fmt.Sprintf("the harness did not keep the pace: it sent %s %s late", which.ID, short(worst)), since: since}
	if worst > far {
		p.lost = p.behind
	}
	return p
}

// paceMargins are how much behind a load is a little, and how much is far: a tenth of the time that a rate lasts, within
// limits.
func paceMargins(load *scenarios.Load) (little, far time.Duration) {
	if load.Burst > 0 {
		little = max(lagMargin, time.Duration(load.Burst)*burstPace)
		return little, max(lostPace, 2*little)
	}
	return lagMargin, min(max(span(0, load.For)/10, lagMargin), lostPace)
}

// excused takes the sting out of a failure that the harness may be to blame for: of an answer that came once it had fallen
// behind, or of its time, as far as it speaks for what the scenario is about. An answer that no crowd explains, such as a
// redirect, counts against ACK-1 all the same.
func (j *judgement) excused(f finding) finding {
	if j.pace.behind == "" || f.Outcome != Fail || f.guard != "status" && f.guard != "time" || j.off["pace"] {
		return f
	}
	if f.done <= j.pace.since && !j.off["pace:before"] {
		return f
	}
	if slices.ContainsFunc(j.own, func(r requirement) bool { return slices.Contains(f.Requirement, r.ID) }) {
		f.Outcome, f.Reason = CannotTest, j.pace.behind
	}
	return f
}
