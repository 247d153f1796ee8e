package judge

import "slices"

// What a verdict may rest on.
const (
	ByEffects = "effects" // side effects that were counted
	ByFacts   = "facts"   // what the target shows of a task
	ByChecks  = "checks"  // expressions of the scenario
	ByFetches = "fetches" // what the receiver fetched
	ByAnswers = "answers" // statuses, bodies and times
)

// Witnesses lists what a verdict may rest on, the most telling first.
func Witnesses() []string { return []string{ByEffects, ByFacts, ByChecks, ByFetches, ByAnswers} }

// witness is what a finding looks at; "" for the harness's own.
func witness(f finding) string {
	if f.name == "effects" {
		return ByEffects // also where it is about how long
	}
	switch f.Kind {
	case "fact", "throughout":
		return ByFacts
	case "expr":
		return ByChecks
	case "fetch":
		return ByFetches
	case "status", "time", "body", "header", "refusal", "alive":
		return ByAnswers
	}
	return ""
}

// judgedBy says what a verdict that says something of the receiver rests on: a broken one on what failed, any other on what
// was compared at all. A comparison that passed and proved nothing is no witness.
func judgedBy(v Verdict, mine []finding) []string {
	against := v == Broken || v == Warned
	if !against && v != Held {
		return nil
	}
	heard := map[string]bool{}
	for _, f := range mine {
		if f.Outcome == Fail || !against && f.Outcome == Pass && !f.hollow {
			heard[witness(f)] = true
		}
	}
	return slices.DeleteFunc(Witnesses(), func(w string) bool { return !heard[w] })
}
