// Package workflow writes GitHub workflow commands, by which a job shows something beside a line of a file. It knows
// the form of a command and what has to be escaped in it; what is worth telling is for others to say.
//
//	fmt.Fprintln(w, workflow.Command{Kind: "error", File: "a.yaml", Line: 3, Col: 1, Title: "ORD-1", Text: "…"})
//
// Source: GitHub Docs, "Workflow commands for GitHub Actions".
package workflow

import (
	"fmt"
	"strings"
)

// MaxAnnotations is how many annotations of a kind GitHub shows for a step; the rest is dropped without a word.
const MaxAnnotations = 10

// A Command is one annotation.
type Command struct {
	Kind   string // error, warning, notice
	File   string // path in the repository; "" where the repository has none
	Line   int    // from 1; less is 1
	Col    int    // from 1; less is 1
	EndCol int    // behind the last character; 0 if there is none
	Title  string
	Text   string // may have several lines
}

// String is the command without a line end.
func (c Command) String() string {
	var b strings.Builder
	b.WriteString("::" + c.Kind + " ")
	if c.File != "" {
		fmt.Fprintf(&b, "file=%s,line=%d,col=%d,", Property(c.File), max(c.Line, 1), max(c.Col, 1))
		if c.EndCol > 0 {
			fmt.Fprintf(&b, "endColumn=%d,", c.EndCol)
		}
	}
	fmt.Fprintf(&b, "title=%s::%s", Property(c.Title), Text(c.Text))
	return b.String()
}

var (
	text     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// Text escapes the message of a command, so that no line of it becomes a command of its own.
func Text(s string) string { return text.Replace(s) }

// Property escapes a property of a command, such as its title.
func Property(s string) string { return property.Replace(s) }
