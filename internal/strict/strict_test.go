package strict_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/strict"
)

type colour string

func (colour) Values() []string { return []string{"red", "green", "blue"} }

type inner struct {
	Depth int `yaml:"depth"`
}

type sample struct {
	Name   strict.At[string]          `yaml:"name" strict:"required"`
	Colour colour                     `yaml:"colour"`
	On     bool                       `yaml:"on"`
	Count  int8                       `yaml:"count"`
	Share  float64                    `yaml:"share"`
	Pause  strict.Duration            `yaml:"pause"`
	After  strict.Range               `yaml:"after"`
	Size   strict.Size                `yaml:"size"`
	Cut    strict.Cut                 `yaml:"cut"`
	Raw    strict.Bytes               `yaml:"raw"`
	List   []string                   `yaml:"list"`
	Table  map[string]int             `yaml:"table"`
	Order  strict.Map[strict.At[int]] `yaml:"order"`
	Any    any                        `yaml:"any"`
	More   *sample                    `yaml:"more"`
	Inline inner                      `yaml:",inline"`
	Keys   strict.Keys
	Pos    strict.Pos
}

func decode(t *testing.T, src string) (sample, error) {
	t.Helper()
	var s sample
	err := strict.Decode("f.yaml", []byte(src), &s)
	return s, err
}

func TestDecodeReadsWhatTheTagsSay(t *testing.T) {
	t.Parallel()
	s, err := decode(t, `
name: a name
colour: green
on: true
count: -7
share: 0.25
pause: 1m30s
after: 0s..2s
size: 10MB
cut: 60%
raw: {base64: "AP8="}
list: [a, "5"]
table: {a: 1}
order: {z: 1, a: 2}
depth: 3
more: {name: 2024-01-01}
`)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name.Value != "a name" || s.Name.Pos != (strict.Pos{Line: 2, Col: 7}) {
		t.Errorf("name is %+v", s.Name)
	}
	if s.Colour != "green" || !s.On || s.Count != -7 || s.Share != 0.25 || s.Inline.Depth != 3 {
		t.Errorf("scalars: %+v", s)
	}
	if time.Duration(s.Pause) != 90*time.Second || s.After != (strict.Range{Max: 2 * time.Second}) {
		t.Errorf("durations: %v %v", s.Pause, s.After)
	}
	if s.Size != 10_000_000 || s.Cut.Of(200) != 120 || string(s.Raw) != "\x00\xff" {
		t.Errorf("bytes: %v %+v %q", s.Size, s.Cut, s.Raw)
	}
	if diff := cmp.Diff([]string{"a", "5"}, s.List); diff != "" {
		t.Error(diff)
	}
	if len(s.Order) != 2 || s.Order[0].Key != "z" || s.Order[1].Value.Value != 2 || s.Order[1].KeyPos != (strict.Pos{Line: 14, Col: 15}) {
		t.Errorf("a mapping keeps its order and places: %+v", s.Order)
	}
	if s.More.Name.Value != "2024-01-01" {
		t.Errorf("a date is a text, not %q", s.More.Name.Value)
	}
	if s.Pos != (strict.Pos{Line: 2, Col: 1}) || s.Keys["count"].Value != (strict.Pos{Line: 5, Col: 8}) || !s.Keys.Has("more") || s.Keys.Has("less") {
		t.Errorf("places: %v %v", s.Pos, s.Keys)
	}
}

func TestValuesAreThoseOfJSON(t *testing.T) {
	t.Parallel()
	s, err := decode(t, `
name: x
any:
  big: 12345678901234567890123
  one: 1.0
  exp: 1e3
  date: 2024-01-01
  agreed: yes
  nothing: ~
  list: [1, {a: b}, ""]
  text: "5"
`)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"big": json.Number("12345678901234567890123"), "one": json.Number("1.0"), "exp": json.Number("1e3"),
		"date": "2024-01-01", "agreed": "yes", "nothing": nil, "text": "5",
		"list": []any{json.Number("1"), map[string]any{"a": "b"}, ""},
	}
	if diff := cmp.Diff(want, s.Any); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAliasesAreFollowed(t *testing.T) {
	t.Parallel()
	s, err := decode(t, "name: &n x\nlist: [*n, *n]\nmore: &m {name: *n}\n")
	if err != nil {
		t.Fatal(err)
	}
	if s.List[1] != "x" || s.More.Name.Value != "x" {
		t.Errorf("got %+v", s)
	}
	f := strict.Parse("f.yaml", []byte("name: &n x\nlist: [*n]\nmore: &m {name: *n}\n"))
	if w := f.Warnings(); len(w) != 1 || w[0].Code != "unused-anchor" || w[0].Line != 3 {
		t.Errorf("an anchor that is not used is a warning, got %v", w)
	}
}

func TestProblemsSayWhereWhatAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, src, want string }{
		{"an unknown key", "name: x\ncuont: 1\n", `f.yaml:2:1: unknown key "cuont": did you mean "count"?`},
		{"an unknown key that is near to nothing", "name: x\nxyzzy: 1\n", `f.yaml:2:1: unknown key "xyzzy": valid here: name, colour, on, count, share, pause, after, size, cut, raw, list, table, order, any, more, depth`},
		{"a key in another way of joining words", "name: x\nMore: {name: x}\n", `did you mean "more"?`},
		{"a missing key", "count: 1\n", "f.yaml:1:1: the file has no name: add `name:`"},
		{"a missing key further down", "name: x\nmore: {count: 1}\n", "f.yaml:2:7: more has no name: add `name:`"},
		{"a key given twice", "name: x\nname: y\n", `f.yaml:2:1: the key "name" is given twice: it stands in line 1 already; delete one of them`},
		{"a word that is not among those allowed", "name: x\ncolour: geen\n", `f.yaml:2:9: colour cannot be "geen": did you mean "green"? (valid here: red, green, blue)`},
		{"a number for a text", "name: 5\n", `f.yaml:1:7: name must be a text, not a number (5): put it in quotes if it is meant as text`},
		{"nothing for a text", "name:\n", `name must be a text, not nothing: write "" if it is meant to be empty`},
		{"a text for a number", "name: x\ncount: five\n", `f.yaml:2:8: count must be a whole number, not a text (five)`},
		{"a number too large for its place", "name: x\ncount: 300\n", `f.yaml:2:8: 300 is too large`},
		{"a number in another notation", "name: x\ncount: 0x1F\n", `write it in plain decimal digits`},
		{"an infinite number", "name: x\nshare: .inf\n", `share must be a number`},
		{"yes for true", "name: x\non: yes\n", `f.yaml:2:5: on must be true or false, not a text (yes): write true`},
		{"a duration without unit", "name: x\npause: 300\n", `not the bare number 300: add a unit: 300ms or 300s`},
		{"a quoted duration without unit", "name: x\npause: \"0\"\n", `not the bare number 0: add a unit: 0s`},
		{"a negative duration", "name: x\npause: -1s\n", `pause cannot be negative`},
		{"a range that ends before it begins", "name: x\nafter: 2s..1s\n", `the range 2s..1s ends before it begins: write 1s..2s`},
		{"a range with a third end", "name: x\nafter: 1s..2s..3s\n", `must be a duration such as 300ms, or a range such as 0s..2s, not "2s..3s"`},
		{"half a byte", "name: x\nsize: 0.5B\n", `size is no possible number of bytes: 0.5B`},
		{"more than everything", "name: x\ncut: 101%\n", `cut must lie between 0% and 100%, not 101%`},
		{"base64 that is none", "name: x\nraw: {base64: \"!\"}\n", `f.yaml:2:15: this is not base64`},
		{"a list for a mapping", "name: x\ntable: [1]\n", `table must be a mapping of keys and values, not a list`},
		{"a text for a list", "name: x\nlist: a\n", "list must be a list, not a text (a): put it in [ ], or on a line of its own after `- `"},
		{"a value within a list", "name: x\nlist: [a, 5]\n", `f.yaml:2:11: list[1] must be a text`},
		{"a value within a mapping", "name: x\ntable: {a: b}\n", `f.yaml:2:12: table.a must be a whole number`},
		{"a number that JSON cannot write", "name: x\nany: {a: [0x1F]}\n", `f.yaml:2:11: 0x1F is a number that JSON cannot write`},
		{"an exponent that would fill the memory", "name: x\nany: 1e999999999\n", `1e999999999 is a number that JSON cannot write`},
		{"a number with a zero before it", "name: 08\n", `name must be a text, not a number (08): put it in quotes`},
		{"a key that is no text", "name: x\nany: {1: a}\n", `f.yaml:2:7: a key must be a text, not a number: put it in quotes`},
		{"a merge key", "name: x\nmore: {<<: {}, name: x}\n", `the merge key << is not supported`},
		{"a tag", "name: !x y\n", `f.yaml:1:7: the tag !x is not known here: delete it`},
		{"a tag within a value", "name: x\nany: [!!binary eA==]\n", `the tag !!binary is not known here`},
		{"a second document", "name: x\n---\nname: y\n", `f.yaml:2:1: a second YAML document begins here: one file holds one document`},
		{"an empty second document", "name: x\n---\n", `f.yaml:2:1: a second YAML document begins here`},
		{"an empty file", "\n\n", `f.yaml: the file is empty`},
		{"nothing but a comment", "# a\n", `f.yaml: the file is empty`},
		{"a list for the whole", "- a\n", `f.yaml:1:1: the file must be a mapping of keys and values, not a list`},
		{"a tab", "name: x\nmore:\n\tname: y\n", `f.yaml:3:1: this is not YAML: found character that cannot start any token while scanning for the next token: indent with blanks, not with a tab`},
		{"an open bracket", "name: x\nlist: [a, b\n", `f.yaml:2:7: this is not YAML: did not find expected ',' or ']' while parsing a flow sequence: close the [ with ]`},
		{"an open quote", "name: 'x\n", `f.yaml:1:7: this is not YAML: found unexpected end of stream while scanning a quoted scalar: close the quotes`},
		{"bytes that are no UTF-8", "name: x\n# \xff\n", `f.yaml:2:3: the byte 0xff is not UTF-8`},
		{"a control character", "name: a\x07\n", `f.yaml:1:8: the control character U+0007 may not stand in YAML`},
		{"UTF-16", "\xff\xfen\x00", `f.yaml: the file is UTF-16: save it as UTF-8`},
		{"a huge file", "name: " + strings.Repeat("x", strict.MaxSize), `f.yaml: the file has 1048582 bytes: at most 1048576 are read`},
		{"too many values", "name: x\nany: [" + strings.Repeat("1,", 100_001) + "]\n", `the file holds more than 100000 values`},
		{"deep nesting", "name: x\nany: " + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "\n", `f.yaml:2:69: this is nested more than 64 levels deep`},
		{"nesting hidden in aliases", "name: x\nany:\n" + nestedAliases(40) + "more: {name: x}\n", `nested more than 64 levels deep`},
		{"very deep nesting", "name: x\nany: " + strings.Repeat("[", 20_000) + "\n", `nobody needs that`},
		{"an alias bomb", bomb(), `unfolds to more than 100000 values`},
		{"an alias within itself", "name: x\nany: &a [*a]\n", `the anchor &a contains itself`},
		{"an alias of nothing", "name: x\nany: *a\n", `f.yaml:2:6: this is not YAML: unknown anchor 'a' referenced`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := decode(t, test.src)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if _, ok := errors.AsType[strict.Problems](err); !ok {
				t.Fatalf("the error is a %T", err)
			}
			if got := err.Error(); !strings.Contains(got, test.want) {
				t.Errorf("the message\n%s\ndoes not contain\n%s", got, test.want)
			}
		})
	}
}

