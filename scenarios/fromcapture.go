package scenarios

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/schema"
)

// A Captured is one callback as it arrived somewhere.
type Captured struct {
	Body []byte
	At   time.Time // when it arrived; the zero time where the capture does not say
}

// maxCaptured bounds the timeline of a scenario that is made of a capture: nobody reads a longer one.
const maxCaptured = 500

// quickEnough is how long the waits of a scenario that is made of a capture may be; above it they are scaled down.
const quickEnough = 10 * time.Second

// FromCapture makes a scenario of captured callbacks. It keeps their order, the time between them, duplicates, what ids
// are missing, and what the receiver's state depends on: files, codes, messages, times. Task ids, stream ids, APPIDs, addresses and
// hosts do not go into the scenario at all: the language makes its own. In messages they are replaced.
//
// Where the capture has no times of arrival, those that the payloads tell stand in. The notes say what was left out. A
// capture without a relay callback is an error.
func FromCapture(id string, list []Captured) (src []byte, notes []string, err error) {
	if err := CheckID(id); err != nil {
		return nil, nil, err
	}
	if len(list) > maxCaptured {
		return nil, nil, fmt.Errorf("the capture has %d documents; a scenario may have %d callbacks at most: cut out what matters", len(list), maxCaptured)
	}
	r := recorder{seen: map[string]int{}, counts: map[string]int{}}
	for i, c := range list {
		r.read(i+1, c)
	}
	if !slices.ContainsFunc(r.events, func(e recorded) bool { return !e.sibling }) {
		return nil, r.notes, errors.New("the capture has no relay callback (event_type 314) that could be read")
	}
	r.assignTasks()
	r.clock()
	for {
		var s *Scenario
		if src, err = Format(id+".yaml", r.write(id)); err == nil {
			s, err = Parse(id+".yaml", src)
		}
		if err != nil {
			return nil, r.notes, fmt.Errorf("make a scenario of the capture: %w", err)
		}
		if !r.heed(s) {
			return src, r.notes, nil
		}
	}
}

// recorder collects what a capture holds.
type recorder struct {
	events []recorded
	tasks  []recordedTask
	seen   map[string]int // the content of a callback -> its event
	counts map[string]int // events of one name
	copies []recordedCopy
	notes  []string
}

// recorded is a callback that was seen for the first time.
type recorded struct {
	id, name string
	sibling  bool
	outer    map[string]any
	msg      map[string]any
	object   bool // msg is an object, not a text
	arrived  time.Time
	told     int64 // ms since 1970 that the payload tells; -1: none
	offset   time.Duration
	task     int
	sayAt    bool // its time is written, even where it is its place on the timeline
	sayFile  bool // the file is written, even where it cannot be known
}

// recordedCopy is a callback that came again, with nothing but other copies between it and the event after.
type recordedCopy struct {
	of, after int
	times     int
	gap       time.Duration
}

type recordedTask struct {
	id, sources, stream, toURL string
	urls                       []string
	fileEvents                 bool
}

func (r *recorder) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(r.notes, n) {
		r.notes = append(r.notes, n)
	}
}

var eventForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// read takes one document of the capture.
func (r *recorder) read(n int, c Captured) {
	outer, ok := object(c.Body)
	if !ok {
		r.note("document %d is no JSON object: left out, since what must not be shown cannot be found in it", n)
		return
	}
	e := recorded{outer: outer, arrived: c.At, told: -1, task: -1}
	kind, isNumber := whole(outer["event_type"])
	switch {
	case isNumber && kind == schema.EventType:
		e.name, _ = outer["callback_event"].(string)
		if !eventForm.MatchString(e.name) {
			r.note("document %d has no callback_event: left out", n)
			return
		}
		if near, close := schema.Nearest(e.name, schema.Events()); close && near != e.name {
			r.note("document %d has the unknown event %q: left out, since it is too near to %s", n, e.name, near)
			return
		}
		if !e.readMsg() {
			r.note("document %d has a msg that cannot be decoded: left out", n)
			return
		}
	case isNumber && slices.Contains(schema.Siblings(), schema.EventTypeName(int(kind))):
		e.name, e.sibling = schema.EventTypeName(int(kind)), true
	default:
		r.note("document %d is no relay callback: left out", n)
		return
	}
	r.leftOut(n, e)
	if first, again := r.seen[e.content()]; again {
		r.repeated(first, c.At)
		return
	}
	r.counts[e.name]++
	e.id = e.name
	if k := r.counts[e.name]; k > 1 {
		e.id = fmt.Sprintf("%s#%d", e.name, k)
	}
	r.seen[e.content()] = len(r.events)
	r.events = append(r.events, e)
}

// repeated takes a callback that was there before.
func (r *recorder) repeated(first int, at time.Time) {
	last := len(r.events) - 1
	gap := time.Duration(0)
	if before := r.events[last].arrived; !at.IsZero() && !before.IsZero() {
		gap = max(at.Sub(before), 0)
	}
	for i := range r.copies {
		if r.copies[i].of == first && r.copies[i].after == last {
			r.copies[i].times++
			return
		}
	}
	r.copies = append(r.copies, recordedCopy{of: first, after: last, times: 1, gap: gap})
}

