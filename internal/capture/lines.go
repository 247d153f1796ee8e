package capture

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// Lines is the rest of a source of one document for each line, as far as it consists of whole lines. Whoever reads it, in
// whatever order and by however many hands, tells the Reader with Resume where it stopped. A plain file is read at any place,
// everything else from here on.
type Lines struct {
	Source  string
	File    io.ReaderAt // nil if there is a Stream
	Stream  *Stream     // nil if there is a File
	From    int64       // offset of the first line, after decompression
	Line    int         // its number
	To      int64       // the file's size when it was looked at; the last line may be cut there. 0 for a Stream
	MaxLine int         // the longest line that is read, in bytes

	input int
	raw   bool // lines of a log: the white space before one belongs to it
	open  open // what takes bodies out of the documents; nil if those are the bodies
}

// enough is how much has to be left of a file for it to be handed out as Lines, in bytes: below, there is nothing to be
// gained.
const enough = 1 << 20

// Lines is the rest of the open source, if it is of that kind: Options.Unopened has to be set where bodies have to be taken
// out of the lines. Next must not be called before Resume then.
func (r *Reader) Lines() (Lines, bool) {
	s := r.split
	switch {
	case s == nil || len(r.queue) > 0 || r.opens != nil && r.opts.Unopened == 0:
		return Lines{}, false
	case !s.lines && !s.raw || s.array != noArray || s.err != nil || s.offset != s.lineStart:
		return Lines{}, false
	}
	rest := Lines{
		Source: s.name, From: s.offset, Line: s.line, MaxLine: s.max,
		input: r.begun, raw: s.raw, open: r.opens,
	}
	if r.stream != nil {
		if s.offset+int64(r.buf.Buffered()) < enoughCame {
			return Lines{}, false
		}
		r.stream.begin(r.buf, s.offset)
		rest.Stream = r.stream
		return rest, true
	}
	f, ok := r.file.(*os.File)
	if !ok {
		return Lines{}, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size()-s.offset < enough {
		return Lines{}, false
	}
	rest.File, rest.To = f, info.Size()
	return rest, true
}

// Resume goes on with the open source at the beginning of a line. unused is what was read of a Stream from there on; it must
// not be changed any more.
func (r *Reader) Resume(offset int64, line int, unused ...[]byte) error {
	if r.split == nil {
		return fmt.Errorf("resume reading at offset %d: nothing is open", offset)
	}
	in, err := r.rewound(offset, unused)
	if err != nil {
		return err
	}
	s := newSplitter(r.split.name, in, r.split.max, r.buf)
	s.started, s.lines, s.raw = true, r.split.lines, r.split.raw
	s.position = position{line: line, offset: offset, lineStart: offset}
	// The lines so far belong to those who read them, or had none before: they are accounted for there.
	s.ledger = ledger{told: offset, covered: line - 1, without: r.split.without}
	r.split = s
	return nil
}

// rewound is the open source from an offset on.
func (r *Reader) rewound(offset int64, unused [][]byte) (io.Reader, error) {
	if r.stream != nil {
		return r.stream, r.stream.resume(r.split.name, offset, unused)
	}
	f, ok := r.file.(*os.File)
	if !ok {
		return nil, fmt.Errorf("resume reading %s at offset %d: it is no file", r.split.name, offset)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, fmt.Errorf("resume reading %s at offset %d: %w", r.split.name, offset, err)
	}
	return r.opts.metered(f), nil
}

// Wrapped reports whether bodies have to be taken out of the lines by an Opener.
func (l *Lines) Wrapped() bool { return l.open != nil }

// Bare is the document in a line, which is given without its end, and how many bytes of white space stand before it. That
// of a blank line is empty. False means that the line may be something else: it is for the Reader, as is all behind it.
func (l *Lines) Bare(line []byte) (doc []byte, indent int, ok bool) {
	if l.raw {
		if len(bytes.TrimSpace(line)) > 0 {
			doc = bytes.TrimRight(line, " \t\r")
		}
		return doc, 0, len(line) <= l.MaxLine
	}
	if n := len(line); n > 0 && line[0] == '{' && line[n-1] == '}' { // most have no white space, and are not looked at for long
		return line, 0, n <= l.MaxLine
	}
	doc = bytes.TrimLeft(line, " \t\r")
	indent = len(line) - len(doc)
	ok = len(doc) <= l.MaxLine
	doc = bytes.TrimRight(doc, " \t\r")
	return doc, indent, ok && !isOdd(doc)
}

// isOdd reports whether a line may be something else than a document: a brace or bracket alone, with which something begins
// that spreads over lines.
func isOdd(line []byte) bool { return len(line) == 1 && (line[0] == '{' || line[0] == '[') }

// Document is what Bare gives as a document for an Opener.
func (l *Lines) Document(doc []byte, line, indent int, offset int64) Document {
	return Document{
		Source: l.Source, Line: line, Column: indent + 1, Offset: offset + int64(indent), Body: doc, Lines: 1,
		input: l.input, open: l.open,
	}
}
