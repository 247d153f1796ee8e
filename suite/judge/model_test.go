package judge

import (
	"encoding/json"
	"slices"
	"strconv"
)

// A taste is how a sensible receiver decides where the pages leave room. Every combination must stay green.
type taste struct {
	waitsForStart   bool // shows nothing of a task before its TaskStart or TaskExit
	forgetsExit     bool // a restart clears what is kept of the exit
	keepsFirst      bool // started_at is the first start, else the newest
	listsAhead      bool // files of source_urls are listed before they begin
	reopens         bool // a file that provably begins again is no longer finished
	countsAll       bool // unknown events and alarms count as events
	ignoresNameless bool // a TaskExit without ids ends nothing
	zeros           bool // zero values instead of nothing before an exit
	texts           bool // numbers are shown as text
	takesDoubtful   bool // what only lenient parsers read is applied
	lastWins        bool // of turns that no time orders, the later arrival counts, else the earlier
}

// A model is a small receiver with a taste. It reads what is on the wire and shares nothing with the judge.
type model struct {
	taste taste
	tasks map[string]*modelTask
	// nameless are TaskExits without ids, by their source_urls.
	nameless []modelEvent
}

type modelEvent struct {
	Event     string `json:"callback_event"`
	TaskID    string `json:"task_id"`
	StreamID  string `json:"stream_id"`
	ToURL     string `json:"to_url"`
	Sources   string `json:"source_urls"`
	Msg       string `json:"msg"`
	EventTime string `json:"event_time"`
	inner     struct {
		Start    int64       `json:"task_start_time"`
		Exit     int64       `json:"task_exit_time"`
		URL      string      `json:"url"`
		Index    json.Number `json:"index"`
		Duration int64       `json:"duration"`
		Code     json.Number `json:"code"`
		Message  *string     `json:"message"`
	}
}

type modelTask struct {
	seen           map[string]bool
	events, alarms int
	anything       bool // more than file events told of it
	stream, to     string
	sources        []string
	turnAt         int64
	phase          string
	starts         []int64
	exit           *modelEvent
	files          []*modelFile
}

type modelFile struct {
	index    int64
	url      string
	duration int64
	finished bool
	startAt  int64 // newest event_time of a start, and of a finish; 0 if unknown
	finishAt int64
}

func newModel(t taste) *model { return &model{taste: t, tasks: map[string]*modelTask{}} }

// take takes one callback.
func (m *model) take(body []byte) {
	var e modelEvent
	if json.Unmarshal(body, &e) != nil || json.Unmarshal([]byte(e.Msg), &e.inner) != nil {
		return
	}
	if e.TaskID == "" {
		if e.Event == "TaskExit" && !m.taste.ignoresNameless {
			m.nameless = append(m.nameless, e)
			for _, t := range m.tasks {
				var sources []string
				if json.Unmarshal([]byte(e.Sources), &sources) == nil && slices.Equal(sources, t.sources) {
					t.apply(e, m.taste)
				}
			}
		}
		return
	}
	t := m.tasks[e.TaskID]
	if t == nil {
		t = &modelTask{seen: map[string]bool{}}
		m.tasks[e.TaskID] = t
	}
	t.apply(e, m.taste)
}

func (t *modelTask) apply(e modelEvent, taste taste) {
	key := e.TaskID + "|" + e.Event + "|" + e.Msg + "|" + e.EventTime
	if t.seen[key] {
		return
	}
	t.seen[key] = true
	if e.StreamID != "" {
		t.stream = e.StreamID
	}
	if e.ToURL != "" {
		t.to = e.ToURL
	}
	var sources []string
	if json.Unmarshal([]byte(e.Sources), &sources) == nil {
		t.sources = sources
	}
	switch e.Event {
	case "TaskStart":
		t.events++
		t.anything = true
		t.starts = append(t.starts, e.inner.Start)
		t.turn("running", e.inner.Start, taste)
		if taste.forgetsExit && t.exit != nil && t.phase == "running" {
			t.exit = nil
		}
	case "TaskExit":
		t.events++
		t.anything = true
		newer := t.exit == nil || (e.inner.Exit > t.exit.inner.Exit && t.exit.inner.Exit > 0 && e.inner.Exit > 0)
		if t.exit != nil && (e.inner.Exit == 0 || t.exit.inner.Exit == 0) {
			newer = taste.lastWins
		}
		if newer {
			t.exit = &e
		}
		t.turn("ended", e.inner.Exit, taste)
		if taste.forgetsExit && t.phase == "running" {
			t.exit = nil
		}
	case "VodSourceFileStart", "VodSourceFileFinish":
		t.events++
		t.file(e, taste)
	default:
		t.anything = t.anything || !taste.waitsForStart && taste.countsAll
		if taste.countsAll {
			t.events++
		}
		if e.Event == "TaskAlarm" {
			t.alarms++
		}
	}
}

