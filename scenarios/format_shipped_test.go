package scenarios_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

// Whoever takes a shipped scenario for a pattern, and has it formatted, finds it as it was.
func TestShippedScenariosAreFormatted(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, profile := range []string{"core", "delivery", "hostile", "durability", "load"} {
		err := filepath.WalkDir(profile, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			src, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			seen++
			if ok, err := scenarios.Formatted(name, src); err != nil || !ok {
				t.Errorf("%s is not formatted (%v): relaycheck fmt %s", name, err, name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 90 {
		t.Errorf("only %d scenarios", seen)
	}
}
