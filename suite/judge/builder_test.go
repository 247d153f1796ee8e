package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
)

// A playBuilder makes an Input by hand: what happened at CSS, what was sent and answered, and what was seen. It knows
// nothing of the judge.
type playBuilder struct {
	in    Input
	clock time.Duration // where the play is
	seen  map[string]int
}

// epoch is the millisecond time that the plays' payloads start from: 13 digits, like real ones.
const epoch = int64(1_700_000_000_000)

func aPlay(id string, requires ...string) *playBuilder {
	b := &playBuilder{seen: map[string]int{}}
	b.in.Plan = scenarios.Plan{
		Scenario: scenarios.Ref{
			ID: id, Title: "a play made by hand", File: "shipped:" + id + ".yaml", Line: 1, Profile: "core", Requires: requires, Digest: "0",
		},
		Seed: 42, Scale: 1, Epoch: time.UnixMilli(epoch).UTC(),
		Expect: scenarios.Expect{Oracle: true, Pos: scenarios.Position{File: "shipped:" + id + ".yaml", Line: 3, Col: 1}},
	}
	b.in.Transcript.Started = time.UnixMilli(epoch).UTC()
	b.in.Capabilities = Capabilities{Facts: FactNames(), Within: emitter.Offset(5 * time.Second), Hooks: []string{"restart", "kill"}}
	return b
}

// task adds a task; the ids follow from the key.
func (b *playBuilder) task(key string, files int) *playBuilder {
	id := fmt.Sprintf("10000000000000%d", len(b.in.Plan.Tasks))
	t := scenarios.Task{
		Key: key, Source: "vod", AppID: 4, TaskID: id, StreamID: "stream-" + key,
		ToURL: "rtmp://5000.livepush.myqcloud.com/live/stream-" + key,
	}
	if files == 0 {
		t.Source = "live"
		files = 1
	}
	for i := range files {
		t.SourceURLs = append(t.SourceURLs, fmt.Sprintf("http://origin.relaycheck.invalid/%s/file-%d.m3u8", id, i))
	}
	b.in.Plan.Tasks = append(b.in.Plan.Tasks, t)
	return b
}

func (b *playBuilder) taskOf(key string) *scenarios.Task {
	for i := range b.in.Plan.Tasks {
		if b.in.Plan.Tasks[i].Key == key {
			return &b.in.Plan.Tasks[i]
		}
	}
	return nil
}

type object = map[string]any

// A twist changes an event before it is encoded.
type twist func(b *playBuilder, e *scenarios.Event, outer object)

func set(name string, v any) twist {
	return func(_ *playBuilder, _ *scenarios.Event, outer object) { outer[name] = v }
}

func omit(names ...string) twist {
	return func(_ *playBuilder, _ *scenarios.Event, outer object) {
		for _, n := range names {
			delete(outer, n)
		}
	}
}

func means(m scenarios.Meaning) twist {
	return func(_ *playBuilder, e *scenarios.Event, _ object) { e.Meaning = m }
}

func expecting(a scenarios.Answer) twist {
	return func(_ *playBuilder, e *scenarios.Event, _ object) { e.Expect = &a }
}

// event adds an event of a task to the plan and returns its id.
func (b *playBuilder) event(task, kind string, msg object, twists ...twist) string {
	t := b.taskOf(task)
	id := b.newID(kind)
	e := scenarios.Event{
		ID: id, Name: kind, Task: task, At: emitter.Offset(b.clock), Meaning: scenarios.MeansCallback,
		Pos: scenarios.Position{File: b.in.Plan.Scenario.File, Line: 10 + len(b.in.Plan.Events), Col: 5},
	}
	outer := object{
		"appid": t.AppID, "callback_event": kind, "event_type": schema.EventType, "interface": "general_callback",
		"product_name": "pullpush", "source_urls": encode(t.SourceURLs) + "\n", "stream_id": t.StreamID, "task_id": t.TaskID,
		"to_url": t.ToURL, "msg": encode(msg),
	}
	for _, tw := range twists {
		tw(b, &e, outer)
	}
	if e.Body == nil {
		e.Body = emitter.Bytes(encode(outer))
	}
	b.in.Plan.Events = append(b.in.Plan.Events, e)
	return id
}

