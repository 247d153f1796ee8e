package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/receiver"
)

// publishedSchema compiles a schema of docs/schemas; references lead to its neighbours.
func publishedSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	dir := filepath.Join(repoRoot, "docs", "schemas")
	files, err := filepath.Glob(filepath.Join(dir, "*.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	const base = "https://github.com/relaycheck/relaycheck/docs/schemas/"
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(base+filepath.Base(file), bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(base + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWhatIsPrintedAsJSONFitsItsSchema runs commands and holds what they print against the published schemas. The forms
// of run, validate and selftest are held against theirs where they are made.
func TestWhatIsPrintedAsJSONFitsItsSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wrong := write("wrong.yaml", "title: t\nrequires: [ORD-1]\ntimeline:\n  - emit: TaskStrat\n  - wait: 1s\n  - nothing: 1\n")
	unusual := write("unusual.yaml", "title: t\nrequires: [ORD-1]\ntimeline:\n  - emit: TaskStart\n")
	before := write("before.json", reportOf(t, ""))
	broken := write("broken.json", reportOf(t, "late-start-revives"))
	for _, test := range []struct {
		schema string
		args   []string
		has    string // something that shows that the interesting part is there
	}{
		{"lint", []string{"lint", "--format", "json", wrong}, `"hint"`},
		{"lint", []string{"lint", "--format", "json", unusual}, `"warning"`},
		{"list", []string{"list", "--json"}, `"ORD-3"`},
		{"version", []string{"version", "--json"}, "catalogue_digest"},
		{"schema-list", []string{"schema", "list", "--json"}, "2025-09"},
		{"doctor", []string{"doctor", "--json", "-u", "http://127.0.0.1:1/"}, `false`},
		{"diff", []string{"diff", "--json", before, broken}, `"ORD-3"`},
		{"diff", []string{"diff", "--json", broken, before}, `"ORD-3"`},
	} {
		t.Run(strings.Join(test.args[:2], " "), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			a := &app{in: strings.NewReader(""), out: &out, err: io.Discard, env: func(string) (string, bool) { return "", false }}
			a.main(t.Context(), test.args)
			dec := json.NewDecoder(bytes.NewReader(out.Bytes()))
			dec.UseNumber()
			var doc any
			if err := dec.Decode(&doc); err != nil {
				t.Fatalf("%v in\n%s", err, out.String())
			}
			if err := publishedSchema(t, test.schema).Validate(doc); err != nil {
				t.Errorf("%#v\n%s", err, out.String())
			}
			if !strings.Contains(out.String(), test.has) {
				t.Errorf("no %s in\n%s", test.has, out.String())
			}
		})
	}
}

// reportOf plays two scenarios at the reference receiver, which may have a bug, and gives the report.
func reportOf(t *testing.T, bug string) string {
	t.Helper()
	rcv, err := receiver.Open(receiver.Config{Bug: bug})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(rcv)
	t.Cleanup(func() {
		server.Close()
		if err := rcv.Close(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	target := filepath.Join(dir, "relaycheck.yaml")
	if err := os.WriteFile(target, []byte(targetFile(server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	// In a process of its own, as scripts do it: the bench of `run` is Ginkgo's, which ends a test binary that has -count.
	cmd := exec.CommandContext(t.Context(), "relaycheck",
		"run", "-c", target, "--run", "^(late-task-start-does-not-revive-the-task|task-start-means-running)$", "--report", "json", "--report-dir", dir)
	if out, err := cmd.CombinedOutput(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() > 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
