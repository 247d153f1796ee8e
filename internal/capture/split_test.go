package capture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// list reads a source to its end and writes each document as "line body", or "line !code". It holds every position
// against the text that was read.
func list(t testing.TB, in string, r io.Reader, max, bufSize int) []string {
	t.Helper()
	s := newSplitter("x", r, max, bufio.NewReaderSize(nil, bufSize))
	var got []string
	for {
		doc, err := s.next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(in[doc.Offset:], string(doc.Body)) || doc.Line != 1+strings.Count(in[:doc.Offset], "\n") {
			t.Errorf("%q is not at line %d, offset %d of %q", doc.Body, doc.Line, doc.Offset, in)
		}
		if want := int(doc.Offset) - strings.LastIndex(in[:doc.Offset], "\n"); doc.Column != want {
			t.Errorf("%q is said to be in column %d, not %d", doc.Body, doc.Column, want)
		}
		if doc.Err != nil {
			got = append(got, fmt.Sprintf("%d !%s", doc.Line, doc.Err.Code))
		} else {
			got = append(got, fmt.Sprintf("%d %s", doc.Line, doc.Body))
		}
		if len(got) > 1000 {
			t.Fatalf("no end: %q", got)
		}
	}
}

const pretty = "{\n\"a\": 1,\n\"b\": {\n  \"c\": [\n    {\n      \"d\": \"}\"\n    }\n  ]\n}\n}"

