package schema

import (
	"slices"
	"strings"
	"testing"
)

func TestTheCatalogueIsCompleteAndSorted(t *testing.T) {
	t.Parallel()
	codes := Codes()
	if !slices.IsSortedFunc(codes, func(a, b Code) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the catalogue is not sorted")
	}
	for i, c := range codes {
		if i > 0 && codes[i-1].ID == c.ID {
			t.Errorf("%s is there twice", c.ID)
		}
		if c.Severity != Error && c.Severity != Warning || c.Strict != Error && c.Strict != Warning {
			t.Errorf("%s: severity %q, %q", c.ID, c.Severity, c.Strict)
		}
		for what, s := range map[string]string{"title": c.Title, "explanation": c.Explanation, "source": c.Source, "mend": c.Mend} {
			if s == "" {
				t.Errorf("%s has no %s", c.ID, what)
			}
		}
		if got, ok := Explain(c.ID); !ok || got != c {
			t.Errorf("Explain(%s) is %+v, %v", c.ID, got, ok)
		}
	}
	for _, id := range []string{"", "RC1000", "RC9999", "rc1008"} {
		if _, ok := Explain(id); ok {
			t.Errorf("%q is explained", id)
		}
	}
}

func TestEditionsAndReadingsAreParsedAsUsersWriteThem(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Edition{"": Auto, "auto": Auto, "2022-01": Edition2022_01, "2025-09": Edition2025_09} {
		if got, err := ParseEdition(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]Reading{"": Wire, "wire": Wire, "documented": Documented} {
		if got, err := ParseReading(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	if _, err := ParseEdition("2025-08"); err == nil || !strings.Contains(err.Error(), "2021-10, 2022-01, 2024-04, 2025-09, and auto") {
		t.Errorf("%v", err)
	}
	if _, err := ParseReading("loose"); err == nil || !strings.Contains(err.Error(), "wire and documented") {
		t.Errorf("%v", err)
	}
}

func TestNearestFindsTheSlipAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"TaskStrat": TaskStart, "taskstart": TaskStart, "task_start": TaskStart, "TaskExits": TaskExit, "VodSourceFileStrt": VodSourceFileStart,
		"TaskAlram": TaskAlarm, "TaskResume": "", "": "", "Future": "", strings.Repeat("T", 1000): "",
	} {
		got, ok := Nearest(name, Events())
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", name, got, ok, want)
		}
	}
	if got, ok := Nearest("tt", []string{"t"}); !ok || got != "t" {
		t.Errorf("a short name: %q, %v", got, ok)
	}
	if got, ok := Nearest("xyz", []string{"abc"}); ok {
		t.Errorf("%q is not near", got)
	}
}

func TestABodyThatIsNoJSONIsNotReadable(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{"": false, "{": false, "x": false, "[]": true, "{}": true, `{"event_type":1}`: true} {
		if r := Validate([]byte(body), Options{}); r.Readable() != want {
			t.Errorf("%q: readable is %v", body, !want)
		}
	}
}
