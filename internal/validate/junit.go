package validate

import (
	"fmt"
	"strings"

	"github.com/relaycheck/relaycheck/internal/junit"
	"github.com/relaycheck/relaycheck/schema"
)

// junitWriter writes JUnit: a case for each input, which fails with an error or an unreadable document in it, and one for
// each group of findings, which fails unless it is of warnings. What has no verdict has an error in a suite of its own: no
// reader of JUnit may take it for green.
type junitWriter struct {
	grouped
	sink
}

// noTime is written where no time was measured: readers want the attribute.
const noTime = "0.000"

func (w *junitWriter) end(e *ending) error {
	doc := junit.Suites{Name: "relaycheck validate", Time: noTime}
	if why := e.why(); why != "" {
		doc.Add(junit.Suite{Name: "run", Time: noTime, Cases: []junit.Case{{
			Name: "the capture was validated", Class: "relaycheck.validate.run", Time: noTime, Error: &junit.Detail{Message: why, Type: "inconclusive"},
		}}})
	}
	inputs := junit.Suite{Name: "inputs", Time: noTime, Properties: properties(e)}
	for _, in := range e.inputs {
		inputs.Cases = append(inputs.Cases, inputCase(in))
	}
	if e.more > 0 {
		inputs.Cases = append(inputs.Cases, junit.Case{
			Name: fmt.Sprintf("%d more inputs", e.more), Class: "relaycheck.validate.inputs", Time: noTime,
			Skipped: &junit.Detail{Message: fmt.Sprintf("only the first %d inputs are told of one by one; the findings are of all", maxInputs)},
		})
	}
	doc.Add(inputs)
	findings := junit.Suite{Name: "findings", Time: noTime}
	for _, g := range w.all(e) {
		findings.Cases = append(findings.Cases, groupCase(g))
	}
	if len(findings.Cases) > 0 {
		doc.Add(findings)
	}
	if err := doc.Write(w.out); err != nil {
		return err
	}
	return w.flush()
}

// properties are the counts of the whole.
func properties(e *ending) *junit.Properties {
	p := &junit.Properties{Property: []junit.Property{{Name: "summary", Value: closing(e.sum)}}}
	if fit := e.editions; fit.Relay > 0 {
		p.Property = append(p.Property, junit.Property{Name: "editions", Value: strings.TrimPrefix(fit.lines()[0], "editions: ")})
	}
	return p
}

func inputCase(in Input) junit.Case {
	c := junit.Case{Name: printable(in.Source), Class: "relaycheck.validate.inputs", File: repoFile(in.Source, nil), Time: noTime}
	text := closing(Summary{Documents: in.Documents, OK: in.OK, Warnings: in.Warnings, Errors: in.Errors, Unreadable: in.Unreadable, Siblings: in.Siblings})
	if in.Errors+in.Unreadable > 0 {
		c.Failure = &junit.Detail{Message: fmt.Sprintf("%s, %d unreadable", count(in.Errors, "error", "errors"), in.Unreadable), Type: "input", Text: text}
	} else {
		c.SystemOut = &junit.Text{Text: text}
	}
	return c
}

func groupCase(g Group) junit.Case {
	c := junit.Case{
		Name: strings.TrimSpace(g.Code+" "+printable(g.Pointer)) + ": " + printable(g.Message), Class: "relaycheck.validate." + g.Code,
		File: repoFile(g.First.Source, nil), Time: noTime,
	}
	if c.File != "" {
		c.Line = g.First.Line
	}
	text := fmt.Sprintf("%s\nfirst at %s:%d", g.words(), printable(g.First.Source), g.First.Line)
	if g.Severity == schema.Error {
		c.Failure = &junit.Detail{Message: g.times() + printable(g.Message), Type: g.Code, Text: text}
	} else {
		c.SystemOut = &junit.Text{Text: "warning: " + text}
	}
	return c
}
