package main

import (
	"testing"
	"time"
)

func TestRatiosAreTakenInsideARound(t *testing.T) {
	t.Parallel()
	at := func(seconds ...float64) (all []result) {
		for _, s := range seconds {
			d := time.Duration(s * float64(time.Second))
			all = append(all, result{wall: d, cpu: 2 * d, peak: 2048})
		}
		return all
	}
	all, results := []contestant{{name: "us"}, {name: "us again"}, {name: "them"}}, [][]result{at(1, 10, 2), at(2, 20, 1), at(3, 20, 6)}
	got := table(all, results, reference{"×", 0}, reference{"× again", 1})
	want := "| contestant | wall | × | × again | CPU | × | × again | peak memory |\n|---|---|---|---|---|---|---|---|\n" +
		"| us | 2.00 s | 1.0 | 0.5 | 4.00 s | 1.0 | 0.5 | 2 MB |\n" +
		"| us again | 2.00 s | 2.0 | 1.0 | 4.00 s | 2.0 | 1.0 | 2 MB |\n" +
		"| them | 6.00 s | 3.0 | 1.5 | 12.00 s | 3.0 | 1.5 | 2 MB |\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTheLastLineIsKeptHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	const text = "one\ntwo\n\n{\"four\":4}\n"
	for step := 1; step <= len(text); step++ {
		var l lastLine
		for at := 0; at < len(text); at += step {
			_, _ = l.Write([]byte(text[at:min(len(text), at+step)])) // it never fails
		}
		if l.lines != 4 || string(l.line) != `{"four":4}` {
			t.Errorf("%d bytes at a time: %d lines, the last %q", step, l.lines, l.line)
		}
	}
}

func TestTheBestOfEachHostileBenchmarkIsRead(t *testing.T) {
	t.Parallel()
	got, err := readHostile([]byte(`goos: linux
BenchmarkHostile/many_names-4         	      10	   1821042 ns/op	         1.821 ms/op	 2656207 B/op	      28 allocs/op
BenchmarkHostile/many_names-4         	      10	   1521042 ns/op	         1.521 ms/op	 2656207 B/op	      28 allocs/op
BenchmarkHostile/a_long_URL-4         	      10	   2521042 ns/op	         2.521 ms/op	 2656207 B/op	      28 allocs/op
PASS
`))
	if err != nil || len(got) != 2 || got[0] != (cost{"a long URL", 2.521}) || got[1] != (cost{"many names", 1.521}) {
		t.Errorf("got %v (%v)", got, err)
	}
	if _, err := readHostile([]byte("PASS\n")); err == nil {
		t.Error("no benchmark, and no error")
	}
}
