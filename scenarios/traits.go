package scenarios

// TaskCount is how many task ids a play of the scenario takes, where it is a load with these settings.
func (s *Scenario) TaskCount(over Load) int {
	if l, is := s.Load(over); is {
		return l.tasks(len(s.timeline.events))
	}
	return len(s.timeline.tasks)
}

// Alone reports whether the scenario has to be played alone: what it does, to the receiver (restart, kill) or to this
// machine (load), would hit every other play.
func (s *Scenario) Alone() bool { return s.doc.Load != nil || s.UsesHooks() }

// UsesHooks reports whether the scenario handles the receiver from outside (restart, kill).
func (s *Scenario) UsesHooks() bool {
	for _, e := range s.timeline.entries {
		if e.kind == entryHook {
			return true
		}
	}
	return s.network.strike != nil
}
