package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
)

func newLintCommand(a *app) *cobra.Command {
	var format string
	var strictly bool
	cmd := &cobra.Command{
		Use:   "lint FILE…",
		Short: "Check scenario files: every mistake with its place and what to do",
		Long: `Check scenario files and folders of them. Errors are what would keep a scenario from running; warnings are what it
probably does not mean. The exit code is 0 if there is no error, 2 otherwise.`,
		Example: `  relaycheck lint my-scenario.yaml`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := scenarios.LoadFiles(args...)
			var problems strict.Problems
			if err != nil && !errors.As(err, &problems) {
				return exit(exitUsage, err)
			}
			for _, sc := range list {
				problems = append(problems, sc.Warnings...)
			}
			wrong := err != nil || (strictly && len(problems) > 0)
			switch format {
			case "json":
				if err := printProblems(a, problems); err != nil {
					return err
				}
			case "text":
				for _, p := range problems {
					_, _ = fmt.Fprintf(a.out, "%s\n", p.Error())
				}
			default:
				return exit(exitUsage, fmt.Errorf("--format %q: must be text or json", format))
			}
			if wrong {
				return exit(exitUsage, nil)
			}
			if format == "text" {
				_, _ = fmt.Fprintf(a.out, "%d scenarios, no errors, %d warnings\n", len(list), len(problems))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&strictly, "strict", false, "count warnings as errors")
	return cmd
}

func printProblems(a *app, problems strict.Problems) error {
	if problems == nil {
		problems = strict.Problems{}
	}
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(problems)
}
