package capture

import (
	endian "encoding/binary"
	"math/bits"
)

// A balance follows a JSON text from byte to byte as far as it takes to know where a value ends: it counts braces and
// brackets outside of strings. Whether the text is JSON is for others to say.
type balance struct {
	depth   int
	kinds   uint64 // for each of the outermost 64 levels, 1 for an object and 0 for an array; the innermost is bit 0
	inText  bool
	escaped bool
	last    byte // the last byte outside of strings that is not white space; a quote for a string
	broken  bool // a line ended inside a string, which JSON does not have
}

// feed takes in bytes until the value ends, or a line ends inside a string, and returns how many it took.
func (b *balance) feed(p []byte) int {
	for i := 0; i < len(p); {
		if b.inText {
			if i = b.text(p, i); b.broken {
				return i
			}
			continue
		}
		c := p[i]
		i++
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			b.inText = true
		case '{', '[':
			b.depth++
			b.kinds <<= 1
			if c == '{' {
				b.kinds |= 1
			}
		case '}', ']':
			b.depth--
			b.kinds >>= 1
			if b.depth <= 0 {
				b.last = c
				return i
			}
		}
		b.last = c
	}
	return len(p)
}

// text takes in the bytes of a string from i on, as far as they are there, and returns the place behind them.
func (b *balance) text(p []byte, i int) int {
	if b.escaped {
		b.escaped, b.broken = false, p[i] == '\n'
		i++
	}
	for i < len(p) && !b.broken {
		if i+8 <= len(p) {
			marks := notPlain(endian.LittleEndian.Uint64(p[i:]))
			if marks == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(marks) / 8
		}
		c := p[i]
		i++
		switch {
		case c == '"':
			b.inText, b.last = false, '"'
			return i
		case c == '\n':
			b.broken = true
		case c == '\\' && i == len(p):
			b.escaped = true
		case c == '\\':
			b.broken = p[i] == '\n'
			i++
		}
	}
	return i
}

// done reports whether the value that began with a brace or bracket has ended.
func (b *balance) done() bool { return b.depth <= 0 && (b.last == '}' || b.last == ']') }

// mayOpen reports whether JSON allows an object to begin here: after a colon in an object, at the beginning or after a
// comma in an array. Where it may not, the document before was cut and this is the next.
func (b *balance) mayOpen() bool {
	if b.inText || b.depth <= 0 {
		return false
	}
	if b.depth <= 64 && b.kinds&1 == 1 {
		return b.last == ':'
	}
	return b.last == '[' || b.last == ','
}
