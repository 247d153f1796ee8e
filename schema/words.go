package schema

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// words begin the message of a finding about a name; told reports whether what the value is has to be told behind them. They
// are empty where they depend on more than the constellation: on an event that nobody knows.
func (e *exam) words(ed Edition, d partDeviation, code, name string) (words string, told bool) {
	switch code {
	case codeNoEventType:
		return "event_type is missing: relay callbacks carry the number 314", false
	case codeEventTypeType, codeOtherEventType:
		return "event_type has to be the number 314, but is ", true
	case codeMissing:
		switch {
		case name == "appid":
			return "appid is missing (appId would do)", false
		case name == "callback_event":
			return "callback_event is missing: every relay callback names its event there, such as TaskStart", false
		case !hasSample(e.subj.event):
			return name + " is missing: every relay callback carries it", false
		}
		return name + " is missing" + e.ofEvent(), false
	case codeMsgNotText:
		return "msg has to be text that holds JSON, but is ", true
	case codeURLsNotText:
		return "source_urls has to be text that holds a JSON array, but is ", true
	case codeMsgNotObject:
		return "msg has to hold a JSON object, but holds ", true
	case codeMsgMissing:
		return name + " is missing from msg" + e.ofEvent(), false
	case codeType, codeMsgType:
		return name + " has to be " + d.expected + ", but is ", true
	case codeURLsNotArray:
		return "source_urls has to hold a JSON array, but holds ", true
	case codeURLType:
		return " of source_urls has to be text, but is ", true // behind "entry 7"
	case codeTableType, codeTableValue:
		return name + " should be " + d.expected + " by the table of " + string(ed) + ", but is ", true
	default:
		return "", false
	}
}

// ofEvent says which event's callbacks have what is missing.
func (e *exam) ofEvent() string {
	if !hasSample(e.subj.event) {
		return ""
	}
	return ": callbacks of " + quote(e.subj.event) + " carry it"
}

// tell puts the findings of an edition into words.
func (e *exam) tell(r *ruling) {
	for i := range r.findings {
		if f := &r.findings[i]; f.entries {
			for entry := range e.entries(f) {
				e.found = append(e.found, e.ofEntry(r.edition, f, entry))
			}
		} else {
			e.found = append(e.found, e.inWords(r.edition, f))
		}
	}
	if r.entries {
		e.omitEntries(r)
	}
}

// inWords is what an edition has against the body, in words.
func (e *exam) inWords(ed Edition, f *finding) Violation {
	in, o := e.subj.part(f.part)
	doc := e.document(in)
	value, at := doc.Root, doc.Root.Start // of what something is missing from
	if m := o.member(f.bit); m != nil {
		value, at = m.Value, m.Value.Start
		if f.code == codeEarlyTime {
			at = m.KeyStart
		}
	}
	v := Violation{Code: f.code, Severity: f.severity, Edition: ed, Pointer: f.pointer, Offset: in.offset(at), Message: f.words}
	switch {
	case f.told:
		v.Message = e.say(f.words, doc, value, f.bit >= 0 && o.names.shown&(1<<f.bit) != 0)
	case f.code == codeUnknownEvent:
		v.Message = e.unknownEvent(ed)
	case f.code == codeTableMissing:
		v.Message = e.tableMissing(ed, in, o.names.byBit[f.bit])
	}
	return v
}

// ofEntry is what an edition has against one entry of source_urls, in words.
func (e *exam) ofEntry(ed Edition, f *finding, entry int) Violation {
	in := e.subj.urls
	value := in.doc.Items[entry]
	e.text = strconv.AppendInt(append(e.text[:0], f.pointer...), int64(entry), 10)
	v := Violation{Code: f.code, Severity: f.severity, Edition: ed, Pointer: string(e.text), Offset: in.offset(value.Start)}
	e.text = e.text[:0]
	if f.code == codeURLType {
		e.text = append(e.text, "entry "...)
	}
	e.text = append(strconv.AppendInt(e.text, int64(entry), 10), f.words...)
	if f.told {
		e.text = describe(e.text, &in.doc, value, false)
	}
	v.Message = string(e.text)
	return v
}

// entries are the entries of source_urls that a finding is about: of the first ones all of its type, of the rest one.
func (e *exam) entries(f *finding) iter.Seq[int] {
	return func(yield func(int) bool) {
		if f.entry >= 0 {
			yield(f.entry)
			return
		}
		for i := range e.subj.urls.doc.Items {
			if e.subj.urls.doc.Items[i].Kind == f.kind && (!yield(i) || i >= fewItems) {
				return
			}
		}
	}
}

// omitEntries counts the entries that are wrong like others and were not told of.
func (e *exam) omitEntries(r *ruling) {
	var wrong [jsonscan.Object + 1]bool // types of entries
	for i := range r.findings {
		if f := &r.findings[i]; f.entries {
			wrong[f.kind] = true
			for range e.entries(f) {
				e.omitted--
			}
		}
	}
	for i := range e.subj.urls.doc.Items {
		if wrong[e.subj.urls.doc.Items[i].Kind] {
			e.omitted++
		}
	}
}

// count is how many errors and warnings a ruling comes to.
func (e *exam) count(r *ruling) (errors, warnings int) {
	errors, warnings = r.errors, r.warnings
	for i := range r.findings {
		if f := &r.findings[i]; f.entries {
			for range e.entries(f) {
				if f.severity == Error {
					errors++
				} else {
					warnings++
				}
			}
		}
	}
	return errors, warnings
}

// tableMissing says of a member that only the table asks for why a body without a sample to be held against should have it.
func (e *exam) tableMissing(ed Edition, in *nested, name string) string {
	if in == nil {
		return fmt.Sprintf("%s is missing: the table of %s has it for every event, and only the sample of %s lacks it", name, ed, TaskExit)
	}
	return fmt.Sprintf("%s is missing from %s: the table of %s has it for %s, of which there is no sample", name, in.name, ed, e.subj.event)
}

// unknownEvent says that an edition does not name the event, and what it may be.
func (e *exam) unknownEvent(ed Edition) string {
	event := e.subj.event
	if event == "" {
		return fmt.Sprintf("callback_event is empty: the %s edition has no event without a name", ed)
	}
	message := fmt.Sprintf("the %s edition names no callback_event %s", ed, quote(event))
	switch event {
	case ResetTaskConfig:
		return message + "; the API's list of events does"
	case TaskAlarm:
		return message + "; the " + string(Edition2025_09) + " edition does"
	}
	if near, ok := Nearest(event, Events()); ok {
		return message + "; was " + near + " meant?"
	}
	return message
}
