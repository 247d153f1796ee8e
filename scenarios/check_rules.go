package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// ruleHeads are the keys of which a rule has exactly one, each with the keys that may stand beside it.
var ruleHeads = []struct {
	name   string
	beside []string
}{
	{"hold", []string{"until"}},
	{"swap", nil},
	{"duplicate", []string{"times", "concurrent", "until", "after"}},
	{"lose-answer", []string{"times"}},
	{"reset", []string{"times", "at"}},
	{"slow", []string{"times", "write_size", "write_pause"}},
	{"truncate", []string{"times", "at"}},
	{"retry", []string{"of", "recompute"}},
	{"restart", []string{"moment"}},
	{"kill", []string{"moment"}},
	{"wire", []string{"of"}},
}

func ruleNames() []string {
	names := make([]string, len(ruleHeads))
	for i, h := range ruleHeads {
		names[i] = h.name
	}
	return names
}

// The bounds of repetition in a delivery rule: what a play can still deliver and a reader still read.
const (
	maxCopies   = 1000
	maxAttempts = 100
)

// rules resolves the delivery.
func (c *checker) rules() {
	n := &c.s.network
	n.holds, n.faults, n.slow = map[int]hold{}, map[int]fault{}, map[int]slow{}
	n.retryOf, n.wireOf = map[int]retry{}, map[int][]*wireDoc{}
	for i := range c.doc.Delivery {
		c.rule(&c.doc.Delivery[i])
	}
	c.order()
	c.strikeOrder()
}

func (c *checker) rule(d *ruleDoc) {
	switch c.ruleHead(d) {
	case "hold":
		c.hold(d)
	case "swap":
		c.swap(d)
	case "duplicate":
		c.duplicate(d)
	case "lose-answer":
		c.fault(d, "lose-answer", d.LoseAnswer)
	case "reset":
		c.fault(d, "reset", d.Reset)
	case "truncate":
		c.fault(d, "truncate", d.Truncate)
	case "slow":
		c.slow(d)
	case "retry":
		c.retry(d)
	case "restart":
		c.strike(d, "restart", d.Restart)
	case "kill":
		c.strike(d, "kill", d.Kill)
	case "wire":
		c.wireRule(d)
	}
}

func (c *checker) ruleHead(d *ruleDoc) string {
	var heads []string
	for _, h := range ruleNames() {
		if d.Keys.Has(h) {
			heads = append(heads, h)
		}
	}
	switch {
	case len(heads) == 0:
		if d.Pos.Valid() && d.Keys != nil && !c.misspelt(d.Keys, ruleDoc{}) {
			c.f.Errorf(d.Pos, "one-of", "this rule does nothing").Hint("it needs one of " + strings.Join(ruleNames(), ", "))
		}
		return ""
	case len(heads) > 1:
		c.f.Errorf(d.Keys[heads[1]].Key, "one-of", "this rule has both %s and %s", heads[0], heads[1]).Hint("make two rules of it")
		return ""
	}
	head := heads[0]
	beside := ruleHeads[slices.Index(ruleNames(), head)].beside
	for key, place := range d.Keys {
		if key != head && !slices.Contains(beside, key) {
			r := c.f.Errorf(place.Key, "out-of-place", "%s does not go with %s", key, head)
			if len(beside) == 0 {
				r.Hint("delete it; " + head + " stands alone")
			} else {
				r.Hint("beside " + head + " go " + strings.Join(beside, ", "))
			}
		}
	}
	return head
}

func (c *checker) hold(d *ruleDoc) {
	ev, ok := c.find(*d.Hold)
	if d.Until == nil {
		c.f.Errorf(d.Pos, "missing-key", "until when is %s held?", d.Hold.Value).Hint("add `until: EVENT`")
		return
	}
	until, ok2 := c.find(*d.Until)
	if !ok || !ok2 {
		return
	}
	if ev == until {
		c.f.Errorf(d.Until.Pos, "cycle", "%s cannot wait for itself", d.Hold.Value)
		return
	}
	if other, twice := c.s.network.holds[ev]; twice {
		c.contradiction(d.Hold.Pos, "%s is held already", d.Hold.Value, other.pos)
		return
	}
	c.s.network.holds[ev] = hold{until, d.Hold.Pos}
}

// contradiction notes a rule that another rule speaks against.
func (c *checker) contradiction(at strict.Pos, format, name string, other strict.Pos) {
	c.f.Errorf(at, "contradiction", format, name).Hint(fmt.Sprintf("by the rule in line %d; delete one of the two", other.Line))
}

func (c *checker) swap(d *ruleDoc) {
	if len(d.Swap) != 2 {
		if d.Swap != nil {
			c.f.Errorf(d.Keys["swap"].Value, "range", "swap takes two events, not %d", len(d.Swap)).Hint("write `swap: [A, B]`")
		}
		return
	}
	a, ok := c.find(d.Swap[0])
	b, ok2 := c.find(d.Swap[1])
	if !ok || !ok2 {
		return
	}
	if a == b {
		c.f.Errorf(d.Swap[1].Pos, "contradiction", "an event cannot change places with itself")
		return
	}
	t := c.s.timeline
	if t.events[a].entry == t.events[b].entry {
		c.f.Errorf(d.Swap[1].Pos, "contradiction", "%s and %s happen at the same moment", d.Swap[0].Value, d.Swap[1].Value).Hint("delete the rule: it changes nothing")
		return
	}
	for _, other := range c.s.network.swaps {
		for i, ev := range []int{a, b} {
			if other[0] == ev || other[1] == ev {
				c.f.Errorf(d.Swap[i].Pos, "contradiction", "%s is swapped already", d.Swap[i].Value).Hint("delete one of the two rules")
				return
			}
		}
	}
	c.s.network.swaps = append(c.s.network.swaps, [2]int{a, b})
}

