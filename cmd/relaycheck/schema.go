package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/schema"
)

func newSchemaCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "List and print the JSON Schemas of the documented editions, and hold what was seen against them",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(newSchemaListCommand(a), newSchemaPrintCommand(a), newSchemaDiffCommand(a))
	return cmd
}

func newSchemaListCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every schema: edition, reading, name and $id",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			files := schema.Files()
			if asJSON {
				return json.NewEncoder(a.out).Encode(map[string]any{"schemas": files})
			}
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			_, _ = fmt.Fprintln(w, "EDITION\tREADING\tNAME\tID") // a failure comes back from Flush
			for _, f := range files {
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Edition, f.Reading, f.Name, f.ID)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func newSchemaPrintCommand(a *app) *cobra.Command {
	var edition, reading string
	cmd := &cobra.Command{
		Use:   "print [NAME]",
		Short: "Print one schema: envelope (the default), source_urls, or the msg of an event",
		Example: `  relaycheck schema print
  relaycheck schema print TaskExit --edition 2022-01 --reading documented`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append([]string{"envelope", "source_urls"}, schema.Events()...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := "envelope"
			if len(args) == 1 {
				name = args[0]
			}
			data, err := findSchema(edition, reading, name)
			if err != nil {
				return exit(exitUsage, err)
			}
			_, err = a.out.Write(data)
			return err
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&edition, "edition", "", "edition (default: the newest): "+editionNames())
	fs.StringVar(&reading, "reading", string(schema.Wire), "wire or documented")
	return cmd
}

// findSchema is the text of one schema. An event's name stands for its msg.
func findSchema(edition, reading, name string) ([]byte, error) {
	e, err := schema.ParseEdition(edition)
	if err != nil {
		return nil, fmt.Errorf("--edition: %w", err)
	}
	if e == schema.Auto {
		all := schema.Editions()
		e = all[len(all)-1]
	}
	r, err := schema.ParseReading(reading)
	if err != nil {
		return nil, fmt.Errorf("--reading: %w", err)
	}
	for _, n := range []string{name, "msg." + name} {
		if data, ok := schema.ReadFile(e, r, n); ok {
			return data, nil
		}
	}
	var names []string
	for _, f := range schema.Files() {
		if f.Edition == e && f.Reading == r {
			names = append(names, f.Name)
		}
	}
	return nil, fmt.Errorf("the %s edition has no schema %q: there are %s", e, name, strings.Join(names, ", "))
}

func editionNames() string { return strings.Join(editionList(), ", ") }
