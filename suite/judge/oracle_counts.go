package judge

import (
	"slices"

	"github.com/relaycheck/relaycheck/schema"
)

// tally counts the events that pass a filter. Least is the number of distinct ones that were acknowledged, by all that
// their bytes tell. Most is what may be counted: events of the plan that look alike are a loop or a duplicate, as a
// receiver likes; one whose event_time was made anew for each attempt looks like several; and what was only rumoured
// may count.
func (a *account) tally(must, may func(callback) bool) (least, most int) {
	identities := map[string]bool{}
	for i := range a.told {
		t := &a.told[i]
		if t.sure && must(t.readings[0]) {
			identities[t.readings[0].identity()] = true
		}
		if slices.ContainsFunc(t.readings, may) {
			most += t.variants
		}
	}
	return len(identities), most
}

func anyEvent(callback) bool  { return true }
func isAlarm(c callback) bool { return c.kind == schema.TaskAlarm }

// allowEvents counts distinct events kept. The four documented kinds must count; whether TaskAlarm and unknown events
// do is the receiver's affair.
func (a *account) allowEvents() allowed {
	if len(a.told) > 0 && !a.established() {
		return free("events may be kept or not, as long as no TaskStart was acknowledged")
	}
	least, most := a.tally(callback.counts, anyEvent)
	return allowCount(least, most, "distinct events, told apart by task, callback_event, msg and event_time")
}

// allowAlarms counts distinct alarms.
func (a *account) allowAlarms() allowed {
	if len(a.told) > 0 && !a.established() {
		return free("alarms may be kept or not, as long as no TaskStart was acknowledged")
	}
	least, most := a.tally(isAlarm, isAlarm)
	return allowCount(least, most, "distinct TaskAlarm callbacks")
}

// allowEffect bounds a countable side effect: each distinct event has at most one. Which of them have one at all is
// the receiver's affair.
func (a *account) allowEffect() (w allowed, most int) {
	_, most = a.tally(anyEvent, anyEvent)
	if a.riddle != "" {
		most++
	}
	return allowCount(0, most, "each distinct event has at most one effect"), most
}
