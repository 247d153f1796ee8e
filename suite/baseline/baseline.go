// Package baseline reads and writes baseline files: lists of requirements that are known to be broken in a scenario, each
// with a reason, an owner and a last day. A run with a baseline fails for what is not in it, and for entries that do not
// fit any more; package report decides that.
//
//	known, err := baseline.Load("baseline.yaml")
//	rep, err := suite.Run(ctx, suite.Config{URL: url, Baseline: known})
//
// It gives no verdict, and never adds an entry by itself.
package baseline

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/report"
)

// Day is the layout of the last day of an entry.
const Day = "2006-01-02"

// entry is an entry as the file has it.
type entry struct {
	Pos         strict.Pos
	Keys        strict.Keys
	Requirement text `yaml:"requirement" strict:"required"`
	Scenario    text `yaml:"scenario" strict:"required"`
	Reason      text `yaml:"reason" strict:"required"`
	Owner       text `yaml:"owner" strict:"required"`
	Expires     day  `yaml:"expires" strict:"required"`
}

// text is a text that says something.
type text string

// DecodeYAML implements strict.Unmarshaler.
func (t *text) DecodeYAML(n strict.Node) {
	var s string
	n.Decode(&s)
	if n.Kind() == strict.Text && strings.TrimSpace(s) == "" {
		n.Errorf("empty", "this must not be empty")
	}
	*t = text(strings.TrimSpace(s))
}

// day is a date.
type day string

// DecodeYAML implements strict.Unmarshaler.
func (d *day) DecodeYAML(n strict.Node) {
	if n.Kind() != strict.Text {
		n.Expected("a date such as 2026-12-31")
		return
	}
	if _, err := time.Parse(Day, n.Text()); err != nil {
		n.Errorf("date", "%q is no date", n.Text()).Hint("write it as YYYY-MM-DD, such as 2026-12-31")
		return
	}
	*d = day(n.Text())
}

// Load reads a baseline file. What is wrong with it comes as strict.Problems, all of it at once. The result is never
// nil without an error: an empty list is a baseline, too.
func Load(path string) ([]report.Known, error) {
	src, err := strict.ReadFile(path)
	if err != nil {
		if p, ok := errors.AsType[*os.PathError](err); ok {
			err = p.Err
		}
		return nil, fmt.Errorf("read the baseline %s: %w", path, err)
	}
	return Parse(path, src)
}

// Parse reads a baseline that is at hand. Name stands in messages.
func Parse(name string, src []byte) ([]report.Known, error) {
	f := strict.Parse(name, src)
	var entries []entry
	f.Decode(&entries)
	if err := f.Err(); err != nil {
		return nil, err
	}
	known := make([]report.Known, 0, len(entries))
	for _, e := range entries {
		known = append(known, report.Known{
			Requirement: string(e.Requirement), Scenario: string(e.Scenario), Reason: string(e.Reason), Owner: string(e.Owner),
			Expires: string(e.Expires), Place: fmt.Sprintf("%s:%d", name, e.Pos.Line),
		})
	}
	return known, nil
}
