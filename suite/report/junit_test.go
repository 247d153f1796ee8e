package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func TestTheJUnitReport(t *testing.T) {
	t.Parallel()
	golden(t, "junit.xml", render(t, func(b *bytes.Buffer) error { return JUnit(b, Build(fixture())) }))
}

// counts reads a JUnit report without the types that wrote it.
func counts(t testing.TB, doc []byte) map[string]int {
	t.Helper()
	n := map[string]int{}
	dec := xml.NewDecoder(bytes.NewReader(doc))
	dec.Strict = true
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		if s, ok := tok.(xml.StartElement); ok {
			n[s.Name.Local]++
		}
	}
}

func TestEachVerdictHasItsElement(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		row  judge.Row
		want string // "" is a testcase that passes
	}{
		{"held", held("A-1"), ""},
		{"broken", broken("A-1", scenarios.Must), "failure"},
		{"warned", warned("A-1", scenarios.Should), "system-out"},
		{"not observable", unseen("A-1"), "skipped"},
		{"not testable", untested("A-1"), "skipped"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// A second row that holds, so that the run is about something.
			r := Build(runOf(held("A-2"), tc.row))
			n := counts(t, render(t, func(b *bytes.Buffer) error { return JUnit(b, r) }))
			if n["testcase"] != 2 {
				t.Errorf("%d testcases", n["testcase"])
			}
			for _, e := range []string{"failure", "error", "skipped", "system-out"} {
				if want := map[bool]int{true: 1}[e == tc.want]; n[e] != want {
					t.Errorf("%d %s elements, want %d", n[e], e, want)
				}
			}
		})
	}
}

func TestNoReaderOfJUnitTakesARunThatSaysNothingForGreen(t *testing.T) {
	t.Parallel()
	aborted := runOf(untested("A-1"), held("A-2"))
	aborted.Plays[0].Input.Transcript.Aborted = "its deadline passed"
	for name, tc := range map[string]struct {
		run    Run
		errors int
	}{
		"no play":      {Run{Catalogue: fixtureCatalogue()}, 1},
		"environment":  {Run{Problem: "the target refuses connections"}, 1},
		"interrupted":  {func() Run { r := runOf(held("A-1")); r.Stopped = true; return r }(), 1},
		"aborted play": {aborted, 2}, // the run's and the row's
	} {
		n := counts(t, render(t, func(b *bytes.Buffer) error { return JUnit(b, Build(tc.run)) }))
		if n["error"] != tc.errors {
			t.Errorf("%s: %d errors, want %d", name, n["error"], tc.errors)
		}
	}
}

func TestWildTextsGiveXMLThatCountsRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Build(wild(t))
		var b bytes.Buffer
		if err := JUnit(&b, r); err != nil {
			t.Fatal(err)
		}
		if err := verifyJUnit(bytes.NewReader(b.Bytes()), r); err != nil {
			t.Fatalf("%v in\n%s", err, b.Bytes())
		}
		for _, c := range b.String() {
			if c != '\n' && c != '\t' && (c < 0x20 || c == 0xFFFE || c == 0xFFFF) {
				t.Fatalf("XML forbids %U", c)
			}
		}
	})
}

func TestAJUnitReportThatContradictsItselfIsRefused(t *testing.T) {
	t.Parallel()
	r := Build(fixture())
	good := string(render(t, func(b *bytes.Buffer) error { return JUnit(b, r) }))
	if err := verifyJUnit(strings.NewReader(good), r); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, from, to string }{
		{"a failure element is missing", "<failure ", "<failed "},
		{"the header of the whole is wrong", `tests="10" failures="3"`, `tests="10" failures="2"`},
		{"the header of a suite is wrong", `name="RET" tests="1" failures="1"`, `name="RET" tests="1" failures="0"`},
		{"a testcase is missing", `</testsuites>`, `<testsuite name="x" tests="1" failures="0" errors="0" skipped="0" time="0"></testsuite></testsuites>`},
		{"it is cut", "</testsuites>", ""},
	} {
		bad := strings.Replace(good, tc.from, tc.to, 1)
		if tc.from == "<failure " {
			bad = strings.Replace(strings.Replace(good, "<failure ", "<failed ", 1), "</failure>", "</failed>", 1)
		}
		if bad == good {
			t.Fatalf("%s: nothing was replaced", tc.name)
		}
		if err := CheckJUnit(strings.NewReader(bad)); err == nil {
			t.Errorf("%s, and nobody notices", tc.name)
		}
	}
	fewer := r
	fewer.Scenarios = r.Scenarios[:1]
	if err := verifyJUnit(strings.NewReader(good), fewer); err == nil {
		t.Error("the file has more failures than the run, and nobody notices")
	}
}
