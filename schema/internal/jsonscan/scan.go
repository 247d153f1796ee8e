package jsonscan

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

var bom = []byte("\xef\xbb\xbf")

// Scan reads one JSON text. The error is a *SyntaxError where no JSON value can be read; the Doc then holds the faults
// met before. Scan keeps src and never writes to it.
func Scan(src []byte) (Doc, *SyntaxError) {
	s := scanner{src: src, doc: Doc{Src: src}}
	if bytes.HasPrefix(src, bom) {
		s.fault(BOM, 0, "")
		s.pos = len(bom)
	}
	err := s.text()
	return s.doc, err
}

type scanner struct {
	src  []byte
	pos  int
	doc  Doc
	path []step
	keys []seenKey // the names of all open objects, innermost last
}

// text reads the whole text: one value and nothing after it.
func (s *scanner) text() *SyntaxError {
	s.space()
	if s.pos == len(s.src) {
		return &SyntaxError{Offset: s.pos, Message: "there is nothing in it", Empty: true, Cut: true}
	}
	root, err := s.value(1)
	if err != nil {
		return err
	}
	s.doc.Root = root
	s.space()
	if s.pos < len(s.src) {
		s.fault(Trailing, s.pos, "")
	}
	return nil
}

// value reads the value at pos, which is not white space. depth is that of an array or object that starts here.
func (s *scanner) value(depth int) (Value, *SyntaxError) {
	if s.pos == len(s.src) {
		return Value{}, s.expected("a value")
	}
	v := Value{Start: s.pos}
	var err *SyntaxError
	switch c := s.src[s.pos]; {
	case c == '{':
		v.Kind, err = Object, s.object(depth)
	case c == '[':
		v.Kind, err = Array, s.array(depth)
	case c == '"':
		var flaws flaws
		v.Kind = String
		flaws, err = s.str()
		s.note(flaws)
	case c == '-' || '0' <= c && c <= '9':
		v.Kind, err = Number, s.number()
	case c == 't':
		v.Kind, err = Bool, s.literal("true")
	case c == 'f':
		v.Kind, err = Bool, s.literal("false")
	case c == 'n':
		v.Kind, err = Null, s.literal("null")
	default:
		err = s.expected("a value")
	}
	v.End = s.pos
	return v, err
}

func (s *scanner) object(depth int) *SyntaxError {
	if depth > MaxDepth {
		return s.tooDeep()
	}
	names := s.openNames()
	defer s.closeNames(names)
	s.pos++
	s.space()
	if s.accept('}') {
		return nil
	}
	for {
		if s.pos == len(s.src) || s.src[s.pos] != '"' {
			return s.expected("a name in quotation marks")
		}
		start := s.pos
		flaws, err := s.str()
		if err != nil {
			return err
		}
		key := s.src[start+1 : s.pos-1]
		if !plain(key) {
			key = unescape(key)
		}
		s.path = append(s.path, step{key: key})
		s.note(flaws)
		if names.again(s, key) {
			s.fault(Duplicate, start, cut(key))
		}
		s.space()
		if !s.accept(':') {
			return s.expected("a colon after the name")
		}
		s.space()
		v, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
		if depth == 1 {
			s.doc.Members = append(s.doc.Members, Member{Key: key, KeyStart: start, Value: v})
		}
		s.space()
		if s.accept('}') {
			return nil
		}
		if !s.accept(',') {
			return s.expected("a comma or }")
		}
		s.space()
	}
}

func (s *scanner) array(depth int) *SyntaxError {
	if depth > MaxDepth {
		return s.tooDeep()
	}
	s.pos++
	s.space()
	if s.accept(']') {
		return nil
	}
	for i := 0; ; i++ {
		s.path = append(s.path, step{index: i, isIndex: true})
		v, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
		if depth == 1 {
			s.doc.Items = append(s.doc.Items, v)
		}
		s.space()
		if s.accept(']') {
			return nil
		}
		if !s.accept(',') {
			return s.expected("a comma or ]")
		}
		s.space()
	}
}

// flaws are where a string is broken: the first place of each sort, -1 if there is none.
type flaws struct{ utf8, surrogate int }

func (s *scanner) note(f flaws) {
	if f.utf8 >= 0 {
		s.fault(InvalidUTF8, f.utf8, "")
	}
	if f.surrogate >= 0 {
		s.fault(LoneSurrogate, f.surrogate, "")
	}
}

// str reads a string from its opening quote to behind its closing one.
func (s *scanner) str() (flaws, *SyntaxError) {
	f := flaws{-1, -1}
	s.pos++
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == '"':
			s.pos++
			return f, nil
		case c == '\\':
			lone, err := s.escape()
			if err != nil {
				return f, err
			}
			if f.surrogate < 0 {
				f.surrogate = lone
			}
		case c < 0x20:
			return f, s.unexpected("a control character has to be escaped in a string, but found " + name(s.src[s.pos:]))
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, n := utf8.DecodeRune(s.src[s.pos:])
			if r == utf8.RuneError && n == 1 && f.utf8 < 0 {
				f.utf8 = s.pos
			}
			s.pos += n
		}
	}
	return f, s.expected("the closing quotation mark of a string")
}

// escape reads one escape sequence; a surrogate pair is one. lone is the offset of half a pair, -1 if there is none.
func (s *scanner) escape() (lone int, err *SyntaxError) {
	start := s.pos
	s.pos++
	if s.pos == len(s.src) {
		return -1, s.expected("an escape sequence")
	}
	switch s.src[s.pos] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return -1, nil
	case 'u':
	default:
		return -1, s.unexpected("a backslash has to be followed by one of \" \\ / b f n r t u, but found " + name(s.src[s.pos:]))
	}
	s.pos++
	for range 4 {
		if s.pos == len(s.src) || !isHex(s.src[s.pos]) {
			return -1, s.expected("four hexadecimal digits after \\u")
		}
		s.pos++
	}
	r := hex4(s.src[start+2:])
	switch {
	case r < 0xd800 || r > 0xdfff:
		return -1, nil
	case r < 0xdc00 && lowSurrogate(s.src[s.pos:]):
		s.pos += 6
		return -1, nil
	default:
		return start, nil
	}
}

func (s *scanner) literal(word string) *SyntaxError {
	for i := range len(word) {
		if s.pos == len(s.src) || s.src[s.pos] != word[i] {
			return s.expected("the word " + word)
		}
		s.pos++
	}
	return nil
}

func (s *scanner) space() {
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) accept(c byte) bool {
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) fault(kind FaultKind, offset int, detail string) {
	if len(s.doc.Faults) == MaxFaults {
		s.doc.Omitted++
		return
	}
	s.doc.Faults = append(s.doc.Faults, Fault{Kind: kind, Pointer: s.pointer(), Offset: offset, Detail: detail})
}

func (s *scanner) tooDeep() *SyntaxError {
	return &SyntaxError{
		Offset: s.pos, Deep: true,
		Message: fmt.Sprintf("arrays and objects are nested more than %d deep", MaxDepth),
	}
}

// expected is the error of finding something else, or the end of the text.
func (s *scanner) expected(what string) *SyntaxError {
	if s.pos == len(s.src) {
		return &SyntaxError{Offset: s.pos, Message: "it ends where " + what + " was expected", Cut: true}
	}
	return s.unexpected("expected " + what + " but found " + name(s.src[s.pos:]))
}

func (s *scanner) unexpected(message string) *SyntaxError {
	return &SyntaxError{Offset: s.pos, Message: message}
}
