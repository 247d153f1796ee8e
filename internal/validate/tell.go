package validate

import (
	"fmt"
	"time"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// A teller takes in what came of the batches, in the order of the capture, and passes on what is told at once.
type teller struct {
	w      writer
	lives  *sequence.Checker
	groups *groups
	inputs inputs
	total  tally
	meter  *Meter
	shape  *shape.Collector // nil if nobody asks

	counts capture.Counts // of what the workers opened

	unseen bool      // something was told that may not have reached its reader
	seen   time.Time // when it did
}

// An ending is what is told in the end.
type ending struct {
	sum      Summary
	skipped  []string // some of what was left out of folders
	endings  []string // of the files in folders that are read
	inputs   []Input
	more     int // inputs beyond those in the list
	groups   []*group
	folded   bool // some groups are told apart by their code alone
	editions Editions
	lines    int      // of the inputs, those that have a document
	blank    int      // of the inputs, those that have none
	notes    []string // what was found out of the inputs

	interrupted bool
	incomplete  bool // something ended the run before its time
}

func (t *teller) tell(b *batch) error {
	t.inputs.add(b.input, b.source, &b.tally)
	t.total.merge(&b.tally)
	t.counts.Merge(&b.counts)
	t.meter.add(b)
	if b.shape != nil {
		t.shape.Merge(b.shape)
	}
	if b.lives != nil {
		if err := t.lives.Take(b.lives); err != nil {
			return err
		}
	}
	for i := range b.records {
		t.groups.add(&b.records[i])
		if err := t.w.record(&b.records[i]); err != nil {
			return err
		}
	}
	t.unseen = t.unseen || len(b.records) > 0
	return t.show(b)
}

// glance is how long results of a file may wait to be seen. Chunks follow each other much faster, and whoever reads the results
// would be woken for each, on a processor that the workers want. A stream's batches end where it waits, and so does the wait of
// their results, as behind a file's last chunk.
const glance = 100 * time.Millisecond

// show has what was told seen, if it is time.
func (t *teller) show(b *batch) error {
	if !t.unseen {
		return nil
	}
	now := time.Now()
	if b.chunk != nil && !b.chunk.last() && now.Sub(t.seen) < glance {
		return nil
	}
	t.unseen, t.seen = false, now
	return t.w.flush()
}

// A LostError is a mistake of this package: documents were read and not told of, or lines. What was told is right as far
// as it goes.
type LostError struct {
	What       string
	Read, Told int
}

func (e *LostError) Error() string {
	return fmt.Sprintf("internal error: %d %s were read and %d were told of; please report this", e.Read, e.What, e.Told)
}

// balance holds what was told of against what the reader and the workers counted as they read.
func (t *teller) balance(c capture.Counts) error {
	if t.total.taken != c.Documents {
		return &LostError{"documents", c.Documents, t.total.taken}
	}
	if told := t.total.lines + t.total.blank + c.Without; told != c.Lines {
		return &LostError{"lines", c.Lines, told}
	}
	t.total.blank += c.Without
	return nil
}

func (t *teller) close(end *ending, opts Options) {
	skipped := end.sum.Skipped
	end.sum = t.total.summary()
	end.sum.Skipped = skipped
	end.inputs, end.more = t.inputs.list()
	end.groups, end.folded = t.groups.sorted(), t.groups.folded
	end.editions = judgeEditions(&t.total, t.groups, opts.Schema.Edition)
	end.lines, end.blank = t.total.lines, t.total.blank
}

// An Input is what came of one file or stream. Its JSON shape is a contract, as that of Record.
type Input struct {
	Source     string           `json:"source"`
	Documents  int              `json:"documents"` // met: Judged and Refused
	Judged     int              `json:"judged"`    // OK, Warnings and Errors
	Refused    int              `json:"refused"`   // Unreadable, under its other name
	OK         int              `json:"ok"`
	Warnings   int              `json:"warnings"`
	Errors     int              `json:"errors"`
	Unreadable int              `json:"unreadable"`
	Siblings   int              `json:"siblings"`
	Relay      int              `json:"relay"`    // relay callbacks that were judged
	Lines      int              `json:"lines"`    // that have a document
	Editions   []schema.Edition `json:"editions"` // those that fit all of its relay callbacks
}

// maxInputs is how many inputs are told of one by one.
const maxInputs = 10_000

// inputs gathers tallies by input. They come one input after the other.
type inputs struct {
	done    []Input
	more    int
	nothing capture.Counts // of those in which no document turned out to be
	current int            // the input's number; 0 before the first
	source  string
	tally   tally
}

func (in *inputs) add(number int, source string, t *tally) {
	if number != in.current {
		in.close()
		in.current, in.source = number, source
	}
	in.tally.merge(t)
}

func (in *inputs) close() {
	t := &in.tally
	switch {
	case in.current == 0:
		return
	case t.documents() == 0:
		in.nothing.Nothing(in.current, in.source)
	case len(in.done) >= maxInputs:
		in.more++
	default:
		one := Input{
			Source: in.source, Documents: t.documents(), Judged: t.documents() - t.unreadable, Refused: t.unreadable,
			OK: t.ok, Warnings: t.warnings, Errors: t.errors, Unreadable: t.unreadable, Siblings: t.siblings,
			Relay: t.relays(), Lines: t.lines, Editions: []schema.Edition{},
		}
		for i, e := range editions {
			if one.Relay > 0 && t.fits(1<<i) == one.Relay {
				one.Editions = append(one.Editions, e)
			}
		}
		in.done = append(in.done, one)
	}
	in.tally, in.current = tally{}, 0
}

// list closes the last input. The list is never nil.
func (in *inputs) list() (list []Input, more int) {
	in.close()
	if in.done == nil {
		in.done = []Input{}
	}
	return in.done, in.more
}
