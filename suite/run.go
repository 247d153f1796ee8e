package suite

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
	"github.com/relaycheck/relaycheck/suite/report"
)

// Run plays the selected scenarios at the target, judges them and writes the reports that were asked for.
//
// A *UsageError means that nothing was sent. A target that cannot be reached or an observer that cannot be trusted is
// no error but a Report with the verdict environment. Where ctx is cancelled the plays end, and the report covers
// what was judged by then. Any other error comes beside a valid Report: a file could not be written.
func Run(ctx context.Context, cfg Config) (Report, error) {
	r, err := newRunner(cfg)
	if err != nil {
		return Report{}, err
	}
	defer r.close()
	return r.report(ctx)
}

// report does the run and writes its reports. What goes wrong once the plays are over is an error beside the report.
func (r *runner) report(ctx context.Context) (Report, error) {
	run, err := r.run(ctx)
	rep := report.Build(run)
	if len(r.cfg.Reports) > 0 {
		if _, werr := report.Write(r.cfg.ReportDir, r.cfg.Reports, rep, run); werr != nil {
			err = errors.Join(err, fmt.Errorf("write reports: %w", werr))
		}
	}
	return rep, errors.Join(err, r.distrust(run))
}

// A runner is one run: what was asked for, resolved, and what plays share.
type runner struct {
	cfg          Config
	catalogue    *scenarios.Catalogue
	judge        func(judge.Input, *scenarios.Catalogue) judge.Result
	bench        func(ctx context.Context, rows []specRow, seed int64, verbose io.Writer) (failed int, err error)
	clock        emitter.Clock // nil means timers
	selected     []*scenarios.Scenario
	rest         []*scenarios.Scenario
	known        []report.Known
	url          string
	headers      []emitter.Header
	signKey      string
	signAll      bool
	answerWithin time.Duration
	redact       func([]byte) []byte
	started      time.Time
	ids          idSource

	observers *observe.Set // nil: nothing but answers can be seen
	caps      judge.Capabilities
	canary    *canaryListener
	hooks     *hookRunner

	concurrency int      // plays at one time
	absent      []string // facts that the target file names, and that no canary had

	benchFailed int // specs that Ginkgo counted as failed; -1 if the bench was not asked
}

func newRunner(cfg Config) (*runner, error) {
	r := &runner{cfg: cfg, url: cfg.URL, started: time.Now(), judge: judge.Judge, bench: runBench, benchFailed: -1, hooks: &hookRunner{}}
	if t := cfg.Target; t != nil {
		if r.url == "" {
			r.url = t.URL
		}
		r.headers, r.signKey, r.signAll = t.Headers, t.Signing.Key, t.Signing.Required
		r.answerWithin = t.AnswerWithin
		r.hooks = &hookRunner{hooks: t.Hooks, url: r.url}
	}
	r.redact = report.Redactor(cfg.Secrets()...)
	if cfg.AnswerWithin > 0 {
		r.answerWithin = cfg.AnswerWithin
	}
	if r.answerWithin == 0 {
		r.answerWithin = DefaultAnswerWithin
	}
	r.ids.next.Store(r.started.UnixMilli() * idsPerMilli)
	if err := r.check(); err != nil {
		return nil, err
	}
	if err := r.choose(); err != nil {
		return nil, err
	}
	return r, nil
}

