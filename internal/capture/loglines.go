package capture

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// A LineFormat takes bodies out of the lines of a text log by a regular expression. The zero value is none.
type LineFormat struct {
	re       *regexp.Regexp
	body, at int // the groups; at is -1 if there is none
	tail     *lineTail

	Encoding Encoding // of the body group; "" is Auto
}

// The groups of a LineFormat's expression.
const (
	groupBody = "body"
	groupTime = "time"
)

// ParseLineFormat reads a regular expression (RE2) with a group (?P<body>…) and, if lines have a time, (?P<time>…), which
// ParseTime reads.
func ParseLineFormat(expr string) (LineFormat, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return LineFormat{}, err
	}
	f := LineFormat{re: re, body: re.SubexpIndex(groupBody), at: re.SubexpIndex(groupTime), tail: lineTailOf(expr)}
	if f.body < 0 {
		return LineFormat{}, errors.New("it has no group (?P<body>…), which says where in a line the body is")
	}
	for i, name := range re.SubexpNames() {
		switch {
		case name != "" && name != groupBody && name != groupTime:
			return LineFormat{}, fmt.Errorf("it has a group %q; there are body and time", name)
		case name != "" && slices.Index(re.SubexpNames(), name) != i:
			return LineFormat{}, fmt.Errorf("it has two groups %q", name)
		}
	}
	return f, nil
}

// IsZero reports whether there is no expression.
func (f *LineFormat) IsZero() bool { return f.re == nil }

// open takes the body out of a line.
//
// nginx writes a body in one of three ways. With escape=default, quotes, backslashes and what is not printable ASCII are
// \xHH. With escape=json they are written as in a JSON string: \" \\ \n \u00HH. With escape=none the body is as it is.
// Apache writes \" \\ \n and \xhh. Which it was shows in the first key of the body: its quote is " only where nothing was
// escaped (ngx_http_log_module; Apache's mod_log_config, "Format Notes").
func (f *LineFormat) open(o *Opener, doc Document, to []Document) []Document {
	counts := &o.counts
	where, at, ok := f.match(doc.Body)
	if !ok {
		return refuse(to, doc, CodeNoMatch, "the line does not match the expression", nil)
	}
	if f.at >= 0 {
		doc.Arrived = counts.stamp(string(at.in(doc.Body)), &doc)
	}
	text := where.in(doc.Body)
	doc.advance(where.start)
	if t := bytes.TrimSpace(text); len(t) == 0 || string(t) == "-" {
		counts.NoBody++
		return to
	}
	escaped := isEscaped(text)
	if escaped {
		text = o.text.unescape(text)
	}
	body, packed, err := f.Encoding.decode(text, &o.body)
	if err != nil {
		return refuse(to, doc, CodeBody, "the body cannot be decoded", err)
	}
	counts.decoded(packed)
	if escaped && !packed {
		counts.Escaped++
	}
	doc.Body, doc.Derived = body, escaped || packed
	return append(to, doc)
}

// match is where the body and the time are in a line.
func (f *LineFormat) match(line []byte) (body, at span, ok bool) {
	if f.tail != nil {
		return f.tail.match(line)
	}
	m := f.re.FindSubmatchIndex(line)
	if m == nil {
		return span{}, span{}, false
	}
	return group(m, f.body), group(m, f.at), true
}

// isEscaped reports whether a body was escaped for the log. A body that is plain JSON begins with a brace and a quote; \x
// is in no JSON, but \" is.
func isEscaped(text []byte) bool {
	rest := bytes.TrimLeft(text, " \t{[")
	switch {
	case len(rest) > 0 && (rest[0] == '"' || rest[0] == '}' || rest[0] == ']'):
		return false
	case bytes.HasPrefix(rest, []byte(`\`)):
		return true
	default:
		return bytes.Contains(text, []byte(`\x`))
	}
}
