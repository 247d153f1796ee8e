package suite

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/suite/report"
)

func TestAShortOutputIsKeptWhole(t *testing.T) {
	t.Parallel()
	var p printed
	var want strings.Builder
	for i := range 2000 {
		line := fmt.Sprintf("line %d of a receiver\n", i)
		want.WriteString(line)
		_, _ = p.Write([]byte(line))
	}
	got := p.output(report.Redactor())
	if got.Head != want.String() || got.Tail != "" || got.Dropped != 0 || got.Bytes != int64(want.Len()) {
		t.Errorf("of %d bytes: %d in the head, %d in the tail, %d dropped", want.Len(), len(got.Head), len(got.Tail), got.Dropped)
	}
}

func TestALongOutputKeepsItsBeginningAndItsEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p printed
		var all bytes.Buffer
		lines := rapid.IntRange(0, 40).Draw(t, "writes")
		for i := range lines {
			chunk := bytes.Repeat([]byte(fmt.Sprintf("%d ", i)), rapid.IntRange(0, 20_000).Draw(t, "size"))
			chunk = append(chunk, '\n')
			all.Write(chunk)
			_, _ = p.Write(chunk)
		}
		got := p.output(func(b []byte) []byte { return b })
		text := all.String()
		if got.Bytes != int64(len(text)) || got.Bytes != got.Dropped+int64(len(got.Head)+len(got.Tail)) {
			t.Fatalf("%d bytes were printed: %d + %d kept, %d dropped", len(text), len(got.Head), len(got.Tail), got.Dropped)
		}
		if !strings.HasPrefix(text, got.Head) || !strings.HasSuffix(text, got.Tail) {
			t.Fatal("head or tail is not of the text")
		}
		if len(got.Head)+len(got.Tail) > headBytes+tailBytes || got.Dropped > 0 && len(got.Head)+len(got.Tail) < headBytes+tailBytes-2*tornBytes {
			t.Fatalf("%d bytes are kept", len(got.Head)+len(got.Tail))
		}
		if cap(p.head)+cap(p.tail) > 256<<10 {
			t.Fatalf("it takes %d bytes", cap(p.head)+cap(p.tail))
		}
	})
}

func TestNoPartOfASecretIsLeftAtTheGap(t *testing.T) {
	t.Parallel()
	const secret = "a-callback-key-that-nobody-may-read"
	for shift := range len(secret) + 1 {
		var p printed
		_, _ = p.Write(bytes.Repeat([]byte("-"), shift))
		for range 10_000 { // without a newline, so that nothing helps to find a place to cut
			_, _ = p.Write([]byte(secret + " "))
		}
		got := p.output(report.Redactor(secret))
		if got.Dropped == 0 {
			t.Fatal("nothing was dropped")
		}
		for _, part := range []string{secret[:6], secret[len(secret)-6:]} {
			if strings.Contains(got.Head+got.Tail, part) {
				t.Fatalf("shifted by %d: %q is left", shift, part)
			}
		}
	}
}

func TestWhatIsNoTextIsMadeToBe(t *testing.T) {
	t.Parallel()
	var p printed
	_, _ = p.Write([]byte("a\xff\x00b"))
	if got := p.output(report.Redactor()).Head; got != "a\uFFFD\x00b" {
		t.Errorf("got %q", got)
	}
}
