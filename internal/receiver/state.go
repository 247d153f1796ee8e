package receiver

import (
	"cmp"
	"encoding/json"
	"slices"
)

// The phases of a task.
const (
	running = "running"
	ended   = "ended"
)

// facts are what is known of one relay task. Each member is always there; null means that nothing is known.
type facts struct {
	Exists        bool     `json:"exists"`
	Phase         *string  `json:"phase"`
	StreamID      *string  `json:"stream_id"`
	ToURL         *string  `json:"to_url"`
	SourceURLs    []string `json:"source_urls"`
	StartedAt     *int64   `json:"started_at"` // ms
	ExitedAt      *int64   `json:"exited_at"`  // ms
	ExitCode      *code    `json:"exit_code"`
	ExitMessage   *string  `json:"exit_message"`
	Files         []file   `json:"files"`
	FilesFinished *int     `json:"files_finished"`
	Alarms        *int     `json:"alarms"`
	Events        *int     `json:"events"` // distinct callbacks kept
}

// A file is one entry of the source list that was played.
type file struct {
	Index    *int64       `json:"index"`
	URL      *string      `json:"url"`
	Duration *json.Number `json:"duration"` // s
	Finished bool         `json:"finished"`
}

// deriveFacts works out what a task's events tell. They come in the order of their arrival, which decides only where
// the payloads order nothing.
func deriveFacts(events []event) facts {
	if len(events) == 0 {
		return facts{}
	}
	return facts{Exists: true}.
		withPhase(events).
		withAddresses(events).
		withFiles(events).
		withCounts(events)
}

// A turn is a TaskStart or a TaskExit: what decides whether a task runs. TaskExit is not final: CSS sends one with
// each internal retry and each move to another machine, so the newest turn counts, of whatever kind.
type turn struct {
	at    int64 // ms; 0 where it is not known, as in all samples
	event event
}

func turnOf(e event) (turn, bool) {
	var at *int64
	switch e.Name {
	case taskStart:
		at = e.Detail.StartedAt
	case taskExit:
		at = e.Detail.ExitedAt
	default:
		return turn{}, false
	}
	t := turn{event: e}
	if at != nil {
		t.at = *at
	}
	return t, true
}

// replaces says whether a turn counts instead of one that arrived before it. By their own times, if they tell; zero
// and equal times order nothing, so then what arrives later is newer.
func (t turn) replaces(earlier *turn) bool {
	if earlier == nil {
		return true
	}
	if t.at > 0 && earlier.at > 0 && t.at != earlier.at {
		return t.at > earlier.at
	}
	return true
}

// newest gives the turn that counts, of those with the given names; nil if there is none.
func newest(events []event, names ...string) *turn {
	var latest *turn
	for _, e := range events {
		if t, ok := turnOf(e); ok && slices.Contains(names, e.Name) && t.replaces(latest) {
			latest = &t
		}
	}
	return latest
}

func (f facts) withPhase(events []event) facts {
	if t := newest(events, taskStart, taskExit); t != nil {
		f.Phase = new(running)
		if t.event.Name == taskExit {
			f.Phase = new(ended)
		}
	} else if slices.ContainsFunc(events, isFileEvent) {
		f.Phase = new(running) // a file event overtook the start: the task must be pulling
	}
	if t := newest(events, taskStart); t != nil {
		f.StartedAt = t.event.Detail.StartedAt
	}
	if t := newest(events, taskExit); t != nil {
		d := t.event.Detail
		f.ExitedAt, f.ExitCode, f.ExitMessage = d.ExitedAt, d.Code, d.Message
	}
	return f
}

// withAddresses takes where a task pulls from and pushes to from its newest start, and what that does not tell from
// the last event that does.
func (f facts) withAddresses(events []event) facts {
	candidates := slices.Clone(events)
	if t := newest(events, taskStart); t != nil {
		candidates = append(candidates, t.event)
	}
	for _, e := range candidates {
		if e.StreamID != "" {
			f.StreamID = &e.StreamID
		}
		if e.ToURL != "" {
			f.ToURL = &e.ToURL
		}
		if len(e.Sources) > 0 {
			f.SourceURLs = e.Sources
		}
	}
	return f
}

func isFileEvent(e event) bool { return e.Name == fileStart || e.Name == fileFinish }

// withFiles gathers the files as a set. A file is its place in the list and its URL together: one URL may stand at
// two places, and in a documented sample msg.url is none of source_urls.
func (f facts) withFiles(events []event) facts {
	f.Files = []file{}
	type place struct {
		index int64
		url   string
	}
	at := map[place]int{}
	for _, e := range events {
		if !isFileEvent(e) {
			continue
		}
		p := place{index: -1}
		if e.Detail.Index != nil {
			p.index = *e.Detail.Index
		}
		if e.Detail.URL != nil {
			p.url = *e.Detail.URL
		}
		i, ok := at[p]
		if !ok {
			i = len(f.Files)
			at[p] = i
			f.Files = append(f.Files, file{Index: e.Detail.Index, URL: e.Detail.URL})
		}
		if e.Detail.Duration != nil {
			f.Files[i].Duration = e.Detail.Duration
		}
		if e.Name == fileFinish {
			f.Files[i].Finished = true
		}
	}
	slices.SortStableFunc(f.Files, func(a, b file) int { return cmp.Compare(indexOf(a), indexOf(b)) })
	return f
}

func indexOf(f file) int64 {
	if f.Index == nil {
		return -1
	}
	return *f.Index
}

func (f facts) withCounts(events []event) facts {
	var finished, alarms int
	for _, file := range f.Files {
		if file.Finished {
			finished++
		}
	}
	for _, e := range events {
		if e.Name == taskAlarm {
			alarms++
		}
	}
	f.FilesFinished, f.Alarms, f.Events = &finished, &alarms, new(len(events))
	return f
}
