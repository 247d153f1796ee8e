package jsonscan

import "bytes"

// Numbers beyond these are not handed to anyone: a library that computes with exact fractions needs seconds for
// 1e1000000 and crashes at 1e1000001. 64 characters and an exponent of 400 leave room for every 64-bit integer and
// every double.
const (
	MaxNumber   = 64  // characters
	MaxExponent = 400 // absolute value
)

// number reads a number by the grammar and notes one that is wild.
func (s *scanner) number() *SyntaxError {
	start := s.pos
	s.accept('-')
	switch {
	case s.accept('0'):
	default:
		if err := s.digits("a digit"); err != nil {
			return err
		}
	}
	if s.accept('.') {
		if err := s.digits("a digit after the decimal point"); err != nil {
			return err
		}
	}
	wild := false
	if s.accept('e') || s.accept('E') {
		from := s.pos
		if !s.accept('+') {
			s.accept('-')
		}
		if err := s.digits("a digit of the exponent"); err != nil {
			return err
		}
		wild = wildExponent(s.src[from:s.pos])
	}
	if wild || s.pos-start > MaxNumber {
		s.fault(WildNumber, start, "")
	}
	return nil
}

func (s *scanner) digits(what string) *SyntaxError {
	start := s.pos
	for s.pos < len(s.src) && '0' <= s.src[s.pos] && s.src[s.pos] <= '9' {
		s.pos++
	}
	if s.pos == start {
		return s.expected(what)
	}
	return nil
}

// Wild reports whether a number token is longer than MaxNumber or has an exponent beyond MaxExponent.
func Wild(token []byte) bool {
	if len(token) > MaxNumber {
		return true
	}
	i := 0
	for i < len(token) && token[i]|' ' != 'e' {
		i++
	}
	if i == len(token) {
		return false
	}
	return wildExponent(token[i+1:])
}

func wildExponent(digits []byte) bool {
	e := exponent(digits)
	return e > MaxExponent || e < -MaxExponent
}

// Tame is a number that stands for a wild one: of the same sign, whole if it is whole, zero if it is zero, and beyond
// 2^53 if it is whole and not zero. Nothing that a schema of callbacks asks of a number tells the two apart.
func Tame(token []byte) string {
	sign := ""
	if token[0] == '-' {
		sign, token = "-", token[1:]
	}
	mantissa, e := token, 0
	if i := bytes.IndexAny(token, "eE"); i >= 0 {
		mantissa, e = token[:i], exponent(token[i+1:])
	}
	// The last digit that is not zero says how far the number reaches to the right of the point, or how many zeros it has
	// to the left of it.
	last := len(mantissa) - 1
	for last >= 0 && (mantissa[last] == '0' || mantissa[last] == '.') {
		last--
	}
	if last < 0 {
		return "0"
	}
	point := bytes.IndexByte(mantissa, '.')
	if point < 0 {
		point = len(mantissa)
	}
	right := last - point // digits behind the point
	if right < 0 {
		right++ // the last digit before the point has none behind it
	}
	if e-right < 0 {
		return sign + "0.5"
	}
	return sign + "9007199254740993" // 2^53 + 1
}

// exponent reads the digits after e, with their sign, and stops counting where it is far beyond any limit.
func exponent(digits []byte) int {
	const far = 1 << 30
	sign := 1
	switch {
	case len(digits) > 0 && digits[0] == '-':
		sign, digits = -1, digits[1:]
	case len(digits) > 0 && digits[0] == '+':
		digits = digits[1:]
	}
	n := 0
	for _, c := range digits {
		if n = 10*n + int(c-'0'); n > far {
			return sign * far
		}
	}
	return sign * n
}
