package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/selftest"
)

func newSelftestCommand(a *app) *cobra.Command {
	var cfg selftest.Config
	var asJSON bool
	var markdown string
	cmd := &cobra.Command{
		Use:   "selftest [BUG…]",
		Short: "The power certificate: the suite against the reference and every seeded bug",
		Long: `Play the whole suite at the reference receiver and at every seeded bug, over HTTP on loopback, and print the kill
matrix. The reference must be green; every bug must turn the requirement red that it breaks, and nothing else that it has
no reason to break.

Exit codes: 0 the certificate holds · 1 it does not: a bug survived or was caught by the wrong check, the reference is not
green, or a MUST that has a scenario was never seen red · 2 there is no such bug · 3 a receiver could not be started ·
4 this machine was too slow to tell: what it could not keep the times of was played again, in vain · 130 interrupted.`,
		Example: `  relaycheck selftest
  relaycheck selftest late-start-revives
  relaycheck selftest --seed 7 --shuffle --json`,
		ValidArgsFunction: completeBugs,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg.Bugs = args
			cert, err := a.selftest(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if markdown != "" && !cert.Interrupted {
				if err := writeMatrix(markdown, cert); err != nil {
					return exit(exitEnvironment, err)
				}
			}
			if asJSON {
				enc := json.NewEncoder(a.out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				err = enc.Encode(cert)
			} else {
				err = selftest.Text(a.out, cert)
			}
			if err != nil {
				return exit(exitEnvironment, err)
			}
			return exit(certificateCode(cert), nil)
		},
	}
	fs := cmd.Flags()
	fs.BoolVar(&asJSON, "json", false, "print as JSON")
	fs.StringVar(&markdown, "markdown", "", "write the kill matrix to this file as a page")
	fs.Int64Var(&cfg.Seed, "seed", 0, "fixes every random choice (default: drawn, and printed)")
	fs.Float64Var(&cfg.TimeScale, "time-scale", 1, "shrink waits by this factor, but for scenarios that depend on real time")
	fs.IntVar(&cfg.Concurrency, "concurrency", selftest.DefaultConcurrency, "receivers judged at the same time")
	fs.BoolVar(&cfg.Shuffle, "shuffle", false, "judge the bugs in an order drawn from the seed")
	_ = cmd.MarkFlagFilename("markdown", "md")
	return cmd
}

// certificateCode is the exit code for a certificate.
func certificateCode(cert selftest.Certificate) int {
	switch {
	case cert.Interrupted:
		return exitInterrupted
	case len(cert.Problems) > 0:
		return exitBroken
	case len(cert.Untold) > 0:
		return exitInconclusive
	default:
		return exitOK
	}
}

// selftest makes the certificate, and says meanwhile how far it is.
func (a *app) selftest(ctx context.Context, cfg selftest.Config) (selftest.Certificate, error) {
	progress := newProgressPrinter(a.err, isTerminal(a.err))
	progress.what = "receivers judged"
	defer progress.close()
	cfg.Progress = progress.show
	cert, err := selftest.Run(ctx, cfg)
	var use *suite.UsageError
	switch {
	case errors.As(err, &use):
		return cert, exit(exitUsage, err)
	case err != nil:
		return cert, exit(exitEnvironment, err)
	}
	return cert, nil
}

// writeMatrix writes the page. A page that cannot be written whole is not left behind in part.
func writeMatrix(path string, cert selftest.Certificate) error {
	var page strings.Builder
	if err := selftest.Markdown(&page, cert); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil { //nolint:gosec // a page for everyone to read
		return fmt.Errorf("write the kill matrix: %w", err)
	}
	return nil
}

func completeBugs(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, b := range receiver.Bugs() {
		if strings.HasPrefix(b.ID, prefix) {
			out = append(out, b.ID+"\t"+b.Title)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
