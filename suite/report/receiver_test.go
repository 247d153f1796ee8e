package report

import (
	"bytes"
	"strings"
	"testing"
)

func TestWhatTheReceiverPrintedIsInEveryReport(t *testing.T) {
	t.Parallel()
	run := fixture()
	rep := Build(run)
	for name, text := range map[string][]byte{
		"console": render(t, func(b *bytes.Buffer) error { return Console(b, rep, ConsoleOptions{}) }),
		"json":    render(t, func(b *bytes.Buffer) error { return JSON(b, rep) }),
		"junit":   render(t, func(b *bytes.Buffer) error { return JUnit(b, rep) }),
		"md":      render(t, func(b *bytes.Buffer) error { return Markdown(b, rep) }),
		"ndjson":  render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) }),
	} {
		for _, want := range []string{"listening on :8080", "exit status 2", "99800"} {
			if !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s: %q is not there", name, want)
			}
		}
		if bytes.Contains(text, []byte(key)) {
			t.Errorf("%s holds the key", name)
		}
		if bytes.ContainsRune(text, '\x1b') {
			t.Errorf("%s holds an escape as it is", name)
		}
	}
}

func TestTheConsoleKeepsQuietAboutAReceiverThatPassed(t *testing.T) {
	t.Parallel()
	r := Report{Verdict: Pass, Receiver: &Receiver{Starts: 1, Output: Output{Bytes: 9, Head: "all fine\n"}}}
	if out := render(t, func(b *bytes.Buffer) error { return Console(b, r, ConsoleOptions{}) }); bytes.Contains(out, []byte("all fine")) {
		t.Errorf("got\n%s", out)
	}
}

func TestTheConsoleShowsTheLastLinesOfAReceiverThatFailed(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 40 {
		b.WriteString(strings.Repeat(string(rune('a'+i%26)), i+1) + "\n")
	}
	b.WriteString("\n \n")
	r := Report{Verdict: Environment, Reason: "dead", Receiver: &Receiver{Starts: 1, Output: Output{Bytes: int64(b.Len()), Head: b.String()}}}
	out := string(render(t, func(b *bytes.Buffer) error { return Console(b, r, ConsoleOptions{}) }))
	if n := strings.Count(out, "\n  | "); n != maxPrinted || !strings.Contains(out, "the last 10 lines") || !strings.Contains(out, "| "+strings.Repeat("n", 40)+"\n") {
		t.Errorf("%d lines:\n%s", n, out)
	}
}

func TestAReportWithoutAStartedReceiverSaysNothingOfOne(t *testing.T) {
	t.Parallel()
	run := fixture()
	run.Receiver = nil
	rep := Build(run)
	for name, text := range map[string][]byte{
		"console": render(t, func(b *bytes.Buffer) error { return Console(b, rep, ConsoleOptions{}) }),
		"json":    render(t, func(b *bytes.Buffer) error { return JSON(b, rep) }),
		"md":      render(t, func(b *bytes.Buffer) error { return Markdown(b, rep) }),
		"ndjson":  render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) }),
	} {
		if bytes.Contains(text, []byte(`"receiver"`)) || bytes.Contains(bytes.ToLower(text), []byte("receiver output")) {
			t.Errorf("%s speaks of one", name)
		}
	}
}
