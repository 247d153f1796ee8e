package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A Comparison says what changed from one run to another, requirement by requirement and scenario by scenario.
type Comparison struct {
	Notes          []string `json:"notes"`            // why the runs may not be alike: another seed, catalogue, target
	Regressed      []Change `json:"regressed"`        // held or warned before, broken now
	New            []Change `json:"new"`              // not judged before, broken now
	StillBroken    []Change `json:"still_broken"`     // broken before and now
	Fixed          []Change `json:"fixed"`            // broken before, held or warned now
	Warned         []Change `json:"warned"`           // held or not judged before, warned now
	NoLongerJudged []Change `json:"no_longer_judged"` // judged before; not observable, not testable or not played now
	Same           int      `json:"same"`             // how many held before and now
}

// A Change is what became of one requirement in one scenario.
type Change struct {
	Requirement string          `json:"requirement"`
	Scenario    string          `json:"scenario"`
	Level       scenarios.Level `json:"level"`
	Sentence    string          `json:"sentence"`
	Before      judge.Verdict   `json:"before,omitempty"` // "" is not judged at all
	After       judge.Verdict   `json:"after,omitempty"`
	Findings    []Finding       `json:"findings"` // of the later run; of the earlier one where it was fixed
	NewFindings int             `json:"new_findings,omitempty"`
}

// Diff compares a run with an earlier one. Runs of different selections can be compared: what only one of them judged is
// told of as such, and is no regression.
func Diff(before, after Report) Comparison {
	c := Comparison{
		Notes: diffNotes(before, after), Regressed: []Change{}, New: []Change{}, StillBroken: []Change{}, Fixed: []Change{},
		Warned: []Change{}, NoLongerJudged: []Change{},
	}
	old, now := rowsOf(before), rowsOf(after)
	for _, key := range order(before, after) {
		a, b := old[key], now[key]
		change := b
		if !b.judged() {
			change = a
			change.Findings = nil
		}
		change.Before, change.After = a.After, b.After
		change.Findings = append([]Finding{}, change.Findings...)
		switch {
		case b.After == judge.Broken && a.After == judge.Broken:
			change.NewFindings = newFindings(a.Findings, b.Findings)
			c.StillBroken = append(c.StillBroken, change)
		case b.After == judge.Broken && a.judged():
			c.Regressed = append(c.Regressed, change)
		case b.After == judge.Broken:
			c.New = append(c.New, change)
		case a.judged() && !b.judged():
			c.NoLongerJudged = append(c.NoLongerJudged, change)
		case a.After == judge.Broken:
			change.Findings = append([]Finding{}, a.Findings...)
			c.Fixed = append(c.Fixed, change)
		case b.After == judge.Warned && a.After != judge.Warned:
			c.Warned = append(c.Warned, change)
		case b.judged() && a.judged():
			c.Same++
		}
	}
	return c
}

// judged reports whether the later run of the change came to a verdict about the receiver.
func (c Change) judged() bool {
	return c.After == judge.Held || c.After == judge.Warned || c.After == judge.Broken
}

type rowKey struct{ requirement, scenario string }

// rowsOf indexes a report; the verdicts stand in After.
func rowsOf(r Report) map[rowKey]Change {
	reqs := map[string]Requirement{}
	for _, q := range r.Requirements {
		reqs[q.ID] = q
	}
	out := map[rowKey]Change{}
	for _, s := range r.Scenarios {
		for _, row := range s.Requirements {
			q := reqs[row.ID]
			ch := Change{Requirement: row.ID, Scenario: s.ID, Level: q.Level, Sentence: q.Sentence, After: row.Verdict}
			for _, f := range s.Findings {
				if f.Requirement == row.ID {
					ch.Findings = append(ch.Findings, f)
				}
			}
			out[rowKey{row.ID, s.ID}] = ch
		}
	}
	return out
}

