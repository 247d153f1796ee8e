package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// runFlags are the flags that run and demo share.
type runFlags struct {
	profiles    []string
	labelFilter string
	run         string
	seed        int64
	rounds      int
	round       int
	load        loadFlags
	timeScale   float64
	concurrency int
	changed     func(flag string) bool // was it given, on the command line or in the environment?
	reports     []string
	reportDir   string
	strict      bool
	failFast    bool
	verbose     bool
	baseline    string
	color       string
}

func (f *runFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.changed = fs.Changed
	fs.StringSliceVar(&f.profiles, "profile", nil, "profiles to play (default "+strings.Join(suite.DefaultProfiles(), ",")+")")
	fs.StringVar(&f.labelFilter, "label-filter", "", "play only scenarios whose profile, requirements and labels match, such as 'ORD && !slow'")
	fs.StringVar(&f.run, "run", "", "play only scenarios whose id matches this regular expression")
	fs.Int64Var(&f.seed, "seed", 0, "fixes every random choice (default: drawn, and printed)")
	addRoundFlags(fs, &f.rounds, &f.round)
	f.load.add(fs)
	fs.Float64Var(&f.timeScale, "time-scale", 1, "shrink waits by this factor, but for scenarios that depend on real time")
	fs.IntVar(&f.concurrency, "concurrency", suite.DefaultConcurrency, "scenarios played at the same time; fewer for a receiver that takes its time, unless it is given")
	fs.StringSliceVar(&f.reports, "report", nil, "files to write: "+strings.Join(report.Formats(), ", "))
	fs.StringVar(&f.reportDir, "report-dir", "relaycheck-report", "where the files of --report go")
	fs.BoolVar(&f.strict, "strict", false, "count SHOULD as MUST, and a partial verdict as inconclusive (exit 4)")
	fs.BoolVar(&f.failFast, "fail-fast", false, "end the run once a requirement is broken")
	fs.StringVar(&f.baseline, "baseline", "", "file with what is known to be broken: it does not fail the run, but an entry that does not fit any more does")
	_ = cmd.MarkFlagFilename("baseline", "yaml", "yml")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "print every exchange as it happens, and the bench's own output, on stderr")
	addColorFlag(cmd, &f.color)
	_ = cmd.RegisterFlagCompletionFunc("profile", completeProfiles)
	_ = cmd.RegisterFlagCompletionFunc("report", completeFormats)
}

// addRoundFlags defines the flags about scenarios that are played in rounds, for run and play alike.
func addRoundFlags(fs *pflag.FlagSet, rounds, round *int) {
	fs.IntVar(rounds, "rounds", 0, "play scenarios that are played in rounds, such as those of durability, so many times (default: as each says)")
	fs.IntVar(round, "round", 0, "play this round of them alone: with the same --seed it is what it was")
}

// config makes the suite's configuration of the flags; the target is left to the caller.
func (f *runFlags) config(args []string) (suite.Config, error) {
	if err := noZero("time-scale", f.timeScale); err != nil {
		return suite.Config{}, err
	}
	if err := noZero("concurrency", float64(f.concurrency)); err != nil {
		return suite.Config{}, err
	}
	load, err := f.load.settings(f.changed)
	if err != nil {
		return suite.Config{}, err
	}
	list, ids, err := loadScenarios(args)
	if err != nil {
		return suite.Config{}, err
	}
	known, err := loadBaseline(f.baseline)
	if err != nil {
		return suite.Config{}, err
	}
	concurrency := 0 // what suits the receiver
	if f.changed("concurrency") {
		concurrency = f.concurrency
	}
	return suite.Config{
		Baseline:    known,
		Scenarios:   list,
		Selection:   suite.Selection{Profiles: f.profiles, IDs: ids, Run: f.run, LabelFilter: f.labelFilter},
		Seed:        f.seed,
		Rounds:      f.rounds,
		Round:       f.round,
		Load:        load,
		TimeScale:   f.timeScale,
		Concurrency: concurrency,
		FailFast:    f.failFast,
		Strict:      f.strict,
		Reports:     f.reports,
		ReportDir:   f.reportDir,
		Bench:       true,
	}, nil
}

// noZero refuses a zero that somebody asked for: to the suite it means "what is usual".
func noZero(flag string, value float64) error {
	if value == 0 {
		return fmt.Errorf("--%s 0: must be greater than 0", flag)
	}
	return nil
}

