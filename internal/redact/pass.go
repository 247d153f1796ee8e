package redact

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// A pass is one walk over one body.
type pass struct {
	names *pseudonyms
	known map[string]bool // words of the ids and addresses of this body, that its messages may repeat
	hosts []string        // of its addresses
	prosy bool            // a message was met that may repeat them
	of    kind            // of the value that is being redacted
}

// kind is what a member holds.
type kind int

const (
	unknown kind = iota // nobody knows: its words and its long numbers go
	outer               // the callback itself
	inside              // msg
	keep                // what the receiver's state hangs on, and nobody is told by
	id                  // a name of somebody or something
	link                // an address
	links               // a list of addresses
	message             // prose
)

// The members of a callback (Relay Event Notification, all editions; sign and t: How to Receive Event Notification).
var (
	outerKinds = map[string]kind{
		"appid": id, "appId": id, "task_id": id, "stream_id": id, "sign": id,
		"to_url": link, "callback_url": link, "source_urls": links, "msg": inside,
		"callback_event": keep, "event_type": keep, "interface": keep, "product_name": keep, "event_time": keep, "t": keep,
	}
	insideKinds = map[string]kind{
		"url": link, "message": message,
		"index": keep, "duration": keep, "code": keep, "type": keep, "task_start_time": keep, "task_exit_time": keep,
	}
)

// member is the kind of a member of something of a kind.
func (k kind) member(name string) kind {
	if k == outer {
		return outerKinds[name]
	}
	if k == inside {
		return insideKinds[name]
	}
	return k
}

// document redacts a body. A body with a message is walked twice: the first walk finds the words that it may repeat.
func (p *pass) document(body string) (string, error) {
	if !json.Valid([]byte(body)) {
		return "", ErrNotJSON
	}
	p.known = map[string]bool{}
	out := p.text(body, outer)
	if p.prosy && len(p.known)+len(p.hosts) > 0 {
		out = p.text(body, outer)
	}
	return out, nil
}

// text redacts a JSON text.
func (p *pass) text(text string, k kind) string {
	w := walker{pass: p, text: text}
	w.value(k)
	w.out.WriteString(w.text[w.at:])
	return w.out.String()
}

// A walker copies a valid JSON text and redacts its strings and numbers on the way.
type walker struct {
	*pass
	text string
	at   int
	out  strings.Builder
}

// blank copies white space.
func (w *walker) blank() {
	from := w.at
	for w.at < len(w.text) && strings.IndexByte(" \t\r\n", w.text[w.at]) >= 0 {
		w.at++
	}
	w.out.WriteString(w.text[from:w.at])
}

// token copies one byte of punctuation.
func (w *walker) token() byte {
	c := w.text[w.at]
	w.at++
	w.out.WriteByte(c)
	return c
}

func (w *walker) value(k kind) {
	w.blank()
	switch w.text[w.at] {
	case '{':
		w.members('}', k)
	case '[':
		w.members(']', k)
	case '"':
		raw := w.stringText()
		w.of = k
		w.out.WriteString(requote(raw, w.replaced(k)))
	case 't', 'f', 'n':
		from := w.at
		for w.at < len(w.text) && w.text[w.at] >= 'a' && w.text[w.at] <= 'z' {
			w.at++
		}
		w.out.WriteString(w.text[from:w.at])
	default:
		from := w.at
		for w.at < len(w.text) && strings.IndexByte("+-.eE0123456789", w.text[w.at]) >= 0 {
			w.at++
		}
		w.of = k
		w.out.WriteString(w.number(w.text[from:w.at], k))
	}
	w.blank()
}

// members walks an object or a list.
func (w *walker) members(end byte, k kind) {
	w.token()
	w.blank()
	if w.text[w.at] == end {
		w.token()
		return
	}
	for {
		w.blank()
		inner := k
		if end == '}' {
			raw := w.stringText()
			inner = k.member(unquote(raw))
			if k == unknown { // it may be a list by id, or by host
				raw = requote(raw, w.prosaic)
			}
			w.out.WriteString(raw)
			w.blank()
			w.token() // the colon
		} else if k == outer {
			inner = unknown // a list where a callback should be
		}
		w.value(inner)
		if w.token() == end {
			return
		}
	}
}

// stringText passes over a string and gives it with its quotes.
func (w *walker) stringText() string {
	from := w.at
	for w.at++; w.text[w.at] != '"'; w.at++ {
		if w.text[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
	return w.text[from:w.at]
}

// replaced is what becomes of strings of a kind.
func (w *walker) replaced(k kind) func(string) string {
	switch k {
	case keep:
		return w.kept
	case link:
		return w.url
	case message:
		return w.prosaic
	case inside, links:
		return func(s string) string { return w.nested(s, k) }
	case unknown, outer:
		return func(s string) string { return w.nested(s, unknown) }
	case id:
	}
	return w.words
}

// nested redacts JSON inside a string, as msg and source_urls have it.
func (p *pass) nested(s string, k kind) string {
	switch {
	case json.Valid([]byte(s)):
		if k == links {
			k = link
		}
		return p.text(s, k)
	case address.MatchString(s):
		return p.url(s)
	}
	return p.words(s)
}

// kept keeps what is short enough to be what it should be, and takes everything else for prose: an event's name and a
// code are words, not sentences and addresses.
func (p *pass) kept(s string) string {
	if utf8.RuneCountInString(s) <= 64 && !strings.ContainsAny(s, "/@:") {
		return s
	}
	return p.words(s)
}

func (p *pass) prosaic(s string) string {
	p.prosy = true
	return p.prose(s)
}

// manyDigits is how long a whole number of unknown meaning has to be to be somebody's: shorter ones are counts and codes.
const manyDigits = 6

// number redacts a number: those that are ids, and long ones of unknown meaning.
func (p *pass) number(text string, k kind) string {
	digits := strings.TrimPrefix(text, "-")
	if k == keep || strings.ContainsAny(digits, ".eE") || k != id && len(digits) < manyDigits {
		return text
	}
	p.learn(digits)
	return text[:len(text)-len(digits)] + p.names.of(digits)
}

// learn takes note of a word that a message may repeat: those of ids, and of addresses what is long or has digits. A
// short one, or a common one, would be in every message.
func (p *pass) learn(word string) {
	const shortest, long = 4, 8
	switch {
	case len(word) < shortest || p.known == nil:
	case p.of == id, p.of == link && (len(word) >= long || strings.ContainsAny(word, "0123456789")):
		p.known[word] = true
	}
}
