package schema

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// skipPlain is jsonscan.SkipPlain.
func skipPlain(b []byte, i int) int { return jsonscan.SkipPlain(b, i) }

// textEnd is the place of the quotation mark that ends a string whose content begins at i; -1 where the string is not
// plainly in order. escaped reports whether the content has to be decoded.
func textEnd(b []byte, i int) (end int, escaped bool) {
	for {
		var short bool
		i, short = skipText(b, i)
		escaped = escaped || short
		if i >= len(b) {
			return -1, false
		}
		switch c := b[i]; {
		case c == '"':
			return i, escaped
		case c == '\\':
			escaped = true
			if i = escapeEnd(b, i); i < 0 {
				return -1, false
			}
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				return -1, false
			}
			i += n
		default:
			return -1, false
		}
	}
}

// skipText is the place of the first byte from i on that is neither plain nor of an escape sequence of two bytes; escaped
// reports whether there were such.
func skipText(b []byte, i int) (at int, escaped bool) {
	if vectors && cap(b)-len(b) >= slack {
		return skipTextVector(b, i)
	}
	return skipTextPortable(b, i)
}

func skipTextPortable(b []byte, i int) (at int, escaped bool) {
	for {
		i = skipPlain(b, i)
		if i+1 >= len(b) || b[i] != '\\' || escapeLetters[b[i+1]] == 0 {
			return i, escaped
		}
		i, escaped = i+2, true
	}
}

// escapeEnd is the place behind the escape sequence at i, a surrogate pair being one; -1 where it is wrong.
func escapeEnd(b []byte, i int) int {
	if i+1 >= len(b) {
		return -1
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		u := jsonscan.HexAt(b, i+2)
		switch {
		case u < 0:
			return -1
		case u < 0xd800 || u > 0xdfff:
			return i + 6
		case u < 0xdc00 && i+8 <= len(b) && b[i+6] == '\\' && b[i+7] == 'u':
			if low := jsonscan.HexAt(b, i+8); 0xdc00 <= low && low <= 0xdfff {
				return i + 12
			}
		}
	}
	return -1
}

// innerEnd is the place of the \" that ends a string inside a nested text, as it stands in the envelope: every backslash
// of the nested text is doubled there. -1 where the string is not plainly in order; decoding it may tell more.
func innerEnd(b []byte, i int) int {
	for {
		i = skipPlain(b, i)
		if i+1 >= len(b) {
			return -1
		}
		switch c := b[i]; {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				return -1
			}
			i += n
		case c != '\\':
			return -1
		case b[i+1] == '"':
			return i
		case b[i+1] == '/':
			i += 2
		case b[i+1] == 'u':
			u := jsonscan.HexAt(b, i+2)
			if u < 0x20 || u == '"' || u == '\\' || 0xd800 <= u && u <= 0xdfff {
				return -1
			}
			i += 6
		case b[i+1] == '\\':
			if i = innerEscapeEnd(b, i+2); i < 0 {
				return -1
			}
		default: // \n and the like are control characters in the nested text
			return -1
		}
	}
}

// innerEscapeEnd is the place behind a nested escape sequence whose own backslash, two in the envelope, ends before i.
func innerEscapeEnd(b []byte, i int) int {
	if i+1 >= len(b) {
		return -1
	}
	switch b[i] {
	case '\\': // of the envelope: \\ or \" or \/ of the nested text
		if c := b[i+1]; c == '"' || c == '\\' || c == '/' {
			return i + 2
		}
	case '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		if u := jsonscan.HexAt(b, i+1); u >= 0 && (u < 0xd800 || u > 0xdfff) {
			return i + 5
		}
	}
	return -1
}

// digitsEnd is the place behind the digits from i on.
func digitsEnd(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// maxDigits is how many digits a number may have to be below 2^53 for sure.
const maxDigits = 15

// wholeEnd is the place behind a whole number without a sign that begins at i and has at most maxDigits; -1 if there is
// none.
func wholeEnd(b []byte, i int) int {
	end := digitsEnd(b, i)
	if n := end - i; n == 0 || n > maxDigits || n > 1 && b[i] == '0' {
		return -1
	}
	return end
}

// decodeText is what the content of a string stands for, in the memory of out if there is enough. textEnd has found it
// in order.
func decodeText(out, raw []byte) []byte {
	// Eight bytes are copied at a time, those behind a backslash in vain, so there has to be room for them. What is decoded
	// is searched next.
	if cap(out) < len(raw)+8 {
		out = make([]byte, len(raw)+slack, 2*len(raw)+slack)
	}
	out = out[:cap(out)]
	n := 0
	for i := 0; i < len(raw); {
		if i+8 <= len(raw) {
			w := word(raw[i:])
			binary.LittleEndian.PutUint64(out[n:], w)
			escape := equal(w, '\\')
			k := jsonscan.First(escape) // 8 where there is none
			i, n = i+k, n+k
			if escape == 0 {
				continue
			}
		} else if raw[i] != '\\' {
			out[n] = raw[i]
			i, n = i+1, n+1
			continue
		}
		if i+1 >= len(raw) {
			break // cannot be: textEnd has seen it
		}
		if raw[i+1] != 'u' {
			out[n] = escapeLetters[raw[i+1]]
			i, n = i+2, n+1
			continue
		}
		u := jsonscan.HexAt(raw, i+2)
		i += 6
		if 0xd800 <= u && u <= 0xdfff {
			u = 0x10000 + (u-0xd800)<<10 + jsonscan.HexAt(raw, i+2) - 0xdc00
			i += 6
		}
		n += utf8.EncodeRune(out[n:n+4], u)
	}
	return out[:n]
}

// readText is textEnd and decodeText in one walk, for texts with many escapes: end is the place of the quotation mark that ends
// the string, negative where it is not plainly in order, and text what its content stands for, in the memory of out if there
// is enough.
func readText(out, b []byte, i int) (text []byte, end int) {
	const room = 8 + slack // for eight bytes at a time, or one character; what is decoded is searched next
	out = out[:cap(out)]
	n := 0
	for i < len(b) {
		if len(out)-n < room {
			out = append(out[:n], make([]byte, n+4*room)...)
			out = out[:cap(out)]
		}
		if i+8 <= len(b) {
			w := word(b[i:])
			binary.LittleEndian.PutUint64(out[n:], w)
			m := jsonscan.Special(w)
			k := jsonscan.First(m) // 8 where there is none
			i, n = i+k, n+k
			if m == 0 {
				continue
			}
		}
		switch c := b[i]; {
		case c == '"':
			return out[:n], i
		case c == '\\' && i+1 < len(b) && escapeLetters[b[i+1]] != 0:
			out[n] = escapeLetters[b[i+1]]
			i, n = i+2, n+1
		case c == '\\':
			behind := escapeEnd(b, i)
			if behind < 0 {
				return out[:n], -1
			}
			n += len(decodeText(out[n:n], b[i:behind]))
			i = behind
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size == 1 {
				return out[:n], -1
			}
			n += copy(out[n:], b[i:i+size])
			i += size
		case c < ' ':
			return out[:n], -1
		default:
			out[n] = c
			i, n = i+1, n+1
		}
	}
	return out[:n], -1
}

var escapeLetters = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}
