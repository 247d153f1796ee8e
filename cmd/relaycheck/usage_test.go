package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// TestHelpFitsATerminal prints the help of every command. Examples and the line of usage are to be copied, so they stay whole.
func TestHelpFitsATerminal(t *testing.T) {
	t.Parallel()
	var names []string
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		names = append(names, strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "relaycheck"), " "))
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRootCommand(&app{}))
	for _, name := range names {
		if strings.HasPrefix(name, "completion") {
			continue // cobra's own
		}
		var out bytes.Buffer
		root := newRootCommand(&app{out: &out, err: &out})
		root.SetArgs(append(strings.Fields(name), "--help"))
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Fatalf("%s --help: %v", name, err)
		}
		text, flags, _ := strings.Cut(out.String(), "\nUsage:\n")
		if _, after, ok := strings.Cut(flags, "\nFlags:\n"); ok {
			text += after
		}
		for l := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(l, "\n")); n > helpWidth && !strings.HasPrefix(l, "  ") {
				t.Errorf("relaycheck %s --help has a line of %d columns: %s", name, n, l)
			}
		}
	}
}

func TestParagraphsAreBrokenAnewAndTablesAreNot(t *testing.T) {
	t.Parallel()
	const text = "one two\nthree four\n\n  a table   stays\n  as it    is\n\nfive six seven"
	const want = "one two three\nfour\n\n  a table   stays\n  as it    is\n\nfive six seven"
	if got := paragraphs(text, 14); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
