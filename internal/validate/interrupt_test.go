package validate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// A stream that says nothing more, and is not closed either, must not keep the run from ending when it is called off.
func TestAnInterruptEndsARunWhoseInputSaysNothingMore(t *testing.T) {
	t.Parallel()
	const lines = 7
	in, feed := io.Pipe()
	defer feed.Close()
	results, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	type outcome struct {
		sum Summary
		err error
	}
	done := make(chan outcome, 1)
	meter := &Meter{}
	go func() {
		sum, err := Run(ctx, []string{capture.Stdin}, in, out, Options{Format: NDJSON, All: true, Meter: meter})
		out.Close()
		done <- outcome{sum, err}
	}()
	dec := json.NewDecoder(results)
	for range lines {
		if _, err := fmt.Fprintln(feed, line1(schema.TaskStart)); err != nil {
			t.Fatal(err)
		}
		var rec Record
		if err := dec.Decode(&rec); err != nil || rec.Verdict != schema.OK {
			t.Fatalf("%+v, %v", rec, err)
		}
	}
	cancel()
	var tail Tail
	if err := dec.Decode(&tail); err != nil || tail.Summary.OK != lines || !tail.Interrupted || tail.Lines != nil || tail.Editions.Relay != lines {
		t.Errorf("%+v, %v", tail, err)
	}
	end := <-done
	if !errors.Is(end.err, context.Canceled) || end.sum != tail.Summary {
		t.Errorf("%+v", end)
	}
	if now := meter.Now(); now.Documents != lines || now.Total != 0 || now.Bytes == 0 || now.Done == 0 {
		t.Errorf("the meter says %+v", now)
	}
}

// A reader that cannot be told to stop is left behind; what came before is told all the same.
func TestAnInterruptDoesNotWaitForAReaderThatNeverReturns(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	never := make(chan struct{})
	defer close(never)
	in := &stuck{first: []byte(line1(schema.TaskStart) + "\n"), asked: cancel, never: never}
	var out bytes.Buffer
	sum, err := Run(ctx, []string{capture.Stdin}, in, &out, Options{})
	if !errors.Is(err, context.Canceled) || sum.Documents > 1 || !bytes.Contains(out.Bytes(), []byte(" ok, 0 warnings")) {
		t.Errorf("%+v, %v, %s", sum, err, out.String())
	}
}

// stuck gives some bytes and then never returns again; that it was asked is told.
type stuck struct {
	first []byte
	asked func()
	never chan struct{}
}

func (s *stuck) Read(p []byte) (int, error) {
	if n := copy(p, s.first); n > 0 {
		s.first = s.first[n:]
		return n, nil
	}
	s.asked()
	<-s.never
	return 0, io.EOF
}

func TestAWriteThatFailsIsNoInterrupt(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.ndjson": string(bytes.Repeat([]byte("{}\n"), 5000))})
	full := errors.New("the disk is full")
	_, err := Run(t.Context(), []string{dir}, nil, fullDisk{full}, Options{Format: NDJSON})
	if !errors.Is(err, full) || errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

type fullDisk struct{ err error }

func (f fullDisk) Write([]byte) (int, error) { return 0, f.err }

func TestTheMeterComesToTheSizeOfTheInputs(t *testing.T) {
	t.Parallel()
	var big bytes.Buffer
	for big.Len() < 3<<20 {
		big.WriteString(line1(schema.TaskStart) + "\n")
	}
	odd := append(append(bytes.Clone(big.Bytes()), "[\n"+line1(schema.TaskStart)+"\n]\n"...), big.Bytes()...)
	dir := folder(t, map[string]string{"a.ndjson": big.String(), "b.ndjson": string(odd), "c.json": "{}"})
	meter := &Meter{}
	sum, err := Run(t.Context(), []string{dir}, nil, io.Discard, Options{Meter: meter})
	now := meter.Now()
	if err != nil || now.Total != int64(big.Len()+len(odd)+2) || now.Done != now.Total || now.Documents != int64(sum.Documents) {
		t.Errorf("%+v, %v", now, err)
	}
}
