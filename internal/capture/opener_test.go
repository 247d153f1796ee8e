package capture

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWhatOthersOpenIsWhatTheReaderOpens(t *testing.T) {
	t.Parallel()
	list := Format{Name: "list", Opens: []string{"{", `"list"`}, Bodies: func(line []byte) ([]Body, error) {
		return make([]Body, strings.Count(string(line), "x")), nil
	}}
	envelopes := `{"t":1,"b":{}}` + "\n\n" + `{"t":"x","b":"{}"}` + "\n" + `{"b":null}` + "\nno\n" + `{"t":"y","b":"e30="}`
	log := "1 <{}>\n\n2 <->\nx <{\\x22a\\x22:1}>\nno\ny <>\n"
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.json": "", "b.json": `{"b":null}`, "c.json": envelopes, "d.json": envelopes, "e.json": har, "f.json": `{"list":1}` + "\nxx\nx\n\ny\n", "g.json": `{"log":{"entries":[]}}`, "h.log": log, "i.log": "\n", "j.log": "1 <>",
	})
	for name, opts := range map[string]Options{
		"envelopes": {Envelope: Envelope{Body: pointer(t, "/b"), Time: pointer(t, "/t")}}, "a log": {Line: lineFormat(t, `^(?P<time>.) <(?P<body>.*)>$`)}, "by themselves": {Formats: []Format{list}},
	} {
		docs, counts := documents(t, []string{dir, dir}, nil, opts)
		want := fmt.Sprintf("%+v\n%+v\n%q", docs, counts, counts.Notes())
		for _, size := range []int{1, 15, 1000} {
			docs, counts := documents(t, []string{dir, dir}, nil, unopened(opts, size))
			if got := fmt.Sprintf("%+v\n%+v\n%q", docs, counts, counts.Notes()); got != want {
				t.Errorf("%s, those of up to %d bytes are opened by others:\n%s\nwant\n%s", name, size, got, want)
			}
		}
	}
}

func TestCountsAreMergedInAnyOrder(t *testing.T) {
	t.Parallel()
	parts := make([]Counts, 6)
	for i := range parts {
		c := &parts[i]
		*c = Counts{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, first{}, first{}}
		for range i {
			c.stamp("soon", &Document{Source: fmt.Sprint(5 - i), Line: i, Offset: int64(10 * i), input: 3 - i/2})
			c.Nothing(9-i, fmt.Sprint(i))
		}
	}
	var want string
	for turn := range 5 {
		var all Counts
		for _, c := range slices.Concat(parts[turn:], parts[:turn]) {
			all.Merge(&c)
		}
		got := fmt.Sprintf("%+v %q", all, all.Notes())
		if turn == 0 {
			want = got
		}
		if got != want || !strings.Contains(got, `"soon" at 1:4`) && !strings.Contains(got, `\"soon\" at 1:4`) || all.Unstamped != 15 || all.Lines != 6 || all.Empty != 45 || !strings.Contains(got, "first 5") {
			t.Errorf("%s\n%s", got, want)
		}
	}
}

func TestALargeDocumentIsOpenedWhereItIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.json": `{"b":{}}` + "\n" + `{"b":{"a":1}}` + "\n"})
	r, err := Open([]string{filepath.Join(dir, "a.json")}, nil, Options{Envelope: Envelope{Body: pointer(t, "/b")}, Unopened: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, want := range []string{`{"b":{}}`, `{"a":1}`} {
		doc, err := r.Next(t.Context())
		if err != nil || string(doc.Body) != want || doc.Unopened() != (want == `{"b":{}}`) {
			t.Errorf("%+v: %s, %v", doc, doc.Body, err)
		}
	}
}

func TestABodyAndItsTimeMayLieInTwoStrings(t *testing.T) {
	t.Parallel()
	text := `{"m":"{\"b\":\"{\\\"a\\\":1}\",\"t\":5}","n":"{\"t\":1795381445}"}`
	docs, _ := documents(t, []string{Stdin}, strings.NewReader(text), Options{Envelope: Envelope{Body: pointer(t, "/m#/b"), Time: pointer(t, "/n#/t")}})
	if len(docs) != 1 || string(docs[0].Body) != `{"a":1}` || docs[0].Arrived.Unix() != 1795381445 {
		t.Errorf("%+v", docs)
	}
}
