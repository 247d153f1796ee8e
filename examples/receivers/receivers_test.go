// Package receivers holds small correct receivers that people can start from. Its test judges each of them for real:
// started by its own target file, with a real database behind it, against every shipped scenario, the restart and the
// kill included. Then it breaks each in a few ways, by hand, and sees that the right requirement turns red.
//
// Each example stands in a file of its own, example_NAME_test.go. To add one, write such a file and name it in examples.
package receivers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// examples lists all there are.
func examples() []example {
	return []example{
		goPostgreSQL,
		nodeExpressMariaDB,
		python,
		pythonFastAPIRedis,
		phpSQLite,
		javaJournal,
	}
}

// An example is a receiver of this folder, and how it is judged.
type example struct {
	name  string   // its folder
	needs []string // programs, on PATH
	// installed are the folders that `make examples` fills, such as node_modules. Each copy gets a link to them.
	installed []string
	// storage starts the server that the example keeps its state in (package realserver), once for all its tests, and
	// returns what makes an empty place in it: a database of its own, as variables for the target file. Nil: none is needed.
	storage func(t *testing.T) func(t *testing.T) environment
	// prepare makes a copy ready to start, if its target file cannot do that alone.
	prepare func(t *testing.T, copied string)
	// unseen are requirements that the example cannot show, each with the reason. All others have to be held.
	unseen map[string]string
	// loaded examples are put under a load as well: one of each kind of storage is enough to see that the scenarios hold.
	loaded bool
	bugs   []bug
}

// An environment holds variables, which the example's target file may name.
type environment map[string]string

// A bug is put in by hand: in a copy of the example, one piece of text is replaced by another.
type bug struct {
	name        string // what is wrong with the receiver, as a sentence goes on: "answers before it stores"
	file        string // in the example's folder
	old, new    string // old stands in the file exactly once
	requirement string // the one that has to turn red
	scenarios   string // which to play, as a label filter; "" is those that require the requirement
}

// TestExamples judges each example as it is, and with each of its bugs.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, e := range examples() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.require(t)
			place := func(*testing.T) environment { return nil }
			if e.storage != nil {
				place = e.storage(t)
			}
			t.Run("holds everything", func(t *testing.T) {
				t.Parallel()
				e.holdsEverything(t, place)
			})
			if e.loaded {
				t.Run("bears a load", func(t *testing.T) {
					t.Parallel()
					e.bearsALoad(t, place)
				})
			}
			for _, b := range e.bugs {
				t.Run(b.name, func(t *testing.T) {
					t.Parallel()
					e.turnsRed(t, place, b)
				})
			}
		})
	}
}

// holdsEverything plays everything at the example as it is. A finding is a bug of the example, or a false alarm of the suite.
func (e example) holdsEverything(t *testing.T, place func(*testing.T) environment) {
	t.Helper()
	rep := e.judge(t, place(t), "", nil)
	if !rep.Target.Capabilities.Signing {
		t.Error("the target file has no signing.key, so no signature was judged")
	}
	for _, r := range rep.Requirements {
		for _, f := range r.Findings {
			t.Errorf("%s in %s: %s\n  expected %s\n  actual   %s", r.ID, f.Scenario, f.Message, f.Expected, f.Actual)
		}
		reason, unseen := e.unseen[r.ID]
		switch {
		case r.Profile == "load":
		case unseen && r.Verdict == judge.Held:
			t.Errorf("%s is held, though %q: take it off the list", r.ID, reason)
		case !unseen && r.Verdict == judge.NotTestable:
			t.Logf("%s cannot be told on this machine, which is busy: %s", r.ID, r.Reason)
		case !unseen && r.Verdict != judge.Held:
			t.Errorf("%s is %s, want held: %s", r.ID, r.Verdict, r.Reason)
		}
	}
	if rep.ExitCode != 0 || rep.Verdict != report.Pass && rep.Verdict != report.Partial {
		t.Errorf("verdict %s, exit code %d: %s", rep.Verdict, rep.ExitCode, rep.Reason)
	}
}

