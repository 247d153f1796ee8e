package judge

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files of testdata/corpus anew")

// A specimen is one input of the corpus, made by hand, and what it must come to: "SEQ-1 held, ACK-1 broken".
type specimen struct {
	name  string
	want  string
	build func(b *playBuilder)
}

// corpus is every specimen, by the idea that it shows.
func corpus() []specimen {
	var all []specimen
	for _, group := range [][]specimen{answerSpecimens(), factSpecimens(), rulingSpecimens(), effectSpecimens(), harnessSpecimens(), lookSpecimens()} {
		all = append(all, group...)
	}
	return all
}

func (s specimen) input() Input {
	b := aPlay(s.name)
	s.build(b)
	return b.in
}

// recorded is a file of the corpus.
type recorded struct {
	Input json.RawMessage `json:"input"`
	Rows  []Row           `json:"rows"`
}

// filed writes a file of the corpus: JSON, with a line for each thing that a reader or a diff may want to see alone.
func filed(t *testing.T, in Input, rows []Row) []byte {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"input\": {\n\"plan\": %s,\n\"transcript\": %s,\n", line(t, in.Plan), line(t, in.Transcript))
	fmt.Fprintf(&b, "\"samples\": [%s],\n\"fetches\": %s,\n", lines(t, in.Samples), line(t, in.Fetches))
	fmt.Fprintf(&b, "\"capabilities\": %s\n},\n\"rows\": [", line(t, in.Capabilities))
	for i, r := range rows {
		checks := lines(t, r.Checks)
		r.Checks = nil
		head := strings.TrimSuffix(line(t, r), "}")
		fmt.Fprintf(&b, "%s\n%s, \"checks\": [%s]}", map[bool]string{true: ","}[i > 0], head, checks)
	}
	b.WriteString("\n]\n}\n")
	return b.Bytes()
}

func line(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func lines[T any](t *testing.T, list []T) string {
	t.Helper()
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  " + line(t, v))
	}
	if len(list) > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	cat := testCatalogue()
	names := map[string]bool{}
	for _, s := range corpus() {
		if names[s.name] {
			t.Errorf("two specimens are called %s", s.name)
		}
		names[s.name] = true
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			in := s.input()
			live := Judge(in, cat)
			if got := summary(live); got != s.want {
				t.Errorf("got  %s\nwant %s\n%s", got, s.want, indented(live))
			}
			path := filepath.Join("testdata", "corpus", s.name+".json")
			want := filed(t, in, live.Rows)
			if *update {
				writeFile(t, path, want)
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (run go test -update)", err)
			}
			if diff := cmp.Diff(string(raw), string(want)); diff != "" {
				t.Errorf("the file is not what is built and judged now (-file +now):\n%s", diff)
			}
			var file recorded
			if err := json.Unmarshal(raw, &file); err != nil {
				t.Fatal(err)
			}
			// What was recorded is judged again with the same result, to the byte.
			parsed, err := ParseInput(file.Input)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(indented(live), indented(Judge(parsed, cat))); diff != "" {
				t.Errorf("judged again from the file (-live +file):\n%s", diff)
			}
			if diff := cmp.Diff(indented(live.Rows), indented(file.Rows)); diff != "" {
				t.Errorf("the rows do not survive their own JSON (-live +file):\n%s", diff)
			}
		})
	}
	files, err := filepath.Glob(filepath.Join("testdata", "corpus", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".json"); !names[name] {
			t.Errorf("%s belongs to no specimen", f)
		}
	}
}

func summary(r Result) string {
	var parts []string
	for _, row := range r.Rows {
		parts = append(parts, row.Requirement+" "+string(row.Verdict))
	}
	return strings.Join(parts, ", ")
}

func indented(v any) string {
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

func writeFile(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
}