func newRunCommand(a *app) *cobra.Command {
	var f runFlags
	var t targetFlags
	cmd := &cobra.Command{
		Use:   "run -u URL [-c relaycheck.yaml] [SCENARIO…]",
		Short: "Play scenarios at a receiver, judge its answers and side effects, report",
		Long: `Play scenarios at a receiver and judge its answers and its side effects.

A SCENARIO is the id of a shipped scenario, a YAML file, or a folder of them; without any, all shipped scenarios of
the chosen profiles are played. The target file says how the receiver's side effects can be seen; without one,
only answers are judged, and the rest is reported as not observable.

The profiles durability and load are played on request: the one restarts and kills the receiver, the other sends it 200
callbacks at once, and 100 a second for ten seconds.`,
		Example: `  relaycheck run -u http://127.0.0.1:8080/callbacks/relay
  relaycheck run -c relaycheck.yaml --report junit,json --report-dir out
  relaycheck run -c relaycheck.yaml --label-filter 'ORD || DUP'
  relaycheck run -c relaycheck.yaml --profile load --load-burst 500`,
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := t.load(a)
			if err != nil {
				return err
			}
			cfg, err := f.config(args)
			if err != nil {
				return err
			}
			cfg.Target, cfg.URL = target, t.url
			return a.runSuite(cmd.Context(), cfg, f)
		},
	}
	t.add(cmd)
	f.add(cmd)
	return cmd
}

// runSuite runs the suite, prints its report and maps its verdict to an exit code.
func (a *app) runSuite(ctx context.Context, cfg suite.Config, f runFlags) error {
	color, err := a.useColor(f.color)
	if err != nil {
		return err
	}
	progress := newProgressPrinter(a.err, isTerminal(a.err) && !f.verbose)
	defer progress.close()
	cfg.Progress = progress.show
	if f.verbose {
		live := newLivePrinter(a.err, color, cfg.Secrets())
		cfg.Trace = live.show
		cfg.BenchOutput = a.err
	}
	rep, err := suite.Run(ctx, cfg)
	progress.close()
	var use *suite.UsageError
	switch {
	case errors.As(err, &use):
		return exit(exitUsage, err)
	case err != nil && rep.Verdict == "":
		return exit(exitEnvironment, err)
	}
	a.tellGitHub(rep)
	if rep.Verdict == report.Environment && rep.Reason != "" {
		// Nothing was learnt about the receiver, so a matrix would say nothing: one line does, and what the receiver said itself.
		if perr := report.ReceiverOutput(a.err, rep, report.ConsoleOptions{Color: color, Width: terminalWidth(a.err)}); perr != nil {
			err = errors.Join(err, perr)
		}
		return exit(rep.ExitCode, errors.Join(errors.New(lowerFirst(rep.Reason)), err))
	}
	if perr := report.Console(a.out, rep, report.ConsoleOptions{Color: color, Width: terminalWidth(a.out)}); perr != nil {
		return exit(exitEnvironment, fmt.Errorf("print the report: %w", perr))
	}
	if err != nil { // the verdict stands, but something about the run went wrong: a report could not be written
		return exit(max(rep.ExitCode, exitEnvironment), err)
	}
	return exit(rep.ExitCode, nil)
}

// targetFlags say whom to play at.
type targetFlags struct {
	url    string
	config string
}

func (t *targetFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&t.url, "url", "u", "", "where callbacks are posted; overrides the target file's url")
	cmd.Flags().StringVarP(&t.config, "config", "c", "", "target file: observers, hooks, signing (default relaycheck.yaml where there is one and no --url)")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
}

// file is the target file: the one that was named, or the one that lies here; "" is none.
func (t *targetFlags) file() string {
	if t.config == "" && t.url == "" && fileExists(defaultTargetFile) {
		return defaultTargetFile
	}
	return t.config
}

// load reads the target file, if there is one.
func (t *targetFlags) load(a *app) (*target.Target, error) {
	path := t.file()
	if path == "" {
		if t.url == "" {
			return nil, exit(exitUsage, fmt.Errorf("say whom to play at: --url URL, or --config with a target file (there is no %s here; `relaycheck init` writes one)", defaultTargetFile))
		}
		return nil, nil //nolint:nilnil // no target file is a target without observers
	}
	loaded, err := target.Load(path, a.env)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; `relaycheck init` writes one", err)
	}
	if err != nil {
		return nil, exit(exitUsage, err)
	}
	return loaded, nil
}

// defaultTargetFile is the name that init writes and run looks for.
const defaultTargetFile = "relaycheck.yaml"

// progressInterval is how often a run says that it is alive where its output is no terminal: often enough for a
// CI system that ends silent jobs, seldom enough for a readable log.
const progressInterval = 5 * time.Second

// lowerFirst makes a sentence the rest of one.
func lowerFirst(s string) string {
	if len(s) < 2 || s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
