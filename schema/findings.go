package schema

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// A finding is one thing that an edition has against all bodies of a constellation. It is put into words as far as it is
// the same for all of them; words.go does the rest.
type finding struct {
	code     string
	severity Verdict
	part     string // of the body
	bit      int    // of the member that it is about, negative where it is about all of the part
	pointer  string // in the body; to entries of source_urls without their number
	words    string // the message, up to what the value is; "" where it depends on the event
	told     bool   // what the value is has to be told

	entries bool          // it is about entries of source_urls
	entry   int           // which one, or all of a type where it is negative
	kind    jsonscan.Kind // of them
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
		found = append(found, e.finding(ed, d, wireCode(d)))
	}
	tables, err := e.deviations(ed, Documented)
	if err != nil {
		return nil, err
	}
	for _, d := range tables {
		if failed[d.part+d.pointer] || shownBySample(ed, e.sampleKey(d)) {
			continue
		}
		found = append(found, e.finding(ed, d, tableCode(d)))
	}
	if e.early(ed) {
		found = append(found, e.earlyTime(ed))
	}
	return found, nil
}

// finding is a deviation with all that bodies of this constellation have in common about it.
func (e *exam) finding(ed Edition, d partDeviation, code string) finding {
	in, o := e.subj.part(d.part)
	f := finding{code: code, severity: e.severity(code), part: d.part, bit: -1, pointer: in.pointer(d.pointer), entry: -1}
	name := strings.TrimPrefix(d.pointer, "/")
	value := e.document(in).Root
	switch {
	case d.pointer == "":
		f.pointer = "/" + in.name // the root has another type: that is said of the member
	case d.part == "source_urls":
		// The library was given a list of its own, in which the entry has another number.
		i, _ := strconv.Atoi(name)
		i = e.index[i]
		value = in.doc.Items[i]
		f.entries, f.kind, f.pointer, name = true, value.Kind, in.pointer("/"), ""
		if e.opts.NoFastPath {
			f.entry = i
		}
	default:
		f.bit = o.names.bit([]byte(name))
		if m := o.member(f.bit); m != nil {
			value = m.Value
		}
	}
	f.words, f.told = e.words(ed, d, code, name)
	switch value.Kind {
	case jsonscan.Null, jsonscan.Array, jsonscan.Object: // all values of such a type are told of alike
		if f.told {
			f.words, f.told = e.say(f.words, e.document(in), value, false), false
		}
	default:
	}
	return f
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

// early reports whether the body has an event_time that the edition does not have.
func (e *exam) early(ed Edition) bool {
	return e.subj.envelope.member(kEventTime) != nil && !e.stranger() && !ed.HasEventTime()
}

// earlyTime is the finding of event_time in an edition that has none.
func (e *exam) earlyTime(ed Edition) finding {
	return finding{
		code: codeEarlyTime, severity: e.severity(codeEarlyTime), part: "envelope", bit: kEventTime, pointer: "/event_time", entry: -1,
		words: fmt.Sprintf("the %s edition has no event_time: it is documented from %s on", ed, Edition2024_04),
	}
}

// A sampleKey is a departure from the tables, as exactly as it has to be told from others.
type sampleKey struct {
	event, part, pointer, keyword string
	kind                          jsonscan.Kind
}

func (e *exam) sampleKey(d partDeviation) sampleKey {
	k := sampleKey{event: e.subj.event, part: d.part, pointer: d.pointer, keyword: d.keyword}
	_, o := e.subj.part(d.part)
	if o.doc == nil {
		return k
	}
	if m := o.member(o.names.bit([]byte(strings.TrimPrefix(d.pointer, "/")))); m != nil {
		k.kind = m.Value.Kind
	}
	return k
}

// shownBySample reports whether a sample of the edition departs from its tables in the same way: then the sample is
// believed. Nothing is listed by hand, so a documented sample is fine whatever the tables say.
func shownBySample(ed Edition, k sampleKey) bool {
	get, ok := shownDepartures[sampleOf{ed, k.event}]
	return ok && get()[k]
}

// A sampleOf names a sample.
type sampleOf struct {
	edition Edition
	event   string
}

// sampleEdition is the edition whose samples stand for another's: no complete copy of 2024-04 is at hand, and what is
// known of its samples agrees with 2025-09.
func sampleEdition(ed Edition) Edition {
	if ed == Edition2024_04 {
		return Edition2025_09
	}
	return ed
}

// shownDepartures has, for each sample, how it departs from its edition's tables; made when first asked for. It is
// filled by shownDeparturesOf, which asks for no departures itself.
var shownDepartures = func() map[sampleOf]func() map[sampleKey]bool {
	m := map[sampleOf]func() map[sampleKey]bool{}
	for _, ed := range allEditions {
		for _, event := range Events() {
			m[sampleOf{ed, event}] = sync.OnceValue(func() map[sampleKey]bool { return shownDeparturesOf(ed, event) })
		}
	}
	return m
}()

func shownDeparturesOf(ed Edition, event string) map[sampleKey]bool {
	body, ok := Sample(sampleEdition(ed), event)
	if !ok {
		return nil
	}
	e := newExam(body)
	if e.subj == nil {
		return nil
	}
	found, err := e.deviations(ed, Documented)
	if err != nil {
		return nil // whoever asks meets the same error and reports it
	}
	shown := map[sampleKey]bool{}
	for _, d := range found {
		shown[e.sampleKey(d)] = true
	}
	return shown
}
