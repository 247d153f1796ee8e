//go:build unix

package schema

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

// Bodies of every length that end with the memory, or where only the slack lies behind them: a byte read beyond would end the
// test. What lies behind is plain, so that nothing in it ends a text, or such escape sequences as texts go on behind.
func TestNothingIsReadBeyondTheSlack(t *testing.T) {
	t.Parallel()
	page := os.Getpagesize()
	mem, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(mem) }()
	if err := syscall.Mprotect(mem[2*page:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	v, known := learnt(t)
	for _, body := range known {
		for i, behind := range []int{0, slack - 1, slack, slack + 1, slack} {
			filler := "x"
			if i == 4 {
				filler = `\\u0026`
			}
			for n := range body {
				room := mem[2*page-n-behind : 2*page : 2*page]
				copy(room, body[:n])
				copy(room[n:], bytes.Repeat([]byte(filler), behind))
				for _, s := range v.shapes.shapes {
					if behind < slack { // that is what these ask for
						break
					}
					if got := s.prefixWords(room[:n]); got > n {
						t.Fatalf("%d bytes of %d", got, n)
					}
					if got := s.prefix(room[:n]); got > n {
						t.Fatalf("%d bytes of %d", got, n)
					}
				}
				if _, ok := v.shapes.find(v.shapes.place(room[:n]), room[:n]); ok {
					t.Fatalf("%d bytes of %d are a callback", n, len(body))
				}
				if _, got := nextLine(v, room[:n], Options{}); got > n {
					t.Fatalf("a line of %d bytes of %d", got, n)
				}
				for i := range min(n, 40) {
					if at, _ := skipText(room[:n], i); at > n {
						t.Fatalf("%d bytes of %d", at, n)
					}
				}
			}
		}
	}
}
