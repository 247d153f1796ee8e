package judge

import (
	"fmt"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/relaycheck/relaycheck/schema"
)

// allowed is what the oracle says about one fact of one task: the values that a sensible receiver may show, or why
// there is nothing to say.
type allowed struct {
	free     string // not empty: the fact is not constrained, for this reason
	matcher  types.GomegaMatcher
	expected string // the values, readable
	why      string // what they follow from
	hollow   bool   // a match proves nothing: it rests on callbacks that nobody acknowledged, or on a count of none
}

func free(format string, args ...any) allowed { return allowed{free: fmt.Sprintf(format, args...)} }

// allow computes what a receiver may show for a fact of the task, from what it was told and nothing else. It never
// looks at the order of arrival: a receiver may have been told the same things in any order.
func (a *account) allow(fact string) allowed {
	if a.riddle != "" {
		return free("what a lenient receiver reads in %s is its own affair", a.riddle)
	}
	var w allowed
	switch fact {
	case "exists":
		w = a.allowExists()
	case "phase":
		w = a.allowPhase()
	case "stream_id", "to_url", "source_urls":
		w = a.allowAddress(fact)
	case "started_at":
		w = a.allowStartedAt()
	case "exited_at", "exit_code", "exit_message":
		w = a.allowExit(fact)
	case "files":
		w = a.allowFiles()
	case "files_finished":
		w = a.allowFilesFinished()
	case "alarms":
		w = a.allowAlarms()
	case "events":
		w = a.allowEvents()
	default:
		return free("%s is no fact that follows from the callbacks", fact)
	}
	w.hollow = a.rumoured(fact)
	return w
}

// established says whether a TaskStart or TaskExit of the task was acknowledged: from then on the receiver must know
// the task. Before, an event of it may make it known or not.
func (a *account) established() bool {
	for i := range a.told {
		if t := &a.told[i]; t.sure {
			if _, ok := t.readings[0].turn(); ok {
				return true
			}
		}
	}
	return false
}

// rumoured says whether a fact rests on a well-formed callback that was sent and not acknowledged. Then the receiver
// may show it or not, and what it shows proves nothing.
func (a *account) rumoured(fact string) bool {
	for i := range a.told {
		t := &a.told[i]
		if t.unacked && bears(t.readings[0], fact) {
			return true
		}
	}
	return false
}

// bears says whether an event can change a fact.
func bears(c callback, fact string) bool {
	switch fact {
	case "exists", "phase":
		_, ok := c.turn()
		return ok
	case "started_at":
		return c.kind == schema.TaskStart
	case "exited_at", "exit_code", "exit_message":
		return c.kind == schema.TaskExit
	case "files", "files_finished":
		return c.isFile()
	case "alarms":
		return c.kind == schema.TaskAlarm
	case "events":
		return c.counts()
	case "stream_id":
		return c.streamID != nil
	case "to_url":
		return c.toURL != nil
	case "source_urls":
		return len(c.sources) > 0
	default:
		return true
	}
}

// each calls f for every way in which something told may be read.
func (a *account) each(f func(t *told, c callback)) {
	for i := range a.told {
		for _, c := range a.told[i].readings {
			f(&a.told[i], c)
		}
	}
}

func (a *account) allowExists() allowed {
	switch {
	case a.established():
		return allowed{matcher: beTrue(), expected: "true", why: a.because(schema.TaskStart, schema.TaskExit)}
	case len(a.told) == 0:
		return allowed{matcher: beNothing(), expected: "false or nothing", why: "no callback told of this task"}
	default:
		return free("%s may make the task known or not, as long as no TaskStart was acknowledged", a.told[0].event.ID)
	}
}

// because names the acknowledged events of some kinds, as the reason of an expectation.
func (a *account) because(kinds ...string) string {
	var ids []string
	for i := range a.told {
		t := &a.told[i]
		for _, k := range kinds {
			if t.sure && t.readings[0].kind == k {
				ids = append(ids, t.event.ID)
			}
		}
	}
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return ids[0] + " was acknowledged"
	default:
		const most = 4 // a reader needs to know which, not all of a burst
		if len(ids) > most {
			return fmt.Sprintf("%s and %d more were acknowledged", strings.Join(ids[:most], ", "), len(ids)-most)
		}
		return strings.Join(ids, ", ") + " were acknowledged"
	}
}
