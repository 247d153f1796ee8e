package emitter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// A Mangle spoils an encoded body. The zero Mangle changes nothing. Its edits are made in the order of the fields,
// so that a padded body can be cut and a cut body can get a byte order mark in front.
type Mangle struct {
	RepeatKey   string          // an outer member that is there, written a second time at the end
	RepeatValue json.RawMessage // the second value; empty means another one of the same type
	Nest        int             // adds a member of so many arrays within each other
	Pad         int             // adds a member that brings the body to so many bytes
	Replace     []Replacement
	Cut         *Amount // keeps so much of the body
	Prepend     []byte
	Append      []byte
}

// A Replacement changes every occurrence of From. It is an error if there is none.
type Replacement struct{ From, To []byte }

// Apply makes the edits in a copy of the body. It is an error if one of them finds nothing to edit.
func (m Mangle) Apply(body []byte) ([]byte, error) {
	out := bytes.Clone(body)
	var err error
	if m.RepeatKey != "" {
		if out, err = repeatKey(out, m.RepeatKey, m.RepeatValue); err != nil {
			return nil, fmt.Errorf("repeat key %q: %w", m.RepeatKey, err)
		}
	}
	if m.Nest > 0 {
		deep := strings.Repeat("[", m.Nest) + strings.Repeat("]", m.Nest)
		if out, err = addMember(out, "nest", deep); err != nil {
			return nil, fmt.Errorf("nest: %w", err)
		}
	}
	if m.Pad > 0 {
		if out, err = pad(out, m.Pad); err != nil {
			return nil, fmt.Errorf("pad to %d bytes: %w", m.Pad, err)
		}
	}
	for _, r := range m.Replace {
		if len(r.From) == 0 || !bytes.Contains(out, r.From) {
			return nil, fmt.Errorf("replace: the body does not contain %.60q", r.From)
		}
		out = bytes.ReplaceAll(out, r.From, r.To)
	}
	if m.Cut != nil {
		out = out[:m.Cut.Of(len(out))]
	}
	return append(append(bytes.Clone(m.Prepend), out...), m.Append...), nil
}

// addMember puts a member before the closing brace of the outer object.
func addMember(body []byte, key, val string) ([]byte, error) {
	end := len(bytes.TrimRight(body, " \t\r\n")) - 1
	start := bytes.TrimLeft(body, " \t\r\n")
	if end < 1 || body[end] != '}' || start[0] != '{' {
		return nil, fmt.Errorf("the body is not a JSON object")
	}
	comma := ","
	if rest := bytes.TrimLeft(start[1:], " \t\r\n"); rest[0] == '}' {
		comma = ""
	}
	out := make([]byte, 0, len(body)+len(key)+len(val)+4)
	out = append(out, body[:end]...)
	out = append(out, comma...)
	out = EscapeMinimal.quote(out, key)
	out = append(out, ':')
	out = append(out, val...)
	return append(out, body[end:]...), nil
}

func pad(body []byte, size int) ([]byte, error) {
	empty, err := addMember(body, "pad", `""`)
	if err != nil {
		return nil, err
	}
	if len(empty) > size {
		return nil, fmt.Errorf("it has %d already", len(empty))
	}
	return addMember(body, "pad", `"`+strings.Repeat("x", size-len(empty))+`"`)
}

func repeatKey(body []byte, key string, val json.RawMessage) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, fmt.Errorf("the body is not a JSON object: %w", err)
	}
	old, ok := members[key]
	if !ok {
		return nil, fmt.Errorf("the body has no such key")
	}
	if len(val) == 0 {
		val = other(key, old)
	}
	return addMember(body, key, string(val))
}

// other gives a value of the same type that is not the same: the next number, a longer string.
func other(key string, old json.RawMessage) json.RawMessage {
	switch {
	case key == "msg":
		return json.RawMessage(`"{}"`) // still JSON in a string, but it tells nothing
	case key == "source_urls":
		return json.RawMessage(`"[]\n"`)
	case old[0] == '"':
		return append(old[:len(old)-1:len(old)-1], `-2"`...)
	case string(old) == "true":
		return json.RawMessage("false")
	}
	if n, ok := new(big.Int).SetString(string(old), 10); ok {
		return json.RawMessage(n.Add(n, big.NewInt(1)).String())
	}
	return json.RawMessage("0")
}

// An Amount is a number of bytes, or a part of a whole in percent.
type Amount struct {
	N       float64
	Percent bool
}

// ParseAmount reads "123", which is bytes, or "60%".
func ParseAmount(s string) (Amount, error) {
	digits, percent := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(digits, 64)
	switch {
	case err != nil, !(n >= 0), !percent && n != float64(int(n)), percent && n > 100:
		return Amount{}, fmt.Errorf("amount %q: want a number of bytes such as 123, or a part such as 60%%", s)
	}
	return Amount{N: n, Percent: percent}, nil
}

// Of is the amount of a total, in bytes: never below 0 or above the total.
func (a Amount) Of(total int) int {
	n := a.N
	if a.Percent {
		n = float64(total) * n / 100
	}
	return max(0, min(int(n), total))
}
