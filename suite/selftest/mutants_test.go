package selftest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
)

// Who watches the scenarios? Here every assertion of every shipped scenario is taken away in turn, and docs/kill-matrix.md
// must show it: some bug that the scenario catches would not be caught any more. An assertion that nothing misses is
// either of no use or lacks its seeded bug.

// caughtBy reads the page: scenario -> bugs that it catches.
func caughtBy(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "kill-matrix.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, bugs, _ := strings.Cut(string(page), "## By bug")
	out := map[string][]string{}
	for line := range strings.SplitSeq(bugs, "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || !strings.HasPrefix(line, "| `") {
			continue
		}
		bug := strings.Trim(cells[0], "| `")
		for _, id := range firstCellsOf(cells[3], "`([^`]+)`") {
			out[id] = append(out[id], bug)
		}
	}
	return out
}

// unprovenHere are requirements that a scenario names although no seeded bug shows them there.
var unprovenHere = map[string]string{}

func TestEveryIDOfRequiresIsNeeded(t *testing.T) {
	t.Parallel()
	caught := caughtBy(t)
	all, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, s := range all {
		for _, id := range s.Requires {
			if !slices.ContainsFunc(caught[s.ID], func(bug string) bool {
				b, _ := receiver.Lookup(bug)
				return b.Requirement == id
			}) {
				missing = append(missing, s.ID+": "+id)
			}
		}
	}
	expectList(t, "no bug of a requirement is caught by a scenario that names it", missing, unprovenHere)
}

// unmissed are the assertions that nothing misses, each with the reason why it may stay.
var unmissed = map[string]string{
	"answer-has-the-recommended-body: expect answers status":                isDefault,
	"every-documented-event-is-answered-200: expect answers status":         isDefault,
	"every-documented-event-is-answered-200: expect answers within":         isDefault,
	"tasks-that-start-together-are-answered-in-time: expect answers status": isDefault,
	"tasks-that-start-together-are-answered-in-time: expect answers within": isDefault,
	"live-task-has-no-file-events: step 2 observe task phase":               isOracle,
	"looped-list-goes-on: step 6 observe task phase":                        isOracle,
	"running-throughout-a-gap-of-two-seconds: step 2 observe task phase":    isOracle,
	"task-runs-again-after-an-exit: step 3 observe task phase":              isOracle,
	"ids-may-be-missing-one-by-one: expect tasks streamless":                allowsMore,
	"wrong-method: step 2 expect status":                                    allowsMore,
	"wrong-method: step 3 expect status":                                    allowsMore,
	"wrong-method: step 4 expect status":                                    allowsMore,
	"task-start-means-running: step 2 observe":                              "the last look asks the same; this one tells the reader when",
	"task-runs-again-after-an-exit: step 3 observe":                         "it makes sure that the task had ended before it runs again; who never ends one is caught by SEQ-5 and SEQ-6",
}

const (
	isDefault  = "the default, written down for the reader"
	isOracle   = "what the oracle asks anyway, written down for the reader"
	allowsMore = "it allows more than the default does, so no bug can miss it"
)

// longer says whether an assertion only prolongs the last look. Where a play holds what must have no effect, the sampler
// goes on looking for a quarter of a second by itself, so a late effect that stays is seen without it.
// TestEveryThroughoutCanFail of package suite shows that each of them can fail.
func longer(name string) bool { return strings.HasSuffix(name, ": expect throughout") }

// sampled is how many assertions there are for each one that is always tried.
const sampled = 20

func TestEveryAssertionIsNeeded(t *testing.T) {
	t.Parallel()
	every := 1
	if os.Getenv("RELAYCHECK_FULL") == "" {
		every = sampled
		t.Logf("one assertion in %d is tried; RELAYCHECK_FULL=1 tries all, which takes a minute", every)
	}
	caught := caughtBy(t)
	all, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var missing []string
	var wg sync.WaitGroup
	slot := make(chan struct{}, 8)
	total := 0
	for _, s := range all {
		for _, m := range mutants(t, s) {
			if total++; total%every != 0 {
				continue
			}
			wg.Go(func() {
				slot <- struct{}{}
				defer func() { <-slot }()
				if !longer(m.name) && !missed(t, m, caught[s.ID]) {
					mu.Lock()
					defer mu.Unlock()
					missing = append(missing, m.name)
				}
			})
		}
	}
	wg.Wait()
	slices.Sort(missing)
	t.Logf("%d assertions were taken away in turn", total/every)
	if every > 1 {
		missing = slices.DeleteFunc(missing, func(name string) bool { return unmissed[name] != "" })
		expectList(t, "nothing misses the assertion", missing, nil)
		return
	}
	expectList(t, "nothing misses the assertion", missing, unmissed)
}

