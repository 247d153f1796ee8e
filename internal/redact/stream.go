package redact

import (
	"context"
	"errors"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// Counts say what became of a capture's documents.
type Counts struct {
	Redacted, LeftOut int
	Callbacks         int // of those redacted: callbacks of the family, relay callbacks among them
}

// batch is how many documents one worker takes at a time: enough that handing them over costs nothing.
const batch = 64

// A job is a batch on its way through a worker.
type job struct {
	docs []entry
	done chan struct{}
}

type entry struct {
	place capture.Document // without Body
	body  []byte           // redacted once the job is done
	kind  schema.Kind
	err   error
}

// Stream redacts a capture on all processors and writes the bodies in their order, one for each line. What is left out is
// told of, in order too: what could not be read, and what Body refuses. The error is that of the reader, the writer or the context;
// what was redacted until then is written and counted.
func Stream(ctx context.Context, key []byte, r *capture.Reader, w io.Writer, leftOut func(at capture.Document, why error)) (Counts, error) {
	workers := runtime.GOMAXPROCS(0)
	jobs, ordered := make(chan *job, workers), make(chan *job, 2*workers)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(jobs)
		defer close(ordered)
		return read(ctx, r, jobs, ordered)
	})
	for range workers {
		group.Go(func() error {
			one := New(key)
			for j := range jobs {
				one.redact(j)
			}
			return nil
		})
	}
	var counts Counts
	group.Go(func() error {
		for j := range ordered {
			<-j.done // a worker ends every job that was handed out
			for _, d := range j.docs {
				if d.err != nil {
					counts.LeftOut++
					leftOut(d.place, d.err)
					continue
				}
				if _, err := w.Write(append(d.body, '\n')); err != nil {
					return err
				}
				counts.Redacted++
				if d.kind == schema.KindRelay || d.kind == schema.KindSibling {
					counts.Callbacks++
				}
			}
		}
		return nil
	})
	err := group.Wait()
	return counts, err
}

// read hands out a capture in batches.
func read(ctx context.Context, r *capture.Reader, jobs, ordered chan<- *job) error {
	for {
		j := &job{done: make(chan struct{})}
		var err error
		for len(j.docs) < batch && err == nil {
			var doc capture.Document
			if doc, err = r.Next(ctx); err == nil {
				d := entry{place: doc, body: append([]byte(nil), doc.Body...)} // Body is valid until the next call only
				d.place.Body = nil
				j.docs = append(j.docs, d)
			}
		}
		if len(j.docs) > 0 {
			for _, to := range []chan<- *job{jobs, ordered} {
				select {
				case to <- j:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (r *Redactor) redact(j *job) {
	defer close(j.done)
	for i := range j.docs {
		d := &j.docs[i]
		if d.place.Err != nil {
			d.err = d.place.Err
			continue
		}
		d.body, d.kind, d.err = r.body(d.body)
	}
}
