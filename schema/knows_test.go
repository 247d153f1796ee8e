package schema

import "testing"

func TestWhatAnEditionKnowsIsWhatItsSchemasHave(t *testing.T) {
	t.Parallel()
	for _, e := range Editions() {
		s, err := schemas(e, Documented)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.HasEventTime(); got != s.hasTime() {
			t.Errorf("%s: event_time %v", e, got)
		}
		for _, event := range append(Events(), "TaskPause", "") {
			if got := e.Names(event); got != s.names(event) {
				t.Errorf("%s names %q: %v", e, event, got)
			}
		}
	}
	if Edition("2020-01").Names(TaskStart) || Edition("2020-01").HasEventTime() {
		t.Error("an edition that is not there knows something")
	}
}

// hasTime reports whether the edition's tables have event_time.
func (s *set) hasTime() bool {
	c, err := s.parts["envelope"].class()
	if err != nil {
		return false // whoever asks for the part meets the same error and reports it
	}
	properties, _ := c.asks["properties"].(map[string]any)
	_, ok := properties["event_time"]
	return ok
}

// names reports whether the edition describes the msg of an event.
func (s *set) names(event string) bool {
	_, ok := s.parts["msg."+event]
	return ok
}
