package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/report"
)

// stdin is the name that stands for the standard input.
const stdin = "-"

func newJudgeCommand(a *app) *cobra.Command {
	var reports []string
	var reportDir, color string
	var strictly bool
	cmd := &cobra.Command{
		Use:   "judge RUN.ndjson",
		Short: "Judge a recorded run again, without its receiver",
		Long: `Judge the plays of a run log (run --report ndjson) again, with the catalogue that is built in, and print the report.
Nothing is sent. What comes out otherwise than recorded is listed; the suite that made the log comes to the same
result, to the byte. - reads the log from the standard input.

Exit codes: 0 everything required held · 1 the receiver broke a rule · 2 the log cannot be read or is damaged · 3 the
run found the target or an observer unreachable or untrustworthy · 4 inconclusive, or the run was cut short.`,
		Example: `  relaycheck run -c relaycheck.yaml --report ndjson --report-dir out
  relaycheck judge out/run.ndjson --report html --report-dir again`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			paint, err := a.useColor(color)
			if err != nil {
				return err
			}
			if err := report.CheckFormats(reports); err != nil {
				return exit(exitUsage, err)
			}
			var run report.Run
			err = a.reading(args[0], func(r io.Reader) (err error) {
				run, err = report.ReadLog(r)
				return err
			})
			if err != nil {
				return exit(exitUsage, err)
			}
			run.Strict = run.Strict || strictly
			again, changes, err := suite.Rejudge(run)
			if err != nil {
				return exit(exitEnvironment, err)
			}
			rep := report.Build(again)
			printChanges(a.out, len(run.Plays), changes)
			if err := report.Console(a.out, rep, report.ConsoleOptions{Color: paint, Width: terminalWidth(a.out)}); err != nil {
				return exit(exitEnvironment, fmt.Errorf("print the report: %w", err))
			}
			code := judgedCode(rep)
			if len(reports) > 0 {
				if _, err := report.Write(reportDir, reports, rep, again); err != nil {
					return exit(max(code, exitEnvironment), fmt.Errorf("write reports: %w", err))
				}
			}
			return exit(code, nil)
		},
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&reports, "report", nil, "files to write: "+strings.Join(report.Formats(), ", "))
	fs.StringVar(&reportDir, "report-dir", "relaycheck-report", "where the files of --report go")
	fs.BoolVar(&strictly, "strict", false, "count SHOULD as MUST, and a partial verdict as inconclusive (exit 4)")
	addColorFlag(cmd, &color)
	_ = cmd.RegisterFlagCompletionFunc("report", completeFormats)
	return cmd
}

// judgedCode is the exit code for a run that was judged again. That the run was interrupted in its day is no
// interruption of this program: only what it came to counts.
func judgedCode(r report.Report) int {
	if r.ExitCode != report.ExitInterrupted {
		return r.ExitCode
	}
	if r.Verdict == report.Fail {
		return exitBroken
	}
	return exitInconclusive
}

func printChanges(out io.Writer, plays int, changes []suite.Change) {
	if len(changes) == 0 {
		_, _ = fmt.Fprintf(out, "Judged %d plays again: every result is the same to the byte.\n\n", plays)
		return
	}
	_, _ = fmt.Fprintf(out, "Judged %d plays again: %d results came out otherwise than recorded.\n", plays, len(changes))
	for _, c := range changes {
		_, _ = fmt.Fprintf(out, "  %s\n", c)
	}
	_, _ = fmt.Fprintln(out)
}

// reading opens a file, or the standard input for -, and names it in what goes wrong.
func (a *app) reading(path string, do func(io.Reader) error) error {
	if path == stdin {
		if err := do(a.in); err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		if p, ok := errors.AsType[*os.PathError](err); ok {
			err = p.Err
		}
		return fmt.Errorf("read %s: %w", path, err)
	}
	defer func() { _ = f.Close() }()
	if err := do(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