// smallLoad is one that every machine bears beside other tests: it shows that the scenarios and the receivers get on with each
// other, not how much a receiver can take.
var smallLoad = scenarios.Load{Burst: 40, Rate: 20, For: emitter.Offset(time.Second)}

// bearsALoad plays the load at the example as it is.
func (e example) bearsALoad(t *testing.T, place func(*testing.T) environment) {
	t.Helper()
	rep, err := suite.Run(t.Context(), suite.Config{
		Target: e.target(t, place(t), nil), Selection: suite.Selection{Profiles: []string{scenarios.ProfileLoad}}, Load: smallLoad,
	})
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, r := range rep.Requirements {
		if r.Profile != scenarios.ProfileLoad {
			continue
		}
		judged++
		switch r.Verdict {
		case judge.Held:
		case judge.NotTestable:
			t.Logf("%s cannot be told on this machine, which is busy: %s", r.ID, r.Reason)
		default:
			t.Errorf("%s is %s, want held: %s", r.ID, r.Verdict, r.Reason)
		}
		for _, f := range r.Findings {
			t.Errorf("%s in %s: %s\n  expected %s\n  actual   %s", r.ID, f.Scenario, f.Message, f.Expected, f.Actual)
		}
	}
	if judged == 0 {
		t.Error("no requirement of the profile load was judged")
	}
}

// turnsRed plays what a bug's requirement asks at the example with the bug. That the example without it holds the
// requirement is for holdsEverything to say.
func (e example) turnsRed(t *testing.T, place func(*testing.T) environment, b bug) {
	t.Helper()
	filter := b.scenarios
	if filter == "" {
		filter = b.requirement
	}
	const tries = 3 // a race is lost now and then only
	said := ""
	for range tries {
		rep := e.judge(t, place(t), filter, &b)
		for _, r := range rep.Requirements {
			if r.ID != b.requirement {
				continue
			}
			if r.Verdict == judge.Broken || r.Verdict == judge.Warned {
				return
			}
			said = fmt.Sprintf("%s is %s, want broken (verdict %s: %s)", r.ID, r.Verdict, rep.Verdict, rep.Reason)
		}
	}
	t.Errorf("a receiver that %s: %s", b.name, said)
}

// judge starts a copy of the example with its own target file, and plays the scenarios that the filter selects.
func (e example) judge(t *testing.T, env environment, filter string, b *bug) report.Report {
	t.Helper()
	rep, err := suite.Run(t.Context(), suite.Config{Target: e.target(t, env, b), Selection: suite.Selection{
		Profiles:    []string{"core", "delivery", "hostile", "durability"},
		LabelFilter: filter,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Verdict == report.Environment || rep.Verdict == report.Inconclusive {
		t.Fatalf("verdict %s: %s", rep.Verdict, rep.Reason)
	}
	return rep
}

// TestTheListIsWhole needs no program: every folder is judged, and says what a newcomer wants to know.
func TestTheListIsWhole(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, e := range examples() {
		listed[e.name] = true
		for _, file := range []string{"README.md", "relaycheck.yaml"} {
			if _, err := os.Stat(filepath.Join(e.name, file)); err != nil {
				t.Error(err)
			}
		}
	}
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && !listed[f.Name()] {
			t.Errorf("nobody judges the example %s: name it in examples", f.Name())
		}
	}
}

// TestEachExampleHasItsBugs looks whether the bugs can be put in, and whether the worst one is among them.
func TestEachExampleHasItsBugs(t *testing.T) {
	t.Parallel()
	for _, e := range examples() {
		early := false
		for _, b := range e.bugs {
			early = early || strings.Contains(b.name, "answers before it stores")
			if _, err := b.put(e.name); err != nil {
				t.Errorf("%s: the bug %q: %v", e.name, b.name, err)
			}
		}
		if len(e.bugs) < 3 || !early {
			t.Errorf("%s has %d bugs, want three or more, with \"answers before it stores\" among them", e.name, len(e.bugs))
		}
	}
}
