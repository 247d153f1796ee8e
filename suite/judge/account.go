package judge

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// told is one event of the plan, as far as it may have told the receiver of one task.
type told struct {
	event    *scenarios.Event
	order    int        // its place in the plan
	readings []callback // what the bytes may be read as; one unless they are ambiguous
	sure     bool       // must show: well-formed, bears the task's id, and was acknowledged
	unacked  bool       // well-formed and sent, but nobody said 200: it may show or not, and proves nothing
	variants int        // how many distinct events it may be taken for, at least 1
}

// An account is all that the receiver was told of one task.
type account struct {
	task *scenarios.Task
	told []told

	// riddle names an event of which only its sender knows what a lenient receiver may read in it; "" is none.
	riddle string
}

// A book holds the events of a plan as they are read. It must not be used by two goroutines at a time.
type book struct {
	plan   *scenarios.Plan
	caps   *Capabilities
	byID   map[string]int   // task_id -> index of the plan's task
	byTask map[string]int   // key -> index
	plain  []reading        // of each event of the plan
	urls   map[string][]int // source URL or stream id -> indices of tasks, for callbacks without task_id
	memo   map[bodyKey]reading
	same   map[sameBody]bodyKey
}

// A bodyKey names a body: a sampler asks about the same bodies again and again, some have ten megabytes, and to hash
// one costs a hundredth of reading it.
type bodyKey struct {
	sum   [sha256.Size]byte
	first bool
}

// A sameBody is a body that was named already: bytes are shared by all who speak of them and never changed, so those at
// the same place are the same.
type sameBody struct {
	at    *byte
	size  int
	first bool
}

type reading struct {
	callback
	ok bool
}

// maxAmbiguous is the size up to which a body is also read as if the first of two equal names counted. Our large bodies
// are large by one long member; two readings of ten megabytes would cost seconds and tell nothing.
const maxAmbiguous = 1 << 20

// readBody reads a body that was sent.
func (b *book) readBody(body []byte, first bool) (callback, bool) {
	if len(body) == 0 || (first && len(body) > maxAmbiguous) {
		return callback{}, false
	}
	place := sameBody{&body[0], len(body), first}
	key, named := b.same[place]
	if !named {
		key = bodyKey{sha256.Sum256(body), first}
		b.same[place] = key
	}
	r, known := b.memo[key]
	if !known {
		r.callback, r.ok = readCallback(body, first)
		b.memo[key] = r
	}
	return r.callback, r.ok
}

func newBook(plan *scenarios.Plan, caps *Capabilities) *book {
	b := &book{plan: plan, caps: caps, byID: map[string]int{}, byTask: map[string]int{}, urls: map[string][]int{}, memo: map[bodyKey]reading{}, same: map[sameBody]bodyKey{}}
	for i := range plan.Tasks {
		t := &plan.Tasks[i]
		b.byID[t.TaskID] = i
		b.byTask[t.Key] = i
		for _, u := range t.SourceURLs {
			b.point(u, i)
		}
		b.point(t.StreamID, i)
	}
	b.plain = make([]reading, len(plan.Events))
	for i := range plan.Events {
		r := &b.plain[i]
		r.callback, r.ok = b.readBody(plan.Events[i].Body, false)
		// A scenario may give a task other addresses than the generated ones, event by event.
		if task, known := b.byID[r.taskID]; r.ok && known {
			for _, u := range r.sources {
				b.point(u, task)
			}
			if r.streamID != nil {
				b.point(*r.streamID, task)
			}
		}
	}
	return b
}

func (b *book) point(address string, task int) {
	if address != "" && !slices.Contains(b.urls[address], task) {
		b.urls[address] = append(b.urls[address], task)
	}
}

// accounts adds up, for every task of the plan, what the receiver was told within a window.
func (b *book) accounts(tr *emitter.Transcript, w window) []account {
	out := make([]account, len(b.plan.Tasks))
	for i := range b.plan.Tasks {
		out[i].task = &b.plan.Tasks[i]
	}
	all := fates(tr, w)
	for i := range b.plan.Events {
		e := &b.plan.Events[i]
		f := all[e.ID]
		if f == nil || !f.sent {
			continue
		}
		m := e.Meaning
		if m != scenarios.MeansNothing {
			m = meaning(e, b.caps, b.caps.Signed && isSigned(e.Body, f.bodies))
		}
		readings, variants := b.read(i, m, f)
		if m == scenarios.MeansEither && len(readings) == 0 {
			b.puzzle(out, e)
			continue
		}
		for _, t := range b.share(readings) {
			entry := told{event: e, order: i, readings: t.readings, variants: variants}
			entry.sure = m == scenarios.MeansCallback && f.sure && t.certain
			entry.unacked = m == scenarios.MeansCallback && !f.sure
			out[t.task].told = append(out[t.task].told, entry)
		}
	}
	return out
}

