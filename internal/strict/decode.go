package strict

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// An Unmarshaler decodes itself from a value of the file, noting what is wrong with it on the node.
type Unmarshaler interface {
	DecodeYAML(n Node)
}

// An Enum is a string type that takes some words alone.
type Enum interface {
	Values() []string
}

// Decode reads src as one YAML document into out, a pointer to a struct. The error is [Problems].
func Decode(name string, src []byte, out any) error {
	f := Parse(name, src)
	f.Decode(out)
	return f.Err()
}

// Decode decodes the document into out, a pointer. What is wrong is noted; what is right is decoded all the same.
func (f *File) Decode(out any) {
	if n, ok := f.Root(); ok {
		f.decodeInto(n, out)
	}
}

func (f *File) decodeInto(n Node, out any) {
	v := reflect.ValueOf(out)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		n.Errorf("internal", "a %T cannot be decoded into", out)
		return
	}
	f.decode(n, v.Elem())
}

var unmarshaler = reflect.TypeFor[Unmarshaler]()

func (f *File) decode(n Node, v reflect.Value) {
	if v.Kind() == reflect.Pointer { // never left nil where its key is there, whatever the value
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		f.decode(n, v.Elem())
		return
	}
	known := n.standardTag()
	if !known {
		n.Errorf("tag", "the tag %s is not known here", target(n.n).Tag).Hint("delete it")
	}
	if v.CanAddr() && v.Addr().Type().Implements(unmarshaler) {
		v.Addr().Interface().(Unmarshaler).DecodeYAML(n) // it wants to know the place at least
		return
	}
	if !known {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.decodeStruct(n, v)
	case reflect.Slice:
		f.decodeSlice(n, v)
	case reflect.Map:
		f.decodeMap(n, v)
	case reflect.Interface:
		if value, ok := n.Value(); ok && value != nil {
			v.Set(reflect.ValueOf(value))
		}
	default:
		f.decodeScalar(n, v)
	}
}

// standardTag reports whether a value's tag is one that JSON-shaped data can have.
func (n Node) standardTag() bool {
	switch target(n.n).ShortTag() {
	case "!!null", "!!bool", "!!int", "!!float", "!!str", "!!timestamp", "!!seq", "!!map", "!!merge":
		return true
	}
	return false
}

func (f *File) decodeScalar(n Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		f.decodeString(n, v)
	case reflect.Bool:
		if n.Kind() != Bool {
			r := n.Expected("true or false")
			switch strings.ToLower(n.Text()) {
			case "yes", "on", "y":
				r.Hint("write true")
			case "no", "off", "n":
				r.Hint("write false")
			}
			return
		}
		v.SetBool(strings.EqualFold(n.Text(), "true"))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, ok := n.Int()
		if !ok {
			return
		}
		if v.OverflowInt(i) {
			n.Errorf("range", "%d is too large", i)
			return
		}
		v.SetInt(i)
	case reflect.Float32, reflect.Float64:
		x, err := strconv.ParseFloat(n.Text(), 64)
		if n.Kind() != Number || !jsonNumber(n.Text()) || err != nil || math.IsInf(x, 0) {
			n.Expected("a number")
			return
		}
		v.SetFloat(x)
	default:
		n.Errorf("internal", "a %s cannot be decoded into", v.Type())
	}
}

func (f *File) decodeString(n Node, v reflect.Value) {
	enum, isEnum := reflect.TypeAssert[Enum](v)
	if n.Kind() != Text {
		if isEnum {
			n.Expected("one of " + strings.Join(enum.Values(), ", "))
			return
		}
		r := n.Expected("a text")
		switch n.Kind() {
		case Number, Bool:
			r.Hint("put it in quotes if it is meant as text")
		case Null:
			r.Hint(`write "" if it is meant to be empty`)
		default:
		}
		return
	}
	text := n.Text()
	if isEnum {
		valid := enum.Values()
		found := false
		for _, w := range valid {
			found = found || w == text
		}
		if !found {
			hint := "valid here: " + strings.Join(valid, ", ")
			if near := Nearest(text, valid); near != "" {
				hint = "did you mean \"" + near + "\"? (" + hint + ")"
			}
			n.Errorf("unknown-value", "%s cannot be %q", n.what(), clip(text)).Hint(hint)
			return
		}
	}
	v.SetString(text)
}

