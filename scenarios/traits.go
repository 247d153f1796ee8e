package scenarios

// TaskCount is how many task ids a play of the scenario takes.
func (s *Scenario) TaskCount() int { return len(s.timeline.tasks) }

// UsesHooks reports whether the scenario handles the receiver from outside (restart, kill). Such a scenario has to be
// played alone: what it does hits every other play.
func (s *Scenario) UsesHooks() bool {
	for _, e := range s.timeline.entries {
		if e.kind == entryHook {
			return true
		}
	}
	return s.network.strike != nil
}
