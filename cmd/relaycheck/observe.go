package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/observe"
	"github.com/relaycheck/relaycheck/suite/report"
)

func newObserveCommand(a *app) *cobra.Command {
	var t targetFlags
	var stream string
	var raw bool
	cmd := &cobra.Command{
		Use:   "observe TASK_ID [-c relaycheck.yaml]",
		Short: "Show what the observers of a target file see of a task now",
		Long: `Show what the observers of a target file see of a task now: the facts and effects, and with --raw what they were made
of. Nothing is sent to the receiver but the observers' own questions. It helps to write a target file. Where that says how to start
the receiver (hooks.start), it is started for the look.`,
		Example: `  relaycheck observe 118148 -c relaycheck.yaml --raw`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			tgt, err := t.load(a)
			if err != nil {
				return err
			}
			cfg := suite.Config{URL: t.url, Target: tgt}
			look, err := suite.Look(cmd.Context(), cfg, observe.Identity{TaskID: args[0], StreamID: stream})
			if _, ok := errors.AsType[*suite.UsageError](err); ok {
				return err
			}
			redact := report.Redactor(cfg.Secrets()...)
			out, merr := json.MarshalIndent(map[string]any{"facts": orNothing(look.Facts), "effects": orNothing(look.Effects)}, "", "  ")
			if merr != nil {
				return exit(exitEnvironment, merr)
			}
			_, _ = fmt.Fprintf(a.out, "%s\n", redact(out))
			if err == nil && !observe.Exists(look.Facts) && tgt.Observe.Task != nil {
				_, _ = fmt.Fprintf(a.err, "The task observer knows of no task %s: exists is not true.\n", args[0])
			}
			if raw {
				_, _ = fmt.Fprintf(a.out, "raw:\n%s\n", redact(slices.Clone(look.Raw)))
			}
			if err != nil {
				return exit(exitEnvironment, errors.New(string(redact([]byte(err.Error())))))
			}
			return nil
		},
	}
	t.add(cmd)
	cmd.Flags().StringVar(&stream, "stream-id", "", "stream id, where an observer asks by {{stream_id}}")
	cmd.Flags().BoolVar(&raw, "raw", false, "show what the facts were made of, too")
	return cmd
}

func newDoctorCommand(a *app) *cobra.Command {
	var t targetFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor -u URL [-c relaycheck.yaml]",
		Short: "Check target, observers, hooks and clock, and say what is wrong",
		Long: `Check all that a run needs, on one screen: whether the receiver can be started and reached, whether its observers can
be trusted and which facts they show, which hooks there are, and how punctual this machine is. Two canary tasks are
posted; nothing is judged. The exit code is 0 if a run can be made, 3 if not.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			tgt, err := t.load(a)
			if err != nil {
				return err
			}
			list, err := suite.Diagnose(cmd.Context(), suite.Config{URL: t.url, Target: tgt})
			if err != nil {
				return err
			}
			if asJSON {
				if err := printJSON(a.out, list); err != nil {
					return err
				}
			}
			wrong := false
			for _, d := range list {
				mark := "ok"
				if !d.OK {
					mark = "WRONG"
					wrong = wrong || d.What != "observers" || tgt != nil
				}
				if !asJSON {
					head := fmt.Sprintf("%-5s  %-10s ", mark, d.What)
					said := d.Said
					if isTerminal(a.out) { // a program reads lines, a person columns
						said = strings.ReplaceAll(wrap(said, max(terminalWidth(a.out)-len(head), 40)), "\n", "\n"+strings.Repeat(" ", len(head)))
					}
					_, _ = fmt.Fprintf(a.out, "%s%s\n", head, said)
					for _, line := range d.Output {
						_, _ = fmt.Fprintf(a.out, "         | %s\n", line)
					}
				}
			}
			if wrong {
				return exit(exitEnvironment, nil)
			}
			return nil
		},
	}
	t.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// orNothing makes {} of a map that is not there, which JSON would call null.
func orNothing[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}
