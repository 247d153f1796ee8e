package validate

import (
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// Who rotates logs may cut a file while it is read: then it ends earlier than its size was, in the middle of a line as a rule.
func TestAFileThatIsCutWhileItIsReadEndsWhereItEnds(t *testing.T) {
	t.Parallel()
	start := line1(schema.TaskStart)
	text := start + "\n" + start + "\n" + start[:50]
	s := newSpan(capture.Lines{Source: "a", File: strings.NewReader(text), To: int64(len(text)) + 1000, Line: 1, MaxLine: capture.DefaultMaxLine}, 1, 1)
	b := &batch{chunk: &chunk{span: s, to: s.To, final: true}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w := newWorker(Options{})
		w.chunk(b)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("it goes on for good")
	}
	if end := int64(2 * (len(start) + 1)); b.chunk.lines != 2 || b.tally.ok != 2 || b.chunk.end != end || s.stop.Load() != end {
		t.Errorf("%d lines, %+v, to %d, stopped at %d, want %d", b.chunk.lines, b.tally, b.chunk.end, s.stop.Load(), end)
	}
}
