package emitter

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// quote appends a JSON string. Minimal escapes are those of JsonCpp's FastWriter, which the samples point to
// (sorted keys, newline at the end of source_urls): short escapes where JSON has them, \u and upper-case hex
// for the other control characters, '/' unescaped. That CSS is built on it is inferred, and so is plain UTF-8 for
// non-ASCII: FastWriter wrote it so for years, newer versions write \u escapes, and receivers must read both.
// Bytes that are not UTF-8 are written as they are.
func (e Escapes) quote(out []byte, s string) []byte {
	out = append(out, '"')
	if e == EscapeUnicode {
		return append(allEscaped(out, s), '"')
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\' || (c == '/' && e == EscapeSlashes):
			out = append(out, '\\', c)
		case c >= 0x20:
			out = append(out, c)
		default:
			out = control(out, c)
		}
	}
	return append(out, '"')
}

func control(out []byte, c byte) []byte {
	switch c {
	case '\b':
		return append(out, `\b`...)
	case '\f':
		return append(out, `\f`...)
	case '\n':
		return append(out, `\n`...)
	case '\r':
		return append(out, `\r`...)
	case '\t':
		return append(out, `\t`...)
	}
	return fmt.Appendf(out, `\u%04X`, c)
}

func allEscaped(out []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, s[i])
		case '0' <= r && r <= '9', 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z':
			out = append(out, s[i])
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}
