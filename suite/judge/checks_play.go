package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// spoilt says what the harness, not the receiver, is to blame for.
type spoilt struct {
	hookFailed string         // why a hook did not work
	hookAt     emitter.Offset // from when on nothing counts against the receiver
	late       string         // real_time plays: how far the harness was off its times
	struck     []struckTime   // when the receiver was restarted or killed in the middle of things
}

// struckTime is from when a strike was prepared until the receiver took callbacks again.
type struckTime struct{ from, to emitter.Offset }

// cutOff says whether an attempt was under way, or came, while the receiver was struck, and so was not acknowledged. Nothing
// is asked of its answer: there was nobody to give it.
func (s *spoilt) cutOff(at *emitter.Attempt) bool {
	return !acknowledged(*at) && slices.ContainsFunc(s.struck, func(t struckTime) bool {
		return us(at.Done) >= us(t.from) && us(at.Queued) <= us(t.to)
	})
}

// attempt says why an attempt that failed proves nothing; "" if it does.
func (s *spoilt) attempt(at *emitter.Attempt) string {
	if s.hookFailed != "" && us(at.Done) > us(s.hookAt) && !acknowledged(*at) {
		return s.hookFailed
	}
	return ""
}

// look says why a failed comparison at a step proves nothing.
func (s *spoilt) look(step string, l looks) string {
	switch {
	case s.hookFailed != "" && (step == Final || us(l.end) > us(s.hookAt)):
		return s.hookFailed
	default:
		return s.late
	}
}

// surroundings finds out what was spoilt, before anything is judged.
func (j *judgement) surroundings() {
	records := map[string]emitter.StepRecord{}
	for _, r := range j.in.Transcript.Steps {
		records[r.ID] = r
	}
	for _, st := range j.in.Plan.Steps {
		r, ran := records[st.ID]
		if st.Strike != nil && ran {
			j.spoilt.struck = append(j.spoilt.struck, struckTime{r.Started, r.Done})
		}
		if st.Hook == "" || !ran || r.Error == "" || j.spoilt.hookFailed != "" || !slices.Contains(j.in.Capabilities.Hooks, st.Hook) {
			continue
		}
		j.spoilt.hookFailed = fmt.Sprintf("the hook %s did not work: %s", st.Hook, bounded(r.Error))
		j.spoilt.hookAt = r.Started
	}
	j.pace = j.offPace()
	// Under load it is the receiver that is slow, and the load profile is about just that.
	if ref := j.in.Plan.Scenario; ref.RealTime && ref.Profile != "load" {
		j.spoilt.late = j.offTime()
	}
}

// play judges the harness itself: what it could not do as planned is not testable, and never the receiver's fault.
func (j *judgement) play() {
	tr := &j.in.Transcript
	if tr.Aborted != "" {
		j.cannotPlay("play:aborted", "play", "the play ended early: %s", bounded(tr.Aborted))
	}
	if j.spoilt.hookFailed != "" {
		j.cannotPlay("play:hook", "hook", "%s", j.spoilt.hookFailed)
	}
	if j.spoilt.late != "" {
		j.cannotPlay("play:late", "times", "%s", j.spoilt.late)
	}
	if j.pace.lost != "" {
		j.cannotPlay("play:pace", "times", "%s", j.pace.lost)
	}
	made := map[string]*emitter.Delivery{}
	for i := range tr.Deliveries {
		d := &tr.Deliveries[i]
		made[deliveryKey(d.Event, d.Copy)] = d
	}
	for i := range j.in.Plan.Steps {
		st := &j.in.Plan.Steps[i]
		if st.Deliver == nil {
			continue
		}
		d := made[deliveryKey(st.Deliver.Event, st.Deliver.Copy)]
		if d == nil || len(d.Attempts) == 0 {
			if tr.Aborted == "" { // else that says it once for all
				j.cannotPlay("play:unsent", st.ID, "%s was never sent", st.ID)
			}
			continue
		}
		j.ladder(st, d)
	}
}

