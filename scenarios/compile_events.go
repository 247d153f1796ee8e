package scenarios

import (
	"fmt"
	"strconv"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/schema"
)

// What a callback says where the scenario does not: the values of the documented samples (edition 2022-01).
const (
	sampleDuration = 14920 // s
	sampleCode     = -22
	sampleMessage  = "write packet error."
)

// A parcel is an event made ready for delivery.
type parcel struct {
	request emitter.Request
	stamp   *Stamp
}

// makeEvents makes what happened at CSS, and the bytes that go onto the wire.
func (c *compiler) makeEvents() error {
	for i := range c.t.events {
		ev := &c.t.events[i]
		wire := c.wireOf(i)
		plain, callback, err := c.plainBody(ev, wire)
		if err != nil {
			return &CompileError{c.position(ev.step.Pos), err}
		}
		p, err := c.pack(ev, wire, plain, callback)
		if err != nil {
			return &CompileError{c.position(ev.step.Pos), err}
		}
		c.parcels = append(c.parcels, p)
		out := Event{
			ID: ev.id, At: emitter.Offset(c.offset[ev.entry]), Body: plain, Pos: c.position(ev.step.Pos),
			Meaning: c.meaning(ev, p.request), Expect: c.answer(ev.step.Expect),
		}
		if ev.kind != eventRaw {
			out.Name = ev.name
		}
		if ev.task >= 0 {
			out.Task = c.plan.Tasks[ev.task].Key
		}
		c.plan.Events = append(c.plan.Events, out)
	}
	return nil
}

// happened is the time that an event tells.
func (c *compiler) happened(ev *event) time.Time {
	switch at := ev.step.At; {
	case at == nil:
		return c.epoch.Add(c.offset[ev.entry]).Truncate(time.Millisecond)
	case at.Absolute:
		return time.UnixMilli(at.Millis).UTC()
	default:
		return c.epoch.Add(at.Offset).Truncate(time.Millisecond)
	}
}

// plainBody makes the bytes of an event in the vendor's form. The callback is nil where the scenario gives the bytes.
func (c *compiler) plainBody(ev *event, wire wireSettings) ([]byte, *emitter.Callback, error) {
	var cb *emitter.Callback
	switch ev.kind {
	case eventRaw:
		return c.rawBody(ev), nil, nil
	case eventSibling:
		var err error
		if cb, err = c.sibling(ev); err != nil {
			return nil, nil, err
		}
	default:
		cb = c.callback(ev)
	}
	if err := c.change(ev, cb, wire); err != nil {
		return nil, nil, err
	}
	return cb.Bytes(), cb, nil
}

// callback makes a relay callback as the timeline has it.
func (c *compiler) callback(ev *event) *emitter.Callback {
	t := c.plan.Tasks[ev.task].emitterTask()
	ms := c.happened(ev).UnixMilli()
	switch ev.name {
	case schema.TaskStart:
		return emitter.TaskStart(t, ms)
	case schema.TaskExit:
		return emitter.TaskExit(t, emitter.Exit{Time: ms, Code: sampleCode, Message: sampleMessage})
	case schema.VodSourceFileStart:
		return emitter.VodSourceFileStart(t, t.File(ev.file, sampleDuration))
	case schema.VodSourceFileFinish:
		return emitter.VodSourceFileFinish(t, t.File(ev.file, sampleDuration))
	case schema.TaskAlarm:
		return emitter.TaskAlarm(t, emitter.PullFileUnstable)
	case schema.ResetTaskConfig:
		return emitter.ResetTaskConfig(t)
	}
	return emitter.Custom(t, ev.name)
}

// sibling makes another CSS callback from its documented sample, about the stream of the step's task. Where the target
// has a key, sign and t are made anew: those of the samples are placeholders.
func (c *compiler) sibling(ev *event) (*emitter.Callback, error) {
	sample, _ := schema.Sibling(ev.name)
	cb, err := emitter.Parse(sample)
	if err != nil {
		return nil, fmt.Errorf("sibling %s: %w", ev.name, err)
	}
	if ev.task < 0 {
		return cb, nil
	}
	for _, key := range []string{"stream_id", "channel_id", "streamId", "channelId"} {
		if _, has := cb.Get(key); has {
			if err := cb.Set(key, c.plan.Tasks[ev.task].StreamID); err != nil {
				return nil, err
			}
		}
	}
	return cb, nil
}

// change makes the changes that a step asks for.
func (c *compiler) change(ev *event, cb *emitter.Callback, wire wireSettings) error {
	d := ev.step
	if wire.hasEventTime() {
		if err := cb.Set("event_time", strconv.FormatInt(c.happened(ev).Unix(), 10)); err != nil {
			return err
		}
	}
	for _, m := range d.Msg {
		if err := cb.Set("msg."+m.Key, m.Value); err != nil {
			return err
		}
	}
	for _, m := range d.Set {
		if err := cb.Set(m.Key, m.Value); err != nil {
			return err
		}
	}
	for _, m := range d.Add {
		if err := cb.Add(m.Key, m.Value); err != nil {
			return err
		}
	}
	for _, p := range d.Omit {
		if err := cb.Unset(p.Value); err != nil {
			return err
		}
	}
	if wire.encoding.EventTime == emitter.FormAbsent {
		return cb.Unset("event_time")
	}
	return nil
}

// rawBody makes the bytes that a scenario gives.
func (c *compiler) rawBody(ev *event) []byte {
	b := ev.step.Body
	if b.Template == nil {
		return b.raw
	}
	return []byte(fill(b.Template.Value, func(key, name string) (string, bool) {
		switch name {
		case "now_ms":
			return strconv.FormatInt(c.happened(ev).UnixMilli(), 10), true
		case "now_s":
			return strconv.FormatInt(c.happened(ev).Unix(), 10), true
		}
		i := ev.task
		if key != "" && c.plan.Load == nil { // every task of a load is the one that the file names
			i = c.taskIndex(key)
		}
		if i < 0 {
			return "", false
		}
		switch t := &c.plan.Tasks[i]; name {
		case "task_id":
			return t.TaskID, true
		case "stream_id":
			return t.StreamID, true
		case "to_url":
			return t.ToURL, true
		case "callback_url":
			return t.CallbackURL, true
		case "source_url":
			return t.SourceURLs[0], true
		case "appid":
			return strconv.FormatInt(t.AppID, 10), true
		}
		return "", false
	}))
}
