package schema

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// Validate says whether a body is a relay callback as documented. It never panics; time and memory are in proportion to
// the body's length. The body is not changed and not kept.
//
// With Options.Edition Auto the body is held against every edition, and the verdict is the best that it gets: ok if one
// edition has nothing to say against it. Report.Editions tells which. A callback with a misspelt field has its warning
// in all four. Editions that do not know what the body carries (its event, its event_time) are left out where another
// one does: a TaskAlarm is held against 2025-09 alone, which names it, not against those that could not tell a broken one.
//
// A sibling's callback (event_type 1, 100 …) is ok, of KindSibling, with no edition: beyond being clean JSON nothing is
// asked of it unless Options.OnlyRelay.
func Validate(body []byte, opts Options) Report {
	v := validators.Get().(*Validator)
	r := v.Validate(body, opts)
	validators.Put(v)
	return r
}

// examine decides every body by jsonschema and the rules around it. Whatever is put in front of it for speed has to give
// the same report for every input, and to leave to it what it does not plainly know.
func examine(e *exam, body []byte, opts Options) Report {
	r := Report{Kind: KindUnknown, EventType: -1}
	if opts.Reading == "" {
		opts.Reading = Wire
	}
	candidates := []Edition{opts.Edition}
	if opts.Edition == Auto {
		candidates = allEditions
	}
	for _, e := range candidates {
		if !slices.Contains(allEditions, e) || opts.Reading != Wire && opts.Reading != Documented {
			return r.end(body, Violation{
				Code: codeOptions, Severity: Error, Offset: -1,
				Message: fmt.Sprintf("there is no edition %q with a reading %q", e, opts.Reading),
			})
		}
	}
	limit := cmp.Or(opts.MaxBytes, DefaultMaxBytes)
	if limit >= 0 && len(body) > limit {
		return r.end(nil, Violation{
			Code: codeTooLong, Severity: Error, Offset: limit,
			Message: fmt.Sprintf("the body has %d bytes, the limit is %d", len(body), limit),
		})
	}
	e.begin(body, opts)
	return e.report(candidates)
}

// end closes a report with the violations given: sorts and places them, takes the verdict from them.
func (r Report) end(body []byte, violations ...Violation) Report {
	slices.SortStableFunc(violations, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Pointer, b.Pointer),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	r.Verdict = verdictOf(violations)
	if extra := len(violations) - MaxViolations; extra > 0 {
		r.Omitted += extra
		violations = keepWorst(violations)
	}
	place(body, violations)
	for i := range violations {
		violations[i].Event = r.Event
	}
	r.Violations = violations
	return r
}

// keepWorst cuts a list to MaxViolations, warnings first, without changing its order.
func keepWorst(violations []Violation) []Violation {
	errors := 0
	for i := range violations {
		if violations[i].Severity == Error {
			errors++
		}
	}
	warnings := max(0, MaxViolations-errors)
	errors = min(errors, MaxViolations)
	return slices.DeleteFunc(violations, func(v Violation) bool {
		left := &warnings
		if v.Severity == Error {
			left = &errors
		}
		*left--
		return *left < 0
	})
}

// place finds line and column of sorted violations, in one walk over the body.
func place(body []byte, violations []Violation) {
	line, from, done := 1, 0, 0
	for i := range violations {
		v := &violations[i]
		if v.Offset < 0 || v.Offset > len(body) {
			continue
		}
		chunk := body[done:v.Offset]
		if n := bytes.Count(chunk, []byte("\n")); n > 0 {
			line += n
			from = done + bytes.LastIndexByte(chunk, '\n') + 1
		}
		done = v.Offset
		v.Line, v.Column = line, v.Offset-from+1
	}
}

func verdictOf(violations []Violation) Verdict {
	worst := OK
	for i := range violations {
		switch violations[i].Severity {
		case Error:
			return Error
		default:
			worst = Warning
		}
	}
	return worst
}
