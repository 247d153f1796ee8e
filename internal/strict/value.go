package strict

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Value is the value as JSON has it: nil, bool, string, json.Number, []any, map[string]any. Numbers keep every
// digit and their spelling; a date is a text. What JSON cannot say (0x1F, .inf, a key that is no text) is noted, and the
// value is then not whole.
func (n Node) Value() (value any, ok bool) {
	if !n.standardTag() {
		n.Errorf("tag", "the tag %s is not known here", target(n.n).Tag).Hint("delete it")
		return nil, false
	}
	switch n.Kind() {
	case Null:
		return nil, true
	case Bool:
		return strings.EqualFold(n.Text(), "true"), true
	case Number:
		if !jsonNumber(n.Text()) {
			n.Errorf("number", "%s is a number that JSON cannot write", clip(n.Text())).
				Hint("write it in plain decimal digits, or in quotes if it is meant as text")
			return nil, false
		}
		return json.Number(n.Text()), true
	case Text:
		return n.Text(), true
	case List:
		list, whole := []any{}, true
		n.Each(func(_ int, item Node) {
			v, ok := item.Value()
			list, whole = append(list, v), whole && ok
		})
		return list, whole
	case Mapping:
	}
	object, before := map[string]any{}, n.f.errors()
	n.EachKey(func(key string, _ Pos, item Node) {
		object[key], _ = item.Value()
	})
	return object, n.f.errors() == before
}

var numberSyntax = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)

// jsonNumber reports whether a text is a number as JSON writes it. Exponents of more than three digits are refused: a
// reader that computes with exact fractions would need gigabytes for them.
func jsonNumber(s string) bool { return numberSyntax.MatchString(s) }
