package observe

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// A Set is all that can be seen of a target: the facts of its tasks, and its side effects. It is safe for concurrent use.
type Set struct {
	target  *target.Target
	task    *taskObserver // nil: no facts can be seen
	effects []*effect
}

// Open makes the observers of a target, and opens the listeners of its sinks. It connects to nothing yet: whether an
// observer can be reached is found out by Check. A target without observers has an empty set.
func Open(ctx context.Context, t *target.Target) (*Set, error) {
	s := &Set{target: t}
	if o := t.Observe.Task; o != nil {
		base, err := openObserved(ctx, "observe.task", o.Source)
		if err != nil {
			return nil, err
		}
		s.task = &taskObserver{base, o.Facts}
	}
	for _, e := range t.Observe.Effects {
		base, err := openObserved(ctx, "observe.effects."+e.Name, e.Source)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.effects = append(s.effects, &effect{base, e})
	}
	return s, nil
}

func openObserved(ctx context.Context, name string, spec target.Source) (*observed, error) {
	o := &observed{name: name, spec: spec, slots: make(chan struct{}, slotsOf[spec.Kind])}
	var err error
	if o.source, err = open(ctx, spec); err != nil {
		return nil, o.failed(err)
	}
	return o, nil
}

// Empty reports whether there is nothing to look at.
func (s *Set) Empty() bool { return s.task == nil && len(s.effects) == 0 }

// Look looks at one task with every observer at once. Where some of them could not look, the error says which (one
// *LookError each, joined), and the Look holds what the others saw.
func (s *Set) Look(ctx context.Context, id Identity) (Look, error) {
	var (
		wg    sync.WaitGroup
		out   Look
		err   error
		count = make([]int, len(s.effects))
		raws  = make([][]byte, len(s.effects))
		errs  = make([]error, len(s.effects))
	)
	if s.task != nil {
		wg.Go(func() {
			defer s.task.survive(&err)
			out, err = s.task.see(ctx, id)
		})
	}
	for i, e := range s.effects {
		wg.Go(func() {
			defer e.survive(&errs[i])
			count[i], raws[i], errs[i] = e.tally(ctx, id)
		})
	}
	wg.Wait()
	if len(s.effects) > 0 {
		out.Effects, out.Counted = map[string]int{}, map[string][]byte{}
	}
	for i, e := range s.effects {
		out.Counted[e.spec.Name] = raws[i]
		if errs[i] == nil {
			out.Effects[e.spec.Name] = count[i]
		}
	}
	return out, errors.Join(append([]error{err}, errs...)...)
}

// survive makes a look that panics one that failed: a driver or an expression may do so, and a run must not end by it.
func (o *observed) survive(err *error) {
	if v := recover(); v != nil {
		*err = o.failed(fmt.Errorf("panic: %v", v))
	}
}

// Facts lists the names of the facts that can be seen: none without a task observer, and nil with ok where only a
// look can tell, because the target answers in the standard shape.
func (s *Set) Facts() (names []string, ok bool) {
	if s.task == nil {
		return []string{}, false
	}
	return s.task.names(), true
}

// Effects lists the names of the effects, in the order of the target file.
func (s *Set) Effects() []string {
	names := make([]string, len(s.effects))
	for i, e := range s.effects {
		names[i] = e.spec.Name
	}
	return names
}

// Capabilities are what can be seen of the target and done to it. Shown are the facts that Check found a target in
// the standard shape to show; where the target file names its facts, they are those, whatever shown says.
func (s *Set) Capabilities(shown []string) judge.Capabilities {
	facts := shown
	if names, ok := s.Facts(); !ok || names != nil {
		facts = names
	}
	return judge.Capabilities{
		Facts: facts, Effects: s.Effects(), Hooks: s.target.Hooks.Names(),
		Signing: s.target.Signing.Key != "", Signed: s.target.Signing.Required,
		Within: emitter.Offset(s.target.Observe.Within),
	}
}

// Close ends listeners and connections.
func (s *Set) Close() error {
	var errs []error
	if s.task != nil {
		errs = append(errs, s.task.source.close())
	}
	for _, e := range s.effects {
		errs = append(errs, e.source.close())
	}
	return errors.Join(errs...)
}

// A taskObserver shows the facts of one task. It reports an error only where it could not look: a task that the receiver
// knows nothing of is no error but empty facts.
type taskObserver struct {
	*observed
	facts []*expression.Fact
}

// see looks at one task. Facts is nil where there are none.
func (o *taskObserver) see(ctx context.Context, id Identity) (Look, error) {
	v, err := o.look(ctx, id)
	if err != nil {
		return Look{Raw: v.raw}, err
	}
	var facts judge.Facts
	switch {
	case len(o.facts) > 0:
		facts, err = mappedFacts(o.facts, v.env)
	case v.standard != nil:
		facts, err = v.standard()
	default:
		err = errors.New("there are no `facts:` to say what is which")
	}
	if err != nil {
		return Look{Raw: v.raw}, o.failed(err)
	}
	return Look{Facts: facts, Raw: v.raw}, nil
}

// names lists the facts that it can show; nil if only a look can tell.
func (o *taskObserver) names() []string {
	if len(o.facts) == 0 {
		return nil
	}
	names := make([]string, len(o.facts))
	for i, f := range o.facts {
		names[i] = f.Name
	}
	return names
}

// An effect counts one side effect.
type effect struct {
	*observed
	spec target.Effect
}

// tally gives the number of effects of one task so far, and what was seen of them.
func (e *effect) tally(ctx context.Context, id Identity) (int, []byte, error) {
	v, err := e.look(ctx, id)
	if err != nil {
		return 0, v.raw, err
	}
	if e.spec.Count == nil {
		if v.number == nil {
			return 0, v.raw, e.failed(errNoNumber)
		}
		n, err := v.number()
		if err != nil {
			return 0, v.raw, e.failed(err)
		}
		return n, v.raw, nil
	}
	value, err := e.spec.Count.Run(v.env)
	if err != nil {
		return 0, v.raw, e.failed(fmt.Errorf("count: %w", err))
	}
	n, err := expression.Count(value)
	if err != nil {
		return 0, v.raw, e.failed(fmt.Errorf("count: %w", err))
	}
	return n, v.raw, nil
}
