package suite

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/relaycheck/relaycheck/scenarios"
)

// A Selection narrows a list of scenarios down. Its parts are combined with and; an empty part selects all.
type Selection struct {
	// Profiles to play. Empty means core, delivery and hostile, or, where IDs are given, any.
	Profiles []string
	// IDs of scenarios.
	IDs []string
	// Run is a regular expression (RE2) that the id must match.
	Run string
	// LabelFilter is in Ginkgo's language (`delivery && !slow`) over a scenario's profile, requirement ids, groups and labels.
	LabelFilter string
}

// DefaultProfiles run unless others are asked for. Durability needs the target's hooks, load its consent.
func DefaultProfiles() []string { return []string{"core", "delivery", "hostile"} }

// Select returns the chosen scenarios in their order, or a *UsageError that says why there are none.
func Select(all []*scenarios.Scenario, s Selection) ([]*scenarios.Scenario, error) {
	profiles := s.Profiles
	if len(profiles) == 0 && len(s.IDs) == 0 {
		profiles = DefaultProfiles()
	}
	for _, p := range profiles {
		if !slices.Contains(scenarios.Profiles(), p) {
			return nil, usage("unknown profile %q%s; profiles are %s", p, didYouMean(p, scenarios.Profiles()), strings.Join(scenarios.Profiles(), ", "))
		}
	}
	if err := knownIDs(all, s.IDs); err != nil {
		return nil, err
	}
	run, err := regexp.Compile(s.Run)
	if err != nil {
		return nil, usage("--run %q is not a regular expression: %v", s.Run, err)
	}
	labels, err := types.ParseLabelFilter(s.LabelFilter)
	if err != nil {
		return nil, usage("--label-filter %q cannot be read: %s (labels are combined with &&, ||, ! and parentheses: 'delivery && !slow')", s.LabelFilter, filterMistake(err))
	}
	var out []*scenarios.Scenario
	for _, sc := range all {
		switch {
		case len(profiles) > 0 && !slices.Contains(profiles, sc.Profile),
			len(s.IDs) > 0 && !slices.Contains(s.IDs, sc.ID),
			!run.MatchString(sc.ID),
			!labels(Labels(sc)):
		default:
			out = append(out, sc)
		}
	}
	if len(out) == 0 {
		return nil, usage("nothing selected: none of %d scenarios matches %s. `relaycheck list` shows them", len(all), s.describe(profiles))
	}
	return out, nil
}

// Labels are what a label filter sees of a scenario: profile, requirement ids, their groups, its own labels.
func Labels(sc *scenarios.Scenario) []string {
	out := append([]string{sc.Profile}, sc.Requires...)
	for _, id := range sc.Requires {
		if g := (scenarios.Requirement{ID: id}).Group(); !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return append(out, sc.Labels...)
}

func knownIDs(all []*scenarios.Scenario, ids []string) error {
	known := make([]string, len(all))
	for i, sc := range all {
		known[i] = sc.ID
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return usage("there is no scenario %q%s; `relaycheck list` shows them", id, didYouMean(id, known))
		}
	}
	return nil
}

func (s Selection) describe(profiles []string) string {
	var parts []string
	if len(profiles) > 0 {
		parts = append(parts, "profile "+strings.Join(profiles, ","))
	}
	if len(s.IDs) > 0 {
		parts = append(parts, "scenario "+strings.Join(s.IDs, ","))
	}
	if s.Run != "" {
		parts = append(parts, fmt.Sprintf("--run %q", s.Run))
	}
	if s.LabelFilter != "" {
		parts = append(parts, fmt.Sprintf("--label-filter %q", s.LabelFilter))
	}
	return strings.Join(parts, " and ")
}

func usage(format string, args ...any) error {
	return &UsageError{Err: fmt.Errorf(format, args...)}
}

// filterMistake is what Ginkgo says of a filter, in one line and without its layout.
func filterMistake(err error) string {
	var g types.GinkgoError
	if !errors.As(err, &g) {
		return err.Error()
	}
	_, what, found := strings.Cut(g.Message, "\n")
	if !found {
		what = g.Message
	}
	return strings.TrimRight(strings.Join(strings.Fields(layout.ReplaceAllString(what, " ")), " "), ".")
}

// layout is Ginkgo's markup, its colours, and the caret that points into the filter.
var layout = regexp.MustCompile(`\{\{[^}]*\}\}|\x1b\[[0-9;]*m|\^`)
