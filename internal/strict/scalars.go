package strict

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Duration is a length of time with its unit: 300ms, 2s, 1m30s. A bare number is refused, 0 too.
type Duration time.Duration

// DecodeYAML implements [Unmarshaler].
func (d *Duration) DecodeYAML(n Node) {
	if v, ok := n.duration(n.Text(), "a duration such as 300ms or 2s"); ok {
		*d = Duration(v)
	}
}

// duration reads a length of time that is not negative.
func (n Node) duration(text, what string) (time.Duration, bool) {
	v, ok := n.signedDuration(text, what)
	if ok && v < 0 {
		n.Errorf("range", "%s cannot be negative", n.what())
		return 0, false
	}
	return v, ok
}

func (n Node) signedDuration(text, what string) (time.Duration, bool) {
	switch n.Kind() {
	case Number:
		hint := "add a unit: ms, s, m or h"
		if i, err := strconv.ParseInt(n.Text(), 10, 64); err == nil {
			hint = fmt.Sprintf("add a unit: %dms or %ds", i, i)
		}
		n.Errorf("no-unit", "%s must be %s, not the bare number %s", n.what(), what, clip(n.Text())).Hint(hint)
		return 0, false
	case Text:
	default:
		n.Expected(what)
		return 0, false
	}
	v, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil {
		n.Errorf("wrong-type", "%s must be %s, not %q", n.what(), what, clip(text))
		return 0, false
	}
	if _, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil { // ParseDuration takes "0"
		n.Errorf("no-unit", "%s must be %s, not the bare number %s", n.what(), what, clip(text)).Hint("add a unit: 0s")
		return 0, false
	}
	if v.Abs() > 24*365*time.Hour {
		n.Errorf("range", "%s is longer than a year", n.what())
		return 0, false
	}
	return v, true
}

// SignedDuration reads a duration that may be negative from the value, and notes what is none.
func (n Node) SignedDuration() (time.Duration, bool) {
	return n.signedDuration(n.Text(), "a duration such as 300ms or -5m")
}

// A Range is a duration, or two of them with two dots between: 0s..2s. Both ends are within it.
type Range struct {
	Min, Max time.Duration
}

// DecodeYAML implements [Unmarshaler].
func (r *Range) DecodeYAML(n Node) {
	const what = "a duration such as 300ms, or a range such as 0s..2s"
	low, high, isRange := strings.Cut(n.Text(), "..")
	from, ok := n.duration(low, what)
	if !ok {
		return
	}
	to := from
	if isRange {
		if to, ok = n.duration(high, what); !ok {
			return
		}
	}
	if to < from {
		n.Errorf("range", "the range %s ends before it begins", clip(n.Text())).Hint(fmt.Sprintf("write %s..%s", to, from))
		return
	}
	*r = Range{from, to}
}

// Fixed reports whether the range is a single duration.
func (r Range) Fixed() bool { return r.Min == r.Max }

// A Size is a number of bytes: 123, 10kB, 10MB, 1GiB. kB and MB count in thousands, KiB and MiB in 1024s.
type Size int64

// The units of a [Size].
var sizeUnits = []struct {
	name  string
	bytes float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}}

// DecodeYAML implements [Unmarshaler].
func (s *Size) DecodeYAML(n Node) {
	const what = "a number of bytes such as 123 or 10MB"
	if n.Kind() != Number && n.Kind() != Text {
		n.Expected(what)
		return
	}
	text, factor := n.Text(), 1.0
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			text, factor = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || !jsonNumber(text):
		n.Expected(what)
	case x < 0 || x*factor != math.Trunc(x*factor) || x*factor > 1<<40:
		n.Errorf("range", "%s is no possible number of bytes: %s", n.what(), clip(n.Text()))
	default:
		*s = Size(x * factor)
	}
}

// A Cut is a place in a text of yet unknown length: so many bytes, or a share such as 60%.
type Cut struct {
	Bytes   int64
	Percent float64
	Share   bool // Percent counts, not Bytes
}

// DecodeYAML implements [Unmarshaler].
func (c *Cut) DecodeYAML(n Node) {
	const what = "a number of bytes or a share such as 60%"
	if share, ok := strings.CutSuffix(n.Text(), "%"); ok && n.Kind() == Text {
		x, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		switch {
		case err != nil || !jsonNumber(strings.TrimSpace(share)):
			n.Expected(what)
		case x < 0 || x > 100:
			n.Errorf("range", "%s must lie between 0%% and 100%%, not %s", n.what(), n.Text())
		default:
			*c = Cut{Percent: x, Share: true}
		}
		return
	}
	if n.Kind() != Number {
		n.Expected(what)
		return
	}
	i, ok := n.Int()
	if !ok {
		return
	}
	if i < 0 || i > MaxCut {
		n.Errorf("range", "%s must lie between 0 and %d bytes", n.what(), MaxCut)
		return
	}
	*c = Cut{Bytes: i}
}

// MaxCut is the largest number of bytes that a [Cut] takes.
const MaxCut = 1 << 30

// Of is the place in a text of so many bytes, never beyond its end.
func (c Cut) Of(length int) int {
	if c.Share {
		return int(float64(length) * c.Percent / 100)
	}
	return int(min(c.Bytes, int64(length)))
}

// Bytes are a text, or {base64: …} for bytes that are none.
type Bytes []byte

// DecodeYAML implements [Unmarshaler].
func (b *Bytes) DecodeYAML(n Node) {
	switch n.Kind() {
	case Text:
		*b = Bytes(n.Text())
	case Mapping:
		var o struct {
			Base64 string `yaml:"base64" strict:"required"`
			Keys   Keys
		}
		if !n.Decode(&o) {
			return
		}
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(o.Base64), ""))
		if err != nil {
			n.f.Errorf(o.Keys["base64"].Value, "base64", "this is not base64: %v", err)
			return
		}
		*b = raw
	default:
		n.Expected("a text, or {base64: …}")
	}
}
