package capture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// An Encoding is how a body is written into the envelope or the line that carries it.
type Encoding string

// The encodings.
const (
	Auto   Encoding = "auto"   // base64 where that gives what begins as a JSON object or array does, else text
	AsText Encoding = "text"   // the body is the string
	Base64 Encoding = "base64" // of RFC 4648, either alphabet, padded or not
)

// Encodings lists the encodings.
func Encodings() []string { return []string{string(Auto), string(AsText), string(Base64)} }

// ParseEncoding reads an encoding as a user writes it; "" is Auto. The error names the valid values.
func ParseEncoding(s string) (Encoding, error) {
	if s == "" {
		return Auto, nil
	}
	if !slices.Contains(Encodings(), s) {
		return "", fmt.Errorf("no encoding %q: there are %s", s, strings.Join(Encodings(), ", "))
	}
	return Encoding(s), nil
}

// decode is the body that a text stands for, and whether it was base64: then it is in the memory.
func (e Encoding) decode(text []byte, m *memory) (body []byte, packed bool, err error) {
	if e == AsText {
		return text, false, nil
	}
	if e != Base64 && opens(text) {
		return text, false, nil
	}
	body, err = m.fromBase64(text)
	if e == Base64 {
		return body, true, err
	}
	if err == nil && opens(body) {
		return body, true, nil
	}
	return text, false, nil // what it is is for its judge to say
}

// opens reports whether a text begins as a JSON object or array does, behind white space or a byte order mark.
func opens(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// fromBase64 reads either alphabet, with padding or without, with line ends or without.
func (m *memory) fromBase64(text []byte) ([]byte, error) {
	text = bytes.TrimSpace(text)
	alphabet := base64.RawStdEncoding
	if bytes.IndexByte(text, '-') >= 0 || bytes.IndexByte(text, '_') >= 0 {
		alphabet = base64.RawURLEncoding
	}
	plain := bytes.TrimRight(text, "=")
	body := m.room(alphabet.DecodedLen(len(plain)))
	body = body[:cap(body)]
	if n, err := alphabet.Decode(body, plain); err == nil {
		return body[:n], nil
	}
	// Both alphabets in one, line ends behind the padding, or no base64.
	s := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(string(text))
	body, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil, fmt.Errorf("not base64: %w", err)
	}
	return body, nil
}
