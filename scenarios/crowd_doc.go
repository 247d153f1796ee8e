package scenarios

import (
	"math"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// A Load says how many tasks live a timeline, and how densely: Burst of them at once, or Rate callbacks a second For so
// long. Exactly one of Burst and Rate is set; as an override (Params.Load) any of the fields may be, and a zero changes
// nothing.
type Load struct {
	Burst int            `json:"burst,omitempty"`
	Rate  float64        `json:"rate,omitempty"` // callbacks a second
	For   emitter.Offset `json:"for_us,omitempty"`
}

// The bounds of a load: what one machine can send on time, and what a run log and a reader can still take in.
const (
	maxLoad     = 20_000 // callbacks in all
	maxRate     = 10_000 // a second
	maxLoadTime = 10 * time.Minute
)

// tasks is how many tasks live a timeline of so many events: as many as come nearest to the rate's time, and one at least.
// Each lives it to its end.
func (l Load) tasks(events int) int {
	if l.Burst > 0 {
		return l.Burst
	}
	return max(1, int(math.Round(l.Rate*time.Duration(l.For).Seconds()/float64(events))))
}

// callbacks is how many callbacks that comes to.
func (l Load) callbacks(events int) int { return l.tasks(events) * events }

// with is the load with another's settings in place of its own, as far as they are about the same kind of load.
func (l Load) with(over Load) Load {
	switch {
	case l.Burst > 0 && over.Burst > 0:
		l.Burst = over.Burst
	case l.Burst == 0:
		if over.Rate > 0 {
			l.Rate = over.Rate
		}
		if over.For > 0 {
			l.For = over.For
		}
	}
	return l
}

// How many tasks live the timeline, all alike, and how densely. Exactly one of burst and rate is its head.
type loadDoc struct {
	// So many tasks at once: the first event of all of them at the same moment. Within a task the order of the timeline holds;
	// no task waits for another. 1 to 20000 callbacks in all. --load-burst overrides it.
	Burst *strict.At[int] `yaml:"burst"`
	// So many callbacks a second, at equal distances, whatever the answers are and however long they take: the first event of
	// all tasks, then the second of all, and so on. 0.1 to 10000. --load-rate overrides it.
	Rate *strict.At[float64] `yaml:"rate"`
	// rate: for how long, up to 10m. --load-for overrides it. Default: 10s.
	For *strict.At[strict.Duration] `yaml:"for"`

	Keys strict.Keys
	Pos  strict.Pos
}

// RefineSchema says that a load has one head, and its bounds.
func (*loadDoc) RefineSchema(s map[string]any) {
	s["oneOf"] = oneOf([]string{"burst", "rate"})
	s["dependentRequired"] = map[string]any{"for": []string{"rate"}}
	p := properties(s)
	p["burst"]["minimum"], p["burst"]["maximum"] = 1, maxLoad
	p["rate"]["minimum"], p["rate"]["maximum"] = minRate, maxRate
}

// minRate is a callback in ten seconds: who asks for less asks for no load.
const minRate = 0.1

// defaultLoadTime is how long a rate lasts where nothing else is said.
const defaultLoadTime = 10 * time.Second

// load is what the file asks for; the zero Load where it asks for none.
func (d *loadDoc) load() Load {
	var l Load
	if d == nil {
		return l
	}
	if d.Burst != nil {
		l.Burst = d.Burst.Value
		return l
	}
	l.For = emitter.Offset(defaultLoadTime)
	if d.Rate != nil {
		l.Rate = d.Rate.Value
	}
	if d.For != nil {
		l.For = emitter.Offset(d.For.Value)
	}
	return l
}
