package main

import (
	"cmp"
	"encoding/json"
	"slices"
)

// A task is what its events tell, whatever order they came in.
type task struct {
	State   string        `json:"state"` // RUN, STOP or NEW
	Stream  string        `json:"stream,omitempty"`
	PushTo  string        `json:"push_to,omitempty"`
	Pull    []string      `json:"pull,omitempty"`
	Started json.Number   `json:"started,omitempty"` // ms
	Stopped json.Number   `json:"stopped,omitempty"` // ms
	Exit    *exitReason   `json:"exit,omitempty"`
	Played  []*playedFile `json:"played"`
	Alarms  int           `json:"alarms"`
	Kept    int           `json:"kept"` // distinct callbacks
}

type exitReason struct {
	Code   any    `json:"code"`
	Reason string `json:"reason"`
}

type playedFile struct {
	No      json.Number `json:"no"`
	URL     string      `json:"url"`
	Seconds json.Number `json:"seconds,omitempty"`
	Done    bool        `json:"done"`
}

// task gives a task, nil if nothing is known of it. A TaskExit without ids belongs to it if its sources are this
// task's and no other's.
func (j *journal) task(id string) *task {
	j.mu.RLock()
	defer j.mu.RUnlock()
	events := slices.Clone(j.tasks[id])
	if len(events) == 0 {
		return nil
	}
	for _, o := range j.orphan {
		if o.Name == "TaskExit" && len(o.Sources) > 0 && slices.Equal(j.owners(o.Sources), []string{id}) {
			events = append(events, o)
		}
	}
	return derive(events)
}

func (j *journal) owners(sources []string) []string {
	var ids []string
	for id, events := range j.tasks {
		if slices.ContainsFunc(events, func(e *event) bool { return slices.Equal(e.Sources, sources) }) {
			ids = append(ids, id)
		}
	}
	return ids
}

func derive(events []*event) *task {
	t := &task{State: "NEW", Played: []*playedFile{}, Kept: len(events)}
	var turn, start, exit int64 // the newest of both, of TaskStart and of TaskExit
	// Times tell the order where both are there and differ. Else what came later is newer.
	newer := func(at int64, than *int64) bool {
		if at > 0 && *than > 0 && at < *than {
			return false
		}
		*than = at
		return true
	}
	for _, e := range events {
		m := e.says()
		t.Stream, t.PushTo = cmp.Or(e.StreamID, t.Stream), cmp.Or(e.ToURL, t.PushTo)
		if len(e.Sources) > 0 {
			t.Pull = e.Sources
		}
		switch e.Name {
		case "TaskStart":
			if newer(number(m.Started), &start) {
				t.Started = m.Started
			}
			if newer(number(m.Started), &turn) {
				t.State = "RUN"
			}
		case "TaskExit": // not final: a later TaskStart makes the task run again
			if newer(number(m.Exited), &exit) {
				t.Stopped, t.Exit = m.Exited, &exitReason{Code: m.Code, Reason: m.Message}
			}
			if newer(number(m.Exited), &turn) {
				t.State = "STOP"
			}
		case "VodSourceFileStart", "VodSourceFileFinish":
			f := t.file(m)
			f.Done = f.Done || e.Name == "VodSourceFileFinish"
			if t.State == "NEW" {
				t.State = "RUN" // TaskStart is still on its way
			}
		case "TaskAlarm":
			t.Alarms++ // a warning, no end
		}
	}
	slices.SortStableFunc(t.Played, func(a, b *playedFile) int { return cmp.Compare(number(a.No), number(b.No)) })
	return t
}

// file is the entry of a file. Its place and its URL name it together: a list may have a URL twice.
func (t *task) file(m msg) *playedFile {
	for _, f := range t.Played {
		if f.URL == m.URL && number(f.No) == number(m.Index) {
			f.Seconds = cmp.Or(m.Duration, f.Seconds)
			return f
		}
	}
	f := &playedFile{No: m.Index, URL: m.URL, Seconds: m.Duration}
	t.Played = append(t.Played, f)
	return f
}
