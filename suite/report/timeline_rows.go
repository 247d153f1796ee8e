package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A moment is a row before it has a place.
type moment struct {
	at  time.Duration
	row timelineRow
}

// Watchers by name: where their lifelines stand. The observer of the task's facts has the name "", the listener for
// URLs that a receiver should not fetch the one below.
const canaryWatch = "\x00canary"

// lifelines are those that take part in a play: CSS, the receiver, and whatever looked at it.
func lifelines(in judge.Input) (lives []lifeline, watch map[string]int) {
	lives = []lifeline{{X: lifeCSS, Name: "CSS", What: "sends"}, {X: lifeReceiver, Name: "receiver", What: "answers"}}
	watch = map[string]int{}
	x := lifeWatch
	add := func(name, what string) int {
		lives = append(lives, lifeline{X: x, Name: visible(cutWidth(name, 14)), What: what})
		x += watchApart
		return x - watchApart
	}
	facts, counted := false, map[string]bool{}
	for _, s := range in.Samples {
		facts = facts || s.Facts != nil || s.Error != ""
		for name := range s.Effects {
			counted[name] = true
		}
	}
	if facts {
		watch[""] = add("observer", "task")
	}
	names := make([]string, 0, len(counted))
	for name := range counted {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		switch {
		case i < maxWatchers-1 || len(names) == maxWatchers:
			watch[name] = add(name, "effect")
		case i == maxWatchers-1:
			watch[name] = add(fmt.Sprintf("%d more", len(names)-i), "effects")
		default:
			watch[name] = x - watchApart
		}
	}
	if len(in.Fetches) > 0 {
		watch[canaryWatch] = add("canary", "fetched URLs")
	}
	return lives, watch
}

// labelWide is how many columns of text there is room for between CSS and the receiver.
const labelWide = 66

// beforeLife is the middle of the room before the lifeline of a watcher, where its label stands.
func beforeLife(x int) int {
	if x == lifeWatch {
		return (lifeReceiver + lifeWatch) / 2
	}
	return x - watchApart/2
}

