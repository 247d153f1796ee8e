package shape

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/relaycheck/relaycheck/internal/figures"
	"github.com/relaycheck/relaycheck/schema"
)

// Table writes the shape for people.
func (s Shape) Table(out io.Writer) error {
	w := bufio.NewWriter(out)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	unread := ""
	if s.Unread > 0 {
		unread = fmt.Sprintf(", %s of them not read", figures.Thousands(s.Unread))
	}
	line("The shape of %s%s%s", plural(s.Documents, "document"), unread, fromTo(s.First, s.Last))
	if s.Arrived != nil {
		line("arrived from %s to %s", s.Arrived.From.Format(timeForm), s.Arrived.To.Format(timeForm))
	}
	if s.Interrupted {
		line("The run was interrupted: this is of what was read until then.")
	}
	for i := range s.Kinds {
		k := &s.Kinds[i]
		line("")
		line("%s: %s (%s)%s", k.title(), figures.Thousands(k.Documents), figures.Percent(k.Documents, s.Documents-s.Unread), fromTo(&k.First, &k.Last))
		var rows bytes.Buffer
		t := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(t, "  PATH\tIN\tTYPES\tLENGTH\tVALUES\tNOTES") // a buffer takes all
		for j := range k.Fields {
			f := &k.Fields[j]
			in := "-"
			if f.Documents > 0 {
				in = figures.Percent(f.Documents, k.Documents)
			}
			_, _ = fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", f.Path, in, f.typeWords(), f.lengthWords(), f.valueWords(), f.notes(k))
		}
		_ = t.Flush()
		for row := range strings.Lines(rows.String()) {
			line("%s", strings.TrimRight(row, " \n"))
		}
		if k.Cut != "" {
			line("  %s", k.Cut)
		}
		for _, o := range k.Orders {
			line("  %s", o.words(k))
		}
		for _, m := range k.Written {
			line("  written with %s: %s, in %s", m.Manner, m.Where, figures.Percent(m.Documents, k.Documents))
		}
	}
	if s.EventsCut {
		line("\nThere are more than %d undocumented events: they are summed up as %s", maxEvents, anyName)
	}
	line("")
	if len(s.NeverSeen) == 0 {
		line("All that is documented was seen.")
	} else {
		line("Documented and never seen:")
	}
	for _, n := range s.NeverSeen {
		line("  %s (%s)", n, editionWords(n.Editions))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the shape: %w", err)
	}
	return nil
}

const timeForm = "2006-01-02 15:04:05 UTC"

func fromTo(first, last *Mark) string {
	switch {
	case first == nil || last == nil:
		return ""
	case first.Source == last.Source && first.Offset == last.Offset && first.Within == last.Within:
		return ", " + first.String()
	}
	return fmt.Sprintf(", %s to %s", first, last)
}

// String is the place as editors understand it.
func (m *Mark) String() string {
	s := printable(m.Source) + ":" + strconv.Itoa(m.Line)
	if m.Within != "" {
		s += " (" + printable(m.Within) + ")"
	}
	return s
}

// printable is a text with everything escaped that a terminal would act on.
func printable(s string) string {
	quoted := strconv.Quote(s)
	if inner := quoted[1 : len(quoted)-1]; inner != strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) {
		return inner
	}
	return s
}

func (d *Kind) title() string {
	switch {
	case d.Kind == schema.KindSibling:
		return "sibling " + d.Name
	case d.Kind != schema.KindRelay:
		return "neither a relay callback nor a sibling"
	case d.Name == "":
		return "relay callbacks without a callback_event"
	case d.Name == anyName || strings.HasPrefix(d.Name, "{"):
		return "relay callbacks of other events"
	}
	return d.Name
}

func (f *Field) typeWords() string {
	if len(f.Types) == 1 {
		return f.Types[0].Name
	}
	var words []string
	for _, t := range f.Types {
		words = append(words, t.Name+" "+figures.Percent(t.Count, f.Occurrences))
	}
	return strings.Join(words, ", ")
}

func (f *Field) lengthWords() string {
	l, unit := f.Length, ""
	if l == nil {
		if l, unit = f.Items, " entries"; l != nil && l.Max == 1 && l.Min == 1 {
			unit = " entry"
		}
	}
	switch {
	case l == nil:
		return ""
	case l.Min == l.Max:
		return strconv.Itoa(l.Min) + unit
	}
	return fmt.Sprintf("%d–%d%s", l.Min, l.Max, unit)
}

// fewValues is how many values are told one by one in a table.
const fewValues = 6

func (f *Field) valueWords() string {
	var words []string
	v := f.Values
	if v != nil && !v.More && v.Unlisted == 0 && len(v.List) <= fewValues {
		for _, one := range v.List {
			word := one.Value
			if one.Type == typeNames[typeString] {
				word = strconv.Quote(one.Value)
			}
			if len(v.List) > 1 {
				word += " × " + figures.Thousands(one.Count)
			}
			words = append(words, word)
		}
		return strings.Join(words, ", ")
	}
	if n := f.Numbers; n != nil && n.Min == n.Max && v != nil && v.Distinct == 1 {
		return n.Min
	}
	if n := f.Numbers; n != nil {
		about := ""
		if n.Rounded {
			about = "about "
		}
		words = append(words, fmt.Sprintf("%s%s … %s", about, n.Min, n.Max))
	}
	switch {
	case v != nil && v.More:
		words = append(words, "about "+figures.Thousands(v.Distinct)+" different")
	case v != nil:
		words = append(words, figures.Thousands(v.Distinct)+" different")
	}
	return strings.Join(words, ", ")
}

// notes are the forms, and what is not as usual: that no edition documents it, and where it came if not everywhere.
func (f *Field) notes(k *Kind) string {
	var words []string
	for _, c := range f.Forms {
		word := c.Name
		if c.Count < f.Occurrences {
			word += " " + figures.Percent(c.Count, f.Occurrences)
		}
		words = append(words, word)
	}
	if k.Kind == schema.KindRelay && len(f.Documented) == 0 {
		words = append(words, "undocumented")
	}
	if f.Documents > 0 && f.Documents < k.Documents {
		words = append(words, "first "+f.First.String())
	}
	return strings.Join(words, ", ")
}

func (o *Order) words(k *Kind) string {
	what := "order of names"
	if o.Path != "" {
		what += " in " + strings.Trim(o.Path, "/#")
	}
	names := strings.Join(o.Names, " ")
	if len(o.Names) == 0 {
		names = "none"
	}
	if o.Cut {
		names += " …"
	}
	more := ""
	if o.More {
		more = "; there are more orders"
	}
	return fmt.Sprintf("%s, %s: %s%s", what, figures.Percent(o.Documents, k.Documents), names, more)
}

func editionWords(list []schema.Edition) string {
	if len(list) == len(schema.Editions()) {
		return "every edition"
	}
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = string(e)
	}
	return strings.Join(names, ", ")
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return figures.Thousands(n) + " " + what + "s"
}
