package suite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/schema"
)

// An Emission is one callback to be sent by itself.
type Emission struct {
	Event     string   // a documented callback_event, or the name of a future one
	Set       []string // PATH=VALUE keeps the member's type, PATH:=JSON does not
	Unset     []string // PATH
	Retry     string   // name of a policy; "" sends once
	TimeScale float64  // divides the waits of Retry; 0 means 1
	SignKey   string   // "" leaves the callback unsigned, unless the target requires signing
}

// Body makes the callback's bytes. A mistake in it is a *UsageError, or an *emitter.UnknownPathError inside one.
func (e Emission) Body(now time.Time) ([]byte, error) {
	cb, err := e.callback(now)
	if err != nil {
		return nil, &UsageError{Err: err}
	}
	if e.SignKey != "" {
		cb.Sign(e.SignKey, now.Add(emitter.SignatureValidity))
	}
	return cb.Bytes(), nil
}

// The example task of a callback that is sent by itself. Its ids are the documented samples' own; --set changes them.
func exampleTask() emitter.Task {
	return emitter.Task{
		AppID: 4, TaskID: "118148", StreamID: "testvod", ToURL: "rtmp://5000.livepush.myqcloud.com/live/testvod",
		SourceURLs: []string{"http://origin.relaycheck.invalid/118148/file-0.m3u8"},
	}
}

func (e Emission) callback(now time.Time) (*emitter.Callback, error) {
	task := exampleTask()
	ms := now.UnixMilli()
	const duration = 14920 // as in the documented samples, seconds
	var cb *emitter.Callback
	switch e.Event {
	case schema.TaskStart:
		cb = emitter.TaskStart(task, ms)
	case schema.VodSourceFileStart:
		cb = emitter.VodSourceFileStart(task, task.File(0, duration))
	case schema.VodSourceFileFinish:
		cb = emitter.VodSourceFileFinish(task, task.File(0, duration))
	case schema.TaskExit:
		cb = emitter.TaskExit(task, emitter.Exit{Time: ms, Code: -22, Message: "write packet error."})
	case schema.TaskAlarm:
		cb = emitter.TaskAlarm(task, emitter.PullFileFailed)
	case schema.ResetTaskConfig:
		cb = emitter.ResetTaskConfig(task)
	default:
		if near := strict.Nearest(e.Event, schema.Events()); near != "" {
			return nil, fmt.Errorf("unknown event %q: did you mean %q?", e.Event, near)
		}
		if !eventName(e.Event) {
			return nil, fmt.Errorf("event %q: documented are %s; the name of a future one is made of letters and digits", e.Event, strings.Join(schema.Events(), ", "))
		}
		cb = emitter.Custom(task, e.Event)
	}
	for _, assignment := range e.Set {
		if err := set(cb, assignment); err != nil {
			return nil, err
		}
	}
	for _, path := range e.Unset {
		if err := cb.Unset(path); err != nil {
			return nil, fmt.Errorf("--unset %s: %w", path, err)
		}
	}
	return cb, nil
}

func eventName(s string) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}

// set applies one PATH=VALUE or PATH:=JSON.
func set(cb *emitter.Callback, assignment string) error {
	path, text, ok := strings.Cut(assignment, "=")
	if !ok || path == "" {
		return fmt.Errorf("--set %q: must be PATH=VALUE or PATH:=JSON", assignment)
	}
	var value any = text
	if p, raw := strings.CutSuffix(path, ":"); raw {
		path = p
		if !json.Valid([]byte(text)) {
			return fmt.Errorf("--set %s: %s is not JSON; PATH=VALUE takes plain text", assignment, text)
		}
		value = json.RawMessage(text)
	} else if numeric(cb, path) && isNumber(text) {
		value = json.Number(text)
	}
	if err := cb.Set(path, value); err != nil {
		return fmt.Errorf("--set %s: %w", assignment, err)
	}
	return nil
}

// numeric reports whether a member holds a number: now, or, where it is not there, by the vendor's tables.
func numeric(cb *emitter.Callback, path string) bool {
	if raw, ok := cb.Get(path); ok {
		return isNumber(string(raw))
	}
	switch path {
	case "appid", "appId", "event_type", "t", "msg.task_start_time", "msg.task_exit_time", "msg.duration", "msg.index", "msg.code":
		return true
	}
	return false
}

func isNumber(text string) bool {
	var n json.Number
	return json.Unmarshal([]byte(text), &n) == nil && !strings.HasPrefix(strings.TrimSpace(text), `"`) && text != "null"
}

// Emit sends one callback and returns its last attempt. Of the configuration it needs the target, AnswerWithin and
// Trace. A *UsageError means that nothing was sent.
func Emit(ctx context.Context, cfg Config, e Emission) (emitter.Attempt, error) {
	r, err := newRunner(cfg)
	if err != nil {
		return emitter.Attempt{}, err
	}
	defer r.close()
	policy, ok := emitter.PolicyNamed(e.Retry)
	if !ok {
		return emitter.Attempt{}, usage("there is no retry policy %q", e.Retry)
	}
	if e.SignKey == "" && r.signAll {
		e.SignKey = r.signKey
	}
	body, err := e.Body(time.Now())
	if err != nil {
		return emitter.Attempt{}, err
	}
	sender := emitter.NewSender(r.senderOptions())
	defer sender.Close()
	player := emitter.Player{Sender: sender, Scale: e.TimeScale, Trace: cfg.Trace}
	tr := player.Play(ctx, emitter.Script{Name: e.Event, Steps: []emitter.Step{{
		ID:     e.Event,
		Parcel: &emitter.Parcel{Event: e.Event, Request: r.address(emitter.Request{Body: body}), Policy: policy},
	}}})
	for i := range tr.Deliveries {
		if last := tr.Deliveries[i].Last(); last != nil {
			return *last, nil
		}
	}
	return emitter.Attempt{}, fmt.Errorf("nothing was sent: %s", tr.Aborted)
}
