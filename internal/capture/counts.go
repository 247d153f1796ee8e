package capture

import (
	"fmt"
	"strings"
	"time"
)

// Counts say what was met. Every line that was read belongs to a Document, which tells how many with its Lines, or is
// one of those without: Lines = Without + the sum of all Documents' Lines. The Reader counts Lines where it reads, so
// whoever adds up what became of the documents in the end can tell that none was lost on the way.
type Counts struct {
	Lines     int // read, after decompression; the last one of a source counts without a line end too
	Without   int // of those, without a document: blank, brackets and frames around documents, entries without a body
	Documents int // handed out, those with an Err among them; with Options.Unopened as they were handed out
	Archives  int // HTTP archives
	Empty     int // sources without a document: empty files in folders, archives without a body
	NoBody    int // entries of HTTP archives, envelopes and lines of a log without a body: a GET has none

	// Of bodies in envelopes and lines of a log, how they were written.
	Texts, Objects, Base64 int
	Escaped                int // of Texts, with escapes such as \x22 that were undone

	Stamped   int   // documents with a time of arrival
	Unstamped int   // documents whose time of arrival could not be read
	unread    first // of those
	empty     first // of Empty
}

// A first is the first one of several in the order of the capture.
type first struct {
	input  int // the Reader's number of the source
	offset int64

	source, what string
	line         int
}

// or is whichever comes first. One of no source is none.
func (f first) or(g first) first {
	if f.input == 0 || g.input > 0 && (g.input < f.input || g.input == f.input && g.offset < f.offset) {
		return g
	}
	return f
}

// Merge adds what somebody else has counted. It does not matter in which order that is done.
func (c *Counts) Merge(o *Counts) {
	c.Lines += o.Lines
	c.Without += o.Without
	c.Documents += o.Documents
	c.Archives += o.Archives
	c.Empty += o.Empty
	c.NoBody += o.NoBody
	c.Texts += o.Texts
	c.Objects += o.Objects
	c.Base64 += o.Base64
	c.Escaped += o.Escaped
	c.Stamped += o.Stamped
	c.Unstamped += o.Unstamped
	c.unread = c.unread.or(o.unread)
	c.empty = c.empty.or(o.empty)
}

// Shift moves what was met so many lines further down: for a part of a file whose first line's number was not known yet.
func (c *Counts) Shift(lines int) { c.unread.line += lines }

// Nothing counts a source, by the Reader's number of it, that has come to its end and in which there was no document. The
// Reader does so itself, but where others open the documents it cannot know what came of them.
func (c *Counts) Nothing(input int, source string) {
	c.Empty++
	c.empty = c.empty.or(first{input: input, source: source})
}

// stamp reads a time of arrival.
func (c *Counts) stamp(s string, doc *Document) time.Time {
	t, ok := ParseTime(s)
	if ok {
		c.Stamped++
		return t
	}
	if c.Unstamped++; c.Unstamped == 1 {
		c.unread = first{doc.input, doc.Offset, doc.Source, fmt.Sprintf("%.40q", s), doc.Line}
	}
	return time.Time{}
}

func (c *Counts) decoded(packed bool) {
	if packed {
		c.Base64++
	} else {
		c.Texts++
	}
}

// Notes says in short sentences, for people, what was found out of the input and not asked for.
func (c *Counts) Notes() []string {
	var notes []string
	var kinds []string
	add := func(n int, what string) {
		if n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d as %s", n, what))
		}
	}
	add(c.Texts-c.Escaped, "text")
	add(c.Escaped, "text with escapes undone (\\xHH, \\\")")
	add(c.Objects, "JSON in the envelope itself")
	add(c.Base64, "base64")
	if len(kinds) > 0 {
		notes = append(notes, "bodies: "+strings.Join(kinds, ", "))
	}
	if c.NoBody > 0 {
		notes = append(notes, fmt.Sprintf("without a body, and not judged: %d", c.NoBody))
	}
	if c.Empty > 0 {
		notes = append(notes, fmt.Sprintf("files in which there is no document: %d, first %s", c.Empty, c.empty.source))
	}
	if c.Unstamped > 0 {
		notes = append(notes, fmt.Sprintf("times of arrival that cannot be read: %d, first %s at %s:%d", c.Unstamped, c.unread.what, c.unread.source, c.unread.line))
	}
	return notes
}
