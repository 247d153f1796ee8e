// Package shape gathers what the callbacks of a capture really look like: which members they have and how often, of which
// types, how long, how large, how written, and which of the documented things never came.
//
//	c := shape.New()
//	c.Add(shape.Place{Source: "a.ndjson", Line: 1}, body, &report)
//	c.Merge(other)
//	observed := c.Shape()
//	err := observed.Table(os.Stdout)
//	difference, err := shape.Diff(observed, shape.DiffOptions{})
//
// What it comes to does not depend on the order in which documents are added, nor on how a capture is cut into parts that
// are gathered apart and merged. Memory is bounded whatever the capture: the bounds are in this file, and a Shape says
// where one was reached.
//
// No secret gets into a Shape. Of ids, addresses, signatures, messages and members that no edition documents only types,
// lengths and forms are kept; values are kept of the few members that cannot name anybody. The package opens no files and
// never panics.
package shape

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/schema"
)

// The bounds of what is kept.
const (
	// maxUnknown is how many members that no edition documents are told apart in callbacks of one kind. With more of them
	// those that lie deepest are no longer told of; the outermost, if they are too many, are summed up in one.
	maxUnknown = 200
	// maxDepth is how deep within an undocumented member others are told of.
	maxDepth = 4
	// maxEvents is how many undocumented callback_event values are told apart. More of them are summed up in one.
	maxEvents = 32
	// maxValues is how many values of a member are told apart. Of more a sample is kept, and their number is estimated.
	maxValues = 64
	// maxOrders is how many orders of the names of an object are told apart. Of more a sample is kept.
	maxOrders = 16
	// maxNames is how many names of an order are kept.
	maxNames = 40
)

// A Place is where a document begins.
type Place struct {
	Input   int // the number of the source, in the order of reading
	Source  string
	Line    int // from 1
	Offset  int64
	Within  string    // where in its line or file it was, as a JSON pointer
	Arrived time.Time // the zero time where the capture does not tell
}

// before orders places as the capture has them.
func (p *Place) before(o *Place) bool {
	switch {
	case p.Input != o.Input:
		return p.Input < o.Input
	case p.Line != o.Line:
		return p.Line < o.Line
	case p.Offset != o.Offset:
		return p.Offset < o.Offset
	}
	return p.Within < o.Within
}

// A span is the first and the last of some places.
type span struct{ first, last *Place }

func (s *span) add(p *Place) {
	if s.first == nil || p.before(s.first) {
		s.first = p
	}
	if s.last == nil || s.last.before(p) {
		s.last = p
	}
}

func (s *span) merge(o span, m *moved) {
	if o.first != nil {
		s.add(m.place(o.first))
		s.add(m.place(o.last))
	}
}

// moved is places that stand some lines further down.
type moved struct {
	lines    int
	from, to *Place // the last one that was moved: many members share their last place
}

func (m *moved) place(p *Place) *Place {
	if m.lines == 0 {
		return p
	}
	if m.from != p {
		to := *p
		to.Line += m.lines
		m.from, m.to = p, &to
	}
	return m.to
}

// A Collector gathers the shape of documents. It is for one goroutine at a time.
type Collector struct {
	documents int64 // added, read or not
	unread    int64 // no JSON, too long, or not to be read at all
	places    span

	arrived struct{ first, last time.Time }

	kinds  map[kindKey]*kind
	folded bool // undocumented events are summed up

	lines int // that the places stand further down than was told

	walk walker
}

// A kindKey is what tells callbacks apart.
type kindKey struct {
	kind schema.Kind
	name string // callback_event of a relay callback, the short name of a sibling
}

// New is an empty Collector.
func New() *Collector { return &Collector{kinds: map[kindKey]*kind{}} }

// tooLong is the code of a body that was not judged for its length.
const tooLong = "RC1002"

// Add adds a document. The report is what schema.Validate found about the body; neither is kept.
func (c *Collector) Add(at Place, body []byte, r *schema.Report) {
	sure := r.Verdict != schema.Error // then it is one JSON object, and what it nests is JSON
	if !sure && (!json.Valid(clean(body)) || len(r.Violations) > 0 && r.Violations[0].Code == tooLong) {
		c.Unread(at)
		return
	}
	p := c.place(at)
	k := c.kind(c.keyOf(r))
	k.documents++
	k.places.add(p)
	c.walk.document(k, p, clean(body), sure)
	k.tidy()
	if !c.folded {
		c.fold()
	}
}

// clean is a body without the byte order mark that should not be there.
func clean(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }

// Unread adds a document that cannot be read.
func (c *Collector) Unread(at Place) {
	c.place(at)
	c.unread++
}

func (c *Collector) place(at Place) *Place {
	p := &at
	c.documents++
	c.places.add(p)
	c.arrive(at.Arrived, at.Arrived)
	return p
}

func (c *Collector) arrive(first, last time.Time) {
	if first.IsZero() {
		return
	}
	if c.arrived.first.IsZero() || first.Before(c.arrived.first) {
		c.arrived.first = first
	}
	if c.arrived.last.IsZero() || last.After(c.arrived.last) {
		c.arrived.last = last
	}
}

// anyName stands for names that are summed up. No name that is shown has braces.
const anyName = "{any}"

// keyOf is what kind of document a report is of.
func (c *Collector) keyOf(r *schema.Report) kindKey {
	switch r.Kind {
	case schema.KindSibling:
		return kindKey{r.Kind, schema.EventTypeName(r.EventType)}
	case schema.KindRelay:
		key := kindKey{r.Kind, r.Event}
		switch {
		case r.Event == "" || isDocumented(r.Event):
		case c.folded:
			key.name = anyName
		default:
			key.name = shownName([]byte(r.Event))
		}
		return key
	default:
		return kindKey{kind: schema.KindUnknown}
	}
}

func isDocumented(event string) bool { return slices.Contains(schema.Events(), event) }

// isExtra reports whether a kind is of an undocumented event, and not of their sum.
func (k kindKey) isExtra() bool {
	return k.kind == schema.KindRelay && k.name != "" && k.name != anyName && !isDocumented(k.name)
}

func (c *Collector) kind(key kindKey) *kind {
	k := c.kinds[key]
	if k == nil {
		k = newKind()
		c.kinds[key] = k
	}
	return k
}

// fold sums up the undocumented events once there are too many.
func (c *Collector) fold() {
	if !c.folded && len(c.kinds) <= maxEvents {
		return // which is nearly always so
	}
	var extra []kindKey
	for key := range c.kinds {
		if key.isExtra() {
			extra = append(extra, key)
		}
	}
	if !c.folded && len(extra) <= maxEvents {
		return
	}
	c.folded = true
	for _, key := range extra {
		c.kind(kindKey{schema.KindRelay, anyName}).merge(c.kinds[key], &moved{})
		delete(c.kinds, key)
	}
}

// Shift says that all documents stand so many lines further down than was told. After it the Collector can only be merged
// into another one.
func (c *Collector) Shift(lines int) { c.lines += lines }

// Merge adds what another Collector has gathered, which must not be used any more.
func (c *Collector) Merge(o *Collector) {
	m := &moved{lines: o.lines}
	c.documents += o.documents
	c.unread += o.unread
	c.places.merge(o.places, m)
	c.arrive(o.arrived.first, o.arrived.last)
	for key, k := range o.kinds {
		c.kind(key).merge(k, m)
	}
	c.folded = c.folded || o.folded
	c.fold()
}
