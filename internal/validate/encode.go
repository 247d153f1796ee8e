package validate

import (
	"strconv"
	"unicode/utf8"
)

// appendRecord appends a record as JSON on one line, as compact gives it, to the byte. Reflection takes several times as
// long, and a capture may have a million records to tell of.
func appendRecord(dst []byte, rec *Record) []byte {
	dst = appendText(append(dst, `{"source":`...), rec.Source)
	dst = strconv.AppendInt(append(dst, `,"line":`...), int64(rec.Line), 10)
	dst = strconv.AppendInt(append(dst, `,"offset":`...), rec.Offset, 10)
	if rec.Within != "" {
		dst = appendText(append(dst, `,"within":`...), rec.Within)
	}
	dst = appendText(append(dst, `,"verdict":`...), string(rec.Verdict))
	dst = appendText(append(dst, `,"kind":`...), string(rec.Kind))
	dst = appendText(append(dst, `,"event":`...), rec.Event)
	if rec.Unreadable {
		dst = append(dst, `,"unreadable":true`...)
	}
	dst = appendList(append(dst, `,"editions":`...), len(rec.Editions), rec.Editions == nil, func(dst []byte, i int) []byte {
		return appendText(dst, string(rec.Editions[i]))
	})
	dst = appendList(append(dst, `,"violations":`...), len(rec.Violations), rec.Violations == nil, func(dst []byte, i int) []byte {
		return appendViolation(dst, &rec.Violations[i])
	})
	if rec.Omitted != 0 {
		dst = strconv.AppendInt(append(dst, `,"omitted":`...), int64(rec.Omitted), 10)
	}
	return append(dst, '}')
}

func appendViolation(dst []byte, v *Violation) []byte {
	dst = appendText(append(dst, `{"code":`...), v.Code)
	dst = appendText(append(dst, `,"severity":`...), string(v.Severity))
	dst = appendText(append(dst, `,"pointer":`...), v.Pointer)
	dst = appendText(append(dst, `,"message":`...), v.Message)
	if v.Edition != "" {
		dst = appendText(append(dst, `,"edition":`...), string(v.Edition))
	}
	dst = strconv.AppendInt(append(dst, `,"line":`...), int64(v.Line), 10)
	if v.Column != 0 {
		dst = strconv.AppendInt(append(dst, `,"column":`...), int64(v.Column), 10)
	}
	dst = strconv.AppendInt(append(dst, `,"offset":`...), v.Offset, 10)
	if v.Decoded != nil {
		dst = strconv.AppendInt(append(dst, `,"decoded_offset":`...), int64(*v.Decoded), 10)
	}
	return append(dst, '}')
}

// appendList appends n elements as an array; a list that is nil is null.
func appendList(dst []byte, n int, isNil bool, element func(dst []byte, i int) []byte) []byte {
	if isNil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = element(dst, i)
	}
	return append(dst, ']')
}

// appendText appends a string with <, > and & as they are. U+2028 and U+2029 are escaped, since JavaScript once took them for
// the end of a line; what is no UTF-8 becomes U+FFFD.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0 // of what stands for itself and was not appended yet
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\b':
				dst = append(dst, '\\', 'b')
			case '\f':
				dst = append(dst, '\\', 'f')
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(append(dst, s[start:i]...), `\ufffd`...)
			start = i + n
		case r == '\u2028', r == '\u2029':
			dst = append(append(dst, s[start:i]...), '\\', 'u', '2', '0', '2', hex[r&15])
			start = i + n
		}
		i += n
	}
	return append(append(dst, s[start:]...), '"')
}
