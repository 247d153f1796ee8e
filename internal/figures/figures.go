// Package figures writes counts and shares as people read them, the same in every report. It knows nothing of what is
// counted.
//
//	figures.Thousands(12403)   // "12,403"
//	figures.Percent(999, 1000) // "99.9 %"
package figures

import (
	"strconv"
	"strings"
)

// A Count is what is counted in: documents fit an int, and what is added up over captures an int64.
type Count interface{ ~int | ~int64 }

// Thousands writes a number with a comma between each three digits.
func Thousands[C Count](n C) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent writes a share, with one digit behind the point, and never rounds some to none or all: "100 %", "99.9 %",
// "< 0.1 %". A share of nothing is none.
func Percent[C Count](n, of C) string {
	switch {
	case n == 0 || of == 0:
		return "0 %"
	case n >= of:
		return "100 %"
	}
	p := 100 * float64(n) / float64(of)
	switch {
	case p < 0.1:
		return "< 0.1 %"
	case p > 99.9:
		return "> 99.9 %"
	}
	return strings.TrimSuffix(strconv.FormatFloat(p, 'f', 1, 64), ".0") + " %"
}
