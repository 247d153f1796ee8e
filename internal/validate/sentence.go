package validate

import (
	"strings"
	"unicode/utf8"
)

// appendSentence appends a finding's message without what differs from document to document: the value, the entry's number,
// the length. What it says of the value is its type, which is what findings have in common.
func appendSentence(to []byte, message string) []byte {
	if strings.Contains(message, ", but ") {
		for _, join := range [...]string{", but is ", ", but holds "} {
			if head, value, ok := strings.Cut(message, join); ok {
				return append(append(appendEntry(to, head), join...), typeOf(value)...)
			}
		}
	}
	for _, v := range [...]struct{ before, after string }{
		{"the body has ", " bytes"}, {"it is not valid UTF-8: byte ", " "}, {"is not valid UTF-8: byte ", " "},
	} {
		if head, rest, ok := strings.Cut(message, v.before); ok {
			if _, tail, ok := strings.Cut(rest, v.after); ok {
				return append(append(append(append(append(to, head...), v.before...), "…"...), v.after...), tail...)
			}
		}
	}
	if head := strings.TrimRight(message, "0123456789"); len(head) < len(message) && strings.HasSuffix(head, " byte ") {
		return append(append(to, head...), "…"...)
	}
	return append(to, message...)
}

// typeOf is what a message says of a value, without the value.
func typeOf(value string) string {
	switch {
	case strings.HasPrefix(value, "the number "), isNumber(value):
		return "a number"
	case strings.HasPrefix(value, "the text "), strings.HasPrefix(value, "text of "):
		return "text"
	case value == "true", value == "false":
		return "true or false"
	default:
		return value
	}
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789+-.eE…") == ""
}

// appendEntry appends "entry 3 of source_urls" without the number.
func appendEntry(to []byte, head string) []byte {
	if rest, ok := strings.CutPrefix(head, "entry "); ok {
		if _, of, ok := strings.Cut(rest, " of "); ok {
			return append(append(to, "an entry of "...), of...)
		}
	}
	return append(to, head...)
}

// appendPointer appends a pointer with a star for each number: what is wrong with one entry of an array is wrong with all.
func appendPointer(to []byte, pointer string) []byte {
	for {
		end := strings.IndexByte(pointer, '/')
		token := pointer
		if end >= 0 {
			token = pointer[:end]
		}
		if bare, nested := strings.CutSuffix(token, "#"); !isIndex(bare) {
			to = append(to, token...)
		} else if to = append(to, '*'); nested {
			to = append(to, '#')
		}
		if end < 0 {
			return to
		}
		to, pointer = append(to, '/'), pointer[end+1:]
	}
}

// isIndex reports whether a token of a pointer is a number.
func isIndex(token string) bool {
	for i := range len(token) {
		if token[i] < '0' || token[i] > '9' {
			return false
		}
	}
	return token != ""
}

// cut shortens a text to at most so many bytes, at the border of a character, and says so.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// cutFrom is cut for what was appended behind the first from bytes.
func cutFrom(b []byte, from, limit int) []byte {
	if len(b)-from <= limit {
		return b
	}
	return append(b[:from], cut(string(b[from:]), limit)...)
}
