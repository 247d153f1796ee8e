package report

import (
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A Run is all that reports are made of: what was loaded and selected, what was played, and what the judge said.
// The run log holds it, so a report can be made again from the log alone.
type Run struct {
	Version   string               // of the suite
	Catalogue *scenarios.Catalogue // nil counts as empty
	Seed      int64
	Scale     float64 // waits were divided by this; 0 and 1 both mean real time
	Target    Target
	Started   time.Time
	Duration  time.Duration         // of the whole run
	Strict    bool                  // a SHOULD that fails breaks, and a partial verdict is not good enough
	Selected  []scenarios.Ref       // every scenario that was to be played
	Rest      []scenarios.Ref       // every other scenario that was loaded
	Remarks   []string              // what else the reader should know, one sentence each
	Known     []Known               // entries of the baseline; nil where there is none
	Plays     []Play                // those that ended, in any order
	Problem   string                // why nothing can be said about the receiver: target or observer unreachable or untrustworthy
	CutShort  string                // why the run ended before its time, as a clause: "ended early by --fail-fast: …"
	Stopped   bool                  // interrupted by the user
	Receiver  *Receiver             // what the receiver printed; nil where the run did not start it
	Redact    func(b []byte) []byte // takes secrets out of one text; nil takes out what every target has: see Redactor
}

// A Play is one scenario played once, and the verdict on it.
type Play struct {
	Input    judge.Input
	Result   judge.Result
	Duration time.Duration // wall clock, from its first step to its last look
}

// ref is the scenario that was played.
func (p Play) ref() scenarios.Ref { return p.Input.Plan.Scenario }
