package emitter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// kind is what a value is in JSON, and two things beside: nested is a string that holds JSON, as msg and
// source_urls do, and verbatim is JSON that is written as it was given.
type kind uint8

const (
	null kind = iota
	boolean
	number
	str
	array
	object
	nested
	verbatim
)

// A value is JSON that keeps what a map would lose: the order of members and the digits of numbers.
type value struct {
	kind    kind
	text    string // content of a string; digits of a number; "true" or "false"; JSON where verbatim
	items   []value
	members []member
	inner   *value // nested
	tail    string // nested: text after the JSON
}

// A member is one key of an object, with its value.
type member struct {
	key string
	val value
}

func (v value) clone() value {
	v.items = slices.Clone(v.items)
	for i := range v.items {
		v.items[i] = v.items[i].clone()
	}
	v.members = cloneMembers(v.members)
	if v.inner != nil {
		in := v.inner.clone()
		v.inner = &in
	}
	return v
}

func cloneMembers(ms []member) []member {
	ms = slices.Clone(ms)
	for i := range ms {
		ms[i].val = ms[i].val.clone()
	}
	return ms
}

func (v *value) find(key string) int {
	return slices.IndexFunc(v.members, func(m member) bool { return m.key == key })
}

// valueOf makes a value of a Go value. Strings keep their bytes, valid UTF-8 or not.
func valueOf(v any) (value, error) {
	switch v := v.(type) {
	case nil:
		return value{}, nil
	case string:
		return text(v), nil
	case json.RawMessage:
		if !json.Valid(v) {
			return value{}, fmt.Errorf("not JSON: %.60q", []byte(v))
		}
		return value{kind: verbatim, text: string(v)}, nil
	case json.Number:
		if v == "" { // encoding/json would write 0
			return value{}, fmt.Errorf("an empty number")
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return value{}, fmt.Errorf("cannot be written as JSON: %w", err)
	}
	return parseValue(b.Bytes())
}
