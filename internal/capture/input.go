package capture

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// buffer is how much is read at a time. It also bounds the line that is handed out without being copied.
const buffer = 256 << 10

// An input is one source as the splitter sees it: bytes ahead, the position among them, and the document being put
// together.
type input struct {
	r   *bufio.Reader
	err error // what ended the source, other than its end

	position
	start position // of the document at hand

	max  int
	body []byte // the document at hand
	long bool   // it is longer than max and no longer kept

	ledger
}

// A position is a place in the source.
type position struct {
	line      int
	offset    int64
	lineStart int64 // offset at which the line begins
}

func (p position) column() int64 { return p.offset - p.lineStart }

// ahead is what has been read and not yet taken: at least one byte, or none at the end of the source.
func (in *input) ahead() []byte {
	if in.r.Buffered() == 0 {
		if _, err := in.r.Peek(1); err != nil && !errors.Is(err, io.EOF) {
			in.err = err
		}
	}
	p, _ := in.r.Peek(in.r.Buffered())
	return p
}

// head is the next n bytes, or fewer at the end of the source or of the buffer.
func (in *input) head(n int) []byte {
	p, err := in.r.Peek(n)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		in.err = err
	}
	return p
}

// sticky ends a reader with its first error for good: there are decompressors that go on behind a gap when asked again.
type sticky struct {
	r   io.Reader
	err error
}

func (s *sticky) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.err = err
	return n, err
}

// begin starts a document at the next byte.
func (in *input) begin() {
	in.start, in.body, in.long = in.position, in.body[:0], false
}

// skip goes past n bytes that are ahead.
func (in *input) skip(n int) {
	p, _ := in.r.Peek(n)
	if lines := bytes.Count(p, []byte("\n")); lines > 0 {
		in.line += lines
		in.lineStart = in.offset + int64(bytes.LastIndexByte(p, '\n')) + 1
	}
	in.offset += int64(len(p))
	_, _ = in.r.Discard(len(p)) // they are buffered
}

// frame goes past n bytes that are ahead and belong to no document.
func (in *input) frame(n int) {
	in.skip(n)
	in.around += int64(n)
}

// rest goes past everything up to the end of the source.
func (in *input) rest() {
	for p := in.ahead(); len(p) > 0; p = in.ahead() {
		in.skip(len(p))
	}
}

// take adds n bytes that are ahead to the document.
func (in *input) take(n int) {
	if !in.long {
		p, _ := in.r.Peek(n)
		if in.long = len(in.body)+len(p) > in.max; in.long {
			in.body = in.body[:0]
		} else {
			in.body = append(in.body, p...)
		}
	}
	in.skip(n)
}

// blank skips white space, line ends included.
func (in *input) blank() {
	for {
		p := in.ahead()
		rest := bytes.TrimLeft(p, " \t\r\n")
		in.frame(len(p) - len(rest))
		if len(rest) > 0 || len(p) == 0 {
			return
		}
	}
}

// indent takes white space up to the first other byte or the end of the line.
func (in *input) indent() {
	for {
		p := in.ahead()
		rest := bytes.TrimLeft(p, " \t\r")
		in.take(len(p) - len(rest))
		if len(rest) > 0 || len(p) == 0 {
			return
		}
	}
}

// restOfLine goes past everything up to the line end, without it, by take or skip, and reports whether there is one.
func (in *input) restOfLine(past func(int)) bool {
	for {
		p := in.ahead()
		if len(p) == 0 {
			return false
		}
		if end := bytes.IndexByte(p, '\n'); end >= 0 {
			past(end)
			return true
		}
		past(len(p))
	}
}
