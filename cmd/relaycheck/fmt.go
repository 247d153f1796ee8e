package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
)

func newFmtCommand(a *app) *cobra.Command {
	var check, diff bool
	cmd := &cobra.Command{
		Use:   "fmt FILE…",
		Short: "Format scenario files: keys in one order, one style, comments kept",
		Long: `Format scenario files and folders of them in place: keys in the order in which the guide explains them, two blanks of
indent. Comments stay. A file that is no YAML, or that would mean something else afterwards, is left as it is.

Exit codes: 0 formatted · 1 with --check or --diff: a file is not formatted · 2 a file cannot be formatted.`,
		Example: `  relaycheck fmt my-scenario.yaml
  relaycheck fmt --check scenarios/`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := scenarios.Files(args...)
			if err != nil {
				return exit(exitUsage, err)
			}
			changed := 0
			var errs []error
			for _, name := range files {
				different, err := a.formatFile(name, check, diff)
				errs = append(errs, err)
				if different {
					changed++
				}
			}
			if err := errors.Join(errs...); err != nil {
				return exit(exitUsage, err)
			}
			if changed > 0 && (check || diff) {
				return exit(exitBroken, nil)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; list the files that are not formatted and end with 1")
	cmd.Flags().BoolVarP(&diff, "diff", "d", false, "write nothing; show what would change and end with 1 if anything would")
	return cmd
}

// formatFile formats one file, or says what formatting would do to it.
func (a *app) formatFile(name string, check, diff bool) (different bool, err error) {
	src, err := strict.ReadFile(name)
	if err != nil {
		return false, err
	}
	out, err := scenarios.Format(name, src)
	if err != nil || bytes.Equal(src, out) {
		return false, err
	}
	_, _ = fmt.Fprintln(a.out, name)
	if diff {
		_, _ = fmt.Fprint(a.out, lineDiff(string(src), string(out)))
	}
	if check || diff {
		return true, nil
	}
	return true, replaceFile(name, out)
}

// replaceFile writes a file anew, whole or not at all.
func replaceFile(name string, text []byte) (err error) {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// lineDiff shows what changed between two short texts, line by line: the longest common part stays.
func lineDiff(before, after string) string {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	common := make([][]int, len(a)+1) // the length of the longest common part of what is left
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i, was := range slices.Backward(a) {
		for j, is := range slices.Backward(b) {
			if was == is {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out strings.Builder
	line := func(mark, text string) {
		if text != "" {
			out.WriteString(mark + strings.TrimSuffix(text, "\n") + "\n")
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			line("  ", a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			line("- ", a[i])
			i++
		default:
			line("+ ", b[j])
			j++
		}
	}
	return out.String()
}
