package capture

import (
	"bytes"
	"fmt"
)

// recognise finds out, by the first bytes of a source, what is in it, and sets the splitter to it. Nothing has to be
// opened of documents that are bodies themselves.
func (r *Reader) recognise(s *splitter) {
	if what := binary(s.firstLine()); what != "" {
		s.refused = &ReadError{Code: CodeBinary, Message: fmt.Sprintf("it is %s, which is not read", what)}
		return
	}
	switch o := &r.opts; {
	case !o.Line.IsZero():
		s.raw, r.opens = true, o.Line.open
		return
	case !o.Envelope.Body.IsZero():
		r.opens = o.Envelope.open
		return
	}
	for i := range r.opts.Formats {
		if f := &r.opts.Formats[i]; s.opensAs(0, f.Opens) {
			s.raw, r.opens = true, f.open
			s.max = max(s.max, f.MaxLine)
			return
		}
	}
	marked := 0
	if isMarked(s.head(3)) {
		marked = 3 // HAR 1.2 has readers skip it
	}
	if s.opensAs(marked, []string{"{", `"log"`, ":", "{"}) {
		s.frame(marked)
		s.har, r.opens = &frame{}, openEntry
		r.counts.Archives++
		r.owed = false // an archive without requests is not empty
	}
}

// firstLine is what the source begins with, as far as it takes to know text from other things: its first line, and more
// only where that is no plain text. More may not come for a while.
func (s *splitter) firstLine() []byte {
	n := 0
	for {
		p := s.head(n + 1)
		if n == sample || len(p) <= n {
			break
		}
		p, _ = s.r.Peek(min(sample, s.r.Buffered()))
		if end := bytes.IndexByte(p[n:], '\n'); end >= 0 {
			n += end + 1
			break
		}
		n = len(p)
	}
	if p := s.head(n); oddities(p) == 0 {
		return p
	}
	return s.head(sample)
}

// opensAs reports whether the source begins, behind some bytes, with some tokens, with white space between them or not.
func (s *splitter) opensAs(at int, tokens []string) bool {
	for _, t := range tokens {
		for {
			p := s.head(at + 1)
			if len(p) <= at {
				return false
			}
			if bytes.IndexByte([]byte(" \t\r\n"), p[at]) < 0 {
				break
			}
			at++
		}
		for i := range t {
			if p := s.head(at + 1); len(p) <= at || p[at] != t[i] {
				return false
			}
			at++
		}
	}
	return true
}

// open takes the bodies out of a line of a format.
func (f *Format) open(_ *Opener, doc Document, to []Document) []Document {
	bodies, err := f.Bodies(doc.Body)
	if err != nil {
		return refuse(to, doc, CodeRecord, "the line is no record of a "+f.Name, err)
	}
	for i, b := range bodies {
		d := doc
		d.Body, d.Derived, d.Within, d.Arrived = b.Bytes, true, b.Within, b.Arrived
		if i > 0 {
			d.Lines = 0
		}
		to = append(to, d)
	}
	return to
}
