package capture

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The functions of this file walk over JSON that is known to be valid, and copy nothing that they need not.

// find is the place of the value at a path of member names and array indexes. Of members with one name the last counts,
// as it does for encoding/json.
func find(text []byte, path []string) (start, end int, ok bool) {
	start, end = space(text, 0), len(text)
	for _, name := range path {
		switch text[start] {
		case '{':
			start, end = member(text, start, name)
		case '[':
			start, end = item(text, start, name)
		default:
			return 0, 0, false
		}
		if start < 0 {
			return 0, 0, false
		}
	}
	return start, end, true
}

// member is where the value of a member of the object at i lies; -1 if there is none.
func member(text []byte, i int, name string) (start, end int) {
	start = -1
	for i = space(text, i+1); text[i] != '}'; {
		behindKey := behind(text, i)
		key := text[i:behindKey]
		i = space(text, space(text, behindKey)+1) // behind the colon
		behindValue := behind(text, i)
		if is(key, name) {
			start, end = i, behindValue
		}
		if i = space(text, behindValue); text[i] == ',' {
			i = space(text, i+1)
		}
	}
	return start, end
}

// is reports whether a string, with its quotes and escapes, has a value.
func is(literal []byte, value string) bool {
	if bytes.IndexByte(literal, '\\') < 0 {
		return string(literal[1:len(literal)-1]) == value
	}
	return string(unquote(literal)) == value
}

// item is where an element of the array at i lies; -1 if there is none.
func item(text []byte, i int, index string) (start, end int) {
	n, err := strconv.Atoi(index)
	if err != nil || strconv.Itoa(n) != index {
		return -1, 0
	}
	for i = space(text, i+1); text[i] != ']'; n-- {
		end = behind(text, i)
		if n == 0 {
			return i, end
		}
		if i = space(text, end); text[i] == ',' {
			i = space(text, i+1)
		}
	}
	return -1, 0
}

// space is the first place from i on that is no white space.
func space(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// behind is the place behind the value that begins at i.
func behind(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth > 0 {
				continue
			}
			for ; i < len(text); i++ {
				switch text[i] {
				case ' ', '\t', '\r', '\n', ',', ']', '}':
					return i
				}
			}
			return i
		}
		if depth == 0 {
			return i + 1
		}
	}
	return i
}

// unquote is the bytes that a string with its quotes stands for. Bytes that are no UTF-8 are kept, unlike encoding/json
// does it: the body in a string must not be mended on the way to its judge.
func unquote(literal []byte) []byte {
	text := literal[1 : len(literal)-1]
	return unescape(make([]byte, 0, len(text)), text)
}

// unescape appends a text with its escapes undone: those of JSON, \xHH as nginx and Apache write them, and \v of Apache.
// What is no escape stays as it is.
func unescape(to, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return append(to, text...)
		}
		to = append(to, text[:i]...)
		var n int
		to, n = escape(to, text[i:])
		text = text[i+n:]
	}
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
func hexa(text []byte, i, n int) (rune, bool) {
	if len(text) < i+n {
		return 0, false
	}
	v, err := strconv.ParseUint(string(text[i:i+n]), 16, 32)
	return rune(v), err == nil //nolint:gosec // four digits at most
}
