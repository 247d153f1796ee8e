package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/internal/validate"
	"github.com/relaycheck/relaycheck/schema"
	"github.com/relaycheck/relaycheck/suite"
)

// validateFlags are the flags of validate as the user writes them.
type validateFlags struct {
	edition, reading, format     string
	maxErrors, maxBytes, maxLine int
	all, onlyRelay, noFastPath   bool
	sequence                     bool
	sequenceMemory               int
	input                        inputFlags
	shape                        shapeFlag
	progress                     progressFlags
}

func newValidateCommand(a *app) *cobra.Command {
	var f validateFlags
	cmd := &cobra.Command{
		Use:   "validate [PATH…]",
		Short: "Check captured payloads against the documented editions",
		Long: `Validate checks captured callbacks against the editions of "Relay Event Notification". A PATH is a file, a
folder (all .json, .ndjson, .jsonl and .har in it and below, with --line-regexp .log and .txt, but for what is hidden) or
- for the standard input. Without a PATH the standard input is read.

` + inputHelp + `

A document is ok, has warnings (it departs from the tables, or carries what nobody documents) or errors (no reading of
the edition allows it). Callbacks of the family that are not relay callbacks are counted as siblings and not judged.
Without --edition the editions that fit best are taken; in the end it is said which fit the capture as a whole, and what
speaks against each.

Findings of one kind are counted together, with their number and the first place. --format github writes workflow commands,
which GitHub shows beside the lines; sarif is SARIF 2.1.0 for code scanning; junit has a test case for each input and each
kind of finding. An interrupt ends the run with the summary of what was read until then.

With --sequence each task's life is followed across the documents too, by their stamps of arrival if all
have one and otherwise in the order of the capture: TaskStart first, the first
VodSourceFileStart within 2 s of it, a file's finish after its start, nothing of files after TaskExit but behind a new
TaskStart. What departs from it is a warning; callbacks that were sent again are counted.

With --shape what the documents look like is gathered: which members they have and how often, of which types, lengths and
values, and what of the documented things never came. Ids, addresses and signatures do not get into it.

Exit codes: 0 all fine, warnings allowed · 1 an error, or something could not be read; also a file or a standard input
with nothing in it, which is an empty body (RC1001) · 2 usage · 3 the output could not be written · 4 there was no
document: in a folder, an archive or a run log · 130 interrupted.`,
		Example: `  relaycheck validate captures/
  zcat callbacks.ndjson.gz | relaycheck validate --format ndjson
  relaycheck validate --body-field /request/body --time-field /ts gateway.ndjson
  relaycheck validate --line-regexp '^\S+ \[(?P<time>[^]]+)\] "POST \S+" "(?P<body>.*)"$' access.log
  relaycheck validate --edition 2022-01 --reading documented body.json
  relaycheck validate --sequence captures/
  relaycheck validate --shape shape.json captures/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := f.options()
			if err != nil {
				return exit(exitUsage, err)
			}
			if len(args) == 0 {
				if a.inputIsTerminal() {
					return exit(exitUsage, errors.New("nothing to validate: name a file or folder, or pipe documents in\nSee 'relaycheck validate --help'"))
				}
				args = []string{capture.Stdin}
			}
			progress, err := f.progress.printer(a)
			if err != nil {
				return exit(exitUsage, err)
			}
			defer progress.close()
			if opts.Shape, err = f.shape.collector(opts.Format); err != nil {
				return exit(exitUsage, err)
			}
			opts.Meter, opts.Version, opts.RepoPath = progress.Meter(), suite.Version(), a.repoPath()
			sum, err := validate.Run(cmd.Context(), args, a.in, progress.around(a.out), opts)
			progress.close()
			f.sayEnvelopes(a, sum)
			return f.shape.write(a, opts.Shape, validateOutcome(sum, err))
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.edition, "edition", "auto", "hold documents against this edition: auto, "+editionNames())
	fs.StringVar(&f.reading, "reading", string(schema.Wire), "wire (what tables or samples show) or documented (the tables' types)")
	fs.StringVar(&f.format, "format", string(validate.Text), strings.Join(validate.Formats(), ", "))
	fs.IntVar(&f.maxErrors, "max-errors", 20, "findings that text shows in full; the rest is summed up (0: all)")
	fs.BoolVar(&f.all, "all", false, "list documents that are ok too")
	fs.BoolVar(&f.sequence, "sequence", false, "follow each task's life across the documents too")
	fs.BoolVar(&f.onlyRelay, "only-relay", false, "take callbacks of the family that are not relay callbacks for errors")
	fs.BoolVar(&f.noFastPath, "no-fast-path", false, "have every document decided by jsonschema from scratch: slow, with the same results")
	fs.IntVar(&f.maxBytes, "max-bytes", schema.DefaultMaxBytes, "longest body that is judged, in bytes; a longer one is an error (0: no limit)")
	fs.IntVar(&f.sequenceMemory, "sequence-memory", sequence.DefaultMemory>>20, "MiB of tasks' lives kept in memory, about; beyond them they go to a temporary file")
	fs.IntVar(&f.maxLine, "max-line", capture.DefaultMaxLine, "longest document that is read, in bytes; a longer one is skipped and told of")
	f.shape.register(cmd)
	f.input.register(cmd)
	f.progress.register(cmd)
	fixed := func(values ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	_ = cmd.RegisterFlagCompletionFunc("edition", fixed(append([]string{"auto"}, editionList()...)...))
	_ = cmd.RegisterFlagCompletionFunc("reading", fixed(string(schema.Wire), string(schema.Documented)))
	_ = cmd.RegisterFlagCompletionFunc("format", fixed(validate.Formats()...))
	return cmd
}

// options checks the flags and makes the library's options of them.
func (f validateFlags) options() (validate.Options, error) {
	var o validate.Options
	var errs [3]error
	o.Schema.Edition, errs[0] = schema.ParseEdition(f.edition)
	o.Schema.Reading, errs[1] = schema.ParseReading(f.reading)
	o.Format, errs[2] = validate.ParseFormat(f.format)
	for i, name := range []string{"edition", "reading", "format"} {
		if errs[i] != nil {
			return o, fmt.Errorf("--%s: %w", name, errs[i])
		}
	}
	switch {
	case f.maxErrors < 0:
		return o, fmt.Errorf("--max-errors: %d is negative", f.maxErrors)
	case f.maxBytes < 0:
		return o, fmt.Errorf("--max-bytes: %d is negative", f.maxBytes)
	case f.sequenceMemory <= 0 || f.sequenceMemory > 1<<20:
		return o, fmt.Errorf("--sequence-memory: it has to be between 1 and %d (MiB), not %d", 1<<20, f.sequenceMemory)
	case f.maxLine <= 0:
		return o, fmt.Errorf("--max-line: it has to be at least 1, not %d", f.maxLine)
	}
	o.Schema.OnlyRelay, o.Schema.MaxBytes, o.Schema.NoFastPath = f.onlyRelay, f.maxBytes, f.noFastPath
	if f.maxBytes == 0 {
		o.Schema.MaxBytes = -1
	}
	o.Read.MaxLine, o.MaxErrors, o.All, o.Sequence = f.maxLine, f.maxErrors, f.all, f.sequence
	o.SequenceMemory = f.sequenceMemory << 20
	return o, f.input.apply(&o.Read)
}

// sayEnvelopes tells whoever may have missed it that a callback can stand within a document.
func (f validateFlags) sayEnvelopes(a *app, sum validate.Summary) {
	if sum.Errors > 0 && sum.Errors == sum.Documents && !f.input.wraps() && f.format == string(validate.Text) {
		_, _ = fmt.Fprintln(a.err, "No document is a callback without errors. "+wrappedHint)
	}
}

// validateOutcome maps what a run came to to an exit code.
func validateOutcome(sum validate.Summary, err error) error {
	var path *capture.PathError
	switch {
	case errors.As(err, &path):
		return exit(exitUsage, err)
	case errors.Is(err, context.Canceled):
		return exit(exitInterrupted, errors.New("interrupted: what was read until then is judged above"))
	case err != nil:
		return exit(exitEnvironment, err)
	case sum.Failed():
		return exit(exitBroken, nil)
	case sum.Empty():
		return exit(exitInconclusive, errors.New("nothing was validated: there was no document"))
	default:
		return nil
	}
}

// inputIsTerminal reports whether the standard input is a keyboard.
func (a *app) inputIsTerminal() bool {
	f, ok := a.in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) // a file descriptor is small
}

func editionList() []string {
	var names []string
	for _, e := range schema.Editions() {
		names = append(names, string(e))
	}
	return names
}
