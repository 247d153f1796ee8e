// Package section puts sections into a Markdown document, so that several programs can write one: each its own section,
// and none loses what the others wrote.
package section

import "strings"

// Peers is the section of BENCH.md that compares the validation of captures with other validators.
const Peers = "Validation beside its peers"

// mark begins the heading of a section, and ends the section before it.
const mark = "## "

// Find is the text of a section without its heading; "" where the document has none of that name.
func Find(doc, name string) string {
	from, to := place(doc, name)
	if from == to {
		return ""
	}
	_, text, _ := strings.Cut(doc[from:to], "\n")
	return strings.Trim(text, "\n")
}

// Replace is the document with a section's text in place of what it was. A section that is not there yet comes last.
func Replace(doc, name, text string) string {
	from, to := place(doc, name)
	parts := []string{doc[:from], mark + name + "\n\n" + text, doc[to:]}
	for i := range parts {
		parts[i] = strings.Trim(parts[i], "\n")
	}
	return strings.Trim(strings.Join(parts, "\n\n"), "\n") + "\n"
}

// place is where a section lies, heading and all; at the end of the document, and empty, if it is not there.
func place(doc, name string) (from, to int) {
	from = -1
	at := 0
	fenced := false
	for line := range strings.Lines(doc) {
		fenced = fenced != strings.HasPrefix(line, "```")
		if !fenced && strings.HasPrefix(line, mark) {
			switch {
			case from >= 0:
				return from, at
			case strings.TrimSpace(line[len(mark):]) == name:
				from = at
			}
		}
		at += len(line)
	}
	if from < 0 {
		from = len(doc)
	}
	return from, len(doc)
}
