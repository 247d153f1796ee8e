package scenarios

import (
	"fmt"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// A weaver lays the deliveries of a play into an order: who waits for whom.
//
// Deliveries that keep their place form a chain: each entry of the timeline waits for the one before it. Loose ones
// (held, or late copies) hang off the event they wait for, and nobody waits for them but the next wait, observe or
// hook.
type weaver struct {
	c     *compiler
	slot  []int
	ranks []rank
	first []int // step of each event's first delivery, -1 if not laid yet
	copy  []int // copies of each event so far

	front []int // what the next entry waits for
	loose []int // what only the next wait, observe or hook waits for
}

func (c *compiler) makeSteps() {
	w := &weaver{c: c, slot: slots(c.t, c.n), copy: make([]int, len(c.t.events))}
	w.ranks, _ = ranks(c.t, c.n) // the checker has refused cycles
	for range c.t.events {
		w.first = append(w.first, -1)
	}
	for i := range c.t.entries {
		if c.t.entries[i].kind == entryEvents {
			w.strikeBefore(i)
			began := w.front
			w.events(i)
			w.strikeAfter(i, began)
		} else {
			w.barrier(i)
		}
		w.looseAt(i)
	}
}

// events lays the deliveries whose place is the entry.
func (w *weaver) events(entry int) {
	var ends []int
	at := w.c.scaled(w.c.offset[entry])
	for i := range w.c.t.events {
		if _, held := w.c.n.holds[i]; held || w.slot[i] != entry {
			continue
		}
		w.first[i] = w.deliver(i, w.front, at, entry > w.c.t.events[i].entry)
		ends = append(ends, w.copies(i, w.front, at)...)
	}
	if len(ends) > 0 {
		w.front = ends
	}
}

// copies lays the duplicates that come right with, or right after, the first delivery, and returns the steps after
// which the event is over.
func (w *weaver) copies(i int, before []int, at emitter.Offset) []int {
	ends := []int{w.first[i]}
	for _, d := range w.c.n.duplicates {
		if d.event != i || d.until >= 0 || d.after != nil {
			continue
		}
		for range d.times {
			if d.concurrent {
				ends = append(ends, w.deliver(i, before, at, false))
			} else {
				ends = []int{w.deliver(i, ends, at, false)}
			}
		}
	}
	return ends
}

// looseAt lays what hangs off the events that were delivered at the entry.
func (w *weaver) looseAt(entry int) {
	for depth := 0; ; depth++ {
		found := false
		for i := range w.c.t.events {
			if w.ranks[i].entry != entry {
				continue
			}
			if w.ranks[i].depth == depth {
				found = true
				if h, held := w.c.n.holds[i]; held {
					w.held(i, h)
				}
			}
		}
		if !found && depth > 0 {
			break
		}
	}
	for k, d := range w.c.n.duplicates {
		if (d.until >= 0 || d.after != nil) && w.homeOf(d) == entry {
			w.late(d, w.c.after[k])
		}
	}
}

// held lays an event that waits for another, and its copies.
func (w *weaver) held(i int, h hold) {
	at := max(w.at(h.until), w.c.scaled(w.c.offset[w.slot[i]]))
	before := []int{w.first[h.until]}
	w.first[i] = w.deliver(i, before, at, w.ranks[i].entry > w.c.t.events[i].entry || w.ranks[i].depth > 0)
	w.letGo(before, w.copies(i, before, at)...)
}

// homeOf is the entry after which the copies of a rule can be laid. The event that they wait for never comes before
// their own: the checker has seen to it.
func (w *weaver) homeOf(d duplicate) int {
	if d.until >= 0 {
		return w.ranks[d.until].entry
	}
	return w.ranks[d.event].entry
}

// late lays copies that come after another event, or after some time.
func (w *weaver) late(d duplicate, after time.Duration) {
	before := []int{w.first[d.event]}
	base := w.at(d.event)
	if d.until >= 0 {
		before = append(before, w.first[d.until])
		slices.Sort(before)
		base = max(base, w.at(d.until))
	}
	wait := w.c.scaled(after)
	var ends []int
	for k := range d.times {
		at := base + wait
		if !d.concurrent {
			at = base + wait*emitter.Offset(k+1)
		}
		step := w.deliver(d.event, before, at, false)
		if d.concurrent {
			ends = append(ends, step)
		} else {
			before, ends = []int{step}, []int{step}
		}
	}
	w.letGo(nil, ends...)
}

// letGo adds loose steps; what they wait for themselves need not be waited for any more.
func (w *weaver) letGo(before []int, steps ...int) {
	w.loose = slices.DeleteFunc(w.loose, func(s int) bool { return slices.Contains(before, s) })
	w.loose = append(w.loose, steps...)
}

func (w *weaver) at(event int) emitter.Offset { return w.c.plan.Steps[w.first[event]].At }

// deliver adds a delivery step.
func (w *weaver) deliver(i int, after []int, at emitter.Offset, held bool) int {
	ev := &w.c.t.events[i]
	d := w.c.delivery(i)
	d.Copy, d.Held = w.copy[i], held
	id := ev.id
	if d.Copy > 0 {
		id = fmt.Sprintf("%s~%d", ev.id, d.Copy+1)
		d.Faults, d.Later, d.FaultOnce = 0, nil, false
		d.Request.Wire = w.c.parcels[i].request.Wire
	}
	w.copy[i]++
	return w.add(Step{ID: id, After: slices.Clone(after), At: at, Deliver: &d, Pos: w.c.position(ev.step.Pos)})
}

func (w *weaver) add(s Step) int {
	w.c.plan.Steps = append(w.c.plan.Steps, s)
	return len(w.c.plan.Steps) - 1
}

// barrier lays a step that waits for everything before it, and for which everything after it waits.
func (w *weaver) barrier(entry int) {
	e := &w.c.t.entries[entry]
	after := append(slices.Clone(w.front), w.loose...)
	slices.Sort(after)
	s := Step{ID: e.id, After: slices.Compact(after), At: w.c.scaled(w.c.offset[entry]), Pos: w.c.position(e.step.Pos)}
	switch e.kind {
	case entryWait:
		s.Wait = true
	case entryObserve:
		x := w.c.expect(e.step.Observe)
		x.Oracle = !e.step.Observe.asserts()
		s.Observe = &x
	default:
		s.Hook = e.hook
	}
	w.front, w.loose = []int{w.add(s)}, nil
}

// delivery makes the delivery of an event, with the faults that the rules put in its way.
func (c *compiler) delivery(i int) Deliver {
	p := c.parcels[i]
	d := Deliver{Event: c.t.events[i].id, Request: p.request, Stamp: p.stamp}
	wire := &d.Request.Wire
	faulty := p.request.Wire
	if s, ok := c.n.slow[i]; ok {
		faulty.WriteSize, faulty.WritePause, d.Faults = int(s.size), time.Duration(s.pause), s.times
		faulty.WholeHead = true // it is the body that trickles, however long the target's own headers are
	}
	f, fails := c.n.faults[i]
	if fails {
		d.Faults = f.times
		at := f.at.Of(len(p.request.Body))
		switch f.kind {
		case "lose-answer":
			faulty.LoseAnswer = true
		case "reset":
			faulty.ResetAt = &at
		default:
			faulty.TruncateAt = &at
		}
	}
	if d.Faults > 0 {
		later := *wire
		*wire, d.Later, d.FaultOnce = faulty, &later, d.Faults == 1
	}
	d.Policy, d.Recompute = c.policy(i, fails)
	return d
}

// policy finds when an event is sent again. An answer that is lost, a request cut short, and what was under way when the
// receiver was struck is sent again by CSS; where no rule says how, the general ladder is assumed.
func (c *compiler) policy(i int, fails bool) (emitter.Policy, bool) {
	r, own := c.n.retryOf[i]
	if !own {
		r = c.n.retry
	}
	name := r.name
	if name == "" && (fails || c.n.strike != nil) {
		name = emitter.CSSGeneral
	}
	if name == "" {
		return emitter.Policy{}, false
	}
	p, _ := emitter.PolicyNamed(name)
	if p.Attempts > 1 {
		p.Floor = max(p.Floor, minRetryGap)
	}
	return p, r.recompute
}

// finalExpect is what is asked once every step is over.
func (c *compiler) finalExpect() Expect {
	d := c.s.doc.Expect
	if d == nil {
		d = &expectDoc{}
	}
	x := c.expect(d)
	x.Oracle = true
	x.Answers = c.answer(d.Answers)
	return x
}

func (c *compiler) expect(d *expectDoc) Expect {
	x := Expect{Pos: c.position(d.Pos)}
	tasks := d.Tasks
	if d.Task != nil {
		tasks = append(slices.Clone(tasks), strict.Entry[factsDoc]{Key: c.plan.Tasks[0].Key, Value: *d.Task})
	}
	for _, t := range c.every(tasks) {
		if x.Tasks == nil {
			x.Tasks = map[string]map[string]any{}
		}
		facts := map[string]any{}
		for _, f := range t.Value.Facts {
			facts[f.Key] = f.Value
		}
		x.Tasks[t.Key] = facts
	}
	for _, e := range d.Effects {
		if x.Effects == nil {
			x.Effects = map[string]Count{}
		}
		x.Effects[e.Key] = Count{
			Exactly: number(e.Value.Exactly), AtLeast: number(e.Value.AtLeast), AtMost: number(e.Value.AtMost), Never: e.Value.Never != nil,
		}
	}
	for _, k := range d.Check {
		check := Check{Expr: k.Expr.Value, Message: k.Message, Pos: c.position(k.Expr.Pos)}
		if k.Given != nil {
			check.Given = k.Given.Value
		}
		x.Checks = append(x.Checks, check)
	}
	if d.Within != nil {
		x.Within = emitter.Offset(d.Within.Value) // a receiver gets no faster where time is scaled
	}
	if d.Throughout != nil {
		x.Throughout = emitter.Offset(time.Duration(float64(d.Throughout.Value) / c.runScale()).Truncate(time.Microsecond))
	}
	for _, r := range d.Requires {
		x.Requires = append(x.Requires, r.Value)
	}
	return x
}

func number(n *strict.At[int]) *int {
	if n == nil {
		return nil
	}
	v := n.Value
	return &v
}

// answer is what an answer must be; nil where nothing is asked.
func (c *compiler) answer(d *answerDoc) *Answer {
	if d == nil {
		return nil
	}
	a := &Answer{Pos: c.position(d.Pos)}
	for _, s := range d.Status {
		a.Status = append(a.Status, s.Value)
	}
	if d.Within != nil {
		a.Within = emitter.Offset(d.Within.Value)
	}
	if d.Body != nil {
		a.Body = d.Body.Value
	}
	for _, h := range d.Header {
		if a.Header == nil {
			a.Header = map[string]string{}
		}
		a.Header[h.Key] = h.Value
	}
	return a
}
