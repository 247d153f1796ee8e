package validate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

func TestASentenceHasWhatFindingsHaveInCommon(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"code has to be a whole number or text, but is null":                            "code has to be a whole number or text, but is null",
		"appid has to be a whole number, but is text of 13 characters":                  "appid has to be a whole number, but is text",
		`event_type has to be the number 314, but is the text "314"`:                    "event_type has to be the number 314, but is text",
		"event_type has to be the number 314, but is the number 317":                    "event_type has to be the number 314, but is a number",
		"index should not be negative, but is -7":                                       "index should not be negative, but is a number",
		"index should be at most 2^53-1, but is 99999999999999999999":                   "index should be at most 2^53-1, but is a number",
		"event_type has to be 314 (relay), but is 1 (push)":                             "event_type has to be 314 (relay), but is 1 (push)",
		"entry 17 of source_urls has to be text, but is false":                          "an entry of source_urls has to be text, but is true or false",
		"source_urls has to hold a JSON array, but holds an object":                     "source_urls has to hold a JSON array, but holds an object",
		"the body has 1234567 bytes, the limit is 1048576":                              "the body has … bytes, the limit is 1048576",
		"the text is not valid UTF-8: byte 0x80 stands alone":                           "the text is not valid UTF-8: byte … stands alone",
		`the 2025-09 edition names no callback_event "TaskPause"; was TaskStart meant?`: `the 2025-09 edition names no callback_event "TaskPause"; was TaskStart meant?`,
		"it cannot be read: read a, but is b: no such file":                             "it cannot be read: read a, but is b: no such file",
		`no edition documents a field "x, but is 5"`:                                    `no edition documents a field "x, but is 5"`,
		`callback_event has to be text, but is the text ", but is "`:                    "callback_event has to be text, but is text",
		"the envelope is not JSON: unexpected end of JSON input, at its byte 1109":      "the envelope is not JSON: unexpected end of JSON input, at its byte …",
		"the body cannot be decoded: not base64: illegal base64 data at input byte 372": "the body cannot be decoded: not base64: illegal base64 data at input byte …",
		"a document of more than 8388608 bytes was skipped":                             "a document of more than 8388608 bytes was skipped",
		"": "",
	} {
		if got := string(appendSentence(nil, in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"": "", "/msg#/code": "/msg#/code", "/source_urls#/3": "/source_urls#/*", "/a/0/b/12": "/a/*/b/*", "/x1": "/x1", "/7#/8": "/*#/*", "/": "/",
	} {
		if got := string(appendPointer(nil, in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestFindingsAreGroupedByWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	exit := line1(schema.TaskExit)
	code := func(v string) string { return strings.Replace(exit, "-22", v, 1) }
	urls := strings.Replace(exit, `"[\"`, `"[1,2,\"`, 1)
	in := strings.Join([]string{exit, code("null"), code("true"), code("null"), urls, code("null")}, "\n")
	_, out := run(t, in, Options{Format: NDJSON})
	got := map[string]string{}
	for _, g := range tailOf(t, out).Groups {
		got[g.Pointer+" "+g.Message] = fmt.Sprintf("%s %d in %d, first %s:%d, %s", g.Code, g.Findings, g.Documents, g.First.Source, g.First.Line, g.Example)
	}
	want := map[string]string{
		"/msg#/code code has to be a whole number or text, but is null":           "RC1205 3 in 3, first -:2, ",
		"/msg#/code code has to be a whole number or text, but is true or false":  "RC1205 1 in 1, first -:3, code has to be a whole number or text, but is true",
		"/source_urls#/* an entry of source_urls has to be text, but is a number": "RC1304 2 in 1, first -:5, entry 0 of source_urls has to be text, but is the number 1",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

// A run of a year has thousands of findings. That the rest of an archive is missing must not be the last of them.
func TestWhatWasNotReadIsToldBeforeWhatIsFrequent(t *testing.T) {
	t.Parallel()
	var in strings.Builder
	for i := range 60 {
		fmt.Fprintf(&in, "{\"event_type\":314,\"callback_event\":\"TaskStart\",%c}\n", 'A'+i)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(in.String())); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{"a.ndjson.gz": packed.String()[:packed.Len()-4]})
	for format, want := range map[Format]string{
		Text: "All of them, by kind:\n       1 × error   RC2002: the compressed data ends too early", GitHub: "title=RC2002::the compressed data ends too early",
	} {
		var out bytes.Buffer
		if _, err := Run(t.Context(), []string{dir}, nil, &out, Options{Format: format, MaxErrors: 20}); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s, %v: got %s", format, err, out.String())
		}
	}
}

// What may be secret is told by no finding, and so by no group; and what is long is cut.
func TestGroupsTellNoSecretsAndAreBounded(t *testing.T) {
	t.Parallel()
	start := line1(schema.TaskStart)
	secret := "txSecret-0123456789abcdef"
	long := strings.Repeat("k", 100_000)
	in := strings.Join([]string{
		strings.Replace(start, `"appid":4`, `"appid":"`+secret+`"`, 1),
		strings.Replace(start, `"appid"`, `"sign":"`+secret+`","appid"`, 1),
		strings.Replace(start, `"appid"`, `"`+long+`":"`+secret+`","appid"`, 1),
	}, "\n")
	for _, format := range []Format{Text, NDJSON, GitHub, SARIF, JUnit} {
		if _, out := run(t, in, Options{Format: format}); strings.Contains(out, secret) {
			t.Errorf("%s tells the secret: %.500s", format, out)
		}
	}
	_, out := run(t, in, Options{Format: NDJSON})
	for _, g := range tailOf(t, out).Groups {
		if len(g.Pointer) > maxPointer+4 || len(g.Message) > maxMessage+4 || len(g.Example) > maxMessage+4 {
			t.Errorf("a group of %d, %d and %d bytes", len(g.Pointer), len(g.Message), len(g.Example))
		}
	}
}

// spoilt are callbacks with one thing wrong in each, and values that differ.
func spoilt(t testing.TB, n int) []string {
	start, exit := line(t, schema.TaskStart), line(t, schema.TaskExit)
	var lines []string
	for i := range n {
		lines = append(lines,
			strings.Replace(start, `"appid":4`, fmt.Sprintf(`"appid":"%d"`, i), 1),
			strings.Replace(start, `"event_type":314`, fmt.Sprintf(`"event_type":%d`, i+1000), 1),
			strings.Replace(exit, `"source_urls":"[`, fmt.Sprintf(`"source_urls":"[%d,`, i), 1),
			strings.Replace(start, `"task_id"`, `"taskid"`, 1),
			exit[:len(exit)/2],
		)
	}
	return lines
}

// document is line i of a capture.
func document(i int, line string) capture.Document {
	return capture.Document{Source: "-", Line: i + 1, Column: 1, Offset: int64(i * len(line)), Body: []byte(line)}
}

// recordOf is the record of a document.
func recordOf(doc capture.Document, r *schema.Report) Record {
	var b batch
	b.record(&doc, r)
	return b.records[0]
}

func BenchmarkGroups(b *testing.B) {
	var docs []capture.Document
	var reports []schema.Report
	for i, line := range spoilt(b, 100) {
		docs = append(docs, document(i, line))
		reports = append(reports, schema.Validate([]byte(line), schema.Options{}))
		if len(reports[i].Violations) == 0 {
			b.Fatalf("nothing is wrong with %s", line)
		}
	}
	b.Run("record", func(b *testing.B) {
		b.ReportAllocs()
		var one batch
		i := 0
		for b.Loop() {
			one.records, one.violations = one.records[:0], one.violations[:0]
			one.record(&docs[i], &reports[i])
			i = (i + 1) % len(docs)
		}
	})
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		g, i := newGroups(), 0
		records := make([]Record, len(docs))
		for i := range docs {
			records[i] = recordOf(docs[i], &reports[i])
		}
		for b.Loop() {
			g.add(&records[i])
			i = (i + 1) % len(docs)
		}
	})
}
