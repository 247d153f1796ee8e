package suite

import (
	"context"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/target"
)

// crowdedClock is late while others play.
type crowdedClock struct{ crowd *atomic.Bool }

func (c crowdedClock) WaitUntil(ctx context.Context, t time.Time) error {
	if c.crowd.Load() {
		t = t.Add(700 * time.Millisecond)
	}
	return onTime{}.WaitUntil(ctx, t)
}

// What this machine was too busy for is played again when it has nothing else to do: side by side with all the others it would be
// as late once more.
func TestAPlayThatWasLateIsPlayedAgainAlone(t *testing.T) {
	t.Parallel()
	long, err := scenarios.Parse("long.yaml", []byte(`title: Something takes its time
requires: [ACK-1]
timeline: [{emit: TaskStart}, {wait: 7s}, {emit: TaskExit}]
`))
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	gap := shipped[slices.IndexFunc(shipped, func(s *scenarios.Scenario) bool { return s.ID == "running-throughout-a-gap-of-two-seconds" })]
	rcv, err := receiver.Open(receiver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rcv.Close() })
	server := httptest.NewServer(rcv)
	t.Cleanup(server.Close)
	tgt, err := target.ForReference(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var crowd atomic.Bool
	var beside, alone atomic.Int32
	crowd.Store(true)
	rep := playedWith(t, Config{
		Target: tgt, Scenarios: []*scenarios.Scenario{long, gap},
		Progress: func(p Progress) {
			if p.Scenario == long.ID && p.Over {
				crowd.Store(false)
			}
		},
		Trace: func(e emitter.TraceEvent) {
			switch {
			case e.Script != gap.ID || e.Kind != emitter.TraceSending || e.Event != "TaskStart":
			case crowd.Load():
				beside.Add(1)
			default:
				alone.Add(1)
			}
		},
	}, func(r *runner) { r.clock = crowdedClock{&crowd} })
	got := requirementOf(t, rep, "GAP-2")
	if beside.Load() != 1 || alone.Load() < 1 {
		t.Errorf("it was played %d times beside another one and %d times alone, want once and then alone", beside.Load(), alone.Load())
	}
	if got.Verdict == judge.Broken {
		t.Errorf("GAP-2 is %s (%s)", got.Verdict, got.Reason)
	}
	t.Logf("GAP-2 is %s: %s", got.Verdict, got.Reason)
}
