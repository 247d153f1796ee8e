package receiver

import "slices"

// A Bug is one known mistake: data about it, and the few lines that make it.
type Bug struct {
	// ID names it, in kebab case.
	ID string
	// Title says what the developer did wrong, in one sentence.
	Title string
	// Requirement is the id of the requirement that must turn red.
	Requirement string
	// HintWords stand in the hint of that requirement: what it tells the developer must fit the mistake.
	HintWords []string
	// SideEffects are other requirements that the mistake honestly breaks too.
	SideEffects []SideEffect

	seed func(r *Receiver)              // puts the mistake into a correct receiver
	dsn  func(configured string) string // opens another store instead of the configured one
}

// A SideEffect is a requirement that a bug breaks besides its own.
type SideEffect struct {
	Requirement string // Everything, or an id
	Reason      string
}

// Everything is the Requirement of a side effect that may turn up anywhere: the mistake shows on callbacks of every
// kind, or one task's trouble becomes that of all others.
const Everything = "*"

// Breaks says whether a requirement may turn red with the bug: its own, or one of its side effects.
func (b Bug) Breaks(requirement string) bool {
	return requirement == b.Requirement || slices.ContainsFunc(b.SideEffects, func(s SideEffect) bool {
		return s.Requirement == requirement || s.Requirement == Everything
	})
}

// Bugs lists the zoo, by group of requirement.
func Bugs() []Bug {
	return slices.Concat(
		ackBugs(), envBugs(), siblingBugs(), msgBugs(), urlBugs(), partBugs(), seqBugs(), gapBugs(), ordBugs(),
		dupBugs(), retBugs(), badBugs(), badFieldBugs(), secBugs(), durBugs(), loadBugs(),
	)
}

// Lookup finds a bug by its id.
func Lookup(id string) (Bug, bool) {
	for _, b := range Bugs() {
		if b.ID == id {
			return b, true
		}
	}
	return Bug{}, false
}

// also is one more requirement that a bug breaks.
func also(requirement, reason string) SideEffect {
	return SideEffect{Requirement: requirement, Reason: reason}
}
