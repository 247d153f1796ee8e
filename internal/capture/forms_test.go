package capture

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func pointer(t testing.TB, s string) Pointer {
	t.Helper()
	p, err := ParsePointer(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lineFormat(t testing.TB, s string) LineFormat {
	t.Helper()
	f, err := ParseLineFormat(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// in reads a text with options, and tells the counts.
func in(t testing.TB, text string, opts Options) ([]string, Counts) {
	t.Helper()
	docs, counts := documents(t, []string{Stdin}, strings.NewReader(text), opts)
	var got []string
	for _, d := range docs {
		switch {
		case d.Err != nil:
			got = append(got, fmt.Sprintf("%d !%s", d.Line, d.Err.Code))
		default:
			got = append(got, fmt.Sprintf("%d %s", d.Line, d.Body))
		}
	}
	return got, counts
}

// unopened has documents of up to so many bytes opened by others than the reader.
func unopened(opts Options, size int) Options {
	opts.Unopened = size
	return opts
}

// documents reads everything, by turns opens what the reader leaves to others, and holds the counts against it.
func documents(t testing.TB, paths []string, stdin io.Reader, opts Options) ([]Document, Counts) {
	t.Helper()
	r, err := Open(paths, stdin, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var docs []Document
	var openers [3]Opener
	lines, handed := 0, 0
	cameOf, names := map[int]int{}, map[int]string{} // documents of each source
	for {
		doc, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		handed++
		names[r.Sources()] = doc.Source
		for _, d := range openers[handed%len(openers)].Open(doc) {
			d.Body = slices.Clone(d.Body)
			docs, lines = append(docs, d), lines+d.Lines
			cameOf[r.Sources()]++
		}
	}
	c := r.Counts()
	if c.Documents != handed {
		t.Errorf("%d documents are said to be %d", handed, c.Documents)
	}
	for _, i := range []int{1, 0, 2} { // any order will do
		more := openers[i].Counts()
		c.Merge(&more)
	}
	for i, name := range names {
		if cameOf[i] == 0 {
			c.Nothing(i, name)
		}
	}
	if c.Lines != lines+c.Without {
		t.Errorf("%d lines are %d of documents and %d without", c.Lines, lines, c.Without)
	}
	c.Documents = len(docs)
	return docs, c
}

const callback = `{"event_type":314,"msg":"{\"task_start_time\":1}","to_url":"a\\b\u00e9é"}`

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestABodyIsTakenOutOfItsEnvelope(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, field string
		encoding    Encoding
		envelope    string
		want        string // the body; with ! a code, empty for none
	}{
		{"a string that holds the body", "/request/body", "", `{"request":{"body":` + strconv.Quote(callback) + `}}`, callback},
		{"an object that is the body", "/request/body", "", `{"request":{"body": ` + callback + ` }}`, callback},
		{"an array that is the body", "/b", "", `{"b":[1]}`, `[1]`},
		{"base64", "/b", "", `{"b":"` + b64(callback) + `"}`, callback},
		{"base64 without padding, of the other alphabet", "/b", "", `{"b":"` + base64.RawURLEncoding.EncodeToString([]byte(callback+" ÿ>?")) + `"}`, callback + " ÿ>?"},
		{"base64 that is said to be", "/b", Base64, `{"b":"` + b64("text") + `"}`, "text"},
		{"what might be base64 but gives no JSON", "/b", "", `{"b":"text"}`, "text"},
		{"base64 that is said to be text", "/b", AsText, `{"b":"` + b64("{}") + `"}`, b64("{}")},
		{"no base64, which it is said to be", "/b", Base64, `{"b":"{}"}`, "!RC2008"},
		{"an object that is said to be base64", "/b", Base64, `{"b":{}}`, "!RC2008"},
		{"an empty body", "/b", "", `{"b":""}`, ""},
		{"a body with a byte order mark", "/b", "", `{"b":"\ufeff{}"}`, "\xef\xbb\xbf{}"},
		{"a body that is no UTF-8 is not mended", "/b", "", "{\"b\":\"{\\\"\xff\\\":1}\"}", "{\"\xff\":1}"},
		{"a pair of surrogates", "/b", "", `{"b":"{\"\ud83d\ude00\":\"\ud83d\"}"}`, "{\"😀\":\"\ufffd\"}"},
		{"an element of an array", "/records/1/b", "", `{"records":[{"b":"x"},{"b":"{}"}]}`, "{}"},
		{"a name with a slash and a tilde", "/a~1b~0c", "", `{"a/b~c":"{}"}`, "{}"},
		{"a name that is written with an escape", "/body", "", `{"\u0062ody":"{}"}`, "{}"},
		{"the last of two members with one name", "/b", "", `{"b":"1","b":"{}"}`, "{}"},
		{"an envelope in a string", "/log#/body", "", `{"log":"{\"body\":\"{}\"}"}`, "{}"},
		{"an object in an envelope in a string", "/log#/body", "", `{"log":"{\"body\":{}}"}`, "{}"},
		{"an envelope in a string in a string", "/a#/b#/c", "", `{"a":` + strconv.Quote(`{"x":"\u0041","b":`+strconv.Quote(`{"y":"\"\"\"","c":`+strconv.Quote(callback)+`}`)+`}`) + `}`, callback},
		{"a string that is no envelope", "/log#/body", "", `{"log":"{"}`, "!RC2007"},
		{"no string where one goes on", "/log#/body", "", `{"log":{}}`, "!RC2007"},
		{"nothing there", "/request/body", "", `{"request":{}}`, "!RC2007"},
		{"nothing on the way there", "/request/body", "", `{"request":1}`, "!RC2007"},
		{"no such element", "/a/01", "", `{"a":["{}","{}"]}`, "!RC2007"},
		{"a number", "/b", "", `{"b":1}`, "!RC2007"},
		{"a damaged envelope", "/b", "", `{"b":"{}"`, "!RC2007"},
		{"an envelope that is no object", "/b", "", `"b"`, "!RC2007"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, counts := in(t, "{\"x\":0}\n"+c.envelope+"\n"+`{"x":0}`, Options{Envelope: Envelope{Body: pointer(t, c.field), Encoding: c.encoding}})
			want := []string{"1 !RC2007", "2 " + c.want, "3 !RC2007"}
			if !slices.Equal(got, want) || counts.Lines != 3 || counts.Without != 0 {
				t.Errorf("got %q, want %q, %+v", got, want, counts)
			}
		})
	}
}

func TestAnEnvelopeWithoutABodyIsCounted(t *testing.T) {
	t.Parallel()
	got, counts := in(t, "{\"b\":null}\n{\"b\":\"{}\"}\n\n", Options{Envelope: Envelope{Body: pointer(t, "/b")}})
	if !slices.Equal(got, []string{"2 {}"}) || counts.NoBody != 1 || counts.Without != 2 || counts.Lines != 3 {
		t.Errorf("%q, %+v", got, counts)
	}
}

func TestWhatIsNoPointerIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "body", "$.body", "/a~2", "/a#b", "/a#"} {
		if _, err := ParsePointer(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestAnObjectInAnEnvelopeHasItsPlace(t *testing.T) {
	t.Parallel()
	text := "[\n{\n \"t\": 1700000000.5,\n \"b\": {\"a\":1}},\n {\"b\":\"{}\"}]"
	docs, counts := documents(t, []string{Stdin}, strings.NewReader(text), Options{Envelope: Envelope{Body: pointer(t, "/b"), Time: pointer(t, "/t")}})
	if len(docs) != 2 {
		t.Fatalf("%+v", docs)
	}
	d := docs[0]
	if want := int64(strings.Index(text, `{"a"`)); d.Derived || d.Offset != want || d.Line != 4 || d.Column != 7 || string(d.Body) != `{"a":1}` {
		t.Errorf("%+v, not at %d", d, want)
	}
	if !d.Arrived.Equal(time.Unix(1700000000, 500_000_000)) || !docs[1].Arrived.IsZero() || counts.Stamped != 1 || counts.Unstamped != 1 {
		t.Errorf("%v, %+v", d.Arrived, counts)
	}
	if d = docs[1]; !d.Derived || d.Line != 5 || d.Offset != int64(strings.Index(text, `"{}"`)) {
		t.Errorf("%+v", d)
	}
}

func TestTimesAreReadAsLogsWriteThem(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 22, 21, 4, 5, 0, time.UTC)
	for s, off := range map[string]time.Duration{
		"2026-11-22T21:04:05Z": 0, "2026-11-22T22:04:05.25+01:00": 250 * time.Millisecond, "2026-11-22T21:04:05.5+0000": 500 * time.Millisecond,
		"22/Nov/2026:21:04:05 +0000": 0, "[22/Nov/2026:22:04:05 +0100]": 0, "2026-11-22 21:04:05,123": 123 * time.Millisecond,
		"2026-11-22 21:04:05": 0, "Sun, 22 Nov 2026 21:04:05 GMT": 0, "1795381445": 0, "1795381445.123": 123 * time.Millisecond,
		"1795381445123": 123 * time.Millisecond, "1795381445123456": 123456 * time.Microsecond, "1795381445123456789": 123456789,
	} {
		if got, ok := ParseTime(s); !ok || !got.Equal(want.Add(off)) {
			t.Errorf("%s: %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "-", "yesterday", "1.2.3", "99999999999999999999999", strings.Repeat("9", 1000), "0", "{}"} {
		if got, ok := ParseTime(s); ok {
			t.Errorf("%q is %v", s, got)
		}
	}
}

const nginx = `^(?P<addr>)`

func TestABodyIsTakenOutOfALineOfALog(t *testing.T) {
	t.Parallel()
	escapeDefault := strings.NewReplacer(`"`, `\x22`, `\`, `\x5C`, "é", `\xC3\xA9`).Replace(callback)
	escapeJSON := strings.NewReplacer(`"`, `\"`, `\`, `\\`, "é", `é`).Replace(callback)
	apache := strings.NewReplacer(`"`, `\"`, `\`, `\\`, "é", `\xc3\xa9`).Replace(callback)
	cases := []struct{ name, body, want string }{
		{"as it is", callback, callback},
		{"as nginx escapes by default", escapeDefault, callback},
		{"as nginx escapes for JSON", escapeJSON, callback},
		{"as Apache escapes", apache, callback},
		{"in base64", b64(callback), callback},
		{"line ends escaped", `{\x0A\x22a\x22:1}`, "{\n\"a\":1}"},
		{"line ends escaped for JSON", `{\n\"a\":1}`, "{\n\"a\":1}"},
		{"an empty object", `{}`, `{}`},
		{"an array", `[\x22\x22]`, `[""]`},
		{"an escape that is cut", `{\x22a\x2`, `{"a\x2`},
		{"no JSON", `a=b`, `a=b`},
		{"none", `-`, ""},
		{"empty", ``, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := "10.0.0.1 [22/Nov/2026:21:04:05 +0000] <" + c.body + ">\nsomething else\n\n"
			docs, counts := documents(t, []string{Stdin}, strings.NewReader(text), Options{Line: lineFormat(t, `\[(?P<time>[^]]*)\] <(?P<body>.*)>$`)})
			if counts.Lines != 3 || docs[len(docs)-1].Err == nil || docs[len(docs)-1].Err.Code != CodeNoMatch || docs[len(docs)-1].Line != 2 {
				t.Fatalf("%+v, %+v", docs, counts)
			}
			if c.want == "" {
				if len(docs) != 1 || counts.NoBody != 1 || counts.Without != 2 {
					t.Errorf("%+v, %+v", docs, counts)
				}
				return
			}
			if string(docs[0].Body) != c.want || docs[0].Arrived.Unix() != 1795381445 || docs[0].Offset != int64(strings.Index(text, "<")+1) {
				t.Errorf("%+v: %s", docs[0], docs[0].Body)
			}
			if docs[0].Derived == (c.body == c.want) {
				t.Errorf("%q is said to stand there as it is, or not to", docs[0].Body)
			}
		})
	}
}

func TestALogHasNoDocumentsOverLines(t *testing.T) {
	t.Parallel()
	got, counts := in(t, "{\n[\n  {}\n\n\xef\xbb\xbf{}", Options{Line: lineFormat(t, `(?P<body>.+)`)})
	if want := []string{"1 {", "2 [", "3   {}", "5 \xef\xbb\xbf{}"}; !slices.Equal(got, want) || counts.Without != 1 {
		t.Errorf("%q, %+v", got, counts)
	}
}

func TestWhatIsNoLineFormatIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"(", ".*", "(?P<time>.*)", "(?P<body>.)(?P<boby>.)", "(?P<body>.)|(?P<body>..)", nginx} {
		if _, err := ParseLineFormat(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

const har = `{
  "log": {
    "version": "1.2", "comment": "\"entries\":[", "creator": {"name": "x", "entries": [1]},
    "entries": [
      {"startedDateTime": "2026-11-22T21:04:05Z", "request": {"method": "POST", "postData": {"mimeType": "a", "text": "{\"a\":1}"}}},
      {"request": {"method": "GET"}},
      {
        "request": {"postData": {"text": "eyJiIjoyfQ==", "encoding": "base64"}}
      }
    ],
    "pages": [{"id": "]}"}]
  }
}
`

func TestAnArchiveIsReadEntryByEntry(t *testing.T) {
	t.Parallel()
	for how, r := range map[string]io.Reader{
		"at once": strings.NewReader(har), "byte by byte": iotest.OneByteReader(strings.NewReader(har)), "marked": strings.NewReader("\xef\xbb\xbf" + har),
	} {
		docs, counts := documents(t, []string{Stdin}, r, Options{})
		if len(docs) != 2 || string(docs[0].Body) != `{"a":1}` || string(docs[1].Body) != `{"b":2}` {
			t.Fatalf("%s: %+v", how, docs)
		}
		if docs[0].Arrived.Unix() != 1795381445 || docs[0].Line != 5 || docs[0].Within != "/log/entries/0/request/postData/text" || !docs[0].Derived {
			t.Errorf("%s: %+v", how, docs[0])
		}
		if docs[1].Line != 8 || docs[1].Within != "/log/entries/2/request/postData/text" || docs[1].Lines != 3 {
			t.Errorf("%s: %+v", how, docs[1])
		}
		if counts.NoBody != 1 || counts.Archives != 1 || counts.Lines != 13 || counts.Without != 9 {
			t.Errorf("%s: %+v", how, counts)
		}
	}
}

func TestADamagedArchiveIsToldOfAndTheRestIsRead(t *testing.T) {
	t.Parallel()
	entry := func(body string) string { return `{"request":{"postData":{"text":"` + body + `"}}}` }
	cases := []struct {
		name, text string
		want       []string
	}{
		{"cut in an entry", `{"log":{"entries":[` + entry("1") + `,{"request":{"post`, []string{"1 1", "1 !RC2010"}},
		{"cut behind an entry", `{"log":{"entries":[` + entry("1") + ",\n", []string{"1 1", "2 !RC2010"}},
		{"cut behind the entries", `{"log":{"entries":[` + entry("1") + `]`, []string{"1 1", "1 !RC2010"}},
		{"cut before the entries", `{"log":{"version`, []string{"1 !RC2010"}},
		{"without entries", `{"log":{"version":1}}`, []string{"1 !RC2010"}},
		{"with something else for entries", `{"log":{"entries":{}}}`, []string{"1 !RC2010"}},
		{"broken before the entries", "{\"log\":{\"version\":\"1\n\",\"entries\":[]}}", []string{"1 !RC2010"}},
		{"a damaged entry in the middle", "{\"log\":{\"entries\":[\n" + entry("1") + ",\n{\"request\":},\n" + entry("3") + "]}}", []string{"2 1", "3 !RC2010", "4 3"}},
		{"an entry broken in a string", "{\"log\":{\"entries\":[\n" + entry("1") + ",\n{\"request\":\"\n },\n" + entry("3") + "]}}", []string{"2 1", "3 !RC2010", "5 3"}},
		{"entries without a comma", `{"log":{"entries":[` + entry("1") + entry("2") + `]}}`, []string{"1 1", "1 !RC2010", "1 2"}},
		{"an entry that is no object", `{"log":{"entries":[7,` + entry("2") + `]}}`, []string{"1 !RC2010", "1 2"}},
		{"a body that is no string", `{"log":{"entries":[{"request":{"postData":{"text":{}}}}]}}`, []string{"1 !RC2010"}},
		{"a body that is no base64", `{"log":{"entries":[{"request":{"postData":{"text":"!","_encoding":"base64"}}}]}}`, []string{"1 !RC2008"}},
		{"something behind it", `{"log":{"entries":[` + entry("1") + "]}}\n{\"a\":1}\n", []string{"1 1", "2 !RC2010"}},
		{"an empty archive", `{"log":{"entries":[]}}`, nil},
		{"no archive", "{\"log\":2}\n{\"log\":3}\n", []string{`1 {"log":2}`, `2 {"log":3}`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, counts := in(t, c.text, Options{}); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q, %+v", got, c.want, counts)
			}
		})
	}
}

func TestAFormatOfSomebodyElseIsReadLineByLine(t *testing.T) {
	t.Parallel()
	f := Format{Name: "list", Opens: []string{"{", `"list"`}, MaxLine: 100, Bodies: func(line []byte) ([]Body, error) {
		if line[0] != '{' {
			return nil, io.ErrNoProgress
		}
		var list []Body
		for i := range strings.Count(string(line), "x") {
			list = append(list, Body{Bytes: []byte("{}"), Within: fmt.Sprint("/", i)})
		}
		return list, nil
	}}
	text := `{ "list":0}` + "\n" + `{"xx":1}` + "\nx\n{" + strings.Repeat("y", 50) + "x}\n" + strings.Repeat("z", 101) + "\n{x"
	got, counts := in(t, text, Options{Formats: []Format{f}, MaxLine: 20})
	if want := []string{"2 {}", "2 {}", "3 !RC2011", "4 {}", "5 !RC2001", "6 {}"}; !slices.Equal(got, want) || counts.Lines != 6 || counts.Without != 1 {
		t.Errorf("%q, %+v", got, counts)
	}
}

func TestWhatIsNoTextIsRefusedAndTheNextFileRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var noise strings.Builder
	for i := range 4000 {
		noise.WriteByte(byte(i * 7919 >> 3))
	}
	write(t, dir, map[string]string{
		"a.json": "PK\x03\x04" + noise.String(), "b.json": noise.String(), "c.json": "\x89PNG\r\n\x1a\n", "d.json": strings.Repeat("tar", 80) + strings.Repeat("\x00", 17) + "ustar",
		"h.json.gz": zip(t, zip(t, "{}")), "i.json.gz": zip(t, zst(t, "{}")),
		"e.json": "\x00\x01{}", "f.json": "{\"a\":\"" + noise.String() + "\"}", "g.json": "été à la plage, où l'on ne lit pas\n",
	})
	docs, _ := documents(t, []string{dir}, nil, Options{})
	var got []string
	for _, d := range docs {
		name := filepath.Base(d.Source)
		if d.Err != nil {
			name += " " + d.Err.Code
		}
		if len(got) == 0 || got[len(got)-1] != name {
			got = append(got, name)
		}
	}
	want := []string{"a.json RC2012", "b.json RC2012", "c.json RC2012", "d.json RC2012", "e.json", "f.json", "g.json", "h.json.gz RC2012", "i.json.gz RC2012"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if m := docs[0].Err.Message; !strings.Contains(m, "a ZIP archive") {
		t.Error(m)
	}
	for _, d := range docs[len(docs)-2:] {
		if m := d.Err.Message; !strings.Contains(m, "compressed twice") {
			t.Error(m)
		}
	}
}

func TestFoldersHoldLogsOnlyForWhoeverReadsLogs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"access.log": "{}", "access.log.1.gz": zip(t, "{}"), "error.txt": "{}", "x.har": har, "x.pdf": "x"})
	_, plain := documents(t, []string{dir}, nil, Options{})
	_, logs := documents(t, []string{dir}, nil, Options{Line: lineFormat(t, "(?P<body>.*)")})
	if plain.Documents != 2 || logs.Documents != 3+13 {
		t.Errorf("%+v, %+v", plain, logs)
	}
}

func TestTheBoundOfExpansionIsARatioOrASize(t *testing.T) {
	t.Parallel()
	packed := zip(t, strings.Repeat("{"+strings.Repeat(" ", 1021)+"}\n", 3<<10)) // 3 MiB in some kB
	for name, c := range map[string]struct {
		opts  Options
		whole bool
	}{
		"as it is": {Options{}, true}, "a small ratio": {Options{MaxExpand: 1 << 20, MaxRatio: 100}, false}, "a small size": {Options{MaxExpand: 1 << 20, MaxRatio: -1}, false},
		"a large ratio": {Options{MaxExpand: 1, MaxRatio: 100_000}, true}, "a large size": {Options{MaxExpand: 4 << 20, MaxRatio: -1}, true}, "none": {Options{MaxExpand: -1}, true},
	} {
		docs, counts := documents(t, []string{Stdin}, strings.NewReader(packed), c.opts)
		last := docs[len(docs)-1]
		if whole := last.Err == nil; whole != c.whole || whole && len(docs) != 3<<10 {
			t.Errorf("%s: %d documents, %+v", name, len(docs), last)
		}
		if !c.whole && (last.Err.Code != CodeExpand || counts.Lines < 1<<10) {
			t.Errorf("%s: %+v, %+v", name, last.Err, counts)
		}
	}
}

func TestAStreamThatSaysNothingMoreCanBeLeft(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{"plain": "{}\n", "packed": unended(t, "{}\n")} {
		pr, pw := io.Pipe()
		defer pw.Close()
		go func() { _, _ = io.WriteString(pw, start) }()
		r, err := Open([]string{Stdin}, pr, Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if doc, err := r.Next(ctx); err != nil || string(doc.Body) != "{}" {
			t.Fatalf("%s: %+v, %v", name, doc, err)
		}
		go cancel()
		if doc, err := r.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %+v, %v", name, doc, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// unended is a gzip stream that goes on.
func unended(t testing.TB, s string) string {
	t.Helper()
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, s)
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
