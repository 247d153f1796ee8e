package schema

import (
	"fmt"
	"strings"
	"testing"
)

// Every byte at every place, and every escape sequence at every place, in texts of every length up to a few words.
func TestBothWaysOfSkippingTextFindTheSame(t *testing.T) {
	t.Parallel()
	if !vectors {
		t.Skip("this processor has no AVX2, or the program was built without it")
	}
	try := func(text string) {
		t.Helper()
		b := roomy([]byte(text), nil)
		for _, from := range []int{0, len(b) / 2, len(b)} {
			at, escaped := skipTextVector(b, from)
			wantAt, wantEscaped := skipTextPortable(b, from)
			if at != wantAt || escaped != wantEscaped {
				t.Fatalf("%q from %d: %d, %v by vectors, %d, %v without", text, from, at, escaped, wantAt, wantEscaped)
			}
		}
	}
	bits := []string{`\`, `\\`, `\"`, `\/`, `\n`, `\u0041`, `\x`, `\\\"`, `\/\/`, `\"\\\"`, `"`, "中", "\xff"}
	for c := range 256 {
		bits = append(bits, string([]byte{byte(c)}), `\`+string([]byte{byte(c)}))
	}
	for n := range 70 {
		long := strings.Repeat("x", n)
		for _, bit := range bits {
			try(long + bit)
			try(long + bit + "y" + bit + long)
		}
	}
	try(strings.Repeat(`\/`, 100))
	try("x" + strings.Repeat(`\/`, 100))
}

func TestWhiteSpaceIsThatOfJSON(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for n := range 20 {
			for _, space := range []string{" ", "\n", "\t", "\r"} {
				for _, behind := range []string{"", "x", space, "xxxxxxxxxxxx", "\x00!\x21\x0b\x0c\x0e\x1f\x08"} {
					text := strings.Repeat(space, n) + string([]byte{byte(c)}) + behind
					want := len(text) - len(strings.TrimLeft(text, " \n\t\r"))
					if got := skipSpace([]byte(text), 0); got != want {
						t.Fatalf("%q: %d, want %d", text, got, want)
					}
				}
			}
		}
	}
	for c := range 0x10000 { // a byte must not bear on its neighbour
		for _, space := range " \n\t\r" {
			text := fmt.Sprintf("%c%s______", space, []byte{byte(c), byte(c >> 8)})
			want := len(text) - len(strings.TrimLeft(text, " \n\t\r"))
			if got := skipSpace([]byte(text), 0); got != want {
				t.Fatalf("%q: %d, want %d", text, got, want)
			}
		}
	}
}
