package suite

import (
	"slices"

	"github.com/relaycheck/relaycheck/scenarios"
)

// checkLoad finds out before anything is sent whether the loads that were asked for can be played.
func (r *runner) checkLoad() error {
	over := r.cfg.Load
	if err := over.Check(); err != nil {
		return &UsageError{Err: err}
	}
	for _, sc := range r.selected {
		if err := sc.CheckLoad(over); err != nil {
			return &UsageError{Err: err}
		}
	}
	heeds := func(sc *scenarios.Scenario) bool { return sc.HeedsLoad(over) }
	if over != (scenarios.Load{}) && !slices.ContainsFunc(r.selected, heeds) {
		return usage("how much load to send was said, but none of the selected scenarios sends such a load: those of profile load do (run and demo: add --profile load)")
	}
	return nil
}
