package scenarios

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// Params are what a play adds to a scenario. Equal parameters give equal plans, to the byte.
type Params struct {
	Play  int       // number of the play within the run, from 0
	Seed  int64     // of the run: fixes every random choice, together with the scenario's id and the round
	Round int       // from 1, of a scenario that is played in rounds; 0 is the same as 1
	Of    int       // how many rounds there are; 0 and 1: the scenario is played once
	Scale float64   // waits are divided by this, 0.01 to 1e6; 0 counts as 1. Not for real_time scenarios
	Epoch time.Time // what timeline offset 0 stands for in payloads; cut to the millisecond

	// BaseID is the task id of the first task; the others follow. 15 decimal digits, and far enough from that of any
	// other play: a scenario has up to as many ids as it has tasks.
	BaseID int64

	Load  Load // settings in place of those of a scenario that is a load; zeros change nothing
	plain bool // one task of a load, not all of them: what the file says, for a look at it

	Key         string // callback key of the target; "" where it has none
	SignAll     bool   // the target requires every callback to be signed
	CanaryBase  string // http://HOST:PORT of the canary listener; "" where there is none
	ContentType string // "" means application/json
}

// A CompileError is a scenario that cannot be made concrete.
type CompileError struct {
	Pos Position
	Err error
}

// Error says where and why.
func (e *CompileError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %v", e.Pos.File, e.Pos.Line, e.Pos.Col, e.Err)
}

// Unwrap gives the reason.
func (e *CompileError) Unwrap() error { return e.Err }

// minRetryGap is the shortest wait before a retry, however far time is scaled down: a receiver that stores a callback in
// that time can know it for a duplicate.
const minRetryGap = 400 * time.Millisecond

// Compile makes a scenario concrete: every id, byte and time is fixed.
func (s *Scenario) Compile(p Params) (Plan, error) {
	c := &compiler{s: s, t: &s.timeline, n: &s.network, p: p}
	c.scale = c.timeScale()
	c.epoch = p.Epoch.UTC().Truncate(time.Millisecond)
	c.plan = Plan{
		Scenario: s.Ref, Play: p.Play, Seed: p.Seed, Scale: c.scale, Epoch: c.epoch,
	}
	if p.Of > 1 {
		c.plan.Round, c.plan.Rounds = max(1, p.Round), p.Of
	}
	c.seed()
	if l, is := s.Load(p.Load); is && !p.plain {
		if err := l.size(len(c.t.events)); err != nil {
			return Plan{}, &CompileError{c.position(s.doc.Load.Pos), err}
		}
		c.plan.Load = &l
		c.crowd()
	}
	c.makeTasks()
	c.place()
	c.drawStrike()
	if err := c.makeEvents(); err != nil {
		return Plan{}, err
	}
	if c.plan.Load != nil {
		c.crowdSteps()
	} else {
		c.makeSteps()
	}
	c.plan.Expect = c.finalExpect()
	return c.plan, nil
}

// A compiler makes one plan.
type compiler struct {
	s *Scenario
	t *timeline
	n *network
	p Params

	scale float64
	epoch time.Time
	rng   *rand.Rand
	plan  Plan

	strike  *struck         // nil: none
	offset  []time.Duration // of each entry on the timeline
	after   []time.Duration // of each duplicate rule
	parcels []parcel        // of each event
}

// runScale is the run's scale, if it touches the scenario.
func (c *compiler) runScale() float64 {
	if c.s.RealTime || !(c.p.Scale > 0) { // not a number is no scale either
		return 1
	}
	return min(max(c.p.Scale, 0.01), 1e6) // nobody plays slower than this, or could tell what is faster
}

// timeScale is the run's scale, or the scenario's own if that is greater.
func (c *compiler) timeScale() float64 {
	scale := c.runScale()
	if own := c.s.doc.Scale; own != nil {
		scale = max(scale, own.Value)
	}
	return scale
}

// seed starts the random choices: they depend on the run's seed, the scenario and the round alone, so that a scenario plays alike
// whatever is played beside it.
func (c *compiler) seed() {
	text := fmt.Appendf(nil, "%d %s", c.p.Seed, c.s.ID)
	if c.p.Round > 1 {
		text = fmt.Appendf(text, " round %d", c.p.Round)
	}
	sum := sha256.Sum256(text)
	c.rng = rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))) //nolint:gosec // to be foreseen is its purpose
}

// draw takes a duration from a range, in whole milliseconds where the range allows it.
func (c *compiler) draw(r strict.Range) time.Duration {
	if r.Fixed() {
		return r.Min
	}
	steps := int64((r.Max - r.Min) / time.Millisecond)
	return r.Min + time.Duration(c.rng.Int64N(steps+1))*time.Millisecond
}

// place puts the entries on the timeline. What is drawn is drawn here, in the order of the file.
func (c *compiler) place() {
	var now time.Duration
	c.offset = make([]time.Duration, len(c.t.entries))
	for i, e := range c.t.entries {
		now += c.draw(e.after)
		c.offset[i] = now
	}
	c.after = make([]time.Duration, len(c.n.duplicates))
	for i, d := range c.n.duplicates {
		if d.after != nil {
			c.after[i] = c.draw(*d.after)
		}
	}
}

// scaled is a timeline offset as the play's clock has it, in whole microseconds as the run log keeps them.
func (c *compiler) scaled(d time.Duration) emitter.Offset {
	return emitter.Offset(time.Duration(float64(d) / c.scale).Truncate(time.Microsecond))
}

func (c *compiler) position(p strict.Pos) Position {
	if !p.Valid() {
		return Position{File: c.s.File, Line: c.s.Line, Col: 1}
	}
	return Position{File: c.s.File, Line: p.Line, Col: p.Col}
}
