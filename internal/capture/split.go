package capture

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A splitter finds the documents of one source, one at a time.
type splitter struct {
	input
	name    string
	started bool
	lines   bool // a line was a whole document: every line is one

	array arrayState
	har   *frame // around the entries, which are an array; nil if the source is no HTTP archive
	raw   bool   // every line is handed out as it is, but for blank ones

	hollow *position // where the first array of documents begins, which may hold none; nil if there is no array

	sniff func() // finds out at the beginning what the source is; nil if that is known

	refused *ReadError // why nothing of the source is read
}

func newSplitter(name string, r io.Reader, maxLine int, br *bufio.Reader) *splitter {
	br.Reset(&sticky{r: r})
	s := &splitter{name: name, input: input{r: br, max: maxLine}}
	s.line = 1
	return s
}

// next is the next document; io.EOF ends the source. What ended the source too early comes before that.
func (s *splitter) next() (Document, error) {
	for {
		if !s.started {
			s.started = true
			if doc, ok := s.mark(); ok {
				return s.hand(doc)
			}
			if s.sniff != nil {
				s.sniff()
			}
			if s.refused != nil {
				s.begin()
				s.rest()
				return s.hand(s.failed(s.refused))
			}
		}
		if !s.raw {
			s.blank()
		}
		s.begin()
		head := s.head(3)
		if len(head) == 0 {
			return s.end()
		}
		var doc Document
		var ok bool
		switch {
		case s.raw:
			doc, ok = s.rawLine()
		case s.har != nil && s.array == noArray && !s.har.cut:
			doc, ok = s.archive()
		case s.array != noArray:
			doc, ok = s.element(head[0])
		case s.lines && !s.alone(head[0]):
			doc, ok = s.wholeLine()
		case head[0] == '[':
			if s.hollow == nil {
				at := s.start
				s.hollow = &at
			}
			s.frame(1)
			s.array = arrayOpened
		case head[0] == '{' || isMarked(head) && s.opensBehindMark('{'):
			doc, ok = s.object()
		default:
			doc, ok = s.garbage()
		}
		if ok {
			return s.hand(doc)
		}
	}
}

// hand accounts for a document.
func (s *splitter) hand(doc Document) (Document, error) {
	if s.har != nil && (doc.Err == nil || doc.Err.Code == CodeTooLong) {
		s.har.entries++
		doc.entry = s.har.entries
	}
	var err error
	doc.Lines, err = s.settle(s.name, s.start)
	return doc, err
}

// nothing is what a source without documents is told of as: an empty body, or an array that holds none.
func (s *splitter) nothing() Document {
	if s.hollow == nil {
		return Document{Source: s.name, Line: 1, Column: 1, Body: []byte{}}
	}
	doc := s.at(*s.hollow)
	doc.Err = &ReadError{Code: CodeNoDocument, Message: "the array of documents holds none"}
	return doc
}

// document is what was put together, without the white space behind it.
func (s *splitter) document() (Document, bool) {
	if s.long {
		return s.failed(&ReadError{Code: CodeTooLong, Message: fmt.Sprintf("a document of more than %d bytes was skipped", s.max)}), true
	}
	doc := s.at(s.start)
	doc.Body = bytes.TrimRight(s.body, " \t\r\n")
	return doc, true
}

// cut is what was put together when the source ended. Where the source failed it is not handed out: that it is cut is
// told by the failure.
func (s *splitter) cut() (Document, bool) {
	s.array = noArray
	if s.har != nil {
		s.har.cut = true
	}
	if s.err != nil && !s.long {
		if s.dropped == nil {
			at := s.start
			s.dropped = &at
		}
		return Document{}, false
	}
	return s.document()
}

func (s *splitter) failed(err *ReadError) Document {
	doc := s.at(s.start)
	doc.Err = err
	return doc
}

// at is a document at a position, still without a body.
func (s *splitter) at(p position) Document {
	return Document{Source: s.name, Line: p.line, Column: int(p.column()) + 1, Offset: p.offset}
}

// end tells of what ended the source too early, once, and then that it is over.
func (s *splitter) end() (Document, error) {
	open := s.array != noArray
	s.array = noArray
	switch err := s.err; {
	case err != nil:
		s.err = nil
		s.r.Reset(bytes.NewReader(nil)) // nothing more is asked of it
		if s.har != nil {
			s.har.cut = true
		}
		return s.hand(s.failed(readError(err)))
	case s.har != nil && !s.har.cut:
		s.har.cut = true
		return s.hand(s.failed(&ReadError{Code: CodeHAR, Message: "the HTTP archive is not closed: it was cut"}))
	case open:
		return s.hand(s.failed(&ReadError{Code: CodeArray, Message: "the array of documents is not closed: the capture was cut"}))
	default:
		return Document{}, io.EOF
	}
}

