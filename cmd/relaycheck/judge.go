package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/report"
)

func newJudgeCommand(a *app) *cobra.Command {
	var reports []string
	var reportDir, color string
	var strictly bool
	cmd := &cobra.Command{
		Use:   "judge RUN.ndjson",
		Short: "Judge a recorded run again, without its receiver",
		Long: `Judge the plays of a run log (run --report ndjson) again, with the catalogue that is built in, and print the report.
Nothing is sent. What comes out otherwise than recorded is listed; the suite that made the log comes to the same
result, to the byte. RUN.ndjson may be compressed with gzip or zstd, whatever its name, and may be - for the standard input.

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
		_, _ = fmt.Fprintf(out, "Judged %s again: every result is the same to the byte.\n\n", counted(plays, "play"))
		return
	}
	_, _ = fmt.Fprintf(out, "Judged %s again: %s came out otherwise than recorded.\n", counted(plays, "play"), counted(len(changes), "result"))
	for _, c := range changes {
		_, _ = fmt.Fprintf(out, "  %s\n", c)
	}
	_, _ = fmt.Fprintln(out)
}

// reading opens a file, or the standard input for -, and names it in what goes wrong. What gzip or zstd have compressed is
// handed out as the text that it was.
func (a *app) reading(path string, do func(io.Reader) error) error {
	name, in := "standard input", a.in
	if path != capture.Stdin {
		f, err := openFile(path)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		defer func() { _ = f.Close() }()
		name, in = path, f
	}
	text, free, err := capture.Unpacked(in, capture.Options{})
	if err == nil {
		defer free()
		err = do(text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// openFile opens a file for reading. The error does not name it again.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return nil, p.Err
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, errors.New("it is a folder: name the file in it")
	}
	return f, nil
}
