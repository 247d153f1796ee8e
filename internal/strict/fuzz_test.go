package strict_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// FuzzDecode asks of any bytes that they are decoded, or refused with places that are in the file.
func FuzzDecode(f *testing.F) {
	for _, src := range []string{
		"name: x\ncount: 1\n", "name: &a x\nlist: [*a]\n", "a: [1\n", "- x\n", "name: \"x\n", "\ufeffname: x", "name: x\n---\n", "? [a]\n: b\n",
		"any: {a: [1, 0x1F, .inf, 2024-01-01, !!binary x]}\n", "after: 1s..2s\nsize: 10MB\ncut: 5%\nraw: {base64: AA==}\n", "<<: {}\n", bomb(),
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file := strict.Parse("f.yaml", src)
		var s sample
		file.Decode(&s)
		var problems strict.Problems
		err := file.Err()
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("the error is a %T", err)
		}
		lines := strings.Count(string(src), "\n") + 1
		for _, p := range append(problems, file.Warnings()...) {
			if p.Line > lines || p.Line < 0 || (p.Line > 0) != (p.Col > 0) || p.Code == "internal" || p.Message == "" {
				t.Fatalf("a problem in no place: %+v", p)
			}
			if text := p.Error(); len(text) > 3000 {
				t.Fatalf("a message of %d bytes", len(text))
			}
		}
	})
}
