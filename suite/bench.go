package suite

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// A specRow is what the bench has to know of one (scenario, requirement) before its play is over.
type specRow struct {
	scenario    *scenarios.Scenario
	requirement scenarios.Requirement
	play        *future
	words       report.Run // what the words of a finding need: catalogue, target, secrets
}

// benchMu guards Ginkgo's globals: its tree, its configuration and its outputs belong to the process.
var benchMu sync.Mutex

// runBench puts one It per row on Ginkgo's bench and runs them: one Describe per requirement group, and in it
// one It for each scenario that speaks for a requirement, with its place in the YAML as code location. Each It
// awaits its play and fails once with all its findings. It returns how many specs Ginkgo itself counted as failed;
// a run whose own count differs must not be believed.
//
// Nothing is printed unless verbose. Ginkgo's tree is the process's: a program whose own tests run on Ginkgo
// must not ask for the bench, but put Specs into its own tree.
func runBench(ctx context.Context, rows []specRow, seed int64, verbose io.Writer) (failed int, err error) {
	seen, passed := runTree(func() { describe(ctx, rows) }, seed, verbose)
	for _, spec := range seen.SpecReports {
		if spec.LeafNodeType == types.NodeTypeIt && spec.Failed() {
			failed++
		}
	}
	if !passed && failed == 0 {
		return 0, fmt.Errorf("the bench failed outside of its specs: %s", strings.Join(seen.SpecialSuiteFailureReasons, "; "))
	}
	return failed, nil
}

// runTree builds a tree of Ginkgo's and runs it, as if it were the only one of the process.
func runTree(build func(), seed int64, verbose io.Writer) (seen types.Report, passed bool) {
	benchMu.Lock()
	defer benchMu.Unlock()

	// A second RunSpecs would end the process; with fresh globals it is a first one.
	globals.Reset()
	out, errOut := formatter.ColorableStdOut, formatter.ColorableStdErr
	defer func() { formatter.ColorableStdOut, formatter.ColorableStdErr = out, errOut }()
	formatter.ColorableStdOut, formatter.ColorableStdErr = io.Discard, io.Discard
	if verbose != nil {
		formatter.ColorableStdOut, formatter.ColorableStdErr = verbose, verbose
	}

	build()
	ginkgo.ReportAfterSuite("count", func(r ginkgo.Report) { seen = r })

	suiteConfig, reporterConfig := ginkgo.GinkgoConfiguration()
	suiteConfig.RandomSeed = seed
	suiteConfig.EmitSpecProgress = false
	suiteConfig.LabelFilter = "" // scenarios were selected before; a bad filter here would end the process
	suiteConfig.FocusStrings, suiteConfig.SkipStrings, suiteConfig.FocusFiles, suiteConfig.SkipFiles = nil, nil, nil, nil
	suiteConfig.DryRun, suiteConfig.FailOnEmpty = false, false
	suiteConfig.ParallelTotal, suiteConfig.ParallelProcess = 1, 1
	reporterConfig.NoColor = true
	reporterConfig.Verbose = verbose != nil
	reporterConfig.JSONReport, reporterConfig.JUnitReport, reporterConfig.TeamcityReport, reporterConfig.GoJSONReport = "", "", "", ""

	var t countingT
	ginkgo.RunSpecs(&t, "Relaycheck", suiteConfig, reporterConfig)
	return seen, !t.failed
}

// benchRefusal says why Ginkgo would end the process as soon as its bench is asked for: it does so where a test binary was
// given a count or a number of parallel tests, whoever they are for. Empty means that it would not.
func benchRefusal(flags *flag.FlagSet) (why string) {
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "test.parallel" || f.Name == "test.count" && f.Value.String() != "1" {
			why = fmt.Sprintf("Bench: Ginkgo takes no `go test -%s %s`; leave Bench off, the verdicts are the same", strings.TrimPrefix(f.Name, "test."), f.Value)
		}
	})
	return why
}

// rows lists what the bench has to show of the futures.
func (r *runner) rows(futures []*future) []specRow {
	var rows []specRow
	words := r.words()
	words.Known = nil // the bench counts what the judge found, known or not
	for _, f := range futures {
		// Every scenario speaks for the first two as well, whatever else it is about.
		ids := slices.Clone(f.scenario.Requires)
		for _, implied := range []string{"ACK-1", "ACK-2"} {
			if !slices.Contains(ids, implied) {
				ids = append(ids, implied)
			}
		}
		for _, id := range ids {
			req, ok := r.catalogue.Get(id)
			if !ok {
				req, _ = f.scenario.Own()
			}
			rows = append(rows, specRow{scenario: f.scenario, requirement: req, play: f, words: words})
		}
	}
	return rows
}

// describe adds the containers of all rows to Ginkgo's current tree.
func describe(ctx context.Context, rows []specRow) {
	var groups []string
	byGroup := map[string][]specRow{}
	for _, row := range rows {
		g := row.requirement.Group()
		if _, ok := byGroup[g]; !ok {
			groups = append(groups, g)
		}
		byGroup[g] = append(byGroup[g], row)
	}
	for _, g := range groups {
		ginkgo.Describe(g, ginkgo.Label(g), func() {
			for _, row := range byGroup[g] {
				it(ctx, row)
			}
		})
	}
}

func it(ctx context.Context, row specRow) {
	text := fmt.Sprintf("%s: %s (%s)", row.requirement.ID, row.requirement.Sentence, row.scenario.ID)
	if row.scenario.InRounds() {
		text += fmt.Sprintf(" round %d", row.play.round)
	}
	location := types.CodeLocation{FileName: row.scenario.File, LineNumber: row.scenario.Line}
	labels := append([]string{row.requirement.ID, row.scenario.ID, row.scenario.Profile}, row.scenario.Labels...)
	ginkgo.It(text, location, ginkgo.Label(labels...), func() {
		select {
		case <-row.play.done:
		case <-ctx.Done():
			// The play ends by the same context and then has its verdict: not testable.
			<-row.play.done
		}
		got, ok := row.play.row(row.requirement.ID)
		switch {
		case !ok:
			ginkgo.Skip("nothing in this scenario spoke for it")
		case got.Verdict == judge.Broken:
			ginkgo.Fail(failureText(row, got))
		case got.Verdict == judge.Held:
		case got.Verdict == judge.Warned:
			ginkgo.AddReportEntry("warning", got.Reason)
		default:
			ginkgo.Skip(string(got.Verdict) + ": " + got.Reason)
		}
	})
}

// failureText is what a failed spec says: every check that failed, in the words of the report.
func failureText(row specRow, got judge.Row) string {
	var lines []string
	for _, f := range report.Findings(row.words, row.play.play, got) {
		lines = append(lines, f.Message)
	}
	return strings.Join(lines, "\n")
}

// countingT is the testing.T that Ginkgo asks for.
type countingT struct{ failed bool }

func (t *countingT) Fail() { t.failed = true }

// shuffled returns plays in an order drawn from the seed: verdicts must not depend on it.
func shuffled[T any](seed int64, in []T) []T {
	out := append([]T(nil), in...)
	r := rand.New(rand.NewPCG(uint64(seed), 0x52656c6179)) //nolint:gosec // not a secret: the seed is printed
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
