package shape_test

import (
	"testing"

	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// BenchmarkAdd gathers one documented sample again and again, without judging it.
func BenchmarkAdd(b *testing.B) {
	body, _ := schema.Sample(schema.Edition2025_09, schema.VodSourceFileStart)
	report := schema.Validate(body, schema.Options{})
	c := shape.New()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for i := range b.N {
		c.Add(shape.Place{Source: "a", Line: i + 1}, body, &report)
	}
}
