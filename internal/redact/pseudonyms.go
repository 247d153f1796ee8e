package redact

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pseudonyms maps words to words of the same form: digits to digits, small letters to small letters, hexadecimal texts to
// hexadecimal texts, Chinese characters to Chinese characters. The map of one form is a bijection (a Feistel network with
// AES as its round function), so that different words stay different without anything being remembered.
type pseudonyms struct {
	block cipher.Block
	memo  map[string]string
}

const (
	rounds  = 8       // of the Feistel network: Luby and Rackoff need four, FF1 (NIST SP 800-38G) takes ten
	maxMemo = 1 << 14 // words that are remembered: those of a few thousand tasks
	maxWord = 256     // bytes of a word that is remembered
	hexWord = 16      // characters from which on a word of hexadecimal digits is one
)

func newPseudonyms(key []byte) *pseudonyms {
	sum := sha256.Sum256(key)
	block, _ := aes.NewCipher(sum[:]) // the length of a key is all that can be wrong, and 32 bytes are one of AES-256
	return &pseudonyms{block: block, memo: map[string]string{}}
}

// of is the pseudonym of a word.
func (p *pseudonyms) of(word string) string {
	if known, ok := p.memo[word]; ok {
		return known
	}
	out := p.make(word, form(word))
	if len(word) <= maxWord {
		if len(p.memo) >= maxMemo {
			clear(p.memo)
		}
		p.memo[strings.Clone(word)] = out
	}
	return out
}

// ofHex is the pseudonym of a word whose letters and digits are hexadecimal ones, whatever its length.
func (p *pseudonyms) ofHex(word string) string {
	classes := form(word)
	for i, c := range word {
		if digit := strings.ContainsRune(lowerHex, unicode.ToLower(c)); digit && i < len(classes) {
			classes[i] = class{symbols: lowerHex, size: 16}
		}
	}
	return p.make(strings.ToLower(word), classes)
}

// ofBytes is the pseudonym of bytes that are no UTF-8. None becomes one of ASCII.
func (p *pseudonyms) ofBytes(word string) string {
	digits := hex.EncodeToString([]byte(word))
	classes := make([]class, len(digits))
	for i := range classes {
		classes[i] = class{symbols: lowerHex, size: 16}
		if i%2 == 0 {
			classes[i] = class{symbols: lowerHex[8:], size: 8}
		}
	}
	out, _ := hex.DecodeString(p.make(digits, classes)) // digits, as many as before
	return string(out)
}

// A class is the set of characters that may stand at a place.
type class struct {
	symbols string // or, where this is empty,
	first   rune   // the characters from this one on
	size    uint32 // 1: the character stays
}

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
)

// form gives the class of each character of a word.
func form(word string) []class {
	out := make([]class, 0, len(word))
	digits, lower, upper := 0, 0, 0
	for _, c := range word {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'f':
			lower++
		case c >= 'A' && c <= 'F':
			upper++
		}
		out = append(out, classOf(c))
	}
	switch n := len(out); {
	case digits == n && n > 0: // a number keeps its length: no zero comes to its head, and none goes
		out[0] = class{first: '1', size: 9}
		if word[0] == '0' {
			out[0] = class{first: '0', size: 1}
		}
	case n >= hexWord && digits > 0 && digits+lower == n:
		for i := range out {
			out[i] = class{symbols: lowerHex, size: 16}
		}
	case n >= hexWord && digits > 0 && digits+upper == n:
		for i := range out {
			out[i] = class{symbols: upperHex, size: 16}
		}
	}
	return out
}

func classOf(c rune) class {
	const block = 64 // within it characters take equally many bytes in UTF-8
	switch {
	case c >= '0' && c <= '9':
		return class{first: '0', size: 10}
	case c >= 'a' && c <= 'z':
		return class{first: 'a', size: 26}
	case c >= 'A' && c <= 'Z':
		return class{first: 'A', size: 26}
	case c >= 0x4e00 && c <= 0x9fff: // CJK unified ideographs
		return class{first: 0x4e00, size: 0x9fff - 0x4e00 + 1}
	case c >= 0xac00 && c <= 0xd7a3: // Hangul syllables
		return class{first: 0xac00, size: 0xd7a3 - 0xac00 + 1}
	case c >= utf8.RuneSelf && unicode.IsLetter(c):
		return class{first: c &^ (block - 1), size: block}
	}
	return class{first: c, size: 1}
}

func (c class) number(r rune) uint32 {
	if c.symbols != "" {
		return uint32(strings.IndexRune(c.symbols, r)) //nolint:gosec // it is one of them
	}
	return uint32(r - c.first) //nolint:gosec // a class begins at its first character
}

func (c class) symbol(n uint32) rune {
	if c.symbols != "" {
		return rune(c.symbols[n])
	}
	return c.first + rune(n) //nolint:gosec // below the size of the class
}

// make is the Feistel network: in turn one half of the characters is shifted by amounts that hang on the other half.
func (p *pseudonyms) make(word string, classes []class) string {
	n := len(classes)
	numbers := make([]uint32, 0, n)
	form := p.start(n)
	for _, c := range word {
		at := classes[len(numbers)]
		numbers = append(numbers, at.number(c))
		p.mix(&form, at.size, uint32(at.symbol(0))) //nolint:gosec // a character
	}
	half := n / 2
	for round := range rounds {
		left, right, of := numbers[:half], numbers[half:], classes[:half]
		if round%2 == 1 {
			left, right, of = right, left, classes[half:]
		}
		state := form
		p.mix(&state, uint32(round), 0)
		for _, v := range right {
			p.mix(&state, v, 0)
		}
		for i := range left {
			p.mix(&state, uint32(i), 1)
			left[i] = (left[i] + binary.BigEndian.Uint32(state[:])%of[i].size) % of[i].size
		}
	}
	var out strings.Builder
	for i, c := range classes {
		out.WriteRune(c.symbol(numbers[i]))
	}
	return out.String()
}

// A state is that of the round function: AES in CBC-MAC mode, as in FF1. How long its input is hangs on the length
// of the word alone, which comes first, so that no input is the beginning of another.
type state [aes.BlockSize]byte

func (p *pseudonyms) start(length int) state {
	var s state
	p.mix(&s, uint32(length), 2) //nolint:gosec // of a word in a body
	return s
}

// mix takes in one block.
func (p *pseudonyms) mix(s *state, a, b uint32) {
	binary.BigEndian.PutUint32(s[:], binary.BigEndian.Uint32(s[:])^a)
	binary.BigEndian.PutUint32(s[4:], binary.BigEndian.Uint32(s[4:])^b)
	p.block.Encrypt(s[:], s[:])
}
