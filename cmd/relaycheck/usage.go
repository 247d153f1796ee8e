package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is the width of help in columns: what every terminal can show.
const helpWidth = 80

// flagMistake adds to what pflag says of a flag: the nearest one that there is, and where all of them stand.
func flagMistake(cmd *cobra.Command, err error) error {
	near := ""
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if name := nearestName(unknown.GetSpecifiedName(), names); name != "" && unknown.GetSpecifiedShortnames() == "" {
			near = fmt.Sprintf(": did you mean --%s?", name)
		}
	}
	return fmt.Errorf("%w%s\nSee '%s --help'", err, near, cmd.CommandPath())
}

// sayWhatIsMissing makes commands that want arguments say which, instead of cobra's "accepts 1 arg(s), received 0".
func sayWhatIsMissing(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		sayWhatIsMissing(c)
	}
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		if err == nil || !strings.Contains(err.Error(), "arg(s)") {
			return err
		}
		what := "an argument is missing"
		for n := range args {
			if check(cmd, args[:n]) == nil { // fewer would do
				what = fmt.Sprintf("%q is one argument too many", args[n])
				break
			}
		}
		return fmt.Errorf("%s: %s\nSee '%s --help'", what, cmd.UseLine(), cmd.CommandPath())
	}
}

// flagUsages is the part of cobra's usage that lists flags, without a width.
var flagUsages = regexp.MustCompile(`\.(Local|Inherited)Flags\.FlagUsages\b`)

// narrowHelp keeps help within helpWidth: the flags, and the paragraphs of the long text.
func narrowHelp(root *cobra.Command) {
	root.SetUsageTemplate(flagUsages.ReplaceAllString(root.UsageTemplate(), fmt.Sprintf(".${1}Flags.FlagUsagesWrapped %d", helpWidth)))
	usual := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		whole := cmd.Long
		cmd.Long = paragraphs(cmp.Or(whole, cmd.Short), helpWidth)
		usual(cmd, args)
		cmd.Long = whole
	})
}

// paragraphs breaks each paragraph of a text anew. One with an indented line is a table or a command, and stays as it is.
func paragraphs(text string, width int) string {
	parts := strings.Split(strings.TrimSpace(text), "\n\n")
	for i, p := range parts {
		if !strings.Contains("\n"+p, "\n ") {
			parts[i] = wrap(p, width)
		}
	}
	return strings.Join(parts, "\n\n")
}
