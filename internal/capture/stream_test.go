package capture

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// manyLines is so many lines that the rest of a stream is handed out as Lines, more than once.
func manyLines() []byte {
	return bytes.Repeat([]byte(`{"n":"`+strings.Repeat("x", 90)+"\"}\n"), 4*buffer/99)
}

// handedOut is a stream of these bytes of which the rest was handed out.
func handedOut(t *testing.T, data []byte) (*Reader, Lines) {
	t.Helper()
	r, err := Open([]string{Stdin}, bytes.NewReader(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	for range 2 { // the line end of the first is not behind it yet
		if _, err := r.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	lines, ok := r.Lines()
	if !ok || lines.Stream == nil || lines.Line != 3 {
		t.Fatalf("%+v, %v", lines, ok)
	}
	return r, lines
}

// What was read of a stream and not used comes again, to the byte and in its place, also where that happens more than once.
func TestWhatWasReadOfAStreamAndNotUsedComesAgain(t *testing.T) {
	t.Parallel()
	data := append(manyLines(), "{\"last\":1}\n[\n{}\n]\n"...)
	r, lines := handedOut(t, data)
	at, line := lines.From, lines.Line
	for range 3 {
		var unused [][]byte
		for range 5 {
			p := make([]byte, 40_000)
			n, err := lines.Stream.Read(p)
			if err != nil {
				t.Fatal(err)
			}
			unused = append(unused, p[:n])
		}
		end := bytes.LastIndexByte(unused[0], '\n') + 1 // some lines are used
		at, line = at+int64(end), line+bytes.Count(unused[0], []byte("\n"))
		unused[0] = unused[0][end:]
		if err := r.Resume(at, line, unused...); err != nil {
			t.Fatal(err)
		}
		doc, err := r.Next(t.Context())
		if err != nil || doc.Offset != at || doc.Line != line || !bytes.HasPrefix(data[at:], doc.Body) {
			t.Fatalf("%+v, %v, not offset %d", doc, err, at)
		}
		at, line = at+int64(len(doc.Body))+1, line+1
		if _, err := r.Next(t.Context()); err != nil { // of it nothing was given back
			t.Fatal(err)
		}
		at, line = at+int64(len(doc.Body))+1, line+1
		var ok bool
		if lines, ok = r.Lines(); !ok || lines.From != at || lines.Line != line {
			t.Fatalf("%+v, %v, not offset %d", lines, ok, at)
		}
	}
	if err := r.Resume(at, line); err != nil {
		t.Fatal(err)
	}
	var last Document
	for {
		doc, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = doc
	}
	if want := bytes.Count(data, []byte("\n")); last.Line != want-1 || r.Counts().Lines != want {
		t.Errorf("the last is %+v, and there were %d of %d lines", last, r.Counts().Lines, want)
	}
}

func TestBytesOfAStreamThatAreNotGivenBackAreMissed(t *testing.T) {
	t.Parallel()
	r, lines := handedOut(t, manyLines())
	p := make([]byte, 1000)
	n, err := lines.Stream.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	var lost *LostError
	if err := r.Resume(lines.From, lines.Line, p[:n-1]); !errors.As(err, &lost) || lost.To-lost.From != 1 {
		t.Errorf("%v", err)
	}
}

// Whoever waits for a stream is freed by bytes, by its end, by the time and by what else happens.
func TestTheWaitForAStreamEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in, feed := io.Pipe()
		ahead := newReadAhead(in)
		s := newStream(ahead, ahead)
		never, now := make(chan struct{}), make(chan struct{})
		close(now)
		begun := time.Now()
		if s.Wait(never, 0) || s.Wait(never, time.Second) || s.Wait(now, -1) || time.Since(begun) != time.Second {
			t.Errorf("there is nothing, and it took %v", time.Since(begun))
		}
		go func() { _, _ = feed.Write([]byte("a")) }()
		if !s.Wait(never, -1) || !s.Wait(now, 0) {
			t.Error("there is something")
		}
		if n, err := s.Read(make([]byte, 10)); n != 1 || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
		s.unread([]byte("b"), nil)
		if !s.Wait(now, 0) {
			t.Error("there is what was not used")
		}
		if n, err := s.Read(make([]byte, 10)); n != 1 || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
		_ = feed.Close()
		if !s.Wait(never, -1) {
			t.Error("the end is not noticed")
		}
		if _, err := s.Read(make([]byte, 10)); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		<-ahead.done
	})
}

func TestAWaitForAStreamEndsWithItsReading(t *testing.T) {
	t.Parallel()
	in, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	ahead := newReadAhead(in)
	s := newStream(ahead, ahead)
	time.AfterFunc(time.Millisecond, ahead.halt)
	if !s.Wait(nil, -1) {
		t.Error("that it was stopped is to be read")
	}
	if _, err := s.Read(make([]byte, 10)); !errors.Is(err, errStopped) {
		t.Error(err)
	}
}
