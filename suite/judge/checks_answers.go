package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// answerLimit is how long CSS waits for an answer before it counts the delivery as failed (How to Receive Event
// Notification, every edition).
const answerLimit = 20 * time.Second

// asked is what is asked of the answers to one event.
type asked struct {
	meaning scenarios.Meaning
	status  []string // nil: nothing beyond an answer that is no 5xx
	stated  bool     // the scenario states a status of its own
	within  time.Duration
	body    any
	header  map[string]string
	pos     scenarios.Position
}

// acknowledging says whether an answer of 200 is asked for: then it speaks for ACK-1 and ACK-2, too.
func (a asked) acknowledging() bool {
	return a.meaning == scenarios.MeansCallback && slices.Equal(a.status, []string{"200"})
}

// wellFormed says whether the event is one that a receiver has to take.
func (a asked) wellFormed() bool {
	return a.meaning == scenarios.MeansCallback || a.meaning == scenarios.MeansSibling
}

// ask works out what is asked of the answers to an event: what its own step states, then what the scenario states for
// all, then what follows from what the event means. The scenario's statement about all answers is about callbacks:
// nobody who writes "status: 200" there means the rubbish in between, and no body is asked of a refusal.
func (j *judgement) ask(e *scenarios.Event, m scenarios.Meaning) asked {
	a := asked{meaning: m, within: answerLimit, pos: e.Pos}
	own, all := e.Expect, j.in.Plan.Expect.Answers
	if own == nil {
		own = &scenarios.Answer{}
	}
	if all == nil {
		all = &scenarios.Answer{}
	}
	if own.Pos.Line > 0 {
		a.pos = own.Pos
	}
	for _, within := range []emitter.Offset{own.Within, all.Within} {
		if within > 0 {
			a.within = span(0, within)
			break
		}
	}
	a.status, a.body, a.header = own.Status, own.Body, own.Header
	if len(a.status) == 0 && (a.wellFormed() || !slices.Equal(all.Status, []string{"200"})) {
		a.status = all.Status
	}
	a.stated = len(a.status) > 0
	if !a.wellFormed() {
		return a
	}
	if !a.stated {
		a.status = []string{"200"}
	}
	a.stated = !slices.Equal(a.status, []string{"200"}) // who writes the default down says nothing more than who does not
	if a.body == nil {
		a.body = all.Body
	}
	if len(a.header) == 0 {
		a.header = all.Header
	}
	return a
}

// answers judges every attempt that was made.
func (j *judgement) answers() {
	events := map[string]*scenarios.Event{}
	for i := range j.in.Plan.Events {
		events[j.in.Plan.Events[i].ID] = &j.in.Plan.Events[i]
	}
	all := fates(&j.in.Transcript, wholePlay)
	for i := range j.in.Transcript.Deliveries {
		d := &j.in.Transcript.Deliveries[i]
		e := events[d.Event]
		if e == nil {
			j.cannotPlay("play:unknown", d.ID, "the transcript has a delivery of %q, which the plan does not", d.Event)
			continue
		}
		a := j.ask(e, j.meaning(e, all[e.ID]))
		for k := range d.Attempts {
			j.answer(d, k, a)
		}
	}
}

func (j *judgement) meaning(e *scenarios.Event, f *fate) scenarios.Meaning {
	caps := &j.in.Capabilities
	signed := caps.Signed && f != nil && isSigned(e.Body, f.bodies)
	return meaning(e, caps, signed)
}

// answer judges one attempt. What the script spoiled itself is not asked about.
func (j *judgement) answer(d *emitter.Delivery, k int, a asked) {
	at := &d.Attempts[k]
	if cut(*at) || j.spoilt.cutOff(at) && !j.off["struck"] {
		return
	}
	f := finding{Check: Check{Subject: d.ID, Attempt: at.Number, Pos: a.pos}, done: time.Duration(at.Done)}
	if why := j.spoilt.attempt(at); why != "" && !j.off["spoilt:answer"] {
		f.Kind, f.name = "status", "status"
		f.Outcome, f.Reason, f.Requirement = CannotTest, why, j.forStatus(a, 0)
		j.add(f)
		return
	}
	if a.wellFormed() {
		j.status(f, at, a)
	} else {
		j.refusal(f, at, a)
	}
	j.time(f, d, k, a)
	if at.Answer != nil {
		j.body(f, at, a)
		j.header(f, at, a)
	}
}

// forStatus says whom a status speaks for. A 4xx, a 5xx or silence counts against what the scenario is about; any
// other status that is not 200 is the receiver's general habit, so it counts against ACK-1.
func (j *judgement) forStatus(a asked, status int) []string {
	ids := judging(j.own, "status")
	implied := a.wellFormed() && !a.stated || a.acknowledging()
	switch {
	case !implied && len(ids) == 0:
		return speakers(j.own)
	case !implied:
		return ids
	case status == statusOK:
		if a.acknowledging() {
			ids = append(ids, ackStatus)
		}
		return ids
	case status > 0 && status < 400 || len(ids) == 0:
		return []string{ackStatus}
	default:
		return ids
	}
}

