package redact

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	_ = json.Unmarshal([]byte(raw), &s) // a string of a text that is valid JSON
	return s
}

// requote replaces the content of a string. What stays the same keeps its bytes; else the escapes are of the style that
// the string had: whether slashes, markup and letters beyond ASCII were escaped, and in which case.
func requote(raw string, change func(string) string) string {
	before := unquote(raw)
	after := change(before)
	if after == before {
		return raw
	}
	return styleOf(raw).quote(after)
}

// A style says what was escaped that need not be.
type style struct{ slash, markup, letters, upper bool }

func styleOf(raw string) style {
	var s style
	for i := strings.IndexByte(raw, '\\'); i >= 0 && i+1 < len(raw); {
		i++ // to what is escaped
		switch raw[i] {
		case '/':
			s.slash = true
		case 'u':
			digits := raw[i+1 : i+5]
			n, _ := strconv.ParseUint(digits, 16, 32) // of valid JSON
			s.markup = s.markup || n < utf8.RuneSelf && strings.IndexByte("&<>", byte(n)) >= 0
			s.letters = s.letters || n >= utf8.RuneSelf
			s.upper = s.upper || strings.ContainsAny(digits, "ABCDEF")
		}
		next := strings.IndexByte(raw[i+1:], '\\')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return s
}

// short are the escapes of two characters.
var short = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

func (s style) quote(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, c := range text {
		escape, isShort := short[c]
		switch {
		case isShort:
			out.WriteString(escape)
		case c == '/' && s.slash:
			out.WriteString(`\/`)
		case c < ' ', s.markup && strings.ContainsRune("&<>", c), s.letters && c >= utf8.RuneSelf:
			s.escape(&out, c)
		default:
			out.WriteRune(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}

func (s style) escape(out *strings.Builder, c rune) {
	form := `\u%04x`
	if s.upper {
		form = `\u%04X`
	}
	if first, second := utf16.EncodeRune(c); first != utf8.RuneError {
		fmt.Fprintf(out, form+form, first, second)
		return
	}
	fmt.Fprintf(out, form, c)
}