// exchangeMoments are the callbacks and their answers.
func exchangeMoments(in judge.Input, opens func(sending) string, fails faults) []moment {
	var ms []moment
	for _, s := range sendings(in) {
		d, a := s.delivery, s.attempt
		class := ""
		if d.Copy > 0 {
			class = "dup"
		}
		if len(fails.answers[keyOf(s)]) > 0 {
			class = "bad"
		}
		send := timelineRow{
			Kind: "send", Class: class, From: lifeCSS, To: lifeReceiver - besideLife, Mid: (lifeCSS + lifeReceiver) / 2,
			Time: clock(a.Queued), Label: visible(cutWidth(d.ID, 40)), Anchor: opens(s),
			Cross: a.Request.Wire.ResetAt != nil || a.Request.Wire.TruncateAt != nil, key: keyOf(s),
		}
		send.Note = visible(cutWidth(strings.Join(deliveryMarks(d, a), ", "), labelWide-width(send.Label)))
		if a.Number <= 1 && (d.Lag() >= 10*time.Millisecond || a.Queued-d.Planned >= ms10) {
			send.Plan = "planned " + clock(d.Planned)
		}
		back := timelineRow{
			Kind: "answer", Class: class, From: lifeReceiver - besideLife, To: lifeCSS, Mid: (lifeCSS + lifeReceiver) / 2,
			Time: clock(a.Done), Label: came(a), Note: short(a.Latency()), Anchor: opens(s), key: keyOf(s),
		}
		if class == "" && a.OK() {
			back.Class = "good"
		}
		if a.Answer == nil {
			back.Kind, back.Cross = "lost", true
			back.To = (lifeCSS + lifeReceiver) / 2
			if a.Failure != nil {
				back.Note = visible(cutWidth(a.Failure.Message, labelWide-width(back.Label)))
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

// tellingLooks are the samples that say something new about their task; between them the observers saw the same. The
// last of a step is among them where a check that rests on it failed.
func tellingLooks(in judge.Input, fails faults) []int {
	var telling []int
	saw := map[string]string{}
	for i, s := range in.Samples {
		what := s.Error
		if what == "" {
			what = seen(s)
		}
		before, known := saw[s.Task+" "+s.Step]
		if known && before == what && !fails.looks[i] {
			continue
		}
		saw[s.Task+" "+s.Step] = what
		telling = append(telling, i)
	}
	return telling
}

// lookMoments are the looks of the observers that said something new: one row for what was seen of the task, one for
// each count that changed.
func lookMoments(in judge.Input, watch map[string]int, opens func(int) string, fails faults) []moment {
	var ms []moment
	counts := map[string]int{}
	facts := map[string]string{}
	for _, i := range tellingLooks(in, fails) {
		s := in.Samples[i]
		whose := ""
		if len(in.Plan.Tasks) > 1 && s.Task != "" {
			whose = visible(cutWidth(s.Task, 24))
		}
		add := func(name, label, class string) {
			row := timelineRow{
				Kind: "look", Class: class, From: lifeReceiver, To: watch[name], Mid: beforeLife(watch[name]), Time: clock(s.At),
				Label: visible(cutWidth(label, 40)), Note: whose, Anchor: opens(i),
			}
			row.Alt = spoken(row, "observed")
			ms = append(ms, moment{at: time.Duration(s.At), row: row})
		}
		class := ""
		if fails.looks[i] {
			class = "bad"
		}
		switch what := seenShort(s); {
		case s.Error != "":
			add("", "could not look", "bad")
		case s.Facts != nil && (facts[s.Task+" "+s.Step] != what || class != ""):
			facts[s.Task+" "+s.Step] = what
			add("", what, class)
		}
		for _, name := range effectNames(s) {
			if n := s.Effects[name]; n != counts[s.Task+" "+name] || fails.effects[effectKey{i, name}] {
				counts[s.Task+" "+name] = n
				class := ""
				if fails.effects[effectKey{i, name}] {
					class = "bad"
				}
				add(name, fmt.Sprintf("%d counted", n), class)
			}
		}
	}
	return ms
}

func effectNames(s judge.Sample) []string {
	names := make([]string, 0, len(s.Effects))
	for name := range s.Effects {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// seenShort says what a look saw of a task in a few words: what most scenarios turn on.
func seenShort(s judge.Sample) string {
	if s.Facts == nil {
		return ""
	}
	var parts []string
	switch phase, exists := s.Facts["phase"], s.Facts["exists"]; {
	case phase != nil:
		parts = append(parts, fmt.Sprint(phase))
	case exists == false || len(s.Facts) == 0:
		parts = append(parts, "no such task")
	default:
		parts = append(parts, "seen")
	}
	if files, ok := s.Facts["files"].([]any); ok && len(files) > 0 {
		parts = append(parts, fmt.Sprintf("%v/%d files", finished(s.Facts), len(files)))
	}
	if code := s.Facts["exit_code"]; code != nil {
		parts = append(parts, fmt.Sprintf("exit %v", code))
	}
	return strings.Join(parts, ", ")
}

// finished is how many files are said to be finished; a target that does not say shows a question mark.
func finished(f judge.Facts) any {
	if n := f["files_finished"]; n != nil {
		return n
	}
	return "?"
}

// fetchMoments are the requests for URLs that the receiver was only told about.
func fetchMoments(in judge.Input, watch map[string]int) []moment {
	ms := make([]moment, 0, len(in.Fetches))
	for _, f := range in.Fetches {
		row := timelineRow{
			Kind: "fetch", Class: "bad", From: lifeReceiver, To: watch[canaryWatch], Mid: beforeLife(watch[canaryWatch]), Time: clock(f.At),
			Label: visible(cutWidth(f.Method+" "+f.Which, 32)),
		}
		row.Alt = spoken(row, "the receiver fetched "+visible(cut(f.Path, 200)))
		ms = append(ms, moment{at: time.Duration(f.At), row: row})
	}
	return ms
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
			row.Class, row.Note = "bad", visible(cutWidth(r.Error, 40))
		}
		row.Alt = spoken(row, "done to the receiver")
		ms = append(ms, moment{at: time.Duration(r.Started), row: row})
	}
	return ms
}
