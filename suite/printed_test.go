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

// A compiler says what is wrong in its first lines, and that it failed in the last.
func TestAnErrorQuotesTheLinesBeforeTheLast(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 150)
	for _, c := range []struct{ printed, want string }{
		{"", ""},
		{"\n \n", ""},
		{"Main.java:3: error: cannot find symbol\n\n  symbol: x\nerror: compilation failed\n", "; the last that it printed: Main.java:3: error: cannot find symbol | symbol: x | error: compilation failed"},
		{"1\n2\n3\n4\n5\n6\n7\n", "; the last that it printed: 2 | 3 | 4 | 5 | 6 | 7"},
		{long + "\n" + long + "\n" + long + "\nend", "; the last that it printed: " + long + " | " + long + " | end"},
		{strings.Repeat("y", 300), "; the last that it printed: " + strings.Repeat("y", 200) + "…"},
		{strings.Repeat("head\n", 4000) + strings.Repeat("z", 99) + "\nend", "; the last that it printed: head | head | head | head | " + strings.Repeat("z", 99) + " | end"},
	} {
		var p printed
		_, _ = p.Write([]byte(c.printed))
		if got := p.said(); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}