// leftOut notes what of a callback does not go into the scenario.
func (r *recorder) leftOut(n int, e recorded) {
	if e.sibling {
		return
	}
	if e.outer["sign"] != nil || e.outer["t"] != nil {
		r.note("sign and t were left out: they are made anew where the target has a key")
	}
	var unknown []string
	for k := range e.outer {
		if !slices.Contains(schema.KnownPaths(), k) {
			unknown = append(unknown, k)
		}
	}
	for k := range e.msg {
		if !slices.Contains(schema.MsgKeys(e.name), k) {
			unknown = append(unknown, "msg."+k)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		r.note("document %d has members that no edition documents: %s; left out, write them with `add:` if they matter", n, strings.Join(unknown, ", "))
	}
}

// readMsg decodes msg, which is a JSON text or, against the documents, an object; and the time that it tells.
func (e *recorded) readMsg() bool {
	switch m := e.outer["msg"].(type) {
	case nil:
		e.msg = map[string]any{}
	case map[string]any:
		e.msg, e.object = m, true
	case string:
		decoded, ok := object([]byte(m))
		if !ok {
			return false
		}
		e.msg = decoded
	default:
		return false
	}
	for _, k := range []string{"task_start_time", "task_exit_time"} {
		if ms, ok := whole(e.msg[k]); ok {
			e.told = max(ms, -1)
			return true
		}
	}
	if s, ok := whole(e.outer["event_time"]); ok { // Unix seconds (tables of 2024-04 and 2025-09)
		e.told = max(s*1000, -1)
	}
	return true
}

// content is what makes two callbacks the same: all but the stamp of the sending.
func (e *recorded) content() string {
	kept := map[string]any{}
	for k, v := range e.outer {
		if k != "sign" && k != "t" {
			kept[k] = v
		}
	}
	text, err := json.Marshal(kept) // keys sorted, numbers as they were written
	if err != nil {
		return ""
	}
	return string(text)
}

// whole reads a whole number, written as a number or as a text.
func whole(v any) (int64, bool) {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	default:
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n < math.MaxInt64/1000
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// assignTasks finds out which callbacks belong together: by task_id, and where that is missing by the source addresses.
func (r *recorder) assignTasks() {
	for i := range r.events {
		if e := &r.events[i]; !e.sibling && text(e.outer["task_id"]) != "" {
			e.task = r.task(e)
		}
	}
	for i := range r.events {
		e := &r.events[i]
		switch {
		case e.task >= 0:
		case e.sibling:
			e.task = slices.IndexFunc(r.tasks, func(t recordedTask) bool { return t.stream != "" && t.stream == text(e.outer["stream_id"]) })
		default:
			e.task = r.task(e)
		}
	}
	before := len(r.events)
	r.dropLoners()
	if n := before - len(r.events); n > 0 {
		r.note("%d callbacks of other kinds belong to no stream of the capture's relay tasks: left out", n)
	}
}

// dropLoners takes out siblings of no task; copies of and after them go along.
func (r *recorder) dropLoners() {
	to := make([]int, len(r.events)) // old place -> new place, -1: gone
	var kept []recorded
	counts := map[string]int{}
	for i, e := range r.events {
		if e.task < 0 {
			to[i] = -1
			continue
		}
		to[i] = len(kept)
		counts[e.name]++
		e.id = e.name
		if k := counts[e.name]; k > 1 {
			e.id = fmt.Sprintf("%s#%d", e.name, k)
		}
		kept = append(kept, e)
	}
	var copies []recordedCopy
	for _, c := range r.copies {
		if to[c.of] < 0 {
			continue
		}
		after := c.after
		for after > c.of && to[after] < 0 {
			after--
		}
		c.of, c.after = to[c.of], to[after]
		copies = append(copies, c)
	}
	r.events, r.copies = kept, copies
}

// task finds the task of a callback, or takes note of a new one.
func (r *recorder) task(e *recorded) int {
	id, sources := text(e.outer["task_id"]), strings.TrimSpace(text(e.outer["source_urls"]))
	i := slices.IndexFunc(r.tasks, func(t recordedTask) bool {
		if id != "" && t.id != "" {
			return t.id == id
		}
		return sources != "" && t.sources == sources
	})
	if i < 0 {
		r.tasks = append(r.tasks, recordedTask{id: id, sources: sources})
		i = len(r.tasks) - 1
	}
	t := &r.tasks[i]
	t.id, t.sources = cmp.Or(t.id, id), cmp.Or(t.sources, sources)
	t.stream, t.toURL = cmp.Or(t.stream, text(e.outer["stream_id"])), cmp.Or(t.toURL, text(e.outer["to_url"]))
	if t.urls == nil && sources != "" {
		_ = json.Unmarshal([]byte(sources), &t.urls) // what is no list has no files
	}
	t.fileEvents = t.fileEvents || e.name == schema.VodSourceFileStart || e.name == schema.VodSourceFileFinish
	return i
}

// longestGap is the longest time between two callbacks that is kept: a time of another day is a slip, or another story.
const longestGap = 24 * time.Hour

// clock lays the events on the timeline: by their arrival where the capture has it, else by what the payloads tell.
func (r *recorder) clock() {
	known := !slices.ContainsFunc(r.events, func(e recorded) bool { return e.arrived.IsZero() })
	told := slices.ContainsFunc(r.events, func(e recorded) bool { return e.told > 0 })
	var now time.Duration
	var last time.Time // the moment that now stands for
	for i := range r.events {
		e := &r.events[i]
		at := e.arrived
		if !known && e.told > 0 {
			at = time.UnixMilli(e.told)
		}
		switch gap := at.Sub(last); {
		case at.IsZero():
		case last.IsZero():
			last = at
		case gap > longestGap:
			r.note("%s comes more than %s after the callback before it: the gap was left out", e.id, longestGap)
			if known {
				last = at
			}
		case gap > 0:
			now, last = now+gap, at
		}
		e.offset = now.Round(time.Millisecond)
	}
	if !known && !told {
		r.note("the capture has no times: the callbacks follow each other at once")
	}
}
