package shape

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

func isASCII(text []byte) bool {
	for ; len(text) >= 8; text = text[8:] {
		if binary.LittleEndian.Uint64(text)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unescape appends what a text says, and notes how it is written.
func (w *walker) unescape(to, raw []byte) []byte {
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 || at+1 >= len(raw) {
			return append(to, raw...)
		}
		to = append(to, raw[:at]...)
		c := raw[at+1]
		raw = raw[at+2:]
		switch c {
		case 'b':
			to = append(to, '\b')
		case 'f':
			to = append(to, '\f')
		case 'n':
			to = append(to, '\n')
		case 'r':
			to = append(to, '\r')
		case 't':
			to = append(to, '\t')
		case 'u':
			r := hex4(raw)
			raw = raw[min(4, len(raw)):]
			if utf16.IsSurrogate(r) && len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
				if both := utf16.DecodeRune(r, hex4(raw[2:])); both != utf8.RuneError {
					r, raw = both, raw[6:]
				}
			}
			w.escaped(r)
			to = utf8.AppendRune(to, r)
		case '/':
			w.style |= 1 << mannerSlash
			to = append(to, c)
		default:
			to = append(to, c)
		}
	}
}

// escaped notes a character that is written as \u.
func (w *walker) escaped(r rune) {
	switch {
	case r >= utf8.RuneSelf:
		w.style |= 1 << mannerEscaped
	case r == '&' || r == '<' || r == '>':
		w.style |= 1 << mannerMarkup
	case r >= ' ':
		w.style |= 1 << mannerPlain
	}
}

// hex4 is the number that four hexadecimal digits write.
func hex4(text []byte) rune {
	if len(text) < 4 {
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(string(text[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(v) //nolint:gosec // four digits
}
