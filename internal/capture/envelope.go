package capture

import (
	"bytes"
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
func (e *Envelope) open(o *Opener, doc Document, to []Document) []Document {
	var h hunt
	timed := !e.Time.IsZero()
	paths := [][]string{e.Body.first(), nil}[:1]
	if timed {
		paths = append(paths, e.Time.first())
	}
	if !h.run(doc.Body, paths...) {
		return refuse(to, doc, CodeEnvelope, "the envelope is not JSON", syntaxError(doc.Body))
	}
	value, offset, err := e.Body.rest(doc.Body, h.found[0], &o.outer)
	switch {
	case errors.Is(err, errAbsent):
		return refuse(to, doc, CodeEnvelope, "the envelope has nothing at "+e.Body.String(), nil)
	case err != nil:
		return refuse(to, doc, CodeEnvelope, "the envelope has no body at "+e.Body.String(), err)
	}
	if timed {
		stamp, _, err := e.Time.rest(doc.Body, h.found[1], &o.stamp)
		if err == nil && stamp[0] == '"' {
			stamp = new(memory).unquote(stamp)
		}
		doc.Arrived = o.counts.stamp(string(stamp), &doc)
	}
	switch value[0] {
	case '{', '[':
		if e.Encoding == Base64 {
			return refuse(to, doc, CodeBody, "the body at "+e.Body.String()+" is no string of base64 but JSON", nil)
		}
		o.counts.Objects++
		if doc.Derived = offset < 0; !doc.Derived {
			doc.advance(offset)
		}
		doc.Body = value
		return append(to, doc)
	case '"':
		body, packed, err := e.Encoding.decode(o.text.unquote(value), &o.body)
		if err != nil {
			return refuse(to, doc, CodeBody, "the body at "+e.Body.String()+" cannot be decoded", err)
		}
		o.counts.decoded(packed)
		if offset >= 0 {
			doc.advance(offset)
		}
		doc.Body, doc.Derived = body, true
		return append(to, doc)
	case 'n':
		o.counts.NoBody++
		return to
	default:
		return refuse(to, doc, CodeEnvelope, "what is at "+e.Body.String()+" is neither string, object nor array", nil)
	}
}

// advance moves the beginning of a document to an offset in its body, which is still that of the envelope.
func (d *Document) advance(n int) {
	before := d.Body[:min(n, len(d.Body))]
	d.Offset += int64(n)
	if lines := bytes.Count(before, []byte("\n")); lines > 0 {
		d.Line += lines
		d.Column = 1
		before = before[bytes.LastIndexByte(before, '\n')+1:]
	}
	d.Column += len(before)
}

// refuse is a document that is told of in place of its body.
func refuse(to []Document, doc Document, code, message string, err error) []Document {
	doc.Body, doc.Err = nil, &ReadError{Code: code, Message: message, Err: err}
	return append(to, doc)
}

// syntaxError says what is wrong with a text that is not JSON, and where in it.
func syntaxError(text []byte) error {
	err := json.Unmarshal(text, new(json.RawMessage))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w, at its byte %d", err, syntax.Offset)
	}
	return err
}
