package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/relaycheck/relaycheck/suite/judge"
)

// maxMarkdown is the size that the report stays under, in bytes. A GitHub job summary takes 1 MiB per step; the rest is
// for what else the step writes.
const maxMarkdown = 1000 << 10

// Markdown writes a job summary: the verdict, the counts per group, what broke with its exchange folded away, warnings
// and what could not be judged. It stays under 1 MiB, and says what it left out. Nothing that a receiver answered can
// become markup.
func Markdown(w io.Writer, r Report) error {
	m := markdown{left: maxMarkdown}
	m.head(r)
	m.broken(r)
	m.warned(r)
	m.unjudged(r)
	m.receiver(r)
	m.foot(r)
	if _, err := w.Write(m.buf.Bytes()); err != nil {
		return fmt.Errorf("write the Markdown report: %w", err)
	}
	return nil
}

type markdown struct {
	buf     bytes.Buffer
	left    int // bytes that may still be written
	omitted int // sections that did not fit
}

// reserve is kept for the foot, so that it always fits.
const reserve = 4 << 10

// section writes text whole or, where it does not fit any more, not at all.
func (m *markdown) section(text string) {
	if len(text) > m.left-reserve {
		m.omitted++
		return
	}
	m.left -= len(text)
	m.buf.WriteString(text)
}

func (m *markdown) head(r Report) {
	var b strings.Builder
	fmt.Fprintf(&b, "# Relaycheck: %s\n\n", strings.ToUpper(r.Verdict))
	_, rest, _ := strings.Cut(headline(r), ": ")
	fmt.Fprintf(&b, "%s\n\n", mdText(sentence(rest)))
	fmt.Fprintf(&b, "`%s`\n\n", closing(r))
	fmt.Fprintf(&b, "Target %s, suite %s.\n\n", mdCode(r.Target.URL), mdText(r.Suite.Version))
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "> %s\n>\n", mdText(n))
	}
	b.WriteString("\n")
	m.section(b.String())
	m.table(r)
}

