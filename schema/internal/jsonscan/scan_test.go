package jsonscan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// seeds are texts on both sides of every rule of the grammar.
var seeds = []string{
	"", " ", "\n", "null", "true", "false", "nul", "truex", "tru", "0", "-0", "-", "01", "1.", "1.5", ".5", "1e", "1e5", "1E+5", "1e-05", "+1",
	`""`, `"`, `"a`, `"\`, `"\u`, `"\u12`, `"\u12g4"`, `"\u0041"`, `"\x"`, `"\n"`, "\"\n\"", "\"\x00\"", "\"\x7f\"", "\"\xff\"", "\"\xe4\xb8\xad\"",
	`"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `"\ud83dx"`, `"\ud83d\n"`, `"\ud83d\ud83d\ude00"`, `{"a":"\udc00\udc00x"}`, `{"a":"\ud83d\ud83dx"}`,
	`[]`, `[`, `]`, `[1]`, `[1,]`, `[,1]`, `[1 2]`, `[1`, `[[],[[]]]`, `[}`,
	`{}`, `{`, `}`, `{"a"}`, `{"a":}`, `{"a":1}`, `{"a":1,}`, `{,"a":1}`, `{a:1}`, `{'a':1}`, `{"a":1 "b":2}`, `{"a":1,"a":2}`, `{"a" : 1 , "b" : [ ] }`,
	`{"a":{"b":[1,{"c":2}]}}`, `{} {}`, `{}x`, "\xef\xbb\xbf{}", "\xef\xbb\xbf", "\xff\xfe{\x00}\x00", `{"a":1e999}`, `{"a":NaN}`, `// c`, `{"\ud800":1}`, "{\"\xf0\":0}",
	"{\"a\u2028\":1}", " \t\r\n{ }\r\n",
	strings.Repeat("[", 64) + strings.Repeat("]", 64), strings.Repeat("[", 65) + strings.Repeat("]", 65), strings.Repeat(`{"a":`, 70),
}

// agrees holds a scan against encoding/json, which is laxer in what it reports and equally strict in its grammar.
func agrees(t testing.TB, src []byte) {
	t.Helper()
	before := bytes.Clone(src)
	doc, err := Scan(src)
	if !bytes.Equal(before, src) {
		t.Fatalf("the text was changed: %q", before)
	}
	if err != nil && (err.Deep || err.Many) {
		return
	}
	clean := err == nil
	for _, f := range doc.Faults {
		if f.Offset < 0 || f.Offset > len(src) {
			t.Fatalf("%q: fault at %d", src, f.Offset)
		}
		if f.Kind == BOM || f.Kind == Trailing {
			clean = false
		}
	}
	if want := json.Valid(src); want != clean {
		t.Fatalf("%q: encoding/json says %v, the scan says %v (%v, %v)", src, want, clean, err, doc.Faults)
	}
	if err != nil {
		if err.Offset < 0 || err.Offset > len(src) {
			t.Fatalf("%q: error at %d", src, err.Offset)
		}
		return
	}
	if !clean {
		return
	}
	want := map[string]json.RawMessage{}
	if doc.Root.Kind == Object {
		if err := json.Unmarshal(src, &want); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]json.RawMessage{}
	for _, m := range doc.Members {
		got[string(m.Key)] = src[m.Value.Start:m.Value.End]
		if src[m.KeyStart] != '"' {
			t.Fatalf("%q: no key at %d", src, m.KeyStart)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%q: encoding/json finds %d members, the scan %d", src, len(want), len(got))
	}
	for k, raw := range want {
		if !bytes.Equal(got[k], raw) {
			t.Fatalf("%q: member %q is %q, the scan says %q", src, k, raw, got[k])
		}
		if raw[0] == '"' {
			checkText(t, &doc, lastMember(doc, k).Value)
		}
	}
}

func lastMember(doc Doc, key string) Member {
	var last Member
	for _, m := range doc.Members {
		if string(m.Key) == key {
			last = m
		}
	}
	return last
}

// fataler is what tests, fuzz targets and properties have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// checkText holds a decoded string, and the way back from it, against encoding/json.
func checkText(t fataler, doc *Doc, v Value) {
	t.Helper()
	raw := doc.Src[v.Start:v.End]
	var want string
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	var text Text
	text.Take(doc, v)
	if string(text.Bytes) != want {
		t.Fatalf("%q is %q, the scan says %q", raw, want, text.Bytes)
	}
	last := v.Start
	for i := 0; i < len(want); {
		_, n := utf8.DecodeRuneInString(want[i:])
		at := text.Offset(i)
		if at <= last || at >= v.End-1 {
			t.Fatalf("%q: byte %d of the content is said to stand at %d", raw, i, at)
		}
		// What stands from there to the end has to decode to the rest of the content.
		var rest string
		if err := json.Unmarshal(append([]byte{'"'}, doc.Src[at:v.End]...), &rest); err != nil || rest != want[i:] {
			t.Fatalf("%q: from offset %d on it reads %q, want %q (%v)", raw, at, rest, want[i:], err)
		}
		last = at
		i += n
	}
	if text.Offset(len(want)) != v.End-1 {
		t.Fatalf("%q: the end is said to stand at %d", raw, text.Offset(len(want)))
	}
}

func TestTheGrammarIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, s := range seeds {
		agrees(t, []byte(s))
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
		f.Add([]byte(`{"a":"` + s + `","b":` + s + `}`))
	}
	f.Fuzz(func(t *testing.T, src []byte) { agrees(t, src) })
}

