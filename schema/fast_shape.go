package schema

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A shape is a callback with its variable parts taken out: key names, punctuation, event and constants, all that two
// callbacks of one sender and event have in common. A body that has the same bytes between parts of the same kinds
// is the same callback with other values, so it is as valid as the one that the shape was learnt from.
type shape struct {
	form
	segments []segment
	tail     string
	steps    []step // the same for matchVector
	oneLine  bool
	hits     int
}

// A segment is fixed bytes and the variable part behind them.
type segment struct {
	fixed string
	kind  partKind
}

// A partKind says what may stand in a variable part.
type partKind uint8

// The kinds. The inner ones are those of texts inside msg, as they stand in the envelope.
const (
	partWhole       partKind = iota // a whole number below 10^15, without a sign
	partMinus                       // a minus or nothing
	partText                        // the content of a string, up to its quotation mark
	partDigits                      // the same, digits alone
	partInner                       // the content of a nested string, up to its \"
	partInnerDigits                 // the same, digits alone
	partInnerSigned                 // the same, with or without a minus
	partURLs                        // the content of source_urls
)

// match reports whether the body has the shape.
func (s *shape) match(b []byte) bool { return s.prefix(b) == len(b) }

// end is the place behind the part that begins at i; -1 where something else stands there.
func (k partKind) end(b []byte, i int) int {
	switch k {
	case partWhole:
		return wholeEnd(b, i)
	case partMinus, partInnerSigned:
		if i < len(b) && b[i] == '-' {
			i++
		}
		if k == partMinus {
			return i
		}
		return someDigits(b, i)
	case partText:
		i, _ = textEnd(b, i)
		return i
	case partInner:
		return innerEnd(b, i)
	case partURLs:
		return urlsEnd(b, i)
	default:
		return someDigits(b, i)
	}
}

func someDigits(b []byte, i int) int {
	if end := digitsEnd(b, i); end > i {
		return end
	}
	return -1
}

// urlsEnd is the place of the quotation mark that ends source_urls, where it holds an array of texts without white
// space but a newline behind it, as in the samples; -1 else.
func urlsEnd(b []byte, i int) int {
	if i+1 >= len(b) || b[i] != '[' {
		return -1
	}
	i++
	if b[i] != ']' {
		for {
			if i+2 > len(b) || b[i] != '\\' || b[i+1] != '"' {
				return -1
			}
			if i = innerEnd(b, i+2); i < 0 {
				return -1
			}
			i += 2
			if i >= len(b) {
				return -1
			}
			if b[i] == ']' {
				break
			}
			if b[i] != ',' {
				return -1
			}
			i++
		}
	}
	i++
	if i+1 < len(b) && b[i] == '\\' && b[i+1] == 'n' {
		i += 2
	}
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	return i
}

// The bounds of a shapeCache. A sender has four to eight shapes; three senders and their retries fit. Four in a row is
// how many are tried for one body.
const (
	maxShapes = 32
	rows      = 64
	rowLen    = 4
)

// patience is how many unknown bodies are met before shapes that were of no use since the last time make room for
// others: seldom enough that bodies in an ever changing order of keys do not cost a learning each.
const patience = 4096

// A shapeCache finds the shape of a body by 16 of its bytes that senders do not vary.
type shapeCache struct {
	shapes  []*shape
	rows    [rows][rowLen]*shape
	strange int // bodies without a known shape since the last tidying
}

// place is the row for a body: of 16 bytes behind its first comma, where the event's name stands in the samples. -1 for
// a body that no shape is kept for.
func (c *shapeCache) place(b []byte) int {
	// The first comma comes behind the first value, a short number.
	const from, to, skip = 8, 40, 19 // `,"callback_event":"` has 19 bytes
	if len(b) < to+skip+16 {
		return -1
	}
	comma := bytes.IndexByte(b[from:to], ',')
	if comma < 0 {
		return -1
	}
	at := b[from+comma+skip:]
	h := binary.LittleEndian.Uint64(at)*0x9E3779B97F4A7C15 ^ binary.LittleEndian.Uint64(at[8:])*0xC2B2AE3D27D4EB4F
	return int(h >> 58) // 6 bits: one of 64 rows
}

// find looks for the shape of a body.
func (c *shapeCache) find(at int, b []byte) (form, bool) {
	f, n := c.search(at, b, true)
	return f, n == len(b)
}

// begin looks for the shape of what b begins with, n bytes of one line; none where n is not above 0.
func (c *shapeCache) begin(b []byte) (f form, n int) { return c.search(c.place(b), b, false) }

func (c *shapeCache) search(at int, b []byte, whole bool) (form, int) {
	if at < 0 {
		return form{}, -1
	}
	row := &c.rows[at]
	for k, s := range row {
		if s == nil {
			break
		}
		if !whole && !s.oneLine {
			continue
		}
		n := s.prefix(b)
		if n < 0 || whole && n != len(b) {
			continue
		}
		s.hits++
		if k > 0 { // the most recent one first
			row[k], row[k-1] = row[k-1], s
		}
		return s.form, n
	}
	return form{}, -1
}

// learn keeps the shape of a body that was read member by member.
func (c *shapeCache) learn(at int, b []byte, f *fieldScan) {
	if c.strange++; c.strange >= patience {
		c.tidy()
	}
	if at < 0 || f.fixed || len(c.shapes) >= maxShapes || c.rows[at][rowLen-1] != nil {
		return
	}
	for _, p := range f.placed(b) { // a space in source_urls and the like: a shape has no word for it
		if p.kind.end(b, p.start) != p.end {
			return
		}
	}
	s := newShape(b, f)
	if !s.match(b) {
		return // cannot be
	}
	row := &c.rows[at]
	row[slices.Index(row[:], nil)] = s
	c.shapes = append(c.shapes, s)
}

// tidy forgets the shapes that were of no use since the last time.
func (c *shapeCache) tidy() {
	c.strange = 0
	idle := func(s *shape) bool { return s.hits == 0 }
	c.shapes = slices.DeleteFunc(c.shapes, idle)
	for r := range c.rows {
		kept := 0
		for _, s := range c.rows[r] {
			if s != nil && !idle(s) {
				c.rows[r][kept] = s
				kept++
			}
		}
		clear(c.rows[r][kept:])
	}
	for _, s := range c.shapes {
		s.hits = 0
	}
}

// newShape takes the variable parts out of a body.
func newShape(b []byte, f *fieldScan) *shape {
	parts := slices.Clone(f.parts[:f.n])
	slices.SortStableFunc(parts, func(a, b varPart) int { return a.start - b.start })
	s := &shape{form: f.form, segments: make([]segment, 0, len(parts))}
	at := 0
	for _, p := range parts {
		s.segments = append(s.segments, segment{fixed: string(b[at:p.start]), kind: p.kind})
		at = p.end
	}
	s.tail = string(b[at:])
	s.oneLine = bytes.IndexByte(b, '\n') < 0
	s.steps = stepsOf(s.segments, s.tail)
	return s
}
