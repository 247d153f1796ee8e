package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/relaycheck/relaycheck/internal/validate"
	"github.com/relaycheck/relaycheck/schema"
)

// pack implements "pack gzip|zstd FILE TO [BYTES]": it compresses a file, and cuts it after so many bytes, from its
// end where they are negative.
func pack(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 && len(args) != 4 {
		ts.Fatalf("usage: pack gzip|zstd FILE TO [BYTES]")
	}
	data := packed(ts, args[0], []byte(ts.ReadFile(args[1])))
	if len(args) == 4 {
		var n int
		_, err := fmt.Sscan(args[3], &n)
		ts.Check(err)
		if n < 0 {
			n += len(data)
		}
		data = data[:n]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), data, 0o600))
}

func packed(ts *testscript.TestScript, how string, data []byte) []byte {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if how == "zstd" {
		var err error
		w, err = zstd.NewWriter(&b)
		ts.Check(err)
	}
	_, err := w.Write(data)
	ts.Check(err)
	ts.Check(w.Close())
	return b.Bytes()
}

// aLine is a callback that is fine, on one line with its end.
func aLine(ts *testscript.TestScript) string {
	sample, _ := schema.Sample(schema.Edition2022_01, schema.TaskStart)
	var b bytes.Buffer
	ts.Check(json.Compact(&b, sample))
	return b.String() + "\n"
}

// damaged implements "damaged FOLDER": it makes a folder with one damaged file of each kind, and one that is whole.
func damaged(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: damaged FOLDER")
	}
	ok := aLine(ts)
	body, _ := json.Marshal(ok)
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 5000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	var many strings.Builder
	for i := range 3000 {
		many.WriteString(strings.Replace(ok, `"task_id":"`, fmt.Sprintf(`"task_id":"%d%d`, random.Uint64(), i), 1))
	}
	cut := func(how string) []byte {
		whole := packed(ts, how, []byte(many.String()))
		return whole[:len(whole)/2]
	}
	entry := fmt.Sprintf("{\"startedDateTime\": \"2026-11-22T21:04:05Z\", \"request\": {\"postData\": {\"text\": %s}}}", body)
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o750))
	for name, content := range map[string][]byte{
		"array.json":          []byte("[\n" + ok + ",\n" + ok + "} ,\n" + ok),
		"binary.json":         append([]byte{0, 1, 2}, noise...),
		"bomb.ndjson.gz":      packed(ts, "gzip", []byte(ok+ok+strings.Repeat("\n", 8<<20))),
		"cut.har":             []byte("{\"log\": {\"entries\": [\n" + entry + ",\n" + entry + ",\n" + entry[:50]),
		"cut.ndjson.gz":       cut("gzip"),
		"cut.ndjson.zst":      cut("zstd"),
		"damaged-line.ndjson": []byte(ok + ok[:50] + "\n" + ok),
		"empty.ndjson":        nil,
		"long-line.ndjson":    []byte(ok + `{"a":"` + strings.Repeat("x", 200_000) + "\"}\n" + ok),
		"utf8.ndjson":         []byte(ok + strings.Replace(ok, `"stream_id":"`, "\"stream_id\":\"\xff", 1) + ok),
		"whole.ndjson":        []byte(ok + "\n" + ok),
	} {
		ts.Check(os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
}

// addsUp implements "adds-up": what the standard output, one document of JSON, tells of each input and of all of them has
// to add up, and to agree with the documents that it lists (with --all).
func addsUp(ts *testscript.TestScript, _ bool, _ []string) {
	var out struct {
		Documents []validate.Record
		validate.Tail
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &out))
	refused, judged := map[string]int{}, map[string]int{}
	for _, d := range out.Documents {
		if d.Unreadable {
			refused[d.Source]++
		} else {
			judged[d.Source]++
		}
	}
	documents, lines := 0, 0
	for _, in := range out.Inputs {
		if in.Documents != in.Judged+in.Refused || in.Judged != in.OK+in.Warnings+in.Errors {
			ts.Fatalf("%+v does not add up", in)
		}
		judged[in.Source] -= in.Judged // a file may be named more than once
		refused[in.Source] -= in.Refused
		documents, lines = documents+in.Documents, lines+in.Lines
	}
	for _, left := range []map[string]int{judged, refused} {
		for source, n := range left {
			if n != 0 {
				ts.Fatalf("of %s, there are %d documents more than are said to be", source, n)
			}
		}
	}
	s := out.Summary
	if s.Documents != documents || s.Documents != s.OK+s.Warnings+s.Errors+s.Unreadable || s.Documents != len(out.Documents) {
		ts.Fatalf("%+v, and the inputs have %d", s, documents)
	}
	if l := out.Lines; l == nil || l.Of != lines || l.Read != l.Of+l.Without {
		ts.Fatalf("%+v, and the inputs have %d", l, lines)
	}
}
