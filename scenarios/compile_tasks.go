package scenarios

import (
	"fmt"
	"strconv"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// The generated addresses. RFC 2606 keeps .invalid out of every name service; the push host is that of the documented
// samples (editions 2021-10 and 2022-01), and is never contacted by anybody who only reads callbacks.
const (
	originHost   = "http://origin.relaycheck.invalid/"
	pushPrefix   = "rtmp://5000.livepush.myqcloud.com/live/"
	sampleAppID  = 4
	wideIDOffset = 900_000_000_000_000_000
)

// makeTasks gives every task its ids and addresses.
func (c *compiler) makeTasks() {
	tasks := make([]Task, len(c.t.tasks))
	for i, spec := range c.t.tasks {
		id := c.p.BaseID + int64(i)
		if spec.doc.ID == "wide" {
			id = wideIDOffset + 2*id + 1 // odd, so no float64 holds it
		}
		tasks[i] = Task{Key: spec.key, Source: string(sourceVod), AppID: sampleAppID, TaskID: strconv.FormatInt(id, 10)}
		if spec.live() {
			tasks[i].Source = string(sourceLive)
		}
		if spec.doc.AppID != nil {
			tasks[i].AppID = spec.doc.AppID.Value
		}
	}
	c.plan.Tasks = tasks
	for i := range tasks {
		tasks[i].StreamID = c.streamID(i)
	}
	for i, spec := range c.t.tasks {
		t := &tasks[i]
		t.ToURL = c.fillTask(spec.doc.ToURL, i, pushPrefix+t.StreamID)
		t.CallbackURL = c.fillTask(spec.doc.CallbackURL, i, "")
		t.SourceURLs = c.sourceURLs(i)
		if spec.doc.Canary {
			t.CallbackURL = c.canary(t, "callback_url")
		}
	}
}

// streamID makes a task's stream id; it may be made of another task's.
func (c *compiler) streamID(i int) string {
	t := &c.plan.Tasks[i]
	if t.StreamID == "" {
		t.StreamID = c.fillTask(c.t.tasks[i].doc.StreamID, i, "stream-"+t.TaskID)
	}
	return t.StreamID
}

func (c *compiler) sourceURLs(i int) []string {
	t, spec := &c.plan.Tasks[i], c.t.tasks[i]
	if len(spec.doc.SourceURLs) > 0 {
		urls := make([]string, len(spec.doc.SourceURLs))
		for k := range spec.doc.SourceURLs {
			urls[k] = c.fillTask(&spec.doc.SourceURLs[k], i, "")
		}
		return urls
	}
	base := originHost + t.TaskID
	if spec.doc.Canary {
		base = c.canary(t, "source_urls")
	}
	if spec.live() {
		return []string{base + "/live.flv"}
	}
	urls := make([]string, spec.files())
	for k := range urls {
		urls[k] = fmt.Sprintf("%s/file-%d.m3u8", base, k)
	}
	return urls
}

// canary is an address at the canary listener, whose paths are /TASK_ID/MEMBER….
func (c *compiler) canary(t *Task, member string) string {
	base := c.p.CanaryBase
	if base == "" {
		base = originHost[:len(originHost)-1]
	}
	return base + "/" + t.TaskID + "/" + member
}

// fillTask fills in the placeholders of one of a task's own fields.
func (c *compiler) fillTask(text *strict.At[string], own int, fallback string) string {
	if text == nil {
		return fallback
	}
	return fill(text.Value, func(key, name string) (string, bool) {
		i := own
		if key != "" && c.plan.Load == nil { // every task of a load is the one that the file names
			i = c.taskIndex(key)
		}
		switch t := &c.plan.Tasks[i]; name {
		case "task_id":
			return t.TaskID, true
		case "stream_id":
			return c.streamID(i), true
		case "appid":
			return strconv.FormatInt(t.AppID, 10), true
		}
		return "", false
	})
}

func (c *compiler) taskIndex(key string) int {
	for i := range c.plan.Tasks {
		if c.plan.Tasks[i].Key == key {
			return i
		}
	}
	return 0 // the checker has seen to it
}

func (t *Task) emitterTask() emitter.Task {
	return emitter.Task{
		AppID: t.AppID, TaskID: t.TaskID, StreamID: t.StreamID, ToURL: t.ToURL, SourceURLs: t.SourceURLs, CallbackURL: t.CallbackURL,
	}
}