// puzzle marks the tasks that an unreadable event may tell of: its own, or all where it names none.
func (b *book) puzzle(accounts []account, e *scenarios.Event) {
	for i := range accounts {
		if e.Task == "" || e.Task == accounts[i].task.Key {
			accounts[i].riddle = e.ID
		}
	}
}

// read gives what the bytes of an event may be read as, and how many distinct events they may be taken for.
func (b *book) read(i int, m scenarios.Meaning, f *fate) (readings []callback, variants int) {
	p := b.plain[i]
	switch m {
	case scenarios.MeansCallback:
		if !p.ok {
			return nil, 0
		}
		c := p.callback
		c.eventTime, variants = b.eventTimes(c, b.plan.Events[i].Body, f.bodies)
		return []callback{c}, variants
	case scenarios.MeansEither:
		var all []callback
		for _, body := range append([][]byte{b.plan.Events[i].Body}, f.bodies...) {
			for _, first := range []bool{false, true} {
				if c, ok := b.readBody(body, first); ok {
					all = append(all, c)
				}
			}
		}
		if len(all) == 0 {
			for _, body := range f.bodies {
				if c, ok := readLeniently(body); ok {
					all = append(all, c)
				}
			}
		}
		return distinct(all), 1
	case scenarios.MeansSibling, scenarios.MeansNothing, scenarios.MeansForged:
	}
	return nil, 0
}

// eventTimes finds what event_time had on the wire, where a scenario may leave it out, write it as a number, or make it
// anew for each attempt. More than one value means that one event can be taken for several.
func (b *book) eventTimes(c callback, plainBody []byte, bodies [][]byte) (one string, variants int) {
	seen := map[string]bool{}
	for _, body := range bodies {
		t := c.eventTime
		if !bytes.Equal(body, plainBody) {
			if wire, ok := b.readBody(body, false); ok {
				t = wire.eventTime
			}
		}
		if !seen[t] {
			seen[t] = true
			one = t
		}
	}
	if len(seen) > 1 {
		one = c.eventTime
	}
	return one, max(1, len(seen))
}

// distinct drops readings that tell the same.
func distinct(all []callback) []callback {
	var out []callback
	seen := map[string]bool{}
	for _, c := range all {
		key := compact([]any{c.taskID, c.idIsText, c.kind, c.streamID, c.toURL, c.sources, c.odd, c.hasMsg, c.msg, c.eventTime, c.garbled})
		if !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}

// A part is the share of one task in an event.
type part struct {
	task     int
	readings []callback
	certain  bool // the event bears the task's id, whichever way it is read
}

// share says which tasks an event may tell of. One with a task_id is that task's and no other's. One without may be
// meant for each task that its addresses point to, or for none.
func (b *book) share(readings []callback) []part {
	parts := map[int]*part{}
	add := func(task int, c callback, certain bool) {
		p := parts[task]
		if p == nil {
			p = &part{task: task, certain: true}
			parts[task] = p
		}
		p.readings = append(p.readings, c)
		p.certain = p.certain && certain
	}
	for _, c := range readings {
		if c.taskID != "" {
			if task, ok := b.byID[c.taskID]; ok {
				add(task, c, c.idIsText && len(readings) == 1)
			}
			continue
		}
		var tasks []int
		for _, u := range c.sources {
			tasks = append(tasks, b.urls[u]...)
		}
		if c.streamID != nil {
			tasks = append(tasks, b.urls[*c.streamID]...)
		}
		slices.Sort(tasks)
		for _, task := range slices.Compact(tasks) {
			add(task, c, false)
		}
	}
	out := make([]part, 0, len(parts))
	for _, p := range parts {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(x, y part) int { return x.task - y.task })
	return out
}
