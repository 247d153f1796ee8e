package validate

import (
	"context"
	"errors"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/schema"
)

// A batch is some documents on their way: copied from the reader, judged by a worker, told of in their order. Handing
// over one document at a time would cost as much as judging a plain one.
type batch struct {
	docs    []capture.Document
	bytes   int
	chunk   *chunk // lines of a file in place of documents
	records []Record
	events  []sequence.Event // of docs, if lives are followed
	done    chan struct{}
}

// The bounds of a batch. 64 documents of a usual callback are 32 kB, so that a batch stays in a processor's cache.
const (
	batchDocs  = 64
	batchBytes = 256 << 10
)

func (b *batch) full() bool { return len(b.docs) >= batchDocs || b.bytes >= batchBytes }

func (b *batch) add(doc capture.Document) {
	doc.Body = append([]byte(nil), doc.Body...) // the reader will use the memory again
	b.docs = append(b.docs, doc)
	b.bytes += len(doc.Body)
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

// judgeAll reads, judges and tells: one goroutine reads, workers judge, and the caller's tells, in the order of the
// capture. All of them have ended when it returns.
//
// Of documents that need not be told of, those that are ok unless Options.All, some are only counted. With
// Options.Sequence follow gets every document that could be read, in the same order.
func judgeAll(ctx context.Context, r *capture.Reader, opts Options, tell func(*Record) error, count func(Summary), follow func(sequence.Event, capture.Document)) error {
	workers := opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	group, running := errgroup.WithContext(ctx)
	// Twice as many batches as workers may wait: enough that nobody idles, few enough to keep memory flat.
	work, order := make(chan *batch, workers), make(chan *batch, 2*workers)
	group.Go(func() error {
		defer close(work)
		defer close(order)
		return read(running, r, !opts.Sequence, work, order)
	})
	for range workers {
		group.Go(func() error {
			w := worker{opts: opts, validator: schema.NewValidator()}
			for b := range work {
				if b.chunk != nil {
					b.records = w.chunk(b.chunk)
				} else {
					b.records = make([]Record, 0, len(b.docs))
				}
				for _, doc := range b.docs {
					b.records = append(b.records, judge(doc, w.validator, opts.Schema))
					if opts.Sequence {
						b.events = append(b.events, sequence.Read(doc.Body))
					}
				}
				close(b.done)
			}
			return nil
		})
	}
	group.Go(func() error {
		for b := range order {
			<-b.done // every batch in order is in work, and workers end only when that is empty
			if b.chunk != nil {
				if err := tellChunk(b, tell, count); err != nil {
					return err
				}
				continue
			}
			for i := range b.records {
				if opts.Sequence {
					follow(b.events[i], b.docs[i])
				}
				if err := tell(&b.records[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return group.Wait()
}

// read gathers documents into batches until the capture ends. A batch goes into work before it goes into order, so that
// whoever waits for it does so with reason. Lines are handed over in chunks if chunks is set: their documents are judged
// without a place for each.
func read(ctx context.Context, r *capture.Reader, chunks bool, work, order chan<- *batch) error {
	b := newBatch()
	send := func(b *batch) bool {
		for _, to := range []chan<- *batch{work, order} {
			select {
			case to <- b:
			case <-ctx.Done():
				return false
			}
		}
		return true
	}
	flush := func() bool {
		if len(b.docs) == 0 {
			return true
		}
		full := b
		b = newBatch()
		return send(full)
	}
	source, n := "", 0
	for {
		doc, err := r.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			flush()
			return ctx.Err()
		case err != nil:
			flush()
			return err
		}
		b.add(doc)
		if (b.full() || r.Waits()) && !flush() {
			return ctx.Err()
		}
		if n++; doc.Source != source {
			source, n = doc.Source, 1
		}
		if !chunks || !mayBeLines(n) {
			continue
		}
		if lines, ok := r.Lines(); ok {
			if !flush() {
				return ctx.Err()
			}
			if err := readLines(ctx, r, lines, send); err != nil {
				return err
			}
			n = retry // some documents have to pass until the next attempt
		}
	}
}

// retry is how many documents lie between attempts to read a file as lines: so many that a file with something else
// among its lines now and then costs no more than without the attempts.
const retry = 1024

// mayBeLines reports whether it is worth a look, behind n documents of a source, whether the rest are lines: early, and
// then now and then.
func mayBeLines(n int) bool { return n == 1 || n == 2 || n == 3 || n%retry == 0 }
