package report

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAReportThatPanicsTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := fixture()
	rep := Build(run)
	run.Redact = func([]byte) []byte { panic("the redactor is ill") }
	paths, err := Write(dir, []string{"json", "junit", "md", "ndjson"}, rep, run)
	if err == nil || !strings.Contains(err.Error(), "run.ndjson") || !strings.Contains(err.Error(), "the redactor is ill") {
		t.Errorf("error %v", err)
	}
	for _, name := range []string{"report.json", "junit.xml", "report.md"} {
		if !slices.Contains(paths, filepath.Join(dir, name)) {
			t.Errorf("%s is missing", name)
		}
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 3 {
		t.Errorf("%d files are left, want 3", len(left))
	}
}
