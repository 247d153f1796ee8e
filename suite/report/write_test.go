package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inDir lists a directory, hidden files included.
func inDir(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWriteWritesWhatIsAskedForAndNothingElse(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	run := fixture()
	paths, err := Write(dir, []string{"ndjson", "junit", "json", "md", "html", "json"}, Build(run), run)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	if diff := cmp.Diff([]string{"report.json", "junit.xml", "report.html", "report.md", "run.ndjson"}, names); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"junit.xml", "report.html", "report.json", "report.md", "run.ndjson"}, inDir(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil || info.Size() == 0 || info.Mode().Perm()&0o444 != 0o444 {
			t.Errorf("%s: %v, %v", p, info, err)
		}
	}
}

func TestWriteOfOneFormatWritesOneFile(t *testing.T) {
	t.Parallel()
	for format, name := range map[string]string{"json": "report.json", "junit": "junit.xml", "html": "report.html", "md": "report.md", "ndjson": "run.ndjson", "har": "run.har", "badge": "badge.svg"} {
		dir := t.TempDir()
		run := fixture()
		if _, err := Write(dir, []string{format}, Build(run), run); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if diff := cmp.Diff([]string{name}, inDir(t, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestAnUnknownFormatIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "reports")
	_, err := Write(dir, []string{"json", "pdf"}, Report{}, Run{})
	var unknown *UnknownFormatError
	if !errors.As(err, &unknown) || err.Error() != `unknown report format "pdf"; there are json, junit, html, md, ndjson, har, badge` {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory was made: %v", err)
	}
}

func TestNoFormatWritesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "reports")
	if paths, err := Write(dir, nil, Report{}, Run{}); len(paths) != 0 || err != nil {
		t.Errorf("got %v, %v", paths, err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory was made: %v", err)
	}
}

func TestAnOlderReportIsReplacedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "report.json")
	if err := os.WriteFile(path, []byte("the older one"), 0o600); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := writeFile(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half a ")
		return boom
	}, nil)
	if !errors.Is(err, boom) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	err = writeFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "a whole one that is wrong")
		return err
	}, func(r io.Reader) error {
		if b, _ := io.ReadAll(r); string(b) != "a whole one that is wrong" {
			t.Errorf("read back %q", b)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "the older one" {
		t.Errorf("the file holds %q", b)
	}
	if diff := cmp.Diff([]string{"report.json"}, inDir(t, dir)); diff != "" {
		t.Errorf("something is left over (-want +got):\n%s", diff)
	}
	if _, err := Write(dir, []string{"json"}, Build(fixture()), fixture()); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); !json.Valid(b) {
		t.Errorf("the file holds %.100q", b)
	}
}

func TestOneFileThatCannotBeWrittenDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// A directory in the place of the file: nothing can be renamed over it.
	if err := os.MkdirAll(filepath.Join(dir, "report.json", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	run := fixture()
	paths, err := Write(dir, []string{"json", "junit"}, Build(run), run)
	if err == nil || !strings.Contains(err.Error(), "report.json") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "junit.xml")}, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"junit.xml", "report.json"}, inDir(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestADirectoryThatCannotBeMadeIsAnError(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(filepath.Join(file, "reports"), []string{"json"}, Report{}, Run{}); err == nil || !strings.Contains(err.Error(), "make the report directory") {
		t.Errorf("got %v", err)
	}
}

func TestTheRunLogThatIsWrittenCanBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := fixture()
	if _, err := Write(dir, []string{"ndjson"}, Build(run), run); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "run.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadLog(bytes.NewReader(b))
	if err != nil || len(got.Plays) != len(run.Plays) {
		t.Errorf("%d plays, %v", len(got.Plays), err)
	}
}