func TestDocumentsAreFoundWhereTheyAre(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"white space", " \n\t\r\n", nil},
		{"one document", `{"a":1}`, []string{`1 {"a":1}`}},
		{"one document with white space around it", "\n\n  {\"a\":1}  \n\n", []string{`3 {"a":1}`}},
		{"one document over lines", pretty + "\n", []string{"1 " + pretty}},
		{"one for each line", "{\"a\":1}\n{\"b\":2}\n", []string{`1 {"a":1}`, `2 {"b":2}`}},
		{"no line end behind the last", "{\"a\":1}\n{\"b\":2}", []string{`1 {"a":1}`, `2 {"b":2}`}},
		{"lines of Windows", "{\"a\":1}\r\n\r\n{\"b\":2}\r\n", []string{`1 {"a":1}`, `3 {"b":2}`}},
		{"several over lines", pretty + "\n" + pretty + "\n\n" + pretty, []string{"1 " + pretty, "11 " + pretty, "22 " + pretty}},
		{"several over lines, strung together", pretty + pretty, []string{"1 " + pretty, "10 " + pretty}},
		{"two on a line are one with bytes behind it", "{\"a\":1}{\"b\":2}\n{\"c\":3}", []string{`1 {"a":1}{"b":2}`, `2 {"c":3}`}},
		{"bytes behind a document over lines", "{\n\"a\":1\n} x\n{\"c\":3}", []string{"1 {\n\"a\":1\n} x", `4 {"c":3}`}},
		{"documents over lines among others", "{\"a\":1}\n{\n\"b\":2\n}\n{\"c\":3}", []string{`1 {"a":1}`, "2 {\n\"b\":2\n}", `5 {"c":3}`}},
		{"scalars", "1\n", []string{"1 1"}},
		{"scalars among lines", "{}\nnull\n\"x\"\n", []string{"1 {}", "2 null", "3 \"x\""}},

		{"a cut line among lines", "{\"a\":1}\n{\"b\":\n{\"c\":3}\n", []string{`1 {"a":1}`, `2 {"b":`, `3 {"c":3}`}},
		{"a line cut inside a string", "{\"a\":1}\n{\"b\":\"x\n{\"c\":3}\n", []string{`1 {"a":1}`, `2 {"b":"x`, `3 {"c":3}`}},
		{"the first line cut behind a comma", "{\"a\":1,\n{\"b\":2}\n{\"c\":3}\n", []string{`1 {"a":1,`, `2 {"b":2}`, `3 {"c":3}`}},
		{"the first line cut behind a colon", "{\"a\":\n{\"b\":2}\n{\"c\":3}\n", []string{`1 {"a":`, `2 {"b":2}`, `3 {"c":3}`}},
		{"the first line cut inside a string", "{\"a\":\"x\n{\"b\":2}\n", []string{`1 {"a":"x`, `2 {"b":2}`}},
		{"the first line cut behind a backslash", "{\"a\":\"x\\\n{\"b\":2}\n", []string{`1 {"a":"x\`, `2 {"b":2}`}},
		{"the first line without its beginning", "\":1}\n{\"b\":2}\n", []string{`1 ":1}`, `2 {"b":2}`}},
		{"lines without their beginnings among lines", "{}\nx\":1}\ny\":1}\n{}", []string{"1 {}", `2 x":1}`, `3 y":1}`, "4 {}"}},
		{"the last line cut", "{\"a\":1}\n{\"b\":", []string{`1 {"a":1}`, `2 {"b":`}},
		{"a document over lines cut by the end", "{\n\"a\":1,\n", []string{"1 {\n\"a\":1,"}},
		{"a document over lines cut by the next", "{\n\"a\":1,\n{\n\"b\":2\n}\n", []string{"1 {\n\"a\":1,", "3 {\n\"b\":2\n}"}},
		{"a document over lines broken in a string", "{\n\"a\":\"x\n\"b\":2\n}\n{\"c\":3}", []string{"1 {\n\"a\":\"x", `5 {"c":3}`}},
		{"a page of HTML is one finding", "<html>\n<body>\n</html>\n", []string{"1 <html>"}},
		{"text before documents is one finding", "# captured\n# yesterday\n{\"a\":1}\n{\"b\":2}", []string{"1 # captured", `3 {"a":1}`, `4 {"b":2}`}},
		{"zero-indented arrays of objects", "{\n\"a\": [\n{\n\"b\": 1\n},\n{\n\"c\": 2\n}\n]\n}\n", []string{"1 {\n\"a\": [\n{\n\"b\": 1\n},\n{\n\"c\": 2\n}\n]\n}"}},
		{"braces on lines of their own", "{\n  \"a\":\n  {\n    \"b\": 1\n  }\n}\n", []string{"1 {\n  \"a\":\n  {\n    \"b\": 1\n  }\n}"}},

		{"an array", `[{"a":1},{"b":2}]`, []string{`1 {"a":1}`, `1 {"b":2}`}},
		{"an array over lines", "[\n  {\"a\":1},\n  {\n    \"b\": [1, {}]\n  }\n]\n", []string{`2 {"a":1}`, "3 {\n    \"b\": [1, {}]\n  }"}},
		{"an empty array", " [ ] \n", nil},
		{"arrays one after the other", "[{}]\n[{}]", []string{"1 {}", "2 {}"}},
		{"an array of scalars and arrays", `[1, "a,]", [2,3] ,null]`, []string{"1 1", `1 "a,]"`, "1 [2,3]", "1 null"}},
		{"an array of garbage", "[foo, {\"a\":1}]", []string{"1 foo", `1 {"a":1}`}},
		{"an array without its end", "[{\"a\":1},\n", []string{`1 {"a":1}`, "2 !RC2005"}},
		{"an array cut in a document", "[{\"a\":1},{\"b\"", []string{`1 {"a":1}`, `1 {"b"`}},
		{"an array that is only opened", "[", []string{"1 !RC2005"}},
		{"an array without a comma", `[{} {}]`, []string{"1 {}", "1 !RC2005", "1 {}"}},
		{"an array with a comma too many", `[{},,{},]`, []string{"1 {}", "1 !RC2005", "1 {}", "1 !RC2005"}},
		{"an array with a cut element", "[\n{\"a\":1},\n{\"b\":2,\n{\"c\":3}\n]", []string{`2 {"a":1}`, `3 {"b":2,`, `4 {"c":3}`}},
		{"an array with an element broken in a string", "[\n {\"a\":\"x\n },\n {\"c\":3}\n]", []string{"2 {\"a\":\"x", `4 {"c":3}`}},
		{"an array that ends behind an element broken in a string", "[\n{\"a\":\"x\n]\n{}", []string{"2 {\"a\":\"x", "4 {}"}},
		{"bytes behind an array", "[{}] x\n{}", []string{"1 {}", "1 x", "2 {}"}},
		{"an array among lines", "{}\n[\n{}\n]\n[1]\n", []string{"1 {}", "3 {}", "5 [1]"}},

		{"a byte order mark belongs to the document", "\xef\xbb\xbf{\"a\":1}\n{}", []string{"1 \xef\xbb\xbf{\"a\":1}", "2 {}"}},
		{"a byte order mark before a document over lines", "\xef\xbb\xbf\n{\n}\n", []string{"1 \xef\xbb\xbf\n{\n}"}},
		{"a byte order mark before an array belongs to nobody", "\xef\xbb\xbf [{}]", []string{"1 !RC2006", "1 {}"}},
		{"a byte order mark before nothing", "\xef\xbb\xbf", []string{"1 \xef\xbb\xbf"}},
		{"a byte order mark before text", "\xef\xbb\xbfx\n{}", []string{"1 \xef\xbb\xbfx", "2 {}"}},
		{"UTF-16", "\xff\xfe{\x00}\x00\n\x00{\x00", []string{"1 !RC2006"}},
		{"NUL", "\x00\n{}", []string{"1 \x00", "2 {}"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for how, r := range map[string]io.Reader{
				"at once": strings.NewReader(c.in), "byte by byte": iotest.OneByteReader(strings.NewReader(c.in)),
				"halves": iotest.HalfReader(strings.NewReader(c.in)), "data with its end": iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				if got := list(t, c.in, r, 1<<20, buffer); !slices.Equal(got, c.want) {
					t.Errorf("%s:\n got %q\nwant %q", how, got, c.want)
				}
			}
			if got := list(t, c.in, strings.NewReader(c.in), 1<<20, 16); !slices.Equal(got, c.want) {
				t.Errorf("with a small buffer:\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestWhatIsTooLongIsSkippedAndTheRestRead(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	cases := []struct {
		name, in string
		want     []string
	}{
		{"a long line among lines", "{}\n{\"a\":\"" + long + "\"}\n{\"b\":1}\n", []string{"1 {}", "2 !RC2001", `3 {"b":1}`}},
		{"a long first line", "{\"a\":\"" + long + "\"}\n{\"b\":1}\n", []string{"1 !RC2001", `2 {"b":1}`}},
		{"a long document over lines", "{\n\"a\":\"" + long + "\"\n}\n{\n}\n", []string{"1 !RC2001", "4 {\n}"}},
		{"a long document of many lines", "{\n" + strings.Repeat("\"a\":1,\n", 30) + "\"b\":1}\n{\n}\n", []string{"1 !RC2001", "33 {\n}"}},
		{"a long element", "[{},{\"a\":\"" + long + "\"},{\"b\":1}]", []string{"1 {}", "1 !RC2001", `1 {"b":1}`}},
		{"a long scalar element", "[1," + long + ",2]", []string{"1 1", "1 !RC2001", "1 2"}},
		{"long garbage", long + "\n{}\n", []string{"1 !RC2001", "2 {}"}},
		{"a long line without an end", "{}\n" + long, []string{"1 {}", "2 !RC2001"}},
		{"a long nest", strings.Repeat("[", 100), []string{"1 !RC2001"}},
		{"just not too long", "{\"a\":\"" + long[:42] + "\"}\n{\"a\":\"" + long[:43] + "\"}\n", []string{"1 {\"a\":\"" + long[:42] + "\"}", "2 !RC2001"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{16, buffer} {
				if got := list(t, c.in, strings.NewReader(c.in), 50, size); !slices.Equal(got, c.want) {
					t.Errorf("buffer of %d:\n got %q\nwant %q", size, got, c.want)
				}
			}
		})
	}
}

func TestASourceThatFailsIsToldOfBehindWhatWasRead(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                     {"1 !RC2004"},
		"{\"a\":1}\n":          {`1 {"a":1}`, "2 !RC2004"},
		"{\"a\":1}\n{\"b\":2}": {`1 {"a":1}`, `2 {"b":2}`, "2 !RC2004"},
		"{\"a\":1}\n{\"b\":":   {`1 {"a":1}`, "2 !RC2004"},
		"{\n\"a\":1,\n":        {"3 !RC2004"},
		"[{},{\"a\"":           {"1 {}", "1 !RC2004"},
		"[{},":                 {"1 {}", "1 !RC2004"},
		"<html>":               {"1 !RC2004"},
	} {
		r := io.MultiReader(strings.NewReader(in), iotest.ErrReader(errors.New("disk on fire")))
		if got := list(t, in, r, 1<<20, buffer); !slices.Equal(got, want) {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}

// FuzzSplit holds for every text: it ends, what is handed out stands where it is said to stand and in order, and of a
// text that is one JSON value for each line every one comes out.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{pretty, "{}\n{}", "[{},{}]", "[\n{\n}\n,1]", "\xef\xbb\xbf{}", "{\"a\":\"\\\n{}", "x\n{}\n[", "{\n{\n{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var first []string
		for _, size := range []int{16, 64, buffer} {
			s := newSplitter("x", strings.NewReader(string(in)), 64, bufio.NewReaderSize(nil, size))
			var got []string
			last := int64(-1)
			for n := 0; ; n++ {
				doc, err := s.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil || n > 2*len(in)+2 {
					t.Fatalf("%d documents, %v", n, err)
				}
				if doc.Offset < last || doc.Offset > int64(len(in)) || doc.Line != 1+strings.Count(string(in[:doc.Offset]), "\n") {
					t.Fatalf("document at %d:%d behind %d", doc.Line, doc.Offset, last)
				}
				last = doc.Offset
				if doc.Err == nil && (len(doc.Body) == 0 || !strings.HasPrefix(string(in[doc.Offset:]), string(doc.Body))) {
					t.Fatalf("%q is not at %d of %q", doc.Body, doc.Offset, in)
				}
				got = append(got, fmt.Sprintf("%d %q %v", doc.Offset, doc.Body, doc.Err))
			}
			if first == nil {
				first = got
			}
			if !slices.Equal(first, got) {
				t.Fatalf("with another buffer %q, before %q", got, first)
			}
		}
	})
}
