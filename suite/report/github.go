package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/workflow"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// maxAnnotations is how many annotations of a kind GitHub shows per step; the rest would be dropped without a word.
const maxAnnotations = workflow.MaxAnnotations

// GitHub writes workflow commands, by which GitHub shows what broke beside the line of the scenario that asked for it:
// broken requirements as errors, warnings as warnings, ten lines at most. Findings about one requirement at one line are
// folded into one, MUST comes before SHOULD, and what does not fit is counted in the last line. A shipped scenario has no
// file in the repository; its annotation names it and stands at the run.
//
// path turns the name of a scenario file into its path in the repository; nil leaves it as it is.
func GitHub(w io.Writer, r Report, path func(file string) string) error {
	if path == nil {
		path = func(file string) string { return file }
	}
	all := annotations(r, path)
	shown := all
	if len(all) > maxAnnotations {
		shown = all[:maxAnnotations-1]
	}
	var b strings.Builder
	for _, a := range shown {
		command(&b, a.command())
	}
	if rest := all[len(shown):]; len(rest) > 0 {
		var ids []string
		for _, a := range rest {
			if !slices.Contains(ids, a.title) {
				ids = append(ids, a.title)
			}
		}
		kind := rest[0].kind
		command(&b, workflow.Command{Kind: kind, Title: "Relaycheck", Text: fmt.Sprintf("and %d more: %s", len(rest), list(ids, 8))})
	}
	if len(all) == 0 && r.ExitCode != ExitOK {
		reason := r.Reason
		if reason == "" {
			reason = headline(r)
		}
		command(&b, workflow.Command{Kind: "error", Title: "Relaycheck", Text: reason})
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the annotations: %w", err)
	}
	return nil
}

// An annotation is what GitHub shows at a line.
type annotation struct {
	kind  string // error, warning
	title string // id of the requirement
	file  string // "" where the repository has none
	level scenarios.Level
	row   int
	col   int
	texts []string // of the findings that were folded into it
	where string
}

func annotations(r Report, path func(string) string) []annotation {
	var out []annotation
	for _, q := range r.Requirements {
		if q.Verdict != judge.Broken && q.Verdict != judge.Warned {
			continue
		}
		kind := "error"
		if q.Verdict == judge.Warned {
			kind = "warning"
		}
		for _, f := range q.Findings {
			a := annotation{kind: kind, title: q.ID, level: q.Level, row: f.Position.Line, col: f.Position.Col, where: place(f.Position)}
			if !strings.HasPrefix(f.Position.File, "shipped:") {
				a.file = path(f.Position.File)
			}
			same := slices.IndexFunc(out, func(o annotation) bool {
				return o.kind == a.kind && o.title == a.title && (o.where == a.where || a.file == "" && o.file == "")
			})
			if same < 0 {
				out = append(out, a)
				same = len(out) - 1
			}
			text := f.Message
			if f.Hint != "" && len(out[same].texts) == 0 {
				text += "\nHint: " + f.Hint
			}
			if a.file == "" {
				text = f.Scenario + ": " + text
			}
			out[same].texts = append(out[same].texts, text)
		}
	}
	slices.SortStableFunc(out, func(a, b annotation) int { // error before warning, MUST before SHOULD
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(rank(b.level), rank(a.level)))
	})
	return out
}

// command is the workflow command.
func (a annotation) command() workflow.Command {
	text := strings.Join(a.texts[:min(len(a.texts), 3)], "\n")
	if n := len(a.texts) - 3; n > 0 {
		text += fmt.Sprintf("\nand %d more like it", n)
	}
	return workflow.Command{Kind: a.kind, File: a.file, Line: a.row, Col: a.col, Title: a.title, Text: text}
}

// command writes a workflow command as a line. What a receiver answered is written out first, so that it cannot do anything to
// whoever reads the log.
func command(b *strings.Builder, c workflow.Command) {
	c.File, c.Title, c.Text = visible(c.File), visible(c.Title), strings.Join(visibleLines(c.Text), "\n")
	b.WriteString(c.String() + "\n")
}
