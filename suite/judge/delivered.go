package judge

import (
	"bytes"
	"math"
	"slices"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// statusOK is the one status that acknowledges a callback (How to Receive Event Notification, every edition).
const statusOK = 200

// A window says what of a transcript may be known at a look, in microseconds since the start of the play.
type window struct {
	sureBy int64 // what was acknowledged by then must show
	sentBy int64 // what was sent before then may show
}

// wholePlay is the window of a look once every step is over.
var wholePlay = window{sureBy: math.MaxInt64, sentBy: math.MaxInt64}

// reached says whether an attempt may have brought anything to the receiver.
func reached(a emitter.Attempt) bool {
	if a.Answer != nil || a.Failure == nil {
		return true
	}
	// No connection, no TLS: not a byte of the callback can have arrived. Of any other end we cannot be sure.
	return a.Failure.Kind != emitter.FailRefused && a.Failure.Kind != emitter.FailTLS
}

// tornApart says whether the script ended the request within its body, so that what arrived is no callback.
func tornApart(a emitter.Attempt) bool {
	for _, at := range []*int{a.Request.Wire.ResetAt, a.Request.Wire.TruncateAt} {
		if at == nil {
			continue
		}
		end := *at
		if end < 0 {
			end += len(a.Request.Body)
		}
		end = min(max(end, 0), len(a.Request.Body))
		if _, ok := readCallback(a.Request.Body[:end], false); !ok {
			return true
		}
	}
	return false
}

// cut says whether the script itself spoiled the request, so that nothing is asked of its answer.
func cut(a emitter.Attempt) bool {
	w := a.Request.Wire
	return w.LoseAnswer || w.ResetAt != nil || w.TruncateAt != nil || (a.Failure != nil && a.Failure.Kind == emitter.FailOurs)
}

// acknowledged says whether an attempt brought the whole callback and was answered 200, in a whole answer: of a receiver that is
// killed the first line of one may still come, and such a callback is sent again.
func acknowledged(a emitter.Attempt) bool { return a.OK() && !cut(a) }

// A fate is what became of an event until a window closes.
type fate struct {
	sent   bool
	sure   bool     // acknowledged, so it must show
	bodies [][]byte // the distinct bodies that were sent
}

// fates works out the fate of every event of a transcript. Only what was sent has one.
func fates(tr *emitter.Transcript, w window) map[string]*fate {
	out := map[string]*fate{}
	for i := range tr.Deliveries {
		d := &tr.Deliveries[i]
		for j := range d.Attempts {
			a := &d.Attempts[j]
			if us(a.Queued) >= w.sentBy || !reached(*a) || tornApart(*a) {
				continue
			}
			f := out[d.Event]
			if f == nil {
				f = &fate{}
				out[d.Event] = f
			}
			f.sent = true
			f.sure = f.sure || (acknowledged(*a) && us(a.Done) <= w.sureBy)
			f.addBody(a.Request.Body)
		}
	}
	return out
}

// addBody keeps a body that was not seen yet. Copies and retries share their bytes, so comparing with the last is
// most of the work.
func (f *fate) addBody(body []byte) {
	for _, seen := range slices.Backward(f.bodies) {
		if bytes.Equal(seen, body) {
			return
		}
	}
	f.bodies = append(f.bodies, body)
}

// meaning is what a receiver with these capabilities may make of an event: a signature says nothing to a receiver
// without a key, and one that demands signatures may refuse what has none.
func meaning(e *scenarios.Event, caps *Capabilities, signed bool) scenarios.Meaning {
	switch e.Meaning {
	case scenarios.MeansForged:
		if !caps.Signing {
			return scenarios.MeansEither
		}
	case scenarios.MeansCallback:
		if caps.Signed && !signed {
			return scenarios.MeansEither
		}
	case scenarios.MeansSibling:
		if caps.Signed && !signed {
			return scenarios.MeansForged
		}
	case scenarios.MeansEither, scenarios.MeansNothing:
	}
	return e.Meaning
}

// isSigned says whether a body that was sent carries a signature.
func isSigned(plainBody []byte, sent [][]byte) bool {
	for _, body := range sent {
		if bytes.Contains(body, []byte(`sign`)) {
			if c, ok := readSign(body); ok {
				return c
			}
		}
	}
	if len(sent) > 0 {
		return false
	}
	c, _ := readSign(plainBody)
	return c
}

// readSign reads whether an object has a sign, of whatever type of CSS callback it is.
func readSign(body []byte) (signed, ok bool) {
	v, ok := decodeJSON(bytes.TrimPrefix(body, utf8Mark), false)
	if !ok {
		return false, false
	}
	m, ok := v.(map[string]any)
	return m["sign"] != nil, ok
}
