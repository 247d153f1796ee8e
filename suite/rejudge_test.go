package suite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// recorded plays the quick scenarios at a receiver with a bug, and reads the log of the run.
func recorded(t *testing.T, bug string) (log, json []byte) {
	t.Helper()
	dir := t.TempDir()
	tgt := start(t, bug, nil)
	tgt.Observe.Within = 300 * time.Millisecond
	run(t, suite.Config{Target: tgt, Selection: quick, Seed: 9, Reports: []string{"ndjson", "json"}, ReportDir: dir})
	for name, into := range map[string]*[]byte{"run.ndjson": &log, "report.json": &json} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		*into = text
	}
	return log, json
}

func readLog(t *testing.T, log []byte) report.Run {
	t.Helper()
	out, err := report.ReadLog(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestARecordedRunIsJudgedTheSameToTheByte(t *testing.T) {
	t.Parallel()
	for _, bug := range []string{"", "late-start-revives"} {
		log, want := recorded(t, bug)
		again, changes, err := suite.Rejudge(readLog(t, log))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			t.Errorf("bug %q: %s", bug, c)
		}
		var got bytes.Buffer
		if err := report.JSON(&got, report.Build(again)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("bug %q: the report of the run and that of its log differ:\n%s", bug, diff)
		}
	}
}

func TestWhatWasEditedInALogIsFound(t *testing.T) {
	t.Parallel()
	log, _ := recorded(t, "late-start-revives")
	for name, c := range map[string]struct {
		edit func(*report.Run)
		says string
	}{
		"a broken row made green": {func(r *report.Run) {
			for i := range r.Plays {
				for j := range r.Plays[i].Result.Rows {
					if row := &r.Plays[i].Result.Rows[j]; row.Requirement == "ORD-3" && row.Verdict == judge.Broken {
						row.Verdict = judge.Held
					}
				}
			}
		}, "ORD-3 was held, now broken"},
		"a row taken out": {func(r *report.Run) {
			rows := &r.Plays[0].Result.Rows
			*rows = (*rows)[1:]
		}, "was (no row), now"},
		"a row added": {func(r *report.Run) {
			rows := &r.Plays[0].Result.Rows
			*rows = append(*rows, judge.Row{Requirement: "ZZZ-1", Verdict: judge.Held})
		}, "ZZZ-1 was held, now (no row)"},
		"another order": {func(r *report.Run) {
			rows := r.Plays[0].Result.Rows
			rows[0], rows[1] = rows[1], rows[0]
		}, "another order"},
		"another value in a check": {func(r *report.Run) { r.Plays[0].Result.Rows[0].Checks[0].Actual = "299" }, "as before, but the check"},
	} {
		edited := readLog(t, log)
		c.edit(&edited)
		_, changes, err := suite.Rejudge(edited)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, ch := range changes {
			lines = append(lines, ch.String())
		}
		if all := strings.Join(lines, "\n"); !strings.Contains(all, c.says) {
			t.Errorf("%s: %q does not say %q", name, all, c.says)
		}
	}
}

func TestAnotherCatalogueIsTold(t *testing.T) {
	t.Parallel()
	log, _ := recorded(t, "")
	old := readLog(t, log)
	cat := *old.Catalogue
	cat.Digest = "0123456789abcdef"
	old.Catalogue = &cat
	again, _, err := suite.Rejudge(old)
	if err != nil {
		t.Fatal(err)
	}
	rep := report.Build(again)
	if all := strings.Join(rep.Notes, "\n"); !strings.Contains(all, "another catalogue") || !strings.Contains(all, "0123456789ab") {
		t.Errorf("the notes say %q", all)
	}
	if digest, _ := suite.CatalogueDigest(); rep.Suite.CatalogueDigest != digest {
		t.Errorf("the report names the catalogue %s", rep.Suite.CatalogueDigest)
	}
}
