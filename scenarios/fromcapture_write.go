package scenarios

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/schema"
)

// write writes the scenario that a capture makes.
func (r *recorder) write(id string) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	copies := 0
	for _, c := range r.copies {
		copies += c.times
	}
	line("# yaml-language-server: $schema=%s", SchemaURL)
	line("# A wrong receiver … (say what it did when this came)")
	line("# Made from a capture of %d callbacks, %d of them copies. Ids, stream keys and hosts are made anew for each play.", len(r.events)+copies, copies)
	line("title: %s", strings.ToUpper(id[:1])+strings.ReplaceAll(id[1:], "-", " "))
	if copies > 0 {
		line("profile: %s", ProfileDelivery)
	}
	if total := r.events[len(r.events)-1].offset; total > quickEnough {
		line("scale: %d   # it took %s", min(1000, int(math.Ceil(float64(total)/float64(quickEnough)))), total.Round(time.Second))
	}
	r.writeTasks(line)
	line("timeline:")
	var before time.Duration
	for i := range r.events {
		r.writeEvent(line, &r.events[i], before)
		before = r.events[i].offset
	}
	r.writeDelivery(line)
	line("expect:")
	line("  answers: {status: 200, within: 20s}")
	return []byte(b.String())
}

// key is the name of a task within the scenario: a, b … aa.
func (r *recorder) key(i int) string {
	if len(r.tasks) == 1 {
		return "task"
	}
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('a'+(i-1)%26)) + name
	}
	return name
}

func (r *recorder) writeTasks(line func(string, ...any)) {
	for i, t := range r.tasks {
		var keys []string
		switch {
		case !t.fileEvents && len(t.urls) == 1 && strings.HasPrefix(t.urls[0], "rtmp"):
			keys = append(keys, "source: live")
		case len(t.urls) > 1:
			keys = append(keys, fmt.Sprintf("files: %d", min(len(t.urls), 30)))
		}
		if n, err := strconv.ParseInt(t.id, 10, 64); err == nil && n > 1<<53 {
			keys = append(keys, "id: wide")
		}
		if same := slices.IndexFunc(r.tasks[:i], func(o recordedTask) bool { return o.stream != "" && o.stream == t.stream }); same >= 0 {
			keys = append(keys, fmt.Sprintf("stream_id: %q", "{{"+r.key(same)+".stream_id}}"))
		}
		switch {
		case len(r.tasks) > 1 && i == 0:
			line("tasks:")
			fallthrough
		case len(r.tasks) > 1:
			line("  %s: {%s}", r.key(i), strings.Join(keys, ", "))
		case len(keys) > 0:
			line("task: {%s}", strings.Join(keys, ", "))
		}
	}
}

func (r *recorder) writeEvent(line func(string, ...any), e *recorded, before time.Duration) {
	head := "emit"
	if e.sibling {
		head = "sibling"
	}
	line("  - %s: %s", head, e.name)
	if len(r.tasks) > 1 {
		line("    task: %s", r.key(e.task))
	}
	if e.sibling {
		if gap := e.offset - before; gap > 0 {
			line("    after: %s", gap)
		}
		return
	}
	t := r.tasks[e.task]
	file := -1
	if u, ok := e.msg["url"].(string); ok && slices.Contains(schema.MsgKeys(e.name), "url") {
		file = slices.Index(t.urls, u)
	}
	switch {
	case file >= 0 && (len(t.urls) > 1 || e.sayFile):
		line("    file: %d", min(file, 29))
	case e.sayFile:
		line("    file: 0")
	}
	if at, ok := r.toldAt(e); ok {
		line("    at: %s", at)
	}
	if gap := e.offset - before; gap > 0 {
		line("    after: %s", gap)
	}
	if m := r.msgOf(e, file); len(m) > 0 {
		line("    msg: {%s}", strings.Join(m, ", "))
	}
	if kind, odd := oddAlarm(e); odd {
		line("    set: {msg.type: %s}", scalar(r.scrub(kind)))
	}
	var omit []string
	for _, k := range []string{"task_id", "stream_id", "to_url", "source_urls"} {
		if _, has := e.outer[k]; !has {
			omit = append(omit, k)
		}
	}
	if len(omit) > 0 {
		line("    omit: [%s]", strings.Join(omit, ", "))
	}
	var wire []string
	if _, other := e.outer["appId"]; other {
		wire = append(wire, "appid: appId")
	}
	switch e.outer["event_time"].(type) {
	case string:
		wire = append(wire, "event_time: text")
	case json.Number:
		wire = append(wire, "event_time: number")
	}
	if e.object {
		wire = append(wire, "msg: object")
	}
	if len(wire) > 0 {
		line("    wire: {%s}", strings.Join(wire, ", "))
	}
}

// toldAt is the time that a callback tells, where that is not its place on the timeline.
func (r *recorder) toldAt(e *recorded) (string, bool) {
	if e.told < 0 {
		return e.offset.String(), e.sayAt
	}
	if e.told == 0 {
		return "0", true
	}
	at := time.UnixMilli(e.told).Sub(time.UnixMilli(r.base())) - e.offset // stops at the ends of a Duration
	const near = 50 * time.Millisecond                                    // as late as a callback is anyway
	if at > -near && at < near || e.outer["event_time"] != nil && at > -time.Second && at < time.Second {
		return e.offset.String(), e.sayAt
	}
	if at > longestGap || at < -longestGap {
		return strconv.FormatInt(min(e.told, maxMillis), 10), true
	}
	return (at + e.offset).String(), true
}

