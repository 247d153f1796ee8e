package emitter

import (
	"context"
	"time"
)

// DefaultDeadline ends a play that has no deadline of its own. The longest documented ladder, unscaled, at a
// receiver that never answers takes 12 minutes of waits and 13 times 20 s.
const DefaultDeadline = 20 * time.Minute

// A Script is what one play does: steps that wait for each other and for the clock. Steps without an order
// between them run at the same time.
type Script struct {
	Name     string
	Steps    []Step
	Deadline time.Duration // for the whole play, from its start; 0 means DefaultDeadline
}

// A Step is a delivery, or anything else that the play has to do at its time. With neither it only waits.
// A delivery is over, for the steps after it, with its first attempt; later attempts hold nobody up.
type Step struct {
	ID    string
	After []int         // indices of the steps that must be over before; each smaller than this step's own
	At    time.Duration // not before this offset from the play's start (real time, already scaled)
	// Settled makes the step wait for every attempt of the deliveries in After, not for the first alone.
	Settled bool

	Parcel *Parcel                         // a delivery, or
	Do     func(ctx context.Context) error // anything else; an error is recorded and the play goes on
}

// A Parcel is a callback to be delivered: one request, and the policy of sending it again.
type Parcel struct {
	Event   string // id of the plan's event
	Copy    int
	Held    bool
	Request Request
	Policy  Policy
	// Again makes the request of a later attempt (from 2), where it differs from the first: a new t and sign,
	// or no fault on the second try. Nil sends the same bytes again.
	Again func(attempt int, now time.Time) Request
}

// A Policy says when a callback is sent again: after any answer but a whole one with status 200, and after none.
// It is data; the named ones are in Policies.
type Policy struct {
	Name     string        `json:"name"`
	Attempts int           `json:"attempts"`         // in all, the first included; 0 and 1 send once
	Interval time.Duration `json:"interval"`         // from the end of an attempt to the next, unscaled (ns)
	Floor    time.Duration `json:"floor,omitempty"`  // the scaled interval is never shorter
	Status   string        `json:"status"`           // "documented" or "assumed" for relay callbacks
	Source   string        `json:"source,omitempty"` // where the numbers come from
}
