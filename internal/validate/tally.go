package validate

import (
	"maps"

	"github.com/relaycheck/relaycheck/schema"
)

// A tally counts what came of the documents of one input, or of a part of one. What is added up does not depend on how
// the input was cut.
type tally struct {
	ok, warnings, errors, unreadable, siblings int
	bytes                                      int64 // of the documents, without what stands between them
	lines, blank                               int   // of the input: those of documents; those read here that have none
	taken                                      int   // documents as the reader handed them out, before they were opened

	relay int            // relay callbacks that were judged, other than those in forms
	timed int            // of these, with event_time
	rare  map[string]int // of these, by event: those whose event not every edition names
	warn  map[mask]int   // of these, with warnings alone: by the editions that they fit so

	forms []form // relay callbacks that are ok
}

// A form is what the fit of a callback without findings depends on. A capture has a handful, so a short list is
// searched faster than a map.
type form struct {
	first *schema.Edition // of the report's editions, and their number: the fast path gives the same again and again
	n     int
	timed bool
	event string

	fits mask
	docs int
}

// usualForms is how many forms a part of a capture has: four events, and some with event_time.
const usualForms = 6

// add counts a judged document.
func (t *tally) add(r *schema.Report) {
	if r.Verdict == schema.OK && r.Kind == schema.KindRelay {
		t.ok++
		t.fine(r)
		return
	}
	if r.Kind == schema.KindSibling {
		t.siblings++
	}
	switch {
	case !r.Readable():
		t.unreadable++
		return
	case r.Verdict == schema.Error:
		t.errors++
	case r.Verdict == schema.Warning:
		t.warnings++
	default:
		t.ok++
	}
	if r.Kind != schema.KindRelay {
		return
	}
	t.relay++
	if r.Timed {
		t.timed++
	}
	if rare(r.Event) {
		t.rare = plus(t.rare, r.Event, 1)
	}
	if r.Verdict == schema.Warning {
		t.warn = plus(t.warn, maskOf(r.Editions), 1)
	}
}

// many counts relay callbacks without findings that have one report.
func (t *tally) many(r *schema.Report, docs int) {
	t.ok += docs
	t.form(form{n: len(r.Editions), timed: r.Timed, event: r.Event, fits: maskOf(r.Editions), docs: docs})
}

// fine counts a relay callback without findings by its form.
func (t *tally) fine(r *schema.Report) {
	if len(r.Editions) == 0 {
		t.form(form{timed: r.Timed, event: r.Event, docs: 1}) // cannot be: what fits no edition has findings
		return
	}
	first := &r.Editions[0]
	for i := range t.forms {
		f := &t.forms[i]
		if f.first == first && f.n == len(r.Editions) && f.timed == r.Timed && f.event == r.Event {
			f.docs++
			return
		}
	}
	t.form(form{first: first, n: len(r.Editions), timed: r.Timed, event: r.Event, fits: maskOf(r.Editions), docs: 1})
}

// form adds documents of a form. The authority makes its list of editions anew each time, so what counts is which they are.
func (t *tally) form(f form) {
	for i := range t.forms {
		if g := &t.forms[i]; g.fits == f.fits && g.timed == f.timed && g.event == f.event {
			g.docs += f.docs
			return
		}
	}
	if t.forms == nil {
		t.forms = make([]form, 0, usualForms)
	}
	t.forms = append(t.forms, f)
}

func (t *tally) merge(o *tally) {
	t.ok += o.ok
	t.warnings += o.warnings
	t.errors += o.errors
	t.unreadable += o.unreadable
	t.siblings += o.siblings
	t.bytes += o.bytes
	t.lines += o.lines
	t.blank += o.blank
	t.taken += o.taken
	t.relay += o.relay
	t.timed += o.timed
	for event, n := range o.rare {
		t.rare = plus(t.rare, event, n)
	}
	for m, n := range o.warn {
		t.warn = plus(t.warn, m, n)
	}
	for _, f := range o.forms {
		t.form(f)
	}
}

func plus[K comparable](m map[K]int, key K, n int) map[K]int {
	if m == nil {
		m = map[K]int{}
	}
	m[key] += n
	return m
}

func (t *tally) documents() int { return t.ok + t.warnings + t.errors + t.unreadable }

// summary is the tally without what it knows of editions.
func (t *tally) summary() Summary {
	return Summary{
		Documents: t.documents(), OK: t.ok, Warnings: t.warnings, Errors: t.errors, Unreadable: t.unreadable, Siblings: t.siblings,
	}
}

// relays is how many relay callbacks were judged.
func (t *tally) relays() int {
	n := t.relay
	for _, f := range t.forms {
		n += f.docs
	}
	return n
}

// fits is how many relay callbacks an edition has nothing against.
func (t *tally) fits(edition mask) (n int) {
	for _, f := range t.forms {
		if f.fits&edition != 0 {
			n += f.docs
		}
	}
	return n
}

// warned is how many relay callbacks fit an edition with warnings, and none better.
func (t *tally) warned(edition mask) (n int) {
	for m, docs := range t.warn {
		if m&edition != 0 {
			n += docs
		}
	}
	return n
}

// times is how many relay callbacks carry event_time.
func (t *tally) times() int {
	n := t.timed
	for _, f := range t.forms {
		if f.timed {
			n += f.docs
		}
	}
	return n
}

// rareEvents counts the relay callbacks whose event not every edition names.
func (t *tally) rareEvents() map[string]int {
	out := map[string]int{}
	maps.Copy(out, t.rare)
	for _, f := range t.forms {
		if rare(f.event) {
			out[f.event] += f.docs
		}
	}
	return out
}
