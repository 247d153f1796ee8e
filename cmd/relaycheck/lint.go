package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
)

// lintFormats are the ways in which lint writes what it found.
var lintFormats = []string{"text", "json", "github", "sarif"}

func newLintCommand(a *app) *cobra.Command {
	var format string
	var strictly bool
	cmd := &cobra.Command{
		Use:   "lint FILE…",
		Short: "Check scenario files: every mistake with its place and what to do",
		Long: `Check scenario files and folders of them. Errors are what would keep a scenario from running; warnings are what it
probably does not mean. The exit code is 0 if there is no error, 2 otherwise.

With --format github the problems are workflow commands, which GitHub shows beside the lines; with --format sarif they are
SARIF 2.1.0 for code scanning.`,
		Example: `  relaycheck lint my-scenario.yaml
  relaycheck lint --format sarif scenarios/`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(lintFormats, format) {
				return exit(exitUsage, fmt.Errorf("--format %q: must be one of %s%s", format, strings.Join(lintFormats, ", "), didYouMean(format, lintFormats)))
			}
			list, err := scenarios.LoadFiles(args...)
			var problems strict.Problems
			if err != nil && !errors.As(err, &problems) {
				return exit(exitUsage, err)
			}
			for _, sc := range list {
				problems = append(problems, sc.Warnings...)
			}
			if err := a.printProblems(format, problems); err != nil {
				return exit(exitEnvironment, err)
			}
			if err != nil || strictly && len(problems) > 0 {
				return exit(exitUsage, nil)
			}
			if format == "text" {
				_, _ = fmt.Fprintf(a.out, "%s, no errors, %s\n", counted(len(list), "scenario"), counted(len(problems), "warning"))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", strings.Join(lintFormats, ", "))
	cmd.Flags().BoolVar(&strictly, "strict", false, "count warnings as errors")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(lintFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) printProblems(format string, problems strict.Problems) error {
	switch format {
	case "github":
		return problems.GitHub(a.out, a.repoPath())
	case "sarif":
		return problems.SARIF(a.out, suite.Version())
	case "text":
		for _, p := range problems {
			_, _ = fmt.Fprintf(a.out, "%s\n", p.Error())
		}
		return nil
	}
	if problems == nil {
		problems = strict.Problems{}
	}
	return printJSON(a.out, problems)
}

// counted is "1 scenario" or "2 scenarios".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
