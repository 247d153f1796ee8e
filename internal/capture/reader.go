package capture

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"os"
)

// A Reader yields the documents of all sources, one at a time. It is for one goroutine.
type Reader struct {
	opts    Options
	stdin   io.Reader
	skipped skipList

	nextSource func() (source, bool)
	stop       func()

	buf    *bufio.Reader
	split  *splitter // of the open source; nil if none is
	opens  open      // takes bodies out of what split finds; nil if that are the bodies
	file   io.Closer // nil if none is open
	free   []func()  // what ends goroutines and decompressors, in this order
	stream *Stream   // the open source, if it can be read only once
	name   string    // of the open source
	owed   bool      // the open source was named, and has had no document yet
	begun  int       // sources, those that could not be opened among them

	before int // documents of the sources before

	opener Opener
	queue  []Document // that were opened and not yet handed out
	counts Counts     // without the opener's
}

// Open prepares the reading of the paths, in their order: files, folders (all captures in them and below, by name), and
// Stdin. The error is a *PathError for a path that is not there; nothing was read then.
func Open(paths []string, stdin io.Reader, opts Options) (*Reader, error) {
	if err := checkPaths(paths); err != nil {
		return nil, err
	}
	opts.MaxLine = cmp.Or(opts.MaxLine, DefaultMaxLine)
	opts.MaxExpand = cmp.Or(opts.MaxExpand, DefaultMaxExpand)
	r := &Reader{opts: opts, stdin: stdin, buf: bufio.NewReaderSize(nil, buffer)}
	r.skipped.wants = opts.wants()
	r.nextSource, r.stop = iter.Pull(sources(paths, stdin, &r.skipped))
	return r, nil
}

// Next is the next document. The error is io.EOF after the last one, or that of a context that is done; whatever goes
// wrong with a source is a document with an Err. A *LostError is a mistake of this package.
func (r *Reader) Next(ctx context.Context) (Document, error) {
	for {
		if len(r.queue) > 0 {
			doc := r.queue[0]
			r.queue = r.queue[1:]
			r.counts.Documents++
			return doc, nil
		}
		if err := ctx.Err(); err != nil {
			return Document{}, err
		}
		if r.split == nil {
			src, ok := r.nextSource()
			if !ok {
				return Document{}, io.EOF
			}
			if doc, ok := r.open(ctx, src); ok {
				r.queue = append(r.queue[:0], doc)
			}
			continue
		}
		doc, err := r.split.next()
		if errors.Is(err, io.EOF) {
			if err := r.finish(); err != nil {
				return Document{}, err
			}
			continue
		}
		if err != nil {
			r.closeSource()
			return Document{}, err
		}
		if doc.Err != nil && errors.Is(doc.Err, errStopped) {
			return Document{}, cmp.Or(ctx.Err(), errStopped)
		}
		r.owed = false
		doc.input, doc.open = r.begun, r.opens
		if doc.Unopened() && (r.opts.Unopened == 0 || len(doc.Body) > r.opts.Unopened) {
			r.queue = r.opener.Open(doc)
			continue
		}
		r.counts.Documents++
		return doc, nil
	}
}

// finish closes a source that was read to its end.
func (r *Reader) finish() error {
	nothing := r.split.nothing()
	lines, err := r.split.close(r.name)
	r.counts.Lines += lines
	r.counts.Without += r.split.without
	r.closeSource()
	switch {
	case err != nil:
	case r.owed:
		// Whoever names a source means that there is something in it: an empty one is an empty document, and not
		// passed over in silence. In a folder it is a log that nothing was written to yet.
		r.owed = false
		r.queue = append(r.queue[:0], nothing)
	case r.counts.Documents == r.before:
		r.counts.Nothing(r.begun, r.name)
	}
	return err
}

// open makes a source the one that is read. A document is returned where that fails.
func (r *Reader) open(ctx context.Context, src source) (Document, bool) {
	r.begun++
	fail := func(err *ReadError) (Document, bool) {
		return Document{Source: src.name, Line: 1, Column: 1, Err: err}, true
	}
	if src.err != nil {
		return fail(&ReadError{Code: CodeFile, Message: "it cannot be read", Err: src.err})
	}
	f, err := src.open()
	if err != nil {
		return fail(&ReadError{Code: CodeFile, Message: "it cannot be opened", Err: err})
	}
	r.file, r.name, r.opens, r.owed, r.before = f, src.name, nil, src.named, r.counts.Documents
	in := r.opts.metered(f)
	var ahead *readAhead
	if !isRegular(f) {
		// What comes through a pipe may not come for long. The goroutine that waits for it can be left.
		if widen(f); src.name == Stdin {
			widen(r.stdin) // which f does not show
		}
		pipe := newReadAhead(in)
		unwatch := context.AfterFunc(ctx, pipe.halt)
		in, ahead, r.free = pipe, pipe, append(r.free, func() { unwatch(); pipe.halt() })
	}
	plain, free, packed, err := unpack(in, r.opts.expansion())
	if err != nil {
		r.closeSource()
		return fail(readError(err))
	}
	if packed {
		unpacked := newReadAhead(plain)
		plain, ahead, r.free = unpacked, unpacked, append(r.free, func() { unpacked.halt(); <-unpacked.done; free() })
	}
	if ahead != nil {
		r.stream = newStream(plain, ahead)
		plain = r.stream
	}
	s := newSplitter(src.name, plain, r.opts.MaxLine, r.buf)
	s.sniff = func() { r.recognise(s) }
	r.split = s
	return Document{}, false
}

// isRegular reports whether a source is a file on a disk, whose reading never waits for somebody else.
func isRegular(f io.Reader) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// closeSource closes what is open. A pipe's goroutine comes first, so that none of the others waits for it.
func (r *Reader) closeSource() {
	for _, free := range r.free {
		free()
	}
	if r.file != nil {
		_ = r.file.Close() // it was only read
	}
	r.split, r.file, r.free, r.stream = nil, nil, nil, nil
}

// Waits reports whether the next document has to be waited for: nothing of it was read yet, or of a line not its end. Whoever gathers documents
// before working on them can stop doing so here, so that a slow stream is not held up.
func (r *Reader) Waits() bool {
	if len(r.queue) > 0 {
		return false
	}
	if r.split == nil {
		return true
	}
	p, _ := r.buf.Peek(r.buf.Buffered())
	p = bytes.TrimLeft(p, " \t\r\n")
	// Whoever writes blocks ends them in the middle of a line.
	return len(p) == 0 || r.split.lines && r.split.array == noArray && bytes.IndexByte(p, '\n') < 0
}

// Skipped tells how many files of the named folders were left out since they are hidden, no regular files, or not named as
// captures are, and the names of the first few.
func (r *Reader) Skipped() (n int, first []string) { return r.skipped.n, r.skipped.first }

// Counts tells what was met so far. Of a source that is still being read, or was not read to its end, the lines are not
// in it, and never those that were handed out as Lines and turned out blank; nor is what Openers other than its own met.
func (r *Reader) Counts() Counts {
	c := r.counts
	c.Merge(&r.opener.counts)
	return c
}

// Close ends the reading. It never fails; the error is there for io.Closer.
func (r *Reader) Close() error {
	r.closeSource()
	r.stop()
	return nil
}
