package validate

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/relaycheck/relaycheck/internal/figures"
)

// The bounds of the table of inputs: two screens of rows, and names that leave room for the numbers.
const (
	maxRows = 40
	maxName = 48 // columns
)

// inputs tells of each input, where there are several, and where all that was read went.
func (w *textWriter) inputs(e *ending) {
	if len(e.inputs)+e.more > 1 {
		w.table(e)
	}
	for _, n := range e.notes {
		_, _ = fmt.Fprintln(w.out, printable(n))
	}
	if several := len(e.inputs)+e.more > 1; e.blank > 0 && !e.incomplete && (several || e.sum.Unreadable > 0) {
		word := "lines"
		if e.lines+e.blank == 1 {
			word = "line"
		}
		_, _ = fmt.Fprintf(w.out, "%s %s = %s of documents + %s without one\n", figures.Thousands(e.lines+e.blank), word, figures.Thousands(e.lines), figures.Thousands(e.blank))
	}
	if e.sum.Unreadable > 0 {
		_, _ = fmt.Fprintf(w.out, "%s read = %s judged + %s refused\n", figures.Thousands(e.sum.Documents), figures.Thousands(e.sum.Documents-e.sum.Unreadable), figures.Thousands(e.sum.Unreadable))
	}
}

// table has a row for each input, and the total. Where there are too many, those with something against them come first.
func (w *textWriter) table(e *ending) {
	list, left := rowsOf(e.inputs)
	left += e.more
	rows := [][]string{{"input", "read", "judged", "refused", "ok", "warnings", "errors", "fits"}}
	for _, in := range list {
		rows = append(rows, row(shorten(printable(in.Source)), in, fits(in)))
	}
	s := e.sum
	rows = append(rows, row("total", Input{
		Documents: s.Documents, Judged: s.Documents - s.Unreadable, Refused: s.Unreadable, OK: s.OK, Warnings: s.Warnings, Errors: s.Errors,
	}, ""))
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for i, r := range rows {
		if i == len(rows)-1 && left > 0 {
			_, _ = fmt.Fprintf(w.out, "… and %s more inputs\n", figures.Thousands(left))
		}
		var b strings.Builder
		for k, cell := range r {
			fill := strings.Repeat(" ", widths[k]-columns(cell))
			switch {
			case k == 0:
				b.WriteString(cell + fill)
			case k == len(r)-1:
				b.WriteString("  " + cell)
			default:
				b.WriteString("  " + fill + cell)
			}
		}
		_, _ = fmt.Fprintln(w.out, strings.TrimRight(b.String(), " "))
	}
}

// rowsOf are the inputs that have a row, in their order, and how many have none.
func rowsOf(list []Input) (rows []Input, left int) {
	if len(list) <= maxRows {
		return list, 0
	}
	good := 0
	for _, in := range list {
		if in.OK == in.Documents {
			good++
		}
	}
	room := max(maxRows-(len(list)-good), 0) // for those with nothing against them
	for _, in := range list {
		fine := in.OK == in.Documents
		if len(rows) == maxRows || fine && room == 0 {
			left++
			continue
		}
		if fine {
			room--
		}
		rows = append(rows, in)
	}
	return rows, left
}

func row(name string, in Input, fits string) []string {
	cells := []string{name}
	for _, n := range []int{in.Documents, in.Judged, in.Refused, in.OK, in.Warnings, in.Errors} {
		cells = append(cells, figures.Thousands(n))
	}
	return append(cells, fits)
}

// fits says which editions fit all of an input's relay callbacks.
func fits(in Input) string {
	switch {
	case in.Relay == 0:
		return ""
	case len(in.Editions) == 0:
		return "none"
	case len(in.Editions) == len(editions):
		return "each"
	}
	names := make([]string, len(in.Editions))
	for i, e := range in.Editions {
		names[i] = string(e)
	}
	return strings.Join(names, ", ")
}

func columns(s string) int { return text.StringWidthWithoutEscSequences(s) }

// shorten takes the beginning off a long name: its end says more.
func shorten(name string) string {
	if columns(name) <= maxName {
		return name
	}
	runes := []rune(name)
	for columns(string(runes)) >= maxName {
		runes = runes[1:]
	}
	return "…" + string(runes)
}
