package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/suite/judge"
)

// A page is what the template shows. Every text in it is printable; the template escapes what HTML reads.
type page struct {
	Style  template.CSS
	Script template.JS

	Title, Verdict, Word, Headline, Closing, Target, Started, When string
	About                                                          []aboutView
	Notes                                                          []string
	Groups                                                         []groupView
	Legend                                                         []legendView
	Fix                                                            []fixView
	FixMore                                                        []fixView // those beyond the first few
	Warnings                                                       []fixView
	Open                                                           []openView // what the run says nothing about
	Receiver                                                       *receiverView
	Requirements                                                   []requirementView
	Played                                                         []legendView // scenarios by verdict
	Scenarios                                                      []scenarioView
	Omitted                                                        int // scenarios whose exchanges were left out
}

type labelled struct{ Label, Value string }

// An aboutView is a fact about the run; those with long values have a line of their own.
type aboutView struct {
	labelled
	Wide bool
}

// A badge is a verdict as it is shown: an icon and a word, so that colour carries nothing alone.
type badge struct{ Verdict, Word string }

func badgeOf(v judge.Verdict) badge { return badge{Verdict: string(v), Word: verdictWord(v)} }

type groupView struct {
	Name, What string
	Cells      []cellView
}

type cellView struct {
	badge
	Prefix, Short, Anchor, Sentence string
}

type legendView struct {
	badge
	Count int
}

type fixView struct {
	badge
	ID, Level, Sentence, Hint string
	Anchor                    string // of the requirement
	Messages                  []messageView
	More                      int
}

type messageView struct{ Text, Scenario, Anchor, Place string }

// An openView is why some requirements were not judged.
type openView struct {
	badge
	Requirements []linkView
	Reasons      []string
}

type requirementView struct {
	badge
	ID, Anchor, Level, Sentence, Reason, JudgedBy string
	Scenarios                                     []linkView
	Many                                          bool // scenarios, so that they are folded away
}

type linkView struct{ Text, Anchor string }

// A receiverView is what the receiver printed, where the run started it.
type receiverView struct {
	Summary string
	Lines   string
}

const (
	// maxFix is how many broken requirements the first screen shows in full; the others are folded away.
	maxFix = 5
	// maxFixMessages is how many findings of one requirement the first screen shows.
	maxFixMessages = 3
	// maxReasons is how many reasons for the same verdict are given outright.
	maxReasons = 3
	// maxLinks is how many scenarios of a requirement are listed outright; some requirements are asked of nearly every one.
	maxLinks = 8
)

// groupWords says what the groups of the catalogue are about.
var groupWords = map[string]string{
	"ACK": "answering", "ENV": "envelope", "MSG": "payload", "SEQ": "task state", "GAP": "the 2 s gap", "ORD": "order",
	"DUP": "duplicates", "RET": "retries", "BAD": "bad input", "SEC": "security", "DUR": "durability", "LOAD": "load",
}

func newPage(r Report, run Run) (*page, error) {
	style, err := statics("style.css", "timeline.css", "print.css")
	if err != nil {
		return nil, err
	}
	script, err := statics("script.js")
	if err != nil {
		return nil, err
	}
	p := &page{
		Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // both are files of this program
		Title: "Relaycheck: " + strings.ToUpper(r.Verdict), Verdict: r.Verdict, Closing: visible(closing(r)), Target: visible(r.Target.URL),
		Started: visible(r.Started), When: when(r.Started), About: about(r), Notes: visibleAll(r.Notes), Receiver: receiverOf(r),
	}
	word, said, _ := strings.Cut(headline(r), ": ")
	p.Word, p.Headline = visible(word), visible(upperFirst(said))
	anchors := anchorsOf(r)
	p.matrix(r, anchors)
	p.requirements(r, anchors)
	p.open(r, anchors)
	p.scenarios(r, run, anchors)
	return p, nil
}

// when is the time of a run as people read it.
func when(started string) string {
	t, err := time.Parse(time.RFC3339, started)
	if err != nil {
		return visible(started)
	}
	return t.Format("2 January 2006, 15:04:05 MST")
}

// upperFirst makes a sentence of what stood after a colon.
func upperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

func about(r Report) []aboutView {
	var out []aboutView
	add := func(label, value string) {
		if value != "" {
			out = append(out, aboutView{labelled{label, visible(value)}, len(value) > 24})
		}
	}
	add("Target file", r.Target.File)
	add("Seed", fmt.Sprint(r.Suite.Seed))
	add("Time scale", fmt.Sprintf("%g", r.Suite.TimeScale))
	if r.Suite.Strict {
		add("Strict", "yes")
	}
	add("Suite", r.Suite.Version)
	add("Catalogue", r.Suite.CatalogueDigest[:min(12, len(r.Suite.CatalogueDigest))])
	add("Exit code", fmt.Sprint(r.ExitCode))
	add("Observed facts", strings.Join(r.Target.Capabilities.Facts, ", "))
	add("Counted effects", strings.Join(r.Target.Capabilities.Effects, ", "))
	add("Hooks", strings.Join(r.Target.Capabilities.Hooks, ", "))
	return out
}

