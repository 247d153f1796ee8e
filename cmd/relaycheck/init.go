package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/suite/target"
)

func newInitCommand(a *app) *cobra.Command {
	var start target.ScaffoldFor
	var dir string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a commented target file, a first scenario and a CI workflow",
		Long: `Write a start for your receiver: relaycheck.yaml with an observer of the chosen kind and, where the language is given, the
command that starts it; a first scenario; and a workflow for GitHub. On a terminal it asks for what no flag says. Nothing is
overwritten: where one of the files is there already, nothing is written at all.`,
		Example: `  relaycheck init --language node --observer postgres
  relaycheck init --url http://127.0.0.1:8080/callbacks/relay --observer http`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if isTerminal(a.in) && isTerminal(a.out) {
				if err := askForStart(a.in, a.out, &start, cmd.Flags().Changed); err != nil {
					return exit(exitUsage, err)
				}
			}
			files, err := target.Scaffold(start)
			if err != nil {
				return exit(exitUsage, err)
			}
			return a.writeStart(dir, files)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&start.URL, "url", "u", "http://127.0.0.1:8080/callbacks/relay", "where callbacks are posted")
	flags.StringVar(&start.Observer, "observer", "http", "how the receiver's state is seen: "+strings.Join(target.ScaffoldKinds(), ", "))
	flags.StringVar(&start.Language, "language", "other", "what the receiver is written in, for its start and the workflow: "+strings.Join(target.ScaffoldLanguages(), ", "))
	flags.StringVar(&dir, "dir", ".", "folder to write to")
	_ = cmd.RegisterFlagCompletionFunc("observer", cobra.FixedCompletions(target.ScaffoldKinds(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("language", cobra.FixedCompletions(target.ScaffoldLanguages(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// writeStart writes the files of a start, all or none.
func (a *app) writeStart(dir string, files []target.ScaffoldFile) error {
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(f.Path))); !errors.Is(err, fs.ErrNotExist) {
			return exit(exitUsage, fmt.Errorf("%s is there already: nothing was written. Move it away, or give another --dir", filepath.Join(dir, f.Path)))
		}
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a checkout's folders
			return exit(exitEnvironment, err)
		}
		if err := os.WriteFile(path, []byte(f.Content), 0o644); err != nil { //nolint:gosec // a checkout's files
			return exit(exitEnvironment, err)
		}
		_, _ = fmt.Fprintln(a.out, "wrote", path)
	}
	there := ""
	if filepath.Clean(dir) != "." {
		there = "  cd " + dir + "\n"
	}
	_, err := fmt.Fprintf(a.out, "\nNext: put your receiver's words into relaycheck.yaml, then\n%s  relaycheck doctor\n  relaycheck run\n", there)
	return err
}

// askForStart asks for what no flag has said. An empty line takes what is in brackets.
func askForStart(in io.Reader, out io.Writer, start *target.ScaffoldFor, given func(flag string) bool) error {
	lines := bufio.NewScanner(in)
	for _, q := range []struct {
		flag, text string
		choices    []string // nil: anything
		answer     *string
	}{
		{"language", "What is the receiver written in?", target.ScaffoldLanguages(), &start.Language},
		{"observer", "Where can its state be seen?", target.ScaffoldKinds(), &start.Observer},
		{"url", "Where are callbacks posted?", nil, &start.URL},
	} {
		if given(q.flag) {
			continue
		}
		for {
			text := q.text
			if q.choices != nil {
				text += " " + strings.Join(q.choices, ", ")
			}
			_, _ = fmt.Fprintf(out, "%s [%s] ", text, *q.answer)
			if !lines.Scan() {
				return errors.Join(errors.New("nothing was written: the answers ended early"), lines.Err())
			}
			answer := strings.TrimSpace(lines.Text())
			if answer == "" {
				break
			}
			if q.choices == nil || slices.Contains(q.choices, answer) {
				*q.answer = answer
				break
			}
			_, _ = fmt.Fprintf(out, "There is no %q here%s.\n", answer, didYouMean(answer, q.choices))
		}
	}
	return nil
}
