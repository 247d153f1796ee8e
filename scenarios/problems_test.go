package scenarios_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestWrongFilesAreRefusedWithAllTheirProblems compares what the loader says about the files of testdata/bad with the
// texts beside them.
func TestWrongFilesAreRefusedWithAllTheirProblems(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, "testdata/bad") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Parse(filepath.Base(name), read(t, name))
			if err == nil {
				t.Fatalf("it loads, as %q", s.Title)
			}
			var problems strict.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("the error is %T, not strict.Problems", err)
			}
			golden(t, strings.TrimSuffix(name, ".yaml")+".txt", err.Error()+"\n")
			for _, p := range problems {
				if p.Severity != strict.Error || p.Code == "" || p.Code == "internal" || p.Message == "" {
					t.Errorf("not a whole problem: %+v", p)
				}
			}
		})
	}
}

func TestWhatIsProbablyNotMeantIsAWarning(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, "testdata/warn") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Parse(filepath.Base(name), read(t, name))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(name, ".yaml")+".txt", s.Warnings.Error()+"\n")
		})
	}
}

func TestShippedScenariosHaveNoWarnings(t *testing.T) {
	t.Parallel()
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if len(s.Warnings) > 0 {
			t.Error("\n" + s.Warnings.Error())
		}
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files in %s (%v)", dir, err)
	}
	return names
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(read(t, name)), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
