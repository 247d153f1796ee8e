package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/internal/junit"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// JUnit writes junit.xml: a testsuite for each requirement group, and in it a testcase for each scenario and requirement
// that was played. Broken is a failure; what could not be observed or tested is skipped, with its reason; a warning
// passes, with its findings in system-out. A play that ended early makes its rows without a verdict errors.
//
// A run with the verdict inconclusive or environment, which may have no testcase at all, has one error in a suite
// named "run": no reader of JUnit may take it for green. A testcase has the time of its scenario's whole play. What a
// receiver printed that the run started is the system-out of the first suite.
func JUnit(w io.Writer, r Report) error {
	doc := junitOf(r)
	return doc.Write(w)
}

func junitOf(r Report) junit.Suites {
	doc := junit.Suites{Name: "relaycheck", Time: junitTime(r.DurationMS)}
	if r.Verdict != Pass && r.Verdict != Partial && r.Verdict != Fail {
		doc.Add(suiteOf("run", r, []junit.Case{{
			Name: r.Verdict, Class: "relaycheck.run", Time: junitTime(r.DurationMS),
			Error: &junit.Detail{Message: visible(r.Reason), Type: r.Verdict, Text: strings.Join(visibleAll(r.Notes), "\n")},
		}}))
	}
	if problems := r.Baseline.Problems(); len(problems) > 0 {
		var cases []junit.Case
		for _, e := range r.Baseline.Entries {
			if e.Problem != "" {
				cases = append(cases, junit.Case{
					Name: visible(e.Requirement + " " + e.Scenario + ": baseline entry"), Class: "relaycheck.baseline", Time: junitTime(0),
					Failure: &junit.Detail{Message: visible(e.Problem), Type: string(e.Outcome)},
				})
			}
		}
		doc.Add(suiteOf("baseline", r, cases))
	}
	for _, g := range groups(r.Requirements) {
		var cases []junit.Case
		for _, q := range g.requirements {
			for _, s := range r.Scenarios {
				for _, row := range s.Requirements {
					if row.ID == q.ID {
						cases = append(cases, junitCaseOf(g.name, q, s, row))
					}
				}
			}
		}
		if len(cases) > 0 {
			doc.Add(suiteOf(visible(g.name), r, cases))
		}
	}
	if lines := r.Receiver.lines(); len(lines) > 0 && len(doc.Suites) > 0 {
		// Once, not with every testcase: one process served them all.
		doc.Suites[0].SystemOut = &junit.Text{Text: r.Receiver.summary() + "\n" + strings.Join(lines, "\n") + "\n"}
	}
	return doc
}

// suiteOf is a suite with the properties of the run.
func suiteOf(name string, r Report, cases []junit.Case) junit.Suite {
	var longest float64
	for _, c := range cases {
		if t, err := strconv.ParseFloat(c.Time, 64); err == nil {
			longest = max(longest, t)
		}
	}
	return junit.Suite{
		Name: name, Cases: cases, Timestamp: r.Started,
		// Plays run side by side, and one play gives several testcases: the sum of their times would mean nothing.
		Time: strconv.FormatFloat(longest, 'f', 3, 64),
		Properties: &junit.Properties{Property: []junit.Property{
			{Name: "suite_version", Value: visible(r.Suite.Version)},
			{Name: "catalogue_digest", Value: visible(r.Suite.CatalogueDigest)},
			{Name: "seed", Value: strconv.FormatInt(r.Suite.Seed, 10)},
			{Name: "time_scale", Value: strconv.FormatFloat(r.Suite.TimeScale, 'g', -1, 64)},
			{Name: "target", Value: visible(r.Target.URL)},
			{Name: "verdict", Value: r.Verdict},
		}},
	}
}