func deliveryKey(event string, no int) string { return fmt.Sprintf("%s\x00%d", event, no) }

// cannotPlay records what the harness did not do. It speaks for everything that the scenario is about, and where
// callbacks are missing also for the implied requirements.
func (j *judgement) cannotPlay(guard, subject, format string, args ...any) {
	ids := make([]string, 0, len(j.own)+2)
	for _, r := range j.own {
		ids = append(ids, r.ID)
	}
	if (guard == "play:unsent" || guard == "play:aborted") && j.acknowledges() {
		ids = append(ids, ackStatus, ackTime)
	}
	j.add(finding{
		Check: Check{
			Kind: "play", Subject: subject, Outcome: CannotTest, Reason: bounded(fmt.Sprintf(format, args...)), Requirement: ids,
			Pos: scenarios.Position{File: j.in.Plan.Scenario.File, Line: j.in.Plan.Scenario.Line},
		},
		guard: guard, name: "play", hollow: true,
	})
}

// acknowledges says whether the plan holds a callback whose answer speaks for the implied requirements.
func (j *judgement) acknowledges() bool {
	return slices.ContainsFunc(j.in.Plan.Events, func(e scenarios.Event) bool { return j.ask(&e, e.Meaning).acknowledging() })
}

// ladder checks that a callback was sent again as its policy says: after every attempt that was not acknowledged,
// not before the policy's wait, and not once more after a 200. How late a retry was does not matter: CSS gives no
// upper bound, and nothing that is judged of retries rests on it.
func (j *judgement) ladder(st *scenarios.Step, d *emitter.Delivery) {
	attempts := d.Attempts
	for k := 1; k < len(attempts); k++ {
		before, at := &attempts[k-1], &attempts[k]
		if before.OK() {
			j.cannotPlay("play:ladder", d.ID, "%s was sent again although attempt %d was answered 200", d.ID, before.Number)
			return
		}
		if early := -lateness(d, k); early > time.Millisecond { // a timer's own precision
			j.cannotPlay("play:ladder", d.ID, "attempt %d of %s was made %s before its time", at.Number, d.ID, short(early))
			return
		}
	}
	last := attempts[len(attempts)-1]
	if !last.OK() && len(attempts) < st.Deliver.Policy.Attempts {
		j.cannotPlay("play:ladder", d.ID, "%s was given up after %d of %d attempts", d.ID, len(attempts), st.Deliver.Policy.Attempts)
	}
}

// offTime says how a play whose verdict rests on real time was off its times: a gap between two events of a task came
// out longer or shorter than planned, because the harness was late or an answer slow. Where no gap was planned, only
// the harness's own lateness counts: the next event waits for the answer to the one before. "" is on time.
func (j *judgement) offTime() string {
	tasks := map[string]string{}
	for i := range j.in.Plan.Events {
		tasks[j.in.Plan.Events[i].ID] = j.in.Plan.Events[i].Task
	}
	previous := map[string]*emitter.Delivery{}
	for i := range j.in.Transcript.Deliveries {
		d := &j.in.Transcript.Deliveries[i]
		if len(d.Attempts) == 0 {
			continue
		}
		task := tasks[d.Event]
		p := previous[task]
		previous[task] = d
		if p == nil {
			continue
		}
		if us(p.Planned) >= us(d.Planned) {
			if lag := lateness(d, 0); lag > lagMargin {
				return fmt.Sprintf("the harness sent %s %s late, and this verdict rests on time", d.ID, short(lag))
			}
			continue
		}
		planned, real := span(p.Planned, d.Planned), span(p.Attempts[0].Queued, d.Attempts[0].Queued)
		if off := real - planned; off > lagMargin || off < -lagMargin {
			return fmt.Sprintf("the gap between %s and %s was %s instead of %s, and this verdict rests on it", p.ID, d.ID, short(real), short(planned))
		}
	}
	return ""
}