// check finds what is wrong with the configuration before anything is sent.
func (r *runner) check() error {
	cfg := &r.cfg
	if r.url == "" {
		return usage("there is no target: give a URL, or a target file with url")
	}
	if err := emitter.NewRequest(r.url, nil).Validate(); err != nil {
		return &UsageError{Err: err}
	}
	switch {
	case cfg.TimeScale == 0:
		cfg.TimeScale = 1
	case !(cfg.TimeScale >= 0.1 && cfg.TimeScale <= 1000): // NaN is neither
		return usage("time scale %g: must be between 0.1 and 1000", cfg.TimeScale)
	}
	if why := benchRefusal(flag.CommandLine); cfg.Bench && why != "" {
		return usage("%s", why)
	}
	if cfg.Rounds < 0 || cfg.Rounds > 1000 {
		return usage("rounds %d: must be between 1 and 1000", cfg.Rounds)
	}
	if cfg.Round < 0 || cfg.Round > 1000 || cfg.Rounds > 0 && cfg.Round > cfg.Rounds {
		return usage("round %d: must be between 1 and the number of rounds", cfg.Round)
	}
	if cfg.Concurrency < 0 || cfg.Concurrency > 1000 {
		return usage("concurrency %d: must be between 1 and 1000", cfg.Concurrency)
	}
	if err := report.CheckFormats(cfg.Reports); err != nil {
		return &UsageError{Err: err}
	}
	if len(cfg.Reports) > 0 && cfg.ReportDir == "" {
		return usage("reports were asked for (%s), but no folder to write them to", strings.Join(cfg.Reports, ", "))
	}
	if cfg.Seed == 0 {
		seed, err := drawSeed()
		if err != nil {
			return err
		}
		cfg.Seed = seed
	}
	return nil
}

// choose loads what the configuration leaves open and selects the scenarios.
func (r *runner) choose() error {
	var err error
	if r.catalogue, err = scenarios.LoadCatalogue(); err != nil {
		return fmt.Errorf("load the requirement catalogue: %w", err)
	}
	all := r.cfg.Scenarios
	if all == nil {
		if all, err = scenarios.Shipped(); err != nil {
			return fmt.Errorf("load the shipped scenarios: %w", err)
		}
	}
	if r.selected, err = Select(all, r.cfg.Selection); err != nil {
		return err
	}
	if err := r.checkLoad(); err != nil {
		return err
	}
	chosen := map[string]bool{}
	for _, sc := range r.selected {
		chosen[sc.ID] = true
	}
	for _, sc := range all {
		if !chosen[sc.ID] {
			r.rest = append(r.rest, sc)
		}
	}
	r.known, err = r.baseline(all)
	return err
}

// baseline is the configured one. Entries about shipped scenarios that this run did not load are marked: they belong to
// another run.
func (r *runner) baseline(loaded []*scenarios.Scenario) ([]report.Known, error) {
	known := slices.Clone(r.cfg.Baseline)
	if len(known) == 0 {
		return known, nil
	}
	shipped, err := scenarios.Shipped()
	if err != nil {
		return nil, fmt.Errorf("load the shipped scenarios: %w", err)
	}
	has := func(list []*scenarios.Scenario, id string) bool {
		return slices.ContainsFunc(list, func(sc *scenarios.Scenario) bool { return sc.ID == id })
	}
	for i := range known {
		known[i].Elsewhere = !has(loaded, known[i].Scenario) && has(shipped, known[i].Scenario)
	}
	return known, nil
}

// words is what the words of a finding need of the run.
func (r *runner) words() report.Run {
	return report.Run{
		Catalogue: r.catalogue, Redact: r.redact, Target: report.Target{URL: r.url}, Strict: r.cfg.Strict, Known: r.known, Started: r.started,
	}
}

// run does the run. What it returns is whole whatever happened on the way; the error is the bench's.
func (r *runner) run(ctx context.Context) (report.Run, error) {
	out := report.Run{
		Version: Version(), Catalogue: r.catalogue, Seed: r.cfg.Seed, Scale: r.cfg.TimeScale, Started: r.started,
		Strict: r.cfg.Strict, Redact: r.redact, Target: report.Target{URL: r.url},
		Selected: refs(r.selected), Rest: refs(r.rest), Known: r.known,
	}
	if r.cfg.Target != nil {
		out.Target.File = r.cfg.Target.File
	}
	finish := func() report.Run {
		out.Target.Capabilities = r.caps
		if len(r.absent) > 0 {
			out.Remarks = append(out.Remarks, saidAbsent(r.absent))
		}
		out.Duration = time.Since(r.started)
		out.Stopped = ctx.Err() != nil
		// Ended now, not after the report: what a receiver says at its end is often why it failed.
		r.hooks.close()
		out.Receiver = r.hooks.process.report(r.redact)
		return out
	}
	if err := r.prepare(ctx); err != nil {
		out.Problem = err.Error()
		return finish(), nil //nolint:nilerr // the report tells of it
	}
	futures := r.futures()
	var players sync.WaitGroup
	players.Go(func() { out.CutShort = r.playAll(ctx, futures) })
	var err error
	if r.cfg.Bench {
		r.benchFailed, err = r.bench(ctx, r.rows(futures), r.cfg.Seed, r.cfg.BenchOutput)
		if ctx.Err() != nil {
			err = nil // Ginkgo heeds the same interrupt and leaves out what is left
		}
		if ctx.Err() != nil || err != nil {
			r.benchFailed = -1 // its count says nothing then
		}
	}
	players.Wait()
	out.Plays = played(futures)
	return finish(), err
}

