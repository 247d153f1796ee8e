package validate

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// A batch is some documents of one input on their way: copied from the reader, opened and judged by a worker, told of in
// their order. Handing over one document at a time would cost as much as judging a plain one.
type batch struct {
	input  int // the reader's number of it
	source string

	*pouch // documents; nil once they were judged
	done   chan struct{}
	span   *span  // in place of documents: lines for all workers to share
	chunk  *chunk // in place of documents: what a worker took of a span

	// What came of it.
	tally      tally
	counts     capture.Counts   // of what the worker opened
	records    []Record         // of those that are told of
	violations []Violation      // theirs
	lives      *sequence.Batch  // what tasks' lives need of it, if they are followed
	shape      *shape.Collector // what the documents look like, if anybody asks
}

// batches are those that were told of, for others to use their memory.
var batches = sync.Pool{New: func() any { return new(batch) }}

// fewRecords is how many records, and violations, a batch may have had to be used again: so many that most of a usual capture are.
const fewRecords = 64

// release gives a batch up that was told of.
func (b *batch) release() {
	if cap(b.records) > fewRecords || cap(b.violations) > fewRecords {
		return
	}
	clear(b.records)
	clear(b.violations)
	*b = batch{tally: tally{forms: b.tally.forms[:0]}, records: b.records[:0], violations: b.violations[:0]}
	batches.Put(b)
}

// kept is how many documents of the batch take memory until they are told of.
func (b *batch) kept() int {
	if b.lives != nil || b.shape != nil {
		return b.tally.documents()
	}
	return len(b.records)
}

// The bounds of a pouch. 128 documents of a usual callback are 64 kB, so that they stay in a processor's cache.
const (
	batchDocs  = 128
	batchBytes = 256 << 10
	pouchBytes = 96 << 10
)

// maxUnopened is the longest document that a worker opens, in bytes. What is longer, a play of a load test, is opened where it
// is read: a dozen of them may be on their way.
const maxUnopened = 1 << 20

// A pouch has the documents of a batch, and the memory that they lie in. It is used again once they were judged: nothing of
// a body is kept, and a copy for each would have the collector run all the time.
type pouch struct {
	docs  []capture.Document
	text  []byte
	bytes int
}

func newPouch() *pouch {
	return &pouch{docs: make([]capture.Document, 0, batchDocs), text: make([]byte, 0, pouchBytes)}
}

func (p *pouch) full() bool { return len(p.docs) >= batchDocs || p.bytes >= batchBytes }

// add copies a document, since the reader will use its memory again.
func (p *pouch) add(doc capture.Document) {
	n := len(doc.Body)
	switch {
	case n > pouchBytes/4: // it would leave no room for others
		doc.Body = append([]byte(nil), doc.Body...)
	default:
		if cap(p.text)-len(p.text) < n {
			p.text = make([]byte, 0, pouchBytes) // what is full lives on in the documents
		}
		at := len(p.text)
		p.text = append(p.text, doc.Body...)
		doc.Body = p.text[at : at+n : at+n]
	}
	p.docs = append(p.docs, doc)
	p.bytes += n
}

// empty makes the pouch ready for other documents.
func (p *pouch) empty() *pouch {
	clear(p.docs)
	p.docs, p.text, p.bytes = p.docs[:0], p.text[:0], 0
	return p
}

// pouches are those that are not in use.
type pouches chan *pouch

func (c pouches) get() *pouch {
	select {
	case p := <-c:
		return p
	default:
		return newPouch()
	}
}

func (c pouches) put(p *pouch) {
	select {
	case c <- p.empty():
	default: // there are enough
	}
}

// A listener is told what came of a batch, in the order of the capture.
type listener interface {
	tell(b *batch) error
}

// grace is how long a reader may take to notice that the run was called off. One that waits for a stream that says
// nothing more never does, and is left behind: nothing can end its wait.
const grace = 200 * time.Millisecond

