package schema

import (
	"bytes"
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// rules are the checks that hold in every edition and that JSON Schema has no words for: what the nested strings hold,
// names that nobody documents, and numbers that are allowed but odd.
func (e *exam) rules() {
	s := e.subj
	if s.msg != nil {
		e.nested(s.msg)
	}
	if s.urls != nil {
		e.nested(s.urls)
	}
	e.unknownKeys()
	e.unknownMembers()
	e.numbers()
}

// nested notes what is wrong with the text in msg or source_urls.
func (e *exam) nested(n *nested) {
	e.faults(n, &n.doc)
	if n.err == nil {
		return
	}
	code := codeMsgNotJSON
	if n.name == "source_urls" {
		code = codeURLsNotJSON
	}
	switch {
	case n.err.Deep:
		e.add(codeDeep, n.pointer(""), n.offset(n.err.Offset), n.name+": "+n.err.Message)
	case n.err.Many:
		e.add(codeMany, n.pointer(""), n.offset(n.err.Offset), n.name+": "+n.err.Message)
	case n.err.Empty:
		e.add(code, "/"+n.name, n.offset(n.err.Offset), n.name+" has to hold JSON, but is empty")
	default:
		e.add(code, "/"+n.name, n.offset(n.err.Offset), "the text in "+n.name+" is not JSON: "+n.err.Message)
	}
}

// unknownKeys notes outer keys that no edition has. event_time is left to the editions.
func (e *exam) unknownKeys() {
	o := &e.subj.envelope
	for _, bit := range [...]int{kSign, kT} {
		if m := o.member(bit); m != nil {
			name := outerSet.byBit[bit]
			e.add(codeSigned, "/"+name, m.KeyStart, name+" is documented for the other callbacks of the family, not for relay callbacks")
		}
	}
	e.strangers(nil, o, "field", outerNames, codeUnknownKey)
}

// unknownMembers notes members of msg that the event's table and sample lack. Of an alarm only type is documented, and
// of an unknown event nothing: there is nothing to hold them against.
func (e *exam) unknownMembers() {
	s := e.subj
	if s.msg == nil || s.msg.object.doc == nil || !hasSample(s.event) {
		return
	}
	o, mine := &s.msg.object, msgNames[s.event]
	if o.has&^mine.mask != 0 {
		e.ofOtherEvents(o, mine.mask)
	}
	e.strangers(s.msg, o, "member", mine, codeUnknownMember)
}

// ofOtherEvents notes members of msg that are known, and not this event's.
func (e *exam) ofOtherEvents(o *object, mine uint16) {
	told := 0
	for i := range o.doc.Members {
		m := &o.doc.Members[i]
		if bit := memberOf(m.Key); bit < 0 || mine&(1<<bit) != 0 {
			continue
		}
		if told++; told > MaxViolations { // one name again and again
			e.omitted++
			continue
		}
		e.text = e.subj.msg.appendPointer(e.text[:0], m)
		e.add(codeUnknownMember, string(e.text), e.subj.msg.offset(m.KeyStart),
			fmt.Sprintf("%s is documented for the msg of other events, not of %s", m.Key, e.subj.event))
	}
}

// fewStrangers is how many unknown names of an object are compared with the documented ones: who has more did not mistype
// them, and a comparison costs more than all the rest.
const fewStrangers = 50

// strangers notes unknown names, with the one of the candidates that was probably meant where that is missing. A body may
// have a hundred thousand: beyond MaxViolations they are counted.
func (e *exam) strangers(in *nested, o *object, what string, candidates someNames, code string) {
	e.omitted += o.more
	if len(o.unknown) == 0 {
		return
	}
	e.missing = e.missing[:0]
	for _, bit := range candidates.bits {
		if o.has&(1<<bit) == 0 {
			e.missing = append(e.missing, o.names.byBit[bit])
		}
	}
	for i, place := range o.unknown {
		m := &o.doc.Members[place]
		e.text = in.appendPointer(e.text[:0], m)
		pointer := string(e.text)
		e.text = append(append(e.text[:0], "no edition documents a "...), what...)
		if len(m.Key) > 0 {
			e.text = appendQuoted(append(e.text, ' '), m.Key)
		}
		if in != nil {
			e.text = append(append(e.text, " of "...), in.name...)
		}
		if len(m.Key) == 0 {
			e.text = append(e.text, " with an empty name"...)
		}
		if i < fewStrangers {
			if near, ok := Nearest(string(m.Key), e.missing); ok {
				e.text = append(append(append(e.text, "; was "...), near...), " meant?"...)
			}
		}
		e.add(code, pointer, in.offset(m.KeyStart), string(e.text))
	}
}

// outerNames are the outer keys that a misspelt one may have been meant to be: not the one-letter t.
var outerNames = outerSet.some(slices.DeleteFunc(slices.Clone(outerKeys), func(name string) bool { return name == "t" || name == "appId" }))

// msgNames are the members of each event's msg.
var msgNames = func() map[string]someNames {
	m := map[string]someNames{}
	for event, names := range msgKeys {
		m[event] = memberSet.some(names)
	}
	return m
}()

// What the numbers of a callback mean, by bit. index, code and event_time may be written as text.
const (
	outerNumbers     = 1<<kAppid | 1<<kAppID | 1<<kEventTime
	outerNumericText = 1 << kEventTime
	msgNumbers       = 1<<mTaskStart | 1<<mTaskExit | 1<<mIndex | 1<<mDuration | 1<<mCode
	msgNumericText   = 1<<mIndex | 1<<mCode
	msgSigned        = 1 << mCode
)

// maxSafe is the greatest whole number that every JSON parser keeps: 2^53 - 1.
var maxSafe = big.NewRat(1<<53-1, 1)

// numbers notes numbers that no schema forbids and that no callback would carry.
func (e *exam) numbers() {
	o := &e.subj.envelope
	for left := o.has & outerNumbers; left != 0; left &= left - 1 {
		bit := bits.TrailingZeros16(left)
		e.number(nil, o, bit, outerNumericText&(1<<bit) != 0, false)
	}
	if e.subj.msg == nil {
		return
	}
	o = &e.subj.msg.object
	for left := o.has & msgNumbers; left != 0; left &= left - 1 {
		bit := bits.TrailingZeros16(left)
		e.number(e.subj.msg, o, bit, msgNumericText&(1<<bit) != 0, msgSigned&(1<<bit) != 0)
	}
}

// number notes what is odd about one of them, in the envelope or in the text of in: it may be text, or negative.
func (e *exam) number(in *nested, o *object, bit int, text, signed bool) {
	v := o.member(bit).Value
	odd := func(code, words string) {
		name := o.names.byBit[bit]
		e.add(code, in.pointer("/"+name), in.offset(v.Start),
			e.say(name+words+", but is ", o.doc, v, o.names.shown&(1<<bit) != 0))
	}
	switch v.Kind {
	case jsonscan.Number:
		token := o.doc.Src[v.Start:v.End]
		digits, negative := bytes.CutPrefix(token, []byte("-"))
		if len(digits) <= maxDigits && isDigits(digits) && (signed || !negative) {
			return // neither negative nor huge, which is nearly always so
		}
		n, ok := new(big.Rat).SetString(number(o.doc, v).String())
		if !ok {
			return
		}
		if n.Sign() < 0 && !signed {
			odd(codeNegative, " should not be negative")
		}
		if n.Abs(n).Cmp(maxSafe) > 0 && !jsonscan.Wild(token) {
			if token[0] == '-' {
				odd(codeHuge, " should be at least -(2^53-1)")
			} else {
				odd(codeHuge, " should be at most 2^53-1")
			}
		}
	case jsonscan.String:
		if !text {
			return
		}
		content := o.doc.Content(v)
		switch {
		case !isSigned(content):
			odd(codeNotWhole, " should hold a whole number")
		case content[0] == '-' && !signed:
			odd(codeNegative, " should not be negative")
		}
	default: // another type: the schemas have told
	}
}
