package jsonscan

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// A Text is the decoded content of a string, with the way back to where its bytes stand.
type Text struct {
	Bytes   []byte
	raw     []byte
	start   int   // offset of raw in the text that it was taken from
	offsets []int // offset in raw of each byte; made when first asked for; nil where nothing is escaped
	escaped bool
}

// Text decodes a string value. Broken UTF-8 and half surrogates become U+FFFD, as in encoding/json.
func (d *Doc) Text(v Value) Text {
	raw := d.Src[v.Start+1 : v.End-1]
	t := Text{Bytes: raw, raw: raw, start: v.Start + 1}
	if t.escaped = !plain(raw); t.escaped {
		t.Bytes = unescape(raw)
	}
	return t
}

// Offset is where in the outer text byte i of the decoded content stands; len(Bytes) gives the closing quote.
func (t *Text) Offset(i int) int {
	if !t.escaped {
		return t.start + i
	}
	if t.offsets == nil {
		t.offsets = make([]int, 0, len(t.Bytes)+1)
		walk(t.raw, func(at int, r rune) {
			for range utf8.RuneLen(r) {
				t.offsets = append(t.offsets, at)
			}
		})
		t.offsets = append(t.offsets, len(t.raw))
	}
	return t.start + t.offsets[max(0, min(i, len(t.offsets)-1))]
}

// plain reports whether raw stands for itself: nothing escaped, nothing broken.
func plain(raw []byte) bool {
	for i := range raw {
		if raw[i] == '\\' {
			return false
		}
		if raw[i] >= utf8.RuneSelf {
			return utf8.Valid(raw) && bytes.IndexByte(raw[i:], '\\') < 0
		}
	}
	return true
}

// unescape decodes the content of a string that was scanned before.
func unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	walk(raw, func(_ int, r rune) { out = utf8.AppendRune(out, r) })
	return out
}

// walk calls do for every character of a scanned string's content, with the offset where it stands.
func walk(raw []byte, do func(at int, r rune)) {
	for i := 0; i < len(raw); {
		at := i
		if raw[i] != '\\' {
			r, n := utf8.DecodeRune(raw[i:])
			i += n
			do(at, r)
			continue
		}
		if i+1 >= len(raw) {
			return // cannot be in a scanned string
		}
		r := rune(simple(raw[i+1]))
		i += 2
		if r == 'u' && i+4 <= len(raw) {
			r = hex4(raw[i:])
			i += 4
			if utf16.IsSurrogate(r) {
				if r < 0xdc00 && lowSurrogate(raw[i:]) {
					r = utf16.DecodeRune(r, hex4(raw[i+2:]))
					i += 6
				} else {
					r = utf8.RuneError
				}
			}
		}
		do(at, r)
	}
}

// simple is what an escape letter stands for.
func simple(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}

// lowSurrogate reports whether b starts with the second half of an escaped surrogate pair.
func lowSurrogate(b []byte) bool {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return false
	}
	for _, c := range b[2:6] {
		if !isHex(c) {
			return false
		}
	}
	r := hex4(b[2:])
	return 0xdc00 <= r && r <= 0xdfff
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c <= '9':
			c -= '0'
		case c <= 'F':
			c -= 'A' - 10
		default:
			c -= 'a' - 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

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
