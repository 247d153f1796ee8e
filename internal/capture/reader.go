package capture

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
)

// A Reader yields the documents of all sources, one at a time. It is for one goroutine.
type Reader struct {
	opts    Options
	skipped skipList

	nextSource func() (source, bool)
	stop       func()

	buf   *bufio.Reader
	split *splitter // of the open source; nil if none is
	file  io.Closer
	free  func() // of the decompressor
	name  string // of the open source
	owed  bool   // the open source was named, and has had no document yet
}

// Open prepares the reading of the paths, in their order: files, folders (all captures in them and below, by name), and
// Stdin. The error is a *PathError for a path that is not there; nothing was read then.
func Open(paths []string, stdin io.Reader, opts Options) (*Reader, error) {
	if err := checkPaths(paths); err != nil {
		return nil, err
	}
	opts.MaxLine = cmp.Or(opts.MaxLine, DefaultMaxLine)
	opts.MaxExpand = cmp.Or(opts.MaxExpand, DefaultMaxExpand)
	r := &Reader{opts: opts, buf: bufio.NewReaderSize(nil, buffer)}
	r.nextSource, r.stop = iter.Pull(sources(paths, stdin, &r.skipped))
	return r, nil
}

// Next is the next document. The error is io.EOF after the last one, or that of a context that is done; whatever goes
// wrong with a source is a document with an Err.
func (r *Reader) Next(ctx context.Context) (Document, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Document{}, err
		}
		if r.split == nil {
			src, ok := r.nextSource()
			if !ok {
				return Document{}, io.EOF
			}
			if doc, ok := r.open(src); ok {
				return doc, nil
			}
			continue
		}
		doc, err := r.split.next()
		if err == nil {
			r.owed = false
			return doc, nil
		}
		r.closeSource()
		if !errors.Is(err, io.EOF) {
			return Document{}, err
		}
		if r.owed {
			// Whoever names a source means that there is something in it: an empty one is an empty document, and not
			// passed over in silence. In a folder it is a log that nothing was written to yet.
			r.owed = false
			return Document{Source: r.name, Line: 1, Column: 1, Body: []byte{}}, nil
		}
	}
}

// open makes a source the one that is read. A document is returned where that fails.
func (r *Reader) open(src source) (Document, bool) {
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
	plain, free, err := unpack(f, r.opts.MaxExpand)
	if err != nil {
		_ = f.Close() // it was only read
		return fail(readError(err))
	}
	r.file, r.free, r.name, r.owed = f, free, src.name, src.named
	r.split = newSplitter(src.name, plain, r.opts.MaxLine, r.buf)
	return Document{}, false
}

func (r *Reader) closeSource() {
	if r.split == nil {
		return
	}
	r.free()
	_ = r.file.Close() // it was only read
	r.split = nil
}

// Waits reports whether the next document has to be waited for: nothing of it was read yet. Whoever gathers documents
// before working on them can stop doing so here, so that a slow stream is not held up.
func (r *Reader) Waits() bool {
	if r.split == nil {
		return true
	}
	p, _ := r.buf.Peek(r.buf.Buffered())
	return len(bytes.TrimLeft(p, " \t\r\n")) == 0
}

// Skipped tells how many files of the named folders were left out since they do not look like captures, and the names of
// the first few.
func (r *Reader) Skipped() (n int, first []string) { return r.skipped.n, r.skipped.first }

// Close ends the reading. It never fails; the error is there for io.Closer.
func (r *Reader) Close() error {
	r.closeSource()
	r.stop()
	return nil
}
