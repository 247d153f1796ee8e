package schema

import (
	"maps"
	"slices"
	"testing"
)

// BenchmarkValidate: the plain cases that captures consist of.
func BenchmarkValidate(b *testing.B) {
	run := func(name string, body []byte, opts Options) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				Validate(body, opts)
			}
		})
	}
	for _, event := range []string{TaskStart, VodSourceFileStart, TaskExit} {
		body, _ := Sample(Edition2022_01, event)
		run(event, body, Options{})
	}
	body, _ := Sample(Edition2022_01, VodSourceFileStart)
	run("one edition", body, Options{Edition: Edition2025_09})
	run("misspelt field", []byte(`{"appid":4,"callback_event":"TaskStart","event_type":314,"msg":"{\"task_start_time\":0}","source_urls":"[]","stream_id":"s","taskid":"1","to_url":"u"}`), Options{})
	run("cut body", body[:200], Options{})
	push, _ := Sibling("push")
	run("sibling", push, Options{})
}

// BenchmarkInvalid: callbacks with one thing wrong in each. BenchmarkFastPath has a whole capture of your choice.
func BenchmarkInvalid(b *testing.B) {
	var bodies [][]byte
	for _, m := range mutants(b) {
		if body := compact(m.body); Validate(body, Options{}).Verdict == Error {
			bodies = append(bodies, body)
		}
	}
	v, i, size := NewValidator(), 0, 0
	b.ReportAllocs()
	for b.Loop() {
		body := bodies[i%len(bodies)]
		v.Validate(body, Options{})
		i, size = i+1, size+len(body)
	}
	b.SetBytes(int64(size / b.N))
}

// BenchmarkHostile: bodies made to hurt, as long as they may be. None may cost more than 5 ms.
func BenchmarkHostile(b *testing.B) {
	bodies := hostile(DefaultMaxBytes)
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Validate(bodies[name], Options{})
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/op")
		})
	}
}
