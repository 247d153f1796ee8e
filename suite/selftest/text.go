package selftest

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Text writes the certificate for people: a line for each bug, the kill matrix by requirement, what is wrong, and the
// closing line.
func Text(w io.Writer, c Certificate) error {
	var b bytes.Buffer
	bugTable(&b, c)
	matrix(&b, c)
	if len(c.LeftOut) > 0 {
		fmt.Fprintf(&b, "\nnot judged\n")
		for _, l := range c.LeftOut {
			fmt.Fprintf(&b, "  %s: %s\n", l.ID, l.Reason)
		}
	}
	if len(c.Problems) > 0 {
		fmt.Fprintf(&b, "\nthe certificate does not hold\n")
		for _, p := range c.Problems {
			fmt.Fprintf(&b, "  %s\n", p)
		}
	}
	if len(c.Untold) > 0 {
		fmt.Fprintf(&b, "\nthis machine was too slow to tell; try again when it has less to do\n")
		for _, u := range c.Untold {
			fmt.Fprintf(&b, "  %s\n", u)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", c.Closing())
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the certificate: %w", err)
	}
	return nil
}

// bugTable has a line for each bug: verdict, id, requirement, who killed it.
func bugTable(b *bytes.Buffer, c Certificate) {
	wide := 0
	for _, bug := range c.Bugs {
		wide = max(wide, len(bug.ID))
	}
	for _, bug := range c.Bugs {
		by := "-"
		if n := len(bug.KilledBy); n > 0 {
			by = bug.KilledBy[0]
			if n > 1 {
				by += fmt.Sprintf(" and %d more", n-1)
			}
		}
		fmt.Fprintf(b, "%-12s  %-*s  %-7s  %s\n", bug.Verdict, wide, bug.ID, bug.Requirement, by)
	}
}

// matrix has a line for each requirement: a mark for each bug that is made to break it, and how many others broke it too.
func matrix(b *bytes.Buffer, c Certificate) {
	if len(c.Requirements) == 0 {
		return
	}
	own, others := map[string]string{}, map[string]int{}
	wide := 0
	for _, bug := range c.Bugs {
		mark := "○"
		if len(bug.KilledBy) > 0 {
			mark = "●"
		}
		own[bug.Requirement] += mark
		wide = max(wide, len([]rune(own[bug.Requirement])))
		for id := range bug.Red {
			if id != bug.Requirement {
				others[id]++
			}
		}
	}
	fmt.Fprintf(b, "\nkill matrix: ● a bug made to break it turned it red, ○ it did not\n")
	for _, r := range c.Requirements {
		marks := own[r.ID] + strings.Repeat(" ", wide-len([]rune(own[r.ID])))
		line := fmt.Sprintf("%-7s %-6s %s  in %d scenarios, red with %d other bugs", r.ID, r.Level, marks, len(r.Scenarios), others[r.ID])
		if r.Reason != "" {
			line = fmt.Sprintf("%-7s %-6s %s  not seen red: %s", r.ID, r.Level, marks, r.Reason)
		}
		fmt.Fprintln(b, line)
	}
	b.WriteString("\n" + apart)
}

// apart says which bugs do not have the whole suite played at them.
const apart = `RET-3 takes a dozen seconds: it is played at the reference and at the bugs that name it. DUR needs a store in a file: it
is played at the reference and at the bugs of durability. The bugs of ACK-2 get only what exercises it, with 20 s real time,
and the bugs of LOAD only the load.
`

// implied says whether a requirement is judged by every scenario, whatever it is about: then it is of no use to list
// all of them.
func implied(id string) bool { return id == "ACK-1" || id == "ACK-2" }

// Markdown writes the page docs/kill-matrix.md. It is the same for every certificate that holds: no times, no seeds, and
// nothing that depends on the machine.
func Markdown(w io.Writer, c Certificate) error {
	var b bytes.Buffer
	b.WriteString(pageHead)
	b.WriteString("## By requirement\n\n| requirement | level | bugs that turned it red | scenarios that exercise it |\n| --- | --- | --- | --- |\n")
	for _, r := range c.Requirements {
		bugs := codes(r.ProvenBy)
		if r.Reason != "" {
			bugs = "not seen red: " + r.Reason
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, r.Level, bugs, codes(r.Scenarios))
	}
	b.WriteString("\n## By bug\n\n| bug | what the developer did wrong | requirement | caught by |\n| --- | --- | --- | --- |\n")
	for _, bug := range c.Bugs {
		by := codes(c.page(bug))
		if bug.Verdict != Killed {
			by = "**" + string(bug.Verdict) + "**"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", bug.ID, cell(bug.Title), bug.Requirement, by)
	}
	if len(c.LeftOut) > 0 {
		b.WriteString("\n## Not judged\n\n| bug | requirement | why |\n| --- | --- | --- |\n")
		for _, l := range c.LeftOut {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", l.ID, l.Requirement, l.Reason)
		}
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the kill matrix: %w", err)
	}
	return nil
}

const pageHead = `<!-- Made by ` + "`go generate ./suite/selftest`" + `: do not edit. -->

# The kill matrix

` + "`relaycheck selftest`" + ` plays the shipped scenarios at the reference receiver, which must come out green, and at every seeded bug: a
receiver that is right but for one known mistake. Each of them must turn the requirement red that it breaks. This page lists what
caught what.

A bug may honestly break other requirements too; those are declared beside it, with the reason, and are not repeated here. Any
other red requirement makes the certificate fail.

The whole ladder of retries (RET-3) takes a dozen seconds of real time. It is played at the reference and at the bugs that name RET-3 or
list it among their side effects. The durability scenarios restart and kill a receiver whose events are in a SQLite file; they are
played at the reference and at the bugs of durability. ACK-2 is about 20 s of real time; the bugs that break it are given that time, and
only the scenarios that exercise ACK-2 are played at them. Everywhere else 4 s stand for the 20 s. The load
scenarios are played at the reference and at the bugs of LOAD, and nothing else is played at those.

`

// page lists the scenarios that caught a bug, without those that only judge its requirement because every scenario does.
func (c Certificate) page(bug Bug) []string {
	if !implied(bug.Requirement) {
		return bug.KilledBy
	}
	var about []string
	for _, r := range c.Requirements {
		if r.ID == bug.Requirement {
			about = r.Scenarios
		}
	}
	return slices.DeleteFunc(slices.Clone(bug.KilledBy), func(id string) bool { return !slices.Contains(about, id) })
}

// codes writes ids as code, with commas.
func codes(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = "`" + id + "`"
	}
	return strings.Join(out, ", ")
}

// cell makes a sentence safe in a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, `\`, `\\`, "&", "&amp;", "<", "&lt;", "*", `\*`).Replace(s)
}