func TestOffsetsOfADecodedTextLeadBackToItsSource(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString(`{"a":"`)
		for _, r := range rapid.SliceOf(rapid.Rune()).Draw(t, "text") {
			switch quoted, _ := json.Marshal(string(r)); {
			case rapid.Bool().Draw(t, "escape") && r < 0x10000:
				fmt.Fprintf(&b, `\u%04x`, r)
			case rapid.Bool().Draw(t, "pair") && r >= 0x10000:
				fmt.Fprintf(&b, `\u%04X\u%04X`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
			default:
				b.Write(quoted[1 : len(quoted)-1])
			}
		}
		b.WriteString(`"}`)
		doc, err := Scan([]byte(b.String()))
		if err != nil {
			t.Fatalf("%s: %v", b.String(), err)
		}
		checkText(t, &doc, doc.Members[0].Value)
	})
}

// Of a long text every place is found, in whatever order they are asked for.
func TestOffsetsOfALongTextLeadBackToItsSource(t *testing.T) {
	t.Parallel()
	units := []string{"x", `\n`, `\u4e2d`, "中", `\ud83d\ude00`, "😀", `\u0041`, `\ud800`, "\xff", "plain text of some length "}
	var raw strings.Builder
	for i := range 600 {
		raw.WriteString(units[(i*i+i/7)%len(units)])
	}
	doc, err := Scan([]byte(`["` + raw.String() + `"]`))
	if err != nil {
		t.Fatal(err)
	}
	var text Text
	text.Take(&doc, doc.Items[0])
	var want []int // of each byte of the content
	inner := raw.String()
	for at := 0; at < len(inner); {
		r, next := char([]byte(inner), at)
		for range utf8.RuneLen(r) {
			want = append(want, 2+at)
		}
		at = next
	}
	want = append(want, 2+len(inner))
	if len(want) != len(text.Bytes)+1 || len(want) < 8*markEach {
		t.Fatalf("%d bytes, %d places", len(text.Bytes), len(want)-1)
	}
	for k := range want {
		i := k * 7919 % len(want) // a prime: every place, back and forth
		if got := text.Offset(i); got != want[i] {
			t.Fatalf("byte %d is said to stand at %d, want %d", i, got, want[i])
		}
	}
}

