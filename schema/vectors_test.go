package schema

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A vector is one block of testdata/vectors.txt.
type vector struct {
	name       string
	line       int
	opts       Options
	body       []byte
	want       string // verdict and kind
	fits       string
	violations []string
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	f, err := os.Open("testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		key, value, _ := strings.Cut(line, " ")
		v := &vector{}
		if len(all) > 0 {
			v = &all[len(all)-1]
		}
		switch key {
		case "", "//", "##":
		case "#":
			all = append(all, vector{name: value, line: n})
		case "with:":
			v.opts = readOptions(t, value)
		case "body:":
			v.body = []byte(value)
		case "quoted:":
			s, err := strconv.Unquote(value)
			if err != nil {
				t.Fatalf("vectors.txt:%d: %v", n, err)
			}
			v.body = []byte(s)
		case "want:":
			v.want = value
		case "fits:":
			v.fits = value
		case "-":
			v.violations = append(v.violations, value)
		default:
			t.Fatalf("vectors.txt:%d: %q begins with no known word", n, line)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func readOptions(t testing.TB, s string) Options {
	t.Helper()
	var o Options
	for word := range strings.FieldsSeq(s) {
		key, value, _ := strings.Cut(word, "=")
		var err error
		switch key {
		case "edition":
			o.Edition, err = ParseEdition(value)
		case "reading":
			o.Reading, err = ParseReading(value)
		case "max-bytes":
			o.MaxBytes, err = strconv.Atoi(value)
		case "only-relay":
			o.OnlyRelay = true
		default:
			err = fmt.Errorf("no option %q", key)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// lineOf is a violation as the vectors write it, with the offset where the wanted one has it.
func lineOf(v Violation, like string) string {
	s := v.Code + " " + v.Pointer
	if v.Pointer == "" {
		s = v.Code + " -"
	}
	if strings.Contains(like, "@") {
		s += fmt.Sprintf(" @%d", v.Offset)
	}
	return s
}

func TestEveryVectorIsJudgedAsItSays(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range readVectors(t) {
		r := Validate(v.body, v.opts)
		for _, violation := range r.Violations {
			seen[violation.Code] = true
		}
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			if got := fmt.Sprintf("%s %s", r.Verdict, r.Kind); got != v.want {
				t.Errorf("vectors.txt:%d: got %s, want %s", v.line, got, v.want)
			}
			var fits []string
			for _, e := range r.Editions {
				fits = append(fits, string(e))
			}
			if got := strings.Join(fits, " "); got != v.fits {
				t.Errorf("vectors.txt:%d: fits %q, want %q", v.line, got, v.fits)
			}
			var got []string
			for i, violation := range r.Violations {
				like := ""
				if i < len(v.violations) {
					like = v.violations[i]
				}
				got = append(got, lineOf(violation, like))
			}
			if !slices.Equal(got, v.violations) {
				t.Errorf("vectors.txt:%d:\n got %q\nwant %q", v.line, got, v.violations)
				for _, violation := range r.Violations {
					t.Logf("%+v", violation)
				}
			}
		})
	}
	// A code that no vector brings about was never seen.
	for _, c := range Codes() {
		if c.ID == codeOptions || c.ID == codeInternal || c.ID == codeMany { // the last one takes 20 kB: TestTooManyEntriesEndTheReading
			continue
		}
		if !seen[c.ID] {
			t.Errorf("no vector has %s (%s)", c.ID, c.Title)
		}
	}
}
