package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzReader holds for everything that may stand in a file, however it is read: it ends, nothing panics, every byte is
// accounted for (a LostError says where not), every line belongs to a document or to none, what is said to stand in the
// source does, and it does not matter in what pieces it arrives.
func FuzzReader(f *testing.F) {
	packed := zip(f, "{\"b\":\"{}\"}\n[{}]\n")
	for _, s := range []string{
		har, pretty, "{}\n{}", "[{},{}]", "[\n{\n}\n,1]", "\xef\xbb\xbf{}", "{\"a\":\"\\\n{}", "{\"a\":\"\\\n\"}\n{}", `{"a":"\"}"}` + "\n{}", `{"a":"\\"}` + "\n{}", "x\n{}\n[", "{\n{\n{", "{\"b\":\"{}\"}\n{\"b\":{}}\n{\"b\":null}",
		"10.0.0.1 <{\\x22a\\x22:1}>\n<->\n\n  <{}>", `{"log":{"entries":[{"request":{"postData":{"text":"e30=","encoding":"base64"}}},`, "\x00\x01\x02" + strings.Repeat("\x00", 40) + "\n{}",
		packed, packed[:20], zst(f, "{}\n{}"), `{"list":1}` + "\nxx\n\n{x", "\xff\xfe{\x00", "{\"b\":\"\\ud83d\\ude00\\x\"}",
	} {
		for how := range 4 {
			f.Add([]byte(s), how)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, how int) {
		opts := Options{MaxLine: 64, MaxExpand: 1 << 20, MaxRatio: -1}
		switch how & 3 {
		case 1:
			opts.Envelope = Envelope{Body: pointer(t, "/b"), Time: pointer(t, "/t")}
		case 2:
			opts.Line = lineFormat(t, "<(?P<body>.*)>(?P<time>.*)")
		case 3:
			opts.Formats = []Format{{Name: "list", Opens: []string{"{", `"list"`}, Bodies: func(line []byte) ([]Body, error) {
				if n := bytes.Count(line, []byte("x")); n > 0 {
					return make([]Body, n), nil
				}
				return nil, io.ErrNoProgress
			}}}
		}
		whole := told(t, text, bytes.NewReader(text), opts)
		pieces := told(t, text, iotest.OneByteReader(bytes.NewReader(text)), opts)
		if whole != pieces {
			t.Errorf("at once\n%s\nbyte by byte\n%s", whole, pieces)
		}
		if elsewhere := told(t, text, bytes.NewReader(text), unopened(opts, 20)); whole != elsewhere {
			t.Errorf("opened by the reader\n%s\nby others\n%s", whole, elsewhere)
		}
		failing := io.MultiReader(bytes.NewReader(text), iotest.ErrReader(errors.New("disk on fire")))
		if all := told(t, text, failing, opts); !strings.Contains(all, CodeFile) && !strings.Contains(all, CodeArchive) && !strings.Contains(all, CodeExpand) {
			t.Errorf("a failure is not told of:\n%s", all)
		}
	})
}

// told writes down what comes of a text, and holds it against the text.
func told(t *testing.T, text []byte, r io.Reader, opts Options) string {
	t.Helper()
	var b strings.Builder
	docs, counts := documents(t, []string{Stdin}, r, opts)
	last := int64(0)
	for _, d := range docs {
		_, _ = fmt.Fprintf(&b, "%d:%d %d %d %q %v %s\n", d.Line, d.Column, d.Offset, d.Lines, d.Body, d.Derived, codeOf(d))
		if d.Lines < 0 || d.Offset < last && !opts.Line.IsZero() {
			t.Errorf("%+v behind %d", d, last)
		}
		last = d.Offset
		archive := bytes.HasPrefix(text, gzipMagic) || isZstd(text[:min(4, len(text))])
		if d.Err != nil || archive {
			continue
		}
		if d.Line != 1+bytes.Count(text[:d.Offset], []byte("\n")) && !d.Derived {
			t.Errorf("%+v is not on that line", d)
		}
		if !d.Derived && !bytes.HasPrefix(text[d.Offset:], d.Body) {
			t.Errorf("%+v is not there", d)
		}
	}
	_, _ = fmt.Fprintf(&b, "%+v", counts)
	return b.String()
}

func codeOf(d Document) string {
	if d.Err == nil {
		return ""
	}
	return d.Err.Code + " " + d.Err.Error()
}
