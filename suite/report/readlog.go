package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// maxLogLine is the longest line of a run log that is read, in bytes: a load test with some ten thousand callbacks
// stays far below, a file that is no run log does not fill the memory.
const maxLogLine = 1 << 30

// A LogError says where a run log is damaged.
type LogError struct {
	Line      int  // from 1; for a log that ends too early the line that is missing
	Truncated bool // the log is good as far as it goes, but it does not go to the end
	Err       error
}

func (e *LogError) Error() string { return fmt.Sprintf("run log, line %d: %v", e.Line, e.Err) }

func (e *LogError) Unwrap() error { return e.Err }

// ReadLog reads a run log. A damaged or truncated log gives a *LogError, and the run as far as it could be read: its plays
// are whole, and can be judged again.
func ReadLog(r io.Reader) (Run, error) {
	lr := logReader{r: bufio.NewReaderSize(r, 64<<10)}
	for {
		line, err := lr.next()
		if errors.Is(err, io.EOF) {
			return lr.run, lr.eof()
		}
		if err != nil {
			return lr.run, &LogError{Line: lr.line, Err: err, Truncated: lr.failed}
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := lr.record(line); err != nil {
			return lr.run, &LogError{Line: lr.line, Err: err, Truncated: lr.torn}
		}
	}
}

type logReader struct {
	r      *bufio.Reader
	line   int
	torn   bool // the line has no newline: its writer was stopped in the middle
	failed bool // it cannot be read to its end, as a cut archive cannot
	run    Run
	head   bool
	end    bool
}

func (l *logReader) next() ([]byte, error) {
	var line []byte
	l.line++
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(line) <= maxLogLine:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("longer than %d bytes: this is no run log", maxLogLine)
		case errors.Is(err, io.EOF) && len(line) > 0:
			l.torn = true
			return line, nil
		case err != nil:
			l.failed = !errors.Is(err, io.EOF)
			return nil, err
		}
		return line, nil
	}
}

func (l *logReader) eof() error {
	switch {
	case !l.head:
		return &LogError{Line: 1, Truncated: true, Err: errors.New(`the log is empty; it begins with a record of kind "run"`)}
	case !l.end:
		return &LogError{Line: l.line, Truncated: true, Err: errors.New(`the log ends without a record of kind "end": the run was killed, or the file was cut`)}
	default:
		return nil
	}
}

func (l *logReader) record(line []byte) error {
	var kind struct {
		Kind   string `json:"kind"`
		Format int    `json:"format"`
	}
	if err := decode(line, &kind); err != nil {
		return err
	}
	if l.end {
		return errors.New(`there is a record after the one of kind "end"`)
	}
	if !l.head && kind.Kind != kindRun {
		return fmt.Errorf(`the first record must be of kind "run", not %q: this is no run log, or its beginning is missing`, kind.Kind)
	}
	switch kind.Kind {
	case kindRun:
		if l.head {
			return errors.New(`there is a second record of kind "run": a file holds one run`)
		}
		if kind.Format < 1 || kind.Format > LogFormat {
			return fmt.Errorf("the log has format %d, this program reads up to %d", kind.Format, LogFormat)
		}
		return l.readHead(line)
	case kindPlay:
		return l.readPlay(line)
	case kindEnd:
		return l.readEnd(line)
	default:
		return fmt.Errorf("unknown kind of record %q; there are run, play and end", kind.Kind)
	}
}

func (l *logReader) readHead(line []byte) error {
	var rec runRecord
	if err := decode(line, &rec); err != nil {
		return err
	}
	for _, q := range rec.Catalogue.Requirements {
		if rank(q.Level) == 0 {
			return fmt.Errorf("requirement %s has the level %q; there are MUST, SHOULD and MAY", q.ID, q.Level)
		}
	}
	l.head = true
	l.run = Run{
		Version: rec.Version, Seed: rec.Seed, Scale: rec.Scale, Strict: rec.Strict, Started: rec.Started, Target: rec.Target,
		Selected: rec.Selected, Rest: rec.Unselected, Known: rec.Known,
		Catalogue: &scenarios.Catalogue{Requirements: rec.Catalogue.Requirements, Digest: rec.Catalogue.Digest},
	}
	return nil
}

func (l *logReader) readPlay(line []byte) error {
	var rec playRecord
	if err := decode(line, &rec); err != nil {
		return err
	}
	if err := checkResult(rec.Result); err != nil {
		return err
	}
	in, err := putBlobs(rec.Input, rec.Blobs)
	if err != nil {
		return err
	}
	l.run.Plays = append(l.run.Plays, Play{Input: in, Result: rec.Result, Duration: time.Duration(rec.DurationUS) * time.Microsecond})
	return nil
}

func (l *logReader) readEnd(line []byte) error {
	var rec endRecord
	if err := decode(line, &rec); err != nil {
		return err
	}
	l.run.Duration = time.Duration(rec.DurationUS) * time.Microsecond
	l.run.Problem, l.run.CutShort, l.run.Stopped, l.run.Receiver = rec.Problem, rec.CutShort, rec.Interrupted, rec.Receiver
	if rec.Plays != len(l.run.Plays) {
		return fmt.Errorf("the end says that there are %d plays, the log has %d", rec.Plays, len(l.run.Plays))
	}
	l.end = true
	return nil
}

// checkResult refuses verdicts and outcomes that no judge gives: a log that was edited wrongly must not turn green.
func checkResult(r judge.Result) error {
	for _, row := range r.Rows {
		if badness[row.Verdict] == 0 {
			return fmt.Errorf("scenario %s, requirement %s: unknown verdict %q", r.Scenario, row.Requirement, row.Verdict)
		}
		if rank(row.Level) == 0 {
			return fmt.Errorf("scenario %s, requirement %s: unknown level %q", r.Scenario, row.Requirement, row.Level)
		}
		for _, c := range row.Checks {
			switch c.Outcome {
			case judge.Pass, judge.Fail, judge.CannotObserve, judge.CannotTest:
			default:
				return fmt.Errorf("scenario %s, requirement %s: unknown outcome %q", r.Scenario, row.Requirement, c.Outcome)
			}
			if c.Severity != "" && rank(c.Severity) == 0 {
				return fmt.Errorf("scenario %s, requirement %s: unknown severity %q", r.Scenario, row.Requirement, c.Severity)
			}
		}
	}
	return nil
}

// decode decodes one line; numbers in facts keep their digits.
func decode(line []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the line ends in the middle of a record")
		}
		return fmt.Errorf("not a record of a run log: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the record")
	}
	return nil
}
