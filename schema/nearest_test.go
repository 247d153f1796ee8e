package schema

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNamesAreFoldedAlikeInBothWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", "k", "K", "\u212a", "_", "-", ".", " ", "@", "`", "[", "{", "é", "É", "7", "\xff"}), 0, 6)
		join := func(parts []string) (s string) {
			for _, p := range parts {
				s += p
			}
			return s
		}
		a, b := join(letters.Draw(t, "a")), join(letters.Draw(t, "b"))
		if got, want := foldEqual(a, b), foldName(a) == foldName(b); got != want {
			t.Fatalf("%q and %q: %v, want %v", a, b, got, want)
		}
	})
}
