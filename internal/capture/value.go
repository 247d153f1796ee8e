package capture

import "bytes"

// How the reading of a value ended.
type valueEnd int

const (
	valueWhole    valueEnd = iota // with its closing brace or bracket
	valueBroken                   // with a line that ends inside a string, which JSON does not have
	valueFollowed                 // with an object in a place where JSON has none: the next document
	valueCut                      // with the source
)

// value takes a value that begins with a brace or bracket. outermost says that it is not an element of an array.
func (s *splitter) value(outermost bool) valueEnd {
	var b balance
	if isMarked(s.head(3)) {
		s.take(3)
		for p := s.ahead(); len(p) > 0 && p[0] != '{'; p = s.ahead() {
			s.take(1) // white space: the caller has looked
		}
	}
	for {
		switch end := s.valueLine(&b); {
		case b.done():
			return valueWhole
		case b.broken:
			return valueBroken
		case !end:
			return valueCut
		}
		s.indent()
		p := s.ahead()
		if len(p) == 0 {
			return valueCut
		}
		if p[0] != '{' {
			continue
		}
		// A colon and a line end before the brace would be allowed, and nobody writes it so without an indent.
		if !b.mayOpen() || outermost && b.last == ':' && s.column() <= s.start.column() {
			return valueFollowed
		}
	}
}

// valueLine takes bytes up to the end of the value or behind the end of the line; it reports whether there was one.
func (s *splitter) valueLine(b *balance) bool {
	for {
		p := s.ahead()
		if len(p) == 0 {
			return false
		}
		end := bytes.IndexByte(p, '\n')
		if end >= 0 {
			p = p[:end+1]
		}
		s.take(b.feed(p))
		if b.done() || b.broken || end >= 0 {
			return true
		}
	}
}

// arrayState says where in an array of documents the next byte is.
type arrayState int

const (
	noArray     arrayState = iota
	arrayOpened            // behind the bracket
	arrayItem              // behind a document
	arrayComma             // behind a comma
)

// element is the next document of an array of documents, or what is wrong with the array.
func (s *splitter) element(c byte) (Document, bool) {
	before := s.array
	switch {
	case c == ',':
		s.array = arrayComma
		return s.punctuation(before != arrayItem, "a document is missing before this comma")
	case c == ']':
		s.array = noArray
		return s.punctuation(before == arrayComma, "a document is missing between the last comma and the bracket")
	case before == arrayItem:
		s.array = arrayComma // told once; then the document is read
		return s.lacking("a comma is missing before this document")
	}
	s.array = arrayItem
	if c != '{' && c != '[' {
		return s.scalar()
	}
	switch s.value(false) {
	case valueCut:
		return s.cut()
	case valueBroken:
		s.skipToNext()
		s.array = arrayOpened // a comma may be lost with the rest
	case valueFollowed:
		s.array = arrayOpened
	case valueWhole:
	}
	return s.document()
}

// punctuation goes past a comma or bracket, in front of which a document may be lacking.
func (s *splitter) punctuation(lacks bool, message string) (Document, bool) {
	if lacks {
		s.skip(1)
		return s.lacking(message)
	}
	s.frame(1)
	return Document{}, false
}

func (s *splitter) lacking(message string) (Document, bool) {
	code := CodeArray
	if s.har != nil {
		code = CodeHAR
	}
	return s.failed(&ReadError{Code: code, Message: message}), true
}

// scalar takes an element that is neither object nor array, up to a comma, the closing bracket or the end of the line.
func (s *splitter) scalar() (Document, bool) {
	inText, escaped := false, false
	for {
		p := s.ahead()
		if len(p) == 0 {
			return s.cut()
		}
		for i, c := range p {
			switch {
			case c == '\n', !inText && (c == ',' || c == ']'):
				s.take(i)
				return s.document()
			case escaped:
				escaped = false
			case inText && c == '\\':
				escaped = true
			case c == '"':
				inText = !inText
			}
		}
		s.take(len(p))
	}
}
