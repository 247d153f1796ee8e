package sequence

import (
	"slices"
	"sync"
)

// A Batch gathers the events of a part of a capture, for a Checker to take. Reading a callback takes longer than anything
// that is done with it, and batches may be filled by several goroutines at a time, each its own.
type Batch struct {
	events  []event
	sources []string // by number; places of events have the numbers of their batch

	texts    []byte // of the events that are not sealed
	ends     []int  // where in texts the text of each ends
	unsealed int    // the first of them

	without, lost int // events without an id that belong to no task; of those, exits
	unstamped     int

	r reader
}

// batches are those that were taken, for their memory to be used again.
var batches = sync.Pool{New: func() any { return &Batch{} }}

// NewBatch makes an empty batch.
func NewBatch() *Batch { return batches.Get().(*Batch) }

// release empties a batch, and leaves it to NewBatch.
func (b *Batch) release() {
	clear(b.events) // their texts
	*b = Batch{events: b.events[:0], texts: b.texts[:0], ends: b.ends[:0], sources: b.sources[:0], r: b.r}
	b.r.members = members{}
	batches.Put(b)
}

// Add takes in a callback; what is no relay callback is left out. The body is not kept.
func (b *Batch) Add(body []byte, at Place) { b.add(body, at, false) }

// AddClean is Add for a body that is known to be well-formed JSON without a name that comes twice, as one is that schema
// finds no error in. It is a good deal faster.
func (b *Batch) AddClean(body []byte, at Place) { b.add(body, at, true) }

func (b *Batch) add(body []byte, at Place, clean bool) {
	m := &b.r.members
	if (!clean || !b.r.quick(body)) && !b.r.slow(body) {
		return
	}
	if string(m.eventType) != relay {
		return
	}
	if at.Time.IsZero() {
		b.unstamped++
	}
	e := b.r.event(body)
	if e.task == 0 && (e.kind != kindTaskExit || e.sources == 0) {
		b.without++
		if e.kind == kindTaskExit {
			b.lost++
		}
		return
	}
	e.line, e.offset, e.source = int64(at.Line), at.Offset, b.number(at.Source)
	if n := len(b.events); n > 0 {
		if last := &b.events[n-1]; last.source == e.source && last.line == e.line && last.offset == e.offset {
			e.nth = last.nth + 1
		}
	}
	if !at.Time.IsZero() {
		e.arrival = at.Time.UnixNano()
	}
	id := short(m.taskID)
	e.idLen = uint16(len(id)) //nolint:gosec // short
	b.texts = append(append(b.texts, id...), b.r.label(e.kind)...)
	b.ends = append(b.ends, len(b.texts))
	b.events = append(b.events, e)
}

// number finds a source's; there are few in a batch, and mostly it is the latest.
func (b *Batch) number(source string) uint32 {
	for i, known := range slices.Backward(b.sources) {
		if known == source {
			return uint32(i) //nolint:gosec // as many as files
		}
	}
	b.sources = append(b.sources, source)
	return uint32(len(b.sources) - 1) //nolint:gosec // as many as files
}

// Shift moves the lines of all events: for a part of a file whose first line's number was not known yet.
func (b *Batch) Shift(lines int) {
	for i := range b.events {
		b.events[i].line += int64(lines)
	}
}

// seal gives the events their texts: one piece of memory for all of them.
func (b *Batch) seal() {
	all, from := string(b.texts), 0
	for i, end := range b.ends {
		b.events[b.unsealed+i].text = all[from:end]
		from = end
	}
	b.unsealed = len(b.events)
	b.texts, b.ends = b.texts[:0], b.ends[:0]
}

// size is the memory that events take, in bytes, about.
func size(events []event) (n int) {
	for i := range events {
		n += eventSize + len(events[i].text)
	}
	return n
}

// eventSize is the size of an event and its share of the lists that sort it, in bytes.
const eventSize = 112 + 2*8
