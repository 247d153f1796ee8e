package main

import (
	"cmp"
	"database/sql"
)

// The states of a relay.
const (
	announced = "announced" // something came, but not yet what would tell
	relaying  = "relaying"
	stopped   = "stopped"
)

// A relayTask is a row of relays.
type relayTask struct {
	id          string
	state       string
	turnedAt    int64 // ms, of the event that gave the state; 0 is unknown
	streamID    string
	toURL       string
	sources     []string
	startedAt   sql.NullInt64 // ms
	stoppedAt   sql.NullInt64 // ms
	exitCode    sql.NullString
	exitMessage sql.NullString
}

// apply is what an event means for its task. Callbacks may overtake each other, so what they say of their own time
// decides, and not when they arrive.
func (t *relayTask) apply(e *event) {
	t.streamID, t.toURL = cmp.Or(e.StreamID, t.streamID), cmp.Or(e.ToURL, t.toURL)
	if len(e.sources) > 0 {
		t.sources = e.sources
	}
	switch e.Name {
	case "TaskStart":
		if notOlder(e.started, t.startedAt.Int64) {
			t.startedAt = sql.NullInt64{Int64: e.started, Valid: true}
		}
		t.turn(relaying, e.started)
	case "TaskExit":
		if notOlder(e.exited, t.stoppedAt.Int64) {
			t.stoppedAt = sql.NullInt64{Int64: e.exited, Valid: true}
			t.exitCode = sql.NullString{String: e.code, Valid: e.code != ""}
			t.exitMessage = sql.NullString{String: e.message, Valid: true}
		}
		t.turn(stopped, e.exited) // not for good: a later TaskStart makes the task run again
	case "VodSourceFileStart", "VodSourceFileFinish":
		if t.state == announced {
			t.state = relaying // TaskStart is still on its way
		}
	}
}

func (t *relayTask) turn(state string, at int64) {
	if notOlder(at, t.turnedAt) {
		t.state, t.turnedAt = state, at
	}
}

// notOlder tells the order of two times where both are known and differ. Else what came later is newer.
func notOlder(at, than int64) bool {
	return at <= 0 || than <= 0 || at >= than
}
