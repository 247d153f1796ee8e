package validate

import (
	"strings"
	"unicode/utf8"
)

// sentence is a finding's message without what differs from document to document: the value, the entry's number, the length.
// What it says of the value is its type, which is what findings have in common.
func sentence(message string) string {
	for _, join := range []string{", but is ", ", but holds "} {
		if head, value, ok := strings.Cut(message, join); ok {
			return entry(head) + join + typeOf(value)
		}
	}
	for _, v := range []struct{ before, after string }{
		{"the body has ", " bytes"}, {"it is not valid UTF-8: byte ", " "}, {"is not valid UTF-8: byte ", " "},
	} {
		if head, rest, ok := strings.Cut(message, v.before); ok {
			if _, tail, ok := strings.Cut(rest, v.after); ok {
				return head + v.before + "…" + v.after + tail
			}
		}
	}
	return message
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

// entry takes the number out of "entry 3 of source_urls".
func entry(head string) string {
	if rest, ok := strings.CutPrefix(head, "entry "); ok {
		if _, of, ok := strings.Cut(rest, " of "); ok {
			return "an entry of " + of
		}
	}
	return head
}

// anyIndex is a pointer with a star for each number: what is wrong with one entry of an array is wrong with all.
func anyIndex(pointer string) string {
	if !strings.ContainsAny(pointer, "0123456789") {
		return pointer
	}
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		bare, nested := strings.CutSuffix(t, "#")
		if bare != "" && strings.Trim(bare, "0123456789") == "" {
			tokens[i] = "*"
			if nested {
				tokens[i] = "*#"
			}
		}
	}
	return strings.Join(tokens, "/")
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
