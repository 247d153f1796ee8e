package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// newRootCommand builds the command tree.
func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "relaycheck",
		Short: "Conformance harness and mock emitter for Tencent Cloud CSS relay callbacks (event_type 314)",
		Long: `Relaycheck plays Tencent Cloud CSS relay callbacks (event_type 314) at your receiver, judges its answers and
its side effects, and validates captured payloads against the documented editions.

Start with: relaycheck demo

Exit codes: 0 everything required held · 1 the receiver or the data broke a rule · 2 usage, config or scenario
file is wrong (nothing was sent) · 3 target or observer unreachable or untrustworthy · 4 inconclusive: nothing
could be checked, or the run was cut short · 130 interrupted (reports still written).

Every flag can also be set through the environment: --report-dir is RELAYCHECK_REPORT_DIR.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.flagsFromEnvironment(cmd)
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagMistake)
	root.PersistentFlags().SortFlags = false
	root.AddCommand(
		newRunCommand(a),
		newDemoCommand(a),
		newEmitCommand(a),
		newPlayCommand(a),
		newReportCommand(a),
		newDiffCommand(a),
		newValidateCommand(a),
		newRedactCommand(a),
		newSchemaCommand(a),
		newNewCommand(a),
		newLintCommand(a),
		newFmtCommand(a),
		newListCommand(a),
		newExplainCommand(a),
		newReceiverCommand(a),
		newInitCommand(a),
		newObserveCommand(a),
		newDoctorCommand(a),
		newSelftestCommand(a),
		newJudgeCommand(a),
		newBaselineCommand(a),
		newVersionCommand(a),
	)
	root.InitDefaultCompletionCmd()
	for _, group := range root.Commands() {
		if group.HasSubCommands() && !group.Runnable() {
			// Without this, cobra shows the help for whatever stands here, and ends as if all were well.
			group.Args = cobra.NoArgs
			group.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	sayWhatIsMissing(root)
	narrowHelp(root)
	return root
}

// flagsFromEnvironment sets every flag that the command line left alone and the environment names:
// --report-dir is RELAYCHECK_REPORT_DIR. An empty variable counts as unset.
func (a *app) flagsFromEnvironment(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || err != nil || f.Name == "help" {
			return
		}
		name := "RELAYCHECK_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := a.env(name)
		if !ok || value == "" {
			return
		}
		if e := cmd.Flags().Set(f.Name, value); e != nil {
			err = fmt.Errorf("environment variable %s: %w", name, e)
		}
	})
	return err
}

// didYouMean is " (did you mean x?)" where a known name is near, else nothing.
func didYouMean(name string, known []string) string {
	if near := nearestName(name, known); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// nearestName is the known name that was most likely meant, or "".
func nearestName(name string, known []string) string { return strict.Nearest(name, known) }