// mark looks at the first bytes for an encoding that is not read.
func (s *splitter) mark() (Document, bool) {
	s.begin()
	head := s.head(3)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		s.rest()
		return s.failed(&ReadError{Code: CodeEncoding, Message: "it is UTF-16, and only UTF-8 is read"}), true
	case isMarked(head) && s.opensBehindMark('['):
		// Before an object the mark is part of the document, as it would be of a body. Before an array it is nobody's.
		s.skip(3)
		return s.failed(&ReadError{Code: CodeEncoding, Message: "a byte order mark stands before the array of documents"}), true
	default:
		return Document{}, false
	}
}

// opensBehindMark reports whether a brace or bracket follows a byte order mark.
func (s *splitter) opensBehindMark(c byte) bool {
	next, ok := s.after(3, " \t\r\n")
	return ok && next == c
}

func isMarked(head []byte) bool { return bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}) }

// alone reports whether a brace or bracket has a line to itself: then a document or an array that spreads over lines
// begins, even in a source of one document for each line.
func (s *splitter) alone(c byte) bool {
	if c != '{' && c != '[' {
		return false
	}
	next, ok := s.after(1, " \t\r")
	return !ok || next == '\n'
}

// after is the first byte behind n others that is not one of some white space, if there is one.
func (s *splitter) after(n int, space string) (byte, bool) {
	for {
		p := s.head(n + 1)
		if len(p) <= n {
			return 0, false
		}
		if strings.IndexByte(space, p[n]) < 0 {
			return p[n], true
		}
		n++
	}
}

// wholeLine is a line that is a document. It is not copied where the buffer holds it.
func (s *splitter) wholeLine() (Document, bool) {
	p := s.ahead()
	if end := bytes.IndexByte(p, '\n'); end >= 0 && end <= s.max {
		doc := s.at(s.position)
		doc.Body = bytes.TrimRight(p[:end], " \t\r")
		s.skip(end + 1)
		return doc, true
	}
	if !s.restOfLine(s.take) && !bytes.HasSuffix(bytes.TrimRight(s.body, " \t\r"), []byte("}")) {
		return s.cut()
	}
	return s.document()
}

// rawLine is a line that is not blank, with the white space before it. It is not copied where the buffer holds it.
func (s *splitter) rawLine() (Document, bool) {
	p := s.ahead()
	if end := bytes.IndexByte(p, '\n'); end >= 0 && end <= s.max && len(bytes.TrimSpace(p[:end])) > 0 {
		doc := s.at(s.position)
		doc.Body = bytes.TrimRight(p[:end], " \t\r")
		s.skip(end + 1)
		return doc, true
	}
	ended := s.restOfLine(s.take)
	if !s.long && len(bytes.TrimSpace(s.body)) == 0 {
		s.around += int64(len(s.body))
		if ended {
			s.frame(1)
		}
		return Document{}, false
	}
	if ended {
		s.skip(1)
		return s.document()
	}
	return s.cut()
}

// object is a document that begins with a brace and ends where that is closed, on whatever line.
func (s *splitter) object() (Document, bool) {
	switch s.value(true) {
	case valueCut:
		return s.cut()
	case valueBroken:
		// Nothing tells where a document ends whose lines are broken: the next is where one begins. A single line that is
		// broken is one document, and the next line another.
		if s.line-s.start.line > 1 {
			s.skipToNext()
		}
		return s.document()
	case valueFollowed:
		return s.document()
	case valueWhole:
	}
	// What stands behind the document on its line belongs to it, since nothing else would tell of it. Behind one that
	// spreads over lines a brace begins the next: that is what files look like that were strung together.
	s.indent()
	whole := s.line == s.start.line
	if p := s.ahead(); len(p) > 0 && p[0] != '\n' && (whole || p[0] != '{') {
		s.restOfLine(s.take)
	}
	s.lines = s.lines || whole
	return s.document()
}

// garbage is a line with which no document begins. As long as no line was a document, the lines behind it belong to it: a
// page of HTML is one finding, not a hundred.
func (s *splitter) garbage() (Document, bool) {
	if !s.restOfLine(s.take) {
		return s.cut()
	}
	s.skip(1)
	s.skipToNext()
	return s.document()
}

// skipToNext goes past lines up to one that begins with a brace or bracket, no further in than the document at hand.
func (s *splitter) skipToNext() {
	for {
		p := s.ahead()
		for len(p) > 0 && (p[0] == ' ' || p[0] == '\t' || p[0] == '\r') {
			s.skip(1)
			p = s.ahead()
		}
		if len(p) == 0 {
			return
		}
		opens := p[0] == '{' || p[0] == '[' && s.array == noArray || p[0] == ']' && s.array != noArray
		if opens && s.column() <= s.start.column() {
			return
		}
		if !s.restOfLine(s.skip) {
			return
		}
		s.skip(1)
	}
}
