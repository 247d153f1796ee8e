package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// The timeline is a sequence diagram: time runs down, CSS, the receiver and the observers are lifelines, a callback is
// an arrow to the right and its answer one back. Distances are not to scale: a play has milliseconds and minutes in
// it, so equal distances would leave nothing to see. Every row says its time instead, and long waits are named.

// Where things stand, in the SVG's own units.
const (
	lifeCSS      = 190
	lifeReceiver = 560
	lifeObserver = 700
	timelineWide = 1000

	rowTop  = 44 // below the names of the lifelines
	rowLow  = 22 // the least distance of two rows: a label must fit
	rowHigh = 60 // the most: a long wait is named, not drawn

	maxTimelineRows = 120

	// gapWindow is the time in which VodSourceFileStart follows TaskStart ("Relay Event Notification", every edition).
	gapWindow = 2 * time.Second
)

// A timeline is laid out and only needs to be drawn.
type timeline struct {
	Width, Height           int
	CSS, Receiver, Observer int
	Top, Bottom             int
	HasObserver             bool
	Title                   string
	Rows                    []timelineRow
	Holds                   []timelineHold
	Windows                 []timelineWindow
	Waits                   []timelineWait
	Left                    int // rows that were left out
	at                      []time.Duration
	y                       []int
}

// A timelineRow is one arrow, one look, or one thing done to the receiver.
type timelineRow struct {
	Kind   string // "send", "answer", "lost", "look", "hook"
	Class  string // how it is drawn beside its kind: "bad", "dup"
	Y, End int    // where it begins, and where it ends: an arrow leans a little, as time passes
	From   int
	To     int
	Mid    int // where its label stands
	Time   string
	Plan   string // the planned time, where it is another
	Label  string
	Note   string // smaller, beside the label
	Cross  bool   // it does not arrive
	Anchor string // the exchange that it opens
	Alt    string // for those who hear it
}

type timelineHold struct{ Y1, Y2 int }

type timelineWindow struct {
	Y1, Y2, Mid int
	Late        bool // the file event was sent after it
}

type timelineWait struct {
	Y    int
	Text string
}

// moment is a row before it has a place.
type moment struct {
	at  time.Duration
	row timelineRow
}

