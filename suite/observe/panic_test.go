package observe

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/suite/target"
)

type panicking struct{}

func (panicking) look(context.Context, Identity) (view, error) { panic("the driver is ill") }
func (panicking) close() error                                 { return nil }

func TestAnObserverThatPanicsHasFailed(t *testing.T) {
	t.Parallel()
	ill := func(name string) *observed {
		return &observed{name: name, source: panicking{}, slots: make(chan struct{}, 1)}
	}
	s := &Set{
		target: &target.Target{}, task: &taskObserver{ill("observe.task"), nil},
		effects: []*effect{{ill("observe.effects.mails"), target.Effect{Name: "mails"}}},
	}
	for range 2 { // the second look finds its slot free again
		_, err := s.Look(t.Context(), Identity{TaskID: "1"})
		if _, failed := errors.AsType[*LookError](err); !failed {
			t.Fatalf("the error is %v", err)
		}
		for _, want := range []string{"observe.task", "observe.effects.mails", "panic: the driver is ill"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not name %s", err, want)
			}
		}
	}
}
