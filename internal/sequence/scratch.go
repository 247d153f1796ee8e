package sequence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
)

// A scratch is the temporary file of a Checker, made when it is needed first. Where the system allows it its name is
// taken away at once, so that nothing is left behind whatever ends the program; elsewhere close does it.
type scratch struct {
	dir string

	mu   sync.Mutex
	file *os.File
	left string // the name, where it could not be taken away
	size int64

	buffers sync.Pool // of what is written
}

// A run is sorted events in the scratch file, by range: where they begin and end.
type run [ranges]struct{ from, to int64 }

// write writes what a store has of a range in its memory, sorted, and says where it begins and ends. It may be called by several
// goroutines.
func (s *scratch) write(of *store, r int) (from, to int64, err error) {
	if len(of.sorted[r]) == 0 {
		return 0, 0, nil
	}
	const usual = 80 // bytes of an event, at most
	buf, ok := s.buffers.Get().([]byte)
	if !ok {
		buf = make([]byte, 0, usual*len(of.sorted[r]))
	}
	for _, ref := range of.sorted[r] {
		buf = appendEvent(buf, of.event(ref.nth))
	}
	defer s.buffers.Put(buf[:0]) //nolint:staticcheck // it is a megabyte that is not allocated again, for 24 bytes that are
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "relaycheck-sequence-*")
		if err != nil {
			return 0, 0, fmt.Errorf("make a temporary file for the tasks' lives (see --sequence-memory): %w", err)
		}
		s.file = f
		if os.Remove(f.Name()) != nil {
			s.left = f.Name()
		}
	}
	from = s.size
	n, err := s.file.WriteAt(buf, from)
	s.size += int64(n)
	if err != nil {
		return 0, 0, fmt.Errorf("write the temporary file of the tasks' lives (see --sequence-memory): %w", err)
	}
	return from, s.size, nil
}

func (s *scratch) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	if s.left != "" {
		err = errors.Join(err, os.Remove(s.left))
	}
	return err
}

// maxRecord is more than an event can take in the file: two texts of at most 203 bytes and some numbers.
const maxRecord = 1 << 10

func appendEvent(b []byte, e *event) []byte {
	flags := byte(e.kind)
	if e.guessed {
		flags |= 0x80
	}
	b = append(b, flags)
	for _, digest := range [...]uint64{e.task, e.digest, e.sources} {
		b = binary.LittleEndian.AppendUint64(b, digest)
	}
	if e.kind == kindFileStart || e.kind == kindFileFinish {
		b = binary.LittleEndian.AppendUint64(b, e.url)
		b = binary.LittleEndian.AppendUint64(b, e.index)
	}
	for _, n := range [...]int64{e.at, e.told, e.arrival, e.line, e.offset, int64(e.source), int64(e.nth), int64(e.idLen), int64(len(e.text))} {
		b = binary.AppendVarint(b, n)
	}
	return append(b, e.text...)
}

var errChanged = errors.New("read the temporary file of the tasks' lives: it was changed")

// readEvent reads an event at the beginning of b, and gives its length; a text that did not change is not made anew.
func readEvent(b []byte, e *event) (int, error) {
	if len(b) < 25 {
		return 0, errChanged
	}
	text := e.text
	*e = event{kind: kind(b[0] &^ 0x80), guessed: b[0]&0x80 != 0}
	i := 1
	digests := []*uint64{&e.task, &e.digest, &e.sources, &e.url, &e.index}
	if e.kind != kindFileStart && e.kind != kindFileFinish {
		digests = digests[:3]
	}
	for _, to := range digests {
		if i+8 > len(b) {
			return 0, errChanged
		}
		*to = binary.LittleEndian.Uint64(b[i:])
		i += 8
	}
	var source, nth, idLen, textLen int64
	for _, to := range [...]*int64{&e.at, &e.told, &e.arrival, &e.line, &e.offset, &source, &nth, &idLen, &textLen} {
		n, width := binary.Varint(b[i:])
		if width <= 0 {
			return 0, errChanged
		}
		*to = n
		i += width
	}
	if idLen < 0 || textLen < idLen || textLen > int64(len(b)-i) {
		return 0, errChanged
	}
	e.source, e.nth, e.idLen = uint32(source), uint32(nth), uint16(idLen) //nolint:gosec // as they were written
	if e.text = text; text != string(b[i:i+int(textLen)]) {
		e.text = string(b[i : i+int(textLen)])
	}
	return i + int(textLen), nil
}

// A cursor gives sorted events one by one: from memory, or from a part of the scratch file.
type cursor struct {
	now *event // nil at the end
	key uint64 // of it

	store *store
	refs  []ref // of it, and in its memory

	file     *scratch
	at, end  int64 // in the file, of what was not read yet
	buf      []byte
	from, to int // in buf, what was read and not given
	current  event
}

// The buffers of all cursors together: with few runs each reads much at a time.
const (
	buffers   = 1 << 20
	maxBuffer = 64 << 10
	minBuffer = 4 << 10
)

func newCursor(file *scratch, from, end int64, runs int) *cursor {
	return &cursor{file: file, at: from, end: end, buf: make([]byte, max(minBuffer, min(maxBuffer, buffers/runs)))}
}

func (c *cursor) next() error {
	if c.file == nil {
		if c.now = nil; len(c.refs) > 0 {
			c.now, c.refs = c.store.event(c.refs[0].nth), c.refs[1:]
		}
		return nil
	}
	if c.to-c.from < maxRecord && c.at < c.end {
		c.to = copy(c.buf, c.buf[c.from:c.to])
		c.from = 0
		n := int(min(int64(len(c.buf)-c.to), c.end-c.at))
		if _, err := c.file.file.ReadAt(c.buf[c.to:c.to+n], c.at); err != nil {
			return fmt.Errorf("read the temporary file of the tasks' lives: %w", err)
		}
		c.to += n
		c.at += int64(n)
	}
	if c.from == c.to {
		c.now = nil
		return nil
	}
	n, err := readEvent(c.buf[c.from:c.to], &c.current)
	c.from += n
	c.now = &c.current
	return err
}
