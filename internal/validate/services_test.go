package validate

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/junit"
	"github.com/relaycheck/relaycheck/internal/workflow"
	"github.com/relaycheck/relaycheck/schema"
)

// wild is a capture whose names try to get out of every format.
func wild(t testing.TB) string {
	t.Helper()
	start := line1(schema.TaskStart)
	var b strings.Builder
	b.WriteString(mixed(t))
	for _, name := range []string{`\n::error::x`, `]]><x>`, `\u0000\u001b[31m`, `%0A`, `a\"b`, "\xff", `&amp;`} {
		b.WriteString(strings.Replace(start, `"appid"`, `"`+name+`":1,"appid"`, 1) + "\n")
	}
	return b.String()
}

func TestTheGoldenOutputsForServices(t *testing.T) {
	t.Parallel()
	for name, format := range map[string]Format{"mixed.github": GitHub, "mixed.sarif": SARIF, "mixed.junit.xml": JUnit} {
		_, got := run(t, mixed(t), Options{Format: format, Version: "1.2.3"})
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s (go test -update writes it anew):\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestWorkflowCommandsAreTenAtMostAndNothingGetsOutOfThem(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a,b:c.ndjson": wild(t)})
	var out bytes.Buffer
	path := func(name string) string { return strings.TrimPrefix(name, dir+string(filepath.Separator)) }
	if _, err := Run(t.Context(), []string{dir}, nil, &out, Options{Format: GitHub, RepoPath: path}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != workflow.MaxAnnotations+1 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for _, l := range lines[:workflow.MaxAnnotations-1] {
		mustMatch(t, l, `::(error|warning) file=a%2Cb%3Ac\.ndjson,line=\d+,col=1,title=RC\d{4}::[^\x00-\x1f]+`)
	}
	mustMatch(t, lines[workflow.MaxAnnotations-1], `::error title=Relaycheck::and \d+ more kinds, \d+ findings: RC[0-9RC, …]+`)
	mustMatch(t, lines[workflow.MaxAnnotations], `14 documents: .*`)

	// Errors come first, and the frequent ones.
	exit := line1(schema.TaskExit)
	many := strings.Repeat(strings.Replace(exit, "-22", "null", 1)+"\n", 1500) + strings.Repeat(strings.Replace(exit, `"appid"`, `"nonce":1,"appid"`, 1)+"\n", 2000) + "x\n"
	_, text := run(t, many, Options{Format: GitHub})
	lines = strings.Split(text, "\n")
	mustMatch(t, lines[0], `::error title=RC1205::-:1: 1,500 × /msg#/code: code has .*`)
	mustMatch(t, lines[1], `::error title=RC1004::-:3501: not JSON.*`)
	mustMatch(t, lines[2], `::warning title=RC1401::-:1501: 2,000 × /nonce: .*`)
}

func TestSARIFFollowsItsSchema(t *testing.T) {
	t.Parallel()
	sch, err := jsonschema.Compile(filepath.Join("..", "..", "docs", "schemas", "sarif.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{"a b.ndjson": wild(t)})
	for _, in := range []string{dir, t.TempDir()} {
		var out bytes.Buffer
		if _, err := Run(t.Context(), []string{in}, nil, &out, Options{Format: SARIF, Version: "1.2.3"}); err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if err := sch.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, out.String())
		}
		if in == dir != strings.Contains(out.String(), "a%20b.ndjson") || in != dir != strings.Contains(out.String(), `"executionSuccessful": false`) {
			t.Error(out.String())
		}
	}
}

func TestJUnitHasACaseForEachInputAndEachGroup(t *testing.T) {
	t.Parallel()
	read := func(out []byte) (doc junit.Suites) {
		t.Helper()
		if err := xml.Unmarshal(out, &doc); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var tests, failures, errs int
		for _, s := range doc.Suites {
			head := s
			s.Count()
			if head.Tests != s.Tests || head.Failures != s.Failures || head.Errors != s.Errors {
				t.Errorf("the header of %s is wrong: %+v", s.Name, head)
			}
			tests, failures, errs = tests+s.Tests, failures+s.Failures, errs+s.Errors
		}
		if doc.Tests != tests || doc.Failures != failures || doc.Errors != errs {
			t.Errorf("the header is wrong: %+v", doc)
		}
		return doc
	}
	dir := folder(t, map[string]string{"a.ndjson": wild(t), "b.json": line1(schema.TaskStart)})
	var out bytes.Buffer
	if _, err := Run(t.Context(), []string{dir}, nil, &out, Options{Format: JUnit}); err != nil {
		t.Fatal(err)
	}
	doc := read(out.Bytes())
	if len(doc.Suites) != 2 || doc.Suites[0].Tests != 2 || doc.Suites[0].Failures != 1 || doc.Suites[1].Failures < 5 || doc.Suites[1].Failures == doc.Suites[1].Tests || doc.Errors > 0 {
		t.Errorf("%+v", doc)
	}
	out.Reset()
	if _, err := Run(t.Context(), []string{t.TempDir()}, nil, &out, Options{Format: JUnit}); err != nil {
		t.Fatal(err)
	}
	if doc := read(out.Bytes()); doc.Errors != 1 || doc.Suites[0].Name != "run" {
		t.Errorf("nothing was judged, and JUnit says %+v", doc)
	}
}

// Every format tells that a run was interrupted, but text: there the program says it.
func TestAnInterruptIsToldInEveryFormatForPrograms(t *testing.T) {
	t.Parallel()
	for format, want := range map[Format]string{
		JSON: `"interrupted":true`, NDJSON: `"interrupted":true`, GitHub: "::error title=Relaycheck::interrupted: ", SARIF: `"text": "interrupted: `, JUnit: `<error message="interrupted: `,
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var out bytes.Buffer
		_, err := Run(ctx, []string{capture.Stdin}, strings.NewReader(mixed(t)), &out, Options{Format: format})
		if err == nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, %s", format, err, out.String())
		}
	}
}

func TestWithoutTheFastPathEveryFormatIsTheSameToTheByte(t *testing.T) {
	t.Parallel()
	in := wild(t) + strings.Join(variants(), "\n") + "\n" + strings.Repeat(line1(schema.TaskExit)+"\n", 3)
	for _, f := range Formats() {
		for _, opts := range []Options{{}, {All: true}, {Sequence: true}, {Schema: schema.Options{Edition: schema.Edition2022_01, Reading: schema.Documented}}} {
			opts.Format = Format(f)
			_, fast := run(t, in, opts)
			opts.Schema.NoFastPath = true
			_, slow := run(t, in, opts)
			if fast != slow {
				t.Errorf("%s, %+v: %s", f, opts, firstDifference(fast, slow))
			}
		}
	}
}

func ExampleRun() {
	in := strings.NewReader(`{"event_type":314,"callback_event":"TaskStart"}`)
	sum, err := Run(context.Background(), []string{capture.Stdin}, in, &bytes.Buffer{}, Options{})
	fmt.Println(sum.Documents, sum.Failed(), err)
	// Output: 1 true <nil>
}
