// Package strict reads the YAML files that people write for this program, and is pedantic about them on
// the author's behalf: a misspelt key, a value of the wrong type, a key given twice or a second document is
// refused, with its file, line, column, source line and caret, the nearest valid name and what to do. All
// mistakes of a file are reported at once.
//
// It knows nothing of scenarios or targets: what a file may hold is said by Go structs with yaml tags, and
// what the tags cannot say is added by the caller through [File.Errorf] and [File.Warnf], so that mistakes of
// either kind look alike.
//
//	f := strict.Parse("relaycheck.yaml", src)
//	var target Target
//	f.Decode(&target)
//	if target.URL == "" {
//		f.Errorf(target.Pos, "missing-url", "there is no url").Hint("add `url: http://…`")
//	}
//	return target, f.Err()
//
// # What the structs may say
//
//   - `yaml:"name"` names a key; a field without the tag, or with "-", is no key; `yaml:",inline"` takes over
//     the keys of a struct.
//   - `strict:"required"` refuses a mapping without the key.
//   - A field of type [Pos] receives the position of the mapping, one of type [Keys] those of its keys.
//   - [At] keeps the position of a single value, [Map] the order and positions of a mapping with free keys.
//   - A string type with a method Values() []string takes these words alone.
//   - A type that implements [Unmarshaler] reads itself: a duration, or a union of a word and a mapping.
//   - any receives a JSON value: nil, bool, string, json.Number, []any, map[string]any. A YAML timestamp stays
//     text, no number loses a digit.
//
// Reading is bounded: files above [MaxSize], nesting above [MaxDepth] and aliases that unfold to more than
// [MaxNodes] values are refused before anything is decoded. It never panics on any input, and performs no I/O.
package strict