func TestFaultsAreFoundWhereTheyAre(t *testing.T) {
	t.Parallel()
	many := `{` + strings.Repeat(`"x`+strconv.Itoa(7)+`":1,`, 40) + `"y":1}`
	few := `{"a":1,"a":1,`
	for i := range 2 * manyNames {
		few += fmt.Sprintf(`"x%d":1,`, i)
	}
	few += `"a":1}`
	cases := []struct {
		name, src string
		want      []Fault
	}{
		{"a clean text has none", `{"a":[{"b":"c"}]}`, nil},
		{"a byte order mark", "\xef\xbb\xbf{}", []Fault{{BOM, "", 0, ""}}},
		{"bytes after the end", `{} x`, []Fault{{Trailing, "", 3, ""}}},
		{"a name twice", `{"a":1,"a":2}`, []Fault{{Duplicate, "/a", 7, "a"}}},
		{"a name twice, once escaped", `{"a":1,"\u0061":2}`, []Fault{{Duplicate, "/a", 7, "a"}}},
		{"a name three times is told once", `{"a":1,"a":2,"a":3}`, []Fault{{Duplicate, "/a", 7, "a"}}},
		{"a name forty times is told once", many, []Fault{{Duplicate, "/x7", 8, "x7"}}},
		{"a name twice, deep", `{"a":[0,{"b/c":1,"b/c":2}]}`, []Fault{{Duplicate, "/a/1/b~1c", 17, "b/c"}}},
		{"the same name in two objects is fine", `[{"a":1},{"a":1}]`, nil},
		{"the same name inside and outside is fine", `{"a":{"b":1},"b":{"a":1}}`, nil},
		{"a name twice, then many others, then again is told once", few, []Fault{{Duplicate, "/a", 7, "a"}}},
		{"broken UTF-8, one fault for a string", "[\"a\xffb\xff\"]", []Fault{{InvalidUTF8, "/0", 3, ""}}},
		{"broken UTF-8 in a name", "{\"\xc3\":1}", []Fault{{InvalidUTF8, "/\uFFFD", 2, ""}}},
		{"half a pair", `["x\ud800y"]`, []Fault{{LoneSurrogate, "/0", 3, ""}}},
		{"the second half alone", `["\udc00"]`, []Fault{{LoneSurrogate, "/0", 2, ""}}},
		{"a whole pair is fine", `["\ud83d\ude00"]`, nil},
		{"a wild exponent", `[1e1000001]`, []Fault{{WildNumber, "/0", 1, ""}}},
		{"a wild length", `[` + strings.Repeat("9", 65) + `]`, []Fault{{WildNumber, "/0", 1, ""}}},
		{"a number just tame", `[1e400,-1e-400,` + strings.Repeat("9", 64) + `]`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := Scan([]byte(c.src))
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(doc.Faults) != fmt.Sprint(c.want) {
				t.Errorf("got %v, want %v", doc.Faults, c.want)
			}
		})
	}
}

func TestRepeatedNamesAreFoundHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, manyNames - 1, manyNames, manyNames + 1, 500} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"k%d":0,`, i)
		}
		doc, err := Scan([]byte("{" + b.String() + b.String() + `"z":0}`))
		if err != nil {
			t.Fatal(err)
		}
		if len(doc.Faults) != n {
			t.Errorf("%d names twice gave %d faults", n, len(doc.Faults))
		}
	}
}

// Names of objects inside others, all of them with many: none is taken for another object's, and none is forgotten when
// an inner object ends.
func TestRepeatedNamesAreFoundAroundOtherObjects(t *testing.T) {
	t.Parallel()
	names := func(from, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"k%d":0,`, from+i)
		}
		return b.String()
	}
	for _, n := range []int{1, manyNames - 1, manyNames, 100, 1000} {
		inner := "{" + names(0, n) + `"x":[{` + names(0, n) + `"z":0},{` + names(0, n) + `"z":0}],` + names(n, 100) + `"k0":1}`
		src := "{" + names(0, n) + `"x":` + inner + `,"y":` + inner + "," + names(n, n) + `"k0":1}`
		doc, err := Scan([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range doc.Faults {
			got = append(got, f.Pointer)
		}
		if want := "[/x/k0 /y/k0 /k0]"; fmt.Sprint(got) != want {
			t.Errorf("%d names: %v, want %s", n, got, want)
		}
	}
}

func TestFaultsBeyondTheLimitAreCounted(t *testing.T) {
	t.Parallel()
	doc, err := Scan([]byte("[" + strings.Repeat(`"\ud800",`, MaxFaults+5) + "0]"))
	if err != nil || len(doc.Faults) != MaxFaults || doc.Omitted != 5 {
		t.Errorf("got %d faults and %d omitted (%v)", len(doc.Faults), doc.Omitted, err)
	}
}

func TestDepthEndsAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, open := range []string{"[", `{"a":`} {
		closing := map[string]string{"[": "]", `{"a":`: "}"}[open]
		inner := map[string]string{"[": "", `{"a":`: "1"}[open]
		for depth, deep := range map[int]bool{MaxDepth: false, MaxDepth + 1: true, 1_000_000: true} {
			_, err := Scan([]byte(strings.Repeat(open, depth) + inner + strings.Repeat(closing, depth)))
			if got := err != nil && err.Deep; got != deep {
				t.Errorf("%s nested %d deep: %v", open, depth, err)
			}
		}
	}
}

