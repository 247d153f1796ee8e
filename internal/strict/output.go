package strict

import (
	"io"
	"strings"

	"github.com/relaycheck/relaycheck/internal/sarif"
	"github.com/relaycheck/relaycheck/internal/workflow"
)

// GitHub writes the problems as workflow commands, which GitHub shows beside their lines. path turns the name of a file
// into its path in the repository; nil leaves it as it is.
func (p Problems) GitHub(w io.Writer, path func(string) string) error {
	var b strings.Builder
	for _, q := range p {
		c := workflow.Command{Kind: string(q.Severity), File: q.File, Line: q.Line, Col: q.Col, Title: q.Code, Text: q.Text()}
		if path != nil {
			c.File = path(q.File)
		}
		if q.Length > 1 {
			c.EndCol = q.Col + q.Length
		}
		b.WriteString(c.String() + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// SARIF writes the problems as SARIF 2.1.0, which code scanning services and editors read. version is that of the program.
func (p Problems) SARIF(w io.Writer, version string) error {
	run := sarif.Run{Tool: "relaycheck lint", Version: version, Columns: "unicodeCodePoints"}
	for _, q := range p {
		r := sarif.Result{Rule: q.Code, Level: string(q.Severity), Text: q.Text(), File: q.File, Line: q.Line, Col: max(q.Col, 1)}
		if q.Length > 0 {
			r.EndCol = r.Col + q.Length
		}
		run.Results = append(run.Results, r)
	}
	return sarif.Write(w, run)
}
