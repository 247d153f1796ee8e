package baseline

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// From lists what a run broke, by requirement in the order of its report, then by scenario. A row that the run's own
// baseline has keeps its entry; the others get the reason, the owner and the last day given.
func From(r report.Report, reason, owner, expires string) ([]report.Known, error) {
	for _, f := range []struct{ name, value string }{{"reason", reason}, {"owner", owner}} {
		if strings.TrimSpace(f.value) == "" {
			return nil, fmt.Errorf("the %s must not be empty", f.name)
		}
	}
	if _, err := time.Parse(Day, expires); err != nil {
		return nil, fmt.Errorf("%q is no date: write it as YYYY-MM-DD", expires)
	}
	kept := map[[2]string]report.Known{}
	if r.Baseline != nil {
		for _, e := range r.Baseline.Entries {
			if e.Outcome == report.KnownBroken {
				kept[[2]string{e.Requirement, e.Scenario}] = e.Known
			}
		}
	}
	var out []report.Known
	for _, q := range r.Requirements {
		for _, s := range r.Scenarios {
			i := slices.IndexFunc(s.Requirements, func(row report.Row) bool { return row.ID == q.ID })
			if i < 0 {
				continue
			}
			if k, ok := kept[[2]string{q.ID, s.ID}]; ok {
				out = append(out, k)
			} else if s.Requirements[i].Verdict == judge.Broken {
				out = append(out, report.Known{Requirement: q.ID, Scenario: s.ID, Reason: reason, Owner: owner, Expires: expires})
			}
		}
	}
	return out, nil
}

const head = `# What is known to be broken, for relaycheck run --baseline. A row of this list is reported as a warning and does not
# fail the run. An entry that holds by now, matches nothing, stands here twice or is older than its last day fails it.
`

// Write writes a baseline file. Sentences gives the requirement's sentence for the comment above an entry; nil writes
// none.
func Write(w io.Writer, known []report.Known, sentences map[string]string) error {
	var b strings.Builder
	b.WriteString(head)
	if len(known) == 0 {
		b.WriteString("[]\n")
	}
	for _, k := range known {
		b.WriteString("\n")
		if s := sentences[k.Requirement]; s != "" {
			fmt.Fprintf(&b, "# %s\n", strings.Join(strings.Fields(s), " "))
		}
		lead := "- "
		for _, f := range []struct{ key, value string }{
			{"requirement", k.Requirement}, {"scenario", k.Scenario}, {"reason", k.Reason}, {"owner", k.Owner}, {"expires", k.Expires},
		} {
			value, err := scalar(f.key, f.value)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s%s: %s\n", lead, f.key, value)
			lead = "  "
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

// scalar writes a text on one line so that YAML reads it back the same. A date needs no quotes.
func scalar(key, value string) (string, error) {
	if key == "expires" {
		return value, nil
	}
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	if strings.ContainsAny(value, "\r\n") || len(value) > 60 {
		n.Style = yaml.DoubleQuotedStyle
	}
	out, err := yaml.Dump(&n, yaml.WithLineWidth(-1))
	if err != nil {
		return "", fmt.Errorf("write the %s %q as YAML: %w", key, value, err)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}
