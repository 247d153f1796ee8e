package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/recording"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
)

func newNewCommand(a *app) *cobra.Command {
	var requires, from, play, output string
	var in inputFlags
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Begin a scenario: from a template, a shipped scenario or a capture",
		Long: `Write a new scenario, NAME.yaml, that can be run as it stands.

Without a flag it is a template that shows the common words. --requires takes the shortest shipped scenario of a
requirement for a start. --from makes it of what was captured: payloads as validate reads them, in envelopes
(--body-field) and text logs (--line-regexp) too, a run log (run.ndjson) or an HTTP archive (HAR), each of which may be
compressed with gzip or zstd. Order, times, duplicates and missing ids are kept; task ids, stream keys, APPIDs and hosts
do not get into the file. What was left out is told on standard error.

A file that is there already is never overwritten.`,
		Example: `  relaycheck new exit-code-is-kept
  relaycheck new start-comes-late --requires ORD-3
  relaycheck new seen-in-production --from capture.ndjson
  relaycheck new seen-at-the-gateway --from gateway.ndjson --body-field /request/body --time-field /ts`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := strings.TrimSuffix(args[0], ".yaml")
			src, err := a.newScenario(cmd.Context(), name, requires, from, play, in)
			if err != nil {
				return exit(exitUsage, err)
			}
			return a.writeNew(output, name, src)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&requires, "requires", "", "requirement that it is about; a shipped scenario of it is the start")
	fs.StringVar(&from, "from", "", "capture, run log or HTTP archive to make it of; - is standard input")
	fs.StringVar(&play, "play", "", "with --from a run log of several scenarios: which of them")
	fs.StringVarP(&output, "output", "o", "", "file to write (default NAME.yaml); - is standard output")
	in.register(cmd)
	cmd.MarkFlagsMutuallyExclusive("requires", "from")
	_ = cmd.RegisterFlagCompletionFunc("requires", completeIDs)
	return cmd
}

// newScenario makes the text of the scenario.
func (a *app) newScenario(ctx context.Context, name, requires, from, play string, in inputFlags) ([]byte, error) {
	var read capture.Options
	if err := in.apply(&read); err != nil {
		return nil, err
	}
	if from == "" {
		if in.wraps() {
			return nil, errors.New("--body-field and --line-regexp say how --from is read; there is no --from")
		}
		if play != "" {
			return nil, errors.New("--play says which part of --from is meant; there is no --from")
		}
		return scenarios.Scaffold(name, requires)
	}
	if err := scenarios.CheckID(name); err != nil {
		return nil, err
	}
	list, notes, err := recording.Read(ctx, from, a.in, play, read)
	if err != nil {
		return nil, err
	}
	if len(list) == 1 && len(list[0].Body) == 0 { // a source without a document counts as an empty one
		return nil, fmt.Errorf("read %s: there is nothing in it", from)
	}
	src, more, err := scenarios.FromCapture(name, list)
	notes = append(notes, more...)
	for _, n := range notes[:min(len(notes), maxNotes)] {
		_, _ = fmt.Fprintf(a.err, "relaycheck: %s\n", n)
	}
	if left := len(notes) - maxNotes; left > 0 {
		_, _ = fmt.Fprintf(a.err, "relaycheck: … and %d more notes\n", left)
	}
	if err != nil && !in.wraps() && !slices.ContainsFunc(list, isCallback) {
		err = fmt.Errorf("%w\n%s", err, wrappedHint)
	}
	return src, err
}

// maxNotes is how many notes about what was left out of a scenario are printed: a screen of them.
const maxNotes = 20

// isCallback reports whether a document is a callback of the family, right or wrong.
func isCallback(c scenarios.Captured) bool {
	return schema.Validate(c.Body, schema.Options{}).Kind != schema.KindUnknown
}

// writeNew writes a new file, and only a new one.
func (a *app) writeNew(output, name string, src []byte) error {
	if output == "-" {
		_, err := a.out.Write(src)
		return err
	}
	if output == "" {
		output = name + ".yaml"
	}
	if ext := filepath.Ext(output); ext != ".yaml" && ext != ".yml" {
		return exit(exitUsage, fmt.Errorf("--output %s: a scenario file ends in .yaml", output))
	}
	file, err := os.OpenFile(output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) //nolint:gosec // it is to be read by whoever may read the folder
	if errors.Is(err, os.ErrExist) {
		return exit(exitUsage, fmt.Errorf("%s is there already, and is left as it is; choose another name or --output", output))
	}
	if err != nil {
		return exit(exitUsage, fmt.Errorf("write the scenario: %w", err))
	}
	_, err = file.Write(src)
	if err = errors.Join(err, file.Close()); err != nil {
		return exit(exitEnvironment, fmt.Errorf("write the scenario: %w", err))
	}
	_, err = fmt.Fprintf(a.out, "%s\nnext: relaycheck lint %s, then relaycheck play %s -u URL\n", output, output, output)
	return err
}
