package scenarios

import (
	"github.com/relaycheck/relaycheck/internal/strict"
)

// One thing that the network, the retry policy or fate did. Exactly one of hold, swap, duplicate, lose-answer, reset, slow, truncate, retry,
// restart, kill and wire is its head. An event is named as in emit, with #2 for the second of its name, or by its `as`.
type ruleDoc struct {
	// The event is delivered late: right after the event named in until was answered.
	Hold *strict.At[string] `yaml:"hold"`
	// Two events, each delivered at the other's place.
	Swap []strict.At[string] `yaml:"swap"`
	// The event is delivered again.
	Duplicate *strict.At[string] `yaml:"duplicate"`
	// The answer is not read, so CSS sends the callback again.
	LoseAnswer *strict.At[string] `yaml:"lose-answer"`
	// The connection is reset in the middle of the body, so CSS sends the callback again.
	Reset *strict.At[string] `yaml:"reset"`
	// The body trickles in.
	Slow *strict.At[string] `yaml:"slow"`
	// The connection is closed in the middle of the body, so CSS sends the callback again.
	Truncate *strict.At[string] `yaml:"truncate"`
	// When a callback that was not answered 200 is sent again.
	Retry *strict.At[retryName] `yaml:"retry"`
	// The receiver is restarted gracefully, with the target's hook, at the delivery of this event; any leaves the event to the seed.
	Restart *strict.At[string] `yaml:"restart"`
	// The receiver is killed and started again, with the target's hook, at the delivery of this event; any leaves the event to the
	// seed.
	Kill *strict.At[string] `yaml:"kill"`
	// How requests are written.
	Wire *wireDoc `yaml:"wire"`

	// hold, duplicate: the event after whose answer the delivery comes.
	Until *strict.At[string] `yaml:"until"`
	// duplicate: how many copies more (1 by default). lose-answer, reset, slow, truncate: on so many first attempts (1 by default).
	Times *strict.At[int] `yaml:"times"`
	// duplicate: all copies at the same moment as the first delivery, or as each other with until or after.
	Concurrent bool `yaml:"concurrent"`
	// duplicate: how long after the first delivery, and from copy to copy.
	After *strict.At[strict.Range] `yaml:"after"`
	// reset, truncate: where in the body, in bytes or as a share. Default: 50%.
	At *strict.At[strict.Cut] `yaml:"at"`
	// slow: bytes per write. Default: 16.
	WriteSize *strict.At[strict.Size] `yaml:"write_size"`
	// slow: pause between two writes; not scaled. Default: 20ms.
	WritePause *strict.At[strict.Duration] `yaml:"write_pause"`
	// restart, kill: before the event is sent (between), while it is under way (during), right after its answer (after), or at one of
	// these as the seed has it (any). Default: any.
	Moment *strict.At[moment] `yaml:"moment"`
	// retry, wire: for this event alone. Default: for all.
	Of *strict.At[string] `yaml:"of"`
	// retry: t, sign and event_time are made anew for each attempt.
	Recompute bool `yaml:"recompute"`

	Keys strict.Keys
	Pos  strict.Pos
}

type retryName string

func (retryName) Values() []string {
	return []string{"css-general", "css-screenshot", "css-subtitle", "none"}
}
