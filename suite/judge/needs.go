package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/scenarios"
)

// keyed are the requirements that speak about signatures: they apply only where the target has a callback key (the
// key is optional, and relay tasks have no parameter for one: CreateLivePullStreamTask).
var keyed = []string{"SEC-1", "SEC-2", "SEC-3"}

// unkeyed asks that unsigned callbacks are taken, where the target does not require signatures.
const unkeyed = "SEC-4"

// notApplicable says why a requirement is not asked of this target at all; "" if it is.
func (j *judgement) notApplicable(req requirement) string {
	caps := j.in.Capabilities
	switch {
	case !caps.Signing && (slices.Contains(keyed, req.ID) || slices.Contains(req.NeedsAll, scenarios.NeedSigning)):
		return "the target has no callback key, so no signature can be judged"
	case !caps.Signed && slices.Contains(req.NeedsAll, scenarios.NeedSigned):
		return "the target does not require signatures"
	case caps.Signed && req.ID == unkeyed:
		return "the target requires every callback to be signed"
	default:
		return ""
	}
}

// lacksHook names the hook that the play needed and the target does not have. What a receiver keeps over a restart
// cannot be seen without restarting it.
func (j *judgement) lacksHook() string {
	for _, st := range j.in.Plan.Steps {
		if st.Hook != "" && !slices.Contains(j.in.Capabilities.Hooks, st.Hook) {
			return fmt.Sprintf("the target has no hook %q", st.Hook)
		}
	}
	return ""
}

// needs checks that what a requirement needs for "held" was really compared. "" means that it was.
func (j *judgement) needs(req requirement) (Verdict, string) {
	for _, name := range req.NeedsAll {
		if isAbility(name) {
			if !j.able(name) {
				return NotObservable, fmt.Sprintf("the target has no hook %q", name)
			}
			continue
		}
		if !j.compared(name) {
			return j.missing([]string{name})
		}
	}
	if len(req.NeedsAny) == 0 || slices.ContainsFunc(req.NeedsAny, j.compared) {
		return "", ""
	}
	return j.missing(req.NeedsAny)
}

func isAbility(name string) bool {
	return slices.Contains([]string{scenarios.NeedSigning, scenarios.NeedSigned, scenarios.NeedRestart, scenarios.NeedKill}, name)
}

func (j *judgement) able(name string) bool {
	switch name {
	case scenarios.NeedSigning:
		return j.in.Capabilities.Signing
	case scenarios.NeedSigned:
		return j.in.Capabilities.Signed
	default:
		return slices.Contains(j.in.Capabilities.Hooks, name)
	}
}

// compared says whether a check by this name passed and proved something.
func (j *judgement) compared(name string) bool {
	return slices.ContainsFunc(j.findings, func(f finding) bool { return f.name == name && f.Outcome == Pass && !f.hollow })
}

// missing says why none of some names was compared.
func (j *judgement) missing(names []string) (Verdict, string) {
	var hidden, reasons []string
	for _, name := range names {
		i := slices.IndexFunc(j.findings, func(f finding) bool { return f.name == name && (f.soft || f.hollow) })
		switch {
		case i < 0:
			reasons = append(reasons, "nothing in this scenario says what "+name+" must be")
		case j.findings[i].hollow:
			return hollowVerdict(j.findings[i])
		case j.hides(name):
			hidden = append(hidden, name)
		default:
			reasons = append(reasons, j.findings[i].Reason)
		}
	}
	switch len(hidden) {
	case 0:
	case 1:
		reasons = slices.Insert(reasons, 0, "the target does not show "+hidden[0])
	default:
		reasons = slices.Insert(reasons, 0, "the target shows none of "+strings.Join(hidden, ", "))
	}
	slices.Sort(reasons[min(1, len(reasons)):])
	return NotObservable, bounded(strings.Join(slices.Compact(reasons), "; "))
}

// hides says whether the target itself is the reason that something was not compared.
func (j *judgement) hides(name string) bool {
	if name == "effects" {
		return len(j.in.Capabilities.Effects) == 0
	}
	return slices.Contains(FactNames(), name) && !slices.Contains(j.in.Capabilities.Facts, name)
}
