package judge

// compareThroughout asks that a fact, once it is as expected, stays so for the expectation's time: the fact must be
// seen, and then every look within that time must show it again.
func (s *sitting) compareThroughout(c comparison, fact string, want allowed, seen []Sample, l looks) []comparison {
	from := -1
	for i, sample := range seen {
		if matches(want.matcher, s.fact(fact, sample)) {
			from = i
			break
		}
	}
	if from < 0 {
		last := seen[len(seen)-1]
		c.actual = shown(s.fact(fact, last))
		if !s.longEnough(l, last.At) {
			return []comparison{s.undecided(c, l.byTask[c.task], last, l)}
		}
		c.outcome = Fail
		c.reason = joinReasons(c.reason, "it had "+short(s.within())+" to show")
		return []comparison{c}
	}
	c.outcome, c.actual = Pass, shown(s.fact(fact, seen[from]))

	t := c
	t.guard, t.kind = "throughout", "throughout"
	t.expected += " for " + short(s.throughout())
	start := seen[from].At
	for _, sample := range seen[from+1:] {
		after := span(start, sample.At)
		if after > s.throughout() {
			break
		}
		if value := s.fact(fact, sample); !matches(want.matcher, value) {
			t.outcome = Fail
			t.actual = shown(value) + " after " + short(after)
			return []comparison{c, t}
		}
	}
	watched := span(start, seen[len(seen)-1].At)
	if watched < s.throughout() {
		t.guard = "throughout:too-short"
		t.open = span(l.first, l.last) < s.within()+s.throughout()
		return []comparison{c, t.cannot("it was watched for %s of %s only", short(watched), short(s.throughout()))}
	}
	t.outcome = Pass
	return []comparison{c, t}
}
