package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// DefaultWithin is how long acknowledged work may take to become visible where neither the scenario nor the target
// says. It is generous on purpose: a queue behind the receiver is sensible, and a late sight is no loss.
const DefaultWithin = 5 * time.Second

// A sitting is one expectation at one step of a play: what is asked, and the looks that answer it. The sampler and the
// verdict share it, so that they cannot disagree about when something was as expected.
type sitting struct {
	book    *book
	step    string
	ex      *scenarios.Expect
	asked   []string // the facts that the oracle is asked for
	effects bool     // the oracle bounds effects
}

// A comparison is what one look-up of expected and seen came to, before it is known whom it speaks for.
type comparison struct {
	guard    string
	kind     string // fact, throughout, effect, expr
	name     string // the fact, "effects" or "checks": what requirements judge by
	task     string
	subject  string
	outcome  Outcome
	expected string
	actual   string
	reason   string
	soft     bool // the target does not show it at all
	stated   bool // the scenario asks for it itself
	hollow   bool // a pass proves nothing
	open     bool // a further look may change it
	pos      scenarios.Position
}

// cannot says that a comparison could not be made.
func (c comparison) cannot(format string, args ...any) comparison {
	c.outcome, c.reason = CannotObserve, fmt.Sprintf(format, args...)
	return c
}

// tooShort says that a comparison could not be made because looks came too seldom, or ended too soon. It is the observer's
// fault if its last look failed, and this machine's otherwise.
func (c comparison) tooShort(lastError, format string, args ...any) comparison {
	if lastError != "" {
		return c.cannot(format+", and then the observer could not look: %s", append(args, bounded(lastError))...)
	}
	c = c.cannot(format, args...)
	c.outcome = CannotTest
	return c
}

func newSitting(b *book, step string, ex *scenarios.Expect, reqs []requirement) *sitting {
	s := &sitting{book: b, step: step, ex: ex}
	if !ex.Oracle {
		return s
	}
	for _, fact := range FactNames() {
		if slices.ContainsFunc(reqs, func(r requirement) bool { return r.judges(fact) }) {
			s.asked = append(s.asked, fact)
		}
	}
	s.effects = slices.ContainsFunc(reqs, func(r requirement) bool { return r.judges("effects") })
	return s
}

func (s *sitting) within() time.Duration {
	for _, w := range []emitter.Offset{s.ex.Within, s.book.caps.Within} {
		if w > 0 {
			return span(0, w)
		}
	}
	return DefaultWithin
}

func (s *sitting) throughout() time.Duration { return span(0, s.ex.Throughout) }

// facts lists what is compared of a task: what the oracle is asked for, and what the scenario states itself.
func (s *sitting) facts(task string) []string {
	var out []string
	for _, fact := range FactNames() {
		if _, stated := s.ex.Tasks[task][fact]; stated || slices.Contains(s.asked, fact) {
			out = append(out, fact)
		}
	}
	return out
}

// want says what a fact of a task must be: as the scenario states, else as the oracle says.
func (s *sitting) want(a *account, fact string) allowed {
	if v, stated := s.ex.Tasks[a.task.Key][fact]; stated {
		return stating(fact, v)
	}
	return a.allow(fact)
}

// looks are the samples of a sitting, sorted out.
type looks struct {
	all    []Sample
	byTask map[string][]Sample // in the order taken
	first  emitter.Offset      // when the first look began
	end    emitter.Offset      // when the last look was over
}

func (s *sitting) looks(samples []Sample) looks {
	l := looks{byTask: map[string][]Sample{}}
	for _, sample := range samples {
		if sample.Step != s.step {
			continue
		}
		if len(l.all) == 0 || us(sample.At) < us(l.first) {
			l.first = sample.At
		}
		l.end = max(l.end, sample.At+sample.Took)
		l.all = append(l.all, sample)
		l.byTask[sample.Task] = append(l.byTask[sample.Task], sample)
	}
	return l
}

// window is what may be known at these looks. At the end everything may; before, only what was answered before the
// first look must show, and what was under way until the last look was over may.
func (s *sitting) window(l looks) window {
	if s.step == Final {
		return wholePlay
	}
	return window{sureBy: us(l.first), sentBy: us(l.end)}
}

// longEnough says whether a look came late enough to conclude from it that something will not show any more.
func (s *sitting) longEnough(l looks, at emitter.Offset) bool { return span(l.first, at) >= s.within() }

// of are the samples of one task, and all where something belongs to no task.
func (l looks) of(task string) []Sample {
	if task == "" {
		return l.all
	}
	return l.byTask[task]
}

// newest is when the newest look at a task began, whether it could be taken or not. The looks of one round begin one
// after the other, so what one task's look is late enough for another's may not be.
func (l looks) newest(task string) emitter.Offset {
	samples := l.byTask[task]
	if len(samples) == 0 {
		return l.first
	}
	return samples[len(samples)-1].At
}

// newestOfAll is the oldest of the newest looks at each of the plan's tasks: from then on all of them were looked at.
func (s *sitting) newestOfAll(l looks) emitter.Offset {
	at := l.end
	for i := range s.book.plan.Tasks {
		at = min(at, l.newest(s.book.plan.Tasks[i].Key))
	}
	return at
}

// good are the samples in which the observer could look.
func good(samples []Sample) []Sample {
	return slices.DeleteFunc(slices.Clone(samples), func(s Sample) bool { return s.Error != "" })
}

// lastError is why the newest look failed; "" if it did not.
func lastError(samples []Sample) string {
	if len(samples) == 0 {
		return ""
	}
	return samples[len(samples)-1].Error
}

// shows says whether the target shows a fact: it says so itself, or it just did.
func (s *sitting) shows(fact string, l looks) bool {
	if slices.Contains(s.book.caps.Facts, fact) {
		return true
	}
	return slices.ContainsFunc(l.all, func(sample Sample) bool { return sample.Facts[fact] != nil })
}

// there says whether a sample shows the task at all. A task that does not exist has no facts, whatever else the
// target's expressions make of an empty answer.
func (s *sitting) there(sample Sample) bool {
	exists := sample.Facts["exists"]
	if exists == nil && !slices.Contains(s.book.caps.Facts, "exists") {
		return true // the target does not say; its other facts do
	}
	return truth(plain(exists))
}

// fact is a fact of a sample as it is compared.
func (s *sitting) fact(name string, sample Sample) any {
	if !s.there(sample) {
		return nil
	}
	return plain(sample.Facts[name])
}

// seen are all facts of a sample, as they are compared.
func (s *sitting) seen(sample Sample) map[string]any {
	if !s.there(sample) {
		return nil
	}
	out := make(map[string]any, len(sample.Facts))
	for name, v := range sample.Facts {
		out[name] = plain(v)
	}
	return out
}

// compare makes every comparison of the sitting with the looks taken so far.
func (s *sitting) compare(tr *emitter.Transcript, samples []Sample) []comparison {
	l := s.looks(samples)
	accounts := s.book.accounts(tr, s.window(l))
	var out []comparison
	out = append(out, s.compareFacts(accounts, l)...)
	out = append(out, s.compareEffects(accounts, l)...)
	out = append(out, s.compareChecks(tr, l)...)
	return out
}
