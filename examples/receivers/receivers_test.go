// Package receivers holds small correct receivers that people can start from. Its test judges each of them for real.
package receivers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// An example is a receiver of this folder, and how it is started.
type example struct {
	name    string
	needs   string   // program
	command []string // relative to the example's folder
	state   string   // environment variable that names its state file
	prepare func(t *testing.T, dir string) (command []string)
}

func examples() []example {
	return []example{
		{name: "go", needs: "go", state: "JOURNAL", prepare: buildGo},
		{name: "node-express", needs: "node", command: []string{"node", "server.js"}, state: "JOURNAL", prepare: nodeModules},
		{name: "python", needs: "python3", command: []string{"python3", "receiver.py"}, state: "DATABASE"},
	}
}

// TestEveryExampleHoldsEverything starts each example with its own target file and plays the whole suite at it, the restart
// and the kill included. Nothing may break: a finding is a bug of the example, or a false alarm of the suite.
func TestEveryExampleHoldsEverything(t *testing.T) {
	for _, e := range examples() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(e.needs); err != nil {
				skip(t, e.needs+" is not on this machine")
			}
			rep, err := suite.Run(t.Context(), suite.Config{Target: e.target(t), Selection: suite.Selection{
				Profiles:    []string{"core", "delivery", "hostile", "durability"},
				LabelFilter: "!RET-3", // twelve seconds for one requirement: the suite's own tests have it
			}})
			if err != nil {
				t.Fatal(err)
			}
			if rep.Verdict != report.Pass && rep.Verdict != report.Partial {
				t.Errorf("verdict %s: %s", rep.Verdict, rep.Reason)
			}
			for _, r := range rep.Requirements {
				for _, f := range r.Findings {
					t.Errorf("%s in %s: %s\n  expected %s\n  actual   %s", r.ID, f.Scenario, f.Message, f.Expected, f.Actual)
				}
				if (r.ID == "DUR-1" || r.ID == "DUR-2" || r.ID == "SEQ-5") && r.Verdict != judge.Held {
					t.Errorf("%s is %s, want held: %s", r.ID, r.Verdict, r.Reason)
				}
			}
		})
	}
}

// target is the example's own target file, with the start of the receiver added.
func (e example) target(t *testing.T) *target.Target {
	t.Helper()
	dir, err := filepath.Abs(e.name)
	if err != nil {
		t.Fatal(err)
	}
	command := e.command
	if e.prepare != nil {
		if made := e.prepare(t, dir); made != nil {
			command = made
		}
	}
	src, err := os.ReadFile(filepath.Join(dir, "relaycheck.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "state")
	start := "hooks:\n  start: {command: [" + strings.Join(command, ", ") + "], port: auto, env: {" + e.state + ": " + state + "}}\n"
	text := strings.Replace(string(src), "hooks:\n", start, 1)
	env := func(name string) (string, bool) {
		if name == e.state {
			return state, true // the target file looks into it, too
		}
		return os.LookupEnv(name)
	}
	out, err := target.Parse(filepath.Join(e.name, "relaycheck.yaml"), []byte(text), dir, env)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// buildGo builds the Go example: what is started must be the receiver itself, not the go command.
func buildGo(t *testing.T, dir string) []string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "receiver")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the example: %v\n%s", err, out)
	}
	return []string{program}
}

// nodeModules looks whether Express is installed: `make examples` does it.
func nodeModules(t *testing.T, dir string) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "express")); err != nil {
		skip(t, "Express is not installed: run `make examples`")
	}
	return nil
}

// skip skips a test for want of a program, but not where every program is required.
func skip(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI_REQUIRE_SERVICES") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