func junitCaseOf(group string, q Requirement, s Scenario, row Row) junit.Case {
	c := junit.Case{
		Name: visible(fmt.Sprintf("%s %s: %s", q.ID, s.ID, q.Sentence)), Class: visible("relaycheck." + group),
		File: visible(s.File), Line: s.Line, Time: junitTime(s.DurationMS),
	}
	var of []Finding
	for _, f := range s.Findings {
		if f.Requirement == q.ID {
			of = append(of, f)
		}
	}
	text := findingsText(of)
	if rounds := roundLines(s.Rounds); len(rounds) > 0 {
		text = strings.Join(visibleAll(rounds), "\n") + "\n\n" + text
	}
	switch row.Verdict {
	case judge.Held:
		if len(s.Rounds) > 0 {
			c.SystemOut = &junit.Text{Text: text}
		}
	case judge.Broken:
		message := row.Reason
		for _, f := range of {
			if f.Verdict == judge.Broken {
				message = f.Message
				break
			}
		}
		c.Failure = &junit.Detail{Message: visible(message), Type: string(q.Level), Text: text}
	case judge.Warned:
		why := "warning"
		if row.Reason != "" {
			why += ": " + visible(row.Reason)
		}
		c.SystemOut = &junit.Text{Text: why + "\n" + text}
	case judge.NotObservable, judge.NotTestable, judge.Unproven, judge.NotSelected:
		why := verdictWord(row.Verdict)
		if row.Reason != "" {
			why += ": " + visible(row.Reason)
		}
		if s.Aborted != "" {
			c.Error = &junit.Detail{Message: visible("the play ended early: " + s.Aborted), Type: "aborted", Text: why}
			break
		}
		c.Skipped = &junit.Detail{Message: why}
	default:
		c.Error = &junit.Detail{Message: visible(whyImpossible(row.Verdict)), Type: "verdict"}
	}
	return c
}

// findingsText is all that is known of findings, as plain text.
func findingsText(fs []Finding) string {
	var b strings.Builder
	for i, f := range fs {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\nexpected: %s\nactual: %s\nat: %s\n", visible(f.Message), visible(f.Expected), visible(f.Actual), place(f.Position))
		if f.Hint != "" {
			fmt.Fprintf(&b, "hint: %s\n", visible(f.Hint))
		}
		if len(f.Exchange) > 0 {
			b.WriteString("\n" + strings.Join(visibleAll(f.Exchange), "\n") + "\n")
		}
		if f.Reproduce != "" {
			b.WriteString("\nreproduce with\n" + strings.Join(visibleLines(f.Reproduce), "\n") + "\n")
		}
	}
	return b.String()
}

func visibleAll(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = visible(s)
	}
	return out
}

func junitTime(ms int64) string {
	return strconv.FormatFloat((time.Duration(ms) * time.Millisecond).Seconds(), 'f', 3, 64)
}

// CheckJUnit reads a JUnit file and counts: each header, of a suite and of the whole, must say as many tests, failures,
// errors and skips as there are elements. It is how Write makes sure that what a CI server will count is what the
// run found.
func CheckJUnit(r io.Reader) error {
	_, err := countJUnit(r)
	return err
}

// verifyJUnit checks a file that was written for the report: it also has a failure for each row that broke.
func verifyJUnit(file io.Reader, r Report) error {
	got, err := countJUnit(file)
	if err != nil {
		return err
	}
	want := len(r.Baseline.Problems())
	for _, s := range r.Scenarios {
		for _, row := range s.Requirements {
			if row.Verdict == judge.Broken {
				want++
			}
		}
	}
	if got != want {
		return fmt.Errorf("the JUnit report has %d failures, the run has %d", got, want)
	}
	return nil
}

func countJUnit(r io.Reader) (failures int, err error) {
	var doc junit.Suites
	dec := xml.NewDecoder(r)
	if err := dec.Decode(&doc); err != nil {
		return 0, fmt.Errorf("read the JUnit report back: %w", err)
	}
	var all [4]int
	for _, s := range doc.Suites {
		var n [4]int
		for _, c := range s.Cases {
			n[0]++
			for i, there := range []bool{c.Failure != nil, c.Error != nil, c.Skipped != nil} {
				if there {
					n[i+1]++
				}
			}
		}
		if err := sameCounts("suite "+s.Name, [4]int{s.Tests, s.Failures, s.Errors, s.Skipped}, n); err != nil {
			return 0, err
		}
		for i := range all {
			all[i] += n[i]
		}
	}
	return all[1], sameCounts("the whole", [4]int{doc.Tests, doc.Failures, doc.Errors, doc.Skipped}, all)
}

func sameCounts(what string, header, counted [4]int) error {
	for i, name := range []string{"testcase", "failure", "error", "skipped"} {
		if header[i] != counted[i] {
			return fmt.Errorf("the JUnit report contradicts itself: the header of %s says %d %s elements, there are %d", what, header[i], name, counted[i])
		}
	}
	return nil
}
