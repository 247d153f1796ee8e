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

// serveReceiver serves the reference receiver on $PORT with its state in $STATE. With $CHILD_PIDS it forks a child that
// outlives it, unless somebody ends the whole group, and writes the child's id there. With $STUBBORN it does not end on
// SIGTERM, with $LOUD it prints 100 MB, and with $DAEMON it leaves its parent, its group and its session.
func serveReceiver() int {
	if os.Getenv("STUBBORN") != "" {
		signal.Ignore(syscall.SIGTERM)
	}
	switch os.Getenv("DAEMON") {
	case "leave":
		return daemonize("leave again")
	case "leave again":
		return daemonize("stay")
	case "stay":
		note(os.Getenv("DAEMON_PIDS"), os.Getpid())
	}
	if os.Getenv("LOUD") != "" {
		line := strings.Repeat("x", 1<<16-1)
		for range loudLines {
			fmt.Println(line)
		}
	}
	if pids := os.Getenv("CHILD_PIDS"); pids != "" {
		child := exec.Command("sleep", "600")
		if err := child.Start(); err != nil {
			return 1
		}
		note(pids, child.Process.Pid)
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

// loudLines of 64 KiB are a little more than 100 MB.
const loudLines = 1600

// daemonize starts this program again in a session of its own and ends.
func daemonize(next string) int {
	again := exec.Command(os.Args[0])
	again.Env = append(os.Environ(), "DAEMON="+next)
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := again.Start(); err != nil {
		return 1
	}
	return 0
}

// note adds the id of a process to a file.
func note(file string, pid int) {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = fmt.Fprintln(f, pid)
	_ = f.Close()
}

// noted reads such a file.
func noted(t *testing.T, file string) []int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for field := range strings.FieldsSeq(string(text)) {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
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
  within: 2s
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
	rep := run(t, suite.Config{
		Target: startedTarget(t, ", BUG: memory-only"), Selection: suite.Selection{IDs: []string{"restart-keeps-what-was-acknowledged"}},
	})
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
	list := noted(t, pids)
	if len(list) < 2 {
		t.Fatalf("the receiver was started %d times, want a second time after the kill", len(list))
	}
	for _, pid := range list {
		if alive(t.Context(), pid) {
			t.Errorf("child %d of the receiver is left", pid)
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