// status judges the status of an answer to what a receiver has to take.
func (j *judgement) status(f finding, at *emitter.Attempt, a asked) {
	f.Kind, f.name, f.guard = "status", "status", "status"
	f.Expected = oneOf(a.status)
	if at.Answer == nil {
		f.Requirement = j.forStatus(a, 0)
		f.Actual = noAnswer(at)
		switch failure(at) {
		case emitter.FailTimeout:
			// The time says so already; a status there is not.
			f.guard, f.Outcome, f.Reason = "status:none", CannotTest, "no answer came in time"
			f.Requirement = append(f.Requirement, j.implied(a, ackStatus)...)
		case emitter.FailCanceled, emitter.FailOther:
			f.guard, f.Outcome, f.Reason = "status:none", CannotTest, unfinished(at)
			f.Requirement = append(f.Requirement, j.implied(a, ackStatus)...)
		default:
			f.Outcome = Fail
		}
		j.add(f)
		j.notImplied(f, a, ackStatus)
		return
	}
	f.Actual = fmt.Sprint(at.Answer.Status)
	f.Outcome = Fail
	if matches(haveStatus(a.status), plain(at.Answer.Status)) {
		f.Outcome = Pass
	}
	f.Requirement = j.forStatus(a, at.Answer.Status)
	if f.Outcome == Pass && len(f.Requirement) == 0 {
		return // a sibling's 200, where nothing is about statuses
	}
	j.add(f)
	j.notImplied(f, a, ackStatus)
}

// notImplied notes that a callback was not answered as an implied requirement asks, where that counts against
// another one: of the implied one nothing can be said then.
func (j *judgement) notImplied(f finding, a asked, id string) {
	if a.acknowledging() && f.Outcome != Pass && !slices.Contains(f.Requirement, id) {
		j.elsewhere[id] = true
	}
}

func (j *judgement) implied(a asked, id string) []string {
	if a.acknowledging() {
		return []string{id}
	}
	return nil
}

// failure is the kind of an attempt's failure. An attempt without answer and without failure is one that was never
// brought to its end, which says nothing about the receiver.
func failure(at *emitter.Attempt) string {
	if at.Failure == nil {
		return emitter.FailOther
	}
	return at.Failure.Kind
}

// noAnswer says what came instead of an answer.
func noAnswer(at *emitter.Attempt) string { return "no answer: " + failure(at) }

func unfinished(at *emitter.Attempt) string {
	why := "the attempt did not come to its end"
	if at.Failure != nil {
		why += ": " + bounded(at.Failure.Message)
	}
	return why
}

// refusal judges the answer to what need not be taken: there must be one, in time, and no 5xx. What is certainly no
// callback should be refused with a 4xx.
func (j *judgement) refusal(f finding, at *emitter.Attempt, a asked) {
	f.Kind, f.name, f.guard = "refusal", "refusal", "refusal"
	f.Expected = "an answer other than 5xx"
	f.Requirement = speakers(j.own, "refusal", "status")
	switch {
	case at.Answer == nil && (failure(at) == emitter.FailCanceled || failure(at) == emitter.FailOther):
		f.guard, f.Outcome, f.Reason = "refusal:none", CannotTest, unfinished(at)
	case at.Answer == nil:
		f.Outcome, f.Actual = Fail, noAnswer(at)
	case matches(haveStatus([]string{"5xx"}), plain(at.Answer.Status)) && !named(a.status, at.Answer.Status):
		f.Outcome, f.Actual = Fail, fmt.Sprint(at.Answer.Status)
	default:
		f.Outcome, f.Actual = Pass, fmt.Sprint(at.Answer.Status)
	}
	j.add(f)
	if at.Answer == nil {
		return
	}
	f.Kind, f.name, f.guard = "status", "status", "status:stated"
	f.Actual, f.Outcome = fmt.Sprint(at.Answer.Status), Fail
	want := a.status
	switch {
	case a.stated:
		f.Requirement = speakers(j.own, "status", "refusal")
	case a.meaning == scenarios.MeansNothing && f.Actual[:1] != "5":
		want, f.guard, f.Severity = []string{"4xx"}, "status:refused", scenarios.Should
	default:
		return
	}
	f.Expected = oneOf(want)
	if matches(haveStatus(want), plain(at.Answer.Status)) {
		f.Outcome = Pass
	}
	j.add(f)
}

// named says whether a scenario names just this status: some servers answer 501 to a method that they do not know, and
// the scenario that sends one may allow it.
func named(statuses []string, status int) bool {
	return slices.Contains(statuses, fmt.Sprint(status))
}