func bomb() string {
	var b strings.Builder
	b.WriteString("name: x\nany:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 30 {
		b.WriteString("  a" + string(rune('A'+i)) + ": &a" + itoa(i+1) + " [" + strings.TrimSuffix(strings.Repeat("*a"+itoa(i)+", ", 10), ", ") + "]\n")
	}
	return b.String()
}

func nestedAliases(n int) string {
	var b strings.Builder
	b.WriteString("  - &a0 x\n")
	for i := range n {
		b.WriteString("  - &a" + itoa(i+1) + " [[*a" + itoa(i) + "]]\n")
	}
	return b.String()
}

func itoa(i int) string { b, _ := json.Marshal(i); return string(b) }

func TestAllProblemsOfAFileAreToldInOrder(t *testing.T) {
	t.Parallel()
	_, err := decode(t, "count: x\nlist: 5\nzzz: 1\npause: 3\n")
	var problems strict.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if diff := cmp.Diff([]int{1, 1, 2, 3, 4}, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s\n%v", diff, err)
	}
}

func TestTheCaretStandsBelowTheMistake(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, src, want string }{
		{"below a key", "name: x\nlist: [a]\ncuont: 1\n", "    3 | cuont: 1\n      | ^~~~~"},
		{"below wide characters", "name: x\nmore: {name: 直播, cuont: 1}\n", "    2 | more: {name: 直播, cuont: 1}\n      |                    ^~~~~"},
		{"below a tab in the line", "name: x\nmore:\t{cuont: 1, name: x}\n", "    2 | more:\t{cuont: 1, name: x}\n      |      \t ^~~~~"},
		{"with Windows line ends", "name: x\r\ncuont: 1\r\n", "    2 | cuont: 1\n      | ^~~~~"},
		{"after a byte order mark", "\ufeffcuont: 1\nname: x\n", "    1 | cuont: 1\n      | ^~~~~"},
		{"far out in a long line", "name: x\nmore: {name: \"" + strings.Repeat("y", 300) + "\", cuont: 1}\n", "…" + strings.Repeat("y", 97) + "\", cuont: 1}\n      |  " + strings.Repeat(" ", 100) + "^~~~~"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := decode(t, test.src)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("got\n%s\nwant at its end\n%s", err, test.want)
			}
		})
	}
}

