package scenarios

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// The moments at which a strike can come.
const (
	Between = "between" // after what came before the delivery, and before it is sent
	During  = "during"  // while the delivery is under way: sent, and not answered yet
	After   = "after"   // right after the answer to it
)

// anyWord leaves the event or the moment of a strike to the seed.
const anyWord = "any"

// A Strike is a restart or a kill that a delivery rule asks for: when it comes. What the scenario leaves open is drawn
// from the seed, for each round anew.
type Strike struct {
	Step   string         `json:"step"`               // id of the delivery that it is about
	Moment string         `json:"moment"`             // Between, During or After
	Pause  emitter.Offset `json:"pause_us,omitempty"` // Between: how long after what came before; not scaled
	Share  float64        `json:"share,omitempty"`    // During: how much of an answer's usual time goes by before, 0 to 1
}

// maxPause bounds how long a receiver is left alone before a strike between two deliveries: what waits in a buffer for
// longer is for the other moments to find.
const maxPause = 100 * time.Millisecond

// strike is such a rule, as the file has it.
type strike struct {
	hook   string
	event  int    // -1: any
	moment string // "": any
	pos    strict.Pos
}

// moment is a word for when a strike comes.
type moment string

func (moment) Values() []string { return []string{anyWord, Between, During, After} }

// struck is a strike with everything drawn.
type struck struct {
	Strike
	hook  string
	event int
	entry int
	pos   strict.Pos
}

// maxRounds bounds how often a scenario is played: nobody waits longer.
const maxRounds = 1000

// Rounds is how often the scenario is to be played in a run, each time with other random choices: 1 unless the file says
// more.
func (s *Scenario) Rounds() int {
	if s.doc.Rounds == nil {
		return 1
	}
	return s.doc.Rounds.Value
}

// InRounds reports whether the file says how many rounds there are: then whoever runs it may ask for more or fewer.
func (s *Scenario) InRounds() bool { return s.doc.Rounds != nil }

// rounds checks the number of rounds.
func (c *checker) rounds() {
	if r := c.doc.Rounds; r != nil && (r.Value < 1 || r.Value > maxRounds) {
		c.f.Errorf(r.Pos, "range", "rounds must lie between 1 and %d", maxRounds)
	}
}

// strike resolves a rule that strikes the receiver.
func (c *checker) strike(d *ruleDoc, hook string, name *strict.At[string]) {
	n := &c.s.network
	r := &strike{hook: hook, event: -1, pos: name.Pos}
	if d.Moment != nil && d.Moment.Value != anyWord {
		r.moment = string(d.Moment.Value)
	}
	if name.Value != anyWord {
		ev, ok := c.find(*name)
		if !ok {
			return
		}
		r.event = ev
	}
	if n.strike != nil {
		c.contradiction(name.Pos, "%s: the receiver is struck already", hook, n.strike.pos)
		return
	}
	n.strike = r
}

// strikeOrder refuses a strike at an event that has no place of its own in the order of a play, once all rules are known.
func (c *checker) strikeOrder() {
	n := &c.s.network
	if n.strike == nil {
		return
	}
	targets := strikeTargets(&c.s.timeline, n, n.strike)
	if len(targets) > 0 {
		return
	}
	if n.strike.event >= 0 {
		c.f.Errorf(n.strike.pos, "contradiction", "%s is held or swapped: it has no place at which a %s could come", c.s.timeline.events[n.strike.event].id, n.strike.hook).
			Hint("name an event that keeps its place, or write any")
		return
	}
	c.f.Errorf(n.strike.pos, "contradiction", "there is no event at which a %s could come", n.strike.hook).
		Hint("it takes two events, of which the later is neither held nor swapped")
}

// strikeTargets lists the events at which a strike may come: those that keep their place, and where the choice is free not
// the first of all, before which the receiver owes nobody anything.
func strikeTargets(t *timeline, n *network, s *strike) []int {
	var out []int
	for i, ev := range t.events {
		_, held := n.holds[i]
		swapped := slices.ContainsFunc(n.swaps, func(pair [2]int) bool { return pair[0] == i || pair[1] == i })
		if held || swapped || s.event >= 0 && s.event != i || s.event < 0 && ev.entry == t.events[0].entry {
			continue
		}
		out = append(out, i)
	}
	return out
}

// drawStrike finds the moment of this round. Over the rounds of a seed the moments take turns, and so do the events, in an
// order that the seed gives: few rounds see much, and another seed sees something else.
func (c *compiler) drawStrike() {
	s := c.n.strike
	if s == nil {
		return
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s strike", c.p.Seed, c.s.ID))
	turns := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))) //nolint:gosec // to be foreseen is its purpose
	moments, targets := []string{Between, During, After}, strikeTargets(c.t, c.n, s)
	turns.Shuffle(len(moments), func(i, j int) { moments[i], moments[j] = moments[j], moments[i] })
	turns.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	round := max(0, c.p.Round-1)
	event := targets[round%len(targets)]
	out := &struck{hook: s.hook, event: event, entry: c.t.events[event].entry, pos: s.pos}
	out.Moment = s.moment
	if out.Moment == "" {
		// A cycle of the events later, each comes at another moment.
		out.Moment = moments[(round+round/len(targets))%len(moments)]
	}
	out.Step = c.t.events[event].id
	switch out.Moment {
	case Between:
		out.Pause = emitter.Offset(c.draw(strict.Range{Max: maxPause}))
	case During:
		out.Share = float64(c.rng.IntN(100)) / 100
	}
	c.strike = out
}

// strikeBefore and strikeAfter lay the strike around the deliveries of an entry. began is what they waited for.
func (w *weaver) strikeBefore(entry int) {
	if s := w.c.strike; s != nil && s.entry == entry && s.Moment == Between {
		w.blow(append(slices.Clone(w.front), w.loose...))
		w.loose = nil
	}
}

func (w *weaver) strikeAfter(entry int, began []int) {
	s := w.c.strike
	switch {
	case s == nil || s.entry != entry:
	case s.Moment == During:
		ends := w.front
		w.blow(began)
		w.front = append(slices.Clone(ends), w.front...)
	case s.Moment == After:
		w.blow(append(slices.Clone(w.front), w.loose...))
		w.loose = nil
	}
}

// blow lays the step of the strike; what follows waits for it.
func (w *weaver) blow(after []int) {
	s := w.c.strike
	after = slices.Clone(after)
	slices.Sort(after)
	n := 1
	for _, e := range w.c.t.entries {
		if e.hook == s.hook {
			n++
		}
	}
	when := s.Strike
	w.front = []int{w.add(Step{
		ID: numbered(s.hook, n), After: slices.Compact(after), At: w.c.scaled(w.c.offset[s.entry]), Hook: s.hook, Strike: &when,
		Pos: w.c.position(s.pos),
	})}
}
