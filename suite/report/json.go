package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Volatile lists the parts of report.json that two runs with the same seed against the same receiver may differ in, as
// JSON Pointers with * for every element of an array. All else is the same to the byte.
//
// Message, expected and actual are volatile only where they quote a measured time, or an id or time of the task in hand: every
// run has new tasks, so that a receiver that keeps its state can be judged again and again.
var Volatile = []string{
	"/started",
	"/duration_ms",
	"/receiver",
	"/scenarios/*/duration_ms",
	"/scenarios/*/rounds/*/moment",
	"/scenarios/*/load",
	"/scenarios/*/findings/*/message",
	"/scenarios/*/findings/*/expected",
	"/scenarios/*/findings/*/actual",
	"/scenarios/*/findings/*/exchange",
	"/scenarios/*/findings/*/reproduce",
	"/requirements/*/findings/*/message",
	"/requirements/*/findings/*/expected",
	"/requirements/*/findings/*/actual",
	"/requirements/*/findings/*/exchange",
	"/requirements/*/findings/*/reproduce",
}

// JSON writes report.json: members in the order of the Go types, two spaces of indent, no HTML escapes, a newline at
// the end. Lists that are empty are written as [], never as null.
func JSON(w io.Writer, r Report) error {
	r = withoutNil(r)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("write the report as JSON: %w", err)
	}
	return nil
}

// withoutNil gives every list that the contract promises; a report made by hand may lack some.
func withoutNil(r Report) Report {
	r.Requirements = append([]Requirement{}, r.Requirements...)
	for i := range r.Requirements {
		q := &r.Requirements[i]
		q.Scenarios = append([]string{}, q.Scenarios...)
		q.Findings = append([]Finding{}, q.Findings...)
	}
	r.Scenarios = append([]Scenario{}, r.Scenarios...)
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		s.Requirements = append([]Row{}, s.Requirements...)
		s.Findings = append([]Finding{}, s.Findings...)
	}
	return r
}

// compactJSON encodes v in one line without HTML escapes.
func compactJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