// layTimeline lays the timeline of a play out. anchor names the exchange of an attempt; bad tells whether a check
// about it failed.
func layTimeline(in judge.Input, anchor func(sending) string, bad func(sending) bool) timeline {
	t := timeline{
		Width: timelineWide, CSS: lifeCSS, Receiver: lifeReceiver, Observer: lifeObserver, Top: rowTop - 14,
		Title: visible("Sequence of " + in.Plan.Scenario.ID + ": what CSS sent, what the receiver answered, what was observed"),
	}
	ms := exchangeMoments(in, anchor, bad)
	ms = append(ms, lookMoments(in)...)
	ms = append(ms, hookMoments(in)...)
	slices.SortStableFunc(ms, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	if len(ms) > maxTimelineRows {
		t.Left = len(ms) - maxTimelineRows
		ms = ms[:maxTimelineRows]
	}
	t.place(ms)
	t.holds(in)
	t.windows(in)
	for _, r := range t.Rows {
		t.HasObserver = t.HasObserver || r.Kind == "look"
	}
	if !t.HasObserver {
		t.Width = lifeReceiver + 90
	}
	return t
}

// place gives every moment its row.
func (t *timeline) place(ms []moment) {
	y := rowTop
	for i, m := range ms {
		if i > 0 {
			passed := m.at - ms[i-1].at
			step := rowDistance(passed)
			if passed >= time.Second {
				t.Waits = append(t.Waits, timelineWait{Y: y + step/2 + 4, Text: short(passed) + " later"})
			}
			y += step
		}
		m.row.Y, m.row.End = y, y+6
		t.Rows = append(t.Rows, m.row)
		t.at = append(t.at, m.at)
		t.y = append(t.y, y)
	}
	t.Bottom = y + 18
	t.Height = t.Bottom + 10
}

// rowDistance grows with the logarithm of the time that passed.
func rowDistance(passed time.Duration) int {
	if passed <= 0 {
		return rowLow
	}
	d := rowLow + 6*math.Log2(1+passed.Seconds()*20)
	return int(min(d, rowHigh))
}

// yOf is where a time lies between the rows.
func (t *timeline) yOf(at time.Duration) int {
	if len(t.at) == 0 {
		return rowTop
	}
	i, _ := slices.BinarySearch(t.at, at)
	switch {
	case i == 0:
		return t.y[0]
	case i == len(t.at):
		return min(t.y[i-1]+rowDistance(at-t.at[i-1]), t.Bottom)
	}
	share := float64(at-t.at[i-1]) / float64(t.at[i]-t.at[i-1])
	return t.y[i-1] + int(share*float64(t.y[i]-t.y[i-1]))
}

// exchangeMoments are the callbacks and their answers.
func exchangeMoments(in judge.Input, anchor func(sending) string, bad func(sending) bool) []moment {
	var ms []moment
	for _, s := range sendings(in) {
		d, a := s.delivery, s.attempt
		marks := deliveryMarks(d, a)
		class := ""
		if d.Copy > 0 {
			class = "dup"
		}
		if bad(s) {
			class = "bad"
		}
		send := timelineRow{
			Kind: "send", Class: class, From: lifeCSS, To: lifeReceiver, Mid: (lifeCSS + lifeReceiver) / 2,
			Time: clock(a.Queued), Label: visible(cut(d.ID, 48)), Note: visible(cut(strings.Join(marks, ", "), 64)), Anchor: anchor(s),
			Cross: a.Request.Wire.ResetAt != nil || a.Request.Wire.TruncateAt != nil,
		}
		if a.Number <= 1 && (d.Lag() >= 10*time.Millisecond || a.Queued-d.Planned >= ms10) {
			send.Plan = "planned " + clock(d.Planned)
		}
		back := timelineRow{
			Kind: "answer", Class: class, From: lifeReceiver, To: lifeCSS, Mid: (lifeCSS + lifeReceiver) / 2,
			Time: clock(a.Done), Label: came(a), Note: short(a.Latency()), Anchor: anchor(s),
		}
		if a.Answer == nil {
			back.Kind, back.Cross = "lost", true
			back.To = (lifeCSS + lifeReceiver) / 2
			if a.Failure != nil {
				back.Note = visible(cut(a.Failure.Message, 64))
			}
		}
		send.Alt = spoken(send, "sent; "+back.Label+" after "+short(a.Latency()))
		back.Alt = spoken(back, "what came of "+send.Label)
		ms = append(ms, moment{at: time.Duration(a.Queued), row: send}, moment{at: time.Duration(a.Done), row: back})
	}
	return ms
}

const ms10 = emitter.Offset(10 * time.Millisecond)

// came is what came of an attempt, in a word.
func came(a emitter.Attempt) string {
	switch {
	case a.Answer != nil:
		return fmt.Sprint(a.Answer.Status)
	case a.Failure != nil && a.Failure.Kind == emitter.FailOurs && a.Request.Wire.LoseAnswer:
		return "answer not read"
	case a.Failure != nil && a.Failure.Kind == emitter.FailOurs:
		return "broken off"
	case a.Failure != nil:
		return visible(a.Failure.Kind)
	default:
		return "no answer"
	}
}

// spoken is a row for those who hear it: what is written in it, in its order, and what the drawing says.
func spoken(r timelineRow, drawn string) string {
	parts := slices.DeleteFunc([]string{r.Time, r.Plan, r.Label, r.Note}, func(s string) bool { return s == "" })
	return strings.Join(parts, " ") + ": " + drawn
}

// lookMoments are the looks of the observers: the first of each task, and those that saw something new. Between them
// the observers looked, too, and saw the same.
func lookMoments(in judge.Input) []moment {
	var ms []moment
	last := map[string]string{}
	for _, s := range in.Samples {
		what := s.Error
		if what == "" {
			what = seenShort(s)
		}
		if before, ok := last[s.Task+" "+s.Step]; ok && before == what {
			continue
		}
		last[s.Task+" "+s.Step] = what
		row := timelineRow{
			Kind: "look", From: lifeReceiver, To: lifeObserver, Mid: lifeObserver + 8, Time: clock(s.At),
			Label: visible(cut(what, 40)),
		}
		if s.Error != "" {
			row.Class, row.Label = "bad", "could not look"
		}
		if len(in.Plan.Tasks) > 1 && s.Task != "" {
			row.Note = visible(cut(s.Task, 24))
		}
		row.Alt = spoken(row, "observed "+visible(cut(what, 200)))
		ms = append(ms, moment{at: time.Duration(s.At), row: row})
	}
	return ms
}

// seenShort says what a look saw in a few words: the phase and the counts are what most scenarios turn on.
func seenShort(s judge.Sample) string {
	var parts []string
	if s.Facts != nil {
		switch phase, exists := s.Facts["phase"], s.Facts["exists"]; {
		case phase != nil:
			parts = append(parts, fmt.Sprint(phase))
		case exists == false || len(s.Facts) == 0:
			parts = append(parts, "no such task")
		default:
			parts = append(parts, "seen")
		}
		if code := s.Facts["exit_code"]; code != nil {
			parts = append(parts, fmt.Sprintf("exit %v", code))
		}
	}
	names := make([]string, 0, len(s.Effects))
	for name := range s.Effects {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s %d", name, s.Effects[name]))
	}
	return strings.Join(parts, ", ")
}

// hookMoments are the hooks that were called: what was done to the receiver.
func hookMoments(in judge.Input) []moment {
	var ms []moment
	for _, r := range in.Transcript.Steps {
		i := slices.IndexFunc(in.Plan.Steps, func(s scenarios.Step) bool { return s.ID == r.ID && s.Hook != "" })
		if i < 0 {
			continue
		}
		row := timelineRow{
			Kind: "hook", From: lifeReceiver, To: lifeReceiver, Mid: lifeReceiver, Time: clock(r.Started),
			Label: visible(in.Plan.Steps[i].Hook), Note: short(time.Duration(r.Done - r.Started)),
		}
		if r.Error != "" {
			row.Class, row.Note = "bad", visible(cut(r.Error, 64))
		}
		row.Alt = spoken(row, "done to the receiver")
		ms = append(ms, moment{at: time.Duration(r.Started), row: row})
	}
	return ms
}

// holds are the times for which events were kept back: from their place on the timeline to their sending.
func (t *timeline) holds(in judge.Input) {
	for _, d := range in.Transcript.Deliveries {
		if !d.Held || len(d.Attempts) == 0 {
			continue
		}
		happened, ok := happenedAt(d.Event, in.Plan)
		if y1, y2 := t.yOf(happened), t.yOf(time.Duration(d.Attempts[0].Queued)); ok && y1 < y2 {
			t.Holds = append(t.Holds, timelineHold{Y1: y1, Y2: y2})
		}
	}
}

// windows are the two seconds after a TaskStart in which CSS begins with the first file, for on-demand tasks.
func (t *timeline) windows(in judge.Input) {
	scale := in.Plan.Scale
	if scale <= 0 {
		scale = 1
	}
	for i, e := range in.Plan.Events {
		if e.Name != schema.TaskStart {
			continue
		}
		j := slices.IndexFunc(in.Plan.Events[i:], func(f scenarios.Event) bool { return f.Name == schema.VodSourceFileStart && f.Task == e.Task })
		if j < 0 {
			continue
		}
		from, until := time.Duration(float64(e.At)/scale), time.Duration(float64(time.Duration(e.At)+gapWindow)/scale)
		w := timelineWindow{Y1: t.yOf(from), Y2: t.yOf(until), Late: time.Duration(in.Plan.Events[i+j].At-e.At) > gapWindow}
		if w.Y2 <= w.Y1 {
			w.Y2 = w.Y1 + rowLow/2
		}
		w.Mid = (w.Y1 + w.Y2) / 2
		t.Windows = append(t.Windows, w)
	}
}

// happenedAt is when an event happened at CSS, on the clock of the play.
func happenedAt(event string, p scenarios.Plan) (time.Duration, bool) {
	scale := p.Scale
	if scale <= 0 {
		scale = 1
	}
	for _, e := range p.Events {
		if e.ID == event {
			return time.Duration(float64(e.At) / scale), true
		}
	}
	return 0, false
}

// clock writes an offset as seconds since the start of the play.
func clock(o emitter.Offset) string {
	return fmt.Sprintf("%.3f s", time.Duration(o).Seconds())
}
