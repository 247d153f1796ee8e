package selftest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
)

// A Certificate is the outcome. Its JSON is a contract: selftest.schema.json describes it.
type Certificate struct {
	// Bugs are those that were judged, in the order of the zoo.
	Bugs []Bug `json:"bugs"`
	// LeftOut are bugs that were not judged, because no scenario exercises what they break.
	LeftOut []LeftOut `json:"left_out"`
	// Reference is Green, Red or Untold.
	Reference string `json:"reference"`
	// ReferenceFindings say what was not right with the reference, one sentence each.
	ReferenceFindings []string `json:"reference_findings"`
	// Requirements are those of the catalogue or, where only some bugs were asked for, those that they break.
	Requirements []Requirement `json:"requirements"`
	// Problems say why the certificate fails, one sentence each.
	Problems []string `json:"problems"`
	// Untold says what this machine was too slow to tell, one sentence each: nothing is proven of it, either way.
	Untold []string `json:"untold"`
	// Holds says whether there are no problems, all could be told, and nothing was interrupted.
	Holds       bool    `json:"holds"`
	Interrupted bool    `json:"interrupted"`
	Seed        int64   `json:"seed"`
	TimeScale   float64 `json:"time_scale"`
	Seconds     float64 `json:"seconds"`
}

// The colours of the reference. Untold is none: nothing was wrong with it, as far as this machine could tell.
const (
	Green  = "green"
	Red    = "red"
	Untold = "not_testable"
)

// A Bug is what became of one seeded bug.
type Bug struct {
	ID          string  `json:"id"`
	Title       string  `json:"title"`       // what the developer did wrong
	Requirement string  `json:"requirement"` // what it breaks
	Verdict     Verdict `json:"verdict"`
	// KilledBy are the scenarios in which its requirement turned red, by id.
	KilledBy []string `json:"killed_by"`
	// Red has all requirements that turned red, each with the scenarios in which it did.
	Red map[string][]string `json:"red"`
	// Unexpected are the requirements among them that the bug has no reason to break.
	Unexpected []string `json:"unexpected"`
	// MissingWords are those that the requirement's hint should have, and has not.
	MissingWords []string `json:"missing_hint_words"`
	// Reason says why, where the verdict is not Killed.
	Reason string `json:"reason,omitempty"`
	// Repeats is how often the suite was played again because the machine had been too slow for its timing checks.
	Repeats int `json:"repeats,omitempty"`
}

// Verdict is what became of a bug.
type Verdict string

// The verdicts.
const (
	Killed      Verdict = "killed"       // its requirement turned red, and nothing that has no reason to
	Survived    Verdict = "survived"     // nothing turned red
	WrongCheck  Verdict = "wrong_check"  // its requirement did not turn red, but another one; or one did that has no reason to
	Crashed     Verdict = "crashed"      // the run could not be finished, or only a play that broke off noticed
	NotTestable Verdict = "not_testable" // this machine was too slow to tell
)

// A LeftOut is a bug that was not judged.
type LeftOut struct {
	ID          string `json:"id"`
	Requirement string `json:"requirement"`
	Reason      string `json:"reason"`
}

// A Requirement says how well one requirement is proven.
type Requirement struct {
	ID    string          `json:"id"`
	Level scenarios.Level `json:"level"`
	// SeenRed says whether it turned red on a bug that is made to break it.
	SeenRed bool `json:"seen_red"`
	// ProvenBy are the bugs that are made to break it and did, by id.
	ProvenBy []string `json:"proven_by"`
	// Scenarios that exercise it, by id.
	Scenarios []string `json:"scenarios"`
	// Reason says why it was not seen red.
	Reason string `json:"reason,omitempty"`
}

// count counts the bugs with a verdict.
func (c Certificate) count(v Verdict) int {
	n := 0
	for _, b := range c.Bugs {
		if b.Verdict == v {
			n++
		}
	}
	return n
}

// Closing is the last line: what was judged, and how it came out.
func (c Certificate) Closing() string {
	parts := []string{fmt.Sprintf("%d killed", c.count(Killed)), fmt.Sprintf("%d survived", c.count(Survived))}
	if n := c.count(WrongCheck); n > 0 {
		parts = append(parts, fmt.Sprintf("%d by the wrong check", n))
	}
	if n := c.count(Crashed); n > 0 {
		parts = append(parts, fmt.Sprintf("%d crashed", n))
	}
	if n := c.count(NotTestable); n > 0 {
		parts = append(parts, fmt.Sprintf("%d not testable", n))
	}
	line := fmt.Sprintf("%d bugs: %s", len(c.Bugs), strings.Join(parts, ", "))
	if c.Interrupted {
		line += " · interrupted: the others were not judged"
	} else {
		line += " · reference " + strings.ReplaceAll(c.Reference, "_", " ") + " · " + c.proven()
		if n := len(c.LeftOut); n > 0 {
			line += fmt.Sprintf(" · %d bugs left out: no scenario exercises %s", n, strings.Join(c.unexercised(), ", "))
		}
	}
	return line + fmt.Sprintf(" · seed %d · %s", c.Seed, time.Duration(c.Seconds*float64(time.Second)).Round(time.Second))
}

// unexercised are the requirements of the bugs that were left out, each once.
func (c Certificate) unexercised() []string {
	var ids []string
	for _, l := range c.LeftOut {
		if !slices.Contains(ids, l.Requirement) {
			ids = append(ids, l.Requirement)
		}
	}
	return ids
}

// proven says which requirements were never seen red.
func (c Certificate) proven() string {
	var musts, others []string
	for _, r := range c.Requirements {
		switch {
		case r.SeenRed:
		case r.Level == scenarios.Must:
			musts = append(musts, r.ID)
		default:
			others = append(others, r.ID)
		}
	}
	if len(musts)+len(others) == 0 {
		return "every requirement seen red"
	}
	if len(musts) == 0 {
		return "every MUST seen red"
	}
	return "every MUST seen red but " + strings.Join(musts, ", ")
}