// order lists every row of both reports, by the catalogue's order of the later one and then by scenario.
func order(before, after Report) []rowKey {
	place := map[string]int{}
	for _, r := range []Report{after, before} {
		for _, q := range r.Requirements {
			if _, known := place[q.ID]; !known {
				place[q.ID] = len(place)
			}
		}
	}
	seen := map[rowKey]bool{}
	var keys []rowKey
	for _, r := range []Report{after, before} {
		for _, s := range r.Scenarios {
			for _, row := range s.Requirements {
				if k := (rowKey{row.ID, s.ID}); !seen[k] {
					seen[k] = true
					keys = append(keys, k)
				}
			}
		}
	}
	slices.SortStableFunc(keys, func(a, b rowKey) int {
		if p, q := place[a.requirement], place[b.requirement]; p != q {
			return p - q
		}
		return strings.Compare(a.scenario, b.scenario)
	})
	return keys
}

// newFindings counts the checks that fail now and did not fail before.
func newFindings(before, after []Finding) int {
	n := 0
	for _, f := range after {
		if !slices.ContainsFunc(before, func(o Finding) bool { return o.Key() == f.Key() }) {
			n++
		}
	}
	return n
}

func diffNotes(before, after Report) []string {
	out := []string{}
	if before.Suite.CatalogueDigest != after.Suite.CatalogueDigest {
		out = append(out, fmt.Sprintf("the runs were judged by different catalogues (suite %s and %s)", before.Suite.Version, after.Suite.Version))
	}
	if before.Suite.Seed != after.Suite.Seed {
		out = append(out, fmt.Sprintf("the seeds differ (%d and %d): random choices were not the same", before.Suite.Seed, after.Suite.Seed))
	}
	if before.Target.URL != after.Target.URL {
		out = append(out, fmt.Sprintf("the targets differ (%s and %s)", before.Target.URL, after.Target.URL))
	}
	if before.Suite.Strict != after.Suite.Strict {
		out = append(out, "one of the runs was strict, the other was not")
	}
	for _, r := range []struct {
		which string
		rep   Report
	}{{"earlier", before}, {"later", after}} {
		switch {
		case r.rep.Verdict == Environment || r.rep.Verdict == Inconclusive:
			out = append(out, fmt.Sprintf("the %s run is %s: %s", r.which, r.rep.Verdict, strings.TrimSuffix(lowerCase(r.rep.Reason), ".")))
		case r.rep.Interrupted:
			out = append(out, fmt.Sprintf("the %s run was interrupted", r.which))
		}
	}
	return out
}

func lowerCase(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && (s[1] < 'A' || s[1] > 'Z') {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// Text writes the comparison for people; its last line has a fixed shape.
func (c Comparison) Text(w io.Writer) error {
	var b strings.Builder
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "note: %s\n", visible(n))
	}
	if len(c.Notes) > 0 {
		b.WriteByte('\n')
	}
	for _, part := range []struct {
		title   string
		changes []Change
		full    bool
	}{
		{"Regressed", c.Regressed, true},
		{"New: broken, and not judged before", c.New, true},
		{"Still broken", c.StillBroken, false},
		{"Fixed", c.Fixed, false},
		{"Warned now", c.Warned, true},
		{"No longer judged", c.NoLongerJudged, false},
	} {
		if len(part.changes) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s\n", part.title)
		last := ""
		for _, ch := range part.changes {
			if ch.Requirement != last {
				fmt.Fprintf(&b, "  %s (%s) %s\n", ch.Requirement, ch.Level, visible(ch.Sentence))
				last = ch.Requirement
			}
			fmt.Fprintf(&b, "    %s: %s -> %s", ch.Scenario, verdictOrNone(ch.Before), verdictOrNone(ch.After))
			if ch.NewFindings > 0 {
				fmt.Fprintf(&b, ", %d of its checks did not fail before", ch.NewFindings)
			}
			b.WriteByte('\n')
			for _, f := range ch.Findings {
				if part.full {
					fmt.Fprintf(&b, "      %s\n      at %s\n", visible(f.Message), visible(place(f.Position)))
				}
			}
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d regressed, %d new, %d still broken, %d fixed, %d no longer judged, %d held before and now\n",
		len(c.Regressed), len(c.New), len(c.StillBroken), len(c.Fixed), len(c.NoLongerJudged), c.Same)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

// JSON writes the comparison as one JSON document.
func (c Comparison) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(c); err != nil {
		return fmt.Errorf("write the comparison as JSON: %w", err)
	}
	return nil
}

func verdictOrNone(v judge.Verdict) string {
	if v == "" {
		return "not played"
	}
	return verdictWord(v)
}
