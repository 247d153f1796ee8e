package scenarios

import (
	"errors"
	"time"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// trial compiles the scenario once, to find what only shows in the bytes: a text to be replaced that is not there, a
// body that is larger than it is to be padded to.
func (c *checker) trial() {
	var err error
	p := TrialParams()
	p.plain = true // what the file says of one task is what can be wrong with it
	c.plan, err = c.s.Compile(p)
	var e *CompileError
	switch {
	case err == nil:
	case errors.As(err, &e):
		c.f.Errorf(strict.Pos{Line: e.Pos.Line, Col: e.Pos.Col}, "cannot-compile", "%v", e.Err)
	default:
		c.f.Errorf(c.doc.Pos, "cannot-compile", "%v", err)
	}
}

// TrialParams are parameters for a look at a plan that nobody will play: `lint` and dry runs.
func TrialParams() Params {
	return Params{
		Seed: 1, Scale: 1, BaseID: 100_000_000_000_001,
		Epoch: time.Date(2025, 9, 10, 12, 0, 0, 0, time.UTC), // the date of the latest edition of the relay page
	}
}
