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

// decode is the body that a text stands for, and whether it was base64.
func (e Encoding) decode(text []byte) (body []byte, packed bool, err error) {
	if e == AsText {
		return text, false, nil
	}
	if e != Base64 && opens(text) {
		return text, false, nil
	}
	body, err = fromBase64(text)
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
func fromBase64(text []byte) ([]byte, error) {
	s := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(string(bytes.TrimSpace(text)))
	s = strings.TrimRight(s, "=")
	body, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("not base64: %w", err)
	}
	return body, nil
}
