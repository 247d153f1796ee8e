package suite

import (
	"reflect"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// toMicros brings every emitter.Offset that v points to down to whole microseconds. That is what the run log holds: judge
// and reports must see no more than it, or a recorded run could come out otherwise when it is judged again.
func toMicros(v any) { micros(reflect.ValueOf(v)) }

var offsetType = reflect.TypeFor[emitter.Offset]()

func micros(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			micros(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				micros(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return // a body has no times
		}
		for i := range v.Len() {
			micros(v.Index(i))
		}
	case reflect.Int64:
		if v.Type() == offsetType {
			if whole := v.Int() - v.Int()%int64(time.Microsecond); whole != v.Int() {
				v.SetInt(whole)
			}
		}
	default:
	}
}
