package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/suite/target"
)

func newInitCommand(a *app) *cobra.Command {
	var url, observer, dir string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a commented target file, a first scenario and a CI workflow",
		Long: `Write a start for your receiver: relaycheck.yaml with an observer of the chosen kind, a first scenario, and a workflow
for GitHub. Nothing is overwritten: where one of the files is there already, nothing is written at all.`,
		Example: `  relaycheck init --url http://127.0.0.1:8080/callbacks/relay --observer postgres`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			files, err := target.Scaffold(url, observer)
			if err != nil {
				return exit(exitUsage, err)
			}
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
			_, err = fmt.Fprintln(a.out, "\nNext: put your receiver's words into relaycheck.yaml, then\n  relaycheck doctor\n  relaycheck run")
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&url, "url", "u", "http://127.0.0.1:8080/callbacks/relay", "where callbacks are posted")
	flags.StringVar(&observer, "observer", "http", "how the receiver's state is seen: "+strings.Join(target.ScaffoldKinds(), ", "))
	flags.StringVar(&dir, "dir", ".", "folder to write to")
	_ = cmd.RegisterFlagCompletionFunc("observer", cobra.FixedCompletions(target.ScaffoldKinds(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}
