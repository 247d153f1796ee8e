package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func addColorFlag(cmd *cobra.Command, value *string) {
	cmd.Flags().StringVar(value, "color", "auto", "auto, always or never; NO_COLOR and CLICOLOR_FORCE are respected")
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

// useColor decides about colour on standard output: the flag, then NO_COLOR, then CLICOLOR_FORCE and
// FORCE_COLOR, then whether it is a terminal that is not dumb and not CI's.
func (a *app) useColor(flag string) (bool, error) {
	set := func(name string) bool { v, ok := a.env(name); return ok && v != "" && v != "0" }
	switch flag {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, fmt.Errorf("--color %q: must be auto, always or never", flag)
	}
	switch {
	case set("NO_COLOR"):
		return false, nil
	case set("CLICOLOR_FORCE"), set("FORCE_COLOR"):
		return true, nil
	}
	dumb, _ := a.env("TERM")
	return isTerminal(a.out) && dumb != "dumb" && !set("CI"), nil
}

// isTerminal reports whether a stream is one that a person looks at.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth is the width of a terminal in columns, 80 where it is none: what every terminal and every log can show.
func terminalWidth(w io.Writer) int {
	const usual = 80
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width >= 40 {
			return width
		}
	}
	return usual
}

func fileExists(path string) bool {
	info, err := os.Stat(path) //nolint:gosec // the user of a command line names files
	return err == nil && !info.IsDir()
}

// printJSON prints a value for programs, and for people who read what programs get.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// indent puts a prefix before every line.
func indent(text, prefix string) string {
	return prefix + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+prefix)
}
