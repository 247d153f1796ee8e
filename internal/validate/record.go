package validate

import (
	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// A Record is what is told of one document. Its JSON shape is a contract: docs/schemas/validate.schema.json.
type Record struct {
	Source     string           `json:"source"`
	Line       int              `json:"line"`             // where it begins, from 1
	Offset     int64            `json:"offset"`           // where it begins, in bytes from 0, after decompression
	Within     string           `json:"within,omitempty"` // where in its line or file the body was, as a JSON pointer
	Verdict    schema.Verdict   `json:"verdict"`
	Kind       schema.Kind      `json:"kind"`
	Event      string           `json:"event"`                // callback_event; the name of a sibling's event_type
	Unreadable bool             `json:"unreadable,omitempty"` // no JSON, or nothing that could be read
	Editions   []schema.Edition `json:"editions"`
	Violations []Violation      `json:"violations"`
	Omitted    int              `json:"omitted,omitempty"` // violations beyond the first thousand

	timed bool // a relay callback with event_time
}

// A Violation is one finding about a document, placed in the capture and not in the body.
type Violation struct {
	Code     string         `json:"code"`
	Severity schema.Verdict `json:"severity"`
	Pointer  string         `json:"pointer"`
	Message  string         `json:"message"`
	Edition  schema.Edition `json:"edition,omitempty"`
	Line     int            `json:"line"`
	Column   int            `json:"column,omitempty"`
	Offset   int64          `json:"offset"` // -1 if there is none
	// Decoded is the offset in a body that was decoded, in bytes from 0; nil if none was, or there is no offset. What is in
	// base64 or behind escapes has no place of its own in the capture: line, column and offset are where the body begins.
	Decoded *int `json:"decoded_offset,omitempty"`
}

// refused is the record of what could not be read.
func refused(doc capture.Document) Record {
	rec := newRecord(doc)
	rec.Verdict, rec.Unreadable = schema.Error, true
	rec.Violations = append(rec.Violations, Violation{
		Code: doc.Err.Code, Severity: schema.Error, Message: doc.Err.Error(), Line: doc.Line, Column: doc.Column, Offset: doc.Offset,
	})
	return rec
}

func newRecord(doc capture.Document) Record {
	return Record{
		Source: doc.Source, Line: doc.Line, Offset: doc.Offset, Within: doc.Within,
		Kind: schema.KindUnknown, Editions: []schema.Edition{}, Violations: []Violation{},
	}
}

// record tells of a report, with the places in the capture.
func (b *batch) record(doc *capture.Document, r *schema.Report) {
	rec := newRecord(*doc)
	rec.Verdict, rec.Kind, rec.Event, rec.Omitted, rec.timed = r.Verdict, r.Kind, r.Event, r.Omitted, r.Timed
	rec.Unreadable = !r.Readable()
	if r.Kind == schema.KindSibling {
		rec.Event = schema.EventTypeName(r.EventType)
	}
	if r.Editions != nil {
		rec.Editions = r.Editions
	}
	first := len(b.violations)
	for i := range r.Violations {
		v := &r.Violations[i]
		out := Violation{
			Code: v.Code, Severity: v.Severity, Pointer: v.Pointer, Message: v.Message, Edition: v.Edition,
			Line: doc.Line, Column: v.Column, Offset: -1,
		}
		if v.Offset >= 0 {
			out.Offset = doc.Offset + int64(v.Offset)
		}
		switch {
		case doc.Derived: // a place in a body that was decoded is none of the capture
			if v.Offset >= 0 {
				at := v.Offset
				out.Decoded = &at
			}
			out.Offset, out.Column = doc.Offset, doc.Column
		case v.Line > 1:
			out.Line += v.Line - 1
		case v.Line == 1:
			out.Column += doc.Column - 1
		}
		b.violations = append(b.violations, out)
	}
	if n := len(b.violations); n > first {
		rec.Violations = b.violations[first:n:n]
	}
	b.records = append(b.records, rec)
}
