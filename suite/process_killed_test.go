//go:build unix

package suite_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/suite"
)

// eventually asks until it is so, for as long as a busy machine may take.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("after 30s still not: %s", what)
		}
	}
}

// A run that is killed can end nothing any more. Its receiver ends all the same, with what it has started.
func TestARunThatIsKilledLeavesNothingRunning(t *testing.T) {
	if env := os.Getenv("SUITE_TEST_KILLED"); env != "" {
		run(t, suite.Config{Target: startedTarget(t, env), Selection: suite.Selection{IDs: []string{"running-throughout-a-gap-of-two-seconds"}}})
		return
	}
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]string{
		"a receiver with a child":           ", CHILD_PIDS: ",
		"a receiver that ignores SIGTERM":   `, STUBBORN: "1", CHILD_PIDS: `,
		"one that has left its own session": ", DAEMON: leave, DAEMON_PIDS: ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS != "linux" && strings.Contains(env, "DAEMON") {
				t.Skip("what has left its process group is found again in /proc")
			}
			dir := t.TempDir()
			pids := filepath.Join(dir, "pids")
			killed := exec.CommandContext(t.Context(), exe, "-test.run=^TestARunThatIsKilledLeavesNothingRunning$")
			killed.Env = append(os.Environ(), "SUITE_TEST_KILLED="+env+pids, "TMPDIR="+dir)
			if err := killed.Start(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the receiver was started", func() bool {
				text, err := os.ReadFile(pids)
				return err == nil && strings.HasSuffix(string(text), "\n")
			})
			if err := killed.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = killed.Wait()
			for _, pid := range noted(t, pids) {
				eventually(t, "the receiver has ended", func() bool { return !alive(t.Context(), pid) })
			}
		})
	}
}
