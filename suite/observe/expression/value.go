package expression

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Decode decodes one JSON document into the values that expressions work on: numbers become int or float64 where
// that loses nothing, and stay json.Number where it would. It says false where data is not exactly one document.
func Decode(data []byte) (any, bool) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, false
	}
	return native(v), true
}

// native replaces each json.Number within v by a number that the language can calculate with.
func native(v any) any {
	switch x := v.(type) {
	case json.Number:
		return Number(string(x))
	case []any:
		for i := range x {
			x[i] = native(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = native(x[k])
		}
	}
	return v
}

// Number is the value of a JSON number's text: an int, else a float64 where that is exact, else the text itself as
// json.Number.
func Number(text string) any {
	if i, err := strconv.Atoi(text); err == nil {
		return i
	}
	digits, exp, negative := decimal(text)
	if exp >= 0 && len(digits)+exp <= 19 { // 19 digits are all that 64 bits can hold
		s := digits + strings.Repeat("0", exp)
		if negative {
			s = "-" + s
		}
		if i, err := strconv.Atoi(s); err == nil {
			return i
		}
		return json.Number(text)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		d, e, n := decimal(strconv.FormatFloat(f, 'e', -1, 64))
		if d == digits && e == exp && n == negative {
			return f
		}
	}
	return json.Number(text)
}

// decimal reads a number as digits · 10^exp, without zeros at either end of the digits. Zero is ("0", 0).
func decimal(text string) (digits string, exp int, negative bool) {
	negative = strings.HasPrefix(text, "-")
	mantissa := strings.TrimLeft(text, "+-")
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		e, err := strconv.Atoi(mantissa[i+1:])
		if err != nil || e > math.MaxInt32 || e < math.MinInt32 {
			e = math.MinInt32 // beyond anything that is compared with it
		}
		mantissa, exp = mantissa[:i], e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exp -= len(fraction)
	digits = strings.TrimLeft(whole+fraction, "0")
	trimmed := strings.TrimRight(digits, "0")
	exp += len(digits) - len(trimmed)
	if trimmed == "" {
		return "0", 0, false
	}
	return trimmed, exp, negative
}

// Shape gives a value the shape of JSON: nil, bool, string, json.Number, []any and map[string]any. Bytes become
// text and times RFC 3339, in UTC.
func Shape(v any) (any, error) {
	switch x := v.(type) {
	case nil, bool, json.Number:
		return x, nil
	case string:
		return valid(x), nil
	case []byte:
		return valid(string(x)), nil
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano), nil
	case time.Duration:
		return x.String(), nil
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Bool:
		return rv.Bool(), nil
	case reflect.String:
		return valid(rv.String()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return json.Number(strconv.FormatInt(rv.Int(), 10)), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return json.Number(strconv.FormatUint(rv.Uint(), 10)), nil
	case reflect.Float32, reflect.Float64:
		return floatShape(rv.Float())
	case reflect.Pointer, reflect.Interface:
		if rv.IsNil() {
			return nil, nil
		}
		return Shape(rv.Elem().Interface())
	case reflect.Slice, reflect.Array:
		return sliceShape(rv)
	case reflect.Map:
		return mapShape(rv)
	default:
		return nil, fmt.Errorf("the expression gives %s, which is no JSON value", describe(v))
	}
}

func floatShape(f float64) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("the expression gives %v, which is no JSON number", f)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return json.Number(strconv.FormatFloat(f, 'f', -1, 64)), nil
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), nil
}

func sliceShape(rv reflect.Value) (any, error) {
	if rv.Kind() == reflect.Slice && rv.IsNil() {
		return nil, nil
	}
	out := make([]any, rv.Len())
	for i := range out {
		v, err := Shape(rv.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func mapShape(rv reflect.Value) (any, error) {
	if rv.IsNil() {
		return nil, nil
	}
	out := make(map[string]any, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		v, err := Shape(it.Value().Interface())
		if err != nil {
			return nil, err
		}
		out[fmt.Sprint(it.Key().Interface())] = v
	}
	return out, nil
}

// valid replaces what is not UTF-8: a JSON string cannot hold it.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// describe names a value's kind for people.
func describe(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case bool:
		return "true or false"
	case string:
		return "text"
	case json.Number, int, int64, float64:
		return "a number"
	}
	switch reflect.ValueOf(v).Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map:
		return "an object"
	case reflect.Func:
		return "a function"
	default:
		return fmt.Sprintf("a %T", v)
	}
}
