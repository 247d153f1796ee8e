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

	common  []Violation // found in every edition
	omitted int         // found in every edition, and left out for their number

	values map[string]any      // part -> value as the library wants it
	index  []int               // of the items of source_urls handed to the library, their place in the text
	memo   map[int][]deviation // class of a schema -> what it has against its part

	taken subject // that subj points to
	key   []byte  // that the constellation is written to
}

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
	e.common, e.omitted = nil, 0
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
	e.faults("", &e.doc, func(i int) int { return i })
	if e.err != nil {
		e.unreadable()
		return e.end(r, e.common)
	}
	if e.subj == nil {
		e.add(codeNotObject, "", e.doc.Root.Start,
			"the body has to be a JSON object, but is "+describe(&e.doc, e.doc.Root, ""))
		return e.end(r, e.common)
	}
	s := e.subj
	r.Event = s.event
	if EventTypeName(s.eventType) != "" {
		r.EventType = s.eventType
	}
	switch {
	case s.eventType == EventType:
		r.Kind = KindRelay
		_, r.Timed = s.envelope.member("event_time")
	case isSibling(s.eventType):
		r.Kind, r.Event = KindSibling, ""
		if e.opts.OnlyRelay {
			m, _ := s.envelope.member("event_type")
			e.add(codeSibling, "/event_type", m.Value.Start,
				fmt.Sprintf("event_type has to be 314 (relay), but is %d (%s)", s.eventType, EventTypeName(s.eventType)))
		}
		return e.end(r, e.common)
	}
	if !e.stranger() {
		e.rules()
	}
	rulings, err := e.rulings(candidates)
	if err != nil {
		return e.failed(r, err)
	}
	// Acquainted as they are, today's editions agree on every body. The ranking is for those to come.
	var best *ruling
	bestErrors, bestWarnings := -1, -1
	for i := range rulings {
		errs, warnings := e.count(rulings[i].findings)
		switch {
		case bestErrors < 0 || errs < bestErrors || errs == bestErrors && warnings < bestWarnings:
			r.Editions = nil
			fallthrough
		case errs == bestErrors && warnings == bestWarnings:
			// Candidates run from old to new: the newest of equals.
			best, bestErrors, bestWarnings = &rulings[i], errs, warnings
			r.Editions = append(r.Editions, best.edition)
		}
	}
	found := slices.Grow(e.common, len(best.findings))
	found = e.tell(found, best.edition, best.findings)
	if verdictOf(found) == Error {
		r.Editions = nil
	}
	return e.end(r, found)
}

// acquainted leaves out the editions that do not know what the body carries and another one documents: an event, or
// event_time. What they cannot judge they would let pass, and be the best by ignorance.
func (e *exam) acquainted(candidates []Edition) ([]Edition, error) {
	if len(candidates) == 1 {
		return candidates, nil
	}
	kept := candidates
	for _, knows := range []func(*set) bool{
		func(s *set) bool { return s.names(e.subj.event) },
		func(s *set) bool { _, there := e.subj.envelope.member("event_time"); return !there || s.hasTime() },
	} {
		var some []Edition
		for _, ed := range kept {
			s, err := schemas(ed, Documented)
			if err != nil {
				return nil, err
			}
			if knows(s) {
				some = append(some, ed)
			}
		}
		if len(some) > 0 {
			kept = some
		}
	}
	return kept, nil
}

// failed reports that the validator gave up.
func (e *exam) failed(r Report, err error) Report {
	e.add(codeInternal, "", -1, "the validator failed: "+err.Error())
	return e.end(r, e.common)
}

func (e *exam) end(r Report, found []Violation) Report {
	r.Omitted = e.omitted
	return r.end(e.body, found...)
}

// stranger reports whether the body says of itself that it is no relay callback: another event_type, or none, and no
// callback_event either. Of such a body only that is told; the dozen fields that it lacks are no news.
func (e *exam) stranger() bool {
	return e.subj.eventType != EventType && !e.subj.hasEvent
}

// add notes a violation that every edition has.
func (e *exam) add(code, pointer string, offset int, message string) {
	e.common = append(e.common, e.violation("", code, pointer, offset, message))
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

func (e *exam) violation(edition Edition, code, pointer string, offset int, message string) Violation {
	return Violation{Code: code, Severity: e.severity(code), Edition: edition, Pointer: pointer, Offset: offset, Message: message}
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

// faults notes what is wrong with a text that can be read nevertheless. at maps its offsets to those of the body.
func (e *exam) faults(prefix string, doc *jsonscan.Doc, at func(int) int) {
	e.omitted += doc.Omitted
	for _, f := range doc.Faults {
		pointer := prefix + f.Pointer
		switch f.Kind {
		case jsonscan.BOM:
			e.add(codeBOM, pointer, at(f.Offset), "a byte order mark stands before the JSON text")
		case jsonscan.Trailing:
			e.add(codeTrailing, pointer, at(f.Offset), "after the JSON text only white space may follow, but there is more")
		case jsonscan.InvalidUTF8:
			e.add(codeUTF8, pointer, at(f.Offset), fmt.Sprintf("the text is not valid UTF-8: byte 0x%02x stands alone", doc.Src[f.Offset]))
		case jsonscan.LoneSurrogate:
			e.add(codeSurrogate, pointer, at(f.Offset), "a \\u escape is half of a surrogate pair, without the other half")
		case jsonscan.Duplicate:
			e.add(codeDuplicate, pointer, at(f.Offset), "the name "+quote(f.Detail)+" occurs a second time in the same object")
		case jsonscan.WildNumber:
			e.add(codeWildNumber, pointer, at(f.Offset), fmt.Sprintf(
				"the number has more than %d characters or an exponent beyond %d: no program can hold it", jsonscan.MaxNumber, jsonscan.MaxExponent))
		}
	}
}
