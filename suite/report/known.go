package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A Known is an entry of a baseline: a requirement that is known to be broken in a scenario. While it lasts, the row
// is reported as a warning and does not fail the run.
type Known struct {
	Requirement string `json:"requirement"`
	Scenario    string `json:"scenario"`
	Reason      string `json:"reason"`  // why it is not mended yet
	Owner       string `json:"owner"`   // who will
	Expires     string `json:"expires"` // YYYY-MM-DD: the last day, in UTC, on which the entry counts
	Place       string `json:"place"`   // file:line of the entry
	// Elsewhere says that the scenario is shipped but was not loaded: such an entry is about another run.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

// Baseline says in a report what became of the entries of the run's baseline, in the order of the file.
type Baseline struct {
	Entries []KnownResult `json:"entries"`
}

// A KnownResult is an entry and what became of it.
type KnownResult struct {
	Known
	Outcome KnownOutcome `json:"outcome"`
	Problem string       `json:"problem,omitempty"` // one sentence, for the outcomes that fail the run
}

// KnownOutcome is what became of an entry of a baseline.
type KnownOutcome string

// The outcomes. Held, expired, unmatched and doubled fail the run: a baseline that does not fit hides what it should show.
const (
	KnownBroken    KnownOutcome = "known"      // the row is broken, as the entry says
	KnownHeld      KnownOutcome = "held"       // the row holds by now
	KnownExpired   KnownOutcome = "expired"    // the entry's last day is over
	KnownUnmatched KnownOutcome = "unmatched"  // there is no such requirement, scenario or row
	KnownDoubled   KnownOutcome = "doubled"    // an entry above is about the same row
	KnownNotJudged KnownOutcome = "not_judged" // the row could not be observed or tested in this run
	KnownNotPlayed KnownOutcome = "not_played" // the scenario was not selected, or the run ended before its turn
)

// Broke reports whether a play broke a requirement that the run's baseline does not know of.
func (r Run) Broke(p Play) bool {
	return slices.ContainsFunc(p.Result.Rows, func(row judge.Row) bool {
		verdict, _ := r.settled(p.ref().ID, row)
		return verdict == judge.Broken
	})
}

// settled is the verdict and the reason of a row as the report gives them: see settle. A row that is known to be broken is
// a warning whose reason names the entry.
func (r Run) settled(scenario string, row judge.Row) (judge.Verdict, string) {
	verdict, reason := settle(row, r.Strict)
	if verdict == judge.Broken {
		if k, ok := r.knownRow(scenario, row.Requirement); ok {
			return judge.Warned, saidKnown(k)
		}
	}
	return verdict, reason
}

// knownRow finds the entry that counts for a row.
func (r Run) knownRow(scenario, requirement string) (Known, bool) {
	i := slices.IndexFunc(r.Known, func(k Known) bool { return k.Scenario == scenario && k.Requirement == requirement })
	if i < 0 || r.expired(r.Known[i]) {
		return Known{}, false
	}
	return r.Known[i], true
}

// expired compares with the day on which the run began, so that a run that is judged again comes to the same result.
func (r Run) expired(k Known) bool {
	return !r.Started.IsZero() && r.Started.UTC().Format("2006-01-02") > k.Expires
}

// baseline says what became of the run's baseline; nil where it has none.
func baseline(run Run, scens []Scenario) *Baseline {
	if run.Known == nil {
		return nil
	}
	b := &Baseline{Entries: []KnownResult{}}
	seen := map[[2]string]string{}
	for _, k := range run.Known {
		res := KnownResult{Known: k}
		key := [2]string{k.Requirement, k.Scenario}
		if first, ok := seen[key]; ok {
			res.Outcome, res.Problem = KnownDoubled, "stands in the baseline twice: "+first+" has it already; delete one"
		} else {
			seen[key] = k.Place
			res.Outcome, res.Problem = outcomeOf(run, scens, k)
		}
		if res.Problem != "" {
			res.Problem = fmt.Sprintf("%s: %s in %s %s.", k.Place, k.Requirement, k.Scenario, res.Problem)
		}
		b.Entries = append(b.Entries, res)
	}
	return b
}

func outcomeOf(run Run, scens []Scenario, k Known) (KnownOutcome, string) {
	var reqs, loaded []string
	for _, q := range run.requirements() {
		reqs = append(reqs, q.ID)
	}
	for _, ref := range run.loaded() {
		loaded = append(loaded, ref.ID)
	}
	isLoaded := slices.Contains(loaded, k.Scenario)
	switch {
	case !isLoaded && !k.Elsewhere:
		return KnownUnmatched, "matches nothing: there is no such scenario" + meant(k.Scenario, loaded)
	case isLoaded && !slices.Contains(reqs, k.Requirement):
		return KnownUnmatched, "matches nothing: there is no such requirement" + meant(k.Requirement, reqs)
	}
	i := slices.IndexFunc(scens, func(s Scenario) bool { return s.ID == k.Scenario && len(s.Requirements) > 0 })
	if i < 0 {
		return KnownNotPlayed, ""
	}
	if run.expired(k) {
		return KnownExpired, "was to be mended by " + k.Expires + ", which is over; " + k.Owner + " has it"
	}
	j := slices.IndexFunc(scens[i].Requirements, func(row Row) bool { return row.ID == k.Requirement })
	if j < 0 {
		return KnownUnmatched, "matches nothing: the scenario says nothing about that requirement"
	}
	switch scens[i].Requirements[j].Verdict {
	case judge.Held:
		return KnownHeld, "holds by now; delete the entry"
	case judge.Broken, judge.Warned:
		return KnownBroken, ""
	case judge.NotObservable, judge.NotTestable, judge.Unproven, judge.NotSelected:
	}
	return KnownNotJudged, ""
}

func meant(name string, known []string) string {
	if near := strict.Nearest(name, known); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// Problems are the sentences about entries that do not fit, in the order of the file.
func (b *Baseline) Problems() []string {
	var out []string
	if b != nil {
		for _, e := range b.Entries {
			if e.Problem != "" {
				out = append(out, e.Problem)
			}
		}
	}
	return out
}

// count counts the entries with an outcome.
func (b *Baseline) count(o KnownOutcome) (n int) {
	if b != nil {
		for _, e := range b.Entries {
			if e.Outcome == o {
				n++
			}
		}
	}
	return n
}

func saidKnown(k Known) string {
	return fmt.Sprintf("known until %s: %s (%s; %s)", k.Expires, strings.TrimSuffix(k.Reason, "."), k.Owner, k.Place)
}

// saidKnownIn is saidKnown for entries that differ in nothing but their scenarios.
func saidKnownIn(all []Known) string {
	if len(all) == 1 {
		return saidKnown(all[0])
	}
	var where []string
	for _, k := range all {
		where = append(where, fmt.Sprintf("%s (%s)", k.Scenario, k.Place))
	}
	k := all[0]
	return fmt.Sprintf("known until %s: %s (%s) in %d scenarios: %s", k.Expires, strings.TrimSuffix(k.Reason, "."), k.Owner, len(all), list(where, maxKnown))
}

// maxKnown is how many scenarios of one reason are named: what is broken everywhere would fill the screen otherwise. The
// reports have every entry with its scenario.
const maxKnown = 8

// rowReasons are the reasons why a requirement has its verdict, as the rows of its scenarios give them.
type rowReasons []rowReason

type rowReason struct{ scenario, text string }

// told gives each reason once, in the order of the rows. What the baseline knows in several scenarios for the same reason
// is one reason, with all of them.
func (rows rowReasons) told(run Run, requirement string) []string {
	var texts []string
	var known [][]Known // beside texts: the entries that it was made of, if any
	for _, row := range rows {
		k, ok := run.knownRow(row.scenario, requirement)
		if ok && row.text == saidKnown(k) {
			i := slices.IndexFunc(known, func(all []Known) bool { return len(all) > 0 && all[0].alike(k) })
			if i >= 0 {
				known[i] = append(known[i], k)
				texts[i] = saidKnownIn(known[i])
				continue
			}
			texts, known = append(texts, row.text), append(known, []Known{k})
			continue
		}
		if row.text != "" && !slices.Contains(texts, row.text) {
			texts, known = append(texts, row.text), append(known, nil)
		}
	}
	return texts
}

// alike reports whether two entries say the same of their rows.
func (k Known) alike(other Known) bool {
	return k.Reason == other.Reason && k.Owner == other.Owner && k.Expires == other.Expires
}

func saidKnownCount(n int) string {
	if n == 1 {
		return "One broken row is known: the baseline has it, so it is a warning."
	}
	return fmt.Sprintf("%d broken rows are known: the baseline has them, so they are warnings.", n)
}

func saidMisfits(n int) string {
	if n == 1 {
		return "one entry has to be looked at"
	}
	return fmt.Sprintf("%d entries have to be looked at", n)
}
