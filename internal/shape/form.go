package shape

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/schema"
)

// A form is what a value looks like, without saying what it is.
type form uint8

const (
	formEmpty form = iota
	formDigits
	formSigned // a whole number with its sign
	formHex
	formWord
	formHTTP
	formHTTPS
	formRTMP
	formURL // of another scheme
	formQuery
	formSecret // an address with txSecret
	formObject
	formArray
	formArrayLine
	formNotJSON
	formWords
	formLetters
	formNegative
	formFraction
	formHuge
	formWild
	forms // how many there are
)

// formNames are told in the order of the constants. Some hold beside others: an address may have a query.
var formNames = [forms]string{
	formEmpty: "empty", formDigits: "digits", formSigned: "signed digits", formHex: "hexadecimal", formWord: "word",
	formHTTP: "http address", formHTTPS: "https address", formRTMP: "rtmp address", formURL: "other address",
	formQuery: "with a query", formSecret: "with txSecret",
	formObject: "JSON object", formArray: "JSON array", formArrayLine: "JSON array and a newline", formNotJSON: "no JSON",
	formWords: "words", formLetters: "letters beyond ASCII",
	formNegative: "negative", formFraction: "with a fraction", formHuge: "beyond 2^53", formWild: "too long to compute with",
}

// Classes of bytes in a text.
const (
	isDigit = 1 << iota
	isHex
	isWordly
	isOther
	isBeyond
)

var classes = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = isDigit
		case c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
			t[c] = isHex
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.' || c == '-':
			t[c] = isWordly
		case c >= utf8.RuneSelf:
			t[c] = isBeyond
		default:
			t[c] = isOther
		}
	}
	return t
}()

// hexLength is from how many characters on a text of hexadecimal digits is a digest and no word.
const hexLength = 16

// formOf says what a text looks like. All that is JSON within a text is told by whoever reads it as such.
func formOf(text []byte) form {
	if len(text) == 0 {
		return formEmpty
	}
	if at := bytes.Index(text[:min(len(text), 12)], []byte("://")); at > 0 {
		switch string(text[:at]) {
		case "http":
			return formHTTP
		case "https":
			return formHTTPS
		case "rtmp":
			return formRTMP
		}
		return formURL
	}
	var has uint8
	for _, c := range text {
		has |= classes[c]
	}
	switch {
	case has == isDigit:
		return formDigits
	case has&isBeyond != 0:
		return formLetters
	case text[0] == '-' && len(text) > 1:
		if _, ok := plainNumber(text); ok {
			return formSigned
		}
	case (text[0] == '{' || text[0] == '[') && json.Valid(text):
		switch {
		case text[0] == '{':
			return formObject
		case text[len(text)-1] == '\n':
			return formArrayLine
		}
		return formArray
	}
	switch {
	case has&(isWordly|isOther) == 0 && len(text) >= hexLength:
		return formHex
	case has&isOther == 0:
		return formWord
	}
	return formWords
}

func (f form) isAddress() bool { return f >= formHTTP && f <= formURL }

var txSecret = []byte("txSecret=")

// A privacy says what of a member's values may be kept.
type privacy uint8

const (
	strange privacy = iota // nobody knows what it means: lengths, forms, rounded bounds
	closed                 // it names somebody: lengths and forms
	open                   // it names nobody: its values too
)

// What members hold (Relay Event Notification, all editions; sign and t: How to Receive Event Notification). What a message
// quotes, and what findings quote, is kept closed alike.
var (
	outerPrivacy = map[string]privacy{
		"appid": closed, "appId": closed, "task_id": closed, "stream_id": closed, "sign": closed, "to_url": closed, "callback_url": closed,
		"source_urls": closed, "msg": closed,
		"callback_event": open, "event_type": open, "interface": open, "product_name": open, "event_time": open, "t": open,
	}
	msgPrivacy = map[string]privacy{
		"url": closed, "message": closed,
		"index": open, "duration": open, "code": open, "type": open, "task_start_time": open, "task_exit_time": open,
	}
)

// shownLength is how many bytes a value may have to be shown.
const shownLength = 40

// shownText is a text of an open member as it is shown, if it looks like the word or number that it should be.
func shownText(text []byte) (string, bool) {
	if len(text) > shownLength {
		return "", false
	}
	for _, c := range string(text) {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(" _.-+", c) {
			return "", false
		}
	}
	if run(text, func(c byte) bool { return classes[c]&(isDigit|isHex) != 0 }) >= hexLength {
		return "", false
	}
	return string(text), true
}

// run is the longest run of bytes of a kind.
func run(text []byte, is func(byte) bool) (longest int) {
	n := 0
	for _, c := range text {
		if n++; !is(c) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// shownName is a name as it is shown. One that may be an id, an address or a text, as where names are data, is summed up with
// the others of its kind.
func shownName(name []byte) string {
	const longest = 64
	switch {
	case len(name) == 0:
		return ""
	case classesOf(name) == isDigit:
		return "{number}"
	case len(name) > longest || !utf8.Valid(name):
		return "{name}"
	case run(name, func(c byte) bool { return classes[c] == isDigit }) >= tellingDigits,
		run(name, func(c byte) bool { return classes[c]&(isDigit|isHex) != 0 }) >= hexLength,
		bytes.Count(name, []byte(".")) > 1, bytes.IndexByte(name, '@') > 0: // a host, a mailbox
		return "{name}"
	}
	for _, c := range string(name) {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_.-$@+", c) {
			return "{name}"
		}
	}
	return string(name)
}

func classesOf(text []byte) (has uint8) {
	for _, c := range text {
		has |= classes[c]
	}
	return has
}

// documentedValues are the values that tables list, each with the hash that it has among the values of its member.
var documentedValues = sync.OnceValue(func() map[string]uint64 {
	m := map[string]uint64{}
	for _, text := range documentedEnums() {
		m[text] = uint64(len(m) + 1)
	}
	return m
})

// documentedEnums are the values of every enum of every edition, in a fixed order.
func documentedEnums() []string {
	var out []string
	for _, f := range schema.Files() {
		for _, p := range pageOf(f.Edition, f.Reading, f.Name).Properties {
			out = append(out, p.Enum...)
		}
	}
	return sortedSet(out)
}
