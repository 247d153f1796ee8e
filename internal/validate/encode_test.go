package validate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/relaycheck/relaycheck/schema"
)

// sameAsCompact holds the encoding of a record against that of encoding/json.
func sameAsCompact(t *testing.T, rec *Record) {
	t.Helper()
	want, err := compact(rec)
	if err != nil {
		t.Fatal(err)
	}
	if got := appendRecord([]byte("before"), rec); string(got) != "before"+string(want) {
		t.Fatalf("got  %s\nwant before%s", got, want)
	}
}

// oddTexts are what an encoder may get wrong.
var oddTexts = []string{
	"", "plain", `"quoted" \ /`, "<b>&amp;</b>", "\b\f\n\r\t", "\x00\x01\x1f\x7f", "中文 é 😀", "\u2027\u2028\u2029\u202a", "\ufffd", "\xff", "a\xc3", "\xe2\x80",
	"\xed\xa0\x80", "\xf0\x9f\x98\x80\xf0\x9f", "/msg#/a~1b", "\ufeff", "end \xff\u2028\"",
}

// odden fills every field with a value that is empty now and then, and odd. A field of a type that it does not know is one that
// appendRecord does not know either.
func odden(t *testing.T, r *rand.Rand, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		for range r.IntN(3) {
			v.SetString(v.String() + oddTexts[r.IntN(len(oddTexts))])
		}
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, 7, 1 << 40, -1 << 63, 1<<63 - 1}[r.IntN(7)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Pointer:
		if r.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			odden(t, r, v.Elem())
		}
	case reflect.Slice:
		if n := r.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n))
			for i := range n - 1 {
				odden(t, r, v.Index(i))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				odden(t, r, v.Field(i))
			}
		}
	default:
		t.Fatalf("a field of type %s", v.Type())
	}
}

func TestARecordIsEncodedAsTheStandardLibraryDoesIt(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(314, 2))
	for range 5000 {
		var rec Record
		odden(t, r, reflect.ValueOf(&rec).Elem())
		sameAsCompact(t, &rec)
	}
	for i, line := range spoilt(t, 20) {
		report := schema.Validate([]byte(line), schema.Options{})
		rec := recordOf(document(i, line), &report)
		sameAsCompact(t, &rec)
	}
	for i := range 0x10000 { // and every short text
		sameAsCompact(t, &Record{Source: string(rune(i)), Event: string([]byte{byte(i >> 8), byte(i)})})
	}
}

func FuzzARecordIsEncodedAsTheStandardLibraryDoesIt(f *testing.F) {
	for i, text := range oddTexts {
		f.Add(text, text+"x", fmt.Sprint(text, i), int64(i), i)
	}
	f.Fuzz(func(t *testing.T, source, within, message string, offset int64, line int) {
		rec := Record{
			Source: source, Within: within, Event: message, Offset: offset, Line: line,
			Violations: []Violation{{Pointer: within, Message: message, Offset: offset, Decoded: &line}, {Code: source}},
		}
		sameAsCompact(t, &rec)
	})
}

func BenchmarkEncode(b *testing.B) {
	var records []Record
	for i, line := range spoilt(b, 100) {
		report := schema.Validate([]byte(line), schema.Options{})
		records = append(records, recordOf(document(i, line), &report))
	}
	var dst []byte
	i := 0
	b.Run("appendRecord", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = appendRecord(dst[:0], &records[i%len(records)])
			i++
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := compact(&records[i%len(records)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}
