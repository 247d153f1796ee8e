//go:build unix

package suite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/suite/target"
)

// shellHook is a restart hook that runs a script.
func shellHook(t *testing.T, timeout time.Duration, script string) *hookRunner {
	t.Helper()
	var argv []target.Template
	for _, word := range []string{"sh", "-c", script} {
		part, err := target.ParseTemplate(word)
		if err != nil {
			t.Fatal(err)
		}
		argv = append(argv, part)
	}
	return &hookRunner{url: "http://127.0.0.1:1/", hooks: target.Hooks{Restart: &target.Hook{
		Name: target.Restart, At: "relaycheck.yaml:9:3", Timeout: timeout, Command: &target.Command{Argv: argv, Dir: t.TempDir()},
	}}}
}

// A pipe of ours that is closed once the hook is over would end the server by the next line that it prints.
func TestAServerThatAHookLeavesBehindMayGoOnPrinting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := shellHook(t, time.Minute, `(while [ ! -e `+dir+`/go ]; do sleep 0.01; done; echo still here; echo yes > `+dir+`/out) & echo started`)
	if err := h.run(t.Context(), target.Restart, "118148"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the server did not live on")
		}
		_ = wait(t.Context(), readyInterval)
	}
}

func TestAHookThatFailsSaysWhereAndQuotesWhatItPrinted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script  string
		timeout time.Duration
		says    []string
	}{
		"exit code":     {`echo "for $RELAYCHECK_TASK_ID at $RELAYCHECK_URL"; echo no room >&2; exit 3`, time.Minute, []string{"hook restart (relaycheck.yaml:9:3): sh: exit code 3", "for 118148 at http://127.0.0.1:1/ | no room"}},
		"last lines":    {`seq 100000; exit 1`, time.Minute, []string{"exit code 1", "99999 | 100000"}},
		"without end":   {`exec sleep 600`, 50 * time.Millisecond, []string{"sh did not end within 50ms"}},
		"not a program": {`exec /nowhere/restart`, time.Minute, []string{"exit code 127", "/nowhere/restart"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := shellHook(t, c.timeout, c.script).run(t.Context(), target.Restart, "118148")
			for _, want := range c.says {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("the error %v does not say %q", err, want)
				}
			}
		})
	}
}
