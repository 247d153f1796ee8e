package emitter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Parse reads a callback, or any other JSON object, from its bytes. The order of members and the digits of
// numbers are kept; white space and the choice of escapes of the outer object are not. msg and source_urls keep
// their text to the byte. An error says what is wrong and, where it is known, at which byte.
//
// Parse is strict where JSON parsers differ: duplicate keys, invalid UTF-8 and anything after the object are
// refused, since no single callback could stand for such bytes.
func Parse(body []byte) (*Callback, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("parse callback: not valid UTF-8")
	}
	v, err := parseValue(body)
	if err != nil {
		return nil, fmt.Errorf("parse callback: %w", err)
	}
	if v.kind != object {
		return nil, errors.New("parse callback: not a JSON object")
	}
	for i, m := range v.members {
		if (m.key == "msg" || m.key == "source_urls") && m.val.kind == str {
			v.members[i].val = parseNested(m.val.text)
		}
	}
	return &Callback{members: v.members}, nil
}

// parseNested opens JSON inside a string, if writing it again gives the same text; otherwise the string stays
// a string, so that its text is never changed unasked.
func parseNested(s string) value {
	inner, err := parseValue([]byte(s))
	if err != nil || (inner.kind != object && inner.kind != array) {
		return text(s)
	}
	body := strings.TrimRight(s, " \t\r\n")
	if string(writer{}.value(nil, inner, 0)) != body {
		return text(s)
	}
	return value{kind: nested, inner: &inner, tail: s[len(body):]}
}

// parseValue reads one JSON value with nothing after it.
func parseValue(data []byte) (value, error) {
	if err := validJSON(data); err != nil {
		return value{}, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return readValue(dec)
}

func validJSON(data []byte) error {
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON at byte %d: %w", syntax.Offset, err)
	}
	return err
}

func readValue(dec *json.Decoder) (value, error) {
	tok, err := dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return value{}, err
	}
	switch tok := tok.(type) {
	case nil:
		return value{}, nil
	case bool:
		return value{kind: boolean, text: fmt.Sprint(tok)}, nil
	case json.Number:
		return value{kind: number, text: tok.String()}, nil
	case string:
		return text(tok), nil
	case json.Delim:
		if tok == '[' {
			return readArray(dec)
		}
		return readObject(dec)
	}
	return value{}, fmt.Errorf("unexpected token %v", tok)
}

func readArray(dec *json.Decoder) (value, error) {
	v := value{kind: array}
	for dec.More() {
		item, err := readValue(dec)
		if err != nil {
			return value{}, err
		}
		v.items = append(v.items, item)
	}
	_, err := dec.Token()
	return v, err
}

func readObject(dec *json.Decoder) (value, error) {
	v := value{kind: object}
	seen := make(map[string]bool)
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return value{}, err
		}
		key, ok := tok.(string)
		if !ok {
			return value{}, fmt.Errorf("unexpected token %v for a key", tok)
		}
		if seen[key] {
			return value{}, fmt.Errorf("key %q stands twice (byte %d)", key, dec.InputOffset())
		}
		seen[key] = true
		val, err := readValue(dec)
		if err != nil {
			return value{}, err
		}
		v.members = append(v.members, member{key, val})
	}
	_, err := dec.Token()
	return v, err
}
