package schema

import (
	"fmt"
	"slices"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// An exam is the examination of one body: what was found so far, and what needs to be computed only once. Its memory is
// used for one body after the other.
type exam struct {
	body []byte
	opts Options
	doc  jsonscan.Doc
	err  *jsonscan.SyntaxError
	subj *subject // nil where the body is not a JSON object

	found   []Violation // so far: first what is wrong in every edition
	omitted int         // found, and left out for their number

	values map[string]any      // part -> value as the library wants it
	index  []int               // of the items of source_urls handed to the library, their place in the text
	memo   map[int][]deviation // class of a schema -> what it has against its part

	taken   subject  // that subj points to
	key     []byte   // that the constellation is written to
	text    []byte   // that pointers and messages are put together in
	missing []string // names that are documented and not there
}

// keepFound is for how many violations memory is kept from one body to the next: more than an honest one has.
const keepFound = 32

func newExam(body []byte) *exam {
	e := &exam{}
	e.begin(body, Options{})
	return e
}

// begin takes a body.
func (e *exam) begin(body []byte, opts Options) {
	e.body, e.opts = body, opts
	e.err = e.doc.Scan(body)
	if e.err == nil && e.doc.Root.Kind == jsonscan.Object {
		e.subj = &e.taken
		e.subj.read(&e.doc)
	}
}

// forget lets go of the body and of what was found.
func (e *exam) forget() {
	if e.subj != nil {
		e.subj.forget()
	}
	e.doc.Forget()
	e.body, e.opts, e.err, e.subj = nil, Options{}, nil, nil
	clear(e.found)
	e.found, e.omitted = e.found[:0], 0
	e.values, e.index, e.memo = nil, nil, nil
}

// value is a part of the body as the library wants it. They are made when the library has to be asked.
func (e *exam) value(part string) (any, bool) {
	if e.values == nil {
		e.values = map[string]any{}
		s := e.subj
		e.values["envelope"] = s.envelope.instance()
		if s.msg != nil && s.msg.err == nil {
			if s.msg.object.doc != nil {
				e.values["msg"] = s.msg.object.instance()
			} else {
				e.values["msg"] = instance(&s.msg.doc, s.msg.doc.Root)
			}
		}
		if s.urls != nil && s.urls.err == nil {
			e.values["source_urls"] = e.list(&s.urls.doc)
		}
	}
	v, there := e.values[part]
	return v, there
}

// list is source_urls as the library wants it: with one item of each type, since it asks all items the same; or with
// item by item for who doubts that.
func (e *exam) list(doc *jsonscan.Doc) any {
	if doc.Root.Kind != jsonscan.Array {
		return instance(doc, doc.Root)
	}
	var list []any
	if e.opts.NoFastPath {
		list, e.index = items(doc)
	} else {
		list, e.index = typical(doc)
	}
	if list == nil {
		return []any{}
	}
	return list
}

// report examines the body against the candidate editions and keeps the best.
func (e *exam) report(candidates []Edition) Report {
	r := Report{Kind: KindUnknown, EventType: -1}
	e.faults(nil, &e.doc)
	if e.err != nil {
		e.unreadable()
		return e.end(r)
	}
	if e.subj == nil {
		e.add(codeNotObject, "", e.doc.Root.Start,
			e.say("the body has to be a JSON object, but is ", &e.doc, e.doc.Root, false))
		return e.end(r)
	}
	s := e.subj
	r.Event = s.event
	switch {
	case s.eventType == EventType:
		r.Kind, r.EventType = KindRelay, EventType
		r.Timed = s.envelope.member(kEventTime) != nil
	case isSibling(s.eventType):
		r.Kind, r.Event, r.EventType = KindSibling, "", s.eventType
		if e.opts.OnlyRelay {
			e.add(codeSibling, "/event_type", s.envelope.member(kEventType).Value.Start,
				fmt.Sprintf("event_type has to be 314 (relay), but is %d (%s)", s.eventType, EventTypeName(s.eventType)))
		}
		return e.end(r)
	}
	if !e.stranger() {
		e.rules()
	}
	best, err := e.judge(candidates)
	if err != nil { // the validator gave up
		e.add(codeInternal, "", -1, "the validator failed: "+err.Error())
		return e.end(r)
	}
	e.tell(best.ruling)
	if verdictOf(e.found) != Error {
		r.Editions = best.editions
	}
	return e.end(r)
}

// acquainted leaves out the editions that do not know what the body carries and another one documents: an event, or
// event_time. What they cannot judge they would let pass, and be the best by ignorance.
func (e *exam) acquainted(candidates []Edition) []Edition {
	kept := candidates
	for _, knows := range []func(Edition) bool{
		func(ed Edition) bool { return ed.Names(e.subj.event) },
		func(ed Edition) bool { return e.subj.envelope.member(kEventTime) == nil || ed.HasEventTime() },
	} {
		var some []Edition
		for _, ed := range kept {
			if knows(ed) {
				some = append(some, ed)
			}
		}
		if len(some) > 0 {
			kept = some
		}
	}
	return kept
}

// end closes a report with what was found.
func (e *exam) end(r Report) Report {
	r.Omitted = e.omitted
	found := e.found
	switch n := len(found); {
	case n == 0:
		found = nil
	case n <= keepFound:
		found = slices.Clone(found)
	default: // it is not worth a copy
		e.found = nil
	}
	return r.end(e.body, found...)
}

// stranger reports whether the body says of itself that it is no relay callback: another event_type, or none, and no
// callback_event either. Of such a body only that is told; the dozen fields that it lacks are no news.
func (e *exam) stranger() bool {
	return e.subj.eventType != EventType && !e.subj.hasEvent
}

// add notes a violation that every edition has.
func (e *exam) add(code, pointer string, offset int, message string) {
	e.found = append(e.found, Violation{Code: code, Severity: e.severity(code), Pointer: pointer, Offset: offset, Message: message})
}

// document is the text that the nested one stands for, and without one the body.
func (e *exam) document(in *nested) *jsonscan.Doc {
	if in == nil {
		return &e.doc
	}
	return &in.doc
}

// say is a message that ends with what a value is.
func (e *exam) say(words string, doc *jsonscan.Doc, v jsonscan.Value, quoted bool) string {
	e.text = describe(append(e.text[:0], words...), doc, v, quoted)
	return string(e.text)
}

// severities are those of the catalogue, by code, in both readings.
var severities = func() map[string]struct{ wire, strict Verdict } {
	m := map[string]struct{ wire, strict Verdict }{}
	for _, c := range catalogue {
		m[c.ID] = struct{ wire, strict Verdict }{c.Severity, c.Strict}
	}
	return m
}()

// severity is how bad what a code stands for is.
func (e *exam) severity(code string) Verdict {
	s, ok := severities[code]
	switch {
	case !ok:
		return Error
	case e.opts.Reading == Documented:
		return s.strict
	default:
		return s.wire
	}
}

// unreadable notes why the body is not JSON.
func (e *exam) unreadable() {
	switch {
	case e.err.Empty:
		e.add(codeEmpty, "", 0, "the body is empty: a callback is a JSON object")
	case e.err.Deep:
		e.add(codeDeep, "", e.err.Offset, e.err.Message)
	case e.err.Many:
		e.add(codeMany, "", e.err.Offset, e.err.Message)
	default:
		e.add(codeSyntax, "", e.err.Offset, "not JSON: "+e.err.Message)
	}
}

// faults notes what is wrong with a text that can be read nevertheless: the body, or what a member of it holds.
func (e *exam) faults(in *nested, doc *jsonscan.Doc) {
	e.omitted += doc.Omitted
	for _, f := range doc.Faults {
		pointer, offset := in.pointer(f.Pointer), in.offset(f.Offset)
		switch f.Kind {
		case jsonscan.BOM:
			e.add(codeBOM, pointer, offset, "a byte order mark stands before the JSON text")
		case jsonscan.Trailing:
			e.add(codeTrailing, pointer, offset, "after the JSON text only white space may follow, but there is more")
		case jsonscan.InvalidUTF8:
			e.add(codeUTF8, pointer, offset, fmt.Sprintf("the text is not valid UTF-8: byte 0x%02x stands alone", doc.Src[f.Offset]))
		case jsonscan.LoneSurrogate:
			e.add(codeSurrogate, pointer, offset, "a \\u escape is half of a surrogate pair, without the other half")
		case jsonscan.Duplicate:
			e.add(codeDuplicate, pointer, offset, "the name "+quote(f.Detail)+" occurs a second time in the same object")
		case jsonscan.WildNumber:
			e.add(codeWildNumber, pointer, offset, fmt.Sprintf(
				"the number has more than %d characters or an exponent beyond %d: no program can hold it", jsonscan.MaxNumber, jsonscan.MaxExponent))
		}
	}
}
