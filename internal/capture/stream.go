package capture

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"time"
)

// A Stream is what comes next of a source that can be read only once: a pipe, or an archive. It is for one goroutine.
type Stream struct {
	backlog
	ahead *readAhead
	at    int64 // offset of the next byte; kept while the rest is handed out as Lines
}

// enoughCame is how much of a stream has to have come for the rest to be handed out as Lines, in bytes: nobody knows how much
// there is to come, and for a few lines there is nothing to be gained.
const enoughCame = 32 << 10

// newStream is a stream of what a reader gives, through one that reads ahead.
func newStream(r io.Reader, ahead *readAhead) *Stream {
	s := &Stream{ahead: ahead}
	if b, ok := r.(*backlog); ok {
		s.backlog = *b // what waits in it must not be waited for
	} else {
		s.r = r
	}
	return s
}

// Read reads what comes next. It waits for it, but where Wait has just said that there is something.
func (s *Stream) Read(p []byte) (int, error) {
	n, err := s.backlog.Read(p)
	s.at += int64(n)
	return n, err
}

// Wait waits until there is something to Read, which may be the end or a failure, but no longer than until done is closed, or
// until the time is over; 0 is no time at all, and a negative one has no bound. It reports whether there is something.
func (s *Stream) Wait(done <-chan struct{}, most time.Duration) bool {
	return len(s.again) > 0 || s.ahead.await(done, most)
}

// begin takes over what was read of the stream and not used, up to where an offset is.
func (s *Stream) begin(buf *bufio.Reader, offset int64) {
	p, _ := buf.Peek(buf.Buffered())
	s.unread(bytes.Clone(p))
	_, _ = buf.Discard(len(p)) // they are buffered
	s.at = offset
}

// resume takes back what was read and not used from an offset on.
func (s *Stream) resume(name string, offset int64, unused [][]byte) error {
	n := int64(0)
	for _, p := range unused {
		n += int64(len(p))
	}
	if offset+n != s.at {
		return fmt.Errorf("resume reading: %w", &LostError{Source: name, From: offset + n, To: s.at})
	}
	s.unread(unused...)
	return nil
}

// await waits until Read does not have to.
func (a *readAhead) await(done <-chan struct{}, most time.Duration) bool {
	var over <-chan time.Time
	for a.n == len(a.at.data) && a.at.err == nil {
		if cap(a.at.data) > 0 {
			a.empty <- a.at.data // there is room: no more than aheadBlocks are under way
			a.at.data, a.n = nil, 0
		}
		if most == 0 && len(a.full) == 0 {
			return false
		}
		if over == nil && most > 0 && len(a.full) == 0 {
			timer := time.NewTimer(most)
			defer timer.Stop()
			over = timer.C
		}
		select {
		case a.at = <-a.full:
			a.n = 0
		case <-a.stop:
			a.at.err = errStopped
		case <-done:
			return false
		case <-over:
			return false
		}
	}
	return true
}

// A backlog gives what was read before and not used, and then what follows.
type backlog struct {
	again [][]byte // none of them empty
	r     io.Reader
}

func (b *backlog) Read(p []byte) (int, error) {
	if len(b.again) == 0 {
		return b.r.Read(p)
	}
	n := copy(p, b.again[0])
	if b.again[0] = b.again[0][n:]; len(b.again[0]) == 0 {
		b.again[0] = nil // its memory is not needed any more
		b.again = b.again[1:]
	}
	return n, nil
}

// unread has parts be given once more, before all else.
func (b *backlog) unread(parts ...[]byte) {
	var again [][]byte
	for _, p := range parts {
		if len(p) > 0 {
			again = append(again, p)
		}
	}
	b.again = append(again, b.again...)
}
