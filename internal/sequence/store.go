package sequence

import (
	"cmp"
	"runtime"
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

	mu     sync.Mutex
	blocks [][]event // of blockLen; used again once they were written out
	held   int       // events in them
	bytes  int
	runs   []run
	count  int

	sorted [ranges][]ref // once it is sealed, those in memory
}

// blockLen is how many events get memory at a time: 60 kB, little beside the least limit.
const blockLen = 512

// A ref is an event's key, and its number among those in memory.
type ref struct {
	key uint64
	nth uint32
}

func (s *store) event(nth uint32) *event { return &s.blocks[nth/blockLen][nth%blockLen] }

// ranges is how many parts of the keys are looked at independently of each other, by several goroutines.
const ranges = 16

// rangeOf is the range of a key. Keys are digests, so ranges are of the same size.
func rangeOf(key uint64) int { return int(key >> 60) }

func byTask(e *event) uint64    { return e.task }
func bySources(e *event) uint64 { return e.sources }

// add takes in copies of events. It may be called by several goroutines.
func (s *store) add(events []event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += size(events)
	s.count += len(events)
	for len(events) > 0 {
		if s.held == len(s.blocks)*blockLen {
			s.blocks = append(s.blocks, make([]event, blockLen))
		}
		n := copy(s.blocks[s.held/blockLen][s.held%blockLen:], events)
		s.held += n
		events = events[n:]
	}
	if s.bytes <= s.limit {
		return nil
	}
	return s.spill()
}

// seal sorts what is in memory. Nothing may be added afterwards.
func (s *store) seal() {
	s.part()
	_ = parallel(runtime.GOMAXPROCS(0), func(r int) error { // which never fails
		s.sort(s.sorted[r])
		return nil
	})
}

// part tells what is in memory apart by its ranges.
func (s *store) part() {
	for r := range s.sorted {
		if s.sorted[r] == nil {
			s.sorted[r] = make([]ref, 0, s.held/ranges+s.held/(8*ranges)) // digests spread evenly
		}
		s.sorted[r] = s.sorted[r][:0]
	}
	for i := range uint32(s.held) { //nolint:gosec // as many as there is memory for
		k := s.key(s.event(i))
		s.sorted[rangeOf(k)] = append(s.sorted[rangeOf(k)], ref{k, i})
	}
}

// sort brings refs into the order of their keys first, without a look at the events: those of one key are few, and mostly came
// in their order.
func (s *store) sort(refs []ref) {
	slices.SortFunc(refs, func(a, b ref) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Compare(a.nth, b.nth)
	})
	byPlace := func(a, b ref) int { return s.event(a.nth).compare(s.event(b.nth).place, s.byArrival) }
	for len(refs) > 0 {
		n := 1
		for n < len(refs) && refs[n].key == refs[0].key {
			n++
		}
		if !slices.IsSortedFunc(refs[:n], byPlace) {
			slices.SortFunc(refs[:n], byPlace)
		}
		refs = refs[n:]
	}
}

// spill writes all that is in memory to the scratch file.
func (s *store) spill() error {
	s.part()
	var written run
	const most = 4 // ranges that are held a second time, as they are written: a quarter of what is in memory, and less in bytes
	err := parallel(min(most, runtime.GOMAXPROCS(0)), func(r int) (err error) {
		s.sort(s.sorted[r])
		written[r].from, written[r].to, err = s.scratch.write(s, r)
		s.sorted[r] = s.sorted[r][:0]
		return err
	})
	if err != nil {
		return err
	}
	s.runs = append(s.runs, written)
	for _, b := range s.blocks {
		clear(b) // their texts
	}
	s.held, s.bytes = 0, 0
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
			cursors = append(cursors, &cursor{store: s, refs: s.sorted[r]})
		}
		for _, run := range s.runs {
			if part := run[r]; part.to > part.from {
				cursors = append(cursors, newCursor(s.scratch, part.from, part.to, len(s.runs)))
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
	err := m.to.add(m.buf)
	m.buf = m.buf[:0]
	return err
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
