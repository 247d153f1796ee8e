package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/suite/judge"
)

// A page is what the template shows. Every text in it is printable; the template escapes what HTML reads.
type page struct {
	Style  template.CSS
	Script template.JS

	Title, Verdict, Headline, Closing string
	About                             []labelled
	Notes                             []string
	Groups                            []groupView
	Legend                            []legendView
	Fix                               []fixView
	Warnings                          []fixView
	Requirements                      []requirementView
	Scenarios                         []scenarioView
	Omitted                           int // scenarios whose exchanges were left out
}

type labelled struct{ Label, Value string }

// A badge is a verdict as it is shown: a mark and a word, so that colour carries nothing alone.
type badge struct{ Verdict, Mark, Word string }

func badgeOf(v judge.Verdict) badge {
	return badge{Verdict: string(v), Mark: marks[v], Word: verdictWord(v)}
}

type groupView struct {
	Name  string
	Cells []cellView
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

type requirementView struct {
	badge
	ID, Anchor, Level, Sentence, Reason, Hint string
	Scenarios                                 []linkView
	Many                                      bool // scenarios, so that they are folded away
}

type linkView struct{ Text, Anchor string }

type scenarioView struct {
	badge
	Anchor, ID, Title, Place, Profile, Took string
	Reason, Aborted                         string
	Rows                                    []rowView
	Requirements                            string // ids, for the filter
	Findings                                []findingView
	Plays                                   []playView
	Open                                    bool
}

type rowView struct {
	badge
	ID, Anchor, Reason string
	Checks             int
}

type findingView struct {
	badge
	Anchor, Requirement, RequirementAnchor, Level, Message, Expected, Actual, Hint, Place, Reproduce string
}

// maxFixMessages is how many findings of one requirement the first screen shows.
const maxFixMessages = 3

// maxLinks is how many scenarios of a requirement are listed outright; some requirements are asked of nearly every one.
const maxLinks = 8

func newPage(r Report, run Run) (*page, error) {
	style, err := static("style.css")
	if err != nil {
		return nil, err
	}
	script, err := static("script.js")
	if err != nil {
		return nil, err
	}
	p := &page{
		Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // both are files of this program
		Title: "Relaycheck: " + strings.ToUpper(r.Verdict), Verdict: r.Verdict, Headline: visible(headline(r)), Closing: visible(closing(r)),
		About: about(r), Notes: visibleAll(r.Notes),
	}
	anchors := anchorsOf(r)
	p.matrix(r, anchors)
	for _, q := range r.Requirements {
		switch q.Verdict {
		case judge.Broken:
			p.Fix = append(p.Fix, fixOf(q, r, anchors))
		case judge.Warned:
			p.Warnings = append(p.Warnings, fixOf(q, r, anchors))
		default:
		}
		v := requirementView{
			badge: badgeOf(q.Verdict), ID: visible(q.ID), Anchor: anchors.requirement[q.ID], Level: visible(string(q.Level)),
			Sentence: visible(q.Sentence), Reason: visible(q.Reason), Hint: visible(q.Hint),
		}
		for _, id := range q.Scenarios {
			v.Scenarios = append(v.Scenarios, linkView{Text: visible(id), Anchor: anchors.scenario[id]})
		}
		v.Many = len(v.Scenarios) > maxLinks
		p.Requirements = append(p.Requirements, v)
	}
	p.scenarios(r, run, anchors)
	return p, nil
}

func about(r Report) []labelled {
	out := []labelled{{"Target", visible(r.Target.URL)}}
	add := func(label, value string) {
		if value != "" {
			out = append(out, labelled{label, visible(value)})
		}
	}
	add("Target file", r.Target.File)
	add("Started", r.Started)
	add("Suite", r.Suite.Version)
	add("Seed", fmt.Sprint(r.Suite.Seed))
	add("Time scale", fmt.Sprintf("%g", r.Suite.TimeScale))
	if r.Suite.Strict {
		add("Strict", "yes")
	}
	add("Observed facts", strings.Join(r.Target.Capabilities.Facts, ", "))
	add("Counted effects", strings.Join(r.Target.Capabilities.Effects, ", "))
	add("Catalogue", r.Suite.CatalogueDigest[:min(12, len(r.Suite.CatalogueDigest))])
	return out
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

func findingAnchor(scenario string, i int) string { return fmt.Sprintf("%s-f%d", scenario, i) }

func (p *page) matrix(r Report, a anchors) {
	for _, g := range groups(r.Requirements) {
		v := groupView{Name: visible(g.name)}
		for _, q := range g.requirements {
			short := shortID(q.ID, g.name)
			v.Cells = append(v.Cells, cellView{
				badge: badgeOf(q.Verdict), Prefix: strings.TrimSuffix(visible(q.ID), short), Short: short,
				Anchor: a.requirement[q.ID], Sentence: visible(q.Sentence),
			})
		}
		p.Groups = append(p.Groups, v)
	}
	n := count(r.Requirements)
	for _, v := range verdictOrder {
		if n[v] > 0 {
			p.Legend = append(p.Legend, legendView{badge: badgeOf(v), Count: n[v]})
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

// scenarios adds every scenario. Those that say most take their room first.
func (p *page) scenarios(r Report, run Run, a anchors) {
	p.Scenarios = make([]scenarioView, len(r.Scenarios))
	order := make([]int, len(r.Scenarios))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(badness[r.Scenarios[j].Verdict], badness[r.Scenarios[i].Verdict])
	})
	room := maxHTML
	plays := playsByScenario(run.Plays)
	for _, i := range order {
		s := r.Scenarios[i]
		v := scenarioOf(s, a)
		for n, play := range plays[s.ID] {
			pv := playOf(play, fmt.Sprintf("%s-p%d", v.Anchor, n), r.Target.URL)
			if size := pv.size(); size <= room {
				room -= size
			} else {
				pv = playView{Omitted: true}
				p.Omitted++
			}
			v.Plays = append(v.Plays, pv)
		}
		p.Scenarios[i] = v
	}
}

func scenarioOf(s Scenario, a anchors) scenarioView {
	v := scenarioView{
		badge: badgeOf(s.Verdict), Anchor: a.scenario[s.ID], ID: visible(s.ID), Title: visible(s.Title),
		Place: visible(fmt.Sprintf("%s:%d", s.File, s.Line)), Profile: visible(s.Profile), Took: short(time.Duration(s.DurationMS) * time.Millisecond),
		Reason: visible(s.Reason), Aborted: visible(s.Aborted), Open: s.Verdict == judge.Broken,
	}
	var ids []string
	for _, row := range s.Requirements {
		ids = append(ids, visible(row.ID))
		v.Rows = append(v.Rows, rowView{
			badge: badgeOf(row.Verdict), ID: visible(row.ID), Anchor: a.requirement[row.ID], Reason: visible(row.Reason), Checks: row.Checks,
		})
	}
	v.Requirements = strings.Join(ids, " ")
	for i, f := range s.Findings {
		v.Findings = append(v.Findings, findingView{
			badge: badgeOf(f.Verdict), Anchor: findingAnchor(v.Anchor, i), Requirement: visible(f.Requirement),
			RequirementAnchor: a.requirement[f.Requirement], Level: visible(string(f.Level)), Message: visible(f.Message),
			Expected: visible(f.Expected), Actual: visible(f.Actual), Hint: visible(f.Hint), Place: place(f.Position), Reproduce: strings.Join(visibleLines(f.Reproduce), "\n"),
		})
	}
	return v
}
