package capture

import (
	endian "encoding/binary"
	"math/bits"
	"strconv"
)

// A hunt walks over a JSON text once: it sees whether the text is JSON, and finds the values that some paths of member
// names and array indexes lead to. Of members with one name the last counts, as it does for encoding/json. It copies
// nothing.
type hunt struct {
	text  []byte
	paths [][]string // at most eight
	found [8]span
}

// A span is a part of a text; that which begins at 0 and ends there is none.
type span struct{ start, end int }

func (s span) ok() bool              { return s.end > 0 }
func (s span) in(text []byte) []byte { return text[s.start:s.end] }

// A trail is a set of paths: those that led to where the hunt is.
type trail uint8

// maxDepth is how deep arrays and objects may lie in one another, as for encoding/json.
const maxDepth = 10_000

// run reports whether a text is JSON, and where in it the values are.
func (h *hunt) run(text []byte, paths ...[]string) bool {
	h.text, h.paths = text, paths
	clear(h.found[:])
	end := h.value(space(text, 0), 0, 1<<len(paths)-1)
	return end > 0 && space(text, end) == len(text)
}

// at is a byte of the text; 0, which JSON does not have, behind its end.
func (h *hunt) at(i int) byte {
	if i < len(h.text) {
		return h.text[i]
	}
	return 0
}

// value is the place behind the value that begins at i; -1 if it is none. depth is how many names lead to it.
func (h *hunt) value(i, depth int, on trail) (end int) {
	switch c := h.at(i); c {
	case '{':
		end = h.object(i, depth, on)
	case '[':
		end = h.array(i, depth, on)
	case '"':
		end = behindString(h.text, i)
	case 't':
		end = h.word(i, "true")
	case 'f':
		end = h.word(i, "false")
	case 'n':
		end = h.word(i, "null")
	default:
		end = h.number(i)
	}
	if on != 0 {
		for p := range h.paths {
			if on&(1<<p) != 0 && len(h.paths[p]) == depth {
				h.found[p] = span{i, end}
			}
		}
	}
	return end
}

// object is value for one that begins with a brace.
func (h *hunt) object(i, depth int, on trail) int {
	if depth >= maxDepth {
		return -1
	}
	i = space(h.text, i+1)
	if h.at(i) == '}' {
		return i + 1
	}
	for {
		if h.at(i) != '"' {
			return -1
		}
		end := behindString(h.text, i)
		if end < 0 {
			return -1
		}
		var next trail
		for p := range h.paths {
			if on&(1<<p) != 0 && len(h.paths[p]) > depth && is(h.text[i:end], h.paths[p][depth]) {
				next |= 1 << p
				h.found[p] = span{} // of a member before with the same name
			}
		}
		if i = space(h.text, end); h.at(i) != ':' {
			return -1
		}
		if i = h.value(space(h.text, i+1), depth+1, next); i < 0 {
			return -1
		}
		switch i = space(h.text, i); h.at(i) {
		case ',':
			i = space(h.text, i+1)
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

// array is value for one that begins with a bracket.
func (h *hunt) array(i, depth int, on trail) int {
	if depth >= maxDepth {
		return -1
	}
	i = space(h.text, i+1)
	if h.at(i) == ']' {
		return i + 1
	}
	for n := 0; ; n++ {
		var next trail
		for p := range h.paths {
			if on&(1<<p) != 0 && len(h.paths[p]) > depth && h.paths[p][depth] == strconv.Itoa(n) {
				next |= 1 << p
			}
		}
		if i = h.value(i, depth+1, next); i < 0 {
			return -1
		}
		switch i = space(h.text, i); h.at(i) {
		case ',':
			i = space(h.text, i+1)
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

func (h *hunt) word(i int, word string) int {
	if end := i + len(word); end <= len(h.text) && string(h.text[i:end]) == word {
		return end
	}
	return -1
}

func (h *hunt) number(i int) int {
	if h.at(i) == '-' {
		i++
	}
	if h.at(i) == '0' {
		i++
	} else if i = h.digits(i); i < 0 {
		return -1
	}
	if h.at(i) == '.' {
		if i = h.digits(i + 1); i < 0 {
			return -1
		}
	}
	if h.at(i)|0x20 == 'e' {
		i++
		if c := h.at(i); c == '+' || c == '-' {
			i++
		}
		i = h.digits(i)
	}
	return i
}

// digits is the place behind one digit or more.
func (h *hunt) digits(i int) int {
	start := i
	for c := h.at(i); '0' <= c && c <= '9'; c = h.at(i) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// behindString is the place behind the string that begins at i, or -1.
func behindString(text []byte, i int) int {
	i++
	for i < len(text) {
		if i+8 <= len(text) {
			marks := notPlain(endian.LittleEndian.Uint64(text[i:]))
			if marks == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(marks) / 8
		}
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			n := escapeLength(text[i:])
			if n == 0 {
				return -1
			}
			i += n
		case c < ' ':
			return -1
		default:
			i++
		}
	}
	return -1
}

// escapeLength is the length of the escape of JSON with which a text begins; 0 if that is none.
func escapeLength(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hexa(text, 2, 4); ok {
			return 6
		}
	}
	return 0
}

// The bytes of a word all at once; each has 0x01 or 0x80.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// notPlain has the highest bit of each byte set that is a quote, a backslash or a control character. Bytes behind the first
// of them may be marked without being one.
func notPlain(w uint64) uint64 {
	quote, slash := w^ones*'"', w^ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*' ')&^w) & highs
}
