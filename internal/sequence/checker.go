package sequence

import (
	"cmp"
	"runtime"
)

// Options say how a Checker works. None of them bears on what is found.
type Options struct {
	Memory  int    // bytes of events kept in memory, about; beyond them they go to a temporary file; 0 is DefaultMemory
	Dir     string // where that file is made; "" is the system's folder for temporary files
	Workers int    // judging at the same time; 0 is one for each processor
}

// DefaultMemory is 64 MiB: half a million events.
const DefaultMemory = 64 << 20

// A Checker gathers what is known of all tasks of a capture, and judges it in the end. It is for one goroutine.
type Checker struct {
	opts    Options
	scratch *scratch
	tasks   *store // events with a task, by task
	exits   *store // TaskExits without an id, by source_urls

	sources []string
	numbers map[string]uint32

	events, without, lost, unstamped int
}

// NewChecker makes a checker for one capture, or a part of one. It has to be closed.
func NewChecker(opts Options) *Checker {
	opts.Memory = cmp.Or(opts.Memory, DefaultMemory)
	opts.Workers = cmp.Or(opts.Workers, runtime.GOMAXPROCS(0))
	c := &Checker{opts: opts, scratch: &scratch{dir: opts.Dir}, numbers: map[string]uint32{}}
	// In the end three more stores come on top while the first is still there: a half is for the events, the rest for those.
	c.tasks = c.store(byTask, true, 2)
	c.exits = c.store(bySources, true, 8)
	return c
}

// store makes one with its share of the memory.
func (c *Checker) store(key func(*event) uint64, byArrival bool, share int) *store {
	return &store{key: key, byArrival: byArrival, limit: c.opts.Memory / share, scratch: c.scratch}
}

// Take takes in a batch, which must not be used any more. Sources are told apart by their names, and ordered as they
// are met: batches should come in the order of the capture, as far as it is known. The error is that of the temporary file.
func (c *Checker) Take(b *Batch) error {
	b.seal()
	c.events += len(b.events) + b.without
	c.without += b.without
	c.lost += b.lost
	c.unstamped += b.unstamped
	err := c.keep(b.events, b.sources)
	b.release()
	return err
}

// keep sorts events into those with a task and exits without, and gives their sources the numbers of the checker.
func (c *Checker) keep(events []event, sources []string) error {
	numbers := make([]uint32, len(sources))
	for i, name := range sources {
		n, known := c.numbers[name]
		if !known {
			n = uint32(len(c.sources)) //nolint:gosec // as many as files
			c.numbers[name] = n
			c.sources = append(c.sources, name)
		}
		numbers[i] = n
	}
	var exits []event
	kept := events[:0] // those of tasks, in the same memory
	for i := range events {
		e := &events[i]
		e.source = numbers[e.source]
		if e.task == 0 {
			exits = append(exits, *e)
			continue
		}
		kept = append(kept, *e)
	}
	if err := c.exits.add(exits); err != nil {
		return err
	}
	return c.tasks.add(kept)
}

// Merge takes in all that another checker knows, and ends that one. What is found is the same as if all batches had been
// taken by one checker: the other's sources, as far as they are new, come behind those of this one.
func (c *Checker) Merge(o *Checker) error {
	defer func() { _ = o.Close() }() // it was only read
	c.events += o.events
	c.without += o.without
	c.lost += o.lost
	c.unstamped += o.unstamped
	const atATime = 512
	for _, s := range []*store{o.tasks, o.exits} {
		s.seal()
		for r := range ranges {
			var some []event
			err := s.each(r, func(e *event) error {
				if some = append(some, *e); len(some) < atATime {
					return nil
				}
				err := c.keep(some, o.sources)
				some = some[:0]
				return err
			})
			if err != nil {
				return err
			}
			if err := c.keep(some, o.sources); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close takes away the temporary file, if there is one. It may be called more than once.
func (c *Checker) Close() error { return c.scratch.close() }

// End tells what came of it. Nothing may be taken in afterwards. The error is that of the temporary file.
func (c *Checker) End() (Summary, error) {
	byArrival := c.events > 0 && c.unstamped == 0
	sum := Summary{Events: c.events, WithoutTask: c.without - c.lost, UnmatchedExits: c.lost, Unstamped: c.unstamped, ByArrival: byArrival}
	if !byArrival && c.unstamped < c.events { // some have stamps: they are sorted by them, and must not be
		for _, s := range []**store{&c.tasks, &c.exits} {
			sorted, err := c.resorted(*s)
			if err != nil {
				return sum, err
			}
			*s = sorted
		}
	}
	c.tasks.seal()
	c.exits.seal()
	stores := []*store{c.tasks}
	if c.exits.count > 0 {
		matched, unmatched, err := c.match(byArrival)
		if err != nil {
			return sum, err
		}
		sum.MatchedExits = matched.count
		sum.UnmatchedExits += unmatched
		stores = append(stores, matched)
	}
	var found [ranges]result
	kept := &collector{byArrival: byArrival}
	err := parallel(c.opts.Workers, func(r int) error {
		res := &found[r]
		res.kept = kept
		l := &life{res: res}
		err := mergeAll(stores, r, func(e *event) error {
			if l.task != e.task {
				l.end()
				l.begin(e)
			}
			if byArrival {
				l.arrive(e)
			} else {
				l.take(e)
			}
			return nil
		})
		l.end()
		return err
	})
	if err != nil {
		return sum, err
	}
	var all result
	for r := range found {
		all.merge(&found[r])
	}
	all.fill(&sum, kept.list(c.sources))
	sum.Spilled = c.scratch.size
	return sum, nil
}

// resorted is a store in the order of the capture.
func (c *Checker) resorted(s *store) (*store, error) {
	s.seal()
	to := c.store(s.key, false, 4)
	em := emitter{to: to}
	for r := range ranges {
		if err := s.each(r, em.emit); err != nil {
			return nil, err
		}
	}
	return to, em.flush()
}
