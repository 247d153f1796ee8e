// Package sarif writes SARIF 2.1.0 (OASIS, 2020-03-27), which code scanning services and editors read: the part of it
// that findings with a code, a sentence and a place need. It knows nothing of what was found.
//
//	err := sarif.Write(w, sarif.Run{Tool: "relaycheck lint", Version: "1.2.3", Results: results})
package sarif

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// A Run is what one call of the program found.
type Run struct {
	Tool, Version string
	Columns       string // what columns count: "unicodeCodePoints" or "utf16CodeUnits"; "" where no column is told
	Rules         []Rule // described rules; those of results that are not here are added by their ids
	Results       []Result
	Incomplete    string // why the run did not come to its end; "" if it did
}

// A Rule is what a result's code means.
type Rule struct {
	ID    string
	Title string // one sentence
	Full  string // the explanation
	Help  string // what to do about it
}

// A Result is one finding.
type Result struct {
	Rule      string
	Level     string // error, warning, note
	Text      string
	File      string // a path; "" if there is none
	Line, Col int    // from 1; no column if Col is 0
	EndCol    int    // behind the last character; 0 if there is none
	Count     int    // how many times it was found; 0 is not told
}

type (
	file struct {
		Schema  string `json:"$schema"`
		Version string `json:"version"`
		Runs    []run  `json:"runs"`
	}
	run struct {
		Tool        tool         `json:"tool"`
		Invocations []invocation `json:"invocations,omitempty"`
		Results     []result     `json:"results"`
		Columns     string       `json:"columnKind,omitempty"`
	}
	tool struct {
		Driver driver `json:"driver"`
	}
	driver struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
		Rules   []rule `json:"rules"`
	}
	rule struct {
		ID    string `json:"id"`
		Short *text  `json:"shortDescription,omitempty"`
		Full  *text  `json:"fullDescription,omitempty"`
		Help  *text  `json:"help,omitempty"`
	}
	invocation struct {
		Successful    bool           `json:"executionSuccessful"`
		Notifications []notification `json:"toolExecutionNotifications,omitempty"`
	}
	notification struct {
		Level   string `json:"level"`
		Message text   `json:"message"`
	}
	result struct {
		RuleID    string     `json:"ruleId"`
		RuleIndex int        `json:"ruleIndex"`
		Level     string     `json:"level"`
		Message   text       `json:"message"`
		Locations []location `json:"locations,omitempty"`
		Count     int        `json:"occurrenceCount,omitempty"`
	}
	text struct {
		Text string `json:"text"`
	}
	location struct {
		Physical physical `json:"physicalLocation"`
	}
	physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   region   `json:"region"`
	}
	artifact struct {
		URI string `json:"uri"`
	}
	region struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// Write writes a log with one run.
func Write(w io.Writer, r Run) error {
	out := run{Tool: tool{driver{Name: r.Tool, Version: r.Version, Rules: []rule{}}}, Results: []result{}, Columns: r.Columns}
	rules := &out.Tool.Driver.Rules
	for _, q := range r.Rules {
		*rules = append(*rules, rule{ID: q.ID, Short: textOf(q.Title), Full: textOf(q.Full), Help: textOf(q.Help)})
	}
	if r.Incomplete != "" {
		out.Invocations = []invocation{{Notifications: []notification{{Level: "error", Message: text{r.Incomplete}}}}}
	}
	for _, q := range r.Results {
		at := slices.IndexFunc(*rules, func(known rule) bool { return known.ID == q.Rule })
		if at < 0 {
			at = len(*rules)
			*rules = append(*rules, rule{ID: q.Rule})
		}
		res := result{RuleID: q.Rule, RuleIndex: at, Level: q.Level, Message: text{q.Text}, Count: q.Count}
		if q.File != "" {
			res.Locations = []location{{physical{artifact{URI(q.File)}, region{max(q.Line, 1), q.Col, q.EndCol}}}}
		}
		out.Results = append(out.Results, res)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(file{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []run{out}})
}

func textOf(s string) *text {
	if s == "" {
		return nil
	}
	return &text{s}
}

// URI is the name of a file as a relative reference, or a file: URI where the name is absolute.
func URI(name string) string {
	var b strings.Builder
	if filepath.IsAbs(name) {
		b.WriteString("file://")
	}
	for _, c := range []byte(filepath.ToSlash(filepath.Clean(name))) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