// raw adds an event that is given as bytes.
func (b *playBuilder) raw(task, body string, m scenarios.Meaning, twists ...twist) string {
	id := b.newID("body")
	e := scenarios.Event{
		ID: id, Task: task, At: emitter.Offset(b.clock), Meaning: m, Body: emitter.Bytes(body),
		Pos: scenarios.Position{File: b.in.Plan.Scenario.File, Line: 10 + len(b.in.Plan.Events), Col: 5},
	}
	for _, tw := range twists {
		tw(b, &e, object{})
	}
	b.in.Plan.Events = append(b.in.Plan.Events, e)
	return id
}

func (b *playBuilder) newID(kind string) string {
	b.seen[kind]++
	if n := b.seen[kind]; n > 1 {
		return fmt.Sprintf("%s#%d", kind, n)
	}
	return kind
}

// ms is a time of the payloads: so many milliseconds after the play's beginning.
func ms(n int64) int64 { return epoch + n }

func (b *playBuilder) taskStart(task string, at int64, twists ...twist) string {
	return b.event(task, schema.TaskStart, object{"task_start_time": at}, twists...)
}

func (b *playBuilder) taskExit(task string, at int64, code any, message string, twists ...twist) string {
	return b.event(task, schema.TaskExit, object{"task_exit_time": at, "code": code, "message": message}, twists...)
}

func (b *playBuilder) fileMsg(task string, index int) object {
	return object{"url": b.taskOf(task).SourceURLs[index], "index": index, "duration": 14920}
}

func (b *playBuilder) fileStart(task string, index int, twists ...twist) string {
	return b.event(task, schema.VodSourceFileStart, b.fileMsg(task, index), twists...)
}

func (b *playBuilder) fileFinish(task string, index int, twists ...twist) string {
	return b.event(task, schema.VodSourceFileFinish, b.fileMsg(task, index), twists...)
}

// after lets time pass, on the timeline and in the play.
func (b *playBuilder) after(d time.Duration) *playBuilder { b.clock += d; return b }

// An end is how an attempt ends.
type end func(a *emitter.Attempt)

func answer(status int) end {
	return func(a *emitter.Attempt) {
		a.Answer = &emitter.Answer{Status: status, Proto: "HTTP/1.1", Body: emitter.Bytes(`{"code":0}`)}
	}
}

func body(text string) end { return func(a *emitter.Attempt) { a.Answer.Body = emitter.Bytes(text) } }

func header(name, value string) end {
	return func(a *emitter.Attempt) {
		a.Answer.Header = append(a.Answer.Header, emitter.Header{Name: name, Value: value})
	}
}

func taking(d time.Duration) end {
	return func(a *emitter.Attempt) { a.Done = a.Queued + emitter.Offset(d) }
}

func failing(kind string) end {
	return func(a *emitter.Attempt) {
		a.Answer, a.Failure = nil, &emitter.Failure{Kind: kind, Message: "made by hand"}
	}
}

func sending(raw string) end { return func(a *emitter.Attempt) { a.Request.Body = emitter.Bytes(raw) } }

func losingTheAnswer() end {
	return func(a *emitter.Attempt) {
		a.Request.Wire.LoseAnswer = true
		a.Answer, a.Failure = nil, &emitter.Failure{Kind: emitter.FailOurs, Message: "the answer was not read"}
	}
}

// An option changes a delivery.
type option func(d *emitter.Delivery, st *scenarios.Step)

func late(by time.Duration) option {
	return func(d *emitter.Delivery, _ *scenarios.Step) {
		for i := range d.Attempts {
			d.Attempts[i].Queued += emitter.Offset(by)
			d.Attempts[i].Done += emitter.Offset(by)
		}
	}
}

func underPolicy(attempts int, wait time.Duration) option {
	return func(d *emitter.Delivery, st *scenarios.Step) {
		st.Deliver.Policy = emitter.Policy{Name: "css-general", Attempts: attempts, Interval: wait}
		d.Policy = "css-general"
	}
}

// usual is how long the builder's receiver takes to answer.
const usual = 3 * time.Millisecond

// send delivers an event now and lets the play wait for its answer.
func (b *playBuilder) send(event string, ends ...end) { b.sendAs(event, nil, ends) }

