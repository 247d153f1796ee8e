package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/suite/report"
)

// reportFlags are the flags of report: for each format where it goes.
type reportFlags struct {
	paths  map[string]*string // by format
	github bool
	color  string
}

func newReportCommand(a *app) *cobra.Command {
	f := reportFlags{paths: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "report RUN.ndjson",
		Short: "Render a run log: HTML, Markdown, JSON, JUnit, HAR, a badge, GitHub annotations",
		Long: `Render a run log (run.ndjson, from 'run --report ndjson') into the other reports, at any later time. The log holds
all that was sent, answered and seen, without secrets; nothing is played again. Without a flag the report is printed
as 'run' does. RUN.ndjson may be compressed with gzip or zstd, whatever its name, and may be - for the standard input; a
report named - is the standard output.

Exit codes: 0 rendered, whatever the verdict of the run · 2 the file is no run log · 3 a report could not be written ·
4 the log is damaged or cut short: what could be read was rendered.`,
		Example: `  relaycheck run -c relaycheck.yaml --report ndjson --report-dir out
  relaycheck report out/run.ndjson --html out.html --har out.har
  relaycheck report out/run.ndjson --md -`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.renderLog(args[0], f) },
	}
	fs := cmd.Flags()
	for _, format := range report.Formats() {
		if format != "ndjson" {
			f.paths[format] = fs.String(format, "", "write "+formatNames[format]+" to this file")
		}
	}
	fs.BoolVar(&f.github, "github", false, "print GitHub annotations for what broke")
	addColorFlag(cmd, &f.color)
	return cmd
}

// formatNames says what the formats of a report are.
var formatNames = map[string]string{
	"json": "the report as JSON", "junit": "JUnit XML", "html": "a page for browsers", "md": "Markdown, as for a job summary",
	"har": "all exchanges as an HTTP archive", "badge": "the verdict as an SVG badge",
}

// renderLog renders a run log.
func (a *app) renderLog(name string, f reportFlags) error {
	var run report.Run
	readErr := a.reading(name, func(r io.Reader) (err error) {
		run, err = report.ReadLog(r)
		return err
	})
	log, damaged := errors.AsType[*report.LogError](readErr)
	if readErr != nil && (!damaged || log.Line <= 1) {
		return exit(exitUsage, readErr)
	}
	if damaged && run.CutShort == "" {
		run.CutShort = "the run log is damaged or cut short"
	}
	color, err := a.useColor(f.color)
	if err != nil {
		return err
	}
	rep := report.Build(run)
	if err := a.writeReports(f, rep, run, color); err != nil {
		return exit(exitEnvironment, err)
	}
	if damaged {
		return exit(exitInconclusive, fmt.Errorf("%w; what stands before it was rendered", readErr))
	}
	return nil
}

func (a *app) writeReports(f reportFlags, rep report.Report, run report.Run, color bool) error {
	asked := f.github
	var errs []error
	for _, format := range report.Formats() {
		path := f.paths[format]
		if path == nil || *path == "" {
			continue
		}
		asked = true
		if *path == "-" {
			errs = append(errs, report.Render(a.out, format, rep, run))
			continue
		}
		errs = append(errs, report.WriteFile(*path, format, rep, run))
	}
	if f.github {
		errs = append(errs, report.GitHub(a.out, rep, a.repoPath()))
	}
	if !asked {
		errs = append(errs, report.Console(a.out, rep, report.ConsoleOptions{Color: color, Width: terminalWidth(a.out)}))
	}
	return errors.Join(errs...)
}