func (m *markdown) table(r Report) {
	n := count(r.Requirements)
	var b strings.Builder
	b.WriteString("| group |")
	columns := 0
	for _, v := range verdictOrder {
		if n[v] > 0 {
			fmt.Fprintf(&b, " %s |", verdictWord(v))
			columns++
		}
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", columns) + "\n")
	for _, g := range groups(r.Requirements) {
		in := count(g.requirements)
		fmt.Fprintf(&b, "| %s |", mdText(g.name))
		for _, v := range verdictOrder {
			if n[v] > 0 {
				fmt.Fprintf(&b, " %d |", in[v])
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for _, l := range judgedBy(r) {
		b.WriteString(mdText(sentence(l)) + "\n\n")
	}
	if len(r.Requirements) > 0 {
		m.section(b.String())
	}
	m.rounds(r)
	for _, l := range loads(r) {
		m.section(mdText(l) + "\n\n")
	}
}

// rounds tells of the scenarios that were played in rounds, each round folded away.
func (m *markdown) rounds(r Report) {
	for _, s := range r.Scenarios {
		if len(s.Rounds) > 0 {
			m.section("<details><summary>" + mdText(s.ID+": "+roundsText(s.Rounds)) + "</summary>\n\n" + mdBlock(roundLines(s.Rounds)) + "\n</details>\n\n")
		}
	}
}

func (m *markdown) broken(r Report) {
	first := true
	for _, q := range r.Requirements {
		if q.Verdict != judge.Broken {
			continue
		}
		if first {
			m.section("## What to fix first\n\n")
			first = false
		}
		m.requirement(q)
		for _, f := range q.Findings {
			m.finding(f)
		}
	}
}

func (m *markdown) requirement(q Requirement) {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s (%s) %s\n\n", mdText(q.ID), mdText(string(q.Level)), mdText(q.Sentence))
	if by := witnessWords(q); by != "" {
		fmt.Fprintf(&b, "Judged by %s.\n\n", mdText(by))
	}
	if q.Hint != "" {
		fmt.Fprintf(&b, "Hint: %s\n\n", mdText(q.Hint))
	}
	m.section(b.String())
}

func (m *markdown) finding(f Finding) {
	var b strings.Builder
	fmt.Fprintf(&b, "- %s\n", mdText(f.Message))
	fmt.Fprintf(&b, "  - expected %s, actual %s\n", mdCode(f.Expected), mdCode(f.Actual))
	fmt.Fprintf(&b, "  - %s\n\n", mdCode(place(f.Position)))
	if len(f.Exchange) > 0 {
		b.WriteString("  <details><summary>Exchange</summary>\n\n" + mdBlock(f.Exchange) + "\n  </details>\n\n")
	}
	if f.Reproduce != "" {
		b.WriteString("  <details><summary>Reproduce</summary>\n\n" + mdBlock(visibleLines(f.Reproduce)) + "\n  </details>\n\n")
	}
	m.section(b.String())
}

func (m *markdown) warned(r Report) {
	first := true
	for _, q := range r.Requirements {
		if q.Verdict != judge.Warned {
			continue
		}
		if first {
			m.section("## Warnings\n\n")
			first = false
		}
		var b strings.Builder
		fmt.Fprintf(&b, "- **%s** %s\n", mdText(q.ID), mdText(q.Sentence))
		if q.Reason != "" {
			fmt.Fprintf(&b, "  - %s\n", mdText(q.Reason))
		}
		for _, f := range q.Findings {
			fmt.Fprintf(&b, "  - %s %s\n", mdText(f.Message), mdCode(place(f.Position)))
		}
		m.section(b.String() + "\n")
	}
}

func (m *markdown) unjudged(r Report) {
	var b strings.Builder
	for _, v := range []judge.Verdict{judge.NotObservable, judge.NotTestable, judge.Unproven} {
		for _, q := range r.Requirements {
			if q.Verdict == v {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", mdText(q.ID), verdictWord(v), mdText(q.Reason))
			}
		}
	}
	if b.Len() > 0 {
		m.section("## Not judged\n\n| requirement | verdict | why |\n| --- | --- | --- |\n" + b.String() + "\n")
	}
}

// receiver folds away what a receiver that the run started has printed.
func (m *markdown) receiver(r Report) {
	if r.Receiver.Printed() {
		m.section("<details><summary>Receiver output: " + mdText(r.Receiver.summary()) + "</summary>\n\n" + mdBlock(r.Receiver.lines()) + "\n</details>\n\n")
	}
}

func (m *markdown) foot(r Report) {
	if m.omitted > 0 {
		fmt.Fprintf(&m.buf, "%d parts of this report did not fit here; report.json and report.html have them.\n\n", m.omitted)
	}
	fmt.Fprintf(&m.buf, "Catalogue `%s`.\n", cut(visible(r.Suite.CatalogueDigest), 64))
}

// mdText makes s plain text: every character with a meaning in Markdown or HTML is written so that it has none.
func mdText(s string) string {
	var b strings.Builder
	s = visible(s)
	// At the beginning of a line these would open a list.
	if n := len(s) - len(strings.TrimLeft(s, "0123456789")); n < len(s) && (n == 0 && strings.ContainsRune("-+", rune(s[0])) || n > 0 && strings.ContainsRune(".)", rune(s[n]))) {
		b.WriteString(s[:n] + `\` + s[n:n+1])
		s = s[n+1:]
	}
	for _, r := range s {
		switch r {
		case '<', '>', '&', '|', '@', '`': // @ would mention people, | would end a cell, ` would open code
			fmt.Fprintf(&b, "&#%d;", r)
		case '\\', '*', '_', '[', ']', '{', '}', '#', '~', '!', '^', '$', '=':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mdCode makes s code within a line; not for the cell of a table, where a | would end it.
func mdCode(s string) string {
	s = visible(s)
	if s == "" {
		return "(nothing)"
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if fence != "`" || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// mdBlock makes lines a code block within a list item.
func mdBlock(lines []string) string {
	longest := 2
	for _, l := range lines {
		longest = max(longest, longestRun(l, '`'))
	}
	fence := "  " + strings.Repeat("`", longest+1)
	var b strings.Builder
	b.WriteString(fence + "text\n")
	for _, l := range lines {
		b.WriteString("  " + visible(l) + "\n")
	}
	b.WriteString(fence + "\n")
	return b.String()
}

func longestRun(s string, c byte) int {
	longest, n := 0, 0
	for i := range len(s) {
		if s[i] != c {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}
