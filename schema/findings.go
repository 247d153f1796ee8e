package schema

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// A finding is one thing that an edition has against the body, before it is put into words.
type finding struct {
	partDeviation
	code  string
	table bool // only the edition's tables have it, not its wire schemas

	// Of entries of source_urls: which one, or all of a type where entry is negative.
	entry int
	kind  jsonscan.Kind
}

// edition holds the body against one edition: what its wire schemas have against it, and what only its tables have.
func (e *exam) edition(ed Edition) ([]finding, error) {
	var found []finding
	wire, err := e.deviations(ed, Wire)
	if err != nil {
		return nil, err
	}
	failed := map[string]bool{}
	for _, d := range wire {
		failed[d.part+d.pointer] = true
		found = append(found, e.finding(d, wireCode(d), false))
	}
	tables, err := e.deviations(ed, Documented)
	if err != nil {
		return nil, err
	}
	for _, d := range tables {
		if failed[d.part+d.pointer] || shownBySample(ed, e.sampleKey(d)) {
			continue
		}
		found = append(found, e.finding(d, tableCode(d), true))
	}
	early, err := e.early(ed)
	if early {
		found = append(found, finding{code: codeEarlyTime})
	}
	return found, err
}

func (e *exam) finding(d partDeviation, code string, table bool) finding {
	f := finding{partDeviation: d, code: code, table: table, entry: -1}
	if !f.ofEntries() {
		return f
	}
	// The library was given a list of its own, in which the entry has another number.
	i, err := strconv.Atoi(strings.TrimPrefix(d.pointer, "/"))
	if err != nil || i < 0 || i >= len(e.index) {
		return f // cannot be: the library was given this many
	}
	i = e.index[i]
	f.kind = e.subj.urls.doc.Items[i].Kind
	if e.opts.NoFastPath {
		f.entry = i
	}
	return f
}

// ofEntries reports whether a finding is about entries of source_urls.
func (f *finding) ofEntries() bool { return f.part == "source_urls" && f.pointer != "" }

// entries are the entries of source_urls that a finding is about: of the first ones all of its type, of the rest one.
func (e *exam) entries(f *finding) []int {
	if f.entry >= 0 {
		return []int{f.entry}
	}
	var list []int
	for i, v := range e.subj.urls.doc.Items {
		if v.Kind == f.kind {
			list = append(list, i)
			if i >= fewItems {
				break
			}
		}
	}
	return list
}

// count is how many errors and warnings findings come to.
func (e *exam) count(findings []finding) (errors, warnings int) {
	for i := range findings {
		f, n := &findings[i], 1
		if f.ofEntries() {
			n = len(e.entries(f))
		}
		if e.severity(f.code) == Error {
			errors += n
		} else {
			warnings += n
		}
	}
	return errors, warnings
}

// tell puts the findings of an edition into words.
func (e *exam) tell(to []Violation, ed Edition, findings []finding) []Violation {
	var wrong [jsonscan.Object + 1]bool // types of entries
	told := 0
	for i := range findings {
		f := findings[i]
		switch {
		case f.code == codeEarlyTime:
			to = append(to, e.earlyTime(ed))
		case f.ofEntries():
			wrong[f.kind] = true
			for _, entry := range e.entries(&f) {
				f.pointer = "/" + strconv.Itoa(entry)
				to = append(to, e.inWords(ed, &f))
				told++
			}
		default:
			to = append(to, e.inWords(ed, &f))
		}
	}
	if told > 0 {
		for _, v := range e.subj.urls.doc.Items {
			if wrong[v.Kind] {
				e.omitted++
			}
		}
		e.omitted -= told
	}
	return to
}

// A partDeviation is a deviation with the part of the body that it is in: "envelope", "msg" or "source_urls".
type partDeviation struct {
	part string
	deviation
}

