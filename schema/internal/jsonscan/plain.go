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
		if m := unplain(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	return skipLong(b, i)
}

// unplain has the high bit of the first byte in w set that does not stand for itself; 0 if all of them do.
func unplain(w uint64) uint64 {
	// A subtraction sets the high bit of a byte that is zero after the exclusive or, or below 0x20. It may borrow from the
	// byte above, so only the lowest hit is sure; it is the one that is wanted.
	return ((w - ones*0x20) | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones) | w) & highs
}

// skipWords is SkipPlain, eight bytes at a time.
func skipWords(b []byte, i int) int {
	for i+8 <= len(b) {
		if m := unplain(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
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
