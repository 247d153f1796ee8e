package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/report"
)

func newEmitCommand(a *app) *cobra.Command {
	var t targetFlags
	var o suite.Emission
	var dryRun bool
	var color string
	cmd := &cobra.Command{
		Use:   "emit EVENT -u URL",
		Short: "Send one callback now",
		Long: `Send one callback now. EVENT is TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit, TaskAlarm,
ResetTaskConfig, or the name of an event that no edition knows yet.

--set PATH=VALUE changes a member and keeps its type (--set msg.code=-5, --set task_id=118148); --set PATH:=JSON
gives the value as JSON (--set msg.code:='"-5"'). An unknown path is an error.

The exit code is 0 if the receiver answered 200, 1 if it answered otherwise or not in time, 3 if it cannot be reached.`,
		Example: `  relaycheck emit TaskExit -u http://127.0.0.1:8080/callbacks/relay --set msg.code=-5
  relaycheck emit TaskStart --dry-run
  relaycheck emit TaskExit --unset task_id --unset stream_id --unset to_url --dry-run`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeEvents,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Event = args[0]
			paint, err := a.useColor(color)
			if err != nil {
				return err
			}
			if dryRun {
				body, err := o.Body(time.Now())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.out, "%s\n", body)
				return err
			}
			target, err := t.load(a)
			if err != nil {
				return err
			}
			live := newLivePrinter(a.out, paint)
			attempt, err := suite.Emit(cmd.Context(), suite.Config{URL: t.url, Target: target, Trace: live.show}, o)
			if err != nil {
				return err
			}
			return emitOutcome(attempt)
		},
	}
	t.add(cmd)
	fs := cmd.Flags()
	fs.StringArrayVar(&o.Set, "set", nil, "change a member: PATH=VALUE, or PATH:=JSON")
	fs.StringArrayVar(&o.Unset, "unset", nil, "leave a member out: PATH")
	fs.StringVar(&o.Retry, "retry", emitter.NoRetry, "send again by this policy: "+strings.Join(policyNames(), ", "))
	fs.Float64Var(&o.TimeScale, "time-scale", 1, "shrink the waits of --retry by this factor")
	fs.StringVar(&o.SignKey, "sign-key", "", "sign with this callback key (default: the target file's, where it requires signing)")
	fs.BoolVar(&dryRun, "dry-run", false, "print the bytes instead of sending them")
	addColorFlag(cmd, &color)
	_ = cmd.RegisterFlagCompletionFunc("set", completePaths)
	_ = cmd.RegisterFlagCompletionFunc("unset", completePaths)
	return cmd
}

// emitOutcome is the exit code for what came of a callback.
func emitOutcome(attempt emitter.Attempt) error {
	switch {
	case attempt.Failure == nil && attempt.Answer != nil && attempt.Answer.Status == 200:
		return nil
	case attempt.Failure == nil && attempt.Answer != nil:
		return exit(exitBroken, fmt.Errorf("answered %d: CSS takes anything but 200 for a failure and sends the callback again", attempt.Answer.Status))
	case attempt.Failure == nil:
		return exit(exitEnvironment, errors.New("nothing was sent"))
	}
	switch attempt.Failure.Kind {
	case emitter.FailCanceled:
		return exit(exitInterrupted, nil)
	case emitter.FailRefused, emitter.FailTLS, emitter.FailOther:
		return exit(exitEnvironment, fmt.Errorf("%s: %s", attempt.Failure.Kind, attempt.Failure.Message))
	default:
		return exit(exitBroken, fmt.Errorf("%s: %s", attempt.Failure.Kind, attempt.Failure.Message))
	}
}

func policyNames() []string {
	var names []string
	for _, p := range emitter.Policies() {
		names = append(names, p.Name)
	}
	return names
}

func completePaths(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return emitter.KnownPaths(), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

func newPlayCommand(a *app) *cobra.Command {
	var t targetFlags
	var seed int64
	var scale float64
	var full bool
	var color string
	cmd := &cobra.Command{
		Use:   "play SCENARIO -u URL",
		Short: "Play one scenario and print the exchange, no verdict",
		Long: `Play one scenario at a receiver and print every request and answer as it happens. Nothing is judged: the exit code
is 0 once everything was sent, 3 if the receiver cannot be reached.`,
		Example:           `  relaycheck play one-file-from-start-to-finish -u http://127.0.0.1:8080/callbacks/relay`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			paint, err := a.useColor(color)
			if err != nil {
				return err
			}
			if err := noZero("time-scale", scale); err != nil {
				return err
			}
			target, err := t.load(a)
			if err != nil {
				return err
			}
			list, ids, err := loadScenarios(args)
			if err != nil {
				return err
			}
			live := newLivePrinter(a.out, paint)
			cfg := suite.Config{URL: t.url, Target: target, Scenarios: list, Selection: suite.Selection{IDs: ids}, Seed: seed, TimeScale: scale}
			if !full {
				cfg.Trace = live.show
			}
			in, err := suite.Play(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if full {
				run := report.Run{Target: report.Target{URL: t.url}}
				if target != nil {
					run.Redact = report.Redactor(target.Secrets()...)
				}
				if err := report.NewLive(a.out, run, report.ConsoleOptions{Color: paint}).Transcript(in); err != nil {
					return exit(exitEnvironment, err)
				}
			}
			return playOutcome(cmd.Context().Err(), in.Transcript)
		},
	}
	t.add(cmd)
	fs := cmd.Flags()
	fs.Int64Var(&seed, "seed", 0, "fixes every random choice (default: drawn)")
	fs.Float64Var(&scale, "time-scale", 1, "shrink waits by this factor, but for scenarios that depend on real time")
	fs.BoolVarP(&full, "verbose", "v", false, "print each exchange in full, with headers and what msg holds, once the play is over")
	addColorFlag(cmd, &color)
	return cmd
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
