package validate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/relaycheck/relaycheck/internal/figures"
	"github.com/relaycheck/relaycheck/schema"
)

// textWriter writes findings as compilers do, so that editors find the place, and sums up what is too much to read.
type textWriter struct {
	sink
	max    int
	all    bool
	shown  int
	hidden int

	closing string // what came of following lives; empty if they were not
}

func (w *textWriter) record(rec *Record) error {
	if rec.Verdict == schema.OK {
		w.fine(rec)
	}
	for i := range rec.Violations {
		v := &rec.Violations[i]
		if w.max > 0 && w.shown >= w.max {
			w.hidden++
			continue
		}
		w.shown++
		pointer := ""
		if v.Pointer != "" {
			pointer = " " + printable(v.Pointer)
		}
		_, _ = fmt.Fprintf(w.out, "%s:%d%s: %s %s%s: %s%s\n", printable(rec.Source), v.Line, within(rec), v.Severity, v.Code, pointer, printable(v.Message), decoded(v))
	}
	w.hidden += rec.Omitted
	return nil
}

// within says where in its line or file a body was, where the place alone does not tell.
func within(rec *Record) string {
	if rec.Within == "" {
		return ""
	}
	return " (" + printable(cut(rec.Within, maxPointer)) + ")"
}

// decoded says where a finding is in a body that was decoded: the line is only where that begins, which is all where the
// finding is about the whole of it.
func decoded(v *Violation) string {
	if v.Decoded == nil || *v.Decoded == 0 {
		return ""
	}
	return fmt.Sprintf(" (at offset %d of the decoded body)", *v.Decoded)
}

// fine is the line of a document with nothing against it.
func (w *textWriter) fine(rec *Record) {
	what := printable(rec.Event)
	if rec.Kind == schema.KindSibling {
		what = "sibling " + what
	}
	fits := ""
	if len(rec.Editions) > 0 {
		names := make([]string, len(rec.Editions))
		for i, e := range rec.Editions {
			names[i] = string(e)
		}
		fits = " (" + strings.Join(names, ", ") + ")"
	}
	_, _ = fmt.Fprintf(w.out, "%s:%d%s: ok %s%s\n", printable(rec.Source), rec.Line, within(rec), what, fits)
}

func (w *textWriter) end(e *ending) error {
	repeated := false
	for _, g := range e.groups {
		repeated = repeated || g.Findings > 1
	}
	switch {
	case w.hidden > 0:
		_, _ = fmt.Fprintf(w.out, "… and %d more findings (--max-errors 0 shows all). All of them, by kind:\n", w.hidden)
	case repeated:
		_, _ = fmt.Fprintln(w.out, "All findings, by kind:")
	}
	if w.hidden > 0 || repeated {
		w.kinds(e)
	}
	if e.sum.Skipped > 0 {
		names := make([]string, len(e.skipped))
		for i, s := range e.skipped {
			names[i] = printable(s)
		}
		more := ""
		if e.sum.Skipped > len(e.skipped) {
			more = ", …"
		}
		_, _ = fmt.Fprintf(w.out, "%s left out, being hidden, no file or not %s (name it to have it read): %s%s\n",
			count(e.sum.Skipped, "entry of folders", "entries of folders"), anyOf(e.endings), strings.Join(names, ", "), more)
	}
	w.inputs(e)
	for _, line := range e.editions.lines() {
		_, _ = fmt.Fprintln(w.out, line)
	}
	_, _ = fmt.Fprintln(w.out, closing(e.sum))
	if w.closing != "" {
		_, _ = fmt.Fprintln(w.out, w.closing)
	}
	return w.flush()
}

// closing is the line that sums up.
func closing(sum Summary) string {
	line := fmt.Sprintf("%s: %d ok, %s, %s, %d unreadable", count(sum.Documents, "document", "documents"), sum.OK,
		count(sum.Warnings, "warning", "warnings"), count(sum.Errors, "error", "errors"), sum.Unreadable)
	if sum.Siblings > 0 {
		line += " · " + count(sum.Siblings, "sibling", "siblings")
	}
	return line
}

// kinds lists the groups of findings, errors first, the frequent first: a screen of them.
func (w *textWriter) kinds(e *ending) {
	const most = 20
	for i, g := range e.groups {
		if i == most {
			_, _ = fmt.Fprintf(w.out, "  … and %d more kinds (--format json has them all)\n", len(e.groups)-most)
			break
		}
		_, _ = fmt.Fprintf(w.out, "%8s × %-7s %s\n", figures.Thousands(g.Findings), g.Severity, g.line())
	}
	if e.folded {
		_, _ = fmt.Fprintf(w.out, "  There are more than %d kinds: beyond them they are told apart by their code alone.\n", maxGroups)
	}
}

// line says what the findings of a group have in common, and where the first is.
func (g *Group) line() string {
	pointer := ""
	if g.Pointer != "" {
		pointer = " " + printable(g.Pointer)
	}
	return fmt.Sprintf("%s%s: %s, first at %s:%d", g.Code, pointer, printable(g.Message), printable(g.First.Source), g.First.Line)
}

// anyOf strings words together.
func anyOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// printable is a text with everything escaped that a terminal would act on: names of fields and files are the sender's.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	quoted := strconv.QuoteToGraphic(s)
	return quoted[1 : len(quoted)-1]
}