// prepare opens what the run needs, finds out whether the target is there, and whether the observers can be trusted.
// An *environmentError says what is not.
func (r *runner) prepare(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil { // a fault of ours: the receiver was not judged, and the reports say why
			err = &environmentError{fmt.Errorf("the preflight failed: panic: %v", v)}
		}
	}()
	if err := r.open(ctx); err != nil {
		return err
	}
	return r.preflight(ctx)
}

// open opens the observers and the canary listener.
func (r *runner) open(ctx context.Context) error {
	r.caps = judge.Capabilities{Signing: r.signKey != "", Signed: r.signAll, Within: emitter.Offset(judge.DefaultWithin)}
	if t := r.cfg.Target; t != nil {
		r.caps.Within = emitter.Offset(t.Observe.Within)
		r.caps.Hooks = r.hooks.names()
	}
	var err error
	if r.canary, err = openCanary(); err != nil {
		return &environmentError{err}
	}
	if err := r.hooks.open(ctx); err != nil {
		return &environmentError{err}
	}
	if t := r.cfg.Target; t != nil {
		if r.observers, err = observe.Open(ctx, t); err != nil {
			return &environmentError{err}
		}
	}
	return nil
}

func (r *runner) close() {
	if r.observers != nil {
		_ = r.observers.Close()
	}
	if r.canary != nil {
		_ = r.canary.Close()
	}
	r.hooks.close()
}

// distrust compares the report's own count of what broke with that of the bench. They are counted apart from each
// other; if they differ, a part of this program is wrong, and its verdict must not be believed.
func (r *runner) distrust(run report.Run) error {
	if r.benchFailed < 0 {
		return nil
	}
	broken := 0
	for _, p := range run.Plays {
		for _, row := range p.Result.Rows {
			if row.Verdict == judge.Broken {
				broken++
			}
		}
	}
	if broken != r.benchFailed {
		return fmt.Errorf("the bench counted %d failed specs, the judge %d broken rows: do not trust this run, and please report it", r.benchFailed, broken)
	}
	return nil
}

// environmentError is the reason why nothing can be said about the receiver.
type environmentError struct{ err error }

func (e *environmentError) Error() string { return e.err.Error() }
func (e *environmentError) Unwrap() error { return e.err }

// An idSource gives out task ids that no earlier run has used, so that a receiver that keeps its state can be judged
// again and again: milliseconds since 1970, with two digits for the tasks of one millisecond. They have 15
// digits, so that even a receiver that reads them as floating-point numbers tells them apart.
type idSource struct{ next atomic.Int64 }

const idsPerMilli = 100

// take reserves n ids and returns the first.
func (s *idSource) take(n int) int64 { return s.next.Add(int64(n)) - int64(n) }

// drawSeed draws a seed that is short enough to be typed again.
func drawSeed() (int64, error) {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, fmt.Errorf("draw a seed: %w", err)
	}
	return 1 + int64(binary.BigEndian.Uint32(b[:])%999_999), nil
}

func refs(list []*scenarios.Scenario) []scenarios.Ref {
	out := make([]scenarios.Ref, len(list))
	for i, sc := range list {
		out[i] = sc.Ref
	}
	return out
}

// didYouMean is " (did you mean x?)" where a known name is near, else nothing.
func didYouMean(name string, known []string) string {
	if near := strict.Nearest(name, known); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}
