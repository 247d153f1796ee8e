package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/internal/validate"
)

// shapeFlag asks what the documents look like.
type shapeFlag struct{ file string }

func (f *shapeFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "shape", "", "gather what the documents look like and write it to this file as JSON; - prints it as a table behind the findings")
	_ = cmd.MarkFlagFilename("shape", "json")
}

// collector checks the flag and makes what gathers; nil if nobody asks.
func (f *shapeFlag) collector(format validate.Format) (*shape.Collector, error) {
	switch {
	case f.file == "":
		return nil, nil //nolint:nilnil // nobody asks
	case f.file == "-" && format != validate.Text:
		return nil, fmt.Errorf("--shape - prints a table among the findings, so it goes with --format text alone; name a file for --format %s", format)
	case f.file == "-":
		return shape.New(), nil
	}
	if err := canWrite("shape", f.file); err != nil {
		return nil, err
	}
	return shape.New(), nil
}

// write writes what was gathered, unless nothing was read, and passes the outcome of the run on.
func (f *shapeFlag) write(a *app, c *shape.Collector, outcome error) error {
	if ee, failed := errors.AsType[*exitError](outcome); c == nil || failed && ee.code == exitUsage {
		return outcome
	}
	observed := c.Shape()
	if ee, failed := errors.AsType[*exitError](outcome); failed && ee.code == exitInterrupted || errors.Is(outcome, context.Canceled) {
		observed.Interrupted = true
	}
	if f.file == "-" {
		if _, err := fmt.Fprintln(a.out); err != nil {
			return exit(exitEnvironment, err)
		}
		if err := observed.Table(a.out); err != nil {
			return exit(exitEnvironment, err)
		}
		return outcome
	}
	if err := a.intoPlace(f.file, observed.Write); err != nil {
		return exit(exitEnvironment, fmt.Errorf("--shape: %w", err))
	}
	return outcome
}