func (c *checker) duplicate(d *ruleDoc) {
	ev, ok := c.find(*d.Duplicate)
	r := duplicate{event: ev, times: 1, until: -1, concurrent: d.Concurrent, pos: d.Duplicate.Pos}
	if d.Times != nil {
		r.times = c.times(d.Times, maxCopies)
	}
	if d.After != nil {
		r.after = &d.After.Value
		if d.After.Value.Max > maxTimeline/time.Duration(r.times) {
			c.f.Errorf(d.After.Pos, "range", "the last copy comes more than a day later")
		}
	}
	if d.Until != nil {
		until, ok2 := c.find(*d.Until)
		if !ok2 {
			return
		}
		if ok && until == ev {
			c.f.Errorf(d.Until.Pos, "contradiction", "copies come after the first delivery anyway").Hint("delete `until`")
			return
		}
		r.until = until
	}
	if ok {
		c.s.network.duplicates = append(c.s.network.duplicates, r)
	}
}

func (c *checker) times(t *strict.At[int], most int) int {
	if t.Value < 1 || t.Value > most {
		c.f.Errorf(t.Pos, "range", "times must lie between 1 and %d", most)
		return 1
	}
	return t.Value
}

func (c *checker) fault(d *ruleDoc, kind string, name *strict.At[string]) {
	ev, ok := c.find(*name)
	r := fault{kind: kind, at: strict.Cut{Percent: 50, Share: true}, times: 1, pos: name.Pos}
	if d.Times != nil {
		r.times = c.times(d.Times, maxAttempts)
	}
	if d.At != nil {
		r.at = d.At.Value
	}
	if !ok {
		return
	}
	if other, twice := c.s.network.faults[ev]; twice {
		c.contradiction(name.Pos, "the delivery of %s fails in another way already", name.Value, other.pos)
		return
	}
	c.s.network.faults[ev] = r
}

// How a slow delivery trickles where the rule does not say: a callback of 500 bytes then takes well over half a second.
const (
	slowSize  = 16
	slowPause = strict.Duration(20e6) // 20 ms
)

func (c *checker) slow(d *ruleDoc) {
	ev, ok := c.find(*d.Slow)
	r := slow{size: slowSize, pause: slowPause, times: 1, pos: d.Slow.Pos}
	if d.Times != nil {
		r.times = c.times(d.Times, maxAttempts)
	}
	if d.WriteSize != nil {
		c.positive(d.WriteSize)
		r.size = int64(d.WriteSize.Value)
	}
	if d.WritePause != nil {
		r.pause = d.WritePause.Value
	}
	if !ok {
		return
	}
	if other, twice := c.s.network.slow[ev]; twice {
		c.contradiction(d.Slow.Pos, "%s is slow already", d.Slow.Value, other.pos)
		return
	}
	c.s.network.slow[ev] = r
}

func (c *checker) positive(s *strict.At[strict.Size]) {
	if s.Value < 1 {
		c.f.Errorf(s.Pos, "range", "at least one byte")
	}
}

func (c *checker) retry(d *ruleDoc) {
	n := &c.s.network
	r := retry{name: string(d.Retry.Value), recompute: d.Recompute, pos: d.Retry.Pos}
	if r.name == emitter.NoRetry && d.Recompute {
		c.f.Errorf(d.Keys["recompute"].Key, "contradiction", "nothing is made anew where nothing is sent again").Hint("delete `recompute`")
	}
	if d.Of == nil {
		if n.retry.name != "" {
			c.contradiction(d.Retry.Pos, "%s: there is another retry policy for all", r.name, n.retry.pos)
			return
		}
		n.retry = r
		return
	}
	ev, ok := c.find(*d.Of)
	if !ok {
		return
	}
	if other, twice := n.retryOf[ev]; twice {
		c.contradiction(d.Of.Pos, "%s has another retry policy", d.Of.Value, other.pos)
		return
	}
	n.retryOf[ev] = r
}

func (c *checker) wireRule(d *ruleDoc) {
	n := &c.s.network
	c.wire(d.Wire, false)
	if d.Of == nil {
		c.wireClash(n.wire, d.Wire)
		n.wire = append(n.wire, d.Wire)
		return
	}
	ev, ok := c.find(*d.Of)
	if !ok {
		return
	}
	if c.s.timeline.events[ev].kind == eventRaw {
		c.wire(d.Wire, true)
	}
	c.wireClash(n.wireOf[ev], d.Wire)
	n.wireOf[ev] = append(n.wireOf[ev], d.Wire)
}

// wireClash refuses two rules for the same events that write the same thing.
func (c *checker) wireClash(others []*wireDoc, d *wireDoc) {
	if d == nil {
		return
	}
	for _, other := range others {
		for key, place := range d.Keys {
			if there, both := other.Keys[key]; both && key != "headers" {
				c.contradiction(place.Key, "%s is said by another rule", key, there.Key)
			}
		}
	}
}
