package validate

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/relaycheck/relaycheck/schema"
)

// textWriter writes findings as compilers do, so that editors find the place, and sums up what is too much to read.
type textWriter struct {
	out    *bufio.Writer
	max    int
	all    bool
	shown  int
	hidden int
	groups map[group]int // all findings, by what they are about

	closing string // what came of following lives; empty if they were not
}

// A group is what findings have in common. The pointer is left out once there are too many: unknown fields may have a
// million names.
type group struct {
	severity schema.Verdict
	code     string
	pointer  string
}

// maxGroups is how many groups are told apart by their pointer.
const maxGroups = 200

func (w *textWriter) record(rec *Record) error {
	if rec.Verdict == schema.OK {
		w.fine(rec)
	}
	for i := range rec.Violations {
		v := &rec.Violations[i]
		w.count(v)
		if w.max > 0 && w.shown >= w.max {
			w.hidden++
			continue
		}
		w.shown++
		pointer := ""
		if v.Pointer != "" {
			pointer = " " + printable(v.Pointer)
		}
		_, _ = fmt.Fprintf(w.out, "%s:%d: %s %s%s: %s\n", printable(rec.Source), v.Line, v.Severity, v.Code, pointer, printable(v.Message))
	}
	w.hidden += rec.Omitted
	return flush(w.out)
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
	_, _ = fmt.Fprintf(w.out, "%s:%d: ok %s%s\n", printable(rec.Source), rec.Line, what, fits)
}

func (w *textWriter) count(v *Violation) {
	g := group{v.Severity, v.Code, v.Pointer}
	if _, known := w.groups[g]; !known && len(w.groups) >= maxGroups {
		g.pointer = ""
	}
	w.groups[g]++
}

func (w *textWriter) end(sum Summary, skipped []string) error {
	if w.hidden > 0 {
		_, _ = fmt.Fprintf(w.out, "… and %d more findings (--max-errors 0 shows all). All of them, by kind:\n", w.hidden)
		w.table()
	}
	if sum.Skipped > 0 {
		names := make([]string, len(skipped))
		for i, s := range skipped {
			names[i] = printable(s)
		}
		more := ""
		if sum.Skipped > len(skipped) {
			more = ", …"
		}
		_, _ = fmt.Fprintf(w.out, "%s left out, not being .json, .ndjson or .jsonl (name a file to have it read): %s%s\n",
			count(sum.Skipped, "file", "files"), strings.Join(names, ", "), more)
	}
	_, _ = fmt.Fprintf(w.out, "%s: %d ok, %s, %s, %d unreadable", count(sum.Documents, "document", "documents"), sum.OK,
		count(sum.Warnings, "warning", "warnings"), count(sum.Errors, "error", "errors"), sum.Unreadable)
	if sum.Siblings > 0 {
		_, _ = fmt.Fprintf(w.out, " · %s", count(sum.Siblings, "sibling", "siblings"))
	}
	_, _ = fmt.Fprintln(w.out)
	if w.closing != "" {
		_, _ = fmt.Fprintln(w.out, w.closing)
	}
	return flush(w.out)
}

// table lists the groups, errors first, the frequent first.
func (w *textWriter) table() {
	keys := slices.SortedFunc(maps.Keys(w.groups), func(a, b group) int {
		return cmp.Or(cmp.Compare(a.severity, b.severity), cmp.Compare(w.groups[b], w.groups[a]), cmp.Compare(a.code, b.code), cmp.Compare(a.pointer, b.pointer))
	})
	const most = 20 // a screen
	for i, g := range keys {
		if i == most {
			_, _ = fmt.Fprintf(w.out, "  … and %d more kinds\n", len(keys)-most)
			break
		}
		code, _ := Explain(g.code)
		pointer := ""
		if g.pointer != "" {
			pointer = " " + printable(g.pointer)
		}
		_, _ = fmt.Fprintf(w.out, "%8d × %-7s %s%s: %s\n", w.groups[g], g.severity, g.code, pointer, code.Title)
	}
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
