package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// marked writes a value with what only it has in brackets.
func marked(ss []segment) string {
	var b strings.Builder
	for _, s := range ss {
		if s.Changed {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestWhatDiffersIsMarked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, expected, actual, wantExpected, wantActual string }{
		{"one member", `{index: 0, finished: true}`, `{index: 0, finished: false}`, `{index: 0, finished: [true]}`, `{index: 0, finished: [false]}`},
		{"something is missing at the end", `["file-0", "file-1"]`, `["file-0"]`, `["file-0", "[file-1]"]`, `["file-0"]`},
		{"something is too much in the middle", `a b`, `a x b`, `a b`, `a [x] b`},
		{"two places", `one two three four`, `one 2 three 4`, `one [two] three [four]`, `one [2] three [4]`},
		{"several words in a row", `a, b`, `a, x y, b`, `a, b`, `a, [x y], b`},
		{"one side quotes", `{index: 0, url: http://h/x}`, `{"index":1,"url":"http://h/x"}`, `{index: [0], url: http://h/x}`, `{"index":[1],"url":"http://h/x"}`},
		{"the same words, written in another way", `{"code":0}`, `{"code": 0}`, `{"code":0}`, `{"code":[ ]0}`},
		{"nothing in common is not marked", `"ended"`, `"running"`, `"ended"`, `"running"`},
		{"Chinese text", `推流开始 ok`, `推流结束 ok`, `推流开始 ok`, `推流结束 ok`},
		{"equal", `200`, `200`, `200`, `200`},
		{"nothing observed", `200`, ``, `200`, ``},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := differ(tc.expected, tc.actual)
			if got := marked(d.Expected); got != tc.wantExpected {
				t.Errorf("expected: %s, want %s", got, tc.wantExpected)
			}
			if got := marked(d.Actual); got != tc.wantActual {
				t.Errorf("observed: %s, want %s", got, tc.wantActual)
			}
		})
	}
}

func TestMarkingLosesNothing(t *testing.T) {
	t.Parallel()
	plain := func(ss []segment) string {
		var b strings.Builder
		for _, s := range ss {
			b.WriteString(s.Text)
		}
		return b.String()
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringMatching(`[ab ,"{}推]{0,60}`).Draw(t, "a"), rapid.StringMatching(`[ab ,"{}推]{0,60}`).Draw(t, "b")
		d := differ(a, b)
		if plain(d.Expected) != a || plain(d.Actual) != b {
			t.Fatalf("got %+v", d)
		}
	})
}

func TestLongValuesAreComparedFromBothEnds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 5000)
	d := differ("begin "+long+"end", "begin "+strings.ReplaceAll(long, "word", "other")+"end")
	if len(d.Actual) != 1 {
		t.Errorf("values with little in common are marked in %d pieces", len(d.Actual))
	}
	d = differ(long+"one "+long, long+"two "+long)
	if got, want := marked(d.Expected), long+"[one] "+long; got != want {
		t.Errorf("a change in the middle is marked as %.80s", got[len(long):])
	}
}

func TestBytesThatNoTextShowsAreDumped(t *testing.T) {
	t.Parallel()
	if got := hexAround([]byte("{\"plain\":\"推流\"}\n")); got != "" {
		t.Errorf("a printable body is dumped:\n%s", got)
	}
	body := []byte(strings.Repeat("x", 100) + "\x00\xff tail")
	want := []string{
		"00000040  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|",
		"00000050  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|",
		"00000060  78 78 78 78 00 ff 20 74  61 69 6c                 |xxxx.. tail|",
	}
	if diff := cmp.Diff(want, strings.Split(hexAround(body), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestARawBodyKeepsItsCarriageReturns(t *testing.T) {
	t.Parallel()
	if got := rawText([]byte("a\r\nb")); got != "a\\r\nb" {
		t.Errorf("got %q", got)
	}
}

func TestAConnectionThatBreaksShowsWhatWasNeverSent(t *testing.T) {
	t.Parallel()
	p := Play{Input: gapInput()}
	v := playOf(p, "a", target)
	var cutOff exchangeText
	for _, x := range v.Exchanges {
		if x.Label == "TaskExit" && cutOff.Label == "" {
			cutOff = x
		}
	}
	whole := string(body("TaskExit", "{}"))
	if cutOff.Body != whole[:10] || cutOff.Unsent != whole[10:] {
		t.Errorf("sent %q, never sent %q", cutOff.Body, cutOff.Unsent)
	}
}
