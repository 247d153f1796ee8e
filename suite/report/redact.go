package report

import (
	"bytes"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/secrets"
)

// redacted is what stands where a secret was.
const redacted = secrets.Mask

// secretHeaders are the header lines whose values are credentials by their meaning.
var secretHeaders = []string{"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}

// Redactor returns a function that takes secrets out of a text; see package secrets.
func Redactor(known ...string) func([]byte) []byte { return secrets.Redactor(known...) }

// redactor is the run's own, or the one that knows no secret of the target.
func (r Run) redactor() func([]byte) []byte {
	if r.Redact != nil {
		return r.Redact
	}
	return Redactor()
}

// clean returns a copy of v without secrets: every text and every body in it has passed redact. Enumerations (string
// types of their own), numbers and times stay as they are, and so do the keys of maps.
func clean[T any](v T, redact func([]byte) []byte) T {
	return rewrite(v, rewriter{
		text: func(s string) string { return string(redact([]byte(s))) },
		// A redactor may work in place; what it gets is therefore never the original.
		body: func(b []byte) []byte { return redact(bytes.Clone(b)) },
		header: func(h emitter.Header) emitter.Header {
			if slices.Contains(secretHeaders, strings.ToLower(h.Name)) {
				h.Value = redacted
			}
			return h
		},
	})
}

// cleaned is the run without its secrets: the only one from which anything is written.
func (r Run) cleaned() Run {
	redact := r.redactor()
	r.Plays = clean(r.Plays, redact)
	r.Selected = clean(r.Selected, redact)
	r.Rest = clean(r.Rest, redact)
	r.Known = clean(r.Known, redact)
	r.Target = clean(r.Target, redact)
	r.Receiver = clean(r.Receiver, redact)
	r.Problem = string(redact([]byte(r.Problem)))
	r.CutShort = string(redact([]byte(r.CutShort)))
	return r
}
