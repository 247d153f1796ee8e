package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/suite/baseline"
	"github.com/relaycheck/relaycheck/suite/report"
)

func newBaselineCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Keep a list of what is known to be broken",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(newBaselineWriteCommand(a))
	return cmd
}

func newBaselineWriteCommand(a *app) *cobra.Command {
	var output, reason, owner, expires string
	cmd := &cobra.Command{
		Use:   "write RUN.ndjson|report.json -o FILE --reason TEXT --owner NAME --expires YYYY-MM-DD",
		Short: "Make a baseline of what a run broke",
		Long: `Make a baseline of what a run broke: one entry for each requirement that broke in a scenario, for run --baseline. Entries that
the run's own baseline had and that are still broken keep their reason, owner and last day. Without -o the file is printed.`,
		Example: `  relaycheck run -c relaycheck.yaml --report json --report-dir out
  relaycheck baseline write out/report.json -o baseline.yaml --reason "queue without order" --owner relay-team --expires 2026-12-31
  relaycheck run -c relaycheck.yaml --baseline baseline.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var rep report.Report
			err := a.reading(args[0], func(r io.Reader) (err error) {
				rep, err = report.ReadReport(r)
				return err
			})
			if err != nil {
				return exit(exitUsage, err)
			}
			known, err := baseline.From(rep, reason, owner, expires)
			if err != nil {
				return exit(exitUsage, err)
			}
			if len(known) == 0 && rep.Verdict != report.Pass && rep.Verdict != report.Partial && rep.Verdict != report.Fail {
				return exit(exitInconclusive, fmt.Errorf("%s has the verdict %s: a baseline of it would be empty for no good reason", args[0], rep.Verdict))
			}
			sentences := map[string]string{}
			for _, q := range rep.Requirements {
				sentences[q.ID] = q.Sentence
			}
			var b bytes.Buffer
			if err := baseline.Write(&b, known, sentences); err != nil {
				return exit(exitEnvironment, err)
			}
			if output == "" {
				_, err := a.out.Write(b.Bytes())
				return err
			}
			if err := os.WriteFile(output, b.Bytes(), 0o644); err != nil { //nolint:gosec // it is for everyone who may read the checkout
				return exit(exitEnvironment, fmt.Errorf("write the baseline: %w", err))
			}
			_, err = fmt.Fprintf(a.out, "%s: %s\n", output, entries(len(known)))
			return err
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&output, "output", "o", "", "the file to write (default: standard output)")
	fs.StringVar(&reason, "reason", "", "why it is not mended yet")
	fs.StringVar(&owner, "owner", "", "who will mend it")
	fs.StringVar(&expires, "expires", "", "the last day on which the entries count, YYYY-MM-DD")
	for _, name := range []string{"reason", "owner", "expires"} {
		_ = cmd.MarkFlagRequired(name)
	}
	_ = cmd.MarkFlagFilename("output", "yaml", "yml")
	return cmd
}

// loadBaseline reads the file of --baseline; nil where there is none.
func loadBaseline(path string) ([]report.Known, error) {
	if path == "" {
		return nil, nil
	}
	known, err := baseline.Load(path)
	if err != nil {
		return nil, exit(exitUsage, err)
	}
	return known, nil
}

// entries counts the entries of a baseline.
func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
