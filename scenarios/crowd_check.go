package scenarios

import (
	"errors"
	"fmt"
	"time"
)

// Check says what is wrong with an override: a number out of its bounds. Zeros change nothing, and are right.
func (l Load) Check() error {
	switch {
	case l.Burst < 0 || l.Burst > maxLoad:
		return fmt.Errorf("a burst of %d tasks: must be between 1 and %d", l.Burst, maxLoad)
	case l.Rate != 0 && !(l.Rate >= minRate && l.Rate <= maxRate): // not a number is neither
		return fmt.Errorf("a rate of %g callbacks a second: must be between %g and %d", l.Rate, minRate, maxRate)
	case l.For < 0 || time.Duration(l.For) > maxLoadTime:
		return fmt.Errorf("a rate for %s: must be more than nothing, and 10m at most", time.Duration(l.For))
	}
	return nil
}

// size says what is wrong with a load of a timeline: that it is none, or too much.
func (l Load) size(events int) error {
	if err := l.Check(); err != nil {
		return err
	}
	if events == 0 {
		return errors.New("nobody can live an empty timeline")
	}
	if n := l.callbacks(events); n > maxLoad {
		return fmt.Errorf("%d callbacks in all: %d is the most that a play sends", n, maxLoad)
	}
	return nil
}

// load checks what a load asks for, and that the rest of the file goes with it.
func (c *checker) load() {
	d := c.doc.Load
	if d == nil {
		return
	}
	c.loadSize(d)
	if c.s.Profile != ProfileLoad {
		where := c.doc.Profile.Pos
		if !where.Valid() {
			where = c.doc.Keys["load"].Key
		}
		c.f.Errorf(where, "contradiction", "a load is played on request only").Hint("write `profile: load`")
	}
	if c.doc.Keys.Has("tasks") {
		c.f.Errorf(c.doc.Keys["tasks"].Key, "contradiction", "the tasks of a load are all alike").Hint("write `task: …`; the load says how many there are")
	}
	if c.doc.Scale != nil {
		c.f.Errorf(c.doc.Keys["scale"].Key, "contradiction", "a load is never scaled").Hint("delete one of the two")
	}
	c.loadSteps()
}

// loadSize checks the numbers of a load.
func (c *checker) loadSize(d *loadDoc) {
	switch {
	case d.Burst == nil && d.Rate == nil && c.f.Failed(): // told already
	case d.Burst == nil && d.Rate == nil:
		c.f.Errorf(d.Pos, "one-of", "how much of a load?").Hint("write `{burst: 200}` for so many tasks at once, or `{rate: 100, for: 10s}` for so many callbacks a second")
	case d.Burst != nil && d.Rate != nil:
		c.f.Errorf(d.Keys["rate"].Key, "one-of", "a load is a burst or a rate, not both").Hint("make two scenarios of it")
	case d.Burst != nil && d.For != nil:
		c.f.Errorf(d.Keys["for"].Key, "out-of-place", "for goes with rate: a burst is one moment").Hint("delete it")
	}
	if d.Burst != nil && (d.Burst.Value < 1 || d.Burst.Value > maxLoad) {
		c.f.Errorf(d.Burst.Pos, "range", "burst must lie between 1 and %d", maxLoad)
	}
	if d.Rate != nil && !(d.Rate.Value >= minRate && d.Rate.Value <= maxRate) {
		c.f.Errorf(d.Rate.Pos, "range", "rate must lie between %g and %d callbacks a second", minRate, maxRate)
	}
	if d.For != nil && (d.For.Value <= 0 || time.Duration(d.For.Value) > maxLoadTime) {
		c.f.Errorf(d.For.Pos, "range", "for must be more than nothing, and 10m at most")
	}
	if l, events := d.load(), len(c.s.timeline.events); events > 0 && l.Check() == nil {
		if err := l.size(events); err != nil {
			c.f.Errorf(d.Pos, "range", "%v", err)
		}
	}
}

// loadSteps refuses steps and rules that are about one task, or about an order between tasks.
func (c *checker) loadSteps() {
	for _, e := range c.s.timeline.entries {
		switch {
		case e.kind != entryEvents:
			c.f.Errorf(e.step.Pos, "out-of-place", "a load does not stop for anything").Hint("only emit, sibling and body can be its steps; look at the end, with `expect`")
		case e.step.Together != nil:
			c.f.Errorf(e.step.Pos, "out-of-place", "together does not go with load").Hint("the load says what happens at the same moment")
		case e.step.After != nil && c.doc.Load.Rate != nil:
			c.f.Errorf(e.step.Keys["after"].Key, "contradiction", "the rate says when each callback is sent").Hint("delete `after`")
		}
	}
	for i := range c.doc.Delivery {
		if d := &c.doc.Delivery[i]; d.Wire == nil {
			c.f.Errorf(d.Pos, "out-of-place", "only wire rules go with load: it sends every callback once, at its time").Hint("delete the rule")
		}
	}
	if x := c.doc.Expect; x != nil {
		for _, key := range []string{"check", "effects", "throughout", "tasks"} {
			if place, there := x.Keys[key]; there {
				c.f.Errorf(place.Key, "out-of-place", "%s does not go with load", key).Hint("`answers`, `task` (of every task alike) and `within` do")
			}
		}
	}
}
