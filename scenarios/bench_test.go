package scenarios_test

import (
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

// BenchmarkParse reads the scenario that uses every key, the trial compilation included.
func BenchmarkParse(b *testing.B) {
	src := read(b, "testdata/rich.yaml")
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scenarios.Parse("rich.yaml", src); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkShipped reads all scenarios that are part of the program, as every run does once.
func BenchmarkShipped(b *testing.B) {
	list, err := scenarios.Shipped()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range list {
			if _, err := scenarios.Parse(s.File, s.Source); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(list)), "scenarios")
}

// BenchmarkCompile makes the plan of one play.
func BenchmarkCompile(b *testing.B) {
	s, err := scenarios.Parse("rich.yaml", read(b, "testdata/rich.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Compile(scenarios.TrialParams()); err != nil {
			b.Fatal(err)
		}
	}
}
