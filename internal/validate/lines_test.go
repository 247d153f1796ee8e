package validate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// callbackLines are valid callbacks, one on each line, with an odd line in between now and then.
func callbackLines(r *rand.Rand, size int, odd float64) []byte {
	start := line1(schema.TaskStart)
	others := []string{
		line1(schema.VodSourceFileStart), line1(schema.TaskExit), line1(schema.VodSourceFileFinish),
		strings.Replace(start, `"task_id": "`, `"task_id": "`+strings.Repeat("1", 200), 1),
	}
	strange := []string{
		"", "   \t", "\r", "  " + start + "  ", start + "\r", `{"appid":"4"}`, "not json", start[:len(start)/2], "{", "[", "]", "  [", "{\n" + start[1:], "[" + start + ",",
		`{"event_type":1,"t":1,"sign":"s"}`, "\xef\xbb\xbf" + start, start + start, `"text"`, strings.Repeat("x", 3000), strings.Repeat(" ", 300_000) + start,
		strings.Replace(start, `"appid":4`, `"appid":"`+strings.Repeat("9", 400_000)+`"`, 1),
	}
	var b bytes.Buffer
	for b.Len() < size {
		l := others[r.IntN(len(others))]
		switch {
		case r.Float64() < odd:
			l = strange[r.IntN(len(strange))]
		case r.IntN(2) == 0:
			l = start
		}
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func line1(event string) string {
	body, _ := schema.Sample(schema.Edition2022_01, event)
	return strings.ReplaceAll(strings.TrimSpace(string(body)), "\n", " ")
}

// A file is read as lines by all hands at once; here the same bytes are read one after the other. Nothing that is told may differ.
func TestAFileIsToldOfAsIfItWereReadFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	aligned := func(n int) string { // lines begin where chunks do
		var b strings.Builder
		for range n {
			l := line1(schema.TaskStart)
			b.WriteString(l + strings.Repeat(" ", 511-len(l)) + "\n")
		}
		return b.String()
	}
	cases := []struct {
		name string
		size int
		odd  float64
		tail string
	}{
		{"all of it valid", 3 << 20, 0, ""},
		{"every chunk begins with a line", 0, 0, aligned(5000)},
		{"an odd line in a thousand", 5 << 20, 0.001, ""},
		{"an odd line in ten thousand", 5 << 20, 0.0001, ""},
		{"odd lines everywhere", 2 << 20, 0.2, ""},
		{"no newline at the end", 2 << 20, 0, line1(schema.TaskStart)},
		{"a cut line at the end", 2 << 20, 0, line1(schema.TaskStart)[:100]},
		{"a line of three megabytes at the end", 2 << 20, 0, strings.Repeat("x", 3<<20)},
		{"a line of three megabytes in the middle", 2 << 20, 0, strings.Repeat("x", 3<<20) + "\n" + line1(schema.TaskStart) + "\n"},
		{"an array behind the lines", 2 << 20, 0, "[\n" + line1(schema.TaskStart) + ",\n" + line1(schema.TaskExit) + "\n]\n" + line1(schema.TaskStart)},
		{"blank lines at the end", 2 << 20, 0, strings.Repeat("\n", 400_000)},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(i), 9))
			data := append(callbackLines(r, c.size, c.odd), c.tail...)
			name := filepath.Join(t.TempDir(), "capture.ndjson")
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, opts := range []Options{
				{Format: NDJSON},
				{Format: NDJSON, All: true, Workers: 3, Read: capture.Options{MaxLine: 2000}},
				{Format: Text, MaxErrors: 5, Workers: 1},
				{Format: NDJSON, Workers: 2, Read: capture.Options{MaxLine: 400}}, // valid callbacks are longer
			} {
				var fromFile bytes.Buffer
				sum, err := Run(t.Context(), []string{name}, nil, &fromFile, opts)
				if err != nil {
					t.Fatal(err)
				}
				want, told := inOrder(t, bytes.NewReader(data), opts)
				if sum != want {
					t.Errorf("%+v: %+v, in order %+v", opts, sum, want)
				}
				got := strings.ReplaceAll(fromFile.String(), name, capture.Stdin)
				if got != told {
					t.Errorf("%+v: the findings differ: %s", opts, firstDifference(got, told))
				}
			}
		})
	}
}

// Where the last line of a chunk does not end in what was read, more is read behind it.
func TestWhatWasReadStaysWhereMoreIsRead(t *testing.T) {
	t.Parallel()
	data := callbackLines(rand.New(rand.NewPCG(2, 9)), 1<<20, 0)
	s := newSpan(capture.Lines{File: bytes.NewReader(data), To: int64(len(data))}, 1, 1)
	w, c, got := newWorker(Options{}), &chunk{span: s}, 0
	const from = 100
	for _, to := range []int{5000, 9000, 9001, 300_000, 900_000, len(data) - 1, len(data) + 5000} {
		text, ok := w.read(c, from, int64(to), got)
		if !ok || !bytes.Equal(text, data[from:min(to, len(data))]) {
			t.Fatalf("up to %d behind %d bytes: %v, %d bytes, others than those of the file", to, got, ok, len(text))
		}
		if cap(text)-len(text) < slack {
			t.Errorf("up to %d: no slack", to)
		}
		got = len(text)
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("line %d\n%.300s\n%.300s", i+1, as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(as), len(bs))
}

func TestTheLinesOfAFileAreReadAtOnce(t *testing.T) {
	t.Parallel()
	data := callbackLines(rand.New(rand.NewPCG(1, 9)), 3<<20, 0)
	name := filepath.Join(t.TempDir(), "capture.ndjson")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := capture.Open([]string{name}, nil, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for range 2 {
		if _, err := r.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if lines, ok := r.Lines(); !ok || lines.Line != 3 || lines.To != int64(len(data)) {
		t.Errorf("%+v, %v", lines, ok)
	}
}
