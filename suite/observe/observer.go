package observe

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Identity is what a look may be keyed by.
type Identity struct {
	TaskID   string
	StreamID string
}

// A Look is one sight of one task.
type Look struct {
	Facts   judge.Facts
	Effects map[string]int // by name; without those that could not be looked at
	Raw     []byte         // what was seen of the facts, before they were made of it; bounded
	// Counted is what was seen of each effect, by name; bounded.
	Counted map[string][]byte
}

// A LookError is an observer that could not look. It is never the receiver's fault alone.
type LookError struct {
	Observer string // "observe.task", "observe.effects.rows"
	Kind     string // "http", "sql" …
	At       string // place in the target file
	Err      error
}

func (e *LookError) Error() string {
	if e.At == "" {
		return fmt.Sprintf("%s (%s): %v", e.Observer, e.Kind, e.Err)
	}
	return fmt.Sprintf("%s (%s, %s): %v", e.Observer, e.Kind, e.At, e.Err)
}

// Unwrap returns the cause.
func (e *LookError) Unwrap() error { return e.Err }

// maxRaw bounds what is kept of a sight for a report, in bytes: a screenful, and enough for any task in the standard
// shape.
const maxRaw = 8 << 10

// clip cuts what was seen to what is kept of it.
func clip(b []byte) []byte {
	if len(b) <= maxRaw {
		return b
	}
	return append(b[:maxRaw:maxRaw], "… (cut)"...)
}

// An observed is one observer of a set: where it looks, how often at once, and for how long.
type observed struct {
	name   string
	spec   target.Source
	source source
	slots  chan struct{} // looks under way
}

// slotsOf bounds the looks at one time, by kind: what a small test database, or this machine's process table, takes
// without a thought.
var slotsOf = map[string]int{
	target.KindHTTP: 32, target.KindSQL: 4, target.KindRedis: 16, target.KindCommand: 4, target.KindFile: 8, target.KindSink: 32,
}

// look looks once, within the observer's own time. Waiting for a free slot does not count: it is not the observer that is slow.
func (o *observed) look(ctx context.Context, id Identity) (view, error) {
	select {
	case o.slots <- struct{}{}:
		defer func() { <-o.slots }()
	case <-ctx.Done():
		return view{}, context.Cause(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, o.spec.Timeout)
	defer cancel()
	v, err := o.source.look(limited, id)
	switch {
	case err == nil:
		v.env["task_id"], v.env["stream_id"] = id.TaskID, id.StreamID
		return v, nil
	case ctx.Err() != nil:
		return v, context.Cause(ctx)
	case limited.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return v, o.failed(fmt.Errorf("no whole answer within %s: %w", o.spec.Timeout, err))
	}
	return v, o.failed(err)
}

func (o *observed) failed(err error) error {
	return &LookError{Observer: o.name, Kind: o.spec.Kind, At: o.spec.At, Err: err}
}
