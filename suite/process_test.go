//go:build unix

package suite_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// TestMain makes the test binary a receiver in a process of its own, where a target file starts it as one.
func TestMain(m *testing.M) {
	if os.Getenv("SUITE_TEST_RECEIVER") != "" {
		os.Exit(serveReceiver())
	}
	os.Exit(m.Run())
}

// serveReceiver serves the reference receiver on $PORT with its state in $STATE. It forks a child that outlives it, unless
// somebody ends the whole group, prints a lot, and with $STUBBORN it does not end on SIGTERM.
func serveReceiver() int {
	if os.Getenv("STUBBORN") != "" {
		signal.Ignore(syscall.SIGTERM)
	}
	if pids := os.Getenv("CHILD_PIDS"); pids != "" {
		child := exec.Command("sleep", "600")
		if err := child.Start(); err != nil {
			return 1
		}
		f, err := os.OpenFile(pids, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return 1
		}
		_, _ = fmt.Fprintln(f, child.Process.Pid)
		_ = f.Close()
		line := strings.Repeat("x", 1<<16)
		for range 256 { // 16 MiB, far more than is kept
			fmt.Println(line)
		}
	}
	rcv, err := receiver.Open(receiver.Config{DSN: os.Getenv("STATE"), Bug: os.Getenv("BUG")})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: rcv, ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
	return 1
}

// startedTarget is a target whose receiver is started by the run.
func startedTarget(t *testing.T, env string) *target.Target {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := `url: http://127.0.0.1:${PORT}/callbacks/relay
observe:
  task:
    http: {url: "http://127.0.0.1:${PORT}/tasks/{{task_id}}"}
hooks:
  ready: {http: "http://127.0.0.1:${PORT}/healthz"}
  start: {command: [` + exe + `], port: auto, env: {SUITE_TEST_RECEIVER: "1", STATE: ` + filepath.Join(dir, "state.db") + env + `}}
`
	out, err := target.Parse("relaycheck.yaml", []byte(file), dir, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAReceiverThatTheRunStartsIsJudgedForDurability(t *testing.T) {
	t.Parallel()
	rep := run(t, suite.Config{Target: startedTarget(t, ""), Selection: suite.Selection{Profiles: []string{"durability"}}})
	for _, id := range []string{"DUR-1", "DUR-2"} {
		if got := verdictOf(rep, id); got != judge.Held {
			t.Errorf("%s is %s, want held", id, got)
		}
	}
}

func TestARestartThatForgetsIsFound(t *testing.T) {
	t.Parallel()
	rep := run(t, suite.Config{Target: startedTarget(t, ", BUG: memory-only"), Selection: suite.Selection{Profiles: []string{"durability"}}})
	if got := verdictOf(rep, "DUR-1"); got != judge.Broken {
		t.Errorf("DUR-1 is %s, want broken", got)
	}
}

func TestNothingOfAStartedReceiverIsLeft(t *testing.T) {
	t.Parallel()
	pids := filepath.Join(t.TempDir(), "pids")
	rep := run(t, suite.Config{
		Target:    startedTarget(t, ", CHILD_PIDS: "+pids),
		Selection: suite.Selection{IDs: []string{"task-start-means-running", "kill-in-mid-sequence-loses-nothing"}},
	})
	if rep.ExitCode != 0 {
		t.Fatalf("exit code %d, reason %q", rep.ExitCode, rep.Reason)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Fields(string(text))
	if len(list) < 2 {
		t.Fatalf("the receiver was started %d times, want a second time after the kill", len(list))
	}
	for _, pid := range list {
		n, err := strconv.Atoi(pid)
		if err != nil {
			t.Fatal(err)
		}
		if alive(t.Context(), n) {
			t.Errorf("child %d of the receiver is left", n)
		}
	}
}

func TestAReceiverThatCannotBeStartedIsTheEnvironmentsFault(t *testing.T) {
	t.Parallel()
	tgt := startedTarget(t, "")
	tgt.Hooks.Start.Command.Env = append(tgt.Hooks.Start.Command.Env, "BUG=nosuch")
	rep := run(t, suite.Config{Target: tgt, Selection: quick})
	if rep.Verdict != report.Environment || !strings.Contains(rep.Reason, "nosuch") {
		t.Errorf("verdict %s, reason %q, want environment with what the receiver printed", rep.Verdict, rep.Reason)
	}
}

func verdictOf(rep suite.Report, id string) judge.Verdict {
	for _, r := range rep.Requirements {
		if r.ID == id {
			return r.Verdict
		}
	}
	return ""
}

// alive reports whether a process runs: one that has ended, but that nobody has waited for, does not.
func alive(ctx context.Context, pid int) bool {
	out, err := exec.CommandContext(ctx, "ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	state := strings.TrimSpace(string(out))
	return err == nil && state != "" && !strings.HasPrefix(state, "Z")
}
