// Package validate runs captured payloads through the schemas and tells what came of it: as text for people, as NDJSON
// or one JSON document for programs, as SARIF, JUnit or workflow commands for services.
//
//	summary, err := validate.Run(ctx, []string{"captures/"}, os.Stdin, os.Stdout, validate.Options{Format: validate.NDJSON})
//	if summary.Failed() { … }
//
// Documents are judged on all processors and told of in the order of the capture; memory does not depend on the
// capture's size. The package knows nothing of flags and exit codes.
package validate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// A Format is how results are told.
type Format string

// The formats.
const (
	Text   Format = "text"   // for people and editors
	JSON   Format = "json"   // one document
	NDJSON Format = "ndjson" // one line for each document, then one with the summary
	GitHub Format = "github" // workflow commands, then the closing line
	SARIF  Format = "sarif"  // SARIF 2.1.0: a result for each group of findings
	JUnit  Format = "junit"  // a test case for each input and each group of findings
)

// Formats lists the formats.
func Formats() []string {
	return []string{string(Text), string(JSON), string(NDJSON), string(GitHub), string(SARIF), string(JUnit)}
}

// ParseFormat reads a format as a user writes it; "" is Text. The error names the valid values.
func ParseFormat(s string) (Format, error) {
	if s == "" {
		return Text, nil
	}
	if !slices.Contains(Formats(), s) {
		return "", fmt.Errorf("no format %q: there are %s", s, strings.Join(Formats(), ", "))
	}
	return Format(s), nil
}

// Options say what to check and how to tell. The zero value is what most callers want, but for MaxErrors.
type Options struct {
	Schema schema.Options
	Read   capture.Options

	Format   Format // "" is Text
	All      bool   // tell of documents that are ok too
	Sequence bool   // follow the tasks' lives across the documents too
	// SequenceMemory is how much of the lives is kept in memory, in bytes, before it goes to a temporary file; 0 is
	// sequence.DefaultMemory. It bears on no result.
	SequenceMemory int
	// Shape gathers what the documents look like; nil if nobody asks.
	Shape     *shape.Collector
	MaxErrors int // findings that Text shows in full; the rest is summed up; 0 and below show all
	Workers   int // judging at the same time; 0 is one for each processor

	Meter    *Meter                   // is told how far the run is; may be nil
	Version  string                   // of the program, for SARIF
	RepoPath func(file string) string // the path of a file in the repository, for GitHub and SARIF; nil leaves it as it is
}

// A Summary counts the documents of a run: Documents is the sum of OK, Warnings, Errors and Unreadable.
type Summary struct {
	Documents  int `json:"documents"`  // met, readable or not
	OK         int `json:"ok"`         // nothing to say against them; siblings among them
	Warnings   int `json:"warnings"`   // documents with warnings and no error
	Errors     int `json:"errors"`     // documents with an error
	Unreadable int `json:"unreadable"` // not JSON at all, or not to be read: damaged lines, cut archives
	Siblings   int `json:"siblings"`   // callbacks of the family that are not relay callbacks, whatever their verdict
	Skipped    int `json:"skipped"`    // left out of folders: hidden, no file, or not named like a capture

	*Lives // with Options.Sequence; its findings make nothing fail
}

// Failed reports whether anything was an error or unreadable.
func (s Summary) Failed() bool { return s.Errors > 0 || s.Unreadable > 0 }

// Empty reports whether nothing was there to be judged.
func (s Summary) Empty() bool { return s.Documents == 0 }

// Codes is the catalogue of everything that a finding's code may be, sorted by id.
func Codes() []schema.Code {
	return slices.Concat(schema.Codes(), capture.Codes(), sequence.Codes())
}

// Explain is the entry of one code in Codes; case does not matter.
func Explain(id string) (schema.Code, bool) {
	for _, c := range Codes() {
		if strings.EqualFold(c.ID, id) {
			return c, true
		}
	}
	return schema.Code{}, false
}

// Run judges everything in the paths and writes the results to out. The error is a *capture.PathError for a path that is
// not there (nothing was written then), that of a context that is done, or of a failed write; what was judged until then
// is written, with its summary, as far as that is possible.
//
// A context that is done ends the run at once, also where the input is a stream that says nothing more. The one
// goroutine that waits for that stream is left behind then, since nothing can end its wait.
func Run(ctx context.Context, paths []string, stdin io.Reader, out io.Writer, opts Options) (Summary, error) {
	opts.Read.Unopened = cmp.Or(opts.Read.Unopened, maxUnopened)
	opts.Meter.begin(paths, stdin, &opts.Read)
	r, err := capture.Open(paths, stdin, opts.Read)
	if err != nil {
		return Summary{}, err
	}
	t := &teller{w: newWriter(out, opts), groups: newGroups(), lives: sequence.NewChecker(sequence.Options{Memory: opts.SequenceMemory}), meter: opts.Meter, shape: opts.Shape}
	defer func() { _ = t.lives.Close() }() // a temporary file of which nothing is needed any more
	left, err := judgeAll(ctx, r, opts, t)
	end := ending{interrupted: ctx.Err() != nil, incomplete: err != nil}
	if !left {
		end.sum.Skipped, end.skipped = r.Skipped()
		end.endings = opts.Read.Endings()
		counts := r.Counts()
		counts.Merge(&t.counts)
		if err == nil {
			t.inputs.close() // it was read to its end
			err = t.balance(counts)
		}
		counts.Merge(&t.inputs.nothing)
		end.notes = counts.Notes()
		_ = r.Close() // it never fails
	}
	t.close(&end, opts)
	if opts.Sequence {
		found, e := t.lives.End()
		end.sum.Lives = livesOf(&found)
		err = also(errors.Join(err, e), t.w.lives(found))
	}
	return end.sum, also(err, t.w.end(&end))
}

// also joins errors, but not the failed write that ended the run once more: every later one fails with the same.
func also(err, e error) error {
	if cause := errors.Unwrap(e); cause != nil && errors.Is(err, cause) {
		return err
	}
	return errors.Join(err, e)
}
