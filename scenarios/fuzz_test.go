package scenarios_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
)

// FuzzLoad asks of any bytes that they are refused with places, or compile to a plan that holds together.
func FuzzLoad(f *testing.F) {
	for _, dir := range []string{"testdata", "testdata/bad", "testdata/warn", "core", "delivery", "hostile", "durability"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if strings.Contains(string(src), "times:") || strings.Contains(string(src), "pad") || strings.Contains(string(src), "nest") {
			if len(src) > 10_000 {
				t.Skip("many large bodies are allowed, and cost what they cost")
			}
		}
		s, err := scenarios.Parse("fuzz.yaml", src)
		if err != nil {
			var problems strict.Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("the error is a %T", err)
			}
			lines := strings.Count(string(src), "\n") + 1
			for _, p := range problems {
				if p.Line > lines || p.Line < 0 || (p.Line > 0) != (p.Col > 0) || p.Code == "internal" {
					t.Fatalf("a problem in no place: %+v", p)
				}
			}
			_ = err.Error()
			return
		}
		plan, err := s.Compile(params())
		if err != nil {
			t.Fatalf("it loads, but does not compile: %v", err)
		}
		holdsTogether(t, plan)
	})
}
