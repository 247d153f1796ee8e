package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// schemaDiffFlags are the flags of schema diff as the user writes them.
type schemaDiffFlags struct {
	shape, edition, reading, format, write string
	minShare                               float64
}

func newSchemaDiffCommand(a *app) *cobra.Command {
	var f schemaDiffFlags
	cmd := &cobra.Command{
		Use:   "diff --shape FILE",
		Short: "Tell what production does that no edition documents, and propose the patch of the schemas",
		Long: `Diff holds the shape of a capture, as 'relaycheck validate --shape FILE' writes it, against the documented editions: events,
members, types and values that came and are not documented, members that are required and were missing, numbers that no
page can mean; and the other way, what is documented and never came.

For what came it proposes a JSON Patch (RFC 6902) of each schema that would let it pass. With --write the patched schemas
are written to a folder, laid out as schema/editions is. A patch says what was seen, not what the vendor promises: what
production does once may be a mistake. --min-share leaves out what is rare.

Without --edition only what no edition documents is a departure, and the newest edition is patched. With --reading wire the
schemas of what tables or samples show are patched; lists of values are in the documented reading alone, and are patched
there.

Exit codes: 0 nothing departs · 1 something does · 2 usage · 4 there is no relay callback in the shape.`,
		Example: `  relaycheck validate --shape shape.json captures/
  relaycheck schema diff --shape shape.json
  relaycheck schema diff --shape shape.json --edition 2022-01 --min-share 0.01 --format json
  relaycheck schema diff --shape shape.json --write patched/`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.schemaDiff(f) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.shape, "shape", "", "the shape, as 'relaycheck validate --shape FILE' writes it; - is the standard input (required)")
	fs.StringVar(&f.edition, "edition", "auto", "hold it against this edition: auto, "+editionNames())
	fs.StringVar(&f.reading, "reading", string(schema.Wire), "wire (what tables or samples show) or documented (the tables' types)")
	fs.StringVar(&f.format, "format", "text", "text or json")
	fs.Float64Var(&f.minShare, "min-share", 0, "leave out what came in a smaller share of the callbacks, from 0 to 1")
	fs.StringVar(&f.write, "write", "", "folder to write the patched schemas to")
	fixed := func(values ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	_ = cmd.MarkFlagFilename("shape", "json")
	_ = cmd.MarkFlagDirname("write")
	_ = cmd.RegisterFlagCompletionFunc("edition", fixed(append([]string{"auto"}, editionList()...)...))
	_ = cmd.RegisterFlagCompletionFunc("reading", fixed(string(schema.Wire), string(schema.Documented)))
	_ = cmd.RegisterFlagCompletionFunc("format", fixed("text", "json"))
	return cmd
}

// options checks the flags and makes the library's options of them.
func (f schemaDiffFlags) options() (o shape.DiffOptions, err error) {
	if f.shape == "" {
		return o, errors.New("--shape is missing: name the file that 'relaycheck validate --shape FILE' wrote")
	}
	if o.Edition, err = schema.ParseEdition(f.edition); err != nil {
		return o, fmt.Errorf("--edition: %w", err)
	}
	if o.Reading, err = schema.ParseReading(f.reading); err != nil {
		return o, fmt.Errorf("--reading: %w", err)
	}
	if f.format != "text" && f.format != "json" {
		return o, fmt.Errorf("--format: no format %q: there are text, json", f.format)
	}
	if !(f.minShare >= 0 && f.minShare <= 1) {
		return o, fmt.Errorf("--min-share: %v is not between 0 and 1", f.minShare)
	}
	o.MinShare = f.minShare
	return o, nil
}

func (a *app) schemaDiff(f schemaDiffFlags) error {
	opts, err := f.options()
	if err != nil {
		return exit(exitUsage, err)
	}
	var observed shape.Shape
	err = a.reading(f.shape, func(r io.Reader) (err error) {
		observed, err = shape.Read(r)
		return err
	})
	if err != nil {
		return exit(exitUsage, err)
	}
	d, err := shape.Diff(observed, opts)
	switch {
	case errors.Is(err, shape.ErrNoRelay):
		return exit(exitInconclusive, err)
	case err != nil:
		return exit(exitUsage, err)
	}
	if f.write != "" {
		if err := writePatched(f.write, d.Patches); err != nil {
			return exit(exitEnvironment, fmt.Errorf("--write: %w", err))
		}
	}
	tell := d.Text
	if f.format == "json" {
		tell = d.JSON
	}
	if err := tell(a.out); err != nil {
		return exit(exitEnvironment, err)
	}
	if len(d.Departures) > 0 {
		return exit(exitBroken, nil)
	}
	return nil
}

// writePatched writes the patched schemas to a folder.
func writePatched(folder string, patches []shape.FilePatch) error {
	for _, p := range patches {
		text, err := p.Apply()
		if err != nil {
			return err
		}
		name := filepath.Join(folder, filepath.FromSlash(p.File))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
