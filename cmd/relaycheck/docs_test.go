package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relaycheck/relaycheck/scenarios"
)

//go:generate go test -run ^TestThe(References|ManPages)AreCurrent$ -update .

const repoRoot = "../.."

// TestTheReferencesAreCurrent compares docs/cli.md and docs/requirements.md with what the command tree and the catalogue say.
// With -update it writes them.
func TestTheReferencesAreCurrent(t *testing.T) {
	t.Parallel()
	requirements, err := requirementsPage()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"cli.md": commandsPage(), "requirements.md": requirements} {
		path := filepath.Join(repoRoot, "docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: make it with `go generate ./cmd/relaycheck`", err)
		}
		if diff := gocmp.Diff(want, string(got)); diff != "" {
			t.Errorf("docs/%s is not current, make it anew with `go generate ./cmd/relaycheck` (-want +got):\n%s", name, diff)
		}
	}
}

// commandsPage is the reference of all commands, made of the command tree.
func commandsPage() string {
	root := newRootCommand(&app{in: strings.NewReader(""), out: io.Discard, err: io.Discard, env: func(string) (string, bool) { return "", false }})
	root.InitDefaultCompletionCmd()
	var all []*cobra.Command
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" || c.HasParent() && c.Parent().Name() == "completion" {
			return
		}
		all = append(all, c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	var b strings.Builder
	b.WriteString("# Command line\n\n<!-- Made by `go generate ./cmd/relaycheck`; do not edit. -->\n\n")
	b.WriteString("| command | what it does |\n| --- | --- |\n")
	for _, c := range all[1:] {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", c.CommandPath(), strings.ReplaceAll(c.CommandPath(), " ", "-"), strings.ReplaceAll(c.Short, "|", `\|`))
	}
	b.WriteString("\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n")
	for _, code := range []int{exitOK, exitBroken, exitUsage, exitEnvironment, exitInconclusive, exitInterrupted} {
		fmt.Fprintf(&b, "| %d | %s |\n", code, exitCodes[code])
	}
	b.WriteString("\n## Environment\n\nEvery flag can also be set through the environment: `--report-dir` is `RELAYCHECK_REPORT_DIR`. The command line comes first.\n")
	b.WriteString("`NO_COLOR`, `CLICOLOR_FORCE` and `CI` are respected. In a GitHub job `run` and `demo` append to `GITHUB_STEP_SUMMARY` and write annotations.\n")
	for _, c := range all[1:] {
		commandSection(&b, c)
	}
	return b.String()
}

func commandSection(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n", c.CommandPath())
	if c.Runnable() {
		fmt.Fprintf(b, "```text\n%s\n```\n\n", c.UseLine())
	}
	b.WriteString(strings.TrimSpace(cmp.Or(c.Long, c.Short)) + "\n")
	if c.Name() == "completion" {
		b.WriteString("\nThe shells are bash, fish, powershell and zsh.\n")
		return
	}
	if c.Example != "" {
		fmt.Fprintf(b, "\n```text\n%s\n```\n", strings.TrimRight(strings.ReplaceAll("\n"+c.Example, "\n  ", "\n"), "\n")[1:])
	}
	rows := 0
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		if rows++; rows == 1 {
			b.WriteString("\n| flag | value | what it does |\n| --- | --- | --- |\n")
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		if d := f.DefValue; d != "" && d != "false" && d != "0" && d != "[]" && !strings.Contains(usage, "default") {
			usage += " (default " + d + ")"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, value, strings.ReplaceAll(usage, "|", `\|`))
	})
}

// requirementsPage is the catalogue for readers: one heading, and so one anchor, for each requirement.
func requirementsPage() (string, error) {
	catalogue, err := scenarios.LoadCatalogue()
	if err != nil {
		return "", err
	}
	list, err := scenarios.Shipped()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Requirements\n\n<!-- Made by `go generate ./cmd/relaycheck` of scenarios/requirements.yaml; do not edit. -->\n\n")
	b.WriteString("A MUST that breaks makes a run fail; a SHOULD is a warning, unless `--strict`. *documented* is what the vendor's page says, *derived* what\nfollows from it, *defensive* what a receiver needs against the rest of the world.\n\n")
	b.WriteString("| requirement | level | a right receiver … |\n| --- | --- | --- |\n")
	for _, r := range catalogue.Requirements {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, strings.ToLower(r.ID), r.Level, tableCell(r.Sentence))
	}
	for _, r := range catalogue.Requirements {
		fmt.Fprintf(&b, "\n## %s\n\n**%s** %s\n\n- Profile: %s\n- Basis: %s\n- Source: %s\n", r.ID, r.Level, escaped(r.Sentence), r.Profile, r.Basis, escaped(r.Source))
		if r.Ruling != "" {
			fmt.Fprintf(&b, "- Ruling: %s\n", escaped(r.Ruling))
		}
		fmt.Fprintf(&b, "- Hint: %s\n", escaped(r.Hint))
		var needs []string
		for _, n := range r.NeedsAll {
			needs = append(needs, "`"+n+"`")
		}
		if len(r.NeedsAny) > 0 {
			needs = append(needs, "one of `"+strings.Join(r.NeedsAny, "`, `")+"`")
		}
		if len(needs) > 0 {
			fmt.Fprintf(&b, "- Has to be observable: %s\n", strings.Join(needs, ", "))
		}
		var links []string
		for _, s := range list {
			if s.Exercises(r.ID) {
				links = append(links, fmt.Sprintf("[%s](../scenarios/%s/%s.yaml)", s.ID, s.Profile, s.ID))
			}
		}
		if len(links) > 0 {
			slices.Sort(links)
			fmt.Fprintf(&b, "- Scenarios: %s\n", strings.Join(links, ", "))
		}
	}
	return b.String(), nil
}

func escaped(s string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`, "_", `\_`, "\n", " ").Replace(strings.TrimSpace(s))
}

func tableCell(s string) string { return strings.ReplaceAll(escaped(s), "|", `\|`) }

// TestTheReferenceNamesEveryCommand guards the generator itself.
func TestTheReferenceNamesEveryCommand(t *testing.T) {
	t.Parallel()
	page := []byte(commandsPage())
	for _, name := range []string{"run", "demo", "report", "diff", "validate", "new", "fmt", "lint", "emit", "play", "schema print"} {
		if !bytes.Contains(page, []byte("\n## relaycheck "+name+"\n")) {
			t.Errorf("there is no section about %s", name)
		}
	}
}
