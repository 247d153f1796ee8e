package schema

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// rules are the checks that hold in every edition and that JSON Schema has no words for: what the nested strings hold,
// names that nobody documents, and numbers that are allowed but odd.
func (e *exam) rules() {
	s := e.subj
	for _, n := range []*nested{s.msg, s.urls} {
		if n != nil {
			e.nested(n)
		}
	}
	e.unknownKeys()
	e.unknownMembers()
	e.numbers()
}

// nested notes what is wrong with the text in msg or source_urls.
func (e *exam) nested(n *nested) {
	e.faults(n.pointer(""), &n.doc, n.offset)
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
	for _, name := range []string{"sign", "t"} {
		if m, ok := o.member(name); ok {
			e.add(codeSigned, "/"+name, m.KeyStart, name+" is documented for the other callbacks of the family, not for relay callbacks")
		}
	}
	e.strangers(o, "field", knownOuterNames, func(m jsonscan.Member) (string, int) {
		return "/" + jsonscan.Token(m.Key), m.KeyStart
	}, codeUnknownKey)
}

// unknownMembers notes members of msg that the event's table and sample lack. Of an alarm only type is documented, and
// of an unknown event nothing: there is nothing to hold them against.
func (e *exam) unknownMembers() {
	s := e.subj
	if s.msg == nil || s.msg.object.doc == nil || !hasSample(s.event) {
		return
	}
	o := &s.msg.object
	where := func(m jsonscan.Member) (string, int) {
		return s.msg.pointer("/" + jsonscan.Token(m.Key)), s.msg.offset(m.KeyStart)
	}
	mine, told := msgKeys[s.event], 0
	for _, m := range o.doc.Members {
		if name := string(m.Key); memberOf(m.Key) >= 0 && !slices.Contains(mine, name) {
			if told++; told > MaxViolations { // one name again and again
				e.omitted++
				continue
			}
			pointer, offset := where(m)
			e.add(codeUnknownMember, pointer, offset, fmt.Sprintf("%s is documented for the msg of other events, not of %s", name, s.event))
		}
	}
	e.strangers(o, "member", msgKeys[s.event], where, codeUnknownMember)
}

// fewStrangers is how many unknown names of an object are compared with the documented ones: who has more did not mistype
// them, and a comparison costs more than all the rest.
const fewStrangers = 50

// strangers notes unknown names, with the one that was probably meant where that is missing. A body may have a hundred
// thousand: beyond MaxViolations they are counted.
func (e *exam) strangers(o *object, what string, candidates []string, where func(jsonscan.Member) (string, int), code string) {
	e.omitted += o.more
	if len(o.unknown) == 0 {
		return
	}
	var missing []string
	for _, c := range candidates {
		if _, ok := o.member(c); !ok {
			missing = append(missing, c)
		}
	}
	for i, m := range o.unknown {
		pointer, offset := where(m)
		message := "no edition documents a " + what + " " + quote(string(m.Key))
		if i < fewStrangers {
			if near, ok := Nearest(string(m.Key), missing); ok {
				message += "; was " + near + " meant?"
			}
		}
		e.add(code, pointer, offset, message)
	}
}

// knownOuterNames are the outer keys that a misspelt one may have been meant to be: not the one-letter t.
var knownOuterNames = func() []string {
	var names []string
	for _, k := range outerKeys {
		if k != "t" && k != "appId" {
			names = append(names, k)
		}
	}
	return names
}()

// What the numbers of a callback mean. index, code and event_time may be written as text.
var (
	outerNumbers = []int{kAppid, kAppID, kEventTime}
	msgNumbers   = []int{mTaskStart, mTaskExit, mIndex, mDuration, mCode}
	numericText  = setOf("event_time", "index", "code")
	signed       = setOf("code")
)

// maxSafe is the greatest whole number that every JSON parser keeps: 2^53 - 1.
var maxSafe = big.NewRat(1<<53-1, 1)

// numbers notes numbers that no schema forbids and that no callback would carry.
func (e *exam) numbers() {
	o := &e.subj.envelope
	for _, bit := range outerNumbers {
		if o.has&(1<<bit) != 0 {
			e.number(nil, o, bit)
		}
	}
	if e.subj.msg == nil {
		return
	}
	o = &e.subj.msg.object
	for _, bit := range msgNumbers {
		if o.has&(1<<bit) != 0 {
			e.number(e.subj.msg, o, bit)
		}
	}
}

// number notes what is odd about one of them, in the envelope or in the text of in.
func (e *exam) number(in *nested, o *object, bit int) {
	name, v := o.names.byBit[bit], o.known[bit].Value
	odd := func(code, message string) {
		pointer, offset := "/"+name, v.Start
		if in != nil {
			pointer, offset = in.pointer(pointer), in.offset(offset)
		}
		e.add(code, pointer, offset, name+message+", but is "+describe(o.doc, v, name))
	}
	switch v.Kind {
	case jsonscan.Number:
		token := o.doc.Src[v.Start:v.End]
		if len(token) <= maxDigits && isDigits(token) {
			return // neither negative nor huge, which is nearly always so
		}
		n, ok := new(big.Rat).SetString(number(o.doc, v).String())
		if !ok {
			return
		}
		if n.Sign() < 0 && !signed[name] {
			odd(codeNegative, " should not be negative")
		}
		if n.Abs(n).Cmp(maxSafe) > 0 && !jsonscan.Wild(token) {
			odd(codeHuge, " should be at most 2^53-1")
		}
	case jsonscan.String:
		if !numericText[name] {
			return
		}
		text := o.doc.Text(v)
		switch {
		case !isSigned(text.Bytes):
			odd(codeNotWhole, " should hold a whole number")
		case text.Bytes[0] == '-' && !signed[name]:
			odd(codeNegative, " should not be negative")
		}
	default: // another type: the schemas have told
	}
}
