package judge

import (
	"slices"

	"github.com/relaycheck/relaycheck/schema"
)

// The phases of a task.
const (
	running = "running"
	ended   = "ended"
)

// A turn is a TaskStart or a TaskExit: what decides whether a task runs.
type turn struct {
	told    *told
	reading callback
	ms      int64 // its time
	timed   bool  // the time orders it: not missing, not zero
}

// turns lists what may have been told of the given kinds.
func (a *account) turns(kinds ...string) []turn {
	var out []turn
	a.each(func(t *told, c callback) {
		member, ok := c.turn()
		if !ok {
			return
		}
		for _, k := range kinds {
			if c.kind == k {
				ms, timed := c.time(member)
				out = append(out, turn{told: t, reading: c, ms: ms, timed: timed})
			}
		}
	})
	return out
}

// newer says whether the times prove that t happened after u. Zero, equal and missing times prove nothing.
func (t turn) newer(u turn) bool { return t.timed && u.timed && t.ms > u.ms }

// newest drops the turns after which an acknowledged other one happened. Where any of them has no time nothing is
// dropped: a receiver that keeps one newest turn and goes by arrival in between loses the time to compare with.
func newest(all []turn) []turn {
	if slices.ContainsFunc(all, func(t turn) bool { return !t.timed }) {
		return all
	}
	var out []turn
	for _, t := range all {
		beaten := false
		for _, u := range all {
			beaten = beaten || (u.told.sure && u.newer(t))
		}
		if !beaten {
			out = append(out, t)
		}
	}
	return out
}

// allowPhase follows the newest of task_start_time and task_exit_time: TaskExit is not final, since each internal
// retry and each move to another machine brings one (Relay Event Notification, editions from 2023-10 on).
func (a *account) allowPhase() allowed {
	tops := newest(a.turns(schema.TaskStart, schema.TaskExit))
	certain := false
	var starts, exits []turn
	for _, t := range tops {
		certain = certain || t.told.sure
		if t.reading.kind == schema.TaskStart {
			starts = append(starts, t)
		} else {
			exits = append(exits, t)
		}
	}
	for _, s := range starts {
		for _, x := range exits {
			if s.told != x.told && !s.newer(x) && !x.newer(s) {
				return free("the times of %s and %s do not tell which came last", s.told.event.ID, x.told.event.ID)
			}
		}
	}
	if !certain {
		switch {
		case len(a.told) == 0:
			return allowed{matcher: beNothing(), expected: "nothing", why: "no callback told of this task"}
		case len(tops) == 0:
			return free("%s does not tell whether the task runs, as long as no TaskStart was acknowledged", a.told[0].event.ID)
		case a.toldOthers():
			return free("no TaskStart was acknowledged")
		}
	}
	if len(exits) > 0 && len(starts) == 0 && a.pulledAfter(exits) {
		return free("a file began after %s: whether the task runs again without a new TaskStart is documented nowhere", exits[0].told.event.ID)
	}
	var phases []any
	if len(starts) > 0 {
		phases = append(phases, running)
	}
	if len(exits) > 0 {
		phases = append(phases, ended)
	}
	var why string
	if certain {
		for _, t := range tops {
			if t.told.sure {
				why = "the newest acknowledged turn is " + t.told.event.ID
			}
		}
	} else {
		why = "no TaskStart or TaskExit was acknowledged for certain"
	}
	return allowScalars(asText, phases, !certain, why)
}

// toldOthers says whether anything but a TaskStart or TaskExit told of the task: that may make it known, and known
// tasks have some phase.
func (a *account) toldOthers() bool {
	other := false
	a.each(func(_ *told, c callback) {
		_, ok := c.turn()
		other = other || !ok
	})
	return other
}

// pulledAfter says whether, in the plan, a file began after all of the given exits. A new TaskStart for each internal
// retry is documented nowhere, so a receiver may take that file for a sign of life.
func (a *account) pulledAfter(exits []turn) bool {
	last := exits[0].told.order
	for _, x := range exits {
		last = max(last, x.told.order)
	}
	pulled := false
	a.each(func(t *told, c callback) {
		pulled = pulled || (c.kind == schema.VodSourceFileStart && t.order > last)
	})
	return pulled
}
