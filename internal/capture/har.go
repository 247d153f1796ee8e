package capture

import (
	"bytes"
	"strconv"
)

// An HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/) is an object with a member log, which is an
// object with an array entries. The splitter reads the entries as it reads every array of documents, one at a time; what
// is here walks over the frame before and behind them.

// A frame is the part of an archive around its entries.
type frame struct {
	balance
	text []byte // the last string of the log's own level, as far as a member's name may be
	key  bool   // the next value is that of entries
	left bool   // the entries are behind
	cut  bool   // the archive ended early, and that was told

	entries int // so far
}

const entriesMember = "entries"

// feed goes over bytes of the frame and returns how many. It stops behind the bracket that opens the entries, behind the
// end of the archive, and behind a line end inside a string.
func (f *frame) feed(p []byte) (n int, opened bool) {
	for i := range p {
		before := f.balance
		f.balance.feed(p[i : i+1])
		switch c := p[i]; {
		case f.broken || f.done():
			return i + 1, false
		case before.depth != 2 || f.left:
		case before.inText && f.inText:
			if len(f.text) <= len(entriesMember) {
				f.text = append(f.text, c)
			}
		case f.inText:
			f.text = f.text[:0]
		case before.inText:
		case c == ':':
			f.key = string(f.text) == entriesMember
		case c == ',':
			f.key = false
		case c == '[' && f.key:
			f.left = true
			return i + 1, true
		}
	}
	return len(p), false
}

// archive goes over the frame up to the entries, or behind them up to the end. What is wrong with it is a document.
func (s *splitter) archive() (Document, bool) {
	for {
		p := s.ahead()
		if len(p) == 0 {
			return Document{}, false // the end will be told of
		}
		n, opened := s.har.feed(p)
		switch {
		case opened:
			s.frame(n)
			s.har.depth-- // the closing bracket is the entries', and will not be met in the frame
			s.har.kinds >>= 1
			s.array = arrayOpened
			return Document{}, false
		case s.har.broken:
			s.har.cut = true
			s.frame(n - 1)
			s.begin() // at the line end
			s.rest()
			return s.failed(&ReadError{Code: CodeHAR, Message: "the HTTP archive is damaged: a line ends inside a string"}), true
		case !s.har.done():
			s.frame(n)
		case s.har.left:
			s.frame(n)
			s.har = nil
			return Document{}, false
		default:
			s.frame(n - 1)
			s.begin() // at the last brace
			s.skip(1)
			s.har = nil
			return s.failed(&ReadError{Code: CodeHAR, Message: "the HTTP archive has no entries"}), true
		}
	}
}

// The parts of an entry. HAR 1.2 has no encoding of a request's body: members of one's own begin with an underscore.
var entryParts = [][]string{
	{"request", "postData", "text"},
	{"request", "postData", "encoding"},
	{"request", "postData", "_encoding"},
	{"startedDateTime"},
}

// openEntry takes the body out of an entry of an archive.
func openEntry(o *Opener, doc Document, to []Document) []Document {
	if doc.entry == 0 {
		return refuse(to, doc, CodeHAR, "something stands behind the HTTP archive", nil)
	}
	entry := doc.Body
	var h hunt
	isJSON := h.run(entry, entryParts...)
	text, encodings, started := h.found[0], h.found[1:3], h.found[3]
	if isJSON && entry[0] == '{' && (!text.ok() || entry[text.start] == 'n' || string(text.in(entry)) == `""`) {
		o.counts.NoBody++
		return to
	}
	doc.Within = "/log/entries/" + strconv.Itoa(doc.entry-1)
	switch {
	case !isJSON:
		return refuse(to, doc, CodeHAR, "an entry of the HTTP archive is not JSON", syntaxError(entry))
	case entry[0] != '{':
		return refuse(to, doc, CodeHAR, "an entry of the HTTP archive is no object", nil)
	}
	doc.Within += "/request/postData/text"
	if entry[text.start] != '"' {
		return refuse(to, doc, CodeHAR, "the body of an entry is no string", nil)
	}
	stamp := ""
	if started.ok() && entry[started.start] == '"' {
		stamp = string(o.stamp.unquote(started.in(entry)))
	}
	doc.Arrived = o.counts.stamp(stamp, &doc)
	doc.advance(text.start)
	body := o.text.unquote(text.in(entry))
	for _, e := range encodings {
		if !e.ok() || !bytes.EqualFold(e.in(entry), []byte(`"base64"`)) {
			continue
		}
		var err error
		if body, err = o.body.fromBase64(body); err != nil {
			return refuse(to, doc, CodeBody, "the body of an entry, which is marked as base64, cannot be decoded", err)
		}
		break
	}
	doc.Body, doc.Derived = body, true
	return append(to, doc)
}
