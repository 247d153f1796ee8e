package schema

import (
	"bytes"
	"slices"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// A shape is a callback with its variable parts taken out: key names, punctuation, event and constants, all that two
// callbacks of one sender and event have in common. A body that has the same bytes between parts of the same kinds
// is the same callback with other values, so it is as valid as the one that the shape was learnt from.
type shape struct {
	form
	segments []segment // the last one has no part
	steps    []step    // the same for matchVector
	oneLine  bool
	hits     int
}

// A partKind says what may stand in a variable part.
type partKind uint8

// The kinds. The inner ones are those of texts inside msg, as they stand in the envelope.
const (
	partNone        partKind = iota // none: the end of the callback
	partWhole                       // a whole number below 10^15, without a sign
	partMinus                       // a minus or nothing
	partText                        // the content of a string, up to its quotation mark
	partDigits                      // the same, digits alone
	partInner                       // the content of a nested string, up to its \"
	partInnerDigits                 // the same, digits alone
	partInnerSigned                 // the same, with or without a minus
	partURLs                        // the content of source_urls
)

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
const patience = 1 << 14

// A shapeCache finds the shape of a body by 16 of its bytes that senders do not vary.
type shapeCache struct {
	shapes  []*shape
	rows    [rows][rowLen]*shape
	strange int    // bodies without a known shape since the last tidying
	room    []byte // for a body that has no slack behind it
}

// place is the row for a body: of 16 bytes behind its first comma, where the event's name stands in the samples. -1 for
// a body that no shape is kept for.
func (c *shapeCache) place(b []byte) int {
	// The first comma comes behind the first value, a short number.
	const from, to, skip = 8, 40, 19 // `,"callback_event":"` has 19 bytes
	if len(b) < to+skip+16 {
		return -1
	}
	for at := from; at < to; at += 8 {
		if m := equal(word(b[at:]), ','); m != 0 {
			name := b[at+jsonscan.First(m)+skip:]
			h := word(name)*0x9E3779B97F4A7C15 ^ word(name[8:])*0xC2B2AE3D27D4EB4F
			return int(h >> 58) // 6 bits: one of 64 rows
		}
	}
	return -1
}

// find looks for the shape of a body.
func (c *shapeCache) find(at int, b []byte) (form, bool) {
	if at < 0 || c.rows[at][0] == nil {
		return form{}, false
	}
	f, n := c.search(at, c.roomy(b), true)
	return f, n == len(b)
}

// begin looks for the shape of what b begins with, n bytes of one line; none where n is not above 0.
func (c *shapeCache) begin(b []byte) (f form, n int) {
	if cap(b)-len(b) < slack {
		b = b[:max(0, cap(b)-slack)]
	}
	at := c.place(b)
	if at < 0 {
		return form{}, -1
	}
	return c.search(at, b, false)
}

// roomy is a body with slack behind it, in the cache's own memory where it has none.
func (c *shapeCache) roomy(b []byte) []byte {
	if cap(b)-len(b) >= slack {
		return b
	}
	if cap(c.room) < len(b)+slack {
		c.room = make([]byte, 0, 2*len(b)+slack)
	}
	return append(c.room[:0], b...)
}

// search goes through a row for the shape of b, or where it is not whole of what b begins with, which has n bytes.
func (c *shapeCache) search(at int, b []byte, whole bool) (f form, n int) {
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
	if s.prefix(c.roomy(b)) != len(b) {
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
	s := &shape{form: f.form, segments: make([]segment, 0, len(parts)+1), oneLine: bytes.IndexByte(b, '\n') < 0}
	at := 0
	for _, p := range parts {
		s.segments = append(s.segments, newSegment(b[at:p.start], p.kind))
		at = p.end
	}
	s.segments = append(s.segments, newSegment(b[at:], partNone))
	s.steps = stepsOf(s.segments)
	return s
}
