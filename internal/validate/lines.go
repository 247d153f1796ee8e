package validate

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"sync/atomic"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// chunkSize is how much of a file a worker takes at a time, in bytes: some 500 callbacks, small enough for a processor's
// cache and for memory to stay flat, large enough that handing it over costs nothing.
const chunkSize = 256 << 10

// overrun is how much is read behind a chunk at first, for its last line to end.
const overrun = 16 << 10

// maxOverrun bounds the last line of a chunk. What is longer is left to the Reader, which does not keep what is too long.
const maxOverrun = 1 << 20

// A span is a file's lines on their way through the workers. It ends at its last whole line, or where a line is found
// that is not simply a document.
type span struct {
	capture.Lines
	stop atomic.Int64 // a chunk stopped short here: what begins behind it need not be judged

	// Where the reading goes on. Written by the teller, before it closes done.
	offset int64
	line   int
	done   chan struct{}
	over   bool // a chunk stopped short: what was judged behind it is not told of
}

// A chunk is the lines of a span that begin in [from, to).
type chunk struct {
	span     *span
	from, to int64
	last     bool // of its span

	// What came of it, beside the batch's tally. Lines are counted from the chunk's first.
	lines int   // whole lines judged, blank ones too
	end   int64 // behind the last of them
	short bool  // it stopped at end, before to
}

// readLines hands a span to the workers, waits for it, and tells the reader where to go on.
func readLines(ctx context.Context, r *capture.Reader, lines capture.Lines, send func(*batch) bool) error {
	s := &span{Lines: lines, offset: lines.From, line: lines.Line, done: make(chan struct{})}
	s.stop.Store(math.MaxInt64)
	for from := s.From; ; from += chunkSize {
		to := min(from+chunkSize, s.To)
		last := to == s.To || s.stop.Load() <= to
		if !send(&batch{chunk: &chunk{span: s, from: from, to: to, last: last}}) {
			return ctx.Err()
		}
		if last {
			break
		}
	}
	select {
	case <-s.done:
		return r.Resume(s.offset, s.line)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A worker judges, with what it needs for that again and again.
type worker struct {
	opts      Options
	validator *schema.Validator
	buf       []byte
}

// chunk judges the lines of a chunk: records are made of those that are told of, the others are counted.
func (w *worker) chunk(b *batch) (records []Record) {
	c, t := b.chunk, &b.tally
	s := c.span
	c.end = c.from
	if s.stop.Load() <= c.from {
		return nil
	}
	start := c.from
	if c.from > s.From {
		start-- // whether a line begins at from is told by the byte before
	}
	text, ok := w.read(c, start, c.to+overrun)
	if !ok {
		return nil
	}
	at := 0 // in text
	if c.from > s.From {
		end := bytes.IndexByte(text, '\n')
		if end < 0 || start+int64(end)+1 >= c.to {
			return nil // one line from beginning to end, of an earlier chunk
		}
		at = end + 1
	}
	c.end = start + int64(at)
	for start+int64(at) < c.to {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			// The line ends beyond what was read, or it is the last one and not ended.
			if start+int64(len(text)) >= s.To || len(text)-at > maxOverrun {
				break
			}
			if text, ok = w.read(c, start, start+int64(2*len(text))); !ok {
				return records
			}
			continue
		}
		line := text[at : at+end]
		indented, body := bare(line)
		if len(body) == 0 {
			t.blank++
		} else {
			if len(indented) > s.MaxLine || capture.Odd(body) {
				break
			}
			report := w.validator.Validate(body, w.opts.Schema)
			t.add(&report)
			t.lines++
			t.bytes += int64(len(body))
			if told := report.Verdict != schema.OK || w.opts.All; told || b.lives != nil || b.shape != nil {
				indent := len(line) - len(indented)
				doc := capture.Document{
					Source: s.Source, Line: c.lines, Column: indent + 1, Offset: start + int64(at+indent), Body: body,
				}
				follow(b.lives, &doc, &report)
				b.gather(&doc, &report)
				if told {
					records = append(records, record(doc, &report))
				}
			}
		}
		c.lines++
		at += end + 1
		c.end = start + int64(at)
	}
	if c.end < c.to { // at the end of the file, or at a line that is not simply a document
		c.stop(c.end)
	}
	return records
}

// bare is a line without the white space before it, and without that around it. Most have none, and are not looked at
// for long.
func bare(line []byte) (indented, body []byte) {
	if n := len(line); n > 0 && line[0] == '{' && line[n-1] == '}' {
		return line, line
	}
	indented = bytes.TrimLeft(line, " \t\r")
	return indented, bytes.TrimRight(indented, " \t\r")
}

// read fills the worker's buffer with a part of the file, up to the size that the span has.
func (w *worker) read(c *chunk, from, to int64) ([]byte, bool) {
	n := int(min(to, c.span.To) - from)
	if cap(w.buf) < n || cap(w.buf) > chunkSize+2*maxOverrun {
		w.buf = make([]byte, n)
	}
	got, err := c.span.File.ReadAt(w.buf[:n], from)
	if err != nil && !errors.Is(err, io.EOF) {
		c.stop(c.from) // the Reader will meet it, and tell
		return nil, false
	}
	return w.buf[:got], true
}

// stop notes where the chunk stopped short.
func (c *chunk) stop(at int64) {
	c.short = true
	for v := &c.span.stop; ; {
		if old := v.Load(); old <= at || v.CompareAndSwap(old, at) {
			return
		}
	}
}

// tellChunk tells of a chunk in its turn. What lies behind the place where an earlier chunk stopped is not told of: it
// was read as lines, and may be something else.
func tellChunk(b *batch, to listener) error {
	c := b.chunk
	s := c.span
	if c.last {
		defer close(s.done)
	}
	if s.over {
		return nil
	}
	s.over = c.short
	for i := range b.records {
		rec := &b.records[i]
		rec.Line += s.line
		for k := range rec.Violations {
			rec.Violations[k].Line += s.line
		}
	}
	if b.lives != nil {
		b.lives.Shift(s.line)
	}
	if b.shape != nil {
		b.shape.Shift(s.line)
	}
	s.line += c.lines
	if c.lines > 0 {
		s.offset = c.end
	}
	return to.tell(b)
}
