package capture

import (
	"encoding/json"
	"errors"
	"fmt"
)

// An Envelope says where in a document its body is. The zero value means that the document is the body.
type Envelope struct {
	Body     Pointer  // to a string that holds the body, or to an object or array that is the body
	Encoding Encoding // of a string; "" is Auto
	Time     Pointer  // to when it arrived, if anywhere: see ParseTime
}

// open takes the body out of an envelope. What cannot be opened is a document with an Err.
func (e *Envelope) open(doc Document, counts *Counts, to []Document) []Document {
	if err := validJSON(doc.Body); err != nil {
		return refuse(to, doc, CodeEnvelope, "the envelope is not JSON", err)
	}
	value, offset, err := e.Body.in(doc.Body)
	switch {
	case errors.Is(err, errAbsent):
		return refuse(to, doc, CodeEnvelope, "the envelope has nothing at "+e.Body.String(), nil)
	case err != nil:
		return refuse(to, doc, CodeEnvelope, "the envelope has no body at "+e.Body.String(), err)
	}
	var stamp []byte
	if !e.Time.IsZero() {
		stamp, _, err = e.Time.in(doc.Body)
		if err == nil && stamp[0] == '"' {
			stamp = unquote(stamp)
		}
		doc.Arrived = counts.stamp(string(stamp), doc)
	}
	switch value[0] {
	case '{', '[':
		if e.Encoding == Base64 {
			return refuse(to, doc, CodeBody, "the body at "+e.Body.String()+" is no string of base64 but JSON", nil)
		}
		counts.Objects++
		if doc.Derived = offset < 0; !doc.Derived {
			doc.advance(offset)
		}
		doc.Body = value
		return append(to, doc)
	case '"':
		body, packed, err := e.Encoding.decode(unquote(value))
		if err != nil {
			return refuse(to, doc, CodeBody, "the body at "+e.Body.String()+" cannot be decoded", err)
		}
		counts.decoded(packed)
		if offset >= 0 {
			doc.advance(offset)
		}
		doc.Body, doc.Derived = body, true
		return append(to, doc)
	case 'n':
		counts.NoBody++
		return to
	default:
		return refuse(to, doc, CodeEnvelope, "what is at "+e.Body.String()+" is neither string, object nor array", nil)
	}
}

// advance moves the beginning of a document to an offset in its body, which is still that of the envelope.
func (d *Document) advance(n int) {
	for _, c := range d.Body[:min(n, len(d.Body))] {
		d.Column++
		if c == '\n' {
			d.Line, d.Column = d.Line+1, 1
		}
	}
	d.Offset += int64(n)
}

// refuse is a document that is told of in place of its body.
func refuse(to []Document, doc Document, code, message string, err error) []Document {
	doc.Body, doc.Err = nil, &ReadError{Code: code, Message: message, Err: err}
	return append(to, doc)
}

// validJSON says what is wrong with a text, and where in it.
func validJSON(text []byte) error {
	if json.Valid(text) {
		return nil
	}
	err := json.Unmarshal(text, new(json.RawMessage))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w, at its byte %d", err, syntax.Offset)
	}
	return err
}