// sendAs delivers an event with options.
func (b *playBuilder) sendAs(event string, options []option, ends ...[]end) {
	copyNo := b.seen["delivery "+event]
	b.seen["delivery "+event]++
	id := event
	if copyNo > 0 {
		id = fmt.Sprintf("%s~%d", event, copyNo+1)
	}
	var plainBody emitter.Bytes
	for _, e := range b.in.Plan.Events {
		if e.ID == event {
			plainBody = e.Body
		}
	}
	d := emitter.Delivery{ID: id, Event: event, Copy: copyNo, Planned: emitter.Offset(b.clock), Due: emitter.Offset(b.clock)}
	request := emitter.Request{Header: []emitter.Header{{Name: "Content-Type", Value: "application/json"}}, Body: plainBody}
	st := scenarios.Step{
		ID: id, At: emitter.Offset(b.clock),
		Deliver: &scenarios.Deliver{Event: event, Copy: copyNo}, // the request that counts is the transcript's
		Pos:     scenarios.Position{File: b.in.Plan.Scenario.File, Line: 40 + len(b.in.Plan.Steps), Col: 5},
	}
	const wait = 400 * time.Millisecond
	for i, how := range ends {
		if i > 0 {
			b.clock += wait
		}
		a := emitter.Attempt{Number: i + 1, Of: len(ends), Reason: "first", Request: request, Queued: emitter.Offset(b.clock)}
		if i > 0 {
			a.Wait, a.Reason = emitter.Offset(wait), "no answer"
		}
		a.Done = a.Queued + emitter.Offset(usual)
		for _, e := range append([]end{answer(200)}, how...) {
			e(&a)
		}
		b.clock = max(b.clock, time.Duration(a.Done))
		d.Attempts = append(d.Attempts, a)
	}
	for _, o := range options {
		o(&d, &st)
	}
	for _, a := range d.Attempts {
		b.clock = max(b.clock, time.Duration(a.Done))
	}
	b.in.Plan.Steps = append(b.in.Plan.Steps, st)
	b.in.Transcript.Deliveries = append(b.in.Transcript.Deliveries, d)
}

// look records a sample at the given step, and one more once everything had its time to show if the facts are not
// what they should be: the builder does not know, so it always looks twice.
func (b *playBuilder) look(step, task string, facts Facts) {
	b.lookAt(step, task, facts, nil)
	b.after(6 * time.Second)
	b.lookAt(step, task, facts, nil)
}

// lookAt records one sample.
func (b *playBuilder) lookAt(step, task string, facts Facts, effects map[string]int) {
	b.in.Samples = append(b.in.Samples, Sample{
		Step: step, Task: task, At: emitter.Offset(b.clock), Took: emitter.Offset(2 * time.Millisecond), Facts: facts, Effects: effects,
	})
	b.after(2 * time.Millisecond)
}

// count records effects of a task, twice like look.
func (b *playBuilder) count(task string, effects map[string]int) {
	b.in.Capabilities.Effects = []string{"notifications"}
	b.lookAt(Final, task, Facts{}, effects)
	b.after(6 * time.Second)
	b.lookAt(Final, task, Facts{}, effects)
}

// failedLook records that the observer could not look.
func (b *playBuilder) failedLook(step, task, why string) {
	b.in.Samples = append(b.in.Samples, Sample{Step: step, Task: task, At: emitter.Offset(b.clock), Error: why})
}

// observing adds an observe step to the plan.
func (b *playBuilder) observing(id string, ex scenarios.Expect) string {
	b.in.Plan.Steps = append(b.in.Plan.Steps, scenarios.Step{ID: id, At: emitter.Offset(b.clock), Observe: &ex})
	return id
}

// facts are what a good receiver shows of a running task with nothing but its start; changes are laid over them.
func (b *playBuilder) facts(task string, changes Facts) Facts {
	t := b.taskOf(task)
	urls := make([]any, len(t.SourceURLs))
	for i, u := range t.SourceURLs {
		urls[i] = u
	}
	f := Facts{
		"exists": true, "phase": "running", "stream_id": t.StreamID, "to_url": t.ToURL, "source_urls": urls,
		"started_at": number64(ms(0)), "files": []any{}, "files_finished": number64(0), "alarms": number64(0), "events": number64(1),
	}
	maps.Copy(f, changes)
	return f
}

