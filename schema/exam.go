package schema

import (
	"fmt"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// An exam is the examination of one body: what was found so far, and what needs to be computed only once.
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
}

func newExam(body []byte, opts Options) *exam {
	e := &exam{body: body, opts: opts, memo: map[int][]deviation{}}
	e.doc, e.err = jsonscan.Scan(body)
	if e.err == nil && e.doc.Root.Kind == jsonscan.Object {
		e.subj = newSubject(&e.doc)
	}
	return e
}

// value is a part of the body as the library wants it. They are made when the library has to be asked.
func (e *exam) value(part string) (any, bool) {
	if e.values == nil {
		e.values = e.subj.values(&e.index)
	}
	v, there := e.values[part]
	return v, there
}

// values are the parts of the body as the library wants them. A part that is absent, or cannot be read, has none: the
// schema of the envelope, or the reading, has spoken for it then.
func (s *subject) values(index *[]int) map[string]any {
	v := map[string]any{"envelope": s.envelope.instance()}
	if s.msg != nil && s.msg.err == nil {
		if s.msg.object.doc != nil {
			v["msg"] = s.msg.object.instance()
		} else {
			v["msg"] = instance(&s.msg.doc, s.msg.doc.Root)
		}
	}
	if s.urls != nil && s.urls.err == nil {
		if s.urls.doc.Root.Kind == jsonscan.Array {
			list, at := items(&s.urls.doc)
			v["source_urls"], *index = list, at
			if list == nil {
				v["source_urls"] = []any{}
			}
		} else {
			v["source_urls"] = instance(&s.urls.doc, s.urls.doc.Root)
		}
	}
	return v
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
	case isSibling(s.eventType):
		r.Kind, r.Event = KindSibling, ""
		if e.opts.OnlyRelay {
			e.add(codeSibling, "/event_type", s.envelope.known["event_type"].Value.Start,
				fmt.Sprintf("event_type has to be 314 (relay), but is %d (%s)", s.eventType, EventTypeName(s.eventType)))
		}
		return e.end(r, e.common)
	}
	if !e.stranger() {
		e.rules()
	}
	candidates, err := e.acquainted(candidates)
	if err != nil {
		return e.failed(r, err)
	}
	// Acquainted as they are, today's editions agree on every body. The ranking is for those to come.
	var best []Violation
	bestErrors, bestWarnings := -1, -1
	for _, edition := range candidates {
		found, err := e.edition(edition)
		if err != nil {
			return e.failed(r, err)
		}
		all := append(append([]Violation(nil), e.common...), found...)
		errs, warnings := rank(all)
		switch {
		case bestErrors < 0 || errs < bestErrors || errs == bestErrors && warnings < bestWarnings:
			r.Editions = nil
			fallthrough
		case errs == bestErrors && warnings == bestWarnings:
			best, bestErrors, bestWarnings = all, errs, warnings // candidates run from old to new: the newest of equals
			if errs == 0 {
				r.Editions = append(r.Editions, edition)
			}
		}
	}
	return e.end(r, best)
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
		func(s *set) bool { _, there := e.subj.envelope.known["event_time"]; return !there || s.hasTime() },
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

func (e *exam) violation(edition Edition, code, pointer string, offset int, message string) Violation {
	severity := Error
	if c, ok := Explain(code); ok {
		severity = c.Severity
		if e.opts.Reading == Documented {
			severity = c.Strict
		}
	}
	return Violation{Code: code, Severity: severity, Edition: edition, Pointer: pointer, Offset: offset, Message: message}
}

// unreadable notes why the body is not JSON.
func (e *exam) unreadable() {
	switch {
	case e.err.Empty:
		e.add(codeEmpty, "", 0, "the body is empty: a callback is a JSON object")
	case e.err.Deep:
		e.add(codeDeep, "", e.err.Offset, e.err.Message)
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
