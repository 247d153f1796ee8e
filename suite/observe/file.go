package observe

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Bounds on reading a file.
const (
	// maxLine is how much of a line is looked at, in bytes; what follows is read and forgotten.
	maxLine = 256 << 10
	// maxMatches is how many matching lines are kept for expressions: the last ones. All are counted.
	maxMatches = 1000
	// maxMatched is how many bytes of them are kept.
	maxMatched = 4 << 20
	// maxWhole is the size up to which a file is offered as a whole, as text and json.
	maxWhole = 1 << 20
	// skipFrom is the size from which on a file is taken for a log that only grows, so that what was in it before
	// the run can be skipped. A smaller one is read whole every time: it may be rewritten in place.
	skipFrom = 16 << 20
	// markSize is how much before the skipped part's end is compared, to notice that the file is another one now.
	markSize = 512
)

// fileSource reads a file.
type fileSource struct {
	spec *target.File

	// Of a large file that was there at the start:
	skip int64  // where reading begins; 0 is its beginning
	mark []byte // what stands before skip
}

func openFile(spec *target.File) (*fileSource, error) {
	s := &fileSource{spec: spec}
	if spec.Path.Keyed() {
		return s, nil
	}
	f, err := os.Open(spec.Path.String())
	if err != nil {
		return s, nil // it may come to be; a look will tell
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() < skipFrom {
		return s, nil // read from its beginning; a look will tell
	}
	mark := make([]byte, markSize)
	if _, err := f.ReadAt(mark, info.Size()-markSize); err != nil {
		return nil, fmt.Errorf("read the end of %s: %w", spec.Path, err)
	}
	s.skip, s.mark = info.Size(), mark
	return s, nil
}

func (s *fileSource) close() error { return nil }

// begin is where to begin reading f.
func (s *fileSource) begin(f *os.File, info os.FileInfo) int64 {
	if s.skip == 0 || info.Size() < s.skip {
		return 0
	}
	mark := make([]byte, markSize)
	if _, err := f.ReadAt(mark, s.skip-markSize); err != nil || !bytes.Equal(mark, s.mark) {
		return 0
	}
	return s.skip
}

// path fills in the ids. One that is a path by itself could name any file.
func (s *fileSource) path(id Identity) (string, error) {
	wrong := ""
	p := s.spec.Path.Fill(id.TaskID, id.StreamID, func(v string) string {
		if v == "" || v == "." || v == ".." || strings.ContainsAny(v, "/\\\x00") {
			wrong = v
		}
		return v
	})
	if wrong != "" {
		return "", fmt.Errorf("the id %q cannot be part of a file's name", wrong)
	}
	return p, nil
}

func (s *fileSource) look(ctx context.Context, id Identity) (view, error) {
	path, err := s.path(id)
	if err != nil {
		return view{}, err
	}
	pattern, err := s.spec.Pattern(id.TaskID, id.StreamID)
	if err != nil {
		return view{}, fmt.Errorf("match: %w", err)
	}
	t := &tail{pattern: pattern}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // nothing was written yet
		return t.view(), nil
	case err != nil:
		return view{}, fmt.Errorf("open the file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return view{}, fmt.Errorf("open the file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return view{}, fmt.Errorf("%s is no regular file", path)
	}
	if _, err := f.Seek(s.begin(f, info), io.SeekStart); err != nil {
		return view{}, fmt.Errorf("read %s: %w", path, err)
	}
	// What is written while we read is for the next look: a file that grows faster than it is read has no end.
	if err := t.read(ctx, io.LimitReader(f, info.Size())); err != nil {
		return view{}, fmt.Errorf("read %s: %w", path, err)
	}
	return t.view(), nil
}

// A tail collects the lines of one task.
type tail struct {
	pattern interface {
		MatchString(string) bool
		FindStringSubmatch(string) []string
		SubexpNames() []string
	}
	count int
	kept  []string
	size  int // bytes of kept
	whole []byte
	large bool // more than maxWhole
}

// read reads lines until the end. The last one may lack its line end: a file of one JSON document does.
func (t *tail) read(ctx context.Context, r io.Reader) error {
	br := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		piece, err := br.ReadSlice('\n')
		t.remember(piece)
		if room := maxLine - len(line); room > 0 {
			line = append(line, piece[:min(room, len(piece))]...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return err
		}
		if len(line) > 0 {
			t.line(strings.ToValidUTF8(strings.TrimRight(string(line), "\r\n"), "\uFFFD"))
		}
		line = line[:0]
		if err != nil { // the end
			return nil //nolint:nilerr // io.EOF: whatever else it could be was returned above
		}
	}
}

func (t *tail) remember(piece []byte) {
	if t.large = t.large || len(t.whole)+len(piece) > maxWhole; t.large {
		t.whole = nil
		return
	}
	t.whole = append(t.whole, piece...)
}

func (t *tail) line(text string) {
	if !t.pattern.MatchString(text) {
		return
	}
	t.count++
	t.kept, t.size = append(t.kept, text), t.size+len(text)
	for len(t.kept) > maxMatches || t.size > maxMatched {
		t.size -= len(t.kept[0])
		t.kept = t.kept[1:]
	}
}

func (t *tail) view() view {
	found := make([]any, len(t.kept))
	for i, text := range t.kept {
		groups := map[string]any{}
		sub := t.pattern.FindStringSubmatch(text)
		for g, name := range t.pattern.SubexpNames() {
			if name != "" && sub[g] != "" {
				groups[name] = sub[g]
			}
		}
		decoded, _ := expression.Decode([]byte(text))
		found[i] = map[string]any{"text": text, "groups": groups, "json": decoded}
	}
	env := expression.Env{"found": found, "lines": append([]string{}, t.kept...)}
	if len(found) > 0 {
		env["match"] = found[len(found)-1]
	}
	if !t.large && len(t.whole) > 0 {
		env["text"] = strings.ToValidUTF8(string(t.whole), "\uFFFD")
		env["json"], _ = expression.Decode(t.whole)
	}
	return view{
		env: env, raw: clip([]byte(strings.Join(t.kept, "\n"))),
		number: func() (int, error) { return t.count, nil },
	}
}
