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

// An object is a JSON object whose members can be found by the bits of their names. Members are kept as their places in
// doc.Members, of which there are at most jsonscan.MaxEntries.
type object struct {
	doc     *jsonscan.Doc // nil where there is no object
	names   *nameSet
	known   [16]uint16 // those that the tables or samples of any edition and event have, by bit; the last of duplicates
	has     uint16     // which of them are there, as bits
	unknown []uint16   // the first MaxViolations others, in the order of the text
	more    int        // how many others there are besides
}

// A nested is what a string member of the envelope holds, read as JSON.
type nested struct {
	name   string // of the member
	text   jsonscan.Text
	doc    jsonscan.Doc
	err    *jsonscan.SyntaxError
	object object // of doc, where it is an object
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
	bit    func([]byte) int // negative for other names
	byBit  []string
	valued uint16 // those of whose value a schema asks more than its type
	shown  uint16 // those whose text may be quoted
}

var outerSet, memberSet = newNameSet(outerOf, outerKeys), newNameSet(memberOf, allMsgKeys())

func newNameSet(bit func([]byte) int, names []string) *nameSet {
	set := &nameSet{bit: bit, byBit: make([]string, len(names))}
	for _, name := range names {
		b := bit([]byte(name))
		set.byBit[b] = name
		if slices.Contains(valued, name) {
			set.valued |= 1 << b
		}
		if shown[name] {
			set.shown |= 1 << b
		}
	}
	return set
}

// someNames are names of a nameSet: in the order in which they are considered, and as a mask.
type someNames struct {
	bits []int
	mask uint16
}

func (s *nameSet) some(names []string) (some someNames) {
	for _, name := range names {
		bit := s.bit([]byte(name))
		some.bits = append(some.bits, bit)
		some.mask |= 1 << bit
	}
	return some
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
	s.msg = s.nested(&s.texts[0], kMsg)
	s.urls = s.nested(&s.texts[1], kURLs)
	if s.msg != nil && s.msg.err == nil && s.msg.doc.Root.Kind == jsonscan.Object {
		s.msg.object.read(&s.msg.doc, memberSet)
	}
	s.event, s.hasEvent, s.eventType = "", false, -1
	if m := s.envelope.member(kEvent); m != nil && m.Value.Kind == jsonscan.String {
		s.event, s.hasEvent = eventName(doc.Content(m.Value)), true
	}
	if m := s.envelope.member(kEventType); m != nil && m.Value.Kind == jsonscan.Number {
		s.eventType = eventTypeOf(doc, m.Value)
	}
}

// eventName is the text of a callback_event; the usual ones are not copied.
func eventName(text []byte) string {
	if i := eventOf(text); i >= 0 {
		return fastEvents[i]
	}
	return string(text)
}

// eventTypeOf is the number in an event_type, see smallNumber.
func eventTypeOf(doc *jsonscan.Doc, v jsonscan.Value) int {
	if string(doc.Src[v.Start:v.End]) == "314" { // which is nearly always so
		return EventType
	}
	return smallNumber(number(doc, v))
}

// forget lets go of the body; the memory is kept for the next one, if it is little.
func (s *subject) forget() {
	s.envelope.forget()
	s.msg, s.urls = nil, nil
	for i := range s.texts {
		n := &s.texts[i]
		n.text.Forget()
		n.doc.Forget()
		n.object.forget()
	}
}

func (o *object) read(doc *jsonscan.Doc, names *nameSet) {
	o.doc, o.names = doc, names
	for i := range doc.Members {
		place := uint16(i)
		switch bit := names.bit(doc.Members[i].Key); {
		case bit >= 0:
			o.known[bit] = place
			o.has |= 1 << bit
		case len(o.unknown) < MaxViolations:
			o.unknown = append(o.unknown, place)
		default:
			o.more++
		}
	}
}

func (o *object) forget() {
	o.doc, o.has, o.more, o.unknown = nil, 0, 0, o.unknown[:0]
}

// member is a known member; nil where it is not there, or the bit is that of no name.
func (o *object) member(bit int) *jsonscan.Member {
	if bit < 0 || o.has&(1<<bit) == 0 {
		return nil
	}
	return &o.doc.Members[o.known[bit]]
}

// nested reads what a text member of the envelope holds; nil where there is no such text.
func (s *subject) nested(n *nested, bit int) *nested {
	m := s.envelope.member(bit)
	if m == nil || m.Value.Kind != jsonscan.String {
		return nil
	}
	n.name = outerSet.byBit[bit]
	n.text.Take(s.envelope.doc, m.Value)
	n.err = n.doc.Scan(n.text.Bytes)
	return n
}

// pointer is the way to what the nested text holds: "/msg#" and a pointer in it. What is in no nested text is in the
// envelope.
func (n *nested) pointer(inner string) string {
	if n == nil {
		return inner
	}
	return "/" + n.name + "#" + inner
}

// appendPointer appends the pointer to a member of what the nested text holds.
func (n *nested) appendPointer(to []byte, m *jsonscan.Member) []byte {
	if n != nil {
		to = append(append(append(to, '/'), n.name...), '#')
	}
	return jsonscan.AppendToken(append(to, '/'), m.Key)
}

// offset is where in the body a byte of the nested text stands.
func (n *nested) offset(inner int) int {
	if n == nil {
		return inner
	}
	return n.text.Offset(inner)
}

// instance is the object as the library wants it: the known members alone, since no schema asks about others, with
// arrays and objects emptied, since no schema looks into them.
func (o *object) instance() map[string]any {
	m := make(map[string]any, len(o.names.byBit))
	for bit, name := range o.names.byBit {
		if o.has&(1<<bit) != 0 {
			m[name] = instance(o.doc, o.member(bit).Value)
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
		return string(doc.Content(v))
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

// part is one of "envelope", "msg" and "source_urls": the nested text that it stands in, if it does, and its object, if it
// is one.
func (s *subject) part(name string) (*nested, *object) {
	switch name {
	case "msg":
		return s.msg, &s.msg.object
	case "source_urls":
		return s.urls, &s.urls.object
	default:
		return nil, &s.envelope
	}
}

// msgPart is the name of the schema of this event's msg.
func (s *subject) msgPart() string { return "msg." + s.event }

// hasSample reports whether an event has a documented sample, in any edition.
func hasSample(event string) bool {
	return slices.Contains([]string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit}, event)
}
