package capture

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// layouts are the ways in which logs write times, but for numbers, by what they begin with: each text is tried with a few
// only. One without a zone is taken for UTC.
var layouts = struct{ dated, spaced, slashed, named []string }{
	dated: []string{ // 2006-01-02T…
		time.RFC3339Nano,
		"2006-01-02T15:04:05.999999999Z0700",
		"2006-01-02T15:04:05.999999999",
	},
	spaced: []string{ // 2006-01-02 …
		"2006-01-02 15:04:05.999999999Z07:00",
		"2006-01-02 15:04:05.999999999 -0700",
		"2006-01-02 15:04:05.999999999 MST",
		"2006-01-02 15:04:05.999999999",
		"2006-01-02 15:04:05,999999999", // log4j, Python
	},
	slashed: []string{"02/Jan/2006:15:04:05.999999999 -0700"},
	named:   []string{time.RFC1123, time.RFC1123Z, time.ANSIC}, // Mon…
}

// layoutsOf are those that a text of some length may have.
func layoutsOf(s string) []string {
	switch {
	case len(s) <= 10:
		return nil
	case s[2] == '/':
		return layouts.slashed
	case s[10] == 'T' && s[4] == '-':
		return layouts.dated
	case s[4] == '-':
		return layouts.spaced
	default:
		return layouts.named
	}
}

// ParseTime reads a time as captures and logs write it: RFC 3339 and its relatives, the one of nginx and Apache
// ("22/Nov/2026:21:04:05 +0000"), that of HTTP, and seconds, milliseconds, microseconds or nanoseconds since 1970, told
// apart by their size. A text without a zone is taken for UTC.
func ParseTime(s string) (time.Time, bool) {
	s = strings.Trim(strings.TrimSpace(s), "[]")
	if s == "" {
		return time.Time{}, false
	}
	if s[0] >= '0' && s[0] <= '9' && len(s) <= 32 && strings.Trim(s, "0123456789.") == "" {
		return sinceEpoch(s)
	}
	for _, l := range layoutsOf(s) {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC(), !t.IsZero()
		}
	}
	return time.Time{}, false
}

// sinceEpoch reads a number to the nanosecond, as float64 could not.
func sinceEpoch(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	unit := int64(time.Second)
	switch digits := len(strings.TrimLeft(whole, "0")); {
	case digits > 19:
		return time.Time{}, false
	case digits > 17:
		unit = 1
	case digits > 14:
		unit = int64(time.Microsecond)
	case digits > 11:
		unit = int64(time.Millisecond)
	}
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && fraction == "" && n > 0 && n <= math.MaxInt64/unit {
		return time.Unix(0, n*unit).UTC(), true
	}
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		return time.Time{}, false
	}
	n.Mul(n, new(big.Rat).SetInt64(unit))
	ns, err := strconv.ParseInt(n.FloatString(0), 10, 64)
	if err != nil || ns == 0 {
		return time.Time{}, false
	}
	return time.Unix(0, ns).UTC(), true
}