// judgeAll reads, judges and tells: one goroutine reads, one hands on, workers judge, and the caller's tells, in the order
// of the capture. All of them have ended when it returns, but for one case: left means that the run was called off while the
// reader waited for its input. The reader must not be touched any more then.
func judgeAll(ctx context.Context, r *capture.Reader, opts Options, to listener) (left bool, err error) {
	workers := opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	group, running := errgroup.WithContext(ctx)
	// Twice as many batches as workers may wait: enough that nobody idles, few enough to keep memory flat.
	work, order, batches := make(chan *batch, workers), make(chan *batch, 2*workers), make(chan *batch)
	reading := make(chan error, 1)
	free := make(pouches, workers)
	go func() {
		reading <- (&source{ctx: running, r: r, opts: &opts, out: batches, free: free, pieces: piecesFor(workers)}).read()
		close(batches)
	}()
	group.Go(func() error {
		defer close(work)
		defer close(order)
		return handOn(running, batches, workers, work, order)
	})
	for range workers {
		group.Go(func() error {
			w := newWorker(opts)
			for b := range work {
				if b.span != nil {
					if err := w.share(running, b.span); err != nil {
						return err
					}
					continue
				}
				w.judge(b)
				if b.pouch != nil {
					free.put(b.pouch)
					b.pouch = nil
				}
				close(b.done)
			}
			return nil
		})
	}
	group.Go(func() error {
		for b := range order {
			var err error
			if b.span != nil { // nothing comes behind it before all of it was told of
				err = b.span.begin(to)
			} else {
				<-b.done // every batch in order is in work, and workers end only when that is empty
				err = to.tell(b)
				b.release()
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	err = group.Wait()
	// What the reader says last is behind its last batch, so it is here unless the run was called off.
	patience := time.NewTimer(grace)
	defer patience.Stop()
	select {
	case e := <-reading:
		if err != nil && ctx.Err() == nil && errors.Is(e, context.Canceled) {
			e = nil // that is only how the failure ended the reading
		}
		return false, errors.Join(err, e)
	case <-patience.C:
		return true, errors.Join(err, ctx.Err())
	}
}

// handOn gives each batch to the workers and then to the teller, so that whoever waits for it does so with reason. A span
// goes to every worker.
func handOn(ctx context.Context, batches <-chan *batch, workers int, work, order chan<- *batch) error {
	for {
		var b *batch
		select {
		case b = <-batches:
		case <-ctx.Done():
		}
		if b == nil {
			return nil
		}
		takers := 1
		if b.span != nil {
			takers = workers
		}
		for i := range takers + 1 {
			to := work
			if i == takers {
				to = order
			}
			select {
			case to <- b:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// judge judges what is in a batch.
func (w *worker) judge(b *batch) {
	if w.opts.Sequence {
		b.lives = sequence.NewBatch()
	}
	if w.opts.Shape != nil {
		b.shape = shape.New()
	}
	if b.chunk != nil {
		w.chunk(b)
	} else {
		for i := range b.docs {
			b.tally.taken++
			w.document(b, &b.docs[i])
		}
		b.counts = w.opener.Counts()
	}
}

// document judges a document, or what is in it if the body has to be taken out of it.
func (w *worker) document(b *batch, doc *capture.Document) {
	if !doc.Unopened() {
		w.body(b, doc)
		return
	}
	opened := w.opener.Open(*doc)
	for i := range opened {
		w.body(b, &opened[i])
	}
}

// body judges a document.
func (w *worker) body(b *batch, doc *capture.Document) {
	b.tally.bytes += int64(len(doc.Body))
	b.tally.lines += doc.Lines
	if doc.Err != nil {
		b.tally.unreadable++
		b.records = append(b.records, refused(*doc))
		b.gather(doc, nil)
		return
	}
	report := w.validator.Validate(doc.Body, w.opts.Schema)
	b.tally.add(&report)
	w.look(b, doc, &report)
}

// look takes from a document that was judged what is wanted beside its verdict.
func (w *worker) look(b *batch, doc *capture.Document, report *schema.Report) {
	follow(b.lives, doc, report)
	b.gather(doc, report)
	if report.Verdict != schema.OK || w.opts.All {
		b.record(doc, report)
	}
}

// A source gathers documents into batches until the capture ends. Lines are handed over in chunks.
type source struct {
	ctx  context.Context //nolint:containedctx // it lives as long as one call of read
	r    *capture.Reader
	opts *Options
	out  chan<- *batch
	free pouches

	pieces pieces // for a stream

	input int    // the reader's number of the source
	name  string // of it
	n     int    // documents of it; anew behind what was read as lines, from below 0
	rest  int    // how many have to pass behind a stream's lines until the next attempt
	b     *batch
}

func (s *source) send(b *batch) bool {
	b.input, b.source, b.done = s.input, s.name, make(chan struct{})
	select {
	case s.out <- b:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// fresh is a batch to gather documents in.
func (s *source) fresh() *batch {
	b := batches.Get().(*batch) //nolint:forcetypeassert // there is nothing else in it
	b.pouch = s.free.get()
	return b
}

func (s *source) flush() bool {
	if len(s.b.docs) == 0 {
		return true
	}
	full := s.b
	s.b = s.fresh()
	return s.send(full)
}

func (s *source) read() error {
	s.b = s.fresh()
	for {
		doc, err := s.r.Next(s.ctx)
		switch {
		case errors.Is(err, io.EOF):
			s.flush()
			return s.ctx.Err()
		case err != nil:
			s.flush()
			return err
		}
		if input := s.r.Sources(); input != s.input {
			if !s.flush() {
				return s.ctx.Err()
			}
			s.input, s.name, s.n, s.rest = input, doc.Source, 0, retry
		}
		s.b.add(doc)
		if (s.b.full() || s.r.Waits()) && !s.flush() {
			return s.ctx.Err()
		}
		if s.n++; !mayBeLines(s.n) {
			continue
		}
		if lines, ok := s.r.Lines(); ok {
			if !s.flush() {
				return s.ctx.Err()
			}
			if err := s.share(lines); err != nil {
				return err
			}
			s.n = -s.rest // some documents have to pass until the next attempt
		}
	}
}

// share hands the rest of a file or a stream to the workers, waits for it, and tells the reader where to go on.
func (s *source) share(lines capture.Lines) error {
	if lines.Stream != nil {
		return s.pour(lines)
	}
	all := newSpan(lines, s.input, maxWaiting)
	if !s.send(&batch{span: all}) || !all.turns.wait(s.ctx) {
		return s.ctx.Err()
	}
	return s.r.Resume(all.offset, all.line)
}

// retry is how many documents lie between attempts to read a source as lines: so many that one with something else
// among its lines now and then costs no more than without the attempts.
const retry = 1024

// mayBeLines reports whether it is worth a look, behind n documents of a source, whether the rest are lines: early, and
// then now and then.
func mayBeLines(n int) bool { return n >= 0 && (n <= 3 || n%retry == 0) }
