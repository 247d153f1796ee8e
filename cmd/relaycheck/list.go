package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/scenarios"
)

// listing is what list --json prints.
type listing struct {
	Scenarios    []listedScenario    `json:"scenarios"`
	Requirements []listedRequirement `json:"requirements"`
}

type listedScenario struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	File     string   `json:"file"`
	Profile  string   `json:"profile"`
	Requires []string `json:"requires"`
	Labels   []string `json:"labels"`
}

type listedRequirement struct {
	ID        string          `json:"id"`
	Level     scenarios.Level `json:"level"`
	Profile   string          `json:"profile"`
	Sentence  string          `json:"sentence"`
	Basis     string          `json:"basis"`
	Source    string          `json:"source"`
	Scenarios []string        `json:"scenarios"`
}

func newListCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [scenarios|requirements] [FILE…]",
		Short: "List scenarios and requirements, and which exercises which",
		Long: `List the shipped scenarios (or those of the given files and folders) and the requirements of the catalogue, with
the scenarios that exercise each. Nothing is played.`,
		RunE: func(_ *cobra.Command, args []string) error {
			what := ""
			if len(args) > 0 && (args[0] == "scenarios" || args[0] == "requirements") {
				what, args = args[0], args[1:]
			}
			l, err := makeListing(args)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(a.out, l)
			}
			if what != "requirements" {
				a.printScenarios(l.Scenarios)
			}
			if what == "" {
				_, _ = fmt.Fprintln(a.out)
			}
			if what != "scenarios" {
				a.printRequirements(l.Requirements)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func makeListing(args []string) (listing, error) {
	list, ids, err := loadScenarios(args)
	if err != nil {
		return listing{}, err
	}
	cat, err := scenarios.LoadCatalogue()
	if err != nil {
		return listing{}, exit(exitEnvironment, err)
	}
	l := listing{Scenarios: []listedScenario{}, Requirements: []listedRequirement{}}
	exercised := map[string][]string{}
	for _, sc := range list {
		if len(ids) > 0 && !slices.Contains(ids, sc.ID) {
			continue
		}
		l.Scenarios = append(l.Scenarios, listedScenario{
			ID: sc.ID, Title: sc.Title, File: sc.File, Profile: sc.Profile,
			Requires: append([]string{}, sc.Requires...), Labels: append([]string{}, sc.Labels...),
		})
		for _, id := range sc.Requires {
			exercised[id] = append(exercised[id], sc.ID)
		}
	}
	for _, r := range cat.Requirements {
		l.Requirements = append(l.Requirements, listedRequirement{
			ID: r.ID, Level: r.Level, Profile: r.Profile, Sentence: r.Sentence, Basis: r.Basis, Source: r.Source,
			Scenarios: append([]string{}, exercised[r.ID]...),
		})
	}
	return l, nil
}

func (a *app) printScenarios(list []listedScenario) {
	width := 0
	for _, sc := range list {
		width = max(width, len(sc.ID))
	}
	for _, sc := range list {
		a.printFitting(fmt.Sprintf("%-*s  %-10s", width, sc.ID, sc.Profile), fmt.Sprintf("%s [%s]", sc.Title, strings.Join(sc.Requires, " ")))
	}
	_, _ = fmt.Fprintf(a.out, "%d scenarios\n", len(list))
}

func (a *app) printRequirements(list []listedRequirement) {
	unproven := 0
	for _, r := range list {
		by := fmt.Sprintf("%d scenarios", len(r.Scenarios))
		switch len(r.Scenarios) {
		case 0:
			by = "unproven: no scenario"
			unproven++
		case 1:
			by = r.Scenarios[0]
		}
		a.printFitting(fmt.Sprintf("%-7s  %-6s", r.ID, r.Level), fmt.Sprintf("%s (%s)", r.Sentence, by))
	}
	_, _ = fmt.Fprintf(a.out, "%d requirements, %d unproven\n", len(list), unproven)
}

// printFitting prints a head and a text on one line. On a terminal that is too narrow for both the text goes below,
// indented and broken between words; elsewhere a line stays one, for grep.
func (a *app) printFitting(head, body string) {
	line := head + "  " + body
	if width := terminalWidth(a.out); isTerminal(a.out) && text.StringWidth(line) > width {
		const margin = "    "
		line = strings.TrimRight(head, " ") + "\n" + indent(text.WrapSoft(body, width-len(margin)), margin)
	}
	_, _ = fmt.Fprintln(a.out, line)
}
