package schema

import (
	"sync"
)

// A Validator gives the reports of Validate, and is the cheaper way where many bodies are validated one after another:
// it remembers the shapes of the callbacks that it met, so that the next one of the same shape is mostly compared.
//
//	v := schema.NewValidator()
//	for body := range bodies {
//		report := v.Validate(body, opts)
//	}
//
// What it remembers never bears on a report. It is for one goroutine at a time; give each worker its own. Its memory is
// bounded: 32 shapes, and a buffer as long as the longest msg or source_urls met, at most 64 kB of it kept.
type Validator struct {
	shapes shapeCache
	fields fieldScan
	exam   exam // for what is not plainly valid

	opts Options // that plan was made of
	plan plan
}

// NewValidator makes a Validator that has met nothing yet.
func NewValidator() *Validator { return &Validator{} }

// Validate is the function Validate.
func (v *Validator) Validate(body []byte, opts Options) Report {
	if opts.NoFastPath {
		return examine(new(exam), body, opts)
	}
	v.choose(opts)
	if v.plan.able && len(body) <= v.plan.limit {
		if f, ok := v.plainly(body); ok {
			if r := &v.plan.reports[f.number()]; r.Editions != nil {
				return *r
			}
		}
	}
	r := examine(&v.exam, body, opts)
	v.exam.forget()
	return r
}

// choose makes a plan of the options.
func (v *Validator) choose(opts Options) {
	if opts != v.opts || !v.plan.made {
		v.opts, v.plan = opts, newPlan(opts)
	}
}

// plainly reports whether a body is plainly a callback that no edition which knows what it carries has anything
// against. False means that nothing is known about the body.
func (v *Validator) plainly(body []byte) (form, bool) {
	at := v.shapes.place(body)
	if f, ok := v.shapes.find(at, body); ok {
		return f, true
	}
	if !v.fields.scan(body) {
		return form{}, false
	}
	v.shapes.learn(at, body, &v.fields)
	return v.fields.form, true
}

// A form is what the choice of editions depends on.
type form struct {
	event uint8 // index in fastEvents
	timed bool  // it carries event_time
}

// number is one for each form, below PlainForms.
func (f form) number() int {
	if f.timed {
		return 2*int(f.event) + 1
	}
	return 2 * int(f.event)
}

// PlainForms is how many kinds of plainly valid callbacks there are: two for each event of fastEvents, one of them with event_time.
const PlainForms = 2 * len(fastEvents)

// fastEvents are the events that the fast path knows. ResetTaskConfig is left out: no edition names it, so it is never
// without a warning.
var fastEvents = [...]string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit, TaskAlarm}

const fastAlarm = 4 // index of TaskAlarm

// fastMsgKeys are msgKeys by index, for the mask of what was seen.
var fastMsgKeys = func() (need [len(fastEvents)]uint16) {
	for i, event := range fastEvents {
		for _, name := range msgKeys[event] {
			need[i] |= 1 << memberOf([]byte(name))
		}
	}
	return need
}()

// fastLimit is the longest body that the fast path reads, in bytes; see DefaultMaxBytes. What is longer is hardly a
// callback, and is read once instead of twice.
const fastLimit = 128 << 10

// A plan is what options come to: which editions a plainly valid callback fits.
type plan struct {
	made, able bool
	limit      int // of the body's length

	reports [PlainForms]Report // by the form's number; without editions where the authority has to be asked
}

// timedEditions have event_time in their tables; alarmEditions have TaskAlarm, and event_time too. A test holds both
// against the schemas.
var (
	timedEditions = allEditions[2:4:4]
	alarmEditions = allEditions[3:4:4]
)

func newPlan(opts Options) plan {
	p := plan{made: true, limit: fastLimit}
	if opts.MaxBytes > 0 {
		p.limit = min(p.limit, opts.MaxBytes)
	}
	switch opts.Reading {
	case "", Wire, Documented:
	default:
		return p
	}
	var plain, timed, alarm []Edition
	if opts.Edition == Auto {
		p.able, plain, timed, alarm = true, allEditions[:4:4], timedEditions, alarmEditions
	}
	for i, e := range allEditions {
		if e != opts.Edition {
			continue
		}
		p.able, plain = true, allEditions[i:i+1:i+1]
		if i >= 2 {
			timed = plain
		}
		if i >= 3 {
			alarm = plain
		}
	}
	for event := range fastEvents {
		for _, hasTime := range []bool{false, true} {
			f := form{event: uint8(event), timed: hasTime}
			editions := plain
			switch {
			case f.event == fastAlarm:
				editions = alarm
			case f.timed:
				editions = timed
			}
			p.reports[f.number()] = Report{
				Verdict: OK, Kind: KindRelay, Event: fastEvents[f.event], EventType: EventType,
				Timed: f.timed, Editions: editions,
			}
		}
	}
	return p
}

// validators are those that the function Validate uses.
var validators = sync.Pool{New: func() any { return NewValidator() }}
