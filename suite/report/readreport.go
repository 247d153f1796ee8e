package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrNoReport says that a file is neither a run log nor a report.
var ErrNoReport = errors.New("this is neither a run log (run.ndjson) nor a report (report.json)")

// ReadReport reads a report.json, or makes the report of a run log: what the file holds decides, not its name. A damaged
// or truncated log gives a *LogError and the report of what could be read; anything else that is wrong wraps ErrNoReport, but
// for the reader's own errors.
func ReadReport(r io.Reader) (Report, error) {
	in := bufio.NewReaderSize(r, 4<<10)
	head, _ := in.Peek(512) // less than that is fine
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte(`{"kind":`)) {
		run, err := ReadLog(in)
		return Build(run), err
	}
	var rep Report
	dec := json.NewDecoder(in)
	if err := dec.Decode(&rep); err != nil {
		return Report{}, noReport(err)
	}
	if _, err := dec.Token(); err == nil {
		return Report{}, fmt.Errorf("%w: there is something behind the report", ErrNoReport)
	} else if !errors.Is(err, io.EOF) {
		return Report{}, noReport(err)
	}
	if rep.Verdict == "" || rep.Requirements == nil || rep.Scenarios == nil {
		return Report{}, ErrNoReport
	}
	for _, s := range rep.Scenarios {
		for _, row := range s.Requirements {
			if badness[row.Verdict] == 0 {
				return Report{}, fmt.Errorf("%w: scenario %s, requirement %s: unknown verdict %q", ErrNoReport, s.ID, row.ID, row.Verdict)
			}
		}
	}
	return rep, nil
}

// noReport says why a report cannot be decoded. Where it could not be read, nothing is known of what it is.
func noReport(err error) error {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the file is empty: %w", ErrNoReport)
	case syntax, kind, errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", ErrNoReport, err)
	default:
		return err
	}
}