// expectList compares a list of findings with those that have a reason.
func expectList(t *testing.T, what string, got []string, reasons map[string]string) {
	t.Helper()
	for _, g := range got {
		if reasons[g] == "" {
			t.Errorf("%s: %s", what, g)
		}
	}
	for name := range reasons {
		if !slices.Contains(got, name) {
			t.Errorf("%s is needed now: take it off the list", name)
		}
	}
}

// A mutant is a scenario with one assertion less.
type mutant struct {
	name     string
	scenario *scenarios.Scenario // nil: the loader refuses what is left, which is noticed as well
}

// mutants makes those of a scenario.
func mutants(t *testing.T, s *scenarios.Scenario) []mutant {
	t.Helper()
	count := len(assertions(parsed(t, s)))
	out := make([]mutant, count)
	for i := range out {
		doc := parsed(t, s)
		a := assertions(doc)[i]
		a.remove()
		text, err := yaml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		out[i].name = s.ID + ": " + a.name
		if out[i].scenario, err = scenarios.Parse(s.File, text); err != nil {
			out[i].scenario = nil
		}
	}
	return out
}

func parsed(t *testing.T, s *scenarios.Scenario) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(s.Source, &doc); err != nil {
		t.Fatal(err)
	}
	return &doc
}

// missed says whether a bug that the whole scenario catches gets by the mutant.
func missed(t *testing.T, m mutant, bugs []string) bool {
	t.Helper()
	if m.scenario == nil {
		return true
	}
	for _, id := range bugs {
		b, _ := receiver.Lookup(id)
		tr := &trial{bug: b}
		c := &court{cfg: Config{Seed: 3, TimeScale: 1, Scenarios: []*scenarios.Scenario{m.scenario}}}
		rep, err := c.play(t.Context(), tr)
		if err != nil {
			t.Errorf("%s with %s: %v", m.name, id, err)
			return false
		}
		if len(judgeBug(b, rep, 0).KilledBy) == 0 {
			return true
		}
	}
	return false
}

// An assertion is a part of a document that can be taken out.
type assertion struct {
	name   string
	remove func()
}

// assertions lists what a scenario asserts: the parts of its expectations, of its steps' and of its observe steps.
func assertions(doc *yaml.Node) []assertion {
	root := doc.Content[0]
	out := expectations("expect", root, "expect", false)
	timeline := member(root, "timeline")
	for i, step := range timeline.Content {
		name := fmt.Sprintf("step %d", i+1)
		out = append(out, expectations(name+" expect", step, "expect", false)...)
		if observe := member(step, "observe"); observe != nil {
			out = append(out, assertion{name: name + " observe", remove: func() {
				timeline.Content = slices.DeleteFunc(timeline.Content, func(n *yaml.Node) bool { return n == step })
			}})
			out = append(out, expectations(name+" observe", step, "observe", true)...)
		}
		if together := member(step, "together"); together != nil {
			for j, inner := range together.Content {
				out = append(out, expectations(fmt.Sprintf("%s.%d expect", name, j+1), inner, "expect", false)...)
			}
		}
	}
	return out
}

// expectations lists the parts of one expectation. Within is none: it only says how long to wait.
func expectations(name string, owner *yaml.Node, key string, keepEmpty bool) []assertion {
	expect := member(owner, key)
	if expect == nil || expect.Kind != yaml.MappingNode {
		return nil
	}
	tidy := func() {
		if len(expect.Content) == 0 && !keepEmpty {
			drop(owner, key)
		}
	}
	var out []assertion
	for i := 0; i < len(expect.Content); i += 2 {
		part, value := expect.Content[i].Value, expect.Content[i+1]
		switch {
		case part == "within":
		case value.Kind == yaml.MappingNode && part != "body":
			for j := 0; j < len(value.Content); j += 2 {
				inner := value.Content[j].Value
				out = append(out, assertion{name: fmt.Sprintf("%s %s %s", name, part, inner), remove: func() {
					drop(value, inner)
					if len(value.Content) == 0 {
						drop(expect, part)
					}
					tidy()
				}})
			}
		case value.Kind == yaml.SequenceNode && part == "check":
			for j := range value.Content {
				out = append(out, assertion{name: fmt.Sprintf("%s %s %d", name, part, j+1), remove: func() {
					value.Content = slices.Delete(value.Content, j, j+1)
					if len(value.Content) == 0 {
						drop(expect, part)
					}
					tidy()
				}})
			}
		default:
			out = append(out, assertion{name: fmt.Sprintf("%s %s", name, part), remove: func() {
				drop(expect, part)
				tidy()
			}})
		}
	}
	return out
}

// member is the value of a key; nil if there is none.
func member(m *yaml.Node, key string) *yaml.Node {
	for i := 0; m.Kind == yaml.MappingNode && i < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// drop takes a key out.
func drop(m *yaml.Node, key string) {
	for i := 0; i < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.Content = slices.Delete(m.Content, i, i+2)
			return
		}
	}
}
