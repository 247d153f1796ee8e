package strict

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A Field is a key that a struct takes.
type Field struct {
	Name     string
	GoName   string
	Required bool
	Index    []int
	Type     reflect.Type
}

// fieldsOf remembers what Fields found: reflect.Type -> []Field. A type's fields never change.
var fieldsOf sync.Map

// Fields lists the keys that a struct type takes, those of inlined structs included, in the order of its fields. The list
// is shared: do not change it.
func Fields(t reflect.Type) []Field {
	if known, ok := fieldsOf.Load(t); ok {
		return known.([]Field) //nolint:forcetypeassert // nothing else is stored
	}
	known, _ := fieldsOf.LoadOrStore(t, findFields(t))
	return known.([]Field) //nolint:forcetypeassert // nothing else is stored
}

func findFields(t reflect.Type) []Field {
	var out []Field
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("yaml")
		name, options, _ := strings.Cut(tag, ",")
		if slices.Contains(strings.Split(options, ","), "inline") && sf.Type.Kind() == reflect.Struct {
			for _, inner := range Fields(sf.Type) {
				inner.Index = append([]int{i}, inner.Index...) // a new slice: the list is shared
				out = append(out, inner)
			}
			continue
		}
		if !sf.IsExported() || name == "" || name == "-" {
			continue
		}
		required := slices.Contains(strings.Split(sf.Tag.Get("strict"), ","), "required")
		out = append(out, Field{Name: name, GoName: sf.Name, Required: required, Index: []int{i}, Type: sf.Type})
	}
	return out
}

// A TextHinter is a struct that people tend to write as one text; it says what to write instead.
type TextHinter interface {
	HintForText(text string) string
}

func (f *File) decodeStruct(n Node, v reflect.Value) {
	if n.Kind() != Mapping {
		r := n.Expected("a mapping of keys and values")
		if n.Kind() == Null {
			r.Hint("write its keys below, indented, or delete it")
		} else if h, can := reflect.TypeAssert[TextHinter](v.Addr()); can && n.Kind() == Text {
			r.Hint(h.HintForText(n.Text()))
		}
		return
	}
	fields := Fields(v.Type())
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
	}
	keys := Keys{}
	n.EachKey(func(key string, at Pos, value Node) {
		keys[key] = Place{Key: at, Value: value.Pos()}
		i := slices.Index(names, key)
		if i < 0 {
			f.unknownKey(n, key, at, names)
			return
		}
		f.decode(value, v.FieldByIndex(fields[i].Index))
	})
	for _, field := range fields {
		if field.Required && !keys.Has(field.Name) {
			n.Errorf("missing-key", "%s has no %s", n.what(), field.Name).Hint("add `" + field.Name + ":`")
		}
	}
	setPlaces(v, n.Pos(), keys)
}

func (f *File) unknownKey(n Node, key string, at Pos, valid []string) {
	where := ""
	if n.path != "" {
		where = " in " + n.path
	}
	r := f.Errorf(at, "unknown-key", "unknown key %q%s", clip(key), where)
	if hint := Suggest(key, valid); hint != "" {
		r.Hint(hint)
	}
}

var (
	posType  = reflect.TypeFor[Pos]()
	keysType = reflect.TypeFor[Keys]()
)

// setPlaces fills the fields that ask for positions, in inlined structs, too.
func setPlaces(v reflect.Value, at Pos, keys Keys) {
	t := v.Type()
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("yaml")
		inline := strings.HasSuffix(tag, ",inline") && sf.Type.Kind() == reflect.Struct
		switch {
		case inline:
			setPlaces(v.Field(i), at, keys)
		case !sf.IsExported() || tag != "" && tag != "-":
		case sf.Type == posType:
			v.Field(i).Set(reflect.ValueOf(at))
		case sf.Type == keysType:
			v.Field(i).Set(reflect.ValueOf(keys))
		}
	}
}
