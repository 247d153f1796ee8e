package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/suite/baseline"
)

// The script runs what the guide shows; this says that it leaves nothing out, and that the file shown can be loaded.
func TestTheGuideToBaselinesShowsWhatIsTested(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "baselines.md"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join("testdata", "script", "baseline-guide.txt"))
	if err != nil {
		t.Fatal(err)
	}
	tested := strings.ReplaceAll(string(script), "'", `"`) + "\n"
	commands := regexp.MustCompile(`(?m)^relaycheck .*$`).FindAllString(string(guide), -1)
	if len(commands) < 6 {
		t.Errorf("the guide shows only %d commands", len(commands))
	}
	for _, c := range commands {
		if !strings.Contains(tested, " "+c+"\n") {
			t.Errorf("not in the script: %s", c)
		}
	}
	files := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(files) == 0 {
		t.Error("the guide shows no file")
	}
	for _, f := range files {
		if _, err := baseline.Parse("baseline.yaml", []byte(f[1])); err != nil {
			t.Error(err)
		}
	}
}
