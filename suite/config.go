package suite

import (
	"io"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Report is the outcome of a run.
type Report = report.Report

// Config says what to play at whom. The zero value of every field but the target is usable: Run(ctx,
// Config{URL: …}) plays every shipped scenario of the default profiles.
type Config struct {
	// URL is where callbacks are posted. It overrides the target file's url.
	URL string
	// Target is the loaded target file: observers, hooks, signing key. Nil means that nothing but answers can be seen.
	Target *target.Target

	// Scenarios to choose from. Nil means the shipped ones.
	Scenarios []*scenarios.Scenario
	// Selection narrows Scenarios down. An empty result is a *UsageError.
	Selection Selection

	// Seed fixes every random choice; 0 draws one, which the report names.
	Seed int64
	// Rounds is how often scenarios that are played in rounds are played. 0 means as often as each says; range 1 to 1000.
	Rounds int
	// Round plays one round of them alone, to see again what happened in it. 0 means all; from 1.
	Round int
	// Load changes how much the scenarios that are a load send: tasks at once, callbacks a second, for how long. Its zero
	// fields change nothing. To ask for it without such a scenario among the selected ones is a *UsageError.
	Load scenarios.Load
	// TimeScale divides every wait of scenarios that are not real_time. 0 means 1; range 0.1 to 1000.
	TimeScale float64
	// Concurrency bounds the plays at one time. 0 means DefaultConcurrency, or fewer for a receiver that takes its time
	// to answer; range 1 to 1000.
	Concurrency int
	// AnswerWithin is how long an answer is awaited. 0 means the documented 20 s.
	AnswerWithin time.Duration

	// Baseline lists what is known to be broken (package suite/baseline loads such a file). A row of it is a warning; an entry
	// that does not fit any more fails the run. Nil is a run without a baseline.
	Baseline []report.Known

	// FailFast ends the run once a requirement is broken.
	FailFast bool
	// Strict counts SHOULD as MUST, and a partial verdict as inconclusive.
	Strict bool

	// Reports names the files to write (json, junit, ndjson, md, html), ReportDir where. Nothing is written unless asked.
	Reports   []string
	ReportDir string

	// Bench runs the verdicts through Ginkgo's bench as well, as an independent count of what failed. It takes
	// Ginkgo's process-wide globals, so leave it off inside a program whose own tests run on Ginkgo. Ginkgo takes no `go test` with
	// -count or -parallel: there it is a *UsageError.
	Bench bool
	// BenchOutput receives what Ginkgo prints; nil discards it.
	BenchOutput io.Writer

	// Trace is told of every request and answer as it happens. It must be safe for concurrent use.
	Trace func(emitter.TraceEvent)
	// Progress is told of every play that starts or ends. It must be safe for concurrent use.
	Progress func(Progress)
}

// Secrets lists what nothing that is printed or written may show: the target file's secrets, and those of the URL that is
// given beside it or without it.
func (c Config) Secrets() []string {
	return append(c.Target.Secrets(), target.URLSecrets(c.URL)...)
}

// Progress tells how far a run is.
type Progress struct {
	Scenario string        // id of the scenario that started or ended
	Over     bool          // it ended
	Done     int           // plays that are over
	Total    int           // plays in all
	Elapsed  time.Duration // since the first play started
}

// Defaults.
const (
	// DefaultConcurrency lets every shipped scenario wait at the same time as the others; what a play costs is
	// mostly waiting, so the number of cores does not matter.
	DefaultConcurrency = 64
	// DefaultAnswerWithin is the documented limit after which CSS takes silence for a failure (How to Receive
	// Event Notification, every edition).
	DefaultAnswerWithin = 20 * time.Second
)

// A UsageError says that the run was asked for wrongly: nothing was sent.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.Err }
