package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/suite/report"
)

func newDiffCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "Compare two runs: what regressed, what is new, still broken or fixed",
		Long: `Compare two runs, each given by its run.ndjson or report.json, which may be compressed with gzip or zstd. One of them
may be - for the standard input.

A requirement that held in a scenario before and is broken now is a regression. One that was not judged before and is
broken now is new; it does not count as a regression.

Exit codes: 0 nothing regressed · 1 something did · 2 a file is no run · 4 the later run judged nothing.`,
		Example: `  relaycheck diff main/run.ndjson out/run.ndjson
  relaycheck diff before/report.json after/report.json --json`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return a.diffRuns(args[0], args[1], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func (a *app) diffRuns(before, after string, asJSON bool) error {
	if before == capture.Stdin && after == capture.Stdin {
		return exit(exitUsage, errors.New("only one of the two runs can come from the standard input"))
	}
	var reports [2]report.Report
	for i, name := range []string{before, after} {
		err := a.reading(name, func(r io.Reader) (err error) {
			reports[i], err = report.ReadReport(r)
			return err
		})
		if log, damaged := errors.AsType[*report.LogError](err); damaged && log.Line > 1 {
			// As far as it goes it is a good log; what is missing shows as not judged.
			_, _ = fmt.Fprintf(a.err, "relaycheck: %v; what stands before it is compared\n", err)
		} else if err != nil {
			return exit(exitUsage, err)
		}
	}
	c := report.Diff(reports[0], reports[1])
	write := c.Text
	if asJSON {
		write = c.JSON
	}
	if err := write(a.out); err != nil {
		return exit(exitEnvironment, err)
	}
	switch judged := len(c.Regressed) + len(c.New) + len(c.StillBroken) + len(c.Fixed) + len(c.Warned) + c.Same; {
	case len(c.Regressed) > 0:
		return exit(exitBroken, nil)
	case judged == 0:
		return exit(exitInconclusive, errors.New("there is nothing to compare: the later run judged nothing"))
	}
	return nil
}
