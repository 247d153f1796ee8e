package schema

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// A subject is a body taken apart for checking: the envelope, and what its nested strings hold. Its memory is used for
// one body after the other.
type subject struct {
	envelope object
	msg      *nested // nil where the envelope has no text msg
	urls     *nested // likewise source_urls

	event     string // callback_event where it is text
	hasEvent  bool
	eventType int // the number in event_type where it is a small whole one; -1 else

	texts [2]nested // that msg and urls point to
}

// An object is a JSON object whose members can be found by name.
type object struct {
	doc     *jsonscan.Doc // nil where there is no object
	names   *nameSet
	known   [16]jsonscan.Member // those that the tables or samples of any edition and event have, by bit; the last of duplicates
	has     uint16              // which of them are there
	unknown []jsonscan.Member   // the first MaxViolations others, in the order of the text
	more    int                 // how many others there are besides
}

// A nested is what a string member of the envelope holds, read as JSON.
type nested struct {
	name   string // the member
	value  jsonscan.Value
	text   jsonscan.Text
	doc    jsonscan.Doc
	err    *jsonscan.SyntaxError
	object object // of doc, where it is an object

	buf []byte // that the text may stand in
}

func setOf(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// A nameSet is the names that schemas ask about in one place, by bit.
type nameSet struct {
	bit   func([]byte) int // negative for other names
	byBit []string
}

var outerSet, memberSet = newNameSet(outerOf, outerKeys), newNameSet(memberOf, allMsgKeys())

func newNameSet(bit func([]byte) int, names []string) *nameSet {
	set := &nameSet{bit: bit, byBit: make([]string, len(names))}
	for _, name := range names {
		set.byBit[bit([]byte(name))] = name
	}
	return set
}

// allMsgKeys are the members that the msg of any event may have.
func allMsgKeys() []string {
	var names []string
	for _, keys := range msgKeys {
		names = append(names, keys...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// read takes a scanned envelope apart.
func (s *subject) read(doc *jsonscan.Doc) {
	s.envelope.read(doc, outerSet)
	s.msg = s.nested(&s.texts[0], "msg")
	s.urls = s.nested(&s.texts[1], "source_urls")
	if s.msg != nil && s.msg.err == nil && s.msg.doc.Root.Kind == jsonscan.Object {
		s.msg.object.read(&s.msg.doc, memberSet)
	}
	s.event, s.hasEvent, s.eventType = "", false, -1
	if m, ok := s.envelope.member("callback_event"); ok && m.Value.Kind == jsonscan.String {
		text := doc.Text(m.Value)
		s.event, s.hasEvent = string(text.Bytes), true
	}
	if m, ok := s.envelope.member("event_type"); ok && m.Value.Kind == jsonscan.Number {
		s.eventType = smallNumber(number(doc, m.Value))
	}
}

// forget lets go of the body; the memory is kept for the next one, if it is little.
func (s *subject) forget() {
	s.envelope.forget()
	s.msg, s.urls = nil, nil
	for i := range s.texts {
		n := &s.texts[i]
		n.text = jsonscan.Text{}
		n.doc.Forget()
		n.object.forget()
		if cap(n.buf) > keepBuffer {
			n.buf = nil
		}
	}
}

func (o *object) read(doc *jsonscan.Doc, names *nameSet) {
	o.doc, o.names = doc, names
	for _, m := range doc.Members {
		switch bit := names.bit(m.Key); {
		case bit >= 0:
			o.known[bit] = m
			o.has |= 1 << bit
		case len(o.unknown) < MaxViolations:
			o.unknown = append(o.unknown, m)
		default:
			o.more++
		}
	}
}

func (o *object) forget() {
	for bit := range o.known {
		if o.has&(1<<bit) != 0 {
			o.known[bit] = jsonscan.Member{}
		}
	}
	clear(o.unknown)
	o.unknown = o.unknown[:0]
	if cap(o.unknown) > 64 {
		o.unknown = nil
	}
	o.doc, o.has, o.more = nil, 0, 0
}

// member finds a known member.
func (o *object) member(name string) (jsonscan.Member, bool) {
	if o.doc == nil {
		return jsonscan.Member{}, false
	}
	bit := o.names.bit([]byte(name))
	if bit < 0 || o.has&(1<<bit) == 0 {
		return jsonscan.Member{}, false
	}
	return o.known[bit], true
}

// nested reads what a text member of the envelope holds; nil where there is no such text.
func (s *subject) nested(n *nested, name string) *nested {
	m, ok := s.envelope.member(name)
	if !ok || m.Value.Kind != jsonscan.String {
		return nil
	}
	n.name, n.value, n.text = name, m.Value, s.envelope.doc.TextIn(n.buf, m.Value)
	if !m.Value.Plain {
		n.buf = n.text.Bytes
	}
	n.err = n.doc.Scan(n.text.Bytes)
	return n
}

// pointer is the way to what the nested text holds: "/msg#" and a pointer in it.
func (n *nested) pointer(inner string) string { return "/" + n.name + "#" + inner }

// offset is where in the body a byte of the nested text stands.
func (n *nested) offset(inner int) int { return n.text.Offset(inner) }

// instance is the object as the library wants it: the known members alone, since no schema asks about others, with
// arrays and objects emptied, since no schema looks into them.
func (o *object) instance() map[string]any {
	m := make(map[string]any, len(o.names.byBit))
	for bit, name := range o.names.byBit {
		if o.has&(1<<bit) != 0 {
			m[name] = instance(o.doc, o.known[bit].Value)
		}
	}
	return m
}

// fewItems is how many items of an array are told of one by one. Every item is asked the same, its type, so of the rest
// one of each type is enough for the verdict.
const fewItems = MaxViolations

// items are the items of an array that the library is asked about, as it wants them, and for each its index in the text:
// the first ones, and of the rest the first of each type.
func items(doc *jsonscan.Doc) (list []any, index []int) {
	var seen [jsonscan.Object + 1]bool
	for i, v := range doc.Items {
		if i >= fewItems {
			if seen[v.Kind] {
				continue
			}
			seen[v.Kind] = true
		}
		list = append(list, instance(doc, v))
		index = append(index, i)
	}
	return list, index
}

// typical is items with one of each type, in the order of the types.
func typical(doc *jsonscan.Doc) (list []any, index []int) {
	kinds := kindsOf(doc)
	for kind := range kinds {
		if kinds[kind] > 0 {
			i := kinds[kind] - 1
			list = append(list, instance(doc, doc.Items[i]))
			index = append(index, i)
		}
	}
	return list, index
}

// kindsOf has, for each type, 1 + the index of the first item that has it.
func kindsOf(doc *jsonscan.Doc) (first [jsonscan.Object + 1]int) {
	for i, v := range doc.Items {
		if first[v.Kind] == 0 {
			first[v.Kind] = i + 1
		}
	}
	return first
}

func instance(doc *jsonscan.Doc, v jsonscan.Value) any {
	switch v.Kind {
	case jsonscan.Bool:
		return doc.Src[v.Start] == 't'
	case jsonscan.Number:
		return number(doc, v)
	case jsonscan.String:
		text := doc.Text(v)
		return string(text.Bytes)
	case jsonscan.Array:
		return []any{}
	case jsonscan.Object:
		return map[string]any{}
	default:
		return nil
	}
}

// number is a number token; a wild one is replaced by a tame one of its kind.
func number(doc *jsonscan.Doc, v jsonscan.Value) json.Number {
	token := doc.Src[v.Start:v.End]
	if jsonscan.Wild(token) {
		return json.Number(jsonscan.Tame(token))
	}
	return json.Number(token)
}

// smallNumber is a whole number below a million, exactly: 314.0 is 314, 314.5 is -1.
func smallNumber(n json.Number) int {
	if i, err := strconv.Atoi(n.String()); err == nil { // which is nearly always so
		if 0 <= i && i < 1_000_000 {
			return i
		}
		return -1
	}
	r, ok := new(big.Rat).SetString(n.String())
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return -1
	}
	if i := r.Num().Int64(); 0 <= i && i < 1_000_000 {
		return int(i)
	}
	return -1
}

// member finds a known member of a part of the body.
func (s *subject) member(part, name string) (*object, jsonscan.Member, bool) {
	o := &s.envelope
	if part != "envelope" {
		if s.msg == nil {
			return nil, jsonscan.Member{}, false
		}
		o = &s.msg.object
	}
	m, ok := o.member(name)
	return o, m, ok
}

// msgPart is the name of the schema of this event's msg.
func (s *subject) msgPart() string { return "msg." + s.event }

// hasSample reports whether an event has a documented sample, in any edition.
func hasSample(event string) bool {
	return slices.Contains([]string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit}, event)
}
