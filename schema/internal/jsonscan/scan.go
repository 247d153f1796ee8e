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
	var d Doc
	err := d.Scan(src)
	return d, err
}

// Scan is the function Scan, with the memory of the text that was scanned into the Doc before.
func (d *Doc) Scan(src []byte) *SyntaxError {
	if d.Src != nil { // it was not emptied yet
		d.Forget()
	}
	d.Src = src
	s := scanner{Doc: d, src: src}
	if bytes.HasPrefix(src, bom) {
		s.fault(BOM, 0, "")
		s.pos = len(bom)
	}
	return s.text()
}

// Forget empties the Doc, so that it no longer holds on to a text. The memory is kept for the next one, if it is little.
func (d *Doc) Forget() {
	d.Src, d.Root, d.Omitted = nil, Value{}, 0
	d.Members, d.Items, d.Faults = recycle(d.Members), recycle(d.Items), recycle(d.Faults)
	d.path, d.coined, d.names.names = recycle(d.path), recycle(d.coined), recycle(d.names.names)
	if d.names.used > 0 || len(d.names.table) > keepEntries { // a text that ended inside its objects
		d.names.table, d.names.used = nil, 0
	}
}

// keepEntries is how many entries of a list are kept for the next text.
const keepEntries = 256

// recycle is an empty list, with the memory of an old one where that is not too much to keep.
func recycle[T any](old []T) []T {
	switch {
	case cap(old) > keepEntries:
		return nil
	case len(old) > 0:
		clear(old)
	}
	return old[:0]
}

type scanner struct {
	*Doc
	src []byte // of the Doc
	pos int
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
	s.Root = root
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
	case c == '"':
		var flaws flaws
		v.Kind = String
		flaws, err = s.str()
		v.Plain = flaws.none()
		s.note(flaws)
	case c == '{':
		v.Kind, err = Object, s.object(depth)
	case c == '[':
		v.Kind, err = Array, s.array(depth)
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
	s.pos++
	s.space()
	if s.accept('}') {
		return nil
	}
	top := len(s.path)
	s.path = append(s.path, step{})
	for n := 1; ; n++ {
		if n > MaxEntries {
			return s.tooMany()
		}
		if s.pos == len(s.src) || s.src[s.pos] != '"' {
			return s.expected("a name in quotation marks")
		}
		start := s.pos
		flaws, err := s.str()
		if err != nil {
			return err
		}
		key := s.src[start+1 : s.pos-1]
		if !flaws.none() {
			from := len(s.coined)
			s.coined = unescape(s.coined, key)
			key = s.coined[from:len(s.coined):len(s.coined)]
		}
		here := &s.path[top]
		if here.key = key; here.to != "" {
			here.to = ""
		}
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
		if depth == 1 {
			s.Members = append(s.Members, Member{Key: key, KeyStart: start, Value: v})
		}
		s.space()
		if s.accept('}') {
			s.closeNames(&names)
			s.path = s.path[:top]
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
	top := len(s.path)
	s.path = append(s.path, step{isIndex: true})
	for i := 0; ; i++ {
		if i == MaxEntries {
			return s.tooMany()
		}
		here := &s.path[top]
		if here.index = i; here.to != "" {
			here.to = ""
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		if depth == 1 {
			s.Items = append(s.Items, v)
		}
		s.space()
		if s.accept(']') {
			s.path = s.path[:top]
			return nil
		}
		if !s.accept(',') {
			return s.expected("a comma or ]")
		}
		s.space()
	}
}

// flaws are where a string is broken: the first place of each sort, -1 if there is none.
type flaws struct {
	utf8, surrogate int
	escaped         bool // something is escaped, which is no flaw
}

// none reports whether the string stands for itself.
func (f *flaws) none() bool { return f.utf8 < 0 && !f.escaped }

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
	i := SkipPlain(s.src, s.pos+1)
	if i < len(s.src) && s.src[i] == '"' { // which is mostly so
		s.pos = i + 1
		return flaws{utf8: -1, surrogate: -1}, nil
	}
	return s.strFrom(i)
}

// strFrom goes on reading a string at i.
func (s *scanner) strFrom(i int) (flaws, *SyntaxError) {
	f := flaws{utf8: -1, surrogate: -1}
	src := s.src
	for i < len(src) {
		switch c := src[i]; {
		case c == '"':
			s.pos = i + 1
			return f, nil
		case c == '\\':
			f.escaped = true
			if i+1 < len(src) && escapes[src[i+1]] != 0 {
				i += 2
				continue
			}
			next, lone := escape(src, i)
			if next < 0 {
				s.pos = i
				return f, s.badEscape()
			}
			if lone && f.surrogate < 0 {
				f.surrogate = i
			}
			i = next
		case c >= utf8.RuneSelf:
			n := 1
			if utf8.RuneStart(c) && c < 0xf8 { // else the byte cannot begin a character
				var r rune
				if r, n = utf8.DecodeRune(src[i:]); r == utf8.RuneError && n == 1 && f.utf8 < 0 {
					f.utf8 = i
				}
			} else if f.utf8 < 0 {
				f.utf8 = i
			}
			i += n
		case c < 0x20:
			s.pos = i
			return f, s.unexpected("a control character has to be escaped in a string, but found " + name(src[i:]))
		default:
			if i++; i < len(src) && src[i] != '\\' && src[i] != '"' {
				i = SkipPlain(src, i)
			}
		}
	}
	s.pos = i
	return f, s.expected("the closing quotation mark of a string")
}

// escape is the place behind the escape sequence at i, a surrogate pair being one; negative where it is wrong. lone
// reports half a pair.
func escape(src []byte, i int) (next int, lone bool) {
	if i+1 >= len(src) {
		return -1, false
	}
	c := src[i+1]
	if c != 'u' {
		if escapes[c] == 0 {
			return -1, false
		}
		return i + 2, false
	}
	r := HexAt(src, i+2)
	switch {
	case r < 0:
		return -1, false
	case r < 0xd800 || r > 0xdfff:
		return i + 6, false
	case r < 0xdc00 && lowSurrogate(src[i+6:]):
		return i + 12, false
	default:
		return i + 6, true
	}
}

// badEscape says what is wrong with the escape sequence at pos, which then is behind what was right.
func (s *scanner) badEscape() *SyntaxError {
	s.pos++
	if s.pos == len(s.src) {
		return s.expected("an escape sequence")
	}
	if s.src[s.pos] != 'u' {
		return s.unexpected("a backslash has to be followed by one of \" \\ / b f n r t u, but found " + name(s.src[s.pos:]))
	}
	for s.pos++; s.pos < len(s.src) && hexDigits[s.src[s.pos]] >= 0; s.pos++ {
	}
	return s.expected("four hexadecimal digits after \\u")
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
	for s.pos < len(s.src) && s.src[s.pos] <= ' ' {
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
	if len(s.Faults) == MaxFaults {
		s.Omitted++
		return
	}
	s.Faults = append(s.Faults, Fault{Kind: kind, Pointer: s.pointer(), Offset: offset, Detail: detail})
}

func (s *scanner) tooDeep() *SyntaxError {
	return &SyntaxError{
		Offset: s.pos, Deep: true,
		Message: fmt.Sprintf("arrays and objects are nested more than %d deep", MaxDepth),
	}
}

func (s *scanner) tooMany() *SyntaxError {
	return &SyntaxError{
		Offset: s.pos, Many: true,
		Message: fmt.Sprintf("an array or object has more than %d entries", MaxEntries),
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