func (b *playBuilder) file(task string, index int, finished bool) object {
	return object{
		"index": number64(int64(index)), "url": b.taskOf(task).SourceURLs[index], "duration": number64(14920), "finished": finished,
	}
}

func number64(n int64) json.Number { return json.Number(fmt.Sprint(n)) }

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// testCatalogue is a catalogue of its own: the judge must not depend on the shipped one.
func testCatalogue() *scenarios.Catalogue {
	req := func(id string, level scenarios.Level, judges ...string) scenarios.Requirement {
		return scenarios.Requirement{ID: id, Level: level, Sentence: id, Judges: judges}
	}
	needing := func(r scenarios.Requirement, all, some []string) scenarios.Requirement {
		r.NeedsAll, r.NeedsAny = all, some
		return r
	}
	doubles := []string{"events", "files", "files_finished", "effects"}
	return &scenarios.Catalogue{Requirements: []scenarios.Requirement{
		req("ACK-1", scenarios.Must, "status"),
		req("ACK-2", scenarios.Must, "time"),
		req("ACK-3", scenarios.Should, "body"),
		needing(req("ACK-4", scenarios.Must, "exists", "events"), nil, []string{"exists", "events"}),
		needing(req("ENV-1", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("ENV-5", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("ENV-6", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("MSG-2", scenarios.Must, "status", "source_urls"), []string{"source_urls"}, nil),
		needing(req("MSG-3", scenarios.Must, "status", "exit_code", "files"), nil, []string{"exit_code", "files"}),
		needing(req("MSG-4", scenarios.Must, "status", "started_at", "exited_at"), nil, []string{"started_at", "exited_at"}),
		needing(req("MSG-5", scenarios.Must, "status", "exists"), nil, []string{"exists"}),
		needing(req("MSG-6", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("SEQ-1", scenarios.Must, "status", "exists", "phase"), []string{"phase"}, nil),
		needing(req("SEQ-2", scenarios.Must, "status", "files", "files_finished"), nil, []string{"files", "files_finished"}),
		needing(req("SEQ-4", scenarios.Must, "status", "phase", "events"), nil, []string{"phase", "events"}),
		needing(req("SEQ-5", scenarios.Must, "status", "exit_code", "exit_message"), []string{"exit_code", "exit_message"}, nil),
		needing(req("SEQ-7", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("SEQ-8", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("SEQ-9", scenarios.Must, "phase", "alarms"), []string{"phase"}, nil),
		needing(req("GAP-2", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("ORD-1", scenarios.Must, "status", "phase", "files"), nil, []string{"phase", "files"}),
		needing(req("ORD-2", scenarios.Must, "status", "files", "files_finished"), nil, []string{"files", "files_finished"}),
		needing(req("ORD-3", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("ORD-4", scenarios.Must, "status", "phase"), []string{"phase"}, nil),
		needing(req("DUP-1", scenarios.Must, append([]string{"status"}, doubles...)...), nil, doubles),
		needing(req("DUP-4", scenarios.Must, "status", "events", "files", "files_finished"), nil, []string{"events", "files"}),
		needing(req("RET-1", scenarios.Must, append([]string{"status"}, doubles...)...), nil, doubles),
		needing(req("BAD-1", scenarios.Must, "refusal", "alive", "exists", "phase", "exit_code", "effects"), nil, []string{"exists", "phase"}),
		req("BAD-11", scenarios.Must, "refusal", "alive", "exists", "phase", "exit_code", "effects"),
		needing(req("SEC-1", scenarios.Must, "status", "exists"), nil, []string{"exists"}),
		needing(req("SEC-2", scenarios.Must, "refusal", "phase", "exit_code", "effects"), nil, []string{"phase"}),
		needing(req("SEC-4", scenarios.Must, "status", "exists"), nil, []string{"exists"}),
		needing(req("SEC-5", scenarios.Must, "status", "exit_message"), []string{"exit_message"}, nil),
		req("SEC-6", scenarios.Must, "fetches"),
		needing(req("DUR-2", scenarios.Must, "status", "exists", "phase", "events"), nil, []string{"exists", "phase"}),
		req("LOAD-1", scenarios.Must, "status", "time"),
		needing(req("LOAD-2", scenarios.Must, "status", "time", "exists", "phase"), nil, []string{"exists", "phase"}),
	}}
}

func jsonNumber(s string) json.Number { return json.Number(s) }
