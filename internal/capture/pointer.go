package capture

import (
	"errors"
	"fmt"
	"strings"
)

// A Pointer names a value in a JSON text, as RFC 6901 has it: /request/body. A # goes on inside a string that holds JSON
// itself: /message#/request/body.
type Pointer struct {
	text  string
	parts [][]string // of which each but the first is about the string that the one before leads to
}

// ParsePointer reads a pointer as a user writes it.
func ParsePointer(s string) (Pointer, error) {
	p := Pointer{text: s}
	for part := range strings.SplitSeq(s, "#") {
		if !strings.HasPrefix(part, "/") {
			return Pointer{}, fmt.Errorf("%q is no JSON pointer: it begins with a slash and names a member of each level, such as /request/body", s)
		}
		names := strings.Split(part[1:], "/")
		for i, n := range names {
			if strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(n), "~") {
				return Pointer{}, fmt.Errorf("%q is no JSON pointer: a ~ in a name is written ~0, a slash ~1", s)
			}
			names[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(n)
		}
		p.parts = append(p.parts, names)
	}
	return p, nil
}

// String is the pointer as it was written.
func (p Pointer) String() string { return p.text }

// IsZero reports whether the pointer names nothing.
func (p Pointer) IsZero() bool { return p.text == "" }

// first is the path to the value, or to the string in which the pointer goes on.
func (p *Pointer) first() []string { return p.parts[0] }

// errAbsent says that there is nothing where a pointer leads to.
var errAbsent = errors.New("there is no such member")

// rest follows the pointer from where the first path leads to in a JSON text, through the strings in which it goes on, which
// are unpacked in the memory. It is the value, and its offset in the text; -1 if it lies in a string.
func (p *Pointer) rest(text []byte, at span, m *memory) (value []byte, offset int, err error) {
	if !at.ok() {
		return nil, 0, errAbsent
	}
	value, offset = at.in(text), at.start
	for i, path := range p.parts[1:] {
		if value[0] != '"' {
			return nil, 0, fmt.Errorf("%s is no string", strings.Join(strings.Split(p.text, "#")[:i+1], "#"))
		}
		if i > 0 {
			m = new(memory) // the value lies in the other one
		}
		text, offset = m.unquote(value), -1
		var h hunt
		if !h.run(text, path) {
			return nil, 0, fmt.Errorf("the string at %s is not JSON", strings.Join(strings.Split(p.text, "#")[:i+1], "#"))
		}
		if !h.found[0].ok() {
			return nil, 0, errAbsent
		}
		value = h.found[0].in(text)
	}
	return value, offset, nil
}
