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

type scenarioView struct {
	badge
	Anchor, ID, Title, Place, Profile, Took string
	Reason, Aborted, Load                   string
	Rows                                    []rowView
	Requirements                            string // ids, for the filter
	Rounds                                  []roundView
	Findings                                []findingView
	More                                    int // findings that are not shown
	Plays                                   []playView
	Open                                    bool
}

type rowView struct {
	badge
	ID, Anchor, Reason string
	Checks             int
}

// A roundView is one play of a scenario that is played several times.
type roundView struct {
	badge
	Name, Reason, Moment string
}

type findingView struct {
	badge
	Anchor, Requirement, RequirementAnchor, Level, Message, Hint, Place, Reproduce string
	differing
	See    []linkView // the exchanges that it is about
	NoRoom bool       // for its commands
}

// size is about what the scenario takes in the file without its plays and the commands of its findings.
func (v scenarioView) size() int {
	const perScenario, perRow, perFinding, perSegment = 900, 240, 1100, 11 // measured on the template, in bytes, texts apart
	n := perScenario + perRow*len(v.Rows)
	for _, f := range v.Findings {
		n += perFinding + len(template.HTMLEscapeString(f.Message+f.Hint))
		for _, s := range slices.Concat(f.Expected, f.Actual) {
			n += perSegment + len(template.HTMLEscapeString(s.Text))
		}
	}
	return n
}

// perRequirement is about what a requirement takes in the matrix and the list, in bytes.
const perRequirement = 1200

// maxFindings is how many findings of a scenario are shown; a load test may have thousands.
const maxFindings = 40

// maxOpen is how many of the scenarios that broke stand open: where nearly all did, the list says more.
const maxOpen = 5

// scenarios adds every scenario, those that broke first, in the order of the report else. Those that say most take
// their room first, too.
func (p *page) scenarios(r Report, run Run, a anchors) {
	order := make([]Scenario, len(r.Scenarios))
	copy(order, r.Scenarios)
	slices.SortStableFunc(order, func(x, y Scenario) int { return cmp.Compare(badness[y.Verdict], badness[x.Verdict]) })
	views := make([]scenarioView, len(order))
	room, commands := maxHTML-len(p.Style)-len(p.Script)-perRequirement*len(r.Requirements), maxReproduce
	for i, s := range order {
		views[i] = scenarioOf(s, a)
		for k := range views[i].Findings {
			f := &views[i].Findings[k]
			if size := len(template.HTMLEscapeString(f.Reproduce)); size <= commands {
				commands -= size
				room -= size
			} else {
				f.Reproduce, f.NoRoom = "", true
			}
		}
		room -= views[i].size()
	}
	plays := playsByScenario(run.Plays)
	for i, s := range order {
		v := views[i]
		v.Open = s.Verdict == judge.Broken && i < maxOpen
		left := false
		about := map[string][]linkView{}
		for n, play := range plays[s.ID] {
			pv := playOf(play, fmt.Sprintf("%s-p%d", v.Anchor, n), r.Target.URL)
			if size := pv.size(); size <= room {
				room -= size
			} else {
				pv = playView{Omitted: true}
				left = true
			}
			for name, links := range pv.about {
				if about[name] == nil {
					about[name] = links
				}
			}
			v.Plays = append(v.Plays, pv)
		}
		for k := range v.Findings {
			v.Findings[k].See = about[s.Findings[k].Check]
		}
		if left {
			p.Omitted++
		}
		p.Scenarios = append(p.Scenarios, v)
	}
}

func scenarioOf(s Scenario, a anchors) scenarioView {
	v := scenarioView{
		badge: badgeOf(s.Verdict), Anchor: a.scenario[s.ID], ID: visible(s.ID), Title: visible(s.Title),
		Place: visible(fmt.Sprintf("%s:%d", s.File, s.Line)), Profile: visible(s.Profile), Took: short(time.Duration(s.DurationMS) * time.Millisecond),
		Reason: visible(s.Reason), Aborted: visible(s.Aborted), Load: visible(s.Load.text()),
	}
	var ids []string
	for _, row := range s.Requirements {
		ids = append(ids, visible(row.ID))
		v.Rows = append(v.Rows, rowView{
			badge: badgeOf(row.Verdict), ID: visible(row.ID), Anchor: a.requirement[row.ID], Reason: visible(row.Reason), Checks: row.Checks,
		})
	}
	v.Requirements = strings.Join(ids, " ")
	for _, r := range s.Rounds {
		v.Rounds = append(v.Rounds, roundView{badge: badgeOf(r.Verdict), Name: fmt.Sprintf("round %d", r.Round), Reason: visible(r.Reason), Moment: visible(r.Moment)})
	}
	hinted := map[string]bool{}
	for i, f := range s.Findings {
		if i == maxFindings {
			v.More = len(s.Findings) - i
			break
		}
		v.Findings = append(v.Findings, findingView{
			badge: badgeOf(f.Verdict), Anchor: findingAnchor(v.Anchor, i), Requirement: visible(f.Requirement),
			RequirementAnchor: a.requirement[f.Requirement], Level: visible(string(f.Level)), Message: visible(f.Message),
			differing: differ(visible(f.Expected), visible(f.Actual)), Hint: visible(f.Hint), Place: place(f.Position),
			Reproduce: strings.Join(visibleLines(f.Reproduce), "\n"),
		})
		if hinted[f.Requirement] { // once is enough for a reader who goes through them
			v.Findings[i].Hint = ""
		}
		hinted[f.Requirement] = true
	}
	return v
}
