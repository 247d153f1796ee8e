package judge

import (
	"slices"

	"github.com/relaycheck/relaycheck/scenarios"
)

// The requirements that every acknowledged callback speaks for, whether the scenario names them or not.
const (
	ackStatus = "ACK-1" // status 200 exactly
	ackTime   = "ACK-2" // within 20 s
)

// A requirement is one that a scenario speaks for.
type requirement struct {
	scenarios.Requirement
	standIn bool // the scenario itself, or an id that the catalogue does not know: every check speaks for it
}

func (r requirement) judges(name string) bool { return r.standIn || slices.Contains(r.Judges, name) }

// lookUp finds a requirement. One that is not in the catalogue stands in for itself, as a MUST.
func lookUp(cat *scenarios.Catalogue, id string) requirement {
	if cat != nil {
		for _, r := range cat.Requirements {
			if r.ID == id {
				return requirement{Requirement: r}
			}
		}
	}
	return requirement{Requirement: scenarios.Requirement{ID: id, Level: scenarios.Must}, standIn: true}
}

// requirementsOf lists what a scenario speaks for, in its order, each once. A scenario that names none speaks for
// itself.
func requirementsOf(ref scenarios.Ref, cat *scenarios.Catalogue) []requirement {
	if len(ref.Requires) == 0 {
		return []requirement{{
			Requirement: scenarios.Requirement{ID: ref.ID, Level: scenarios.Must, Sentence: ref.Title, Profile: ref.Profile}, standIn: true,
		}}
	}
	return requirementsNamed(ref.Requires, cat)
}

func requirementsNamed(ids []string, cat *scenarios.Catalogue) []requirement {
	var out []requirement
	for _, id := range ids {
		if !slices.ContainsFunc(out, func(r requirement) bool { return r.ID == id }) {
			out = append(out, lookUp(cat, id))
		}
	}
	return out
}

// speakers gives the ids of those requirements that judge by the first of the names that any of them judges by, and
// the first requirement if none does.
func speakers(reqs []requirement, names ...string) []string {
	for _, name := range names {
		if ids := judging(reqs, name); len(ids) > 0 {
			return ids
		}
	}
	if len(reqs) == 0 {
		return nil
	}
	return []string{reqs[0].ID}
}

func judging(reqs []requirement, name string) []string {
	var ids []string
	for _, r := range reqs {
		if r.judges(name) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// expected gives the requirements that an expectation speaks for: its own, where it names some.
func expected(ex *scenarios.Expect, own []requirement, cat *scenarios.Catalogue) []requirement {
	if len(ex.Requires) == 0 {
		return own
	}
	return requirementsNamed(ex.Requires, cat)
}

// credit says whom a check of an expectation speaks for. Where the expectation names its requirements itself and
// none of them judges by that name, it speaks for all of them.
func credit(ex *scenarios.Expect, reqs []requirement, names ...string) []string {
	for _, name := range names {
		if ids := judging(reqs, name); len(ids) > 0 {
			return ids
		}
	}
	if len(ex.Requires) == 0 {
		return speakers(reqs)
	}
	ids := make([]string, len(reqs))
	for i, r := range reqs {
		ids[i] = r.ID
	}
	return ids
}
