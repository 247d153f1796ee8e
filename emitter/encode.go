package emitter

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// An Encoding is a way to write a callback: other bytes, the same meaning. The zero Encoding is the vendor's, see
// [Callback]. Order, white space and escapes apply to the outer object and to the JSON nested in msg and
// source_urls alike; text that was set to the byte is never touched.
type Encoding struct {
	KeyOrder    KeyOrder
	Whitespace  Whitespace
	Escapes     Escapes
	AppIDKey    string // "appid" or "appId", both documented; "" leaves the key as it is
	Numbers     Form   // how msg.index and msg.code are written: the tables say text, the samples show numbers
	MsgAsObject bool   // msg itself as an object: contradicts every edition
	EventTime   Form   // how event_time is written, if the callback has one
	Seed        int64  // of shuffled order and wild white space
}

// KeyOrder is the order in which members are written.
type KeyOrder string

// The key orders. "" is the callback's own.
const (
	OrderSorted   KeyOrder = "sorted"   // alphabetical, msg included
	OrderReverse  KeyOrder = "reverse"  // the callback's own, backwards
	OrderShuffled KeyOrder = "shuffled" // drawn from the seed
)

// Whitespace is what is written between tokens.
type Whitespace string

// The kinds of white space. "" is compact.
const (
	SpaceCompact Whitespace = "compact" // none
	SpacePretty  Whitespace = "pretty"  // one member a line, two blanks of indent
	SpaceWild    Whitespace = "wild"    // runs of blank, tab, CR and LF drawn from the seed, around every token
)

// Escapes is how the characters of strings and keys are written.
type Escapes string

// The kinds of escapes. "" is minimal.
const (
	EscapeMinimal Escapes = "minimal" // what JSON demands; '/', '&', '<' and non-ASCII stand as they are
	EscapeUnicode Escapes = "unicode" // \u for everything but ASCII letters and digits
	EscapeSlashes Escapes = "slashes" // minimal, and \/ for '/', as PHP writes it
)

// Form is the JSON type of a member.
type Form string

// The forms. "" leaves a member as it is.
const (
	FormNumber Form = "number"
	FormText   Form = "text"
	FormAbsent Form = "absent" // for EventTime alone
)

// Bytes writes the callback in the vendor's form.
func (c *Callback) Bytes() []byte { return c.Encode(Encoding{}) }

// Encode writes the callback in the given way. Equal encodings give equal bytes.
func (c *Callback) Encode(e Encoding) []byte {
	w := writer{order: e.KeyOrder, space: e.Whitespace, escapes: e.Escapes}
	if e.KeyOrder == OrderShuffled || e.Whitespace == SpaceWild {
		w.rng = rand.New(rand.NewPCG(uint64(e.Seed), 314)) //nolint:gosec // to be repeated from the seed; any constant would do
	}
	members := c.members
	if e.AppIDKey != "" || e.Numbers != "" || e.MsgAsObject || e.EventTime != "" {
		members = e.reshape(cloneMembers(members))
	}
	out := make([]byte, 0, 1024)
	out = w.blank(out)
	out = w.value(out, value{kind: object, members: members}, 0)
	return w.blank(out)
}

// reshape makes the changes that concern single members.
func (e Encoding) reshape(members []member) []member {
	for i := range members {
		m := &members[i]
		switch m.key {
		case "appid", "appId":
			if e.AppIDKey != "" {
				m.key = e.AppIDKey
			}
		case "event_time":
			m.val = m.val.as(e.EventTime)
		case "msg":
			if m.val.kind != nested || m.val.inner.kind != object {
				continue
			}
			for j := range m.val.inner.members {
				if n := &m.val.inner.members[j]; n.key == "index" || n.key == "code" {
					n.val = n.val.as(e.Numbers)
				}
			}
			if e.MsgAsObject {
				m.val = *m.val.inner
			}
		}
	}
	if e.EventTime == FormAbsent {
		members = slices.DeleteFunc(members, func(m member) bool { return m.key == "event_time" })
	}
	return members
}

// as gives a number as text or the reverse; what is neither stays.
func (v value) as(f Form) value {
	switch {
	case f == FormText && v.kind == number:
		v.kind = str
	case f == FormNumber && v.kind == str:
		if n, err := parseValue([]byte(v.text)); err == nil && n.kind == number {
			return n
		}
	}
	return v
}

// A writer appends JSON. The zero writer gives the vendor's form.
type writer struct {
	order   KeyOrder
	space   Whitespace
	escapes Escapes
	rng     *rand.Rand
}

func (w writer) value(out []byte, v value, depth int) []byte {
	switch v.kind {
	case null:
		return append(out, "null"...)
	case boolean, number, verbatim:
		return append(out, v.text...)
	case str:
		return w.escapes.quote(out, v.text)
	case nested:
		in := w.blank(nil)
		in = w.value(in, *v.inner, 0)
		in = append(w.blank(in), v.tail...)
		return w.escapes.quote(out, string(in))
	case array:
		return w.list(out, '[', ']', len(v.items), depth, func(out []byte, i int) []byte {
			return w.value(out, v.items[i], depth+1)
		})
	case object:
	}
	members := w.ordered(v.members)
	return w.list(out, '{', '}', len(members), depth, func(out []byte, i int) []byte {
		out = w.escapes.quote(out, members[i].key)
		out = append(w.blank(out), ':')
		if w.space == SpacePretty {
			out = append(out, ' ')
		}
		return w.value(w.blank(out), members[i].val, depth+1)
	})
}

func (w writer) list(out []byte, open, end byte, n, depth int, item func([]byte, int) []byte) []byte {
	out = append(out, open)
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		out = w.line(w.blank(out), depth+1)
		out = w.blank(item(out, i))
	}
	if n > 0 {
		out = w.line(out, depth)
	} else {
		out = w.blank(out)
	}
	return append(out, end)
}

func (w writer) ordered(members []member) []member {
	switch w.order {
	case OrderSorted:
		members = slices.Clone(members)
		slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	case OrderReverse:
		members = slices.Clone(members)
		slices.Reverse(members)
	case OrderShuffled:
		members = slices.Clone(members)
		w.rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	}
	return members
}

// line breaks and indents pretty output.
func (w writer) line(out []byte, depth int) []byte {
	if w.space != SpacePretty {
		return out
	}
	out = append(out, '\n')
	for range depth {
		out = append(out, "  "...)
	}
	return out
}

// blank adds wild white space: up to three of the four characters that JSON allows.
func (w writer) blank(out []byte) []byte {
	if w.space != SpaceWild {
		return out
	}
	for range w.rng.IntN(4) {
		out = append(out, " \t\r\n"[w.rng.IntN(4)])
	}
	return out
}
