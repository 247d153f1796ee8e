//go:build unix

package process_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/suite/observe/process"
)

func sh(script string) process.Spec {
	return process.Spec{Argv: []string{"sh", "-c", script}, MaxOutput: 1 << 16}
}

func TestRunGivesOutputAndExitCode(t *testing.T) {
	t.Parallel()
	spec := sh(`echo "$0 $GREETING"; pwd; echo oops >&2; exit 3`)
	spec.Argv = append(spec.Argv, "a b; rm -rf $HOME")
	spec.Env = []string{"GREETING=hello"}
	spec.Dir = t.TempDir()
	res, err := process.Run(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(spec.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a b; rm -rf $HOME hello\n" + dir + "\n"; string(res.Stdout) != want || string(res.Stderr) != "oops\n" || res.Exit != 3 {
		t.Errorf("got %d %q %q", res.Exit, res.Stdout, res.Stderr)
	}
}

func TestAProgramThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, argv := range [][]string{{"no-such-program-here"}, {"./no-such"}, nil} {
		if _, err := process.Run(context.Background(), process.Spec{Argv: argv}); err == nil {
			t.Errorf("%v: no error", argv)
		}
	}
}

func TestADeadlineEndsTheWholeGroup(t *testing.T) {
	t.Parallel()
	pidFile := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		for !exists(pidFile) && t.Context().Err() == nil {
			<-time.After(time.Millisecond) // polls; nothing depends on how long
		}
	}()
	_, err := process.Run(ctx, sh(`sleep 600 & echo $! > `+pidFile+`.new; mv `+pidFile+`.new `+pidFile+`; echo patience >&2; wait`))
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "sh was ended after") {
		t.Errorf("got %v", err)
	}
	gone(t, pidFile)
}

func TestWhatAProgramLeavesBehindIsEnded(t *testing.T) {
	t.Parallel()
	pidFile := filepath.Join(t.TempDir(), "pid")
	res, err := process.Run(context.Background(), sh(`sleep 600 & echo $! > `+pidFile+`; echo done`))
	if err != nil || string(res.Stdout) != "done\n" {
		t.Errorf("got %q, %v", res.Stdout, err)
	}
	gone(t, pidFile)
}

func TestWhatAHookLeavesBehindGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pidFile, out := filepath.Join(dir, "pid"), filepath.Join(dir, "out")
	// The server prints after the hook is over: a closed pipe would end it.
	spec := sh(`(while [ ! -e ` + dir + `/go ]; do sleep 0.01; done; echo still here; echo yes > ` + out + `) & echo $! > ` + pidFile + `; echo started`)
	spec.Detached = true
	res, err := process.Run(context.Background(), spec)
	if err != nil || string(res.Stdout) != "started\n" || res.Exit != 0 {
		t.Fatalf("got %q, %d, %v", res.Stdout, res.Exit, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return exists(out) })
}

func TestEndlessOutputIsEnded(t *testing.T) {
	t.Parallel()
	spec := sh(`yes`)
	res, err := process.Run(context.Background(), spec)
	if err == nil || !strings.Contains(err.Error(), "printed more than 65536 bytes") || len(res.Stdout) != 1<<16 {
		t.Errorf("got %d bytes, %v", len(res.Stdout), err)
	}
}

func TestEndlessComplaintsAreCut(t *testing.T) {
	t.Parallel()
	res, err := process.Run(context.Background(), sh(`head -c 200000 /dev/zero >&2; echo fine`))
	if err != nil || string(res.Stdout) != "fine\n" || len(res.Stderr) != 1<<16 {
		t.Errorf("got %q, %d, %v", res.Stdout, len(res.Stderr), err)
	}
}

func TestASignalIsAnExitCode(t *testing.T) {
	t.Parallel()
	res, err := process.Run(context.Background(), sh(`kill -9 $$`))
	if err != nil || res.Exit != 137 {
		t.Errorf("got %d, %v", res.Exit, err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// gone waits until the process whose id is in the file is no more.
func gone(t *testing.T, pidFile string) {
	t.Helper()
	raw, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool {
		if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil {
			return strings.Contains(string(stat), ") Z ") // ended; nobody has asked for its exit code
		}
		return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
	})
}

// waitUntil polls, for half a minute at most; a test that fails takes so long, one that passes does not.
func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
		<-time.After(2 * time.Millisecond)
	}
}
