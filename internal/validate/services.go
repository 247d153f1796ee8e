package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/figures"
	"github.com/relaycheck/relaycheck/internal/sarif"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/internal/workflow"
	"github.com/relaycheck/relaycheck/schema"
)

// grouped is what the formats for services have in common: they tell of groups, in the end. A capture has millions of
// findings, and no service shows more than a few.
type grouped struct {
	lifeGroups []Group // what was found in the tasks' lives
}

func (w *grouped) record(*Record) error { return nil }

// lives groups the warnings by their code. What was sent again is no fault, and not told of.
func (w *grouped) lives(s sequence.Summary) error { //nolint:unparam // the other writers have errors
	for _, f := range s.Findings {
		if f.Severity == sequence.Info {
			continue
		}
		at := slices.IndexFunc(w.lifeGroups, func(g Group) bool { return g.Code == f.Code })
		if at < 0 {
			title := f.Message
			if code, ok := Explain(f.Code); ok {
				title = code.Title
			}
			w.lifeGroups = append(w.lifeGroups, Group{Code: f.Code, Severity: schema.Warning, Message: title, First: place(f.Place), Example: f.Message})
			at = len(w.lifeGroups) - 1
		}
		w.lifeGroups[at].Findings++
		w.lifeGroups[at].Documents++
	}
	return nil
}

// all is every group: those of the documents, then those of the lives.
func (w *grouped) all(e *ending) []Group {
	var out []Group
	for _, g := range e.groups {
		out = append(out, g.Group)
	}
	return append(out, w.lifeGroups...)
}

// times says how often a finding was made.
func (g *Group) times() string {
	if g.Findings == 1 {
		return ""
	}
	return figures.Thousands(g.Findings) + " × "
}

// words is what a service shows of a group: the sentence, how often, an example, and what to do about it.
func (g *Group) words() string {
	text := g.times()
	if g.Pointer != "" {
		text += printable(g.Pointer) + ": "
	}
	text += printable(g.Message)
	if g.Example != "" {
		text += "\nThe first: " + printable(g.Example)
	}
	if code, ok := Explain(g.Code); ok && code.Mend != "" {
		text += "\n" + code.Mend
	}
	return text
}

// why is what is to be said of a run that has no verdict; "" if it has one.
func (e *ending) why() string {
	switch {
	case e.interrupted:
		return "interrupted: what is told is of what was read until then"
	case e.incomplete:
		return "the run ended before its time: what is told is of what was read until then"
	case e.sum.Empty():
		return "nothing was validated: there was no document"
	}
	return ""
}

// repoFile is the name of a source for a service; "" for the standard input, which has no file.
func repoFile(source string, path func(string) string) string {
	if source == capture.Stdin {
		return ""
	}
	if path != nil {
		source = path(source)
	}
	return printable(source)
}

// githubWriter writes workflow commands: a line for each group, errors first, the frequent first, ten at most, of which the
// last counts what did not fit. The closing line follows, for whoever reads the log.
type githubWriter struct {
	grouped
	sink
	path func(string) string
}

func (w *githubWriter) end(e *ending) error {
	all := w.all(e)
	shown := all
	if len(all) > workflow.MaxAnnotations {
		shown = all[:workflow.MaxAnnotations-1]
	}
	line := func(c workflow.Command) { _, _ = w.out.WriteString(c.String() + "\n") }
	for i := range shown {
		g := &shown[i]
		c := workflow.Command{Kind: string(g.Severity), File: repoFile(g.First.Source, w.path), Line: g.First.Line, Title: g.Code, Text: g.words()}
		if c.File == "" {
			c.Text = fmt.Sprintf("%s:%d: %s", g.First.Source, g.First.Line, c.Text)
		}
		line(c)
	}
	if rest := all[len(shown):]; len(rest) > 0 {
		var codes []string
		findings := 0
		for _, g := range rest {
			findings += g.Findings
			codes = append(codes, g.Code)
		}
		slices.Sort(codes)
		codes = slices.Compact(codes)
		text := fmt.Sprintf("and %d more kinds, %s findings: %s", len(rest), figures.Thousands(findings), strings.Join(codes[:min(len(codes), 8)], ", "))
		if len(codes) > 8 {
			text += ", …"
		}
		line(workflow.Command{Kind: string(rest[0].Severity), Title: "Relaycheck", Text: text})
	}
	if why := e.why(); why != "" {
		line(workflow.Command{Kind: "error", Title: "Relaycheck", Text: why})
	}
	_, _ = fmt.Fprintln(w.out, closing(e.sum))
	return w.flush()
}

// sarifWriter writes SARIF: a result for each group, at its first finding, with the number of all of them.
type sarifWriter struct {
	grouped
	sink
	path    func(string) string
	version string
}

func (w *sarifWriter) end(e *ending) error {
	run := sarif.Run{Tool: "relaycheck validate", Version: w.version, Incomplete: e.why()}
	for _, g := range w.all(e) {
		if !slices.ContainsFunc(run.Rules, func(r sarif.Rule) bool { return r.ID == g.Code }) {
			rule := sarif.Rule{ID: g.Code}
			if code, ok := Explain(g.Code); ok {
				rule.Title, rule.Full, rule.Help = code.Title, code.Explanation, code.Mend
			}
			run.Rules = append(run.Rules, rule)
		}
		text := g.words()
		file := repoFile(g.First.Source, w.path)
		if file == "" {
			text = fmt.Sprintf("%s:%d: %s", g.First.Source, g.First.Line, text)
		}
		run.Results = append(run.Results, sarif.Result{
			Rule: g.Code, Level: string(g.Severity), Text: text, File: file, Line: g.First.Line, Count: g.Findings,
		})
	}
	slices.SortFunc(run.Rules, func(a, b sarif.Rule) int { return cmp.Compare(a.ID, b.ID) })
	if err := sarif.Write(w.out, run); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return w.flush()
}
