package validate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// line is a documented sample on one line.
func line(t testing.TB, event string) string {
	t.Helper()
	sample, ok := schema.Sample(schema.Edition2022_01, event)
	if !ok {
		t.Fatal("no sample of " + event)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, sample); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// mixed is a capture with everything in it.
func mixed(t testing.TB) string {
	exit := line(t, schema.TaskExit)
	push, _ := schema.Sibling("push")
	var sibling bytes.Buffer
	if err := json.Compact(&sibling, push); err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{
		line(t, schema.TaskStart),
		strings.Replace(exit, "-22", "null", 1),
		strings.Replace(exit, `"appid"`, `"nonce":1,"appid"`, 1),
		exit[:60],
		"",
		sibling.String(),
		`{"event_type":314,"callback_event":"TaskStart","event_type":314,"\u001b[31m":1}`,
		exit,
	}, "\n") + "\n"
}

func run(t testing.TB, in string, opts Options) (Summary, string) {
	t.Helper()
	var out bytes.Buffer
	sum, err := Run(t.Context(), []string{capture.Stdin}, strings.NewReader(in), &out, opts)
	if err != nil {
		t.Fatal(err)
	}
	return sum, out.String()
}

func TestTextIsReadLikeACompilersAndEndsWithASummary(t *testing.T) {
	t.Parallel()
	in := strings.Join(strings.Split(mixed(t), "\n")[:7], "\n")
	sum, got := run(t, in, Options{MaxErrors: 20})
	want := `-:2: error RC1205 /msg#/code: code has to be a whole number or text, but is null
-:3: warning RC1401 /nonce: no edition documents a field "nonce"
-:4: error RC1004: not JSON: it ends where the closing quotation mark of a string was expected
-:7: error RC1105 /appid: appid is missing (appId would do)
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if last := lines[len(lines)-1]; last != "6 documents: 2 ok, 1 warning, 2 errors, 1 unreadable · 1 sibling" {
		t.Errorf("the last line is %q", last)
	}
	if strings.Contains(got, "\x1b") || !strings.Contains(got, `-:7: warning RC1401 /\x1b[31m: `) {
		t.Errorf("escape codes of the capture reach the terminal:\n%q", got)
	}
	if sum != (Summary{Documents: 6, OK: 2, Warnings: 1, Errors: 2, Unreadable: 1, Siblings: 1}) {
		t.Errorf("%+v", sum)
	}
}

func TestTheGoldenOutputs(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]Options{
		"mixed.txt": {}, "mixed.all.txt": {All: true}, "mixed.max.txt": {MaxErrors: 2},
		"mixed.json": {Format: JSON}, "mixed.ndjson": {Format: NDJSON}, "mixed.all.ndjson": {Format: NDJSON, All: true},
		"mixed.documented.txt": {Schema: schema.Options{Reading: schema.Documented, Edition: schema.Edition2022_01, OnlyRelay: true}},
	} {
		_, got := run(t, mixed(t), opts)
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

// outputs parses what a machine format told.
func outputs(t testing.TB, format Format, out string) (records []map[string]any, sum Summary) {
	t.Helper()
	if format == JSON {
		var doc struct {
			Documents []map[string]any `json:"documents"`
			Summary   *Summary         `json:"summary"`
		}
		if err := json.Unmarshal([]byte(out), &doc); err != nil || doc.Documents == nil || doc.Summary == nil {
			t.Fatalf("%v: %s", err, out)
		}
		return doc.Documents, *doc.Summary
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for _, l := range lines[:len(lines)-1] {
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatalf("%v: %s", err, l)
		}
		records = append(records, m)
	}
	var last struct{ Summary *Summary }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Summary == nil {
		t.Fatalf("%v: %s", err, lines[len(lines)-1])
	}
	return records, *last.Summary
}

// tailOf is what NDJSON tells in the end.
func tailOf(t testing.TB, out string) (tail Tail) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	dec := json.NewDecoder(strings.NewReader(lines[len(lines)-1]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&tail); err != nil {
		t.Fatalf("%v: %s", err, lines[len(lines)-1])
	}
	return tail
}

func TestMachineFormatsFollowTheirSchema(t *testing.T) {
	t.Parallel()
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	data, err := os.ReadFile("../../docs/schemas/validate.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("https://example.invalid/validate.json", bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	sch, err := c.Compile("https://example.invalid/validate.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) {
		t.Helper()
		var v any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if err := sch.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	for _, in := range []string{"", mixed(t)} {
		for _, all := range []bool{false, true} {
			_, out := run(t, in, Options{Format: NDJSON, All: all})
			for l := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
				valid(l)
			}
			_, out = run(t, in, Options{Format: JSON, All: all})
			valid(out)
		}
	}
	for _, bad := range []string{`{}`, `{"summary":{}}`, `{"source":"x"}`, `{"documents":[{}],"summary":{"documents":0,"ok":0,"warnings":0,"errors":0,"unreadable":0,"siblings":0,"skipped":0}}`} {
		var v any
		if err := json.Unmarshal([]byte(bad), &v); err != nil {
			t.Fatal(err)
		}
		if sch.Validate(v) == nil {
			t.Errorf("the schema accepts %s", bad)
		}
	}
}

func TestTheCountsAddUpInEveryFormat(t *testing.T) {
	t.Parallel()
	want := Summary{Documents: 7, OK: 3, Warnings: 1, Errors: 2, Unreadable: 1, Siblings: 1}
	for _, format := range []Format{Text, JSON, NDJSON} {
		for _, all := range []bool{false, true} {
			sum, out := run(t, mixed(t), Options{Format: format, All: all})
			if sum != want || sum.Documents != sum.OK+sum.Warnings+sum.Errors+sum.Unreadable || !sum.Failed() || sum.Empty() {
				t.Errorf("%s: %+v", format, sum)
			}
			if format == Text {
				continue
			}
			records, told := outputs(t, format, out)
			if n := len(records); told != want || all && n != 7 || !all && n != 4 {
				t.Errorf("%s, all %v: %d records, %+v", format, all, n, told)
			}
		}
	}
}

func TestPlacesAreThoseOfTheCapture(t *testing.T) {
	t.Parallel()
	sample, _ := schema.Sample(schema.Edition2022_01, schema.TaskExit)
	in := "[\n  " + strings.Replace(string(sample), "-22", "null", 1) + ",\n  " + strings.Replace(line(t, schema.TaskExit), "-22", "null", 1) + "]"
	_, out := run(t, in, Options{Format: NDJSON})
	records, _ := outputs(t, NDJSON, out)
	if len(records) != 2 {
		t.Fatal(out)
	}
	for _, rec := range records {
		v := rec["violations"].([]any)[0].(map[string]any)
		offset, ln, column := int(v["offset"].(float64)), int(v["line"].(float64)), int(v["column"].(float64))
		if !strings.HasPrefix(in[offset:], "null") || !strings.HasPrefix(strings.Split(in, "\n")[ln-1][column-1:], "null") {
			t.Errorf("%v points elsewhere", v)
		}
		if begin := int(rec["offset"].(float64)); in[begin] != '{' {
			t.Errorf("%v begins elsewhere", rec)
		}
	}
}

func TestResultsKeepTheOrderOfTheCaptureHoweverManyWorkersThereAre(t *testing.T) {
	t.Parallel()
	var in strings.Builder
	for i := range 300 {
		fmt.Fprintf(&in, "{\"event_type\":314,\"callback_event\":\"E%d\",\"x\":%s}\n", i, strings.Repeat("[", i%60)+strings.Repeat("]", i%60))
	}
	_, want := run(t, in.String(), Options{Format: NDJSON, Workers: 1})
	for _, workers := range []int{2, 7} {
		if _, got := run(t, in.String(), Options{Format: NDJSON, Workers: workers}); got != want {
			t.Errorf("%d workers tell something else than one", workers)
		}
	}
}

func TestManyFindingsAreSummedUp(t *testing.T) {
	t.Parallel()
	bad := strings.Replace(line(t, schema.TaskExit), "-22", "null", 1) + "\n"
	_, out := run(t, strings.Repeat(bad, 50)+"{}\n", Options{MaxErrors: 20})
	for _, want := range []string{
		"… and 31 more findings (--max-errors 0 shows all). All of them, by kind:\n",
		"\n      50 × error   RC1205 /msg#/code: code has to be a whole number or text, but is null, first at -:1\n" +
			"       1 × error   RC1101 /event_type: event_type is missing: relay callbacks carry the number 314, first at -:51\n",
		"\n51 documents: 0 ok, 0 warnings, 51 errors, 0 unreadable\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
	if n := strings.Count("\n"+out, "\n-:"); n != 20 {
		t.Errorf("%d findings are shown", n)
	}
	_, out = run(t, strings.Repeat(bad, 50), Options{})
	if n := strings.Count("\n"+out, "\n-:"); n != 50 {
		t.Errorf("without a limit %d findings are shown", n)
	}
}

func TestAMillionKindsOfFindingsDoNotFillTheMemory(t *testing.T) {
	t.Parallel()
	var in strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&in, "{\"event_type\":314,\"callback_event\":\"TaskStart\",\"x%d\":1}\n", i)
	}
	_, out := run(t, in.String(), Options{Format: NDJSON})
	tail := tailOf(t, out)
	if n := len(tail.Groups); n > maxGroups+len(Codes()) || n < maxGroups || !tail.Folded {
		t.Errorf("%d groups, folded %v", n, tail.Folded)
	}
	total := 0
	for _, g := range tail.Groups {
		total += g.Findings
	}
	if want := 2000 * 7; total != want { // an unknown field, and six that are missing
		t.Errorf("the groups have %d findings, not %d", total, want)
	}
}

func TestFoldersAreReadAndWhatIsLeftOutIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{"a.json": line(t, schema.TaskStart), "b.txt": "x", "c.md": "x", "d.html": "x", "e.csv": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	sum, err := Run(t.Context(), []string{dir}, nil, &out, Options{})
	if err != nil || sum.Skipped != 4 || sum.OK != 1 || sum.Failed() {
		t.Fatalf("%+v, %v", sum, err)
	}
	if got := out.String(); !strings.Contains(got, "4 entries of folders left out, being hidden, no file or not .json, .ndjson, .jsonl or .har (name it") || !strings.Contains(got, "b.txt") || !strings.Contains(got, ", …\n") ||
		!strings.HasSuffix(got, "\n1 document: 1 ok, 0 warnings, 0 errors, 0 unreadable\n") {
		t.Errorf("got %s", got)
	}
	logs, err := capture.ParseLineFormat("^(?P<body>.*)$")
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if _, err := Run(t.Context(), []string{dir}, nil, &out, Options{Read: capture.Options{Line: logs}}); err != nil || !strings.Contains(out.String(), "3 entries of folders left out, being hidden, no file or not .json, .ndjson, .jsonl, .har, .log or .txt (name it") {
		t.Errorf("logs, %v: got %s", err, out.String())
	}
}

func TestAFolderWithNothingToReadIsEmptyAndStillHasASummary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty.ndjson"), []byte("\n \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const tail = `"summary":{"documents":0,"ok":0,"warnings":0,"errors":0,"unreadable":0,"siblings":0,"skipped":0},"inputs":[],"groups":[],` +
		`"editions":{"relay":0,"fit":[],"best":[],"each":[` +
		`{"edition":"2021-10","fit":0,"share":0,"warned":0,"against":[]},{"edition":"2022-01","fit":0,"share":0,"warned":0,"against":[]},` +
		`{"edition":"2024-04","fit":0,"share":0,"warned":0,"against":[]},{"edition":"2025-09","fit":0,"share":0,"warned":0,"against":[]}]},` +
		`"lines":{"read":2,"of_documents":0,"without_document":2},"notes":["files in which there is no document: 1, first DIR/empty.ndjson"]}` + "\n"
	for format, want := range map[Format]string{
		Text:   "files in which there is no document: 1, first DIR/empty.ndjson\n0 documents: 0 ok, 0 warnings, 0 errors, 0 unreadable\n",
		JSON:   `{"documents":[],` + tail,
		NDJSON: "{" + tail,
	} {
		var out bytes.Buffer
		sum, err := Run(t.Context(), []string{dir}, nil, &out, Options{Format: format})
		if got := strings.ReplaceAll(out.String(), dir+string(filepath.Separator), "DIR/"); err != nil || got != want || !sum.Empty() || sum.Failed() {
			t.Errorf("%s: %q, %v", format, got, err)
		}
	}
}

func TestAnEmptyInputThatWasNamedIsAFinding(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"", "\n \n"} {
		sum, got := run(t, input, Options{Format: Text})
		if !sum.Failed() || !strings.Contains(got, "RC1001") {
			t.Errorf("%q: %s", input, got)
		}
	}
}

func TestAMissingPathIsTheUsersMistakeAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := Run(t.Context(), []string{filepath.Join(t.TempDir(), "nowhere")}, nil, &out, Options{})
	var pe *capture.PathError
	if !errors.As(err, &pe) || out.Len() > 0 {
		t.Errorf("%v, %q", err, out.String())
	}
}

// failing is a pipe whose reader has gone.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestAFailedWriteEndsTheRun(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{Text, JSON, NDJSON} {
		_, err := Run(t.Context(), []string{capture.Stdin}, strings.NewReader(strings.Repeat("{}\n", 3_000)), &failing{left: 1000}, Options{Format: format, Sequence: true})
		if !errors.Is(err, io.ErrClosedPipe) || strings.Count(err.Error(), io.ErrClosedPipe.Error()) != 1 {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// cancels is a stream that is interrupted in the middle.
type cancels struct {
	io.Reader
	after  int
	cancel context.CancelFunc
}

func (c *cancels) Read(p []byte) (int, error) {
	if c.after--; c.after < 0 {
		c.cancel()
	}
	return c.Reader.Read(p[:min(len(p), 100)])
}

func TestAnInterruptedRunStillHasASummary(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{JSON, NDJSON} {
		ctx, cancel := context.WithCancel(t.Context())
		in := &cancels{Reader: strings.NewReader(strings.Repeat("{}\n", 3_000)), after: 50, cancel: cancel}
		var out bytes.Buffer
		sum, err := Run(ctx, []string{capture.Stdin}, in, &out, Options{Format: format})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", format, err)
		}
		records, told := outputs(t, format, out.String())
		if told != sum || len(records) != sum.Documents || sum.Documents >= 3_000 {
			t.Errorf("%s: %d records, %+v told, %+v counted", format, len(records), told, sum)
		}
	}
}

// follow is a stream that is written while it is read: a finding has to come out before the next line goes in.
func TestAStreamIsJudgedWhileItIsWritten(t *testing.T) {
	t.Parallel()
	in, feed := io.Pipe()
	results, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := Run(t.Context(), []string{capture.Stdin}, in, out, Options{Format: NDJSON})
		out.Close()
		done <- err
	}()
	dec := json.NewDecoder(results)
	for i := range 3 {
		if _, err := fmt.Fprintf(feed, "{\"n\":%d}\n", i); err != nil {
			t.Fatal(err)
		}
		var rec Record
		if err := dec.Decode(&rec); err != nil || rec.Line != i+1 {
			t.Fatalf("%+v, %v", rec, err)
		}
	}
	feed.Close()
	var last Tail
	if err := dec.Decode(&last); err != nil || last.Summary.Errors != 3 {
		t.Errorf("%+v, %v", last, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestEveryCodeIsExplainedOnce(t *testing.T) {
	t.Parallel()
	codes := Codes()
	for i, c := range codes {
		if i > 0 && codes[i-1].ID >= c.ID {
			t.Errorf("%s stands behind %s", c.ID, codes[i-1].ID)
		}
		if got, ok := Explain(strings.ToLower(c.ID)); !ok || got != c {
			t.Errorf("%s: %+v", c.ID, got)
		}
	}
	if _, ok := Explain("RC0000"); ok {
		t.Error("RC0000 is explained")
	}
	if !slices.ContainsFunc(codes, func(c schema.Code) bool { return c.ID == capture.CodeArchive }) {
		t.Error("the codes of reading are missing")
	}
}

func BenchmarkRun(b *testing.B) {
	in := strings.Repeat(line(b, schema.TaskStart)+"\n", 1000)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Run(b.Context(), []string{capture.Stdin}, strings.NewReader(in), io.Discard, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
