package report

import (
	"reflect"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// A rewriter says what becomes of the texts in a value; nil leaves them as they are.
type rewriter struct {
	text   func(string) string                 // every field, element and map value of type string
	body   func([]byte) []byte                 // every slice of bytes that is not empty
	header func(emitter.Header) emitter.Header // every header line, before its texts
}

// rewrite returns a deep copy of v, rewritten. String types of their own (verdicts, levels), numbers, times, unexported
// fields and the keys of maps stay as they are.
func rewrite[T any](v T, w rewriter) T {
	out, _ := reflect.TypeAssert[T](w.value(reflect.ValueOf(&v).Elem()))
	return out
}

var (
	stringType = reflect.TypeFor[string]()
	timeType   = reflect.TypeFor[time.Time]()
	headerType = reflect.TypeFor[emitter.Header]()
)

func (w rewriter) value(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		if w.text == nil || v.Type() != stringType || v.Len() == 0 {
			return v
		}
		return reflect.ValueOf(w.text(v.String()))
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(w.value(v.Elem()))
		return out
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(w.value(v.Elem()))
		return out
	case reflect.Slice:
		return w.slice(v)
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			out.SetMapIndex(it.Key(), w.value(it.Value()))
		}
		return out
	case reflect.Struct:
		return w.structure(v)
	default:
		return v
	}
}

func (w rewriter) slice(v reflect.Value) reflect.Value {
	if v.Len() == 0 {
		return v
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		if w.body == nil {
			return v
		}
		return reflect.ValueOf(w.body(v.Bytes())).Convert(v.Type())
	}
	out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		out.Index(i).Set(w.value(v.Index(i)))
	}
	return out
}

func (w rewriter) structure(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	if v.Type() == timeType {
		return out
	}
	if v.Type() == headerType && w.header != nil {
		h, _ := reflect.TypeAssert[emitter.Header](v)
		out.Set(reflect.ValueOf(w.header(h)))
	}
	for i := range out.NumField() {
		if out.Type().Field(i).IsExported() {
			out.Field(i).Set(w.value(out.Field(i)))
		}
	}
	return out
}
