package judge

import (
	"maps"
	"slices"
)

// compareFacts compares every fact that is asked for with the newest look at its task. What the receiver came to show
// counts, not what it showed on the way.
func (s *sitting) compareFacts(accounts []account, l looks) []comparison {
	var out []comparison
	hidden := map[string]bool{}
	for i := range accounts {
		a := &accounts[i]
		for _, fact := range s.facts(a.task.Key) {
			if !s.shows(fact, l) {
				if !hidden[fact] {
					hidden[fact] = true
					out = append(out, comparison{
						guard: "fact:" + fact, kind: "fact", name: fact, subject: fact, soft: true, stated: s.states(fact), pos: s.ex.Pos,
					}.cannot("the target does not show %s", fact))
				}
				continue
			}
			out = append(out, s.compareFact(a, fact, l)...)
		}
	}
	for _, key := range sortedKeys(s.ex.Tasks) {
		if _, known := s.book.byTask[key]; !known {
			out = append(out, comparison{guard: "fact:task", kind: "fact", subject: key, pos: s.ex.Pos}.cannot("the plan has no task %q", key))
		}
	}
	return out
}

func (s *sitting) compareFact(a *account, fact string, l looks) []comparison {
	c := comparison{
		guard: "fact:" + fact, kind: "fact", name: fact, task: a.task.Key, subject: a.task.Key + "." + fact, pos: s.ex.Pos,
	}
	want := s.want(a, fact)
	samples := l.byTask[a.task.Key]
	seen := good(samples)
	switch {
	case want.free != "":
		c.soft, c.hollow = true, want.hollow
		return []comparison{c.cannot("not asked: %s", want.free)}
	case len(samples) == 0:
		c.guard, c.open = "fact:unseen", true
		return []comparison{c.cannot("nobody looked at %s", a.task.Key)}
	case len(seen) == 0:
		c.guard, c.open = "fact:unseen", !s.longEnough(l, l.newest(c.task))
		return []comparison{c.cannot("the observer could not look: %s", bounded(lastError(samples)))}
	}
	c.expected, c.reason, c.hollow = want.expected, want.why, want.hollow
	if s.throughout() > 0 {
		moments := make([]moment, len(seen))
		for i, sample := range seen {
			value := s.fact(fact, sample)
			moments[i] = moment{sample.At, matches(want.matcher, value), shown(value)}
		}
		return s.sustained(c, moments, l, func(c comparison) comparison { return s.undecided(c, samples, seen[len(seen)-1], l) })
	}
	last := seen[len(seen)-1]
	value := s.fact(fact, last)
	c.actual = shown(value)
	switch {
	case matches(want.matcher, value):
		c.outcome = Pass
	case s.longEnough(l, last.At):
		c.outcome = Fail
		c.reason = joinReasons(c.reason, "it had "+short(s.within())+" to show")
	default:
		return []comparison{s.undecided(c, samples, last, l)}
	}
	return []comparison{c}
}

// undecided is a comparison that does not match yet, or could not be looked at for long enough.
func (s *sitting) undecided(c comparison, samples []Sample, last Sample, l looks) comparison {
	c.guard = "fact:too-short"
	c.open = !s.longEnough(l, l.newest(c.task))
	return c.tooShort(lastError(samples), "it was not as expected yet, but it was looked at for %s only, and has %s to show",
		short(span(l.first, last.At)), short(s.within()))
}

func joinReasons(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// states says whether the scenario states a fact of any task itself.
func (s *sitting) states(fact string) bool {
	for _, facts := range s.ex.Tasks {
		if _, ok := facts[fact]; ok {
			return true
		}
	}
	return false
}

// wanted lists the tasks to look at and the facts that are compared, whether the target shows them or not.
func (s *sitting) wanted() (tasks, facts []string) {
	shown := map[string]bool{}
	for i := range s.book.plan.Tasks {
		key := s.book.plan.Tasks[i].Key
		for _, f := range s.facts(key) {
			shown[f] = true
		}
		if len(s.facts(key)) > 0 || s.looksAtEffects() || len(s.ex.Checks) > 0 {
			tasks = append(tasks, key)
		}
	}
	for _, f := range FactNames() {
		if shown[f] {
			facts = append(facts, f)
		}
	}
	return tasks, facts
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
