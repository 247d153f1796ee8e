// Package recording reads what was captured of callbacks together with the times at which they came: captures and HTTP
// archives as package capture reads them, and run logs. They may be compressed. What the file holds decides, not its name.
//
//	list, notes, err := recording.Read(ctx, "capture.ndjson", os.Stdin, "", capture.Options{})
//
// It judges nothing; scenarios.FromCapture makes a scenario of the list.
package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/report"
)

// maxDocuments bounds what is read: far more than a scenario may have, and nothing that fills the memory.
const maxDocuments = 5000

// Read reads a file, or the standard input for "-". Of a run log that holds several plays, play names the scenario that is
// meant. opts say how the bodies stand in a capture; its Formats are not asked. The notes say what could not be read.
func Read(ctx context.Context, path string, stdin io.Reader, play string, opts capture.Options) (list []scenarios.Captured, notes []string, err error) {
	source := stdin
	if path != capture.Stdin {
		file, err := os.Open(path)
		if err != nil {
			return nil, nil, fmt.Errorf("read the capture: %w", err)
		}
		defer func() { _ = file.Close() }()
		source = file
	}
	in, free, err := capture.Unpacked(source, opts)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", path, err)
	}
	defer free()
	head, _ := in.Peek(4096) // less than that is fine
	head = bytes.TrimSpace(head)
	wrapped := !opts.Envelope.Body.IsZero() || !opts.Line.IsZero()
	switch {
	case !wrapped && bytes.HasPrefix(head, []byte(`{"kind":"run"`)):
		list, notes, err = fromLog(in, play)
	case play != "":
		return nil, nil, fmt.Errorf("%s is no run log, so there is no play %q in it", path, play)
	default:
		if path == capture.Stdin {
			stdin = in
		}
		opts.Formats = nil // a run log has plays, of which one is meant
		list, notes, err = fromCapture(ctx, path, stdin, opts)
	}
	if err != nil {
		return nil, notes, fmt.Errorf("read %s: %w", path, err)
	}
	return list, notes, nil
}

func fromCapture(ctx context.Context, path string, stdin io.Reader, opts capture.Options) (list []scenarios.Captured, notes []string, err error) {
	r, err := capture.Open([]string{path}, stdin, opts)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = r.Close() }()
	for {
		doc, err := r.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return inOrder(list, r.Counts(), notes)
		case err != nil:
			return nil, notes, err
		case doc.Err != nil:
			notes = append(notes, leftOut(doc))
		case len(list) == maxDocuments:
			return nil, notes, fmt.Errorf("more than %d documents: cut out what matters", maxDocuments)
		default:
			list = append(list, scenarios.Captured{Body: bytes.Clone(doc.Body), At: doc.Arrived})
		}
	}
}

// leftOut says what could not be read.
func leftOut(doc capture.Document) string {
	within := ""
	if doc.Within != "" {
		within = " " + doc.Within
	}
	return fmt.Sprintf("%s:%d%s: %v: left out", doc.Source, doc.Line, within, doc.Err)
}

// inOrder sorts what has times, an HTTP archive, by them: its entries need not be in their order.
func inOrder(list []scenarios.Captured, counts capture.Counts, notes []string) ([]scenarios.Captured, []string, error) {
	if counts.Archives > 0 && len(list) == 0 {
		if len(notes) > 0 {
			return nil, nil, errors.New(notes[0])
		}
		return nil, nil, errors.New("the HTTP archive has no request with a body")
	}
	if counts.Unstamped > 0 {
		notes = append(notes, fmt.Sprintf("times of arrival that cannot be read: %d; the order is that of the capture", counts.Unstamped))
	}
	if !slices.ContainsFunc(list, func(c scenarios.Captured) bool { return c.At.IsZero() }) {
		sortByTime(list)
	}
	return list, notes, nil
}

func fromLog(in io.Reader, play string) (list []scenarios.Captured, notes []string, err error) {
	run, err := report.ReadLog(in)
	if cut, damaged := errors.AsType[*report.LogError](err); damaged && cut.Truncated && len(run.Plays) > 0 {
		notes = append(notes, cut.Error())
	} else if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, p := range run.Plays {
		ids = append(ids, p.Input.Plan.Scenario.ID)
	}
	i := slices.Index(ids, play)
	switch {
	case len(ids) == 0:
		return nil, notes, errors.New("the log holds no play")
	case play == "" && len(ids) == 1:
		i = 0
	case play == "":
		slices.Sort(ids)
		return nil, notes, fmt.Errorf("the log holds %d plays: say which with --play, such as --play %s", len(ids), ids[0])
	case i < 0:
		return nil, notes, fmt.Errorf("the log holds no play of %q; there are %s", play, strings.Join(ids, ", "))
	}
	t := run.Plays[i].Input.Transcript
	for _, d := range t.Deliveries {
		for _, a := range d.Attempts {
			list = append(list, scenarios.Captured{Body: a.Request.Body, At: t.Started.Add(time.Duration(a.Queued))})
		}
	}
	sortByTime(list)
	return list, notes, nil
}

func sortByTime(list []scenarios.Captured) {
	slices.SortStableFunc(list, func(a, b scenarios.Captured) int { return a.At.Compare(b.At) })
}