// deviations are what an edition's schemas of one reading have against the body.
func (e *exam) deviations(ed Edition, reading Reading) ([]partDeviation, error) {
	set, err := schemas(ed, reading)
	if err != nil {
		return nil, err
	}
	var all []partDeviation
	for _, part := range [...]struct{ name, schema string }{
		{"envelope", "envelope"}, {"msg", e.subj.msgPart()}, {"source_urls", "source_urls"},
	} {
		p, asked := set.parts[part.schema]
		if !asked || !e.subj.readable(part.name) {
			continue
		}
		found, err := e.ask(part.name, p)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			if part.name == "envelope" && e.stranger() && d.pointer != "/event_type" {
				continue
			}
			all = append(all, partDeviation{part.name, d})
		}
	}
	return all, nil
}

// wireCode is the code of what the wire reading has against the body.
func wireCode(d partDeviation) string {
	switch d.part {
	case "envelope":
		switch {
		case d.pointer == "/event_type" && d.keyword == "required":
			return codeNoEventType
		case d.pointer == "/event_type" && d.keyword == "type":
			return codeEventTypeType
		case d.pointer == "/event_type":
			return codeOtherEventType
		case d.keyword == "required":
			return codeMissing
		case d.pointer == "/msg":
			return codeMsgNotText
		case d.pointer == "/source_urls":
			return codeURLsNotText
		default:
			return codeType
		}
	case "msg":
		switch {
		case d.pointer == "":
			return codeMsgNotObject
		case d.keyword == "required":
			return codeMsgMissing
		default:
			return codeMsgType
		}
	default:
		if d.pointer == "" {
			return codeURLsNotArray
		}
		return codeURLType
	}
}

// tableCode is the code of what only the edition's tables have against the body.
func tableCode(d partDeviation) string {
	switch {
	case d.pointer == "/callback_event" && d.keyword == "enum":
		return codeUnknownEvent
	case d.keyword == "required":
		return codeTableMissing
	case d.keyword == "type":
		return codeTableType
	default:
		return codeTableValue
	}
}

// inWords is what an edition has against the body, in words.
func (e *exam) inWords(ed Edition, f *finding) Violation {
	pointer, offset, found := e.locate(f.partDeviation)
	name := strings.TrimPrefix(f.pointer, "/")
	message := ""
	switch f.code {
	case codeNoEventType:
		message = "event_type is missing: relay callbacks carry the number 314"
	case codeEventTypeType, codeOtherEventType:
		message = "event_type has to be the number 314, but is " + found
	case codeMissing:
		message = name + " is missing" + e.ofEvent()
		if f.pointer == "/appid" {
			message = "appid is missing (appId would do)"
		}
	case codeMsgNotText:
		message = "msg has to be text that holds JSON, but is " + found
	case codeURLsNotText:
		message = "source_urls has to be text that holds a JSON array, but is " + found
	case codeMsgNotObject:
		message = "msg has to hold a JSON object, but holds " + found
	case codeMsgMissing:
		message = name + " is missing from msg" + e.ofEvent()
	case codeType, codeMsgType:
		message = name + " has to be " + f.expected + ", but is " + found
	case codeURLsNotArray:
		message = "source_urls has to hold a JSON array, but holds " + found
	case codeURLType:
		message = "entry " + name + " of source_urls has to be text, but is " + found
	case codeUnknownEvent:
		message = e.unknownEvent(ed)
	case codeTableMissing:
		message = fmt.Sprintf("%s is missing: the table of %s has it, and no sample of %s shows it absent", name, ed, quote(e.subj.event))
	case codeTableType, codeTableValue:
		message = name + " should be " + f.expected + " by the table of " + string(ed) + ", but is " + found
	}
	return e.violation(ed, f.code, pointer, offset, message)
}

