package shape

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/relaycheck/relaycheck/internal/figures"
)

// JSON writes the difference as one document.
func (d Difference) JSON(out io.Writer) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return fmt.Errorf("write the difference: %w", err)
	}
	return nil
}

// Text writes the difference for people.
func (d Difference) Text(out io.Writer) error {
	w := bufio.NewWriter(out)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	if d.Interrupted {
		line("The shape is of a part of the capture: the run that gathered it was interrupted.")
	}
	if len(d.Departures) > 0 {
		line("What came and is not documented (%s reading):", d.Reading)
	}
	for _, one := range d.Departures {
		line("  %s", one)
	}
	if d.Omitted > 0 {
		line("  … and %d more in a smaller share of the callbacks than asked for", d.Omitted)
	}
	if len(d.NeverSeen) > 0 {
		line("What is documented and never came:")
	}
	for _, n := range d.NeverSeen {
		line("  %s (%s)", n, editionWords(n.Editions))
	}
	for _, p := range d.Patches {
		line("Patch of schema/editions/%s%s:", p.File, map[bool]string{true: ", which is new"}[p.New])
		for i, op := range p.Ops {
			open, end := " ", ","
			if i == 0 {
				open = "["
			}
			if i == len(p.Ops)-1 {
				end = "]"
			}
			line("  %s%s%s", open, compact(op), end)
		}
	}
	line("%s", d.closing())
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the difference: %w", err)
	}
	return nil
}

func (d Difference) closing() string {
	against := "all editions"
	if d.Edition != "auto" {
		against = "edition " + d.Edition
	}
	unpatched := 0
	for _, one := range d.Departures {
		if !one.Patched {
			unpatched++
		}
	}
	s := fmt.Sprintf("%s against %s: %s, %d documented and never seen", plural(d.Relay, "relay callback"), against, plural(int64(len(d.Departures)), "departure"), len(d.NeverSeen))
	if len(d.Patches) > 0 {
		s += fmt.Sprintf(", %s of edition %s to patch", plural(int64(len(d.Patches)), "schema"), d.Against)
	}
	if unpatched > 0 {
		s += fmt.Sprintf(", %d without a patch", unpatched)
	}
	return s
}

// String says it in a line.
func (d Departure) String() string {
	s := fmt.Sprintf("%s: in %s of %s", d.Message, figures.Percent(d.Seen, d.Of), figures.Thousands(d.Of))
	if d.Event != "" {
		s += " " + d.Event
	}
	if d.Seen < d.Of {
		s += fmt.Sprintf(" (%s)", figures.Thousands(d.Seen))
	}
	if d.First != nil {
		s += ", first " + d.First.String()
	}
	if len(d.Elsewhere) > 0 {
		s += "; documented in " + editionWords(d.Elsewhere)
	}
	if !d.Patched {
		s += "; " + d.unpatched()
	}
	return s
}

// unpatched says why a departure needs no patch, or can have none.
func (d *Departure) unpatched() string {
	switch {
	case d.What == whatNumber, d.What == whatText:
		return "schemas have no words for it"
	case strings.HasPrefix(d.Detail, "{") || strings.Contains(d.Path, "{"):
		return "its names are data"
	}
	return "its values are listed"
}

// compact is a value as JSON in one line.
func compact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // what a patch has can be encoded
	return strings.TrimSpace(b.String())
}
