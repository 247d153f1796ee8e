package shape

import (
	"strconv"
	"strings"
)

// Numbers longer than this, or with an exponent beyond it, are not computed with: they are made to exhaust whoever does. The
// validator draws the same line.
const (
	longestNumber   = 64
	largestExponent = 400
)

// safe is the greatest whole number that every JSON parser keeps.
const safe = 1<<53 - 1

// A number is exact. Numbers that are equal are the same, however they were written.
type number struct {
	small int64    // if big is nil: a whole number of at most 18 digits
	big   *decimal // any other
}

// A decimal is digits × 10^exp, negative or not. The digits begin and end with another one than 0.
type decimal struct {
	negative bool
	digits   string
	exp      int
}

// parseNumber reads a number as JSON has it. ok is false for one that is not computed with.
func parseNumber(token []byte) (n number, whole, ok bool) {
	if small, plain := plainNumber(token); plain {
		return number{small: small}, true, true
	}
	if len(token) > longestNumber {
		return number{}, false, false
	}
	d := decimal{}
	text := string(token)
	if text, d.negative = strings.CutPrefix(text, "-"); text == "" {
		return number{}, false, false
	}
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		exp, err := strconv.Atoi(text[at+1:])
		if err != nil || exp > largestExponent || exp < -largestExponent {
			return number{}, false, false
		}
		text, d.exp = text[:at], exp
	}
	before, behind, _ := strings.Cut(text, ".")
	d.exp -= len(behind)
	d.digits = strings.TrimLeft(before+behind, "0")
	trimmed := strings.TrimRight(d.digits, "0")
	d.exp += len(d.digits) - len(trimmed)
	d.digits = trimmed
	if d.digits == "" {
		return number{}, true, true
	}
	if d.exp >= 0 && len(d.digits)+d.exp <= smallDigits {
		small, err := strconv.ParseInt(d.plain(), 10, 64)
		return number{small: small}, true, err == nil
	}
	return number{big: &d}, d.exp >= 0, true
}

// smallDigits is how many digits any number may have that fits an int64.
const smallDigits = 18

// plainNumber reads a whole number of at most 18 digits.
func plainNumber(token []byte) (int64, bool) {
	digits, negative := token, false
	if len(digits) > 0 && digits[0] == '-' {
		digits, negative = digits[1:], true
	}
	if len(digits) == 0 || len(digits) > smallDigits {
		return 0, false
	}
	n := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

// decimal is a number other than 0 in its long form.
func (n number) decimal() decimal {
	if n.big != nil {
		return *n.big
	}
	text, negative := strings.CutPrefix(strconv.FormatInt(n.small, 10), "-")
	digits := strings.TrimRight(text, "0")
	return decimal{negative: negative, digits: digits, exp: len(text) - len(digits)}
}

func (n number) isZero() bool { return n.big == nil && n.small == 0 }

func (n number) negative() bool {
	if n.big != nil {
		return n.big.negative
	}
	return n.small < 0
}

// beyondSafe reports whether the number is further from 0 than any that every JSON parser keeps.
func (n number) beyondSafe() bool {
	if n.big == nil {
		return n.small > safe || n.small < -safe
	}
	return n.big.reach() > smallDigits
}

// length is how many digits a whole number has.
func (n number) length() int {
	if n.isZero() {
		return 1
	}
	d := n.decimal()
	return d.reach()
}

// less orders numbers.
func (n number) less(o number) bool {
	if n.big == nil && o.big == nil {
		return n.small < o.small
	}
	switch {
	case n.isZero():
		return !o.negative()
	case o.isZero():
		return n.negative()
	case n.negative() != o.negative():
		return n.negative()
	}
	a, b := n.decimal(), o.decimal()
	if a.negative {
		a, b = b, a
	}
	if a.reach() != b.reach() {
		return a.reach() < b.reach()
	}
	return a.digits < b.digits
}

// reach is how many digits stand left of the point; negative or 0 for a fraction.
func (d *decimal) reach() int { return len(d.digits) + d.exp }

// String is the number, exactly.
func (n number) String() string {
	if n.big == nil {
		return strconv.FormatInt(n.small, 10)
	}
	return n.big.plain()
}

// plain writes a number without an exponent where that is not too long.
func (d *decimal) plain() string {
	const longest = longestNumber
	sign := ""
	if d.negative {
		sign = "-"
	}
	switch {
	case d.exp >= 0 && d.reach() <= longest:
		return sign + d.digits + strings.Repeat("0", d.exp)
	case d.exp < 0 && d.reach() > 0:
		return sign + d.digits[:d.reach()] + "." + d.digits[d.reach():]
	case d.exp < 0 && -d.exp <= longest:
		return sign + "0." + strings.Repeat("0", -d.reach()) + d.digits
	}
	point := d.digits[:1]
	if len(d.digits) > 1 {
		point += "." + d.digits[1:]
	}
	return sign + point + "e" + strconv.Itoa(d.reach()-1)
}

// tellingDigits is from how many digits on a number of unknown meaning may be an id.
const tellingDigits = 6

// rounded is a number of unknown meaning as a bound: one that may be an id is rounded to two digits, up or down.
func (n number) rounded(up bool) (text string, was bool) {
	if n.isZero() {
		return "0", false
	}
	d := n.decimal()
	if max(d.reach(), 0)+max(-d.exp, 0) < tellingDigits || len(d.digits) <= 2 {
		return d.plain(), false
	}
	away := up != d.negative // from 0
	head, _ := strconv.Atoi(d.digits[:2])
	d.exp += len(d.digits) - 2
	if away {
		head++ // there is more behind the two digits, for they end with another one than 0
	}
	rounded := strconv.Itoa(head)
	digits := strings.TrimRight(rounded, "0")
	d.exp += len(rounded) - len(digits)
	d.digits = digits
	return d.plain(), true
}
