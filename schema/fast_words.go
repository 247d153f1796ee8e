package schema

import (
	"encoding/binary"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// A segment is fixed bytes and the variable part behind them, laid out for matchWords.
type segment struct {
	fixed string
	kind  partKind

	// The fixed bytes where they are few, in two words, and a set bit for each that counts.
	words, masks [2]uint64
}

// few is how many fixed bytes are compared as words. A call for more of them pays.
const few = 16

func newSegment(fixed []byte, kind partKind) segment {
	s := segment{fixed: string(fixed), kind: kind}
	if len(fixed) <= few {
		for i, c := range fixed {
			s.words[i/8] |= uint64(c) << (i % 8 * 8)
			s.masks[i/8] |= 0xff << (i % 8 * 8)
		}
	}
	return s
}

// matchWords is matchVector on any processor, eight bytes at a time: it goes on with segment k at place i of b, until the last
// one (next is behind it then, and at where it ends) or until a part that it is not sure of (next is its segment, and at where
// the part begins). at is negative where b is something else. There has to be slack behind b.
func matchWords(b []byte, segments []segment, k, i int) (next, at int) {
	n := len(b)
	b = b[:n+slack]
	for ; k < len(segments); k++ {
		if i > n {
			return 0, -1
		}
		s := &segments[k]
		if size := len(s.fixed); size > few {
			if size > n-i || string(b[i:i+size]) != s.fixed {
				return 0, -1
			}
		} else {
			t := (*[few]byte)(b[i:])
			if (word(t[:])^s.words[0])&s.masks[0]|(word(t[8:])^s.words[1])&s.masks[1] != 0 {
				return 0, -1
			}
		}
		i += len(s.fixed)
		end := i
		switch s.kind {
		case partNone:
		case partMinus:
			if b[i] == '-' {
				end++
			}
		case partWhole:
			d := digits(b, i)
			if d == 0 || d > maxDigits || d > 1 && b[i] == '0' {
				return 0, -1
			}
			end += d
		case partDigits, partInnerDigits, partInnerSigned:
			if s.kind == partInnerSigned && b[i] == '-' {
				end++
			}
			d := digits(b, end)
			switch {
			case d == 0:
				return 0, -1
			case d > maxDigits:
				return k, i
			}
			end += d
		case partText:
			end = skipWords(b, i, n)
			if b[end] != '"' {
				return k, i
			}
		case partInner:
			if end = innerWords(b, i, n); end < 0 {
				return k, i
			}
		case partURLs:
			if end = urlsWords(b, i, n); end < 0 {
				return k, i
			}
		}
		i = end
	}
	if i > n {
		return 0, -1
	}
	return k, i
}

// The words that have the same byte eight times: times 1, and times 0x80.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// equal has the high bit of the first byte of w set that is c, as jsonscan.Special has it.
func equal(w uint64, c byte) uint64 {
	w ^= ones * uint64(c)
	return (w - ones) &^ w & highs
}

// strange has the high bit of the first byte of w set that is no digit, likewise.
func strange(w uint64) uint64 {
	w ^= ones * '0'
	return ((w + ones*(0x80-10)) | w) & highs
}

// digits is how many digits b has from i on, 16 at most.
func digits(b []byte, i int) int {
	t := (*[16]byte)(b[i:])
	if m := strange(word(t[:])); m != 0 {
		return jsonscan.First(m)
	}
	return 8 + jsonscan.First(strange(word(t[8:])))
}

// skipWords is the place of the first byte from i on that does not stand for itself in a JSON string. Where that is n or behind
// it, it may also be any place there.
func skipWords(b []byte, i, n int) int {
	for i <= n {
		// To look at both and then choose is slower: how many words a text has is foreseen well enough.
		t := (*[16]byte)(b[i:])
		if m := jsonscan.Special(word(t[:])); m != 0 {
			return i + jsonscan.First(m)
		}
		if m := jsonscan.Special(word(t[8:])); m != 0 {
			return i + 8 + jsonscan.First(m)
		}
		i += 16
	}
	return i
}

// Bytes as they stand in a word, the first one lowest; of the digits of an escape sequence the last two.
const (
	backslashQuote = 0x225c
	backslashesU00 = 0x3030755c5c
	ampersand      = 0x3632
	less           = 0x6333
	greater        = 0x6533
	lowerCase      = 0x2000 // of the last one, for c and e
)

// innerWords is the place of the \" that ends a nested text; negative where there is something in it that the envelope writes
// in another way than most encoders do.
func innerWords(b []byte, i, n int) int {
	for {
		i = skipWords(b, i, n)
		w := word(b[i:])
		if w&0xffff == backslashQuote {
			return i
		}
		if i > n || w&0xffffffffff != backslashesU00 {
			return -1
		}
		if c := w >> 40 & 0xffff; c != ampersand && c|lowerCase != less && c|lowerCase != greater {
			return -1
		}
		i += len(`\\u0026`)
	}
}

// urlsWords is the place behind source_urls: a bracket, nested texts with commas between them, a bracket, \n or nothing. It is
// negative where that is not so.
func urlsWords(b []byte, i, n int) int {
	if b[i] != '[' {
		return -1
	}
	for i < n && b[i+1] == '\\' && b[i+2] == '"' {
		if i = innerWords(b, i+3, n); i < 0 {
			return -1
		}
		switch i += len(`\"`); {
		case b[i] == ',':
		case b[i] != ']':
			return -1
		case b[i+1] == '\\' && b[i+2] == 'n':
			return i + len(`]\n`)
		default:
			return i + 1 // a quotation mark has to follow, and it is the first of the next segment
		}
	}
	return -1
}
