package capture

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/relaycheck/relaycheck/schema"
)

// readAll reads paths to their end; each document is "source:line body" or "source:line !code".
func readAll(t testing.TB, dir string, paths []string, stdin io.Reader, opts Options) []string {
	t.Helper()
	r, err := Open(paths, stdin, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []string
	for {
		doc, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		name := doc.Source
		if rel, err := filepath.Rel(dir, name); err == nil && name != Stdin {
			name = filepath.ToSlash(rel)
		}
		if doc.Err != nil {
			got = append(got, fmt.Sprintf("%s:%d !%s", name, doc.Line, doc.Err.Code))
		} else {
			got = append(got, fmt.Sprintf("%s:%d %s", name, doc.Line, doc.Body))
		}
	}
}

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func zip(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zst(t testing.TB, s string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(s), nil))
}

func TestPathsAreReadInOrderAndFoldersByName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"b.json": "{\"b\":1}", "a.ndjson": "{\"a\":1}\n{\"a\":2}\n", "c/d.JSONL": "{\"d\":1}", "c/a/x.json.gz": zip(t, "{\"x\":1}"),
		"z.ndjson.zst": zst(t, "{\"z\":1}\n"), ".hidden.json": "{}", ".git/x.json": "{}", "README.md": "# no", "c/notes.txt": "no", "empty.json": "",
	})
	got := readAll(t, dir, []string{filepath.Join(dir, "z.ndjson.zst"), dir, Stdin}, strings.NewReader("{\"s\":1}"), Options{})
	want := []string{
		`z.ndjson.zst:1 {"z":1}`,
		`a.ndjson:1 {"a":1}`, `a.ndjson:2 {"a":2}`, `b.json:1 {"b":1}`, `c/a/x.json.gz:1 {"x":1}`, `c/d.JSONL:1 {"d":1}`, `z.ndjson.zst:1 {"z":1}`,
		`-:1 {"s":1}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	r, err := Open([]string{dir}, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		if _, err := r.Next(t.Context()); err != nil {
			break
		}
	}
	var skipped []string
	n, first := r.Skipped()
	for _, name := range first {
		skipped = append(skipped, filepath.Base(name))
	}
	if want := []string{".git", ".hidden.json", "README.md"}; n != 4 || !slices.Equal(skipped, want) {
		t.Errorf("skipped %d: %q", n, first)
	}
}

func TestWhatIsNamedIsReadWhateverItIsCalled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"capture.log": "{\"a\":1}\n", ".hidden": zip(t, "{\"b\":1}\n")})
	got := readAll(t, dir, []string{filepath.Join(dir, "capture.log"), filepath.Join(dir, ".hidden")}, nil, Options{})
	if want := []string{`capture.log:1 {"a":1}`, `.hidden:1 {"b":1}`}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestLinksToFilesAreFollowedAndLinksToFoldersAreNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"real/a.json": "{\"a\":1}"})
	for link, to := range map[string]string{"b.json": "real/a.json", "c.json": "nowhere", "d.json": "real"} {
		if err := os.Symlink(filepath.Join(dir, to), filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	got := readAll(t, dir, []string{dir}, nil, Options{})
	if want := []string{`b.json:1 {"a":1}`, "c.json:1 !RC2004", `real/a.json:1 {"a":1}`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Findings that differ in a path alone are of one kind, and the path is told beside each.
func TestAFileThatCannotBeOpenedIsNamedOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "a.json")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	docs, _ := documents(t, []string{dir}, nil, Options{})
	if len(docs) != 1 || docs[0].Err == nil || !errors.Is(docs[0].Err, os.ErrNotExist) || strings.Contains(docs[0].Err.Error(), "a.json") {
		t.Errorf("got %+v", docs)
	}
}

func TestAPathThatIsNotThereIsRefusedBeforeAnythingIsRead(t *testing.T) {
	t.Parallel()
	stdin := strings.NewReader("{}")
	_, err := Open([]string{Stdin, filepath.Join(t.TempDir(), "nowhere.json")}, stdin, Options{})
	var pe *PathError
	if !errors.As(err, &pe) || !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "nowhere.json") != 1 {
		t.Errorf("got %v", err)
	}
	if stdin.Len() != 2 {
		t.Error("the standard input was read")
	}
	if _, err := Open([]string{Stdin, Stdin}, stdin, Options{}); !errors.As(err, &pe) {
		t.Errorf("the standard input twice: %v", err)
	}
}

func TestAFileThatMayNotBeReadIsToldOf(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("permissions do not bind this user")
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.json": "{}", "b.json": "{}"})
	if err := os.Chmod(filepath.Join(dir, "a.json"), 0); err != nil {
		t.Fatal(err)
	}
	if got, want := readAll(t, dir, []string{dir}, nil, Options{}), []string{"a.json:1 !RC2004", "b.json:1 {}"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestArchivesAreKnownByTheirFirstBytes(t *testing.T) {
	t.Parallel()
	text := "{\"a\":1}\n{\"b\":2}\n"
	skippable := "\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
	for name, in := range map[string]string{
		"plain": text, "gzip": zip(t, text), "zstd": zst(t, text),
		"gzip in two members": zip(t, text[:8]) + zip(t, text[8:]), "zstd in two frames": zst(t, text[:8]) + zst(t, text[8:]),
		"zstd behind a frame to be skipped": skippable + zst(t, text),
	} {
		got := readAll(t, "", []string{Stdin}, strings.NewReader(in), Options{})
		if want := []string{`-:1 {"a":1}`, `-:2 {"b":2}`}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestACutOrDamagedArchiveIsToldOfBehindWhatWasRead(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&lines, "{\"n\":%d,\"x\":%q}\n", i, strings.Repeat(string(rune('a'+i*7919%26)), i*31%97))
	}
	for name, pack := range map[string]func(testing.TB, string) string{"gzip": zip, "zstd": zst} {
		whole := pack(t, lines.String())
		for _, cut := range []int{len(whole) * 2 / 3, len(whole) - 1, len(whole) - 5, 11, 5} {
			got := readAll(t, "", []string{Stdin}, strings.NewReader(whole[:cut]), Options{})
			if len(got) == 0 || !strings.HasSuffix(got[len(got)-1], " !RC2002") {
				t.Errorf("%s cut at %d of %d: the last of %d is %q", name, cut, len(whole), len(got), got[max(0, len(got)-1):])
				continue
			}
			for i, g := range got[:len(got)-1] {
				if !strings.HasPrefix(g, fmt.Sprintf("-:%d {\"n\":%d,", i+1, i)) || !strings.HasSuffix(g, "}") {
					t.Fatalf("%s cut at %d: document %d is %q", name, cut, i, g)
				}
			}
		}
		damaged := []byte(whole)
		damaged[len(damaged)/2] ^= 0xff
		got := readAll(t, "", []string{Stdin}, bytes.NewReader(damaged), Options{})
		if !slices.ContainsFunc(got, func(g string) bool { return strings.HasSuffix(g, " !RC2002") }) {
			t.Errorf("%s damaged: %d documents, none says so", name, len(got))
		}
	}
}

func TestABombIsEndedAndTheNextFileRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.json.zst": zst(t, "{}\n"+strings.Repeat("0", 64<<20)), "b.ndjson.zst": zst(t, strings.Repeat("{\"a\":1}\n", 300_000)), "c.json": "{}",
	})
	got := readAll(t, dir, []string{dir}, nil, Options{MaxExpand: 1 << 20})
	if n := len(got); got[0] != "a.json.zst:1 {}" || got[1] != "a.json.zst:2 !RC2003" ||
		!strings.HasSuffix(got[n-2], "!RC2003") || got[n-1] != "c.json:1 {}" {
		t.Errorf("got %.200q … %q", got[:3], got[max(0, n-3):])
	}
	// What expands below the bound is read to its end.
	if got := readAll(t, dir, []string{filepath.Join(dir, "b.ndjson.zst")}, nil, Options{}); len(got) != 300_000 {
		t.Errorf("%d documents", len(got))
	}
}

// endless yields lines, or one line that does not end, until so many bytes were read.
type endless struct {
	line string
	left int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n+len(e.line) <= len(p) {
		n += copy(p[n:], e.line)
	}
	e.left -= int64(n)
	return n, nil
}

func TestMemoryStaysFlat(t *testing.T) {
	for name, line := range map[string]string{"one line": "x", "many lines": "{\"a\":\"" + strings.Repeat("b", 500) + "\"}\n", "a nest": "["} {
		r, err := Open([]string{Stdin}, &endless{line: line, left: 48 << 20}, Options{MaxLine: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n := 0
		for {
			if _, err := r.Next(t.Context()); err != nil {
				break
			}
			n++
		}
		runtime.ReadMemStats(&after)
		if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 12 {
			t.Errorf("%s: %d MiB were allocated for %d documents", name, got, n)
		}
		r.Close()
	}
}

func TestAContextThatIsDoneEndsTheReading(t *testing.T) {
	t.Parallel()
	r, err := Open([]string{Stdin}, strings.NewReader("{}\n{}\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := r.Next(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheCodesAreCompleteSortedAndNoneOfTheSchemas(t *testing.T) {
	t.Parallel()
	if !slices.IsSortedFunc(Codes(), func(a, b schema.Code) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("not sorted")
	}
	for _, c := range Codes() {
		if c.Title == "" || c.Explanation == "" || c.Source == "" || c.Mend == "" || c.Severity != schema.Error {
			t.Errorf("%+v", c)
		}
		if _, ok := schema.Explain(c.ID); ok {
			t.Errorf("%s is a code of the schemas too", c.ID)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	line := "{\"a\":\"" + strings.Repeat("b", 500) + "\"}\n"
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	r, err := Open([]string{Stdin}, &endless{line: line, left: 1 << 62}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for b.Loop() {
		if _, err := r.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// The last read before the bound may have room for far more.
func TestAnArchiveExpandsToItsBoundAndNotBeyond(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 2000)
	for name, packed := range map[string]string{"gzip": zip(t, text), "zstd": zst(t, text)} {
		for _, floor := range []int64{0, 1, 100, 1999, 2000, math.MaxInt64} {
			out, free, _, err := unpack(strings.NewReader(packed), expansion{floor: floor})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(out)
			free()
			_, over := errors.AsType[*expandError](err)
			if int64(len(got)) != min(floor, 2000) || over != (floor < 2000) || !over && err != nil {
				t.Errorf("%s, at most %d bytes: %d bytes, %v", name, floor, len(got), err)
			}
		}
	}
}
