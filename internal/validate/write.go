package validate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/relaycheck/relaycheck/internal/sequence"
)

// A writer tells of records in one format.
type writer interface {
	record(rec *Record) error
	// flush has what was told until now reach whoever follows.
	flush() error
	// lives tells, behind the last record, what was found in the tasks' lives.
	lives(s sequence.Summary) error
	// end tells what it all comes to, and writes what is still held back.
	end(e *ending) error
}

func newWriter(out io.Writer, opts Options) writer {
	b := bufio.NewWriterSize(out, 64<<10)
	switch opts.Format {
	case JSON:
		return &jsonWriter{sink: sink{b}}
	case NDJSON:
		return &ndjsonWriter{sink: sink{b}}
	case GitHub:
		return &githubWriter{sink: sink{b}, path: opts.RepoPath}
	case SARIF:
		return &sarifWriter{sink: sink{b}, path: opts.RepoPath, version: opts.Version}
	case JUnit:
		return &junitWriter{sink: sink{b}}
	default:
		return &textWriter{sink: sink{b}, max: opts.MaxErrors, all: opts.All}
	}
}

// A Tail is what the machine formats tell in the end. Its JSON shape is a contract, as that of Record.
type Tail struct {
	Summary     Summary  `json:"summary"`
	Inputs      []Input  `json:"inputs"`
	More        int      `json:"inputs_omitted,omitempty"` // inputs beyond the first ten thousand
	Groups      []Group  `json:"groups"`
	Folded      bool     `json:"groups_folded,omitempty"` // beyond the first five hundred they are told apart by their code alone
	Editions    Editions `json:"editions"`
	Lines       *Lines   `json:"lines,omitempty"` // of all inputs; absent where the run ended before its time
	Notes       []string `json:"notes,omitempty"` // what was found out of the inputs, for people
	Interrupted bool     `json:"interrupted,omitempty"`
}

// Lines says where the lines of the inputs went: Read is the sum of the others.
type Lines struct {
	Read    int `json:"read"`
	Of      int `json:"of_documents"`
	Without int `json:"without_document"` // blank, or a bracket around documents
}

func (e *ending) tail() Tail {
	t := Tail{
		Summary: e.sum, Inputs: e.inputs, More: e.more, Groups: make([]Group, len(e.groups)), Folded: e.folded, Editions: e.editions,
		Notes: e.notes, Interrupted: e.interrupted,
	}
	for i, g := range e.groups {
		t.Groups[i] = g.Group
	}
	if !e.incomplete {
		t.Lines = &Lines{Read: e.lines + e.blank, Of: e.lines, Without: e.blank}
	}
	return t
}

// compact is a value as JSON on one line, with <, > and & as they are: the output is no HTML.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

type ndjsonWriter struct{ sink }

func (w *ndjsonWriter) record(rec *Record) error {
	_, _ = w.out.Write(append(appendRecord(w.out.AvailableBuffer(), rec), '\n')) // a failure comes back from Flush
	return nil
}

func (w *ndjsonWriter) end(e *ending) error {
	if err := w.line(e.tail()); err != nil {
		return err
	}
	return w.flush()
}

func (w *ndjsonWriter) line(v any) error {
	data, err := compact(v)
	if err != nil {
		return err
	}
	_, _ = w.out.Write(append(data, '\n')) // a failure comes back from Flush
	return nil
}

// jsonWriter writes one document without ever holding more than a record of it.
type jsonWriter struct {
	sink
	n int

	sequences []Life // nil if lives were not followed
}

func (w *jsonWriter) record(rec *Record) error {
	before := "{\"documents\":[\n"
	if w.n > 0 {
		before = ",\n"
	}
	w.n++
	_, _ = w.out.WriteString(before)
	if _, err := w.out.Write(appendRecord(w.out.AvailableBuffer(), rec)); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

func (w *jsonWriter) end(e *ending) error {
	data, err := compact(e.tail())
	if err != nil {
		return err
	}
	before := "{\"documents\":["
	if w.n > 0 {
		before = "\n"
	}
	sequences := ""
	if w.sequences != nil {
		list, err := compact(w.sequences)
		if err != nil {
			return err
		}
		sequences = fmt.Sprintf("\"sequences\":%s,", list)
	}
	_, _ = fmt.Fprintf(w.out, "%s],%s%s\n", before, sequences, data[1:]) // without its brace: its members go on in this object
	return w.flush()
}

// A sink is where a writer writes to.
type sink struct{ out *bufio.Writer }

func (s sink) flush() error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}
