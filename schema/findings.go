package schema

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// edition holds the body against one edition: what its wire schemas have against it, and what only its tables have.
func (e *exam) edition(ed Edition) ([]Violation, error) {
	var found []Violation
	wire, err := e.deviations(ed, Wire)
	if err != nil {
		return nil, err
	}
	failed := map[string]bool{}
	for _, d := range wire {
		failed[d.part+d.pointer] = true
		found = append(found, e.wireViolation(ed, d))
	}
	tables, err := e.deviations(ed, Documented)
	if err != nil {
		return nil, err
	}
	for _, d := range tables {
		if failed[d.part+d.pointer] || shownBySample(ed, e.key(d)) {
			continue
		}
		found = append(found, e.tableViolation(ed, d))
	}
	early, err := e.earlyTime(ed)
	if err != nil {
		return nil, err
	}
	return append(found, early...), nil
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
		found, known := e.memo[p.class]
		if !known {
			if found, err = e.ask(part.name, p); err != nil {
				return nil, err
			}
			e.memo[p.class] = found
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

// wireViolation is what the wire reading has against the body, in words.
func (e *exam) wireViolation(ed Edition, d partDeviation) Violation {
	pointer, offset, found := e.locate(d)
	name := strings.TrimPrefix(d.pointer, "/")
	v := func(code, message string) Violation { return e.violation(ed, code, pointer, offset, message) }
	expected := fmt.Sprintf("%s has to be %s, but is %s", name, d.expected, found)
	switch d.part {
	case "envelope":
		switch {
		case d.pointer == "/event_type" && d.keyword == "required":
			return v(codeNoEventType, "event_type is missing: relay callbacks carry the number 314")
		case d.pointer == "/event_type" && d.keyword == "type":
			return v(codeEventTypeType, "event_type has to be the number 314, but is "+found)
		case d.pointer == "/event_type":
			return v(codeOtherEventType, "event_type has to be the number 314, but is "+found)
		case d.pointer == "/appid" && d.keyword == "required":
			return v(codeMissing, "appid is missing (appId would do)")
		case d.keyword == "required":
			return v(codeMissing, name+" is missing"+e.ofEvent())
		case d.pointer == "/msg":
			return v(codeMsgNotText, "msg has to be text that holds JSON, but is "+found)
		case d.pointer == "/source_urls":
			return v(codeURLsNotText, "source_urls has to be text that holds a JSON array, but is "+found)
		default:
			return v(codeType, expected)
		}
	case "msg":
		switch {
		case d.pointer == "":
			return v(codeMsgNotObject, "msg has to hold a JSON object, but holds "+found)
		case d.keyword == "required":
			return v(codeMsgMissing, name+" is missing from msg"+e.ofEvent())
		default:
			return v(codeMsgType, expected)
		}
	default:
		if d.pointer == "" {
			return v(codeURLsNotArray, "source_urls has to hold a JSON array, but holds "+found)
		}
		return v(codeURLType, fmt.Sprintf("entry %s of source_urls has to be text, but is %s", name, found))
	}
}

// tableViolation is what only the edition's tables have against the body, in words.
func (e *exam) tableViolation(ed Edition, d partDeviation) Violation {
	pointer, offset, found := e.locate(d)
	name := strings.TrimPrefix(d.pointer, "/")
	v := func(code, message string) Violation { return e.violation(ed, code, pointer, offset, message) }
	switch {
	case d.pointer == "/callback_event" && d.keyword == "enum":
		return v(codeUnknownEvent, e.unknownEvent(ed))
	case d.keyword == "required":
		return v(codeTableMissing, fmt.Sprintf("%s is missing: the table of %s has it, and no sample of %s shows it absent", name, ed, quote(e.subj.event)))
	case d.keyword == "type":
		return v(codeTableType, fmt.Sprintf("%s should be %s by the table of %s, but is %s", name, d.expected, ed, found))
	default:
		return v(codeTableValue, fmt.Sprintf("%s should be %s by the table of %s, but is %s", name, d.expected, ed, found))
	}
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

// earlyTime notes event_time in an edition that has none.
func (e *exam) earlyTime(ed Edition) ([]Violation, error) {
	m, there := e.subj.envelope.known["event_time"]
	if !there || e.stranger() {
		return nil, nil
	}
	set, err := schemas(ed, Documented)
	if err != nil || set.hasTime() {
		return nil, err
	}
	return []Violation{e.violation(ed, codeEarlyTime, "/event_time", m.KeyStart,
		fmt.Sprintf("the %s edition has no event_time: it is documented from %s on", ed, Edition2024_04))}, nil
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
		if m, ok := s.envelope.known[name]; ok {
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
		v, i := e.item(name)
		return n.pointer("/" + strconv.Itoa(i)), n.offset(v.Start), describe(&n.doc, v, "")
	}
	if m, ok := n.object.known[name]; ok {
		return n.pointer(d.pointer), n.offset(m.Value.Start), describe(&n.doc, m.Value, name)
	}
	return n.pointer(d.pointer), n.offset(n.doc.Root.Start), "missing"
}

// item is the entry of source_urls that the library knows by number.
func (e *exam) item(number string) (jsonscan.Value, int) {
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(e.index) {
		return e.subj.urls.doc.Root, 0 // cannot be: the library was given this many
	}
	return e.subj.urls.doc.Items[e.index[i]], e.index[i]
}

// A sampleKey is a departure from the tables, as exactly as it has to be told from others.
type sampleKey struct {
	event, part, pointer, keyword string
	kind                          jsonscan.Kind
}

func (e *exam) key(d partDeviation) sampleKey {
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
		e := newExam(body, Options{})
		if e.subj == nil {
			continue
		}
		found, err := e.deviations(ed, Documented)
		if err != nil {
			continue // whoever asks meets the same error and reports it
		}
		for _, d := range found {
			shown[e.key(d)] = true
		}
	}
	return shown
}
