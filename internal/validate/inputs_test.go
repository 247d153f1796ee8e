package validate

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/schema"
)

// folder writes files and gives the folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestEachInputHasItsOwnSummary(t *testing.T) {
	t.Parallel()
	start := line1(schema.TaskStart)
	timed := strings.Replace(start, `"appid"`, `"event_time":"1712893433","appid"`, 1)
	many := strings.Repeat(start+"\n", 4000) // read as lines, with two odd ones among them
	dir := folder(t, map[string]string{
		"a.ndjson": start + "\n\n" + timed + "\n" + start[:50] + "\n",
		"b.json":   "[" + start + ",\n" + strings.Replace(start, `"appid"`, `"nonce":1,"appid"`, 1) + "]",
		"c.ndjson": many + "nothing\n" + many + "\n\n" + `{"event_type":314}` + "\n",
		"d.json":   start,
	})
	paths := func(names ...string) (out []string) {
		for _, n := range names {
			out = append(out, filepath.Join(dir, n))
		}
		return out
	}
	for name, in := range map[string][]string{
		"files": paths("a.ndjson", "b.json", "c.ndjson", "d.json"), "the folder": {dir}, "a file twice": paths("d.json", "d.json", "a.ndjson", "c.ndjson", "c.ndjson", "b.json"),
	} {
		var out bytes.Buffer
		sum, err := Run(t.Context(), in, nil, &out, Options{Format: NDJSON})
		if err != nil {
			t.Fatal(err)
		}
		tail := tailOf(t, out.String())
		want := map[string]Input{
			"a.ndjson": {Documents: 3, Judged: 2, Refused: 1, OK: 2, Unreadable: 1, Relay: 2, Lines: 3, Editions: []schema.Edition{schema.Edition2024_04, schema.Edition2025_09}},
			"b.json":   {Documents: 2, Judged: 2, OK: 1, Warnings: 1, Relay: 2, Lines: 2, Editions: []schema.Edition{}},
			"c.ndjson": {Documents: 8002, Judged: 8001, Refused: 1, OK: 8000, Errors: 1, Unreadable: 1, Relay: 8001, Lines: 8002, Editions: []schema.Edition{}},
			"d.json":   {Documents: 1, Judged: 1, OK: 1, Relay: 1, Lines: 1, Editions: schema.Editions()},
		}
		if name != "the folder" && len(tail.Inputs) != len(in) || name == "the folder" && len(tail.Inputs) != 4 {
			t.Errorf("%s: %d inputs", name, len(tail.Inputs))
		}
		var total Summary
		for _, got := range tail.Inputs {
			one := want[filepath.Base(got.Source)]
			one.Source = got.Source
			if !reflect.DeepEqual(got, one) {
				t.Errorf("%s:\n got %+v\nwant %+v", name, got, one)
			}
			total.Documents += got.Documents
			total.OK += got.OK
			total.Warnings += got.Warnings
			total.Errors += got.Errors
			total.Unreadable += got.Unreadable
		}
		if total != sum || tail.Summary != sum {
			t.Errorf("%s: the inputs come to %+v, the whole to %+v, told is %+v", name, total, sum, tail.Summary)
		}
		if l := tail.Lines; l == nil || l.Read != l.Of+l.Without || l.Without == 0 {
			t.Errorf("%s: lines %+v", name, l)
		}
	}
}

func TestTheTableOfInputsHasARowForEachAndTheTotal(t *testing.T) {
	t.Parallel()
	start := line1(schema.TaskStart)
	dir := folder(t, map[string]string{"a.ndjson": start + "\n\n" + start[:50] + "\n", "b.json": start})
	var out bytes.Buffer
	if _, err := Run(t.Context(), []string{dir}, nil, &out, Options{}); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(out.String(), dir+string(filepath.Separator), "")
	_, got, _ = strings.Cut(got, "\ninput")
	got = "input" + got
	for i, want := range []string{
		`input .* read  judged  refused  ok  warnings  errors  fits`,
		`.*a.ndjson +2       1        1   1         0       0  each`,
		`.*b.json +1       1        0   1         0       0  each`,
		`total +3       2        1   2         0       0`,
		`4 lines = 3 of documents \+ 1 without one`,
		`3 read = 2 judged \+ 1 refused`,
	} {
		mustMatch(t, strings.Split(got, "\n")[i], want)
	}
}

func TestManyInputsHaveAShortTableWithThoseThatMatter(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 100 {
		files[fmt.Sprintf("%03d.json", i)] = line1(schema.TaskStart)
	}
	files["077.json"] = "{}"
	dir := folder(t, files)
	var out bytes.Buffer
	if _, err := Run(t.Context(), []string{dir}, nil, &out, Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "077.json  ") || !strings.Contains(out.String(), "\n… and 60 more inputs\ntotal ") || strings.Count(out.String(), ".json  ") != maxRows {
		t.Error(out.String())
	}
	in := &inputs{}
	for i := range maxInputs + 5 {
		in.add(i+1, "x", &tally{ok: 1})
	}
	if list, more := in.list(); len(list) != maxInputs || more != 5 {
		t.Errorf("%d inputs are told of, %d are not", len(list), more)
	}
}

func TestALongNameLosesItsBeginning(t *testing.T) {
	t.Parallel()
	for _, name := range []string{strings.Repeat("a/", 40) + "end.json", strings.Repeat("字", 60) + "end.json", strings.Repeat("x", maxName+1)} {
		if got := shorten(name); columns(got) > maxName || !strings.HasPrefix(got, "…") || !strings.HasSuffix(name, strings.TrimPrefix(got, "…")) {
			t.Errorf("%s became %s, of %d columns", name, got, columns(got))
		}
	}
	if got := shorten("short"); got != "short" {
		t.Error(got)
	}
}
