package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/suite/judge"
)

const (
	// maxHTMLBody is how many bytes of a body the page shows: all of any callback that CSS documents.
	maxHTMLBody = 6 << 10
	// maxHTMLExchanges is how many exchanges of a play the page shows; a load test has thousands.
	maxHTMLExchanges = maxTimelineRows / 2
	// maxHTMLLooks is how many looks of a play the page shows.
	maxHTMLLooks = maxTimelineRows
)

// A playView is one play of a scenario: its timeline, every exchange in words, and what was observed.
type playView struct {
	Anchor    string
	Round     string // "round 2", of a scenario that is played several times
	Timeline  timeline
	Exchanges []exchangeText
	Looks     []lookText
	Left      int  // exchanges that are not shown
	Omitted   bool // nothing is shown, for want of room

	about map[string][]linkView // what a failed check is about, by its kind and subject
}

// A lookText is one look of the observers, to be read.
type lookText struct {
	Anchor, Time, Task, Text string
	Bad                      bool
}

// sendingKey names an attempt within a play.
type sendingKey struct {
	delivery string
	attempt  int
}

func keyOf(s sending) sendingKey { return sendingKey{s.delivery.ID, s.attempt.Number} }

// An effectKey names a count that a look found.
type effectKey struct {
	sample int
	name   string
}

// faults are what the checks of a play found wrong, by what they looked at.
type faults struct {
	answers map[sendingKey][]checkView
	looks   map[int]bool // by sample: what was seen of the task
	effects map[effectKey]bool
	checks  []judge.Check // each once
}

// faultsOf finds the checks that failed; one check may speak for several requirements.
func faultsOf(p Play) faults {
	f := faults{answers: map[sendingKey][]checkView{}, looks: map[int]bool{}, effects: map[effectKey]bool{}}
	known := map[string]bool{}
	for _, row := range p.Result.Rows {
		for _, c := range row.Checks {
			name := strings.Join([]string{c.Kind, c.Subject, c.Step, fmt.Sprint(c.Attempt), c.Expected, c.Actual}, "\x00")
			if c.Outcome != judge.Fail || known[name] {
				continue
			}
			known[name] = true
			f.checks = append(f.checks, c)
			switch {
			case aboutAnswer(c):
				view := checkView{What: partOf(c), differing: differ(visible(cut(c.Expected, maxValue)), visible(cut(c.Actual, maxValue)))}
				for _, s := range sendingsOf(c, p.Input) {
					f.answers[keyOf(s)] = append(f.answers[keyOf(s)], view)
				}
			case c.Kind == "effect":
				if i := lastLook(c, p.Input); i >= 0 {
					_, effect := splitFact(c.Subject, p.Input.Plan)
					f.effects[effectKey{i, effect}] = true
				}
			case c.Kind == "fact":
				if i := lastLook(c, p.Input); i >= 0 {
					f.looks[i] = true
				}
			}
		}
	}
	return f
}

// partOf is what of an answer a check is about.
func partOf(c judge.Check) string {
	switch c.Kind {
	case "status", "time", "body", "header":
		return c.Kind
	default:
		return "answer"
	}
}

// lastLook is the last sample that a check about the receiver's state could rest on, or -1.
func lastLook(c judge.Check, in judge.Input) int {
	task, _ := splitFact(c.Subject, in.Plan)
	for i, s := range slices.Backward(in.Samples) {
		if c.Step != "" && s.Step == c.Step && (task == "" || s.Task == task) && s.Error == "" {
			return i
		}
	}
	return -1
}

func playOf(p Play, anchor, target string) playView {
	in := p.Input
	fails := faultsOf(p)
	names := map[sendingKey]string{}
	all := sendings(in)
	for i, s := range all {
		if i < maxHTMLExchanges {
			names[keyOf(s)] = fmt.Sprintf("%s-x%d", anchor, i)
		}
	}
	looks := tellingLooks(in, fails)
	seenAt := map[int]string{}
	for i, n := range looks {
		if i < maxHTMLLooks {
			seenAt[n] = fmt.Sprintf("%s-l%d", anchor, i)
		}
	}
	v := playView{
		Anchor:   anchor,
		Timeline: layTimeline(in, func(s sending) string { return names[keyOf(s)] }, func(n int) string { return seenAt[n] }, fails),
		about:    map[string][]linkView{},
	}
	if in.Plan.Rounds > 0 {
		v.Round = fmt.Sprintf("round %d", in.Plan.Round)
	}
	shown := map[string]exchangeText{}
	for i, s := range all {
		if i == maxHTMLExchanges {
			v.Left = len(all) - i
			break
		}
		v.Exchanges = append(v.Exchanges, exchangeTextOf(s, names[keyOf(s)], target, fails.answers[keyOf(s)], shown))
	}
	for _, n := range looks {
		if at, ok := seenAt[n]; ok {
			v.Looks = append(v.Looks, lookTextOf(in.Samples[n], at, fails.looks[n] || wrongCount(fails, n)))
		}
	}
	v.aboutChecks(in, fails, names, seenAt)
	return v
}

func wrongCount(fails faults, sample int) bool {
	for k := range fails.effects {
		if k.sample == sample {
			return true
		}
	}
	return false
}

func lookTextOf(s judge.Sample, anchor string, bad bool) lookText {
	v := lookText{Anchor: anchor, Time: clock(s.At), Task: visible(s.Task), Bad: bad}
	if s.Error != "" {
		v.Text = "could not look: " + visible(cut(s.Error, maxHTMLBody))
		return v
	}
	v.Text = visible(seen(s))
	return v
}

// maxAbout is how many exchanges a finding leads to.
const maxAbout = 4

// aboutChecks finds for every failed check the exchanges and looks that it is about.
func (v *playView) aboutChecks(in judge.Input, fails faults, names map[sendingKey]string, seenAt map[int]string) {
	for _, c := range fails.checks {
		name := strings.TrimSpace(c.Kind + " " + c.Subject)
		add := func(text, anchor string) {
			if anchor != "" && len(v.about[name]) < maxAbout {
				v.about[name] = append(v.about[name], linkView{Text: text, Anchor: anchor})
			}
		}
		if aboutAnswer(c) {
			for _, s := range sendingsOf(c, in) {
				add(visible(cut(s.delivery.ID, 48))+" at "+clock(s.attempt.Queued), names[keyOf(s)])
			}
		} else if i := lastLook(c, in); i >= 0 {
			add("observed at "+clock(in.Samples[i].At), seenAt[i])
		}
	}
}

// Looked says how many looks there are.
func (v playView) Looked() string {
	if len(v.Looks) == 1 {
		return "one look"
	}
	return fmt.Sprintf("%d looks that said something new", len(v.Looks))
}

// size is about what the play takes in the file: its texts as HTML writes them, and the drawing.
func (v playView) size() int {
	const perRow, perExchange, perLook = 480, 1300, 120 // measured on the template, in bytes, texts apart
	n := perRow * len(v.Timeline.Rows)
	for _, x := range v.Exchanges {
		n += perExchange
		for _, s := range []string{x.Head, x.Body, x.Unsent, x.Hex, x.Answer} {
			n += len(template.HTMLEscapeString(s))
		}
		for _, d := range x.Decoded {
			n += len(template.HTMLEscapeString(d.Value))
		}
	}
	for _, l := range v.Looks {
		n += perLook + len(template.HTMLEscapeString(l.Text))
	}
	return n
}
