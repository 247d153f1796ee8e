package schema

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
	"strings"

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
	for _, part := range []string{"envelope", "msg"} {
		e.numbers(part)
	}
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
		if m, ok := o.known[name]; ok {
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
	mine := msgKeys[s.event]
	for _, m := range o.doc.Members {
		if name := string(m.Key); knownMember[name] && !slices.Contains(mine, name) {
			pointer, offset := where(m)
			e.add(codeUnknownMember, pointer, offset, fmt.Sprintf("%s is documented for the msg of other events, not of %s", name, s.event))
		}
	}
	e.strangers(o, "member", msgKeys[s.event], where, codeUnknownMember)
}

// strangers notes unknown names, with the one that was probably meant where that is missing. A body may have a hundred
// thousand: beyond MaxViolations they are counted.
func (e *exam) strangers(o *object, what string, candidates []string, where func(jsonscan.Member) (string, int), code string) {
	e.omitted += o.more
	if len(o.unknown) == 0 {
		return
	}
	var missing []string
	for _, c := range candidates {
		if _, ok := o.known[c]; !ok {
			missing = append(missing, c)
		}
	}
	for _, m := range o.unknown {
		pointer, offset := where(m)
		message := fmt.Sprintf("no edition documents a %s %s", what, quote(string(m.Key)))
		if near, ok := Nearest(string(m.Key), missing); ok {
			message += "; was " + near + " meant?"
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
	numeric     = []string{"appid", "appId", "event_time", "task_start_time", "task_exit_time", "index", "duration", "code"}
	numericText = setOf("event_time", "index", "code")
	signed      = setOf("code")
)

// maxSafe is the greatest whole number that every JSON parser keeps: 2^53 - 1.
var maxSafe = big.NewRat(1<<53-1, 1)

// numbers notes numbers that no schema forbids and that no callback would carry.
func (e *exam) numbers(part string) {
	s := e.subj
	for _, name := range numeric {
		o, m, ok := s.member(part, name)
		if !ok {
			continue
		}
		pointer, offset := "/"+name, m.Value.Start
		if part == "msg" {
			pointer, offset = s.msg.pointer(pointer), s.msg.offset(offset)
		}
		switch m.Value.Kind {
		case jsonscan.Number:
			if token := o.doc.Src[m.Value.Start:m.Value.End]; len(token) <= maxDigits && isDigits(token) {
				continue // neither negative nor huge, which is nearly always so
			}
			n, ok := new(big.Rat).SetString(number(o.doc, m.Value).String())
			if !ok {
				continue
			}
			token := describe(o.doc, m.Value, name)
			if n.Sign() < 0 && !signed[name] {
				e.add(codeNegative, pointer, offset, fmt.Sprintf("%s should not be negative, but is %s", name, token))
			}
			if n.Abs(n).Cmp(maxSafe) > 0 && !jsonscan.Wild(o.doc.Src[m.Value.Start:m.Value.End]) {
				e.add(codeHuge, pointer, offset, fmt.Sprintf("%s should be at most 2^53-1, but is %s", name, token))
			}
		case jsonscan.String:
			if !numericText[name] {
				continue
			}
			text := o.doc.Text(m.Value)
			digits, negative := bytes.CutPrefix(text.Bytes, []byte("-"))
			if len(digits) == 0 || strings.Trim(string(digits), "0123456789") != "" {
				e.add(codeNotWhole, pointer, offset, fmt.Sprintf("%s should hold a whole number, but is %s", name, describe(o.doc, m.Value, name)))
			} else if negative && !signed[name] {
				e.add(codeNegative, pointer, offset, fmt.Sprintf("%s should not be negative, but is %s", name, describe(o.doc, m.Value, name)))
			}
		default: // another type: the schemas have told
		}
	}
}