// unknownEvent says that an edition does not name the event, and what it may be.
func (e *exam) unknownEvent(ed Edition) string {
	event := e.subj.event
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

// early reports whether the body has an event_time that the edition does not have.
func (e *exam) early(ed Edition) (bool, error) {
	if _, there := e.subj.envelope.member("event_time"); !there || e.stranger() {
		return false, nil
	}
	set, err := schemas(ed, Documented)
	return err == nil && !set.hasTime(), err
}

// earlyTime notes event_time in an edition that has none.
func (e *exam) earlyTime(ed Edition) Violation {
	m, _ := e.subj.envelope.member("event_time")
	return e.violation(ed, codeEarlyTime, "/event_time", m.KeyStart,
		fmt.Sprintf("the %s edition has no event_time: it is documented from %s on", ed, Edition2024_04))
}

// ofEvent says which event's callbacks have what is missing.
func (e *exam) ofEvent() string {
	if !hasSample(e.subj.event) {
		return ""
	}
	return ": callbacks of " + quote(e.subj.event) + " carry it"
}

// locate finds a deviation in the body: the pointer through nested strings, the offset, and what stands there.
func (e *exam) locate(d partDeviation) (pointer string, offset int, found string) {
	s := e.subj
	name := strings.TrimPrefix(d.pointer, "/")
	if d.part == "envelope" {
		if m, ok := s.envelope.member(name); ok {
			return d.pointer, m.Value.Start, describe(&e.doc, m.Value, name)
		}
		return d.pointer, e.doc.Root.Start, "missing"
	}
	n := s.msg
	if d.part == "source_urls" {
		n = s.urls
	}
	if d.pointer == "" { // the root has another type: that is said of the member
		return "/" + n.name, n.offset(n.doc.Root.Start), describe(&n.doc, n.doc.Root, "")
	}
	if d.part == "source_urls" {
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(n.doc.Items) {
			return "/" + n.name, n.offset(n.doc.Root.Start), "missing" // cannot be: it was found there
		}
		v := n.doc.Items[i]
		return n.pointer(d.pointer), n.offset(v.Start), describe(&n.doc, v, "")
	}
	if m, ok := n.object.member(name); ok {
		return n.pointer(d.pointer), n.offset(m.Value.Start), describe(&n.doc, m.Value, name)
	}
	return n.pointer(d.pointer), n.offset(n.doc.Root.Start), "missing"
}

// A sampleKey is a departure from the tables, as exactly as it has to be told from others.
type sampleKey struct {
	event, part, pointer, keyword string
	kind                          jsonscan.Kind
}

func (e *exam) sampleKey(d partDeviation) sampleKey {
	k := sampleKey{event: e.subj.event, part: d.part, pointer: d.pointer, keyword: d.keyword}
	if _, m, ok := e.subj.member(d.part, strings.TrimPrefix(d.pointer, "/")); ok {
		k.kind = m.Value.Kind
	}
	return k
}

// shownBySample reports whether a sample of the edition departs from its tables in the same way: then the sample is
// believed. Nothing is listed by hand, so a documented sample is fine whatever the tables say.
func shownBySample(ed Edition, k sampleKey) bool {
	get, ok := shownDepartures[ed]
	return ok && get()[k]
}

// sampleEdition is the edition whose samples stand for another's: no complete copy of 2024-04 is at hand, and what is
// known of its samples agrees with 2025-09.
func sampleEdition(ed Edition) Edition {
	if ed == Edition2024_04 {
		return Edition2025_09
	}
	return ed
}

// shownDepartures has, for each edition, how its samples depart from its tables; made when first asked for. It is
// filled by shownDeparturesOf, which asks for no departures itself.
var shownDepartures = func() map[Edition]func() map[sampleKey]bool {
	m := map[Edition]func() map[sampleKey]bool{}
	for _, ed := range allEditions {
		m[ed] = sync.OnceValue(func() map[sampleKey]bool { return shownDeparturesOf(ed) })
	}
	return m
}()

func shownDeparturesOf(ed Edition) map[sampleKey]bool {
	shown := map[sampleKey]bool{}
	for _, event := range Events() {
		body, ok := Sample(sampleEdition(ed), event)
		if !ok {
			continue
		}
		e := newExam(body)
		if e.subj == nil {
			continue
		}
		found, err := e.deviations(ed, Documented)
		if err != nil {
			continue // whoever asks meets the same error and reports it
		}
		for _, d := range found {
			shown[e.sampleKey(d)] = true
		}
	}
	return shown
}
