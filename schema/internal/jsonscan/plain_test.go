package jsonscan

import (
	"bytes"
	"testing"
)

// Every byte value at every place of texts of every length up to a few words, from every beginning: the three ways of
// skipping have to find the same.
func TestPlainBytesAreSkippedAlikeInEveryWay(t *testing.T) {
	t.Parallel()
	const most = 70
	text := bytes.Repeat([]byte("~"), most)
	for c := range 256 {
		special := c < 0x20 || c >= 0x80 || c == '"' || c == '\\'
		for at := range most {
			text[at] = byte(c)
			for _, n := range []int{0, at, at + 1, min(most, at+9), min(most, at+17), most} {
				for _, from := range []int{0, at / 2, max(0, at-15), at} {
					if from > n {
						continue
					}
					want := n
					if special && from <= at && at < n {
						want = at
					}
					b := text[:n:n]
					for name, skip := range map[string]func([]byte, int) int{"long": skipLong, "words": skipWords, "bytes": skipBytes, "plain": SkipPlain} {
						if got := skip(b, from); got != want {
							t.Fatalf("%s: byte %#02x at %d of %d, from %d: %d, want %d", name, c, at, n, from, got, want)
						}
					}
				}
			}
			text[at] = '~'
		}
	}
}

func FuzzSkipPlain(f *testing.F) {
	f.Add([]byte("http://a.example/live/normal_1-upload/playlist.m3u8?a=1\\u0026b=中\"\x00\x7f\xff"), 3)
	f.Fuzz(func(t *testing.T, b []byte, i int) {
		if i < 0 || i > len(b) {
			return
		}
		want := skipBytes(b, i)
		if long, words, plain := skipLong(b, i), skipWords(b, i), SkipPlain(b, i); long != want || words != want || plain != want {
			t.Fatalf("%q from %d: %d, %d, %d, want %d", b, i, long, words, plain, want)
		}
	})
}
