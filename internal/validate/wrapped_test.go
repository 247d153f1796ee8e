package validate

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// A wrapping is something around callbacks, by the callback and the number of the line.
type wrapping struct {
	wrap  func(body string, n int) string
	odd   []string // what may stand on a line in its place
	read  capture.Options
	begin string // of the whole
	join  string // between two
	end   string
}

// wrappings are all ways in which callbacks stand in something else, with everything odd that comes to mind among them.
func wrappings(t *testing.T) map[string]wrapping {
	t.Helper()
	pointer := func(s string) capture.Pointer {
		p, err := capture.ParsePointer(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	escape := strings.NewReplacer(`"`, `\x22`, `\`, `\x5C`).Replace
	body := line1(schema.TaskStart)
	long := strings.Replace(body, `"appid":4`, `"appid":"`+strings.Repeat("9", 400_000)+`"`, 1)
	envelope := func(value string, n int) string {
		return fmt.Sprintf(`{"ts":%d.25,"id":"%d","request":{"body":%s}}`, 1_700_000_000+n, n, value)
	}
	text := func(body string, n int) string {
		switch n % 4 {
		case 0:
			return envelope(strconv.Quote(base64.StdEncoding.EncodeToString([]byte(body))), n)
		case 1:
			return envelope(body, n)
		default:
			return envelope(strconv.Quote(body), n)
		}
	}
	log := func(body string, n int) string {
		if n%2 == 0 {
			body = escape(body)
		}
		return fmt.Sprintf(`10.0.0.%d [22/Nov/2026:21:%02d:%02d +0000] "%s"`, n%7, n/60%60, n%60, body)
	}
	entry := func(body string, n int) string {
		return fmt.Sprintf(`{"startedDateTime":"2026-11-22T21:%02d:%02dZ","request":{"postData":{"text":%s}}}`, n/60%60, n%60, strconv.Quote(body))
	}
	format, err := capture.ParseLineFormat(`^\S+ \[(?P<time>[^]]+)\] "(?P<body>.*)"$`)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]wrapping{
		"envelopes": {
			wrap: text,
			read: capture.Options{Envelope: capture.Envelope{Body: pointer("/request/body"), Time: pointer("/ts")}},
			odd: []string{
				"", "   \t", "\r", "{", "[", "]", "  [", "null", "not json", body, "  " + text(body, 2) + "  ", text(body, 2) + "\r", text(body, 2)[:80], "[" + text(body, 2) + ",",
				`{"request":{"body":null}}`, `{"request":{"body":null}}`, `{"request":{}}`, `{"request":{"body":5}}`, `{"request":{"body":"eyJ"}}`, "{\n" + text(body, 2)[1:], "\xef\xbb\xbf" + text(body, 2),
				text("{}", 2), `{"ts":"soon","request":{"body":` + body + `}}`, `{"ts":"later","request":{"body":{}}}`, strings.Repeat("x", 3000), strings.Repeat(" ", 300_000) + text(body, 2), text(long, 3),
			},
		},
		"a log": {
			wrap: log,
			read: capture.Options{Line: format},
			odd: []string{
				"", "   \t", "\r", "\u00a0", "{", "[", "-", body, "  " + log(body, 1), log(body, 1) + "\r", log(body, 2) + " ", log(body, 2)[:80], log("-", 1), log("-", 1), log("", 2), log("{}", 3),
				`10.0.0.1 [soon] "` + body + `"`, `10.0.0.1 [later] "{}"`, log("x"+body, 1), strings.Repeat("x", 3000), strings.Repeat(" ", 3000), strings.Repeat(" ", 300_000) + log(body, 2), log(long, 3), "\xef\xbb\xbf",
			},
		},
		"an archive": {
			wrap: entry, begin: `{"log":{"version":"1.2","entries":[` + "\n", join: ",", end: "]}}\n",
			odd: []string{
				`{"request":{"method":"GET"}}`, `{"request":{"method":"GET"}}`, `{"request":{"postData":{"text":5}}}`, `7`, "{\n" + entry(body, 5)[1:], `{"request":}`, entry("{}", 5),
				`{"startedDateTime":"soon","request":{"postData":{"text":"{}"}}}`, entry(long, 5), `{"request":{"postData":{"text":"e30=","encoding":"base64"}}}`, `{"request":{"postData":{"text":"!","encoding":"base64"}}}`,
			},
		},
		"a list": {
			wrap: func(body string, n int) string { return fmt.Sprint(n%3) + body }, begin: `{"list":1}` + "\n",
			odd: []string{"", "x", "0", strings.Repeat("x", 3000), "2" + long, "2{}"},
			read: capture.Options{Formats: []capture.Format{{
				Name: "list", Opens: []string{"{", `"list"`}, MaxLine: 500_000,
				Bodies: func(line []byte) (list []capture.Body, err error) {
					n := strings.IndexByte("012{", line[0]) // times the rest of the line
					if n < 0 {
						return nil, os.ErrInvalid
					}
					for i := range n % 3 {
						list = append(list, capture.Body{Bytes: line[1:], Within: fmt.Sprint("/", i)})
					}
					return list, nil
				},
			}}},
		},
	}
}

// text is so many bytes of callbacks, wrapped. Most of them are valid.
func (w *wrapping) text(r *rand.Rand, size int, odd float64) []byte {
	all := variants()
	var b bytes.Buffer
	b.WriteString(w.begin)
	for n := 0; b.Len() < size; n++ {
		l := w.wrap(all[max(0, r.IntN(10*len(all))-9*len(all))], n)
		if r.Float64() < odd {
			l = w.odd[r.IntN(len(w.odd))]
		}
		if n > 0 {
			b.WriteString(w.join)
		}
		b.WriteString(l + "\n")
	}
	b.WriteString(w.end)
	return b.Bytes()
}

// What the workers open, of a file all at once and of a stream in its order, is told of as what the reader opens by itself.
func TestWhatIsOpenedByManyIsToldOfAsIfOneHadOpenedIt(t *testing.T) {
	t.Parallel()
	for name, w := range wrappings(t) {
		for k, c := range []struct {
			name string
			size int
			odd  float64
			tail string
		}{
			{"an odd one in a thousand, and no newline at the end", 2 << 20, 0.001, w.wrap(line1(schema.TaskStart), 1)},
			{"odd ones everywhere", 3 << 19, 0.1, ""},
			{"three megabytes in a line, and a cut one at the end", 3 << 19, 0, w.wrap(strings.Repeat("x", 3<<20), 1) + "\n" + w.wrap(line1(schema.TaskStart), 1) + "\n" + w.wrap(line1(schema.TaskStart), 1)[:40]},
			{"blank lines at the end", 3 << 19, 0, strings.Repeat("\n", 300_000)},
		} {
			t.Run(name+", "+c.name, func(t *testing.T) {
				t.Parallel()
				data := append(w.text(rand.New(rand.NewPCG(uint64(c.size), 5)), c.size, c.odd), c.tail...)
				openedByMany(t, data, w.read, k%3)
			})
		}
	}
}

// openedByMany holds all ways of reading against one another, with all options but the skipped ones.
func openedByMany(t *testing.T, data []byte, read capture.Options, skipped int) {
	name := filepath.Join(t.TempDir(), "capture.ndjson")
	packed := name + ".gz"
	var zip bytes.Buffer
	z := gzip.NewWriter(&zip)
	_, _ = z.Write(data)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string][]byte{name: data, packed: zip.Bytes()} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, opts := range []Options{
		{Format: NDJSON, Sequence: true, Workers: 2},
		{Format: NDJSON, All: true, Workers: 3, Read: capture.Options{MaxLine: 2000}},
		{Format: Text, MaxErrors: 5, Workers: 4, Shape: shape.New()},
	} {
		if i == skipped {
			continue
		}
		read.MaxLine = opts.Read.MaxLine
		told := func(path string) string {
			opts := opts
			opts.Read = read
			if opts.Shape != nil {
				opts.Shape = shape.New()
			}
			var out bytes.Buffer
			if path == "" {
				opts.Read.Unopened = 1 // documents of more than a byte are opened by the reader
				_, text := inOrder(t, bytes.NewReader(data), opts)
				out.WriteString(text)
			} else if _, err := Run(t.Context(), []string{path}, bytes.NewReader(data), &out, opts); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if opts.Shape != nil {
				if err := opts.Shape.Shape().Write(&out); err != nil {
					t.Fatal(err)
				}
			}
			if path == "" {
				return out.String()
			}
			return strings.ReplaceAll(out.String(), path, capture.Stdin)
		}
		want := told("")
		for _, path := range []string{name, packed, capture.Stdin}[:3-min(i, 1)] {
			if got := told(path); got != want {
				t.Errorf("%s, %+v: %s", filepath.Base(path), opts, firstDifference(got, want))
			}
		}
	}
}

func TestLinesWithBodiesInThemAreReadAtOnce(t *testing.T) {
	t.Parallel()
	all := wrappings(t)
	for name, want := range map[string]bool{"envelopes": true, "a log": true, "a list": true, "an archive": false} {
		w := all[name]
		file := filepath.Join(t.TempDir(), "capture.ndjson")
		if err := os.WriteFile(file, w.text(rand.New(rand.NewPCG(1, 9)), 3<<20, 0), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, unopened := range []int{0, 1 << 20} {
			opts := w.read
			opts.Unopened = unopened
			r, err := capture.Open([]string{file}, nil, opts)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if _, err := r.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if lines, ok := r.Lines(); ok != (want && unopened > 0) {
				t.Errorf("%s: %+v, %v", name, lines, ok)
			}
			_ = r.Close()
		}
	}
}

// In a folder, files in which nothing has a body are as good as empty ones; which of them came first is told, whoever found out.
func TestFilesInWhichNothingHasABodyAreNoInputs(t *testing.T) {
	t.Parallel()
	w := wrappings(t)["envelopes"]
	none := `{"request":{"body":null}}` + "\n"
	late := strings.Repeat(none, 100_000)
	for name, files := range map[string]map[string]string{
		"the first has lines without bodies": {"a.ndjson": none, "b.ndjson": "", "c.ndjson": w.wrap("{}", 2), "d.ndjson": none},
		"the first is empty":                 {"a.ndjson": "", "b.ndjson": none, "c.ndjson": w.wrap("{}", 2), "d.ndjson": none},
		"there are many lines":               {"a.ndjson": late, "b.ndjson": "", "c.ndjson": w.wrap("{}", 2), "d.ndjson": ""},
	} {
		dir := folder(t, files)
		var told [2]string
		for i, unopened := range []int{0, 1} {
			var out bytes.Buffer
			opts := Options{Format: NDJSON, Read: w.read}
			opts.Read.Unopened = unopened
			if _, err := Run(t.Context(), []string{dir}, nil, &out, opts); err != nil {
				t.Fatal(err)
			}
			told[i] = out.String()
		}
		tail := tailOf(t, told[0])
		want := "files in which there is no document: 3, first " + filepath.Join(dir, "a.ndjson")
		if told[0] != told[1] || len(tail.Inputs) != 1 || !strings.Contains(strings.Join(tail.Notes, "\n"), want) {
			t.Errorf("%s: %+v\n%s", name, tail, firstDifference(told[0], told[1]))
		}
	}
}

func TestTheFirstTimeThatCannotBeReadIsToldOf(t *testing.T) {
	t.Parallel()
	w := wrappings(t)["a log"]
	var b strings.Builder
	for n := range 10_000 { // in every chunk there is one
		if n >= 2000 && n%300 == 1 {
			_, _ = fmt.Fprintf(&b, "10.0.0.1 [at %d] \"{}\"\n", n)
			continue
		}
		b.WriteString(w.wrap(line1(schema.TaskStart), n) + "\n")
	}
	dir := folder(t, map[string]string{"a.log": "\n" + b.String(), "b.log": b.String()})
	var out bytes.Buffer
	if _, err := Run(t.Context(), []string{dir}, nil, &out, Options{Format: NDJSON, Read: w.read}); err != nil {
		t.Fatal(err)
	}
	want := `times of arrival that cannot be read: 54, first "at 2101" at ` + filepath.Join(dir, "a.log") + ":2103"
	if notes := tailOf(t, out.String()).Notes; !strings.Contains(strings.Join(notes, "\n"), want) {
		t.Errorf("%q", notes)
	}
}

// Where the reader opens a line of several bodies itself, the rest is not handed out as lines before all of them were read.
func TestALineOfSeveralBodiesIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	w := wrappings(t)["a list"]
	w.begin += "2{}\n" // two of them, between which the rest might be handed out
	data := w.text(rand.New(rand.NewPCG(6, 6)), 5<<18, 0)
	name := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	opts := Options{Format: NDJSON, All: true, Read: w.read}
	opts.Read.Unopened = 1 // the reader opens documents of more than a byte
	_, want := inOrder(t, bytes.NewReader(data), opts)
	for _, path := range []string{name, capture.Stdin} {
		var out bytes.Buffer
		if _, err := Run(t.Context(), []string{path}, bytes.NewReader(data), &out, opts); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(out.String(), name, capture.Stdin); got != want {
			t.Errorf("%s: %s", path, firstDifference(got, want))
		}
	}
}
