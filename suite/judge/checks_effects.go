package judge

import (
	"fmt"
	"maps"
	"slices"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// looksAtEffects says whether effects must be sampled at all.
func (s *sitting) looksAtEffects() bool { return s.effects || len(s.ex.Effects) > 0 }

// counted lists the effects that the target counts, and those that were just counted.
func (s *sitting) counted(l looks) []string {
	names := map[string]bool{}
	for _, n := range s.book.caps.Effects {
		names[n] = true
	}
	for _, sample := range l.all {
		for n := range sample.Effects {
			names[n] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// compareEffects compares the counts that the scenario states, summed over its tasks, and bounds all others, task by
// task, by the number of distinct events.
func (s *sitting) compareEffects(accounts []account, l looks) []comparison {
	if !s.looksAtEffects() {
		return nil
	}
	names := s.counted(l)
	var out []comparison
	for _, name := range sortedKeys(s.ex.Effects) {
		c := comparison{guard: "effect:stated", kind: "effect", name: "effects", subject: name, stated: true, pos: s.ex.Pos}
		if !slices.Contains(names, name) {
			c.soft = true
			out = append(out, c.cannot("the target does not count %s", name))
			continue
		}
		out = append(out, s.compareStatedEffect(c, name, l)...)
	}
	if !s.effects {
		return out
	}
	if len(names) == 0 {
		return append(out, comparison{
			guard: "effect:bound", kind: "effect", name: "effects", subject: "effects", soft: true, pos: s.ex.Pos,
		}.cannot("the target counts no effects"))
	}
	for _, name := range names {
		if _, stated := s.ex.Effects[name]; stated {
			continue
		}
		for i := range accounts {
			out = append(out, s.compareEffectBound(&accounts[i], name, l))
		}
	}
	return out
}

func (s *sitting) compareEffectBound(a *account, name string, l looks) comparison {
	c := comparison{
		guard: "effect:bound", kind: "effect", name: "effects", task: a.task.Key, subject: a.task.Key + "." + name, pos: s.ex.Pos,
	}
	n, cannot := s.count(c, name, l)
	if cannot != nil {
		return *cannot
	}
	want, most := a.allowEffect()
	c.expected, c.actual, c.reason = want.expected, fmt.Sprint(n), want.why
	// An effect that never shows proves nothing about its double; where none may show, its absence is the point.
	c.hollow = n == 0 && most > 0
	c.outcome = Fail
	if matches(want.matcher, plain(n)) {
		c.outcome = Pass
	}
	return c
}

// count is the newest count of an effect for a task; else the comparison that could not be made.
func (s *sitting) count(c comparison, name string, l looks) (int, *comparison) {
	samples := l.byTask[c.task]
	seen := good(samples)
	fail := func(format string, args ...any) *comparison {
		c.guard, c.open = "effect:unseen", !s.longEnough(l, l.newest(c.task))
		f := c.cannot(format, args...)
		return &f
	}
	switch {
	case len(samples) == 0:
		return 0, fail("nobody counted %s for %s", name, c.task)
	case len(seen) == 0:
		return 0, fail("the observer could not look: %s", bounded(lastError(samples)))
	}
	n, ok := seen[len(seen)-1].Effects[name]
	if !ok {
		return 0, fail("%s was not counted for %s", name, c.task)
	}
	return n, nil
}

// compareStatedEffect compares the sum over the scenario's tasks, and over what belongs to no task.
func (s *sitting) compareStatedEffect(c comparison, name string, l looks) []comparison {
	want := s.ex.Effects[name]
	m, expected := beBounded(want)
	c.expected, c.reason = expected, "the scenario says so"
	sum, at, cannot := s.sum(c, name, l)
	if cannot != nil {
		return []comparison{*cannot}
	}
	undecided := func(c comparison) comparison {
		c.guard, c.open = "effect:too-short", !s.longEnough(l, s.newestOfAll(l))
		return c.tooShort(lastError(l.all), "it was looked at for %s only, and has %s to show", short(span(l.first, at)), short(s.within()))
	}
	if s.throughout() > 0 {
		var moments []moment
		for i := range l.all {
			if n, _, cannot := s.sum(c, name, s.upTo(l, i)); cannot == nil {
				moments = append(moments, moment{l.all[i].At, matches(m, plain(n)), fmt.Sprint(n)})
			}
		}
		return s.sustained(c, moments, l, undecided)
	}
	c.actual = fmt.Sprint(sum)
	switch {
	case matches(m, plain(sum)):
		c.outcome = Pass
	case !canStillCome(want, sum) || s.longEnough(l, at):
		c.outcome = Fail
	default:
		return []comparison{undecided(c)}
	}
	return []comparison{c}
}

// sum adds up the newest counts of an effect, and says when the oldest of them was taken.
func (s *sitting) sum(c comparison, name string, l looks) (sum int, at emitter.Offset, cannot *comparison) {
	keys := make([]string, 0, len(s.book.plan.Tasks)+1)
	for i := range s.book.plan.Tasks {
		keys = append(keys, s.book.plan.Tasks[i].Key)
	}
	if own := good(l.byTask[""]); len(own) > 0 {
		if _, counted := own[len(own)-1].Effects[name]; counted {
			keys = append(keys, "")
		}
	}
	at = l.end
	for _, key := range keys {
		c.task = key
		n, cannot := s.count(c, name, l)
		if cannot != nil {
			return 0, 0, cannot
		}
		sum += n
		seen := good(l.byTask[key])
		at = min(at, seen[len(seen)-1].At)
	}
	return sum, at, nil
}

// canStillCome says whether more effects could mend a count.
func canStillCome(want scenarios.Count, n int) bool {
	switch {
	case want.Never:
		return false
	case want.Exactly != nil:
		return n < *want.Exactly
	case want.AtMost != nil && n > *want.AtMost:
		return false
	default:
		return want.AtLeast != nil && n < *want.AtLeast
	}
}
