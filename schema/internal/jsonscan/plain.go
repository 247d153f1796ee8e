package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// SkipPlain is the place of the first byte from i on that does not stand for itself in a JSON string: a quotation mark,
// a backslash, a control character, or a byte of a character beyond ASCII. It is len(b) where there is none.
func SkipPlain(b []byte, i int) int {
	// Most texts end within a few bytes; the others are long.
	for range 2 {
		if i+8 > len(b) {
			return skipBytes(b, i)
		}
		if m := Special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + First(m)
		}
		i += 8
	}
	return skipLong(b, i)
}

// Special has the high bit of a byte in w set where that byte does not stand for itself in a JSON string; 0 where all do. Only the
// lowest one is sure, and First is its place.
func Special(w uint64) uint64 {
	// Control characters and quotation marks are what is below 0x21 with the second bit turned round, and a backslash is zero with
	// all its bits turned round: a subtraction sets the high bit of such a byte, and may borrow from the byte above. What is beyond
	// ASCII stays above 0x7f in one of the two.
	return (((w ^ ones*0x02) - ones*0x21) | ((w ^ ones*'\\') - ones)) & highs
}

// First is the place of the lowest byte in m whose high bit is set; 8 where there is none.
func First(m uint64) int { return bits.TrailingZeros64(m) >> 3 }

// skipWords is SkipPlain, eight bytes at a time.
func skipWords(b []byte, i int) int {
	for i+8 <= len(b) {
		if m := Special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + First(m)
		}
		i += 8
	}
	return skipBytes(b, i)
}

// skipBytes is SkipPlain, one byte at a time.
func skipBytes(b []byte, i int) int {
	for i < len(b) && b[i] >= 0x20 && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}