func (t *modelTask) turn(phase string, at int64, taste taste) {
	switch {
	case t.phase == "":
	case at > 0 && t.turnAt > 0 && at != t.turnAt:
		if at < t.turnAt {
			return
		}
	case !taste.lastWins:
		return
	}
	t.phase, t.turnAt = phase, at
}

func (t *modelTask) file(e modelEvent, taste taste) {
	index, _ := strconv.ParseInt(e.inner.Index.String(), 10, 64)
	var f *modelFile
	for _, g := range t.files {
		if g.index == index && g.url == e.inner.URL {
			f = g
		}
	}
	if f == nil {
		f = &modelFile{index: index, url: e.inner.URL, duration: e.inner.Duration}
		t.files = append(t.files, f)
	}
	at, _ := strconv.ParseInt(e.EventTime, 10, 64)
	if e.Event == "VodSourceFileFinish" {
		f.finished, f.finishAt = true, max(f.finishAt, at)
	} else {
		f.startAt = max(f.startAt, at)
	}
	if taste.reopens && f.finishAt > 0 && f.startAt > f.finishAt { // it began again since
		f.finished = false
	}
}

// show gives the facts of a task.
func (m *model) show(taskID string) Facts {
	t := m.tasks[taskID]
	if t == nil || (m.taste.waitsForStart && t.phase == "") {
		return Facts{"exists": false}
	}
	num := func(n int64) any {
		if m.taste.texts {
			return strconv.FormatInt(n, 10)
		}
		return json.Number(strconv.FormatInt(n, 10))
	}
	f := Facts{"exists": true, "stream_id": t.stream, "to_url": t.to, "events": num(int64(t.events)), "alarms": num(int64(t.alarms))}
	if t.phase != "" {
		f["phase"] = t.phase
	}
	urls := make([]any, len(t.sources))
	for i, u := range t.sources {
		urls[i] = u
	}
	f["source_urls"] = urls
	if len(t.starts) > 0 {
		f["started_at"] = num(slices.Max(t.starts))
		if m.taste.keepsFirst {
			f["started_at"] = num(slices.Min(t.starts))
		}
	}
	if t.exit != nil {
		f["exited_at"], f["exit_code"] = num(t.exit.inner.Exit), num(toInt(t.exit.inner.Code))
		if t.exit.inner.Message != nil {
			f["exit_message"] = *t.exit.inner.Message
		}
	} else if m.taste.zeros {
		f["exited_at"], f["exit_code"], f["exit_message"] = num(0), num(0), ""
	}
	f["files"], f["files_finished"] = m.files(t, num)
	return f
}

func (m *model) files(t *modelTask, num func(int64) any) (list []any, finished any) {
	n := int64(0)
	list = []any{}
	for _, file := range t.files {
		if file.finished {
			n++
		}
		list = append(list, map[string]any{"index": num(file.index), "url": file.url, "duration": num(file.duration), "finished": file.finished})
	}
	if m.taste.listsAhead {
		for i, u := range t.sources {
			if !slices.ContainsFunc(t.files, func(f *modelFile) bool { return f.index == int64(i) && f.url == u }) {
				list = append(list, map[string]any{"index": num(int64(i)), "url": u, "finished": false})
			}
		}
	}
	return list, num(n)
}

func toInt(n json.Number) int64 {
	i, _ := n.Int64()
	return i
}
