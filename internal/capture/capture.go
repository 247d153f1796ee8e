// Package capture reads captured payloads: files, directories and streams that hold one JSON document, several, one for
// each line (NDJSON) or a JSON array of them, HTTP archives, and, where Options say so, envelopes with a body inside and
// lines of a text log; plain, gzip or zstd.
//
//	r, err := capture.Open([]string{"captures/"}, os.Stdin, capture.Options{})
//	if err != nil { … }
//	defer r.Close()
//	for {
//		doc, err := r.Next(ctx)
//		if errors.Is(err, io.EOF) { break }
//		…
//	}
//
// It finds where a document begins and ends and says where that is; whether it is a callback, or JSON at all, is not its
// affair. What cannot be read (a line beyond the limit, a cut archive) is a Document with an Err in its place, and the
// rest is read: every thing met is either judged or told of, so the counts add up, and a Reader that finds bytes that
// belong to no document and are no white space or brackets around them ends with an error (LostError). Memory stays flat
// whatever the size of the capture: one document, and a few buffers, at a time.
//
// Where lines are documents and where one document spreads over lines is found out from the text. A line that is a whole
// document makes its source NDJSON: from there on every line that is not blank is a document, damaged or not. Before
// that an object may spread over lines, and ends where its braces do; where an object begins in a place in which JSON
// has none, the one before was cut.
package capture

import (
	"fmt"
	"sync/atomic"
	"time"
)

// A Document is one captured payload, or something in the place of one.
type Document struct {
	Source string // the path as given or found; Stdin for the standard input
	Line   int    // of its first byte, from 1, after decompression
	Column int    // of its first byte in that line, from 1, in bytes
	Offset int64  // of its first byte, from 0, after decompression

	Body []byte     // to the byte, without white space around it; valid until the next call of Next
	Err  *ReadError // why there is no body

	Derived bool      // Body was decoded: it does not stand in the source as it is, so places in it are none of the source
	Within  string    // where in its line or file the body was, as a JSON pointer; "" if the place above says it all
	Arrived time.Time // when it came, where the capture tells; else the zero time
	Lines   int       // lines of the source that belong to it and to no document before; see Counts

	entry int  // of an HTTP archive, from 1; 0 if it is none
	input int  // number of the source, from 1; see Reader.Sources
	open  open // how the body is taken out of it; nil if Body is the body
}

// Stdin is the source and the path of the standard input.
const Stdin = "-"

// A ReadError says why something could not be read. It never ends the reading of the other sources.
type ReadError struct {
	Code    string // RC2001 …, see Codes
	Message string // one sentence without a full stop
	Err     error  // what the system said; may be nil
}

func (e *ReadError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.Err)
	}
	return e.Message
}

func (e *ReadError) Unwrap() error { return e.Err }

// Options say how to read. The zero value is what most callers want.
type Options struct {
	// MaxLine is the longest document that is read, in bytes; 0 is DefaultMaxLine. A longer one is told of and skipped
	// without being kept.
	MaxLine int
	// MaxExpand and MaxRatio bound what an archive may expand to: MaxExpand bytes, or MaxRatio times its own size if that
	// is more. 0 is DefaultMaxExpand and DefaultMaxRatio; a negative MaxExpand is no bound, a negative MaxRatio none beside
	// MaxExpand.
	MaxExpand, MaxRatio int64

	// Envelope says that every document is an envelope, and where in it the body is.
	Envelope Envelope
	// Line says that every source is a text log, and how a body is taken out of a line.
	Line LineFormat
	// Unopened has documents of up to so many bytes handed out as they stand in the source where the body has to be taken out
	// of them: whoever gets them does that with an Opener. 0 is none. Longer ones the Reader opens itself, so that little
	// memory is under way.
	Unopened int
	// Read, if it is set, grows by what is read of the sources, in bytes as they lie on the disk; not by what is handed out
	// as Lines.
	Read *atomic.Int64
	// Formats are recognised beside documents and HTTP archives, unless Envelope or Line is set.
	Formats []Format
}

// A Format is a kind of source of which every line holds any number of bodies.
type Format struct {
	Name    string
	Opens   []string // what it begins with, tokens of JSON with white space between them or not
	MaxLine int      // the longest line that is read, in bytes; Options.MaxLine if that is more
	// Bodies takes the bodies out of a line, of which it keeps nothing. An error says why that is not possible. It is called by
	// several goroutines at once.
	Bodies func(line []byte) ([]Body, error)
}

// A Body is one of those in a line.
type Body struct {
	Bytes   []byte
	Within  string    // as of Document
	Arrived time.Time // as of Document
}

// DefaultMaxLine is 8 MiB: eight times the longest body that is judged by default, so that what is merely too long for a
// callback is still told as such.
const DefaultMaxLine = 8 << 20

// DefaultMaxExpand is 256 MiB: a small archive may expand to that whatever its ratio, since captures of one callback
// over and over again compress a thousandfold and more.
const DefaultMaxExpand = 256 << 20

// DefaultMaxRatio is how many times its own size a large archive may expand to. gzip cannot do much more than 1000 by
// its format; captures of real traffic reach 5 to 20.
const DefaultMaxRatio = 1000
