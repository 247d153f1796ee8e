//go:build unix

package suite_test

import (
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

func TestAReceiverThatIgnoresSIGTERMIsEndedAllTheSame(t *testing.T) {
	t.Parallel()
	pids := filepath.Join(t.TempDir(), "pids")
	rep := run(t, suite.Config{
		Target:    startedTarget(t, `, STUBBORN: "1", CHILD_PIDS: `+pids),
		Selection: suite.Selection{IDs: []string{"task-start-means-running"}},
	})
	if rep.ExitCode != 0 {
		t.Errorf("exit code %d, reason %q", rep.ExitCode, rep.Reason)
	}
	for _, pid := range noted(t, pids) {
		if alive(t.Context(), pid) {
			t.Errorf("child %d of the receiver is left", pid)
		}
	}
}

func TestAReceiverThatPrints100MBTakesNoMemoryForIt(t *testing.T) {
	t.Parallel()
	rep := run(t, suite.Config{
		Target:    startedTarget(t, `, LOUD: "1"`),
		Selection: suite.Selection{IDs: []string{"task-start-means-running"}},
	})
	if rep.ExitCode != 0 || rep.Receiver == nil {
		t.Fatalf("exit code %d, reason %q, receiver %v", rep.ExitCode, rep.Reason, rep.Receiver)
	}
	out := rep.Receiver.Output
	if out.Bytes < 100<<20 || len(out.Head)+len(out.Tail) > 1<<17 || out.Dropped < out.Bytes-1<<17 {
		t.Errorf("of %d bytes %d are kept, %d dropped", out.Bytes, len(out.Head)+len(out.Tail), out.Dropped)
	}
}

func TestADaemonIsKilledLikeAnyOtherReceiverAndEndsWithTheRun(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("what has left its process group is found again in /proc")
	}
	for bug, want := range map[string]judge.Verdict{"": judge.Held, "memory-only": judge.Broken} {
		pids := filepath.Join(t.TempDir(), "pids")
		rep := run(t, suite.Config{
			Target:    startedTarget(t, `, DAEMON: leave, DAEMON_PIDS: `+pids+`, BUG: "`+bug+`"`),
			Selection: suite.Selection{IDs: []string{"kill-in-mid-sequence-loses-nothing"}},
		})
		// If the kill did not reach the daemon, it would still know its tasks, bug or no bug.
		if got := verdictOf(rep, "DUR-2"); got != want {
			t.Errorf("with bug %q DUR-2 is %s, want %s: %s", bug, got, want, rep.Reason)
		}
		list := noted(t, pids)
		if len(list) < 2 {
			t.Errorf("the receiver was started %d times, want a second time after the kill", len(list))
		}
		for _, pid := range list {
			if alive(t.Context(), pid) {
				t.Errorf("daemon %d is left", pid)
			}
		}
	}
}

func TestWhatAStartedReceiverPrintedIsInTheReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tgt := scripted(t, dir, `echo "up with $SECRET_TOKEN"; echo "to stderr" >&2; trap 'echo "going down"; exit 0' TERM; sleep 600 & wait`)
	rep := run(t, suite.Config{Target: tgt, Selection: quick})
	if rep.Verdict != report.Environment || rep.Receiver == nil {
		t.Fatalf("verdict %s, receiver %v", rep.Verdict, rep.Receiver)
	}
	if want := "up with [redacted]\nto stderr\ngoing down\n"; rep.Receiver.Output.Head != want {
		t.Errorf("got %q, want %q", rep.Receiver.Output.Head, want)
	}
	if !strings.Contains(rep.Reason, "did not listen") || !strings.Contains(rep.Reason, "the last that it printed: up with [redacted] | to stderr") {
		t.Errorf("reason %q", rep.Reason)
	}
}

// scripted is a target whose receiver is a shell script, which listens nowhere.
func scripted(t *testing.T, dir, script string) *target.Target {
	t.Helper()
	file := `url: http://127.0.0.1:${PORT}/callbacks/relay
hooks:
  start: {command: [sh, -c, '` + strings.ReplaceAll(script, "'", "''") + `'], port: auto, timeout: 500ms, env: {SECRET_TOKEN: open-sesame-42}}
`
	out, err := target.Parse("relaycheck.yaml", []byte(file), dir, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAReceiverIsNotStartedWhereSomebodyListensAlready(t *testing.T) {
	t.Parallel()
	tgt := scripted(t, t.TempDir(), "exit 1")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", strings.TrimSuffix(strings.TrimPrefix(tgt.URL, "http://"), "/callbacks/relay"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rep := run(t, suite.Config{Target: tgt, Selection: quick})
	if rep.Verdict != report.Environment || !strings.Contains(rep.Reason, "somebody listens on") {
		t.Errorf("verdict %s, reason %q", rep.Verdict, rep.Reason)
	}
}
