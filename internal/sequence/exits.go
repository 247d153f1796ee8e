package sequence

import (
	"slices"
	"sync/atomic"
)

// A TaskExit may come without ids: the documented sample does. Then nothing but source_urls tells whose it is. It is taken
// for that of the one task with these source_urls that runs at its place; where there is not exactly one it is counted as
// unmatched, never guessed between two.

// The bounds of what links exits without an id to tasks.
const (
	maxSources = 8    // lists of source_urls of a task: one that was changed has several
	maxShared  = 256  // tasks with the same list that are looked at; the rest of a list with more that run is unmatched
	maxAhead   = 4096 // events that are looked ahead for another task with the same list
	maxExits   = 32   // exits of a task by whose bytes repetitions are recognised
)

// match finds the tasks of the exits without an id. matched holds those that one was found for, by task.
func (c *Checker) match(byArrival bool) (matched *store, unmatched int, err error) {
	matched, mentions := c.store(byTask, byArrival, 8), c.store(bySources, byArrival, 4)
	asked, err := c.asked()
	if err != nil {
		return nil, 0, err
	}
	err = parallel(c.opts.Workers, func(r int) error {
		to := emitter{to: mentions}
		var task uint64
		var met []uint64
		err := c.tasks.each(r, func(e *event) error {
			if e.task != task {
				task, met = e.task, met[:0]
			}
			if !asked.may(e.sources) {
				return nil
			}
			first := len(met) < maxSources && !slices.Contains(met, e.sources)
			if first {
				met = append(met, e.sources)
			}
			if !first && e.kind != kindTaskStart && e.kind != kindTaskExit {
				return nil
			}
			return to.emit(e)
		})
		if err != nil {
			return err
		}
		return to.flush()
	})
	if err != nil {
		return nil, 0, err
	}
	mentions.seal()
	var lost atomic.Int64
	err = parallel(c.opts.Workers, func(r int) error {
		to := emitter{to: matched}
		g := &group{out: to.emit}
		err := mergeAll([]*store{mentions, c.exits}, r, func(e *event) error {
			if e.sources != g.sources {
				if err := g.end(); err != nil {
					return err
				}
				lost.Add(int64(g.lost))
				g.begin(e.sources)
			}
			return g.add(e)
		})
		if err != nil {
			return err
		}
		if err := g.end(); err != nil {
			return err
		}
		lost.Add(int64(g.lost))
		return to.flush()
	})
	matched.seal()
	return matched, int(lost.Load()), err
}

// A filter tells which source_urls no exit without an id has, for most that none has. It has a bit for several of them.
type filter []uint64

// asked is the filter of all exits without an id.
func (c *Checker) asked() (filter, error) {
	const bitsEach, most = 8, 1 << 26 // 8 MiB
	words := 1
	for words*64 < min(bitsEach*c.exits.count, most) {
		words *= 2
	}
	f := make(filter, words)
	for r := range ranges {
		err := c.exits.each(r, func(e *event) error {
			word, bit := f.bit(e.sources)
			f[word] |= bit
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f filter) bit(sources uint64) (word int, bit uint64) {
	return int(sources >> 6 & uint64(len(f)-1)), 1 << (sources & 63) //nolint:gosec // below the length
}

func (f filter) may(sources uint64) bool {
	if sources == 0 {
		return false
	}
	word, bit := f.bit(sources)
	return f[word]&bit != 0
}

// A group is the tasks with the same source_urls, while their events go by in their order.
type group struct {
	sources uint64
	members []*member
	crowded bool // more than maxShared run: which of them exits is not told any more

	ahead   []event // held back until it is known whether there is another task
	several bool    // there is, or it is not known
	lost    int
	out     func(*event) error
}

// begin is another group.
func (g *group) begin(sources uint64) {
	*g = group{sources: sources, out: g.out, members: g.members[:0], ahead: g.ahead}
}

// A member is a task of a group.
type member struct {
	task   uint64
	id     string
	exited bool
	exits  []uint64 // digests of its exits without an id
}

// add takes in the next event. Whether an exit's task is certain depends on there being no other in the whole capture, so
// the events of a group's only task are held back.
func (g *group) add(e *event) error {
	if !g.several {
		if e.task == 0 || len(g.ahead) == 0 || g.only(e.task) {
			if g.ahead = append(g.ahead, *e); len(g.ahead) <= maxAhead {
				return nil
			}
			g.several = true
			return g.release()
		}
		g.several = true
		if err := g.release(); err != nil {
			return err
		}
	}
	return g.next(e)
}

// only reports whether no other task is among the events held back.
func (g *group) only(task uint64) bool {
	for i := range g.ahead {
		if t := g.ahead[i].task; t != 0 {
			return t == task
		}
	}
	return true
}

func (g *group) end() error { return g.release() }

func (g *group) release() error {
	for i := range g.ahead {
		if err := g.next(&g.ahead[i]); err != nil {
			return err
		}
	}
	g.ahead = g.ahead[:0]
	return nil
}

func (g *group) next(e *event) error {
	if e.task != 0 {
		if m := g.member(e); m != nil {
			switch e.kind {
			case kindTaskStart:
				m.exited = false
			case kindTaskExit:
				m.exited = true
			case kindOther, kindFileStart, kindFileFinish: // they end nothing
			}
		}
		return nil
	}
	m := g.whose(e)
	if m == nil {
		g.lost++
		return nil
	}
	m.exited = true
	if !slices.Contains(m.exits, e.digest) && len(m.exits) < maxExits {
		m.exits = append(m.exits, e.digest)
	}
	exit := *e
	exit.task, exit.guessed = m.task, g.several
	exit.text, exit.idLen = m.id, uint16(len(m.id)) //nolint:gosec // as short as when it was read
	return g.out(&exit)
}

// member finds a task, and makes one that is new.
func (g *group) member(e *event) *member {
	for _, m := range g.members {
		if m.task == e.task {
			return m
		}
	}
	if g.crowded {
		return nil
	}
	if len(g.members) >= maxShared {
		over := slices.IndexFunc(g.members, func(m *member) bool { return m.exited })
		if over < 0 {
			g.crowded, g.members = true, nil
			return nil
		}
		g.members = slices.Delete(g.members, over, over+1)
	}
	m := &member{task: e.task, id: e.id()}
	g.members = append(g.members, m)
	return m
}

// whose finds the task that an exit ends, or that it ended before if it is a repetition; nil if there is not exactly one.
func (g *group) whose(e *event) *member {
	timed := e.at != 0 || e.told != 0
	var running, over, repeats []*member
	for _, m := range g.members {
		switch {
		case slices.Contains(m.exits, e.digest) && (m.exited || timed):
			repeats = append(repeats, m)
		case m.exited:
			over = append(over, m)
		default:
			running = append(running, m)
		}
	}
	switch {
	case len(repeats) == 1 && (len(running) == 0 || timed):
		return repeats[0]
	case len(repeats) > 0 || len(running) > 1:
		return nil
	case len(running) == 1:
		return running[0]
	case len(over) == 1:
		return over[0] // another exit of a task that has exited: every retry may bring one
	default:
		return nil
	}
}
