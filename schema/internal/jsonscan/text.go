package jsonscan

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// A Text is the decoded content of a string, with the way back to where its bytes stand. Its memory can be used for
// another one: Text.Take.
type Text struct {
	Bytes []byte
	raw   []byte
	start int    // offset of raw in the text that it was taken from
	plain bool   // it stands for itself
	marks []mark // from the second on, made as far as was asked for
	buf   []byte // that Bytes may stand in
}

// A mark is where the character that contains every markEach-th byte of the content begins.
type mark struct{ raw, decoded int32 }

// markEach is how far marks are apart, in bytes: a character is looked for from the mark before it.
const markEach = 256

// Content is what a string value stands for. Broken UTF-8 and half surrogates become U+FFFD, as in encoding/json.
func (d *Doc) Content(v Value) []byte {
	raw := d.Src[v.Start+1 : v.End-1]
	if v.Plain {
		return raw
	}
	return unescape(nil, raw)
}

// Take makes the Text that of a string value, see Doc.Content.
func (t *Text) Take(d *Doc, v Value) {
	raw := d.Src[v.Start+1 : v.End-1]
	t.Bytes, t.raw, t.start, t.plain, t.marks = raw, raw, v.Start+1, v.Plain, t.marks[:0]
	if !t.plain {
		t.buf = unescape(t.buf[:0], raw)
		t.Bytes = t.buf
	}
}

// Forget empties the Text, so that it no longer holds on to another one. The memory is kept for the next one, if it is
// little.
func (t *Text) Forget() {
	t.Bytes, t.raw = nil, nil
	if cap(t.buf) > keepText {
		t.buf, t.marks = nil, nil
	}
}

// keepText is how long a decoded text may be for its memory to be kept, in bytes.
const keepText = 64 << 10

// Offset is where in the outer text byte i of the decoded content stands; len(Bytes) gives the closing quote.
func (t *Text) Offset(i int) int {
	i = max(0, min(i, len(t.Bytes)))
	if t.plain {
		return t.start + i
	}
	if i == len(t.Bytes) {
		return t.start + len(t.raw)
	}
	at, decoded := 0, 0
	if k := i / markEach; k > 0 { // the first mark would be at the beginning
		for k > len(t.marks) {
			t.mark()
		}
		at, decoded = int(t.marks[k-1].raw), int(t.marks[k-1].decoded)
	}
	for at < len(t.raw) {
		r, next := char(t.raw, at)
		if decoded += utf8.RuneLen(r); decoded > i {
			break
		}
		at = next
	}
	return t.start + at
}

// mark sets one more mark.
func (t *Text) mark() {
	at, decoded, wanted := 0, 0, (len(t.marks)+1)*markEach
	if n := len(t.marks); n > 0 {
		at, decoded = int(t.marks[n-1].raw), int(t.marks[n-1].decoded)
	}
	for at < len(t.raw) {
		next, size := at+1, 1
		if c := t.raw[at]; c == '\\' || c >= utf8.RuneSelf {
			var r rune
			r, next = char(t.raw, at)
			size = utf8.RuneLen(r)
		}
		if decoded+size > wanted {
			break
		}
		at, decoded = next, decoded+size
	}
	t.marks = append(t.marks, mark{int32(at), int32(decoded)})
}

// unescape appends what the content of a scanned string stands for.
func unescape(out, raw []byte) []byte {
	const room = 16 // for eight bytes at a time, those behind an escape in vain, or one character
	n := len(out)
	out = slices.Grow(out, len(raw)+room)
	out = out[:cap(out)]
	for i := 0; i < len(raw); {
		if len(out)-n < room { // what is broken gets longer
			out = slices.Grow(out, len(out))
			out = out[:cap(out)]
		}
		if i+8 <= len(raw) {
			w := binary.LittleEndian.Uint64(raw[i:])
			binary.LittleEndian.PutUint64(out[n:], w)
			m := Special(w)
			k := First(m) // 8 where all stand for themselves
			i, n = i+k, n+k
			if m == 0 {
				continue
			}
		}
		c := raw[i]
		switch {
		case c == '\\' && i+1 < len(raw) && raw[i+1] != 'u':
			out[n] = escapes[raw[i+1]]
			i, n = i+2, n+1
		case c == '\\' || c >= utf8.RuneSelf:
			var r rune
			r, i = char(raw, i)
			n += utf8.EncodeRune(out[n:n+utf8.UTFMax], r)
		default:
			out[n] = c
			i, n = i+1, n+1
		}
	}
	return out[:n]
}

// char is the character at i of a scanned string's content, and the place behind it.
func char(raw []byte, i int) (rune, int) {
	if raw[i] != '\\' {
		r, n := utf8.DecodeRune(raw[i:])
		return r, i + n
	}
	if i+1 >= len(raw) {
		return utf8.RuneError, len(raw) // cannot be in a scanned string
	}
	if raw[i+1] != 'u' {
		return rune(escapes[raw[i+1]]), i + 2
	}
	r := HexAt(raw, i+2)
	i += 6
	if utf16.IsSurrogate(r) {
		if r < 0xdc00 && lowSurrogate(raw[i:]) {
			return utf16.DecodeRune(r, HexAt(raw, i+2)), i + 6
		}
		r = utf8.RuneError
	}
	return r, i
}

// lowSurrogate reports whether b starts with the second half of an escaped surrogate pair.
func lowSurrogate(b []byte) bool {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return false
	}
	r := HexAt(b, 2)
	return 0xdc00 <= r && r <= 0xdfff
}

// HexAt is the number in the four hexadecimal digits at i; negative if they are not there.
func HexAt(b []byte, i int) rune {
	if i+4 > len(b) {
		return -1
	}
	// A digit that is none has all bits set, and so has what it is combined with.
	return rune(hexDigits[b[i]])<<12 | rune(hexDigits[b[i+1]])<<8 | rune(hexDigits[b[i+2]])<<4 | rune(hexDigits[b[i+3]])
}

// hexDigits is the value of each hexadecimal digit, -1 for other bytes.
var hexDigits = func() (v [256]int8) {
	for c := range v {
		v[c] = -1
	}
	for i, c := range "0123456789" {
		v[c] = int8(i)
	}
	for i, c := range "abcdef" {
		v[c], v[c-'a'+'A'] = int8(10+i), int8(10+i)
	}
	return v
}()

// escapes is what each letter behind a backslash stands for, 0 for other bytes.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// name says what stands at the beginning of b, for an error message.
func name(b []byte) string {
	r, n := utf8.DecodeRune(b)
	switch {
	case n == 0:
		return "the end"
	case r == utf8.RuneError && n == 1, r < 0x20, r == 0x7f:
		return fmt.Sprintf("the byte 0x%02x", b[0])
	case r == '"':
		return "a quotation mark"
	case r == '\'':
		return "an apostrophe"
	case r == ',':
		return "a comma"
	case r == ':':
		return "a colon"
	case r > 0x7e:
		return fmt.Sprintf("the character U+%04X", r)
	default:
		return `"` + string(r) + `"`
	}
}
