package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite"
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
			cfg := suite.Config{URL: t.url, Target: target}
			cfg.Trace = newLivePrinter(a.out, paint, cfg.Secrets()).show
			attempt, err := suite.Emit(cmd.Context(), cfg, o)
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