func TestProblemsOfOneFileAreBounded(t *testing.T) {
	t.Parallel()
	_, err := decode(t, "name: x\ntable:\n"+manyKeys(500))
	var problems strict.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	last := problems[len(problems)-1]
	if len(problems) != 101 || last.Message != "and 400 more problems" {
		t.Errorf("%d problems, the last is %q", len(problems), last.Message)
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("  k" + itoa(i) + ": x\n")
	}
	return b.String()
}

func TestErrorsThatFollowFromOthersAreQuiet(t *testing.T) {
	t.Parallel()
	f := strict.Parse("f.yaml", []byte("name: 5\ncount: 1\n"))
	var s sample
	f.Decode(&s)
	f.Quiet()
	f.Errorf(s.Name.Pos, "empty", "the name is empty")
	f.Errorf(s.Keys["count"].Value, "range", "one is not enough").Hint("write 2")
	var problems strict.Problems
	if !errors.As(f.Err(), &problems) || len(problems) != 2 {
		t.Fatalf("got %v", f.Err())
	}
	if problems[1].Text() != "one is not enough: write 2" {
		t.Errorf("got %q", problems[1].Text())
	}
}

func TestWarningsAreNoErrors(t *testing.T) {
	t.Parallel()
	f := strict.Parse("f.yaml", []byte("name: x\n"))
	f.Warnf(strict.Pos{Line: 1, Col: 7}, "odd", "an odd name").Hint("choose another")
	if f.Err() != nil || f.Failed() {
		t.Errorf("a warning fails the file: %v", f.Err())
	}
	if got := f.Warnings().Error(); got != "f.yaml:1:7: warning: an odd name: choose another\n    1 | name: x\n      |       ^" {
		t.Errorf("got %q", got)
	}
}

func TestNearestFindsWhatWasMeant(t *testing.T) {
	t.Parallel()
	valid := []string{"title", "timeline", "tasks", "task", "lose-answer", "write_size", "of", "at"}
	for name, want := range map[string]string{
		"titel": "title", "time_line": "timeline", "timelines": "timeline", "TASK": "task", "tsak": "task",
		"lose_answer": "lose-answer", "loseAnswer": "lose-answer", "writesize": "write_size", "fo": "of", "zebra": "", "": "",
		"timel": "timeline",
	} {
		if got := strict.Nearest(name, valid); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"é", "e", 1}} {
		if got := strict.Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
