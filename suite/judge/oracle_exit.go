package judge

import "github.com/relaycheck/relaycheck/schema"

// exitMembers are the members of msg that the exit facts come from.
var exitMembers = map[string]string{"exited_at": "task_exit_time", "exit_code": "code", "exit_message": "message"}

// allowExit follows the latest TaskExit. Before any exit there is no such fact; once a TaskStart is newer than the
// exit, the fact may stay or go.
func (a *account) allowExit(fact string) allowed {
	exits := a.turns(schema.TaskExit)
	if len(exits) == 0 {
		return allowScalars(exitKind(fact), nil, true, "no TaskExit told of this task")
	}
	candidates := newest(exits)
	certain := false
	for _, x := range candidates {
		certain = certain || x.told.sure
	}
	gone := !certain
	for _, s := range a.turns(schema.TaskStart) {
		for _, x := range candidates {
			// Not only a start that is newer for certain: a receiver that goes by arrival may take any other for it.
			if !x.newer(s) {
				gone = true
				candidates = exits
			}
		}
	}
	var values []any
	for _, x := range candidates {
		v, stated := exitValue(fact, x)
		if !stated {
			if fact == "exit_message" && v == nil && len(exits) == 1 {
				values = append(values, "")
				continue
			}
			return free("%s does not state %s in a documented form", x.told.event.ID, exitMembers[fact])
		}
		values = append(values, v)
	}
	why := "no TaskExit was acknowledged for certain"
	if certain {
		why = a.because(schema.TaskExit)
		if gone {
			why += ", and a TaskStart may be newer: what is kept of the exit may stay or go"
		}
	}
	return allowScalars(exitKind(fact), values, gone, why)
}

// exitValue reads a fact from a TaskExit; false where the callback does not state it in a documented form.
func exitValue(fact string, x turn) (any, bool) {
	v := x.reading.msg[exitMembers[fact]]
	switch fact {
	case "exited_at":
		return v, x.timed
	case "exit_message":
		_, ok := v.(string)
		return v, ok && !x.reading.garbled
	default:
		_, isWhole := whole(v)
		s, isText := v.(string)
		return v, isWhole || (isText && s != "" && !x.reading.garbled)
	}
}

func exitKind(fact string) scalarKind {
	if fact == "exit_message" {
		return asText
	}
	return asNumber
}

// allowStartedAt follows task_start_time. Of several starts the first and the newest are both sensible: "running
// since" and "first seen".
func (a *account) allowStartedAt() allowed {
	starts := a.turns(schema.TaskStart)
	if len(starts) == 0 {
		if len(a.told) > 0 {
			return free("no TaskStart told of this task, so when it began is anybody's guess")
		}
		return allowScalars(asNumber, nil, true, "no callback told of this task")
	}
	certain := false
	var values []any
	for _, s := range starts {
		if !s.timed {
			return free("%s has no time", s.told.event.ID)
		}
		certain = certain || s.told.sure
		first, last := true, true
		for _, u := range starts {
			if u.told.sure && u.told != s.told {
				first = first && s.ms <= u.ms
				last = last && s.ms >= u.ms
			}
		}
		if first || last {
			values = append(values, s.reading.msg["task_start_time"])
		}
	}
	if !certain && a.toldMore(schema.TaskStart) {
		return free("no TaskStart was acknowledged")
	}
	why := a.because(schema.TaskStart)
	if !certain {
		why = "no TaskStart was acknowledged for certain"
	}
	return allowScalars(asNumber, values, !certain, why)
}

// toldMore says whether anything but events of one kind told of the task.
func (a *account) toldMore(kind string) bool {
	more := false
	a.each(func(_ *told, c callback) { more = more || c.kind != kind })
	return more
}
