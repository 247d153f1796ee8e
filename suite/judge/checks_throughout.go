package judge

import "github.com/relaycheck/relaycheck/emitter"

// A moment is one look at something that must stay as expected.
type moment struct {
	at     emitter.Offset
	ok     bool
	actual string
}

// sustained asks that something, once it is as expected, stays so for the expectation's time: it must be seen once,
// and then every look within that time must show it again. The first comparison is about the seeing, the second
// about the staying. There must be one moment at least; undecided makes the comparison that needs another look.
func (s *sitting) sustained(c comparison, moments []moment, l looks, undecided func(comparison) comparison) []comparison {
	from := 0
	for from < len(moments) && !moments[from].ok {
		from++
	}
	if from == len(moments) {
		last := moments[len(moments)-1]
		c.actual = last.actual
		if !s.longEnough(l, last.at) {
			return []comparison{undecided(c)}
		}
		c.outcome = Fail
		c.reason = joinReasons(c.reason, "it had "+short(s.within())+" to show")
		return []comparison{c}
	}
	start := moments[from].at
	c.outcome, c.actual = Pass, moments[from].actual

	t := c
	t.guard, t.kind = "throughout", "throughout"
	t.expected += " for " + short(s.throughout())
	for _, m := range moments[from+1:] {
		after := span(start, m.at)
		if after > s.throughout() {
			break
		}
		if !m.ok {
			t.outcome = Fail
			t.actual = m.actual + " after " + short(after)
			return []comparison{c, t}
		}
	}
	if watched := span(start, moments[len(moments)-1].at); watched < s.throughout() {
		t.guard = "throughout:too-short"
		newest := s.newestOfAll(l)
		if c.task != "" {
			newest = l.newest(c.task)
		}
		// From the first look that showed it, not from the first of all: on a busy machine a round of looks takes seconds, and what
		// was seen late must be watched as long as what was seen at once.
		t.open = span(start, newest) < s.within()+s.throughout()
		return []comparison{c, t.tooShort(lastError(l.of(c.task)), "it was watched for %s of %s only", short(watched), short(s.throughout()))}
	}
	t.outcome = Pass
	return []comparison{c, t}
}

// upTo are the looks that had been taken when the i-th of them was over.
func (s *sitting) upTo(l looks, i int) looks { return s.looks(l.all[:i+1]) }
