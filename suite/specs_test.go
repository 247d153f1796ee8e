package suite

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Ginkgo is asked in a process of its own: it ends a test binary that has -count or -parallel.
func TestSpecsJudgeAReceiverOnTheCallersBench(t *testing.T) {
	t.Parallel()
	const alone = "RELAYCHECK_TEST_SPECS"
	if os.Getenv(alone) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), alone+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	selection := Selection{IDs: []string{"late-task-start-does-not-revive-the-task", "one-file-from-start-to-finish"}}
	for _, c := range []struct {
		name   string
		cfg    Config
		failed []string // what the failures of all specs say, some of it
		passes bool     // some spec passed
	}{
		{"a right receiver", Config{Target: servedBy(t, ""), Selection: selection}, nil, true},
		{"a wrong receiver", Config{Target: servedBy(t, "late-start-revives"), Selection: selection}, []string{"phase"}, true},
		{"nobody listens", Config{URL: "http://127.0.0.1:1/", Selection: selection}, []string{"cannot reach the target http://127.0.0.1:1/"}, false},
		{"no such scenario", Config{URL: "http://127.0.0.1:1/", Selection: Selection{IDs: []string{"nothing"}}}, []string{`there is no scenario "nothing"`}, false},
	} {
		seen, passed := runTree(func() { Specs(c.cfg) }, 1, nil)
		if passed != (c.failed == nil) {
			t.Errorf("%s: passed %v", c.name, passed)
		}
		failures := ""
		for _, spec := range seen.SpecReports {
			failures += spec.Failure.Message + "\n"
		}
		for _, want := range c.failed {
			if !strings.Contains(failures, want) {
				t.Errorf("%s: no failure says %q:\n%s", c.name, want, failures)
			}
		}
		if slices.ContainsFunc(seen.SpecReports, func(s types.SpecReport) bool { return s.State == types.SpecStatePassed }) != c.passes {
			t.Errorf("%s: want a spec that passed: %v", c.name, c.passes)
		}
	}
}

// servedBy is the target of a reference receiver with a bug, "" for none.
func servedBy(t *testing.T, bug string) *target.Target {
	t.Helper()
	rcv, err := receiver.Open(receiver.Config{Bug: bug})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rcv.Close() })
	server := httptest.NewServer(rcv)
	t.Cleanup(server.Close)
	out, err := target.ForReference(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A run of an hour must not lose its reports because the bench could not count.
func TestABenchThatFailsIsAnErrorBesideTheReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, err := newRunner(Config{
		Target: servedBy(t, ""), Selection: Selection{IDs: []string{"one-file-from-start-to-finish"}}, Reports: []string{"json"}, ReportDir: dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	broken := errors.New("the bench failed outside of its specs")
	r.cfg.Bench = true
	r.bench = func(context.Context, []specRow, int64, io.Writer) (int, error) { return 0, broken }
	rep, err := r.report(t.Context())
	if !errors.Is(err, broken) || len(rep.Scenarios) != 1 {
		t.Errorf("error %v, %d scenarios", err, len(rep.Scenarios))
	}
	if _, err := os.Stat(filepath.Join(dir, "report.json")); err != nil {
		t.Error(err)
	}
}
