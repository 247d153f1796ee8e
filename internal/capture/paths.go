package capture

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A PathError says that a path that the user named cannot be used: a mistake on the command line, not in the data.
type PathError struct {
	Path string
	Err  error
}

func (e *PathError) Error() string { return fmt.Sprintf("read %s: %v", e.Path, e.Err) }

func (e *PathError) Unwrap() error { return e.Err }

// A source is one stream of documents that is still to be opened, or a reason why it cannot be.
type source struct {
	name  string
	named bool // by the user, and not found in a folder
	open  func() (io.ReadCloser, error)
	err   error
}

// checkPaths refuses what is not there before anything is read.
func checkPaths(paths []string) error {
	stdin := 0
	for _, p := range paths {
		if p == Stdin {
			stdin++
			continue
		}
		if _, err := os.Stat(p); err != nil {
			return &PathError{Path: p, Err: bare(err)}
		}
	}
	if stdin > 1 {
		return &PathError{Path: Stdin, Err: fmt.Errorf("the standard input can be read only once")}
	}
	return nil
}

// bare is what the system said of a path, without the path: that is told beside it, and findings that differ in it alone are
// of one kind.
func bare(err error) error {
	if pe := new(fs.PathError); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// sources yields the sources in the order of the paths; what a folder holds in the order of names, folder by folder.
func sources(paths []string, stdin io.Reader, skipped *skipList) iter.Seq[source] {
	return func(yield func(source) bool) {
		for _, p := range paths {
			if p == Stdin {
				if !yield(source{name: Stdin, named: true, open: func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }}) {
					return
				}
				continue
			}
			info, err := os.Stat(p)
			switch {
			case err != nil:
				if !yield(source{name: p, err: bare(err)}) {
					return
				}
			case !info.IsDir():
				given := file(p)
				given.named = true
				if !yield(given) {
					return
				}
			case !folder(p, skipped, yield):
				return
			}
		}
	}
}

func file(name string) source {
	return source{name: name, open: func() (io.ReadCloser, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, bare(err)
		}
		return f, nil
	}}
}

// folder yields the captures in a folder and below. What is hidden, what does not look like a capture, and links to folders
// are left out and noted. It reports whether to go on.
func folder(root string, skipped *skipList, yield func(source) bool) bool {
	entries, err := os.ReadDir(root) // sorted by name
	if err != nil && !yield(source{name: root, err: bare(err)}) {
		return false
	}
	for _, d := range entries {
		name := filepath.Join(root, d.Name())
		if strings.HasPrefix(d.Name(), ".") {
			skipped.add(name)
			continue
		}
		if d.IsDir() {
			if !folder(name, skipped, yield) {
				return false
			}
			continue
		}
		if !skipped.wants(d.Name()) || !isFile(name, d) {
			skipped.add(name)
			continue
		}
		if !yield(file(name)) {
			return false
		}
	}
	return true
}

// isFile reports whether an entry is a regular file or a link to one: a pipe or a device would block. A broken link
// counts: that it cannot be opened is worth telling.
func isFile(name string, d fs.DirEntry) bool {
	if d.Type().IsRegular() {
		return true
	}
	info, err := os.Stat(name)
	return err != nil || info.Mode().IsRegular()
}

// The endings of what is read when a folder is named; what is named itself is read whatever it is called.
var (
	plainEndings  = []string{".json", ".ndjson", ".jsonl", ".har"}
	packedEndings = []string{".gz", ".zst", ".zstd"}
)

// Endings are those of the files that are read when a folder is named, but for what a compressor puts behind them.
func (o *Options) Endings() []string {
	if !o.Line.IsZero() {
		return slices.Concat(plainEndings, []string{".log", ".txt"})
	}
	return slices.Clone(plainEndings)
}

func isCapture(name string) bool { return slices.Contains(plainEndings, filepath.Ext(unpacked(name))) }

// isLog recognises text logs too, also those that were rotated: access.log.1.gz.
func isLog(name string) bool {
	name = unpacked(name)
	return isCapture(name) || filepath.Ext(name) == ".txt" || filepath.Ext(name) == ".log" || strings.Contains(name, ".log.") || strings.Contains(name, ".log-")
}

// unpacked is a name without what a compressor put behind it.
func unpacked(name string) string {
	name = strings.ToLower(name)
	for _, e := range packedEndings {
		name = strings.TrimSuffix(name, e)
	}
	return name
}

// A skipList counts what was left out and keeps the first few names.
type skipList struct {
	n     int
	first []string
	wants func(name string) bool // tells what is left out from what is read
}

func (s *skipList) add(name string) {
	s.n++
	if len(s.first) < 3 {
		s.first = append(s.first, name)
	}
}