func receiverOf(r Report) *receiverView {
	if !r.Receiver.Printed() {
		return nil
	}
	return &receiverView{Summary: upperFirst(r.Receiver.summary()), Lines: strings.Join(r.Receiver.lines(), "\n")}
}

// anchors are the names of the places in the page: numbers, because ids may hold anything.
type anchors struct{ requirement, scenario map[string]string }

func anchorsOf(r Report) anchors {
	a := anchors{requirement: map[string]string{}, scenario: map[string]string{}}
	for i, q := range r.Requirements {
		a.requirement[q.ID] = fmt.Sprintf("r%d", i)
	}
	for i, s := range r.Scenarios {
		a.scenario[s.ID] = fmt.Sprintf("s%d", i)
	}
	return a
}

// findingAnchor is where a finding stands: in its scenario, if it is not shown itself.
func findingAnchor(scenario string, i int) string {
	if i >= maxFindings {
		return scenario
	}
	return fmt.Sprintf("%s-f%d", scenario, i)
}

func (p *page) matrix(r Report, a anchors) {
	for _, g := range groups(r.Requirements) {
		v := groupView{Name: visible(g.name), What: groupWords[g.name]}
		for _, q := range g.requirements {
			short := shortID(q.ID, g.name)
			v.Cells = append(v.Cells, cellView{
				badge: badgeOf(q.Verdict), Prefix: strings.TrimSuffix(visible(q.ID), short), Short: short,
				Anchor: a.requirement[q.ID], Sentence: visible(q.Sentence),
			})
		}
		p.Groups = append(p.Groups, v)
	}
	p.Legend = legend(count(r.Requirements))
	played := map[judge.Verdict]int{}
	for _, s := range r.Scenarios {
		played[s.Verdict]++
	}
	p.Played = legend(played)
}

func legend(n map[judge.Verdict]int) []legendView {
	var out []legendView
	for _, v := range verdictOrder {
		if n[v] > 0 {
			out = append(out, legendView{badge: badgeOf(v), Count: n[v]})
		}
	}
	return out
}

func (p *page) requirements(r Report, a anchors) {
	for _, q := range r.Requirements {
		switch q.Verdict {
		case judge.Broken:
			if len(p.Fix) < maxFix {
				p.Fix = append(p.Fix, fixOf(q, r, a))
			} else {
				p.FixMore = append(p.FixMore, fixOf(q, r, a))
			}
		case judge.Warned:
			p.Warnings = append(p.Warnings, fixOf(q, r, a))
		default:
		}
		v := requirementView{
			badge: badgeOf(q.Verdict), ID: visible(q.ID), Anchor: a.requirement[q.ID], Level: visible(string(q.Level)),
			Sentence: visible(q.Sentence), Reason: visible(q.Reason), JudgedBy: visible(strings.Join(q.JudgedBy, " and ")),
		}
		for _, id := range q.Scenarios {
			v.Scenarios = append(v.Scenarios, linkView{Text: visible(id), Anchor: a.scenario[id]})
		}
		v.Many = len(v.Scenarios) > maxLinks
		p.Requirements = append(p.Requirements, v)
	}
}

// open gathers what the run says nothing about, by verdict, and why: where there are few reasons.
func (p *page) open(r Report, a anchors) {
	for _, v := range verdictOrder {
		if v == judge.Held || v == judge.Broken || v == judge.Warned {
			continue
		}
		o := openView{badge: badgeOf(v)}
		for _, q := range r.Requirements {
			if q.Verdict != v {
				continue
			}
			o.Requirements = append(o.Requirements, linkView{Text: visible(q.ID), Anchor: a.requirement[q.ID]})
			if why := visible(q.Reason); why != "" && !slices.Contains(o.Reasons, why) {
				o.Reasons = append(o.Reasons, why)
			}
		}
		if n := len(o.Reasons); n > maxReasons {
			o.Reasons = []string{fmt.Sprintf("for %d reasons; each is told with its requirement", n)}
		}
		if len(o.Requirements) > 0 {
			p.Open = append(p.Open, o)
		}
	}
}

func fixOf(q Requirement, r Report, a anchors) fixView {
	v := fixView{
		badge: badgeOf(q.Verdict), ID: visible(q.ID), Level: visible(string(q.Level)), Sentence: visible(q.Sentence), Hint: visible(q.Hint),
		Anchor: a.requirement[q.ID],
	}
	for _, s := range r.Scenarios {
		for i, f := range s.Findings {
			if f.Requirement != q.ID || f.Verdict != q.Verdict {
				continue
			}
			if len(v.Messages) == maxFixMessages {
				v.More++
				continue
			}
			v.Messages = append(v.Messages, messageView{
				Text: visible(f.Message), Scenario: visible(s.ID), Anchor: findingAnchor(a.scenario[s.ID], i), Place: place(f.Position),
			})
		}
	}
	return v
}
