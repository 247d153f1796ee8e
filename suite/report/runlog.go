package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// The run log is NDJSON: one record of kind "run", one of kind "play" for each play in the order in which they ended,
// one of kind "end". run.schema.json describes it.

// LogFormat is the version of the run log's format. A reader refuses a later one.
const LogFormat = 1

// The kinds of record.
const (
	kindRun  = "run"
	kindPlay = "play"
	kindEnd  = "end"
)

type runRecord struct {
	Kind       string          `json:"kind"`
	Format     int             `json:"format"`
	Version    string          `json:"version"`
	Catalogue  catalogueRecord `json:"catalogue"`
	Seed       int64           `json:"seed"`
	Scale      float64         `json:"time_scale"`
	Strict     bool            `json:"strict,omitempty"`
	Started    time.Time       `json:"started"`
	Target     Target          `json:"target"`
	Selected   []scenarios.Ref `json:"selected"`
	Unselected []scenarios.Ref `json:"unselected"`
	Known      []Known         `json:"known,omitzero"` // entries of the baseline
}

type catalogueRecord struct {
	Digest       string                  `json:"digest"`
	Requirements []scenarios.Requirement `json:"requirements"`
}

type playRecord struct {
	Kind       string            `json:"kind"`
	DurationUS int64             `json:"duration_us"`
	Input      judge.Input       `json:"input"`
	Result     judge.Result      `json:"result"`
	Blobs      map[string][]byte `json:"blobs,omitempty"` // see blob.go
}

type endRecord struct {
	Kind        string `json:"kind"`
	Plays       int    `json:"plays"` // how many play records there are
	DurationUS  int64  `json:"duration_us"`
	Problem     string `json:"problem,omitempty"`
	CutShort    string `json:"cut_short,omitempty"`
	Interrupted bool   `json:"interrupted,omitempty"`

	Receiver *Receiver `json:"receiver,omitempty"` // what it printed, where the run started it
}

// A Log writes a run log while the run goes on: what is written by then can be read whatever ends the program. Its
// methods may be called from several goroutines.
type Log struct {
	mu     sync.Mutex
	w      *bufio.Writer
	redact func([]byte) []byte
	plays  int
	err    error
}

// NewLog writes the head of a run log. Of the run it takes all but the plays and how it ended.
func NewLog(w io.Writer, run Run) (*Log, error) {
	l := &Log{w: bufio.NewWriter(w), redact: run.redactor()}
	head := run
	head.Plays = nil
	head = head.cleaned()
	rec := runRecord{
		Kind: kindRun, Format: LogFormat, Version: head.Version, Seed: head.Seed, Scale: head.scale(), Strict: head.Strict,
		Started: head.Started.Round(0), Target: head.Target, Selected: head.Selected, Unselected: head.Rest, Known: head.Known,
	}
	if head.Catalogue != nil {
		rec.Catalogue = catalogueRecord{Digest: head.Catalogue.Digest, Requirements: head.Catalogue.Requirements}
	}
	return l, l.write(rec)
}

// Play writes one play, redacted.
func (l *Log) Play(p Play) error {
	p = clean(p, l.redact)
	rec := playRecord{Kind: kindPlay, DurationUS: p.Duration.Microseconds(), Result: p.Result}
	rec.Input, rec.Blobs = takeBlobs(p.Input)
	l.mu.Lock()
	l.plays++
	l.mu.Unlock()
	return l.write(rec)
}

// End writes how the run ended. A log without an end is read as a truncated one.
func (l *Log) End(run Run) error {
	l.mu.Lock()
	n := l.plays
	l.mu.Unlock()
	return l.write(endRecord{
		Kind: kindEnd, Plays: n, DurationUS: run.Duration.Microseconds(),
		Problem: string(l.redact([]byte(run.Problem))), CutShort: string(l.redact([]byte(run.CutShort))), Interrupted: run.Stopped,
		Receiver: clean(run.Receiver, l.redact),
	})
}

// write writes one record and flushes it. After an error nothing more is written: a line that was torn must be the last.
func (l *Log) write(rec any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	enc := json.NewEncoder(l.w)
	enc.SetEscapeHTML(false)
	l.err = enc.Encode(rec)
	if l.err == nil {
		l.err = l.w.Flush()
	}
	if l.err != nil {
		l.err = fmt.Errorf("write the run log: %w", l.err)
	}
	return l.err
}

// WriteLog writes the log of a run that is over.
func WriteLog(w io.Writer, run Run) error {
	l, err := NewLog(w, run)
	if err != nil {
		return err
	}
	for _, p := range run.Plays {
		if err := l.Play(p); err != nil {
			return err
		}
	}
	return l.End(run)
}
