package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The formats that Write knows, and the names of their files.
var files = []struct{ format, name string }{
	{"json", "report.json"},
	{"junit", "junit.xml"},
	{"html", "report.html"},
	{"md", "report.md"},
	{"ndjson", "run.ndjson"},
	{"har", "run.har"},
	{"badge", "badge.svg"},
}

// Formats lists the formats that Write knows.
func Formats() []string {
	var names []string
	for _, f := range files {
		names = append(names, f.format)
	}
	return names
}

// An UnknownFormatError says that Write was asked for a format that there is not.
type UnknownFormatError struct{ Format string }

func (e *UnknownFormatError) Error() string {
	return fmt.Sprintf("unknown report format %q; there are %s", e.Format, strings.Join(Formats(), ", "))
}

// CheckFormats returns an *UnknownFormatError for the first unknown one: to be asked before a run is started.
func CheckFormats(formats []string) error {
	for _, f := range formats {
		if !slices.Contains(Formats(), f) {
			return &UnknownFormatError{Format: f}
		}
	}
	return nil
}

// Write writes the reports that are asked for into dir, which is made if need be, and returns their paths in the order
// of Formats. A file is there whole or not at all: it gets its name once it is written. An unknown format is an error
// before anything is written; where one file cannot be written the others still are, and the errors come joined.
func Write(dir string, formats []string, r Report, run Run) (paths []string, err error) {
	if err := CheckFormats(formats); err != nil {
		return nil, err
	}
	if len(formats) == 0 {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // reports are for everyone who may read the checkout
		return nil, fmt.Errorf("make the report directory: %w", err)
	}
	var errs []error
	for _, f := range files {
		if !slices.Contains(formats, f.format) {
			continue
		}
		path := filepath.Join(dir, f.name)
		if err := writeFile(path, renderer(f.format, r, run), verifier(f.format, r)); err != nil {
			errs = append(errs, err)
			continue
		}
		paths = append(paths, path)
	}
	return paths, errors.Join(errs...)
}

// WriteFile writes the report of one format to a path, whole or not at all. An unknown format is an *UnknownFormatError.
func WriteFile(path, format string, r Report, run Run) error {
	if err := CheckFormats([]string{format}); err != nil {
		return err
	}
	return writeFile(path, renderer(format, r, run), verifier(format, r))
}

// Render writes the report of one format. An unknown format is an *UnknownFormatError.
func Render(w io.Writer, format string, r Report, run Run) error {
	if err := CheckFormats([]string{format}); err != nil {
		return err
	}
	return renderer(format, r, run)(w)
}

// renderer returns the function that writes a format.
func renderer(format string, r Report, run Run) func(io.Writer) error {
	switch format {
	case "json":
		return func(w io.Writer) error { return JSON(w, r) }
	case "junit":
		return func(w io.Writer) error { return JUnit(w, r) }
	case "html":
		return func(w io.Writer) error { return HTML(w, r, run) }
	case "md":
		return func(w io.Writer) error { return Markdown(w, r) }
	case "har":
		return func(w io.Writer) error { return HAR(w, run) }
	case "badge":
		return func(w io.Writer) error { return Badge(w, r) }
	default:
		return func(w io.Writer) error { return WriteLog(w, run) }
	}
}

// verifier returns the function that reads a written file back, nil if there is none for the format.
func verifier(format string, r Report) func(io.Reader) error {
	if format != "junit" {
		return nil
	}
	return func(file io.Reader) error { return verifyJUnit(file, r) }
}

// writeFile writes a file through a temporary one beside it, which gets the name only if verify finds nothing wrong.
func writeFile(path string, render func(io.Writer) error, verify func(io.Reader) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close() // closed already, or not worth a second error
			_ = os.Remove(tmp.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if err := safely(render, tmp); err != nil {
		return err
	}
	if verify != nil {
		if _, err := tmp.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := verify(tmp); err != nil {
			return err
		}
	}
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// safely renders, and makes an error of a panic: one report that fails must not take the others with it.
func safely(render func(io.Writer) error, w io.Writer) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return render(w)
}
