package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// odd is a capture of many tasks, of which every third lacks its TaskStart.
func odd(tasks int) string {
	var b strings.Builder
	event := func(name, msg string, i int) {
		_, _ = fmt.Fprintf(&b, `{"appid":4,"callback_event":%q,"event_type":314,"msg":%q,"source_urls":"[\"http://o.invalid/%d\"]","stream_id":"s","task_id":"%d","to_url":"rtmp://t.invalid/l"}`+"\n", name, msg, i, i)
	}
	for i := range tasks {
		if i%3 != 0 {
			event("TaskStart", `{"task_start_time":0}`, i)
		}
	}
	for i := range tasks {
		event("TaskExit", `{"code":0,"message":"","task_exit_time":0}`, i)
	}
	return b.String()
}

func TestLivesAreTheSameHoweverTheCaptureIsRead(t *testing.T) {
	t.Parallel()
	const tasks = 3000
	text := odd(tasks)
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.ndjson")
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	files := map[string]string{whole: text}
	var parts []string
	for i := 0; i < len(lines); i += 700 {
		name := filepath.Join(dir, fmt.Sprintf("part-%d.ndjson", i))
		files[name] = strings.Join(lines[i:min(i+700, len(lines))], "")
		parts = append(parts, name)
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, paths := range map[string][]string{"a file": {whole}, "several files": parts, "a stream": {"-"}} {
		for _, workers := range []int{1, 4} {
			var out bytes.Buffer
			sum, err := Run(t.Context(), paths, strings.NewReader(text), &out, Options{Format: NDJSON, Sequence: true, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sum.Lives, (Lives{Tasks: tasks, Order: "capture", Unstamped: tasks + tasks - tasks/3, Findings: tasks / 3}); got == nil || *got != want {
				t.Errorf("%s, %d workers: %+v, want %+v", name, workers, got, want)
			}
			if n := strings.Count(out.String(), `{"sequence":{"code":"RC3001"`); n != tasks/3 {
				t.Errorf("%s, %d workers: %d lines of RC3001", name, workers, n)
			}
		}
	}
}

func TestLivesFitThePublishedSchema(t *testing.T) {
	t.Parallel()
	compiled, err := jsonschema.Compile(filepath.Join("..", "..", "docs", "schemas", "validate.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []Format{JSON, NDJSON} {
		for _, sequence := range []bool{false, true} {
			var out bytes.Buffer
			if _, err := Run(t.Context(), []string{"-"}, strings.NewReader(odd(4)+odd(4)), &out, Options{Format: format, Sequence: sequence}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(out.String(), `"first"`); got != sequence {
				t.Errorf("%s, sequence %v: comparisons %v", format, sequence, got)
			}
			for dec := json.NewDecoder(&out); dec.More(); {
				var v any
				if err := dec.Decode(&v); err != nil {
					t.Fatal(err)
				}
				if err := compiled.Validate(v); err != nil {
					t.Errorf("%s, sequence %v: %#v", format, sequence, err)
				}
			}
		}
	}
}
