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

// readSize is how much is read at once where it may have to be waited for, in bytes.
const readSize = 32 << 10

// overrun is how much is read behind a chunk at first, for its last line to end.
const overrun = 4 << 10

// slack is the capacity behind a text for its lines to be found fast; see schema.Lines.
const slack = 64

// maxOverrun bounds the last line of a chunk. What is longer is left to the Reader, which does not keep what is too long.
const maxOverrun = 1 << 20

// A span is the lines of a file or a stream on their way through the workers, each of which takes the next chunk when it has
// done the last. It ends at its last whole line, or where a line is found that is not simply a document.
type span struct {
	capture.Lines
	input  int // the reader's number of it
	turns  *turns
	next   atomic.Int64 // of a file: number of the chunk that nobody has taken yet
	chunks chan *chunk  // of a stream: those that nobody has taken yet
	stop   atomic.Int64 // a chunk stopped short here: what begins behind it need not be judged

	instant *instant // of a file: it is read with that as far as it goes

	// How far it was told of. Written in turn, and read when that is over.
	offset int64
	line   int
}

// A chunk is the lines of a span that begin in [from, to).
type chunk struct {
	span     *span
	n        int64 // its number, from 0
	from, to int64
	text     []byte // of a stream: what is in [from, to), whole lines
	final    bool   // it is the last one

	// What came of it, beside the batch's tally. Lines are counted from the chunk's first.
	lines int   // whole lines judged, blank ones too
	end   int64 // behind the last of them
	short bool  // it stopped at end, before to
}

// newSpan is a span of which so many chunks may be under way.
func newSpan(lines capture.Lines, input, most int) *span {
	s := &span{Lines: lines, input: input, turns: newTurns(most), offset: lines.From, line: lines.Line, instant: newInstant(lines.File)}
	s.stop.Store(math.MaxInt64)
	return s
}

// take is the next chunk; nil where the rest is taken, or not wanted any more.
func (s *span) take(ctx context.Context) *chunk {
	var c *chunk
	if s.Stream != nil {
		select {
		case c = <-s.chunks:
		case <-ctx.Done():
		}
	} else {
		n := s.next.Add(1) - 1
		if from := s.From + n*chunkSize; from < s.To {
			to := min(from+chunkSize, s.To)
			c = &chunk{span: s, n: n, from: from, to: to, final: to == s.To}
		}
	}
	if c == nil || s.stop.Load() <= c.from || !s.turns.await(c.n) {
		return nil
	}
	return c
}

// begin has the chunks told of, in their order.
func (s *span) begin(to listener) error {
	return s.turns.begin(func(b *batch) (bool, error) { return s.tell(b, to) })
}

// tell tells of a chunk in its turn, and reports whether it is the last one. What lies behind the place where a chunk
// stopped short is not told of: it was read as lines, and may be something else.
func (s *span) tell(b *batch, to listener) (last bool, err error) {
	c := b.chunk
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
	b.counts.Shift(s.line)
	s.line += c.lines
	if c.lines > 0 {
		s.offset = c.end
	}
	if c.text != nil {
		b.chunk = nil // told of as any batch of a stream: it is shown at once, and the reader has counted its bytes
	}
	return c.last(), to.tell(b)
}

// share judges chunks of a span until all of them are taken.
func (w *worker) share(ctx context.Context, s *span) error {
	for ctx.Err() == nil {
		c := s.take(ctx)
		if c == nil {
			return nil
		}
		b := batches.Get().(*batch) //nolint:forcetypeassert // there is nothing else in it
		b.input, b.source, b.chunk = s.input, s.Source, c
		w.judge(b)
		if err := s.turns.bring(c.n, b); err != nil {
			return err
		}
	}
	return nil
}

// A worker judges, with what it needs for that again and again.
type worker struct {
	opts      Options
	validator *schema.Validator
	lines     *schema.Lines
	opener    capture.Opener
	looks     bool // more is wanted of a document without findings than its verdict
	plain     plain
	buf       []byte
}

func newWorker(opts Options) *worker {
	v := schema.NewValidator()
	return &worker{opts: opts, validator: v, lines: v.Lines(opts.Schema), looks: opts.All || opts.Sequence || opts.Shape != nil}
}

