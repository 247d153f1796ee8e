package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/validate"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
	"github.com/relaycheck/relaycheck/suite/report"
)

// Completions of names that only the program knows. Cobra writes the scripts (relaycheck completion SHELL).

func completeScenarios(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	list, err := scenarios.Shipped()
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var out []string
	for _, sc := range list {
		if strings.HasPrefix(sc.ID, prefix) {
			out = append(out, sc.ID+"\t"+sc.Title)
		}
	}
	return out, cobra.ShellCompDirectiveDefault // files are scenarios too
}

func completeIDs(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if cat, err := scenarios.LoadCatalogue(); err == nil {
		for _, r := range cat.Requirements {
			if strings.HasPrefix(r.ID, strings.ToUpper(prefix)) {
				out = append(out, r.ID+"\t"+r.Sentence)
			}
		}
	}
	for _, c := range validate.Codes() {
		if strings.HasPrefix(c.ID, strings.ToUpper(prefix)) {
			out = append(out, c.ID+"\t"+c.Title)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func completeEvents(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return schema.Events(), cobra.ShellCompDirectiveNoFileComp
}

func completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return scenarios.Profiles(), cobra.ShellCompDirectiveNoFileComp
}

func completeFormats(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return report.Formats(), cobra.ShellCompDirectiveNoFileComp
}