func TestAWildNumberIsReplacedByATameOneOfItsKind(t *testing.T) {
	t.Parallel()
	const big = "9007199254740993"
	for token, want := range map[string]string{
		"1e1000001":                             big,
		"-1e1000001":                            "-" + big,
		"1E+99999999999999999999":               big,
		"1e-1000001":                            "0.5",
		"-1e-99999999999999999999":              "-0.5",
		"0e1000001":                             "0",
		"-0.000e-1000001":                       "0",
		"0.5e1000001":                           big,
		strings.Repeat("9", 65):                 big,
		"1." + strings.Repeat("0", 70):          big,
		"1." + strings.Repeat("0", 70) + "1":    "0.5",
		"1" + strings.Repeat("0", 70) + "e-70":  big,
		"1" + strings.Repeat("0", 70) + "e-71":  "0.5",
		"0." + strings.Repeat("0", 70) + "1e71": big,
	} {
		if !Wild([]byte(token)) {
			t.Errorf("%s is not taken for wild", token)
		}
		if got := Tame([]byte(token)); got != want {
			t.Errorf("%s: got %s, want %s", token, got, want)
		}
	}
}

func TestLongNamesAreCutInPointers(t *testing.T) {
	t.Parallel()
	doc, err := Scan([]byte(`{"` + strings.Repeat("é", 10_000) + `":"\ud800"}`))
	if err != nil {
		t.Fatal(err)
	}
	p := doc.Faults[0].Pointer
	if len(p) > 2*maxName || !utf8.ValidString(p) || !strings.HasSuffix(p, "…") {
		t.Errorf("pointer %q", p)
	}
}

// Names are compared only where a trait of theirs is met again.
func TestNamesThatLookAlikeAreToldApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"axb":1,"ayb":2,"azb":3}`:                        "",
		`{"axb":1,"ayb":2,"axb":3}`:                        "/axb",
		`{"":1,"a":2,"":3}`:                                "/",
		`{"ab":{"ab":{"ab":1,"cb":2},"cb":3},"cb":4}`:      "",
		`{"ab":{"ab":{"ab":1,"\u0061b":2},"cb":3},"cb":4}`: "/ab/ab/ab",
		`{"a":1,"a":2,"a":3}`:                              "/a",
	} {
		doc, err := Scan([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range doc.Faults {
			got += f.Pointer
		}
		if got != want {
			t.Errorf("%s: %q is told, want %q", text, got, want)
		}
	}
}

func TestATextTellsPlacesOfTheOneThatItHoldsNow(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, n := range []int{3000, 1, 700, 255, 256, 257, 0} {
		texts = append(texts, `"`+strings.Repeat(`\n`, n)+`"`, `"`+strings.Repeat("中", n)+`\/"`)
	}
	doc, err := Scan([]byte("[" + strings.Join(texts, ",") + "]"))
	if err != nil {
		t.Fatal(err)
	}
	var text Text
	for _, v := range doc.Items {
		text.Take(&doc, v)
		var fresh Text
		fresh.Take(&doc, v)
		for i := 0; i <= len(text.Bytes); i++ {
			if got, want := text.Offset(i), fresh.Offset(i); got != want || got <= v.Start || got >= v.End {
				t.Fatalf("byte %d stands at %d, want %d", i, got, want)
			}
		}
	}
}
