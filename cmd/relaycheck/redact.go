package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/redact"
)

func newRedactCommand(a *app) *cobra.Command {
	var in inputFlags
	var key, output string
	cmd := &cobra.Command{
		Use:   "redact [PATH…]",
		Short: "Replace ids, stream keys, signatures and hosts in a capture by stable pseudonyms",
		Long: `Redact makes a capture that can be shared: task ids, stream ids, APPIDs, stream keys, txSecret, sign, hosts, paths and
members that no edition documents are replaced by pseudonyms, also within msg, source_urls and messages. What is replaced
keeps its form, and all else its bytes. Equal words stay equal, so the lives of tasks can still be followed; hosts end in
.invalid. Every body is validated before and after, and left out if not the same would be said of it.

Pseudonyms depend on --key alone: keep it to redact more of the same traffic, or give none to have one drawn and forgotten.
They are no encryption: whoever knows the traffic may recognise a task by when it ran.

The bodies are written in their order, one for each line. What is no JSON is left out and told of: nobody can tell what in
it must not be shown. A PATH is read as 'relaycheck validate' reads it; without one it is the standard input.

Exit codes: 0 everything was redacted · 1 something was left out · 2 usage · 3 it could not be written · 4 there was
no document.`,
		Example: `  relaycheck redact captures/ -o shareable.ndjson
  zcat callbacks.ndjson.gz | relaycheck redact --key "$KEY" | gzip > shareable.ndjson.gz`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var read capture.Options
			if err := in.apply(&read); err != nil {
				return err
			}
			if len(args) == 0 {
				if a.inputIsTerminal() {
					return exit(exitUsage, errors.New("nothing to redact: name a file or folder, or pipe documents in\nSee 'relaycheck redact --help'"))
				}
				args = []string{capture.Stdin}
			}
			if output != "" {
				if err := canWrite("output", output); err != nil {
					return exit(exitUsage, err)
				}
			}
			r, err := capture.Open(args, a.in, read)
			if err != nil {
				return exit(exitUsage, err)
			}
			defer func() { _ = r.Close() }() // it never fails
			secret := []byte(key)
			if key == "" {
				secret = []byte(rand.Text())
				_, _ = fmt.Fprintln(a.err, "The key was drawn: another run gives other pseudonyms. Give --key to have the same again.")
			}
			var counts redact.Counts
			err = a.intoPlace(output, func(w io.Writer) (err error) {
				counts, err = redact.Stream(cmd.Context(), secret, r, w, func(at capture.Document, why error) {
					_, _ = fmt.Fprintf(a.err, "%s:%d:%d: left out: %v\n", at.Source, at.Line, at.Column, why)
				})
				return err
			})
			return a.redactOutcome(counts, err, in.wraps())
		},
	}
	fs := cmd.Flags()
	in.register(cmd)
	fs.StringVar(&key, "key", "", "what the pseudonyms depend on, any text (default: drawn and forgotten)")
	fs.StringVarP(&output, "output", "o", "", "file to write (default: the standard output)")
	_ = cmd.MarkFlagFilename("output", "ndjson")
	return cmd
}

// redactOutcome says what came of a capture and maps it to an exit code. wrapped is whether the user said where in the
// documents the callbacks stand.
func (a *app) redactOutcome(n redact.Counts, err error, wrapped bool) error {
	switch {
	case errors.Is(err, context.Canceled):
		return exit(exitInterrupted, fmt.Errorf("interrupted after %s", counted(n.Redacted, "document")))
	case err != nil:
		return exit(exitEnvironment, err)
	case n.Redacted+n.LeftOut == 0:
		return exit(exitInconclusive, errors.New("nothing was redacted: there was no document"))
	}
	_, _ = fmt.Fprintf(a.err, "%s redacted, %d left out\n", counted(n.Redacted, "document"), n.LeftOut)
	if n.Callbacks == 0 && !wrapped {
		_, _ = fmt.Fprintln(a.err, "None of them is a callback. "+wrappedHint)
	}
	if n.LeftOut > 0 {
		return exit(exitBroken, nil)
	}
	return nil
}
