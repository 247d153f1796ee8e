package scenarios_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
)

// FuzzACaptureBecomesAScenarioThatLoads looks for captures, one document per line, that make a file which the loader
// refuses, or which is not formatted.
func FuzzACaptureBecomesAScenarioThatLoads(f *testing.F) {
	var lines [][]byte
	for _, c := range aCapture() {
		lines = append(lines, c.Body)
	}
	f.Add(bytes.Join(lines, []byte("\n")))
	for _, name := range schema.Siblings() {
		body, _ := schema.Sibling(name)
		f.Add(append(append([]byte(nil), lines[1]...), append([]byte("\n"), bytes.ReplaceAll(body, []byte("\n"), nil)...)...))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var list []scenarios.Captured
		for line := range bytes.Lines(text) {
			list = append(list, scenarios.Captured{Body: line})
		}
		src, _, err := scenarios.FromCapture("fuzzed", list)
		if err != nil {
			if strings.HasPrefix(err.Error(), "make a scenario") {
				t.Fatal(err)
			}
			return
		}
		if formatted, err := scenarios.Formatted("fuzzed.yaml", src); !formatted {
			t.Fatalf("not formatted: %v\n%s", err, src)
		}
	})
}
