package capture

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzParseTime holds that a text which any of the layouts fits is read, and by the first of them.
func FuzzParseTime(f *testing.F) {
	all := slices.Concat(layouts.dated, layouts.spaced, layouts.slashed, layouts.named)
	at := time.Date(2026, 11, 2, 21, 4, 5, 250_000_000, time.FixedZone("CET", 3600))
	for _, l := range all {
		f.Add(at.Format(l))
		f.Add(at.UTC().Format(l))
	}
	for _, s := range []string{"2026-11-22  21:04:05", "2026-11-22 21:04:05.5Z", "Mon,2", "aa/Jan/2026:21:04:05 +0000", "2026-11-22t21:04:05Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseTime(s)
		s = strings.Trim(strings.TrimSpace(s), "[]")
		if s == "" || strings.Trim(s, "0123456789.") == "" {
			return
		}
		for _, l := range all {
			if want, err := time.Parse(l, s); err == nil {
				if ok == want.IsZero() || ok && !got.Equal(want) {
					t.Errorf("%q by %q is %v, %v, want %v", s, l, got, ok, want)
				}
				return
			}
		}
		if ok {
			t.Errorf("%q is read as %v", s, got)
		}
	})
}
