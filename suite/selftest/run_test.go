package selftest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
)

// chosen are shipped scenarios, few enough for every `go test`.
func chosen(t *testing.T, ids ...string) []*scenarios.Scenario {
	t.Helper()
	all, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	out := slices.DeleteFunc(slices.Clone(all), func(s *scenarios.Scenario) bool { return !slices.Contains(ids, s.ID) })
	if len(out) != len(ids) {
		t.Fatalf("%d of the scenarios %q are shipped", len(out), ids)
	}
	return out
}

// A bug of each kind: one that is seen in answers, one in facts, one across a restart, one that no scenario here is about.
func TestRunJudgesReferenceAndBugs(t *testing.T) {
	t.Parallel()
	cert, err := Run(t.Context(), Config{
		Seed: 3, TimeScale: 10,
		Bugs: []string{"unknown-event-500", "late-start-revives", "written-behind", "one-current-file"},
		Scenarios: chosen(t, "event-of-the-future-is-answered-200", "late-task-start-does-not-revive-the-task",
			"kill-in-mid-sequence-loses-nothing"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !cert.Holds || cert.Reference != Green || len(cert.Problems) > 0 {
		t.Errorf("it does not hold: %q", cert.Problems)
	}
	want := map[string]string{
		"unknown-event-500":  "event-of-the-future-is-answered-200",
		"late-start-revives": "late-task-start-does-not-revive-the-task",
		"written-behind":     "kill-in-mid-sequence-loses-nothing",
	}
	for _, b := range cert.Bugs {
		if b.Verdict != Killed || !slices.Equal(b.KilledBy, []string{want[b.ID]}) {
			t.Errorf("%s: %s by %q: %s", b.ID, b.Verdict, b.KilledBy, b.Reason)
		}
	}
	if len(cert.LeftOut) != 1 || cert.LeftOut[0].ID != "one-current-file" {
		t.Errorf("left out: %+v", cert.LeftOut)
	}
	for _, r := range cert.Requirements {
		if !r.SeenRed || len(r.ProvenBy) != 1 {
			t.Errorf("%s: %+v", r.ID, r)
		}
	}
	if len(cert.Requirements) != 3 {
		t.Errorf("%d requirements, want those of three bugs", len(cert.Requirements))
	}
	validates(t, cert)
}

// A suite that looks at nothing that matters must not get a certificate.
func TestRunReportsASurvivor(t *testing.T) {
	t.Parallel()
	blind, err := scenarios.Parse("blind.yaml", []byte("title: A task starts and ends\nrequires: [ORD-3]\ntimeline:\n  - emit: TaskStart\n  - emit: TaskExit\n    after: 10ms\n"))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := Run(t.Context(), Config{Seed: 3, Bugs: []string{"late-start-revives"}, Scenarios: []*scenarios.Scenario{blind}})
	if err != nil {
		t.Fatal(err)
	}
	if cert.Holds || len(cert.Bugs) != 1 || cert.Bugs[0].Verdict != Survived {
		t.Errorf("%+v", cert)
	}
	validates(t, cert)
}

func TestRunRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		`there is no seeded bug "late-start-revive" (did you mean "late-start-revives"?)`: {Bugs: []string{"late-start-revive"}},
		"concurrency 1000: must be between 1 and 200":                                     {Concurrency: 1000},
		"time scale 0.01: must be between 0.1 and 1000":                                   {TimeScale: 0.01},
	} {
		_, err := Run(t.Context(), cfg)
		var use *suite.UsageError
		if !errors.As(err, &use) || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
}

// What made the machine late may have been the suite itself, and what was late may have been an answer.
func TestARepeatedRunIsEasierOnTheMachine(t *testing.T) {
	t.Parallel()
	bug := receiver.Bug{ID: "x", Requirement: "ACK-1"}
	var crowds []int
	for again := range repeats + 1 {
		tr := &trial{bug: bug, repeated: again}
		crowds = append(crowds, tr.crowd(200))
		if got, want := tr.answerLimit(), min(answerLimit<<again, suite.DefaultAnswerWithin); got != want {
			t.Errorf("the answer has %s in repeat %d, want %s", got, again, want)
		}
		if got := (&trial{repeated: again}).answerLimit(); got != suite.DefaultAnswerWithin {
			t.Errorf("the reference has %s for an answer, want all of %s", got, suite.DefaultAnswerWithin)
		}
	}
	if crowds[0] != 200 || !slices.IsSortedFunc(crowds, func(a, b int) int { return b - a }) || crowds[1] >= crowds[0] || crowds[2] >= crowds[1] {
		t.Errorf("so many scenarios are played side by side: %v", crowds)
	}
	if got := (&trial{repeated: 3}).crowd(1); got != 1 {
		t.Errorf("%d of one scenario", got)
	}
}

func TestRunThatIsInterruptedHoldsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cert, err := Run(ctx, Config{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if cert.Holds || !cert.Interrupted || len(cert.Bugs) != 0 || !strings.Contains(cert.Closing(), "interrupted") {
		t.Errorf("%s", cert.Closing())
	}
	validates(t, cert)
}

// validates checks a certificate's JSON against the schema that users have.
func validates(t *testing.T, cert Certificate) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "schemas", "selftest.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("selftest.schema.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("selftest.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := json.Marshal(cert)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("the certificate is not as its schema says: %#v", err)
	}
}

// The page is made by `go generate`. This finds out, in no time, whether it was forgotten.
func TestKillMatrixIsOfToday(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "kill-matrix.md"))
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := scenarios.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	all, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	requirements, bugs, _ := strings.Cut(string(page), "## By bug")
	c := &court{cfg: Config{}, catalogue: catalogue, exercised: map[string][]string{}}
	c.cfg.Scenarios = all
	c.index()
	if err := c.summon(); err != nil {
		t.Fatal(err)
	}
	same := func(what string, got, want []string) {
		if !slices.Equal(got, want) {
			t.Errorf("docs/kill-matrix.md is out of date, make it anew with `go generate ./suite/selftest`: it lists the %s\n%q, there are\n%q", what, got, want)
		}
	}
	same("requirements", firstCells(requirements, `^\| ([A-Z]+-\d+) \|`), catalogue.IDs())
	var rows []string
	for _, tr := range c.cases[1:] {
		rows = append(rows, "`"+tr.bug.ID+"` | "+cell(tr.bug.Title)+" | "+tr.bug.Requirement)
	}
	judged, left, _ := strings.Cut(bugs, "## Not judged")
	same("bugs", firstCells(judged, "^\\| (`[^|]+` \\| .* \\| [A-Z]+-\\d+) \\| "), rows)
	rows = nil
	for _, l := range c.leftOut {
		rows = append(rows, l.ID)
	}
	same("bugs not judged", firstCells(left, "^\\| `([^|`]+)` \\| "), rows)
	for _, b := range receiver.Bugs() {
		if !strings.Contains(bugs, "`"+b.ID+"`") {
			t.Errorf("%s is not on the page", b.ID)
		}
	}
	known := map[string]bool{}
	for _, s := range all {
		known[s.ID] = true
	}
	for line := range strings.SplitSeq(judged, "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || !strings.HasPrefix(line, "| `") {
			continue
		}
		if strings.Contains(cells[3], "**") {
			t.Errorf("the page shows a bug that was not killed: %s", line)
		}
		for _, id := range firstCellsOf(cells[3], "`([^`]+)`") {
			if !known[id] {
				t.Errorf("the page names the scenario %q, which there is not", id)
			}
		}
	}
}

// firstCells gives what a pattern captures in each line that it matches.
func firstCells(text, pattern string) []string {
	var out []string
	re := regexp.MustCompile(pattern)
	for line := range strings.SplitSeq(text, "\n") {
		if m := re.FindStringSubmatch(line); m != nil {
			out = append(out, m[1])
		}
	}
	return out
}

// firstCellsOf gives all that a pattern captures in a text.
func firstCellsOf(text, pattern string) []string {
	var out []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}
