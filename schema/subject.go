package schema

import (
	"encoding/json"
	"math/big"
	"slices"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// A subject is a body taken apart for checking: the envelope, and what its nested strings hold.
type subject struct {
	envelope object
	msg      *nested // nil where the envelope has no text msg
	urls     *nested // likewise source_urls

	event     string // callback_event where it is text
	hasEvent  bool
	eventType int // the number in event_type where it is a small whole one; -1 else
}

// An object is a JSON object whose members can be found by name.
type object struct {
	doc     *jsonscan.Doc
	known   map[string]jsonscan.Member // those that the tables or samples of any edition and event have; the last of duplicates
	unknown []jsonscan.Member          // the first MaxViolations others, in the order of the text
	more    int                        // how many others there are besides
}

// A nested is what a string member of the envelope holds, read as JSON.
type nested struct {
	name   string // the member
	value  jsonscan.Value
	text   jsonscan.Text
	doc    jsonscan.Doc
	err    *jsonscan.SyntaxError
	object object // of doc, where it is an object
}

// knownOuter and knownMember are the names that any schema asks about; a test holds them against the files.
var (
	knownOuter  = setOf(outerKeys...)
	knownMember = setOf("code", "duration", "index", "message", "task_exit_time", "task_start_time", "type", "url")
)

func setOf(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// newSubject takes a scanned envelope apart.
func newSubject(doc *jsonscan.Doc) *subject {
	s := &subject{envelope: newObject(doc, knownOuter), eventType: -1}
	s.msg = s.nested("msg")
	s.urls = s.nested("source_urls")
	if s.msg != nil && s.msg.err == nil && s.msg.doc.Root.Kind == jsonscan.Object {
		s.msg.object = newObject(&s.msg.doc, knownMember)
	}
	if m, ok := s.envelope.known["callback_event"]; ok && m.Value.Kind == jsonscan.String {
		text := doc.Text(m.Value)
		s.event, s.hasEvent = string(text.Bytes), true
	}
	if m, ok := s.envelope.known["event_type"]; ok && m.Value.Kind == jsonscan.Number {
		s.eventType = smallNumber(number(doc, m.Value))
	}
	return s
}

func newObject(doc *jsonscan.Doc, known map[string]bool) object {
	o := object{doc: doc, known: make(map[string]jsonscan.Member, len(known))}
	for _, m := range doc.Members {
		switch {
		case known[string(m.Key)]:
			o.known[string(m.Key)] = m
		case len(o.unknown) < MaxViolations:
			o.unknown = append(o.unknown, m)
		default:
			o.more++
		}
	}
	return o
}

// nested reads what a text member of the envelope holds; nil where there is no such text.
func (s *subject) nested(name string) *nested {
	m, ok := s.envelope.known[name]
	if !ok || m.Value.Kind != jsonscan.String {
		return nil
	}
	n := &nested{name: name, value: m.Value, text: s.envelope.doc.Text(m.Value)}
	n.doc, n.err = jsonscan.Scan(n.text.Bytes)
	return n
}

// pointer is the way to what the nested text holds: "/msg#" and a pointer in it.
func (n *nested) pointer(inner string) string { return "/" + n.name + "#" + inner }

// offset is where in the body a byte of the nested text stands.
func (n *nested) offset(inner int) int { return n.text.Offset(inner) }

// instance is the object as the library wants it: the known members alone, since no schema asks about others, with
// arrays and objects emptied, since no schema looks into them.
func (o *object) instance() map[string]any {
	m := make(map[string]any, len(o.known))
	for name, member := range o.known {
		m[name] = instance(o.doc, member.Value)
	}
	return m
}

// fewItems is how many items of an array are handed to the library one by one. Every item is asked the same, its type,
// so of the rest one of each type is enough for the verdict; a body with half a million entries must not cost seconds.
const fewItems = 1024

// items is an array as the library wants it, and for each item its index in the text.
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
		if s.msg == nil || s.msg.object.doc == nil {
			return nil, jsonscan.Member{}, false
		}
		o = &s.msg.object
	}
	m, ok := o.known[name]
	return o, m, ok
}

// msgPart is the name of the schema of this event's msg.
func (s *subject) msgPart() string { return "msg." + s.event }

// hasSample reports whether an event has a documented sample, in any edition.
func hasSample(event string) bool {
	return slices.Contains([]string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit}, event)
}