// chunk judges the lines of a chunk: records are made of those that are told of, the others are counted.
func (w *worker) chunk(b *batch) {
	c, t := b.chunk, &b.tally
	s := c.span
	c.end = c.from
	if s.stop.Load() <= c.from {
		return
	}
	text, start, at, ok := w.open(c)
	if !ok {
		return
	}
	c.end = start + int64(at)
	defer func() {
		w.plain.count(t, w.lines)
		b.counts = w.opener.Counts()
	}()
	wrapped := s.Wrapped()
	for start+int64(at) < c.to {
		form, end := -1, 0
		if !wrapped {
			form, end = w.lines.Next(text[at:])
		}
		if form >= 0 && end <= s.MaxLine {
			w.plain.docs[form]++
			w.plain.bytes += int64(end)
			if w.looks {
				doc := s.Document(text[at:at+end], c.lines, 0, start+int64(at))
				w.look(b, &doc, w.lines.Report(form))
			}
		} else {
			end = bytes.IndexByte(text[at:], '\n')
			if end < 0 {
				// The line ends beyond what was read, or it is the last one and not ended.
				if start+int64(len(text)) >= s.To || len(text)-at > maxOverrun {
					break
				}
				before := len(text)
				if text, ok = w.read(c, start, start+int64(before+max(overrun, before-at)), before); !ok {
					return
				}
				if len(text) <= before {
					break // the file was cut since its size was looked at: the Reader meets its end
				}
				continue
			}
			if !w.line(b, text[at:at+end], start+int64(at)) {
				break
			}
		}
		c.lines++
		at += end + 1
		c.end = start + int64(at)
	}
	if c.end < c.to { // at the end of the file, or at a line that is not simply a document
		c.stop(c.end)
	}
}

// open is the text in which the lines of a chunk are, the offset at which it begins, and where in it the first of them does.
// It reports false where there is none.
func (w *worker) open(c *chunk) (text []byte, start int64, at int, ok bool) {
	switch {
	case c.text != nil:
		return c.text, c.from, 0, true
	case c.from == c.span.From:
		text, ok = w.read(c, c.from, c.to+overrun, 0)
		return text, c.from, 0, ok
	}
	start = c.from - 1 // whether a line begins at from is told by the byte before
	if text, ok = w.read(c, start, c.to+overrun, 0); !ok {
		return nil, 0, 0, false
	}
	at = bytes.IndexByte(text, '\n') + 1
	if at == 0 || start+int64(at) >= c.to {
		return nil, 0, 0, false // one line from beginning to end, of an earlier chunk
	}
	return text, start, at, true
}

// line judges a line. It reports false for one that is not simply a document.
func (w *worker) line(b *batch, line []byte, offset int64) bool {
	lines := &b.chunk.span.Lines
	body, indent, ok := lines.Bare(line)
	switch {
	case !ok:
		return false
	case len(body) == 0:
		b.tally.blank++
		return true
	}
	doc := lines.Document(body, b.chunk.lines, indent, offset)
	w.document(b, &doc)
	return true
}

// plain counts the documents of a chunk that its lines know, by the numbers of their reports.
type plain struct {
	docs  [schema.PlainForms]int
	bytes int64
}

// count adds what was counted to a tally, and begins anew.
func (p *plain) count(t *tally, lines *schema.Lines) {
	for form, docs := range p.docs {
		if docs > 0 {
			t.many(lines.Report(form), docs)
			t.lines += docs
		}
	}
	t.bytes += p.bytes
	*p = plain{}
}

// read fills the worker's buffer with a part of the file, up to the size that the span has; got bytes of it are there already.
func (w *worker) read(c *chunk, from, to int64, got int) ([]byte, bool) {
	n := int(min(to, c.span.To) - from)
	if cap(w.buf) < n+slack || cap(w.buf) > chunkSize+2*maxOverrun {
		buf := make([]byte, n+overrun+slack) // the next chunk may begin a byte earlier, or end later
		copy(buf, w.buf[:got])
		w.buf = buf
	}
	for got < n {
		if k := c.span.instant.read(w.buf[got:n], from+int64(got)); k > 0 {
			got += k
			continue
		}
		k, err := c.span.File.ReadAt(w.buf[got:min(n, got+readSize)], from+int64(got))
		got += k
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			c.stop(c.from) // the Reader will meet it, and tell
			return nil, false
		}
	}
	return w.buf[:got], true
}

// last reports whether nothing of the span is told of behind the chunk.
func (c *chunk) last() bool { return c.short || c.final }

// stop notes where the chunk stopped short.
func (c *chunk) stop(at int64) {
	c.short = true
	for v := &c.span.stop; ; {
		if old := v.Load(); old <= at || v.CompareAndSwap(old, at) {
			return
		}
	}
}
