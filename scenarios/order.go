package scenarios

import (
	"fmt"
	"strings"
)

// A rank is where a delivery stands in the order of a play: at an entry of the timeline, and there after so many
// others that wait for each other.
type rank struct {
	entry int
	depth int // 0: at its own place; 1: held until an event of the entry; 2: held until that one …
}

func (r rank) less(s rank) bool {
	return r.entry < s.entry || r.entry == s.entry && r.depth < s.depth
}

// slots gives the entry at which each event is delivered, before any holding: its own, or its partner's in a swap.
func slots(t *timeline, n *network) []int {
	out := make([]int, len(t.events))
	for i, ev := range t.events {
		out[i] = ev.entry
	}
	for _, s := range n.swaps {
		out[s[0]], out[s[1]] = out[s[1]], out[s[0]]
	}
	return out
}

// ranks gives the rank of each event's first delivery. Holds that wait for each other are given as a cycle of events.
func ranks(t *timeline, n *network) (out []rank, cycle []int) {
	slot := slots(t, n)
	out = make([]rank, len(t.events))
	state := make([]int, len(t.events)) // 1: being followed, 2: done
	var follow func(i int, path []int) []int
	follow = func(i int, path []int) []int {
		switch state[i] {
		case 2:
			return nil
		case 1:
			for k, e := range path {
				if e == i {
					return path[k:]
				}
			}
		}
		state[i] = 1
		out[i] = rank{entry: slot[i]}
		if h, held := n.holds[i]; held {
			if cycle := follow(h.until, append(path, i)); cycle != nil {
				return cycle
			}
			out[i] = rank{out[h.until].entry, out[h.until].depth + 1}
			if out[i].entry < slot[i] { // held until an earlier one: sent in its own time, but nobody waits for it
				out[i] = rank{slot[i], 1}
			}
		}
		state[i] = 2
		return nil
	}
	for i := range t.events {
		if cycle := follow(i, nil); cycle != nil {
			return nil, cycle
		}
	}
	return out, nil
}

// order refuses rules about order that contradict each other or change nothing.
func (c *checker) order() {
	t, n := &c.s.timeline, &c.s.network
	all, cycle := ranks(t, n)
	if cycle != nil {
		names := make([]string, 0, len(cycle)+1)
		for _, i := range append(cycle, cycle[0]) {
			names = append(names, t.events[i].id)
		}
		c.f.Errorf(n.holds[cycle[0]].pos, "cycle", "these wait for each other: %s", strings.Join(names, " until ")).Hint("delete one of the rules")
		return
	}
	slot := slots(t, n)
	for i := range t.events {
		h, held := n.holds[i]
		if !held {
			continue
		}
		if _, isSlow := n.slow[i]; all[h.until].entry < slot[i] && !isSlow {
			c.f.Errorf(h.pos, "contradiction", "%s comes before %s anyway", t.events[h.until].id, t.events[i].id).
				Hint("hold an event until a later one; only with a `slow` delivery it makes sense that nobody waits for it")
		}
		for _, s := range n.swaps {
			if s[0] == i || s[1] == i {
				c.f.Errorf(h.pos, "contradiction", "%s is both swapped and held", t.events[i].id).Hint("delete one of the two rules")
			}
		}
	}
	for _, d := range n.duplicates {
		if d.until >= 0 && all[d.until].less(rank{entry: all[d.event].entry}) {
			c.f.Errorf(d.pos, "contradiction", "%s comes before %s anyway, and copies after it", t.events[d.until].id, t.events[d.event].id).Hint("delete `until`")
		}
	}
	for i := range t.events {
		s, isSlow := n.slow[i]
		if f, fails := n.faults[i]; isSlow && fails && f.times != s.times {
			c.f.Errorf(s.pos, "contradiction", "%s is slow on %s, but fails on %s", t.events[i].id, attempts(s.times), attempts(f.times)).
				Hint("give both the same times")
		}
	}
}

func attempts(n int) string {
	if n == 1 {
		return "the first attempt"
	}
	return fmt.Sprintf("the first %d attempts", n)
}
