package capture

import (
	"bytes"
	endian "encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// is reports whether a string, with its quotes and escapes, has a value.
func is(literal []byte, value string) bool {
	if bytes.IndexByte(literal, '\\') < 0 {
		return string(literal[1:len(literal)-1]) == value
	}
	return string(new(memory).unquote(literal)) == value
}

// space is the first place from i on that is no white space.
func space(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// A memory holds a text that is made of another one. It is used again for the next.
type memory []byte

// slack is how much room is left behind a text in bytes: bodies are judged fastest with some; see schema.Validator.Line.
const slack = 64

// room is an empty text with room for so many bytes.
func (m *memory) room(n int) []byte {
	if cap(*m) < n+slack {
		*m = make([]byte, 0, n+n/4+slack)
	}
	return (*m)[:0]
}

// unquote is the bytes that a string with its quotes stands for; in the memory if it has escapes. Bytes that are no UTF-8
// are kept, unlike encoding/json does it: the body in a string must not be mended on the way to its judge.
func (m *memory) unquote(literal []byte) []byte { return m.unescape(literal[1 : len(literal)-1]) }

// unescape is a text with its escapes undone: those of JSON, \xHH as nginx and Apache write them, and \v of Apache. What is
// no escape stays as it is. A text without a backslash is the text itself.
func (m *memory) unescape(text []byte) []byte {
	i := bytes.IndexByte(text, '\\')
	if i < 0 {
		return text
	}
	// No escape stands for more bytes than it has itself. Eight bytes are copied at once, though fewer may count.
	to := m.room(len(text))
	to = to[:cap(to)]
	n := copy(to, text[:i])
	for i < len(text) {
		if i+8 <= len(text) {
			w := endian.LittleEndian.Uint64(text[i:])
			endian.LittleEndian.PutUint64(to[n:], w)
			slash := w ^ ones*'\\'
			marks := (slash - ones) &^ slash & highs
			if marks == 0 {
				i, n = i+8, n+8
				continue
			}
			plain := bits.TrailingZeros64(marks) / 8
			i, n = i+plain, n+plain
		}
		c := text[i]
		if c != '\\' || i+1 == len(text) {
			to[n] = c
			i, n = i+1, n+1
			continue
		}
		switch c = text[i+1]; c {
		case '"', '\\', '/':
			to[n] = c
			i, n = i+2, n+1
		default:
			out, size := escape(to[:n], text[i:])
			i, n = i+size, len(out)
		}
	}
	return to[:n]
}

// escape appends what the escape stands for with which a text of at least two bytes begins, and tells its length.
func escape(to, text []byte) ([]byte, int) {
	switch c := text[1]; c {
	case '"', '\\', '/':
		return append(to, c), 2
	case 'n':
		return append(to, '\n'), 2
	case 'r':
		return append(to, '\r'), 2
	case 't':
		return append(to, '\t'), 2
	case 'b':
		return append(to, '\b'), 2
	case 'f':
		return append(to, '\f'), 2
	case 'v':
		return append(to, '\v'), 2
	case 'x':
		if v, ok := hexa(text, 2, 2); ok {
			return append(to, byte(v)), 4 //nolint:gosec // two digits
		}
	case 'u':
		v, ok := hexa(text, 2, 4)
		if !ok {
			break
		}
		if !utf16.IsSurrogate(v) {
			return utf8.AppendRune(to, v), 6
		}
		if len(text) > 7 && text[6] == '\\' && text[7] == 'u' {
			if low, ok := hexa(text, 8, 4); ok {
				if r := utf16.DecodeRune(v, low); r != utf8.RuneError {
					return utf8.AppendRune(to, r), 12
				}
			}
		}
		return utf8.AppendRune(to, utf8.RuneError), 6
	}
	return append(to, '\\'), 1
}

// hexa is the number that n digits from i on write.
func hexa(text []byte, i, n int) (v rune, ok bool) {
	if len(text) < i+n {
		return 0, false
	}
	for _, c := range text[i : i+n] {
		d := digits[c]
		if d == 0 {
			return 0, false
		}
		v = v<<4 | rune(d-1)
	}
	return v, true
}

// digits are the hexadecimal ones, and what each counts plus one.
var digits = func() (d [256]uint8) {
	for v, c := range []byte("0123456789abcdef") {
		d[c] = uint8(v + 1)
		d[bytes.ToUpper([]byte{c})[0]] = d[c]
	}
	return d
}()
