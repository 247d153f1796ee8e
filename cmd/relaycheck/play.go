package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// playFlags are the flags of play as the user writes them.
type playFlags struct {
	targetFlags
	seed          int64
	rounds, round int
	scale         float64
	load          loadFlags
	changed       func(flag string) bool
	full, watch   bool
	color         string
}

func newPlayCommand(a *app) *cobra.Command {
	var f playFlags
	cmd := &cobra.Command{
		Use:   "play SCENARIO -u URL",
		Short: "Play one scenario and print the exchange, no verdict",
		Long: `Play one scenario at a receiver and print every request and answer as it happens. Nothing is judged: the exit code
is 0 once everything was sent, 3 if the receiver cannot be reached.

A scenario that is played in rounds is played as often here, too, and each round is headed by its number and the seed.
--round plays one alone: with the seed of a run it is what it was in that run. Where the receiver is restarted or killed at
some moment, the last line says at which. A scenario that is a load can be made smaller or larger by the --load flags.

With --watch SCENARIO is a file: whenever it or the target file changes it is checked and played again, until Ctrl-C.`,
		Example: `  relaycheck play one-file-from-start-to-finish -u http://127.0.0.1:8080/callbacks/relay
  relaycheck play --watch my-scenario.yaml -u http://127.0.0.1:8080/callbacks/relay
  relaycheck play restart-at-any-moment-loses-nothing -c relaycheck.yaml --seed 7 --round 3
  relaycheck play burst-of-tasks-is-taken -u http://127.0.0.1:8080/callbacks/relay --load-burst 20`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			paint, err := a.useColor(f.color)
			if err != nil {
				return err
			}
			if err := noZero("time-scale", f.scale); err != nil {
				return err
			}
			f.changed = cmd.Flags().Changed
			play := func(ctx context.Context) error { return a.play(ctx, f, args[0], paint) }
			if !f.watch {
				return play(cmd.Context())
			}
			if !fileExists(args[0]) {
				return fmt.Errorf("--watch needs a scenario file, and %q is none\n'relaycheck new' makes one", args[0])
			}
			files := []string{args[0]}
			if name := f.file(); name != "" {
				files = append(files, name)
			}
			return a.watch(cmd.Context(), files, play)
		},
	}
	f.add(cmd)
	fs := cmd.Flags()
	fs.Int64Var(&f.seed, "seed", 0, "fixes every random choice (default: drawn)")
	addRoundFlags(fs, &f.rounds, &f.round)
	f.load.add(fs)
	fs.Float64Var(&f.scale, "time-scale", 1, "shrink waits by this factor, but for scenarios that depend on real time")
	fs.BoolVarP(&f.full, "verbose", "v", false, "print each exchange in full, with headers and what msg holds, once the play is over")
	fs.BoolVar(&f.watch, "watch", false, "play again whenever the scenario file or the target file changes")
	addColorFlag(cmd, &f.color)
	return cmd
}

// play plays a scenario once and prints the exchange.
func (a *app) play(ctx context.Context, f playFlags, scenario string, paint bool) error {
	load, err := f.load.settings(f.changed)
	if err != nil {
		return err
	}
	target, err := f.targetFlags.load(a)
	if err != nil {
		return err
	}
	list, ids, err := loadScenarios([]string{scenario})
	if err != nil {
		return err
	}
	if f.watch {
		for _, w := range list[0].Warnings {
			_, _ = fmt.Fprintln(a.err, w.Error())
		}
	}
	cfg := suite.Config{
		URL: f.url, Target: target, Scenarios: list, Selection: suite.Selection{IDs: ids}, Seed: f.seed, TimeScale: f.scale,
		Rounds: f.rounds, Round: f.round, Load: load,
	}
	run := report.Run{Target: report.Target{URL: f.url}, Redact: report.Redactor(cfg.Secrets()...)}
	whole := report.NewLive(a.out, run, report.ConsoleOptions{Color: paint})
	if !f.full {
		cfg.Trace = newLivePrinter(a.out, paint, cfg.Secrets()).show
	}
	begin := func(round, of int, seed int64) {
		_, _ = fmt.Fprintf(a.out, "round %d of %d · seed %d\n", round, of, seed)
	}
	err = suite.PlayRounds(ctx, cfg, begin, func(in judge.Input) error {
		if f.full {
			if err := whole.Transcript(in); err != nil {
				return exit(exitEnvironment, err)
			}
		}
		if moment := report.StrikeMoment(in); moment != "" {
			_, _ = fmt.Fprintf(a.out, "... %s\n", moment)
		}
		return playOutcome(ctx.Err(), in.Transcript)
	})
	_, told := errors.AsType[*exitError](err)
	_, use := errors.AsType[*suite.UsageError](err)
	switch {
	case err == nil || told || use:
		return err
	case ctx.Err() != nil:
		return exit(exitInterrupted, nil)
	default: // the receiver is not there, or could not be started
		return exit(exitEnvironment, err)
	}
}

// playOutcome is the exit code for a play: it says whether things could be sent, not what became of them.
func playOutcome(interrupted error, tr emitter.Transcript) error {
	if interrupted != nil {
		return exit(exitInterrupted, nil)
	}
	if tr.Aborted != "" {
		return exit(exitInconclusive, errors.New(tr.Aborted))
	}
	var failure *emitter.Failure
	for i := range tr.Deliveries {
		last := tr.Deliveries[i].Last()
		if last != nil && (last.Answer != nil || last.Failure == nil || last.Failure.Kind == emitter.FailOurs) {
			return nil
		}
		if last != nil {
			failure = last.Failure
		}
	}
	if failure == nil {
		return exit(exitInconclusive, errors.New("nothing was sent"))
	}
	return exit(exitEnvironment, fmt.Errorf("%s: %s", failure.Kind, failure.Message))
}
