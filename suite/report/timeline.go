package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// The timeline is a sequence diagram: time runs down, CSS, the receiver and whatever watches it are lifelines, a callback
// is an arrow to the right and its answer one back. Distances are not to scale: a play has milliseconds and minutes in
// it, so equal distances would leave nothing to see. Every row says its time instead, and long waits are named.

// Where things stand, in the SVG's own units.
const (
	lifeCSS      = 196
	lifeReceiver = 616
	lifeWatch    = 792 // the first of those that watch the receiver
	watchApart   = 124
	besideLife   = 4  // where an arrow ends: at the bar that says the receiver is busy
	timelineEdge = 64 // right of the last lifeline: half its name

	windowX     = 110 // the first bar of the two seconds; those of other tasks stand beside it
	windowApart = 20
	windowLanes = 3

	rowTop  = 70 // below the names of the lifelines
	rowLow  = 26 // the least distance of two rows: a label must fit
	rowHigh = 60 // the most: a long wait is named, not drawn

	maxTimelineRows = 120
	maxWatchers     = 4 // lifelines of effects; those beyond share the last

	// gapWindow is the time in which VodSourceFileStart follows TaskStart ("Relay Event Notification", every edition).
	gapWindow = 2 * time.Second
)

// A timeline is laid out and only needs to be drawn.
type timeline struct {
	Width, Height int
	CSS, Receiver int
	Top, Bottom   int
	Title         string
	Lives         []lifeline
	Rows          []timelineRow
	Steps         []timelineStep // the rows again, those that open the same thing together
	Works         []timelineSpan // the receiver has a callback in hand
	Holds         []timelineSpan
	Retries       []timelineSpan
	Windows       []timelineWindow
	Waits         []timelineWait
	Scaled        string // "60", where waits were divided
	Left          int    // rows that were left out

	at []time.Duration
	y  []int
}

// A lifeline is one of those that take part.
type lifeline struct {
	X          int
	Name, What string
}

// A timelineRow is one arrow, one look, or one thing done to the receiver.
type timelineRow struct {
	Kind   string // "send", "answer", "lost", "look", "fetch", "hook"
	Class  string // how it is drawn beside its kind: "bad", "dup", "good"
	Y, End int    // where it begins, and where it ends: an arrow leans a little, as time passes
	From   int
	To     int
	Mid    int // where its label stands
	Time   string
	Plan   string // the planned time, where it is another
	Label  string
	Note   string // dimmer, beside the label
	Cross  bool   // it does not arrive
	Anchor string // what it opens
	Alt    string // for those who hear it
	key    sendingKey
	place  int // among the rows
}

// A timelineStep is what one link opens: a callback with what came back, or a single row.
type timelineStep struct {
	Anchor, Class, Alt string
	Rows               []timelineRow
}

type timelineSpan struct {
	Y1, Y2 int
	Text   string
}

type timelineWindow struct {
	X, Y1, Y2 int
	Late      bool // the file event was sent after it
}

type timelineWait struct {
	Y    int
	Text string
}

// Tall is whether there is room for a text that runs down.
func (w timelineWindow) Tall() bool { return w.Y2-w.Y1 >= 30 }

// Mid is where that text stands.
func (w timelineWindow) Mid() int { return (w.Y1+w.Y2)/2 + 3 }

// layTimeline lays the timeline of a play out. opens names the exchange of an attempt; fails tells what a check found
// wrong.
func layTimeline(in judge.Input, opens func(sending) string, look func(int) string, fails faults) timeline {
	lives, watch := lifelines(in)
	t := timeline{
		CSS: lifeCSS, Receiver: lifeReceiver, Top: rowTop - 26, Lives: lives, Width: lives[len(lives)-1].X + timelineEdge,
		Title: visible("Sequence of " + in.Plan.Scenario.ID + ": what CSS sent, what the receiver answered, what was observed"),
	}
	if s := in.Plan.Scale; s > 0 && s != 1 {
		t.Scaled = fmt.Sprintf("%g", s)
	}
	ms := exchangeMoments(in, opens, fails)
	ms = append(ms, lookMoments(in, watch, look, fails)...)
	ms = append(ms, fetchMoments(in, watch)...)
	ms = append(ms, hookMoments(in)...)
	slices.SortStableFunc(ms, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	if len(ms) > maxTimelineRows {
		t.Left = len(ms) - maxTimelineRows
		ms = ms[:maxTimelineRows]
	}
	t.place(ms)
	t.steps()
	t.spans()
	t.holds(in)
	t.windows(in)
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
		m.row.Y, m.row.End, m.row.place = y, y+6, i
		t.Rows = append(t.Rows, m.row)
		t.at = append(t.at, m.at)
		t.y = append(t.y, y)
	}
	t.Bottom = y + 20
	t.Height = t.Bottom + 8
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

// steps puts a callback and what came of it into one link: a reader with a keyboard passes each exchange once.
func (t *timeline) steps() {
	place := map[sendingKey]int{}
	for _, r := range t.Rows {
		if i, ok := place[r.key]; ok && r.key != (sendingKey{}) {
			if t.Steps[i].Rows[0].place != r.place-1 { // something came in between: say what this answers
				r.Note = cutWidth(r.key.delivery+", "+r.Note, labelWide)
			}
			t.Steps[i].Rows = append(t.Steps[i].Rows, r)
			continue
		}
		if r.key != (sendingKey{}) {
			place[r.key] = len(t.Steps)
		}
		t.Steps = append(t.Steps, timelineStep{Anchor: r.Anchor, Class: r.Class, Alt: r.Alt, Rows: []timelineRow{r}})
	}
}

// spans finds the times in which the receiver had a callback in hand, and the waits before each retry.
func (t *timeline) spans() {
	ended := map[sendingKey]int{} // an attempt, and where it was over
	for _, s := range t.Steps {
		first, last := s.Rows[0], s.Rows[len(s.Rows)-1]
		if first.Kind != "send" || len(s.Rows) < 2 {
			continue
		}
		ended[first.key] = last.End
		if !first.Cross {
			t.Works = append(t.Works, timelineSpan{Y1: first.End, Y2: max(last.Y, first.End+3)})
		}
		if before, ok := ended[sendingKey{first.key.delivery, first.key.attempt - 1}]; ok && before < first.Y {
			t.Retries = append(t.Retries, timelineSpan{Y1: before, Y2: first.Y, Text: first.Note})
		}
	}
}

// holds are the times for which events were kept back: from their place on the timeline to their sending.
func (t *timeline) holds(in judge.Input) {
	for _, d := range in.Transcript.Deliveries {
		if !d.Held || len(d.Attempts) == 0 {
			continue
		}
		happened, ok := happenedAt(d.Event, in.Plan)
		sent := time.Duration(d.Attempts[0].Queued)
		if y1, y2 := t.yOf(happened), t.yOf(sent); ok && y1 < y2 {
			t.Holds = append(t.Holds, timelineSpan{Y1: y1, Y2: y2, Text: visible(d.ID) + " happened at " + clock(emitter.Offset(happened)) + " and was held for " + short(sent-happened)})
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
		w.X = windowX
		for lane := range windowLanes {
			x := windowX + lane*windowApart
			if !slices.ContainsFunc(t.Windows, func(o timelineWindow) bool { return o.X == x && o.Y1 < w.Y2+4 && w.Y1 < o.Y2+4 }) {
				w.X = x
				break
			}
		}
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
