package validate

import (
	"bytes"
	"context"
	"time"

	"github.com/relaycheck/relaycheck/internal/capture"
)

// patience is how long a line that has come may wait for more of the stream. Whoever writes as fast as it can fills a piece
// sooner, and whole pieces are judged for less; nobody who looks on sees the difference.
const patience = time.Millisecond

// pieceSize is how much of a stream a worker takes at a time, in bytes. It is less than of a file, since it lies in memory from
// when it is read until it was told of.
const pieceSize = 128 << 10

// What was read beyond the place where something else comes is judged in vain. Where that comes behind less than worth, in
// bytes, twice as many documents as before have to pass until the next attempt to read lines, up to maxRest.
const (
	worth   = 4 << 20
	maxRest = 64 * retry
)

// pieces is the memory of a stream's lines on their way through the workers: as many pieces as may be under way, each used
// again once the lines in it were told of.
type pieces [][]byte

// piecesFor is how many of them keep so many workers busy.
func piecesFor(workers int) pieces { return make(pieces, min(workers+3, maxWaiting)) }

// at is the memory of chunk n, with nothing in it.
func (p pieces) at(n int64) []byte {
	at := &p[n%int64(len(p))]
	if *at == nil {
		*at = make([]byte, 0, pieceSize+slack)
	}
	return *at
}

// pour hands the lines of a stream to the workers as they come, until something else comes, and tells the reader where to go
// on.
func (s *source) pour(lines capture.Lines) error {
	all := newSpan(lines, s.input, len(s.pieces))
	all.chunks = make(chan *chunk, len(s.pieces)) // there is room for as many as may be under way
	defer context.AfterFunc(s.ctx, all.turns.callOff)()
	if !s.send(&batch{span: all}) {
		return s.ctx.Err()
	}
	under, rest := s.cut(all)
	if !all.turns.wait(s.ctx) {
		return s.ctx.Err()
	}
	if s.rest *= 2; all.offset-all.From >= worth {
		s.rest = retry
	}
	s.rest = min(s.rest, maxRest)
	// What was not told of goes back to the reader with its memory, at which a worker may still look.
	var unused [][]byte
	for _, c := range under {
		if c.to > all.offset {
			unused = append(unused, c.text[max(0, all.offset-c.from):])
			s.pieces[c.n%int64(len(s.pieces))] = nil
		}
	}
	return s.r.Resume(all.offset, all.line, append(unused, bytes.Clone(rest))...)
}

// cut cuts a stream into chunks of whole lines until no more of them are wanted. Those that may not have been told of are
// returned in their order, and what was read behind them.
func (s *source) cut(all *span) (under []*chunk, rest []byte) {
	defer close(all.chunks)
	for from, n := all.From, int64(0); all.turns.await(n); n++ {
		text, end, last := fill(append(s.pieces.at(n), rest...), all)
		c := &chunk{span: all, n: n, from: from, to: from + int64(end), text: text[:end], final: last}
		if len(under) == len(s.pieces) {
			under = append(under[:0], under[1:]...) // it was told of: its memory is that of the new one
		}
		under, rest, from = append(under, c), text[end:], c.to
		all.chunks <- c
		if last {
			break
		}
	}
	return under, rest
}

// fill reads more of a stream behind the beginning of a line, until there is as much as a piece holds, or a line has ended and
// no more comes for the moment. end is where the last whole line does. There is nothing behind the last chunk that is one of
// these lines: it is the end, or a line that is too long for a piece.
func fill(text []byte, all *span) (filled []byte, end int, last bool) {
	var since time.Time // there was a whole line
	for len(text) < pieceSize {
		most := time.Duration(-1)
		if end > 0 {
			most = max(0, patience-time.Since(since))
		}
		if !all.Stream.Wait(all.turns.done, most) {
			break
		}
		n, err := all.Stream.Read(text[len(text):pieceSize])
		if i := bytes.LastIndexByte(text[len(text):len(text)+n], '\n'); i >= 0 {
			if end == 0 {
				since = time.Now()
			}
			end = len(text) + i + 1
		}
		if text = text[:len(text)+n]; err != nil {
			return text, end, true
		}
	}
	return text, end, end == 0
}
