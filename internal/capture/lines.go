package capture

import (
	"fmt"
	"io"
	"os"
)

// Lines is the rest of a plain file of one document for each line, as far as it consists of whole lines. Whoever reads
// it, in whatever order and by however many hands, tells the Reader with Resume where it stopped.
//
// A line is a document unless it is blank or Odd; its body is the line without the white space around it.
type Lines struct {
	Source  string
	File    io.ReaderAt
	From    int64 // offset of the first line
	Line    int   // its number
	To      int64 // the file's size when it was looked at; the last line may be cut there
	MaxLine int   // as in Options
}

// enough is how much has to be left of a file for it to be handed out as Lines, in bytes: below, there is nothing to be
// gained.
const enough = 1 << 20

// Lines is the rest of the open source, if it is of that kind. Next must not be called before Resume then.
func (r *Reader) Lines() (Lines, bool) {
	s := r.split
	if s == nil || r.packed || r.opener != nil || !s.lines || s.array != noArray || s.err != nil || s.offset != s.lineStart {
		return Lines{}, false
	}
	f, ok := r.file.(*os.File)
	if !ok {
		return Lines{}, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size()-s.offset < enough {
		return Lines{}, false
	}
	return Lines{Source: s.name, File: f, From: s.offset, Line: s.line, To: info.Size(), MaxLine: r.opts.MaxLine}, true
}

// Resume goes on with the open source at the beginning of a line.
func (r *Reader) Resume(offset int64, line int) error {
	f, ok := r.file.(*os.File)
	if !ok || r.split == nil {
		return fmt.Errorf("resume reading at offset %d: no file is open", offset)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("resume reading %s at offset %d: %w", r.split.name, offset, err)
	}
	s := newSplitter(r.split.name, r.opts.metered(f), r.opts.MaxLine, r.buf)
	s.started, s.lines = true, true
	s.position = position{line: line, offset: offset, lineStart: offset}
	// The lines so far belong to those who read them, or had none before: they are accounted for there.
	s.ledger = ledger{told: offset, covered: line - 1, without: r.split.without}
	r.split = s
	return nil
}

// Odd reports whether a line that is not blank, without the white space around it, may be something else than a
// document: a brace or bracket alone, with which something begins that spreads over lines.
func Odd(line []byte) bool { return len(line) == 1 && (line[0] == '{' || line[0] == '[') }
