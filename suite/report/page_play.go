package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/relaycheck/relaycheck/suite/judge"
)

const (
	// maxHTMLBody is how many bytes of a body the page shows: all of any callback that CSS documents.
	maxHTMLBody = 6 << 10
	// maxHTMLExchanges is how many exchanges of a play the page shows; a load test has thousands.
	maxHTMLExchanges = maxTimelineRows / 2
)

// A playView is one play of a scenario: its timeline, and every exchange in words.
type playView struct {
	Timeline  timeline
	Exchanges []exchangeText
	Looks     []string
	Left      int  // exchanges that are not shown
	Omitted   bool // nothing is shown, for want of room
}

// An exchangeText is one attempt, to be read.
type exchangeText struct {
	Anchor, Label, Marks, Status, Took string
	Planned, Queued                    string
	Bad                                bool
	Request                            string
	Same                               string // where the same body is shown already
	SameAnchor                         string
	Decoded                            []labelled
	Answer                             string
	Checks                             []checkView // what of it is not as expected
}

type checkView struct{ What, Expected, Actual string }

// sendingKey names an attempt within a play.
type sendingKey struct {
	delivery string
	attempt  int
}

func playOf(p Play, anchor, target string) playView {
	in := p.Input
	bad := failedAttempts(p)
	names := map[sendingKey]string{}
	all := sendings(in)
	for i, s := range all {
		if i < maxHTMLExchanges {
			names[keyOf(s)] = fmt.Sprintf("%s-x%d", anchor, i)
		}
	}
	v := playView{Timeline: layTimeline(in, func(s sending) string { return names[keyOf(s)] }, func(s sending) bool { return len(bad[keyOf(s)]) > 0 })}
	shown := map[string]exchangeText{}
	for i, s := range all {
		if i == maxHTMLExchanges {
			v.Left = len(all) - i
			break
		}
		v.Exchanges = append(v.Exchanges, exchangeTextOf(s, names[keyOf(s)], target, bad[keyOf(s)], shown))
	}
	for _, m := range lookMoments(in) {
		v.Looks = append(v.Looks, m.row.Alt)
	}
	return v
}

func keyOf(s sending) sendingKey { return sendingKey{s.delivery.ID, s.attempt.Number} }

// failedAttempts finds the checks of answers that failed, by attempt; one check may speak for several requirements.
func failedAttempts(p Play) map[sendingKey][]checkView {
	out := map[sendingKey][]checkView{}
	for _, row := range p.Result.Rows {
		for _, c := range row.Checks {
			if c.Outcome != judge.Fail || !aboutAnswer(c) {
				continue
			}
			view := checkView{What: visible(c.Kind), Expected: visible(cut(c.Expected, maxValue)), Actual: visible(cut(c.Actual, maxValue))}
			for _, s := range sendingsOf(c, p.Input) {
				known := false
				for _, other := range out[keyOf(s)] {
					known = known || other == view
				}
				if !known {
					out[keyOf(s)] = append(out[keyOf(s)], view)
				}
			}
		}
	}
	return out
}

func exchangeTextOf(s sending, anchor, target string, bad []checkView, shown map[string]exchangeText) exchangeText {
	d, a := s.delivery, s.attempt
	v := exchangeText{
		Anchor: anchor, Label: visible(d.ID), Marks: visible(strings.Join(deliveryMarks(d, a), ", ")), Status: came(a), Took: short(a.Latency()),
		Planned: clock(d.Planned), Queued: clock(a.Queued), Bad: len(bad) > 0, Checks: bad,
	}
	head := []string{visible(fmt.Sprintf("%s %s", method(a.Request), address(a.Request, target)))}
	for _, h := range a.Request.Header {
		head = append(head, visible(cut(h.Name+": "+h.Value, maxHTMLBody)))
	}
	if before, ok := shown[string(a.Request.Body)]; ok && len(a.Request.Body) > 0 {
		v.Same, v.SameAnchor = before.Label, before.Anchor
	} else {
		head = append(head, "")
		head = append(head, bodyText(a.Request.Body)...)
		shown[string(a.Request.Body)] = v
		for _, l := range decodedLines(a.Request.Body) {
			name, value, _ := strings.Cut(strings.TrimSpace(l), " = ")
			v.Decoded = append(v.Decoded, labelled{name, cut(value, maxHTMLBody)})
		}
	}
	v.Request = strings.Join(head, "\n")

	var back []string
	if a.Answer != nil {
		back = append(back, visible(strings.TrimSpace(fmt.Sprintf("%s %d", a.Answer.Proto, a.Answer.Status))))
		for _, h := range a.Answer.Header {
			back = append(back, visible(cut(h.Name+": "+h.Value, maxHTMLBody)))
		}
		if len(a.Answer.Body) > 0 {
			back = append(back, "")
			back = append(back, bodyText(a.Answer.Body)...)
		}
	}
	if o := outcome(a); o != "" {
		back = append(back, visible(cut(o, maxHTMLBody)))
	}
	v.Answer = strings.Join(back, "\n")
	return v
}

// bodyText is a body, line by line and printable.
func bodyText(b []byte) []string {
	if len(b) == 0 {
		return []string{"(no body)"}
	}
	return visibleLines(cut(string(b), maxHTMLBody))
}

// size is about what the play takes in the file: its texts as HTML writes them, and the drawing.
func (v playView) size() int {
	const perRow, perExchange = 700, 900 // measured on the template, in bytes, texts apart
	n := perRow * len(v.Timeline.Rows)
	for _, x := range v.Exchanges {
		n += perExchange + len(template.HTMLEscapeString(x.Request)) + len(template.HTMLEscapeString(x.Answer))
		for _, d := range x.Decoded {
			n += len(template.HTMLEscapeString(d.Value))
		}
	}
	for _, l := range v.Looks {
		n += len(l) + 20
	}
	return n
}

// When is the real time of sending and, for the reader who suspects the harness, the planned one.
func (x exchangeText) When() string {
	if x.Planned == x.Queued {
		return x.Queued + ", as planned"
	}
	return x.Queued + ", planned for " + x.Planned
}
