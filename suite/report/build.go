package report

import (
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// Build adds a run up to its report: per requirement the worst of its rows, per scenario likewise, each failed check
// as a finding, and from all of it the verdict and the exit code. The order of the plays has no influence: the
// requirements come in the catalogue's order, then the scenarios' own, scenarios by id. Nothing in the report holds a secret
// that Run.Redact knows.
func Build(run Run) Report {
	run = run.cleaned()
	scens := buildScenarios(run)
	reqs := buildRequirements(run, scens)
	base := baseline(run, scens)
	verdict, code, reason := conclude(run, reqs, scens, base)
	target := run.Target
	target.Capabilities.Facts = slices.Sorted(slices.Values(target.Capabilities.Facts))
	target.Capabilities.Effects = slices.Sorted(slices.Values(target.Capabilities.Effects))
	r := Report{
		Suite: Suite{
			Version: run.Version, CatalogueDigest: run.digest(), Seed: run.Seed, TimeScale: run.scale(), Strict: run.Strict,
		},
		Target: target, Verdict: verdict, ExitCode: code, Reason: reason,
		DurationMS: run.Duration.Milliseconds(), Interrupted: run.Stopped, Baseline: base, Receiver: run.Receiver,
		Requirements: reqs, Scenarios: scens,
	}
	if !run.Started.IsZero() {
		r.Started = run.Started.UTC().Format(time.RFC3339)
	}
	r.Notes = notes(run, r)
	return r
}

func (r Run) digest() string {
	if r.Catalogue == nil {
		return ""
	}
	return r.Catalogue.Digest
}

func (r Run) scale() float64 {
	if r.Scale == 0 {
		return 1
	}
	return r.Scale
}

// requirements are the catalogue's, and after them one for each loaded scenario that names none: such a scenario
// stands for itself.
func (r Run) requirements() []scenarios.Requirement {
	var all []scenarios.Requirement
	if r.Catalogue != nil {
		all = slices.Clone(r.Catalogue.Requirements)
	}
	known := map[string]bool{}
	for _, q := range all {
		known[q.ID] = true
	}
	var own []scenarios.Requirement
	add := func(q scenarios.Requirement) {
		if !known[q.ID] {
			known[q.ID] = true
			own = append(own, q)
		}
	}
	for _, ref := range r.loaded() {
		if len(ref.Requires) == 0 {
			add(ownRequirement(ref))
		}
	}
	// A row about a requirement that nobody knows must not be lost.
	for _, p := range r.Plays {
		for _, row := range p.Result.Rows {
			if row.Requirement == p.ref().ID {
				add(ownRequirement(p.ref()))
				continue
			}
			add(scenarios.Requirement{ID: row.Requirement, Level: row.Level, Sentence: "not in the catalogue of this run", Profile: p.ref().Profile})
		}
	}
	slices.SortFunc(own, func(a, b scenarios.Requirement) int { return strings.Compare(a.ID, b.ID) })
	return append(all, own...)
}

// ownRequirement stands for a scenario that names no requirement.
func ownRequirement(ref scenarios.Ref) scenarios.Requirement {
	return scenarios.Requirement{ID: ref.ID, Level: scenarios.Must, Sentence: ref.Title, Profile: ref.Profile}
}

// loaded lists every scenario that the run knew of, each once, by id.
func (r Run) loaded() []scenarios.Ref {
	byID := map[string]scenarios.Ref{}
	for _, refs := range [][]scenarios.Ref{r.Rest, r.Selected} {
		for _, ref := range refs {
			byID[ref.ID] = ref
		}
	}
	for _, p := range r.Plays {
		byID[p.ref().ID] = p.ref()
	}
	all := make([]scenarios.Ref, 0, len(byID))
	for _, ref := range byID {
		all = append(all, ref)
	}
	slices.SortFunc(all, func(a, b scenarios.Ref) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// playsByScenario groups the plays; a scenario that was played more than once has them in order.
func playsByScenario(plays []Play) map[string][]Play {
	by := map[string][]Play{}
	for _, p := range plays {
		by[p.ref().ID] = append(by[p.ref().ID], p)
	}
	for _, ps := range by {
		slices.SortStableFunc(ps, func(a, b Play) int { return a.Input.Plan.Play - b.Input.Plan.Play })
	}
	return by
}

// buildScenarios makes one entry for each scenario that was played or should have been.
func buildScenarios(run Run) []Scenario {
	byID := map[string]scenarios.Requirement{}
	for _, q := range run.requirements() {
		byID[q.ID] = q
	}
	plays := playsByScenario(run.Plays)
	missing := notPlayed(run)
	out := []Scenario{}
	for _, ref := range run.loaded() {
		s := Scenario{
			ID: ref.ID, Title: ref.Title, File: ref.File, Line: ref.Line, Profile: ref.Profile,
			Requirements: []Row{}, Findings: []Finding{},
		}
		switch {
		case len(plays[ref.ID]) > 0:
			for _, p := range plays[ref.ID] {
				s.add(run, p, byID)
			}
			s.Load = loadOf(plays[ref.ID])
		case slices.Contains(missing, ref.ID):
			s.Verdict, s.Reason = judge.NotSelected, whyDidNotRun
		default:
			continue
		}
		out = append(out, s)
	}
	return out
}

// add adds one play to its scenario.
func (s *Scenario) add(run Run, p Play, reqs map[string]scenarios.Requirement) {
	s.DurationMS += p.Duration.Milliseconds()
	if a := p.Input.Transcript.Aborted; a != "" && s.Aborted == "" {
		s.Aborted, _, _ = strings.Cut(a, "\n") // a panic brings its stack with it, which the run log has
	}
	var own []Row
	for _, row := range p.Result.Rows {
		verdict, reason := run.settled(p.ref().ID, row)
		own = append(own, Row{ID: row.Requirement, Verdict: verdict, Reason: reason})
		i := slices.IndexFunc(s.Requirements, func(r Row) bool { return r.ID == row.Requirement })
		switch {
		case i < 0:
			s.Requirements = append(s.Requirements, Row{ID: row.Requirement, Verdict: verdict, Reason: reason, JudgedBy: row.JudgedBy})
			i = len(s.Requirements) - 1
		case worse(verdict, s.Requirements[i].Verdict):
			s.Requirements[i].Verdict, s.Requirements[i].Reason, s.Requirements[i].JudgedBy = verdict, reason, row.JudgedBy
		case verdict == s.Requirements[i].Verdict:
			s.Requirements[i].JudgedBy = witnesses(s.Requirements[i].JudgedBy, row.JudgedBy)
		}
		s.Requirements[i].Checks += len(row.Checks)
		s.Findings = append(s.Findings, findings(run, p, row, reqs[row.Requirement])...)
	}
	if r := round(p, own); r != nil {
		s.Rounds = append(s.Rounds, *r)
	}
	s.Verdict, s.Reason = judge.NotTestable, whyNoVerdict
	for i, r := range s.Requirements {
		if i == 0 || worse(r.Verdict, s.Verdict) {
			s.Verdict, s.Reason = r.Verdict, r.Reason
		}
	}
}

// buildRequirements adds the rows of all scenarios up, by requirement.
func buildRequirements(run Run, scens []Scenario) []Requirement {
	exercised := map[string]bool{}
	for _, ref := range run.loaded() {
		for _, id := range ref.Requires {
			exercised[id] = true
		}
		if len(ref.Requires) == 0 {
			exercised[ref.ID] = true
		}
	}
	out := []Requirement{}
	for _, q := range run.requirements() {
		r := Requirement{
			ID: q.ID, Level: q.Level, Sentence: q.Sentence, Profile: q.Profile, Hint: q.Hint,
			Scenarios: []string{}, Findings: []Finding{},
		}
		var reasons rowReasons
		for _, s := range scens {
			for _, row := range s.Requirements {
				if row.ID != q.ID {
					continue
				}
				r.Scenarios = append(r.Scenarios, s.ID)
				if r.Verdict == "" || worse(row.Verdict, r.Verdict) {
					r.Verdict, r.JudgedBy, reasons = row.Verdict, nil, nil
				}
				if row.Verdict == r.Verdict {
					r.JudgedBy = witnesses(r.JudgedBy, row.JudgedBy)
				}
				if row.Verdict == r.Verdict {
					reasons = append(reasons, rowReason{scenario: s.ID, text: row.Reason})
				}
			}
			for _, f := range s.Findings {
				if f.Requirement == q.ID {
					r.Findings = append(r.Findings, f)
				}
			}
		}
		switch {
		case r.Verdict != "":
			r.Reason = join(reasons.told(run, q.ID), 3, "; ") // a reason may have commas of its own
		case exercised[q.ID]:
			r.Verdict, r.Reason = judge.NotSelected, whyNotSelected
		default:
			r.Verdict, r.Reason = judge.Unproven, whyUnproven
		}
		out = append(out, r)
	}
	return out
}

// witnesses joins what two verdicts rest on.
func witnesses(a, b []string) []string {
	return slices.DeleteFunc(judge.Witnesses(), func(w string) bool { return !slices.Contains(a, w) && !slices.Contains(b, w) })
}

// notes says what a reader has to know to read the verdict rightly, one sentence each.
func notes(run Run, r Report) []string {
	out := slices.Clone(run.Remarks)
	if run.Stopped && r.Reason != saidInterrupted {
		out = append(out, saidInterrupted)
	}
	if run.CutShort != "" && r.Reason != sentence(run.CutShort) {
		out = append(out, sentence(run.CutShort))
	}
	if n := r.Baseline.count(KnownBroken); n > 0 {
		out = append(out, saidKnownCount(n))
	}
	out = append(out, r.Baseline.Problems()...)
	if missing := notPlayed(run); len(missing) > 0 && len(run.Plays) > 0 && r.Reason != saidMissing(missing) {
		out = append(out, saidMissing(missing))
	}
	if r.Verdict == Partial && run.Strict {
		out = append(out, saidStrictPartial)
	}
	caps := run.Target.Capabilities
	if len(caps.Facts) == 0 && len(caps.Effects) == 0 && len(run.Plays) > 0 {
		out = append(out, saidNoObserver)
	}
	if said := sameRefusal(run); said != "" {
		out = append(out, said)
	}
	if scale := run.scale(); scale != 1 {
		out = append(out, saidScale(scale))
	}
	return out
}
