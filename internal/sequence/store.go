package sequence

import (
	"cmp"
	"slices"
	"sync"
)

// A store sorts more events than there is memory for, by a key and, for each key, by their places. Events that belong
// to the same key are merged by being in the same store: it is a set, and nothing depends on the order of adding.
type store struct {
	key       func(*event) uint64
	byArrival bool // what places are ordered by
	limit     int  // bytes in memory; beyond them all events go to the scratch file
	scratch   *scratch

	mu      sync.Mutex
	batches [][]event
	bytes   int
	runs    []run
	count   int

	sorted [ranges][]*event // once it is sealed, those in memory
}

// ranges is how many parts of the keys are looked at independently of each other, by several goroutines.
const ranges = 16

// rangeOf is the range of a key. Keys are digests, so ranges are of the same size.
func rangeOf(key uint64) int { return int(key >> 60) }

func byTask(e *event) uint64    { return e.task }
func bySources(e *event) uint64 { return e.sources }

// add takes in events, and keeps the slice. It may be called by several goroutines.
func (s *store) add(events []event) error {
	if len(events) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, events)
	s.bytes += size(events)
	s.count += len(events)
	if s.bytes <= s.limit {
		return nil
	}
	return s.spill()
}

// seal sorts what is in memory. Nothing may be added afterwards.
func (s *store) seal() {
	var parts [ranges][]ref
	n := 0
	for _, b := range s.batches {
		n += len(b)
	}
	for r := range parts {
		parts[r] = make([]ref, 0, n/ranges+n/(8*ranges)) // digests spread evenly
	}
	for _, b := range s.batches {
		for i := range b {
			k := s.key(&b[i])
			parts[rangeOf(k)] = append(parts[rangeOf(k)], ref{k, &b[i]})
		}
	}
	s.batches = nil
	var wg sync.WaitGroup
	for r := range parts {
		wg.Go(func() {
			slices.SortFunc(parts[r], func(a, b ref) int {
				if a.key != b.key {
					return cmp.Compare(a.key, b.key)
				}
				return a.event.compare(b.event.place, s.byArrival)
			})
			s.sorted[r] = make([]*event, len(parts[r]))
			for i, p := range parts[r] {
				s.sorted[r][i] = p.event
			}
		})
	}
	wg.Wait()
}

// A ref is an event with its key beside it, for sorting.
type ref struct {
	key   uint64
	event *event
}

// spill writes all that is in memory to the scratch file.
func (s *store) spill() error {
	s.seal()
	r, err := s.scratch.write(s.sorted)
	if err != nil {
		return err
	}
	s.runs = append(s.runs, r)
	s.sorted, s.bytes = [ranges][]*event{}, 0
	return nil
}

// each gives the events of a range of keys in their order. An event is valid until the next one.
func (s *store) each(r int, yield func(*event) error) error {
	return mergeAll([]*store{s}, r, yield)
}

// mergeAll gives the events of a range of several stores with the same order as if they were in one.
func mergeAll(stores []*store, r int, yield func(*event) error) error {
	var cursors []*cursor
	for _, s := range stores {
		if len(s.sorted[r]) > 0 {
			cursors = append(cursors, &cursor{events: s.sorted[r]})
		}
		for _, run := range s.runs {
			if run.ends[r] > run.begin(r) {
				cursors = append(cursors, newCursor(s.scratch, run.begin(r), run.ends[r], len(s.runs)))
			}
		}
	}
	return merge(cursors, stores[0], yield)
}

// merge gives the events of sorted cursors in order, from a heap with the least one at the top.
func merge(cursors []*cursor, s *store, yield func(*event) error) error {
	var heap []*cursor
	less := func(i, j int) bool {
		a, b := heap[i], heap[j]
		if a.key != b.key {
			return a.key < b.key
		}
		return a.now.compare(b.now.place, s.byArrival) < 0
	}
	// next goes on with a cursor; its key is kept beside its event, since it is asked for again and again.
	next := func(c *cursor) error {
		if err := c.next(); err != nil || c.now == nil {
			return err
		}
		c.key = s.key(c.now)
		return nil
	}
	down := func(i int) {
		for {
			least := i
			for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
				if less(c, least) {
					least = c
				}
			}
			if least == i {
				return
			}
			heap[i], heap[least] = heap[least], heap[i]
			i = least
		}
	}
	for _, c := range cursors {
		if err := next(c); err != nil {
			return err
		}
		if c.now != nil {
			heap = append(heap, c)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		down(i)
	}
	for len(heap) > 0 {
		c := heap[0]
		if err := yield(c.now); err != nil {
			return err
		}
		if err := next(c); err != nil {
			return err
		}
		if c.now == nil {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		down(0)
	}
	return nil
}

// An emitter adds events to a store one by one. It is for one goroutine.
type emitter struct {
	to  *store
	buf []event
}

func (m *emitter) emit(e *event) error {
	if m.buf = append(m.buf, *e); len(m.buf) < 512 {
		return nil
	}
	return m.flush()
}

func (m *emitter) flush() error {
	full := m.buf
	m.buf = nil
	return m.to.add(full)
}

// parallel runs work for each range, on some goroutines, and waits for all of them.
func parallel(workers int, work func(r int) error) error {
	var wg sync.WaitGroup
	var errs [ranges]error
	next := make(chan int)
	for range max(1, min(workers, ranges)) {
		wg.Go(func() {
			for r := range next {
				errs[r] = work(r)
			}
		})
	}
	for r := range ranges {
		next <- r
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
