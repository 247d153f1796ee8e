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
	// lives tells, behind the last record, what was found in the tasks' lives.
	lives(s sequence.Summary) error
	// end tells the summary, and which files of folders were left out, and writes what is still held back.
	end(sum Summary, skipped []string) error
}

func newWriter(out io.Writer, opts Options) writer {
	b := bufio.NewWriterSize(out, 64<<10)
	switch opts.Format {
	case JSON:
		return &jsonWriter{out: b}
	case NDJSON:
		return &ndjsonWriter{out: b}
	default:
		return &textWriter{out: b, max: opts.MaxErrors, all: opts.All, groups: map[group]int{}}
	}
}

// summaryLine is the last line of NDJSON.
type summaryLine struct {
	Summary Summary `json:"summary"`
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

type ndjsonWriter struct{ out *bufio.Writer }

func (w *ndjsonWriter) record(rec *Record) error { return w.line(rec) }

func (w *ndjsonWriter) end(sum Summary, _ []string) error {
	if err := w.line(summaryLine{sum}); err != nil {
		return err
	}
	return flush(w.out)
}

// line is written at once: whoever follows a stream wants to see a finding when it is made.
func (w *ndjsonWriter) line(v any) error {
	data, err := compact(v)
	if err != nil {
		return err
	}
	_, _ = w.out.Write(append(data, '\n')) // a failure comes back from Flush
	return flush(w.out)
}

// jsonWriter writes one document without ever holding more than a record of it.
type jsonWriter struct {
	out *bufio.Writer
	n   int

	sequences []Life // nil if lives were not followed
}

func (w *jsonWriter) record(rec *Record) error {
	data, err := compact(rec)
	if err != nil {
		return err
	}
	before := "{\"documents\":[\n"
	if w.n > 0 {
		before = ",\n"
	}
	w.n++
	_, _ = w.out.WriteString(before)
	if _, err := w.out.Write(data); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

func (w *jsonWriter) end(sum Summary, _ []string) error {
	data, err := compact(sum)
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
	_, _ = fmt.Fprintf(w.out, "%s],%s\"summary\":%s}\n", before, sequences, data)
	return flush(w.out)
}

func flush(b *bufio.Writer) error {
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}