// what names the value for a message.
func (n Node) what() string {
	if n.path == "" {
		return "the file"
	}
	return n.path
}

// clip shortens a text for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// Int reads a whole number; what is none is noted.
func (n Node) Int() (int64, bool) {
	i, err := strconv.ParseInt(n.Text(), 10, 64)
	if n.Kind() == Number && err == nil && jsonNumber(n.Text()) {
		return i, true
	}
	r := n.Expected("a whole number")
	if n.Kind() == Number && !jsonNumber(n.Text()) {
		r.Hint("write it in plain decimal digits")
	}
	return 0, false
}

func (f *File) decodeSlice(n Node, v reflect.Value) {
	if n.Kind() != List {
		r := n.Expected("a list")
		if n.Kind() == Text || n.Kind() == Mapping {
			r.Hint("put it in [ ], or on a line of its own after `- `")
		}
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, n.Len()))
	for i, c := range target(n.n).Content {
		item := reflect.New(v.Type().Elem()).Elem()
		f.decode(Node{f, c, fmt.Sprintf("%s[%d]", n.path, i)}, item)
		v.Set(reflect.Append(v, item))
	}
}

// Each calls do for every element of a list; anything else is noted as wrong.
func (n Node) Each(do func(i int, item Node)) {
	if n.Kind() != List {
		n.Expected("a list")
		return
	}
	for i, c := range target(n.n).Content {
		do(i, Node{n.f, c, fmt.Sprintf("%s[%d]", n.path, i)})
	}
}

func (f *File) decodeMap(n Node, v reflect.Value) {
	if v.Type().Key().Kind() != reflect.String {
		n.Errorf("internal", "a %s cannot be decoded into", v.Type())
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	n.EachKey(func(key string, _ Pos, value Node) {
		item := reflect.New(v.Type().Elem()).Elem()
		f.decode(value, item)
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), item)
	})
}

// EachKey calls do for every key of a mapping. Anything but a mapping, a key that is no text, a key given twice
// and a merge key are noted as wrong.
func (n Node) EachKey(do func(key string, at Pos, value Node)) {
	if n.Kind() != Mapping {
		n.Expected("a mapping of keys and values")
		return
	}
	content := target(n.n).Content
	first := map[string]Pos{}
	for i := 0; i+1 < len(content); i += 2 {
		k := Node{n.f, content[i], n.path}
		if !n.f.validKey(k) {
			continue
		}
		name := k.Text()
		if at, twice := first[name]; twice {
			k.Errorf("duplicate-key", "the key %q is given twice", clip(name)).
				Hint(fmt.Sprintf("it stands in line %d already; delete one of them", at.Line))
			continue
		}
		first[name] = k.Pos()
		path := name
		if n.path != "" {
			path = n.path + "." + name
		}
		do(name, k.Pos(), Node{n.f, content[i+1], path})
	}
}

func (f *File) validKey(k Node) bool {
	t := target(k.n)
	if t.Kind == yaml.ScalarNode && t.ShortTag() == "!!merge" {
		k.Errorf("merge-key", "the merge key << is not supported").Hint("write the keys out, or use an alias for a whole value")
		return false
	}
	if k.Kind() != Text {
		r := k.Errorf("wrong-type", "a key must be a text, not %s", k.Kind())
		if k.Kind() == Number || k.Kind() == Bool || k.Kind() == Null {
			r.Hint("put it in quotes")
		}
		return false
	}
	return true
}