// base is the moment that offset 0 stands for, in ms since 1970.
func (r *recorder) base() int64 {
	if at := r.events[0].arrived; !at.IsZero() {
		return at.UnixMilli()
	}
	for _, e := range r.events {
		if e.told > 0 {
			return e.told - e.offset.Milliseconds()
		}
	}
	return 0
}

// msgOf lists the members of msg that the step gives.
func (r *recorder) msgOf(e *recorded, file int) []string {
	var out []string
	for _, k := range schema.MsgKeys(e.name) {
		v, has := e.msg[k]
		switch {
		case !has || k == "task_start_time" || k == "task_exit_time":
			continue
		case k == "type":
			if _, odd := oddAlarm(e); odd {
				continue
			}
		case k == "url" && file >= 0:
			continue
		case k == "url":
			v = "http://elsewhere.relaycheck.invalid/file.m3u8"
		case k == "index":
			if n, ok := whole(v); ok && file >= 0 && n == int64(file) {
				if _, number := v.(json.Number); number {
					continue
				}
			}
		}
		if s, ok := v.(string); ok {
			v = r.scrub(s)
		}
		out = append(out, k+": "+scalar(v))
	}
	return out
}

// oddAlarm is the type of an alarm where it is a text that no edition documents. It is written with `set`, as what is meant
// and no slip of the pen.
func oddAlarm(e *recorded) (kind string, odd bool) {
	kind, isText := e.msg["type"].(string)
	return kind, isText && e.name == schema.TaskAlarm && !slices.Contains(emitter.AlarmTypes(), kind)
}

// scalar writes a value as YAML. A JSON text is YAML too.
func scalar(v any) string {
	if s, ok := v.(string); ok {
		if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
			return strconv.Quote(s)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(text)
}

var (
	anyURL = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>\\]+`)
	anyIP  = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{1,4}\b`)
)

// scrub takes out of a text what says whose task it was: addresses, hosts, ids and stream keys of the capture. The same
// thing gets the same pseudonym throughout.
func (r *recorder) scrub(s string) string {
	s = anyURL.ReplaceAllString(s, "http://somewhere.relaycheck.invalid/")
	for i, t := range r.tasks {
		hosts := []string{}
		for _, u := range append(slices.Clone(t.urls), t.toURL) {
			if p, err := url.Parse(u); err == nil {
				hosts = append(hosts, p.Host, p.Hostname())
			}
		}
		for _, h := range hosts {
			s = replaceLong(s, h, fmt.Sprintf("host-%s.relaycheck.invalid", r.key(i)))
		}
		s = replaceLong(s, t.stream, "stream-"+r.key(i))
		s = replaceLong(s, t.id, "task-"+r.key(i))
	}
	return anyIP.ReplaceAllString(s, "192.0.2.1")
}

// replaceLong replaces what is long enough to say something: a stream called "a" is in every text.
func replaceLong(s, old, by string) string {
	if len(old) < 4 {
		return s
	}
	return strings.ReplaceAll(s, old, by)
}

func (r *recorder) writeDelivery(line func(string, ...any)) {
	if len(r.copies) == 0 {
		return
	}
	line("delivery:")
	for _, c := range r.copies {
		keys := []string{"duplicate: " + r.ref(c.of)}
		if c.times > 1 {
			keys = append(keys, fmt.Sprintf("times: %d", c.times))
		}
		if c.after != c.of {
			keys = append(keys, "until: "+r.ref(c.after))
		}
		if gap := c.gap.Round(time.Millisecond); gap > 0 {
			keys = append(keys, "after: "+gap.String())
		}
		line("  - {%s}", strings.Join(keys, ", "))
	}
}

// ref is what a rule calls an event: where there are several of a name, the first has its number too.
func (r *recorder) ref(i int) string {
	e := &r.events[i]
	others := func(o recorded) bool { return o.name == e.name && o.id != e.id }
	if e.id == e.name && slices.ContainsFunc(r.events, others) {
		return e.id + "#1"
	}
	return e.id
}

// heed takes from what lint warns of in the scenario what has to be said outright: a capture is as it is, so its order and
// its times are meant. It reports whether there is something new to say.
func (r *recorder) heed(s *Scenario) (more bool) {
	for _, w := range s.Warnings {
		i := slices.IndexFunc(s.timeline.events, func(ev event) bool { return ev.step.Pos.Line == w.Line })
		if i < 0 {
			continue
		}
		e := &r.events[i]
		switch w.Code {
		case "no-start":
			more = more || !e.sayFile
			e.sayFile = true
		case "impossible-order", "gap", "same-time":
			for k := range r.events[:i+1] { // of two that tell the same time, both have to say so
				before := &r.events[k]
				if k == i || w.Code == "same-time" && before.task == e.task && (before.name == schema.TaskStart || before.name == schema.TaskExit) {
					more = more || !before.sayAt
					before.sayAt = true
				}
			}
		}
	}
	return more
}
