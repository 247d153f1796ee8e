package selftest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/scenarios"
)

// certificate adds up what was judged. Of an interrupted one nothing can be said about what was not.
func (c *court) certificate(interrupted bool) Certificate {
	cert := Certificate{
		Bugs: []Bug{}, LeftOut: append([]LeftOut{}, c.leftOut...), ReferenceFindings: []string{}, Requirements: []Requirement{},
		Problems: []string{}, Untold: []string{}, Seed: c.cfg.Seed, TimeScale: c.cfg.TimeScale, Reference: Red,
		Interrupted: interrupted,
	}
	problem := func(format string, args ...any) {
		cert.Problems = append(cert.Problems, fmt.Sprintf(format, args...))
	}
	for _, t := range c.cases {
		switch {
		case !t.over && t.reference():
			cert.ReferenceFindings = append(cert.ReferenceFindings, "it was not judged")
		case !t.over:
		case t.reference():
			wrong, untold := judgeReference(t.report, t.late())
			cert.ReferenceFindings = append(append(cert.ReferenceFindings, wrong...), untold...)
			cert.Reference = colour(wrong, untold)
			for _, f := range wrong {
				problem("the reference is not green: %s", f)
			}
			for _, f := range untold {
				cert.Untold = append(cert.Untold, "the reference: "+f)
			}
		default:
			b := judgeBug(t.bug, t.report, t.late())
			b.Repeats = t.repeated
			cert.Bugs = append(cert.Bugs, b)
			switch b.Verdict {
			case Killed:
			case NotTestable:
				cert.Untold = append(cert.Untold, fmt.Sprintf("%s (%s): %s", b.ID, b.Requirement, b.Reason))
			default:
				problem("%s (%s) %s: %s", b.ID, b.Requirement, words[b.Verdict], b.Reason)
			}
			if len(b.MissingWords) > 0 {
				problem("the hint of %s does not help with %s: it says nothing of %s", b.Requirement, b.ID, strings.Join(b.MissingWords, ", "))
			}
		}
	}
	for _, r := range c.catalogue.Requirements {
		if got, ok := c.proof(r, cert.Bugs); ok {
			cert.Requirements = append(cert.Requirements, got)
			if r.Level == scenarios.Must && !got.SeenRed && got.Reason != tooSlow && len(got.Scenarios) > 0 && !interrupted {
				problem("%s is unproven: %s", r.ID, got.Reason)
			}
		}
	}
	return cert
}

// colour is that of the reference.
func colour(wrong, untold []string) string {
	switch {
	case len(wrong) > 0:
		return Red
	case len(untold) > 0:
		return Untold
	default:
		return Green
	}
}

// tooSlow is why a requirement was not seen red where that is nobody's fault: it stands with each bug already.
const tooSlow = "this machine was too slow to tell"

// words are the verdicts as the verb of a sentence.
var words = map[Verdict]string{Survived: "survived", WrongCheck: "was caught by the wrong check", Crashed: "broke the run"}

// proof says how well a requirement is proven by the bugs. It is false where the requirement was not asked about.
func (c *court) proof(r scenarios.Requirement, bugs []Bug) (Requirement, bool) {
	out := Requirement{ID: r.ID, Level: r.Level, ProvenBy: []string{}, Scenarios: append([]string{}, c.exercised[r.ID]...)}
	slices.Sort(out.Scenarios)
	asked, untold := len(c.cfg.Bugs) == 0, false
	for _, b := range bugs {
		if b.Requirement != r.ID {
			continue
		}
		asked = true
		untold = untold || b.Verdict == NotTestable
		if len(b.KilledBy) > 0 {
			out.SeenRed = true
			out.ProvenBy = append(out.ProvenBy, b.ID)
		}
	}
	switch {
	case out.SeenRed:
	case len(out.Scenarios) == 0:
		out.Reason = "no scenario exercises it"
	case untold:
		out.Reason = tooSlow
	default:
		out.Reason = "no seeded bug turned it red"
	}
	return out, asked
}
