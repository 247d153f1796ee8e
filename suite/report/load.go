package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
)

// A Load is what a scenario that is a load sent, and how it was answered, over all its plays. All but what was asked for
// is volatile.
type Load struct {
	Burst     int            `json:"burst,omitempty"`      // tasks at once, or
	Rate      float64        `json:"rate,omitempty"`       // callbacks a second, as asked for
	ForMS     int64          `json:"for_ms,omitempty"`     // for so long
	Callbacks int            `json:"callbacks"`            // that were sent
	PerSecond float64        `json:"per_second,omitempty"` // of a rate: as they were sent
	BehindMS  float64        `json:"behind_ms"`            // how much later than due this machine sent one, at worst
	Answers   map[string]int `json:"answers"`              // by status; "none" is no whole answer
	Latency   *Latency       `json:"latency_ms,omitempty"` // absent where nothing was answered
}

// Latency tells how long answers took, in milliseconds from handing the request over to the end of its answer, connecting
// included. P95 is the least time within which 95 of 100 answers came (nearest rank).
type Latency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// noAnswerKey stands for a status where there is none.
const noAnswerKey = "none"

// loadOf adds up the plays of a scenario, nil if it is no load.
func loadOf(plays []Play) *Load {
	var out *Load
	var took []time.Duration
	var span time.Duration // from the first callback of a play to its last, over all plays
	var gaps int
	for _, p := range plays {
		asked := p.Input.Plan.Load
		if asked == nil {
			continue
		}
		if out == nil {
			out = newLoad(*asked)
		}
		var first, last time.Duration
		sent := 0
		for _, d := range p.Input.Transcript.Deliveries {
			out.BehindMS = max(out.BehindMS, millis(d.Lag()))
			for _, a := range d.Attempts {
				at := time.Duration(a.Queued)
				if sent == 0 {
					first, last = at, at
				}
				first, last = min(first, at), max(last, at)
				sent++
				key := noAnswerKey
				if a.Answer != nil && a.Failure == nil {
					key = fmt.Sprint(a.Answer.Status)
					took = append(took, a.Latency())
				}
				out.Answers[key]++
			}
		}
		out.Callbacks += sent
		span += last - first
		gaps += max(0, sent-1)
	}
	if out == nil {
		return nil
	}
	if out.Rate > 0 && span > 0 {
		out.PerSecond = math.Round(10*float64(gaps)/span.Seconds()) / 10
	}
	out.Latency = latencyOf(took)
	return out
}

func newLoad(asked scenarios.Load) *Load {
	return &Load{Burst: asked.Burst, Rate: asked.Rate, ForMS: time.Duration(asked.For).Milliseconds(), Answers: map[string]int{}}
}

func latencyOf(took []time.Duration) *Latency {
	if len(took) == 0 {
		return nil
	}
	slices.Sort(took)
	rank := func(share int) float64 { return millis(took[max(0, (len(took)*share+99)/100-1)]) }
	return &Latency{P50: rank(50), P95: rank(95), P99: rank(99), Max: millis(took[len(took)-1])}
}

// millis is a time in milliseconds, to a hundredth.
func millis(d time.Duration) float64 { return math.Round(float64(d)/1e4) / 100 }

// text tells of the load in one line: "200 callbacks at once: 198 answered 200, 2 answered 503; p50 12ms, p95 …".
func (l *Load) text() string {
	if l == nil {
		return ""
	}
	what := fmt.Sprintf("%d callbacks of %d tasks at once", l.Callbacks, l.Burst)
	if l.Burst == 0 {
		what = fmt.Sprintf("%d callbacks at %g a second", l.Callbacks, l.Rate)
		if math.Abs(l.PerSecond-l.Rate) > l.Rate/100 {
			what = fmt.Sprintf("%d callbacks at %g a second instead of %g", l.Callbacks, l.PerSecond, l.Rate)
		}
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(l.Answers)) {
		if key != noAnswerKey {
			parts = append(parts, fmt.Sprintf("%d answered %s", l.Answers[key], key))
		}
	}
	if n := l.Answers[noAnswerKey]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d without an answer", n))
	}
	out := what + ": " + strings.Join(parts, ", ")
	if t := l.Latency; t != nil {
		out += fmt.Sprintf("; answer time p50 %s, p95 %s, p99 %s, max %s", took(t.P50), took(t.P95), took(t.P99), took(t.Max))
	}
	if late := fromMS(l.BehindMS); late > lateToTell {
		out += fmt.Sprintf("; this machine sent up to %s late", short(late))
	}
	return out
}

// lateToTell is how late the machine must have been for the console to say so: no verdict rests on less.
const lateToTell = 100 * time.Millisecond

func fromMS(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }

func took(v float64) string { return short(fromMS(v)) }

// loads has a line for each scenario that is a load.
func loads(r Report) []string {
	var out []string
	for _, s := range r.Scenarios {
		if text := s.Load.text(); text != "" {
			out = append(out, s.ID+": "+text)
		}
	}
	return out
}
