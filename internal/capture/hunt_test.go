package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// texts are JSON, and what is nearly so.
var texts = []string{
	`{}`, ` [ ] `, `{"a":{"b":1}}`, `{"a":{"b":1},"a":{}}`, `{"a":{"b":1},"a":{"b":"x","b":[2]}}`, `{"a":1,"\u0061":{"b":2}}`, `{"a":[0,{"b":1},2]}`, `[[1,2],{"a":3}]`, `{"a":{"b":null}}`, `"a"`, `null`, `-0.5e+10`, "\t{\r\n}\n",
	`{"a":tru}`, `{"a":01}`, `{"a":1.}`, `{"a":-}`, `{"a":1e}`, `{"a":.5}`, `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1,}`, `[1,]`, `[,1]`, `{"a":1 "b":2}`, `{}{}`, `{"a":"`, `{"a":"\`, `"\u12g4"`, `"\x22"`, `"\ud83d\ude00 \ud83d"`, "\"\x1f\"", "\"\x7f\xff\x80\"",
	`"12345678\"12345678\\12345678"`, `"1234567`, "\"1234567\n\"", `{"12345678":"1234567890123456"}`, strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001), "", " ", "\x00", `{"a":1}x`, `{"b":{"a":[{"b":"!"}]}}`,
}

// FuzzHunt holds for every text: what is JSON is what encoding/json takes for it, and what is found is what encoding/json finds.
func FuzzHunt(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s), "a", "b", "1")
	}
	f.Fuzz(func(t *testing.T, text []byte, a, b, c string) {
		paths := [][]string{{a}, {a, b}, {b, c}, {a, c, b}, {c}, {}}
		var h hunt
		isJSON := h.run(text, paths...)
		if isJSON != json.Valid(text) {
			t.Fatalf("%.200q is JSON: %v", text, isJSON)
		}
		if !isJSON || !utf8.Valid(text) {
			return
		}
		for i, path := range paths {
			want := lookUp(text, path)
			var got []byte
			if h.found[i].ok() {
				got = h.found[i].in(text)
			}
			if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
				t.Errorf("%q: at %q there is %q, want %q", text, path, got, want)
			}
		}
	})
}

// lookUp is what encoding/json finds at a path, in a text in which it has nothing to mend.
func lookUp(text []byte, path []string) []byte {
	for _, name := range path {
		dec := json.NewDecoder(bytes.NewReader(text))
		open, err := dec.Token()
		if err != nil || open != json.Delim('{') && open != json.Delim('[') {
			return nil
		}
		var found json.RawMessage
		for n := 0; dec.More(); n++ {
			key := strconv.Itoa(n)
			if open == json.Delim('{') {
				token, err := dec.Token()
				if err != nil {
					return nil
				}
				key, _ = token.(string)
			}
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				return nil
			}
			if key == name {
				found = slices.Clone(value)
			}
		}
		if found == nil {
			return nil
		}
		text = found
	}
	return bytes.Trim(text, " \t\r\n")
}

// FuzzUnescape holds whatever is escaped against a plain reading of the rules, byte by byte.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`a\"b\\c\/d`, `\x22\xC3\xa9\x2`, `\u0041\ud83d\ude00\ud83d\u0041\uD83D`, `\b\f\n\r\t\v\q`, `\`, `1234567\`, `12345678\n`, strings.Repeat(`\"1234567`, 9), `\u00e9\u20ac`, `\x`, `\u12`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var m memory
		for range 2 { // the second time in the same memory
			before := bytes.Clone(text)
			got := m.unescape(text)
			if want := plainly(text); !bytes.Equal(got, want) || !bytes.Equal(text, before) {
				t.Fatalf("%q became %q, want %q", text, got, want)
			}
		}
	})
}

func plainly(text []byte) (out []byte) {
	digits := func(i, n int) (uint64, bool) {
		if len(text) < i+n {
			return 0, false
		}
		v, err := strconv.ParseUint(string(text[i:i+n]), 16, 32)
		return v, err == nil
	}
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 == len(text) {
			out, i = append(out, text[i]), i+1
			continue
		}
		const from, to = `"\/nrtbfv`, "\"\\/\n\r\t\b\f\v"
		if k := strings.IndexByte(from, text[i+1]); k >= 0 {
			out, i = append(out, to[k]), i+2
			continue
		}
		if v, ok := digits(i+2, 2); ok && text[i+1] == 'x' {
			out, i = append(out, byte(v)), i+4
			continue
		}
		v, ok := digits(i+2, 4)
		if !ok || text[i+1] != 'u' {
			out, i = append(out, '\\'), i+1
			continue
		}
		r, size := rune(v), 6
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
			if low, ok := digits(i+8, 4); ok && string(text[i+6:i+8]) == `\u` {
				if both := utf16.DecodeRune(rune(v), rune(low)); both != utf8.RuneError {
					r, size = both, 12
				}
			}
		}
		out, i = utf8.AppendRune(out, r), i+size
	}
	return out
}

// FuzzBase64 holds that it does not matter which way base64 is read.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "e30=", "e30", " e30==\n", "_-8", "_+8", "e3\r\n0=\r\n=", "=e30", "e30=x", "!", "e", "e3", "e3==", "\u00a0e30=", "e30ge30ge30g!", "e30ge30g-+"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var m memory
		got, err := m.fromBase64(text)
		s := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(string(bytes.TrimSpace(text)))
		want, wrong := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
		if (err == nil) != (wrong == nil) || err == nil && !bytes.Equal(got, want) || err != nil && err.Error() != "not base64: "+wrong.Error() {
			t.Errorf("%q became %q, %v, want %q, %v", text, got, err, want, wrong)
		}
	})
}
