package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// ConsoleOptions say how console text looks.
type ConsoleOptions struct {
	Color bool // with ANSI colours; whoever calls knows whether the output is a terminal and what NO_COLOR says
	Width int  // columns; 0 means 80. Less than 40 counts as 40
}

func (o ConsoleOptions) width() int {
	if o.Width == 0 {
		return 80
	}
	return max(o.Width, 40)
}

// maxFull is how many broken requirements are shown with their whole exchange. A receiver that breaks more has a
// common cause, and the other reports have the rest.
const maxFull = 12

// maxBrief is how many findings of a broken requirement are told. No scenario but a load has so many, and there they are all alike.
const maxBrief = 20

// Console writes the final text of a run: the matrix, what broke with all that is needed to mend it, warnings, what
// could not be judged and what is missing for it, the last words of a receiver that the run started and that did not
// pass, notes, the verdict, and as the last line the closing one.
func Console(w io.Writer, r Report, o ConsoleOptions) error {
	c := console{o: o, paint: paint{on: o.Color}}
	c.matrix(r)
	c.broken(r)
	c.warned(r)
	c.unjudged(r, judge.NotObservable, "NOT OBSERVABLE", "the target file shows no such fact")
	c.unjudged(r, judge.NotTestable, "NOT TESTABLE", "")
	c.unjudged(r, judge.Unproven, "UNPROVEN", "")
	c.receiver(r)
	c.closing(r)
	_, err := w.Write(c.buf.Bytes())
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// Closing is the last line of a run, in its fixed shape; see Console.
func Closing(r Report) string { return closing(r) }

type console struct {
	buf   bytes.Buffer
	o     ConsoleOptions
	paint paint
}

func (c *console) line(format string, args ...any) {
	fmt.Fprintf(&c.buf, format, args...)
	c.buf.WriteByte('\n')
}

// wrapped writes text within the width, each line after the indent.
func (c *console) wrapped(indent, text string) {
	for _, l := range wrap(visible(text), c.o.width()-len(indent)) {
		c.line("%s%s", indent, l)
	}
}

// marks are what stands for a verdict in the matrix: one character each, in any font, and none of them means "good"
// for something that was not judged.
var marks = map[judge.Verdict]string{
	judge.Held: "+", judge.Broken: "X", judge.Warned: "!", judge.NotObservable: "?", judge.NotTestable: "~",
	judge.Unproven: "-", judge.NotSelected: ".",
}

// verdictOrder is the order in which verdicts are listed everywhere.
var verdictOrder = []judge.Verdict{
	judge.Held, judge.Broken, judge.Warned, judge.NotObservable, judge.NotTestable, judge.Unproven, judge.NotSelected,
}

// matrix writes one line for each group of the catalogue, and the legend of the marks that occur.
func (c *console) matrix(r Report) {
	gs := groups(r.Requirements)
	if len(gs) == 0 {
		return
	}
	name := 0
	for _, g := range gs {
		name = max(name, width(g.name))
	}
	name = min(name, c.o.width()/2)
	c.line("%s", c.paint.bold("REQUIREMENTS"))
	for _, g := range gs {
		head := "  " + pad(cutWidth(g.name, name), name) + "  "
		line, used, gap := head, width(head), ""
		for _, q := range g.requirements {
			cell := cutWidth(shortID(q.ID, g.name), c.o.width()-width(head)-2) + " " + marks[q.Verdict]
			if used+len(gap)+width(cell) > c.o.width() {
				c.line("%s", line)
				line, used, gap = strings.Repeat(" ", width(head)), width(head), ""
			}
			line += gap + c.paint.verdict(q.Verdict, cell)
			used += len(gap) + width(cell)
			gap = strings.Repeat(" ", max(6-width(cell), 2)) // cells of two digits stand in columns
		}
		c.line("%s", line)
	}
	n := count(r.Requirements)
	legend := ""
	for _, v := range verdictOrder {
		if n[v] == 0 {
			continue
		}
		item := marks[v] + " " + verdictWord(v)
		if legend != "" && width(legend)+3+width(item) > c.o.width()-2 {
			c.line("  %s", c.paint.dim(legend))
			legend = ""
		}
		if legend != "" {
			legend += "   "
		}
		legend += item
	}
	c.line("  %s", c.paint.dim(legend))
	for _, l := range slices.Concat(judgedBy(r), roundsOf(r), loads(r)) {
		c.wrapped("  ", l)
	}
	c.line("")
}

// judgedBy says for the requirements about duplicates and retries whether effects were counted, or only facts compared: the
// one proves more than the other. It is at most one line.
func judgedBy(r Report) []string {
	ids := map[string][]string{}
	var order []string
	for _, q := range r.Requirements {
		if by := witnessWords(q); by != "" {
			if ids[by] == nil {
				order = append(order, by)
			}
			ids[by] = append(ids[by], q.ID)
		}
	}
	var parts []string
	for _, by := range order {
		parts = append(parts, "judged by "+by+": "+strings.Join(ids[by], ", "))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{strings.Join(parts, "; ")}
}

// witnessWords says what a verdict about side effects rests on: "effects", "facts" or "effects and facts". It is "" for the
// verdicts that are about something else, or say nothing.
func witnessWords(q Requirement) string {
	g := groupOf(q.ID)
	if !slices.Contains(q.JudgedBy, judge.ByEffects) && g != "DUP" && g != "RET" {
		return ""
	}
	var words []string
	for _, by := range []string{judge.ByEffects, judge.ByFacts, judge.ByChecks} {
		if slices.Contains(q.JudgedBy, by) {
			words = append(words, by)
		}
	}
	if len(words) == 0 {
		words = q.JudgedBy
	}
	return strings.Join(words, " and ")
}

// roundsOf has a line for each scenario that was played in rounds.
func roundsOf(r Report) []string {
	var out []string
	for _, s := range r.Scenarios {
		if text := roundsText(s.Rounds); text != "" {
			out = append(out, s.ID+": "+text)
		}
	}
	return out
}

// broken shows each broken requirement: its first finding in full, others that say something else in one line.
func (c *console) broken(r Report) {
	shown := 0
	for _, q := range r.Requirements {
		if q.Verdict != judge.Broken {
			continue
		}
		if shown == 0 {
			c.line("%s", c.paint.bold("BROKEN"))
		}
		shown++
		c.requirement(q)
		if by := witnessWords(q); by != "" {
			c.line("    judged by %s", by)
		}
		first, more := true, 0
		told := map[string]bool{}
		for _, f := range q.Findings {
			if f.Verdict != judge.Broken || told[f.Key()] && f.Round > 0 {
				continue // what broke in one round and again in another is told once; the line about the rounds says in which
			}
			told[f.Key()] = true
			switch {
			case first && shown <= maxFull:
				c.finding(r, f)
			case len(told) <= maxBrief:
				c.brief(f)
			default:
				more++
			}
			first = false
		}
		if more > 0 {
			c.line("    and %d more", more)
		}
		c.hint(q)
		c.line("")
	}
}

func (c *console) requirement(q Requirement) {
	head := fmt.Sprintf("%s (%s) ", q.ID, q.Level)
	lines := wrap(visible(q.Sentence), c.o.width()-4-width(head))
	c.line("  %s%s", c.paint.verdict(q.Verdict, head), lines[0])
	for _, l := range lines[1:] {
		c.line("  %s%s", strings.Repeat(" ", width(head)), l)
	}
}

// finding shows all that is known of one. Lines of the exchange and commands are not wrapped: they are to be copied.
func (c *console) finding(r Report, f Finding) {
	c.line("")
	c.wrapped("    ", f.Message)
	if when := r.roundLine(f); when != "" {
		c.wrapped("      ", when)
	}
	if f.Expected != "" || f.Actual != "" {
		c.line("      expected  %s", visible(f.Expected))
		c.line("      actual    %s", c.paint.verdict(f.Verdict, visible(f.Actual)))
	}
	c.line("      at        %s (%s)", place(f.Position), visible(f.Scenario))
	if len(f.Exchange) > 0 {
		c.line("")
		for _, l := range f.Exchange {
			c.line("%s", strings.TrimRight("      "+c.paint.exchange(cut(visible(l), maxExchangeLine)), " "))
		}
	}
	if f.Reproduce != "" {
		c.line("")
		c.line("      %s", c.paint.dim("reproduce with"))
		for l := range strings.Lines(f.Reproduce) {
			c.line("      %s", visible(strings.TrimSuffix(l, "\n")))
		}
		c.line("")
	}
}

// maxExchangeLine is how much of one line of an exchange is shown, in bytes: three times a usual callback, so that a body
// which a scenario made long does not push all else off the screen. The other reports have more.
const maxExchangeLine = 1200

// brief shows a finding in a few words.
func (c *console) brief(f Finding) {
	c.wrapped("    ", f.Message)
	c.line("      at        %s (%s)", place(f.Position), visible(f.Scenario))
}

func (c *console) hint(q Requirement) {
	if q.Hint == "" {
		return
	}
	lines := wrap(visible(q.Hint), c.o.width()-16)
	c.line("      hint      %s", lines[0])
	for _, l := range lines[1:] {
		c.line("                %s", l)
	}
}

func (c *console) warned(r Report) {
	first := true
	for _, q := range r.Requirements {
		if q.Verdict != judge.Warned {
			continue
		}
		if first {
			c.line("%s", c.paint.bold("WARNED"))
			first = false
		}
		c.requirement(q)
		if q.Reason != "" && !retold(q) {
			c.wrapped("    ", q.Reason)
		}
		if q.Level == scenarios.Must && len(q.Findings) > 0 && !slices.ContainsFunc(q.Findings, func(f Finding) bool { return f.Level != scenarios.Should }) {
			c.wrapped("    ", "What did not hold is only recommended (SHOULD): it fails no run without --strict.")
		}
		for i, f := range q.Findings {
			if i == 3 && len(q.Findings) > 4 {
				c.line("    and %d more", len(q.Findings)-i)
				break
			}
			c.brief(f)
		}
		c.hint(q)
		c.line("")
	}
}

// retold reports whether a requirement's first finding says the same as its reason.
func retold(q Requirement) bool {
	return len(q.Findings) > 0 && strings.HasPrefix(q.Reason, strings.Replace(q.Findings[0].Check, " ", " of ", 1)+": ")
}

// unjudged lists the requirements with a verdict that says nothing about the receiver, and what is missing. Many that lack
// the same are told in one go.
func (c *console) unjudged(r Report, v judge.Verdict, title, missing string) {
	var reasons []string
	ids := map[string][]string{}
	for _, q := range r.Requirements {
		if q.Verdict != v {
			continue
		}
		why := q.Reason
		if why == "" {
			why = missing
		}
		if ids[why] == nil {
			reasons = append(reasons, why)
		}
		ids[why] = append(ids[why], q.ID)
	}
	if len(reasons) == 0 {
		return
	}
	c.line("%s", c.paint.bold(title))
	for _, why := range reasons {
		if len(ids[why]) > maxSingle {
			c.wrapped("  ", fmt.Sprintf("%d requirements: %s", len(ids[why]), why))
			if v == judge.Unproven && len(ids[why]) > maxListed {
				continue // a run of a scenario or two: the matrix shows which
			}
			c.wrapped("    ", strings.Join(ids[why], ", "))
			continue
		}
		for _, id := range ids[why] {
			head := "  " + pad(cutWidth(visible(id), 24), 8) + " "
			lines := wrap(visible(why), c.o.width()-width(head))
			c.line("%s%s", c.paint.verdict(v, head), lines[0])
			for _, l := range lines[1:] {
				c.line("%s%s", strings.Repeat(" ", width(head)), l)
			}
		}
	}
	c.line("")
}

// maxSingle is how many requirements that lack the same have a line each.
const maxSingle = 3

// maxListed is how many requirements that no scenario of the run exercises are named.
const maxListed = 24

// maxPrinted is how many of the receiver's last lines are shown; the other reports have more.
const maxPrinted = 10

// receiver shows what a receiver that failed said last. Where everything is well nobody asks.
func (c *console) receiver(r Report) {
	if r.Verdict == Pass || r.Verdict == Partial || !r.Receiver.Printed() {
		return
	}
	lines, before := r.Receiver.last(maxPrinted)
	c.line("%s", c.paint.bold("RECEIVER OUTPUT"))
	head := r.Receiver.summary()
	if before > 0 {
		head += fmt.Sprintf("; the last %d lines", len(lines))
	}
	c.wrapped("  ", sentence(head))
	for _, l := range lines {
		c.line("  | %s", cut(l, maxPrintedLine))
	}
	c.line("")
}

// ReceiverOutput writes what a receiver that the run started said last, where the run did not come so far that there is a
// report to print. It writes nothing where there is nothing.
func ReceiverOutput(w io.Writer, r Report, o ConsoleOptions) error {
	c := console{o: o, paint: paint{on: o.Color}}
	c.receiver(r)
	if _, err := w.Write(c.buf.Bytes()); err != nil {
		return fmt.Errorf("write the receiver's output: %w", err)
	}
	return nil
}

// maxPrintedLine is how much of one line is shown, in bytes: a log line of ten thousand characters helps nobody.
const maxPrintedLine = 400

func (c *console) closing(r Report) {
	for _, n := range r.Notes {
		c.wrapped("", n)
	}
	if len(r.Notes) > 0 {
		c.line("")
	}
	for _, l := range wrap(visible(headline(r)), c.o.width()) {
		c.line("%s", c.paint.run(r.Verdict, l))
	}
	c.line("%s", closing(r))
}

// place is a position as editors and terminals understand it.
func place(p scenarios.Position) string {
	return visible(fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col))
}

// A group is the part of a catalogue that shares the letters before the dash.
type group struct {
	name         string
	requirements []Requirement
}

// ownGroup gathers the scenarios that stand for themselves.
const ownGroup = "own"

// groups splits requirements by group, in the order in which they first occur.
func groups(reqs []Requirement) []group {
	var out []group
	index := map[string]int{}
	for _, q := range reqs {
		name := groupOf(q.ID)
		i, ok := index[name]
		if !ok {
			i = len(out)
			index[name] = i
			out = append(out, group{name: name})
		}
		out[i].requirements = append(out[i].requirements, q)
	}
	return out
}

// groupOf is the group of a catalogue id such as ACK-1. Whatever has another shape is a scenario that names no
// requirement and stands for itself.
func groupOf(id string) string {
	letters, number, ok := strings.Cut(id, "-")
	if !ok || letters == "" || strings.Trim(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || number == "" || strings.Trim(number, "0123456789") != "" {
		return ownGroup
	}
	return letters
}

// shortID is the id within its group: the number, or the whole id of a scenario that stands for itself.
func shortID(id, group string) string {
	if group == ownGroup {
		return visible(id)
	}
	return strings.TrimPrefix(id, group+"-")
}

// cutWidth shortens s to n columns.
func cutWidth(s string, n int) string {
	if width(s) <= n {
		return s
	}
	head, _ := splitWidth(s, n-1)
	return head + "…"
}
