package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata, or writes the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

const (
	key    = "Kq8fRz2LmX0aVb7T" // the callback key of the fixture: must be in no report
	target = "http://127.0.0.1:8080/callbacks/relay"
)

func ms(n int) emitter.Offset { return emitter.Offset(time.Duration(n) * time.Millisecond) }

func fixtureCatalogue() *scenarios.Catalogue {
	q := func(id string, level scenarios.Level, sentence, hint string) scenarios.Requirement {
		return scenarios.Requirement{
			ID: id, Level: level, Sentence: sentence, Hint: hint, Basis: "documented",
			Source: "Relay Event Notification, 2025-09 edition", Profile: "core", Judges: []string{"status"},
		}
	}
	return &scenarios.Catalogue{Digest: "0f1e2d3c", Requirements: []scenarios.Requirement{
		q("ACK-1", scenarios.Must, "answers every well-formed callback with status 200 exactly", "Answer 200, not 201 or 204: CSS takes every other status for a failure and sends the callback again."),
		q("ACK-2", scenarios.Must, "answers within 20 s", "Queue the work and answer first."),
		q("ACK-3", scenarios.Should, `answers with the body {"code":0}`, `Write {"code":0}.`),
		q("ACK-4", scenarios.Must, "shows what it acknowledged", "Answer 200 only once the event is stored."),
		q("ENV-1", scenarios.Must, "tolerates unknown callback events", "Answer 200 to events you do not know."),
		q("SEQ-1", scenarios.Must, "shows a task as running after TaskStart", "Set the phase when TaskStart comes."),
		q("ORD-1", scenarios.Must, "copes with a file event that overtakes TaskStart", "Create the task on its first event, whichever it is."),
		q("RET-1", scenarios.Must, "has one effect for a callback that is retried", "Remember what you have seen."),
		q("SEC-1", scenarios.Must, "accepts a valid sign", "Compare MD5(key + t)."),
		q("DUR-1", scenarios.Must, "keeps what it acknowledged over a restart", "Write before you answer."),
		q("LOAD-1", scenarios.Must, "survives a burst", "Bound the queue."),
	}}
}

func ref(id string, requires ...string) scenarios.Ref {
	return scenarios.Ref{
		ID: id, Title: "Title of " + id, File: "shipped:" + id + ".yaml", Line: 2, Profile: "core", Requires: requires,
		Labels: []string{"quick"}, Digest: "d-" + id,
	}
}

// body is a callback as CSS sends it, for the fixture's task.
func body(event, msg string) emitter.Bytes {
	return emitter.Bytes(fmt.Sprintf(`{"appid":4,"callback_event":%q,"event_type":314,"interface":"general_callback","msg":%q,`+
		`"product_name":"pullpush","source_urls":"[\"http://origin.relaycheck.invalid/100000000000001/file-0.m3u8\"]\n",`+
		`"stream_id":"rc-1","task_id":"100000000000001","to_url":"rtmp://5000.livepush.myqcloud.com/live/rc-1?txSecret=5d41402abc&txTime=1"}`, event, msg))
}

func headers(extra ...emitter.Header) []emitter.Header {
	return append([]emitter.Header{
		{Name: "Content-Type", Value: "application/json"},
		{Name: "User-Agent", Value: "relaycheck"},
	}, extra...)
}

type sent struct {
	event   string
	body    emitter.Bytes
	at      int // ms
	answers []*emitter.Answer
	copied  int
	held    bool
}

func ok() *emitter.Answer {
	return &emitter.Answer{Status: 200, Proto: "HTTP/1.1", Header: []emitter.Header{{Name: "Content-Type", Value: "application/json"}}, Body: emitter.Bytes(`{"code":0}`)}
}

func answer(status int, body string) *emitter.Answer {
	return &emitter.Answer{
		Status: status, Proto: "HTTP/1.1",
		Header: []emitter.Header{{Name: "Content-Type", Value: "text/plain"}, {Name: "Set-Cookie", Value: "session=s3cr3t-cookie"}},
		Body:   emitter.Bytes(body),
	}
}

// play makes a play from what was sent; a nil answer is a timeout.
func play(n int, r scenarios.Ref, sends []sent, rows ...judge.Row) Play {
	in := judge.Input{
		Plan: scenarios.Plan{
			Scenario: r, Play: n, Seed: 42, Scale: 1, Epoch: time.Date(2025, 9, 10, 8, 0, 0, 0, time.UTC),
			Tasks: []scenarios.Task{{
				Key: "task", Source: "vod", AppID: 4, TaskID: "100000000000001", StreamID: "rc-1",
				ToURL: "rtmp://5000.livepush.myqcloud.com/live/rc-1?txSecret=5d41402abc&txTime=1", SourceURLs: []string{"http://origin.relaycheck.invalid/100000000000001/file-0.m3u8"},
			}},
			Expect: scenarios.Expect{Oracle: true, Within: ms(5000), Pos: scenarios.Position{File: r.File, Line: 20, Col: 3}},
		},
		Transcript:   emitter.Transcript{Started: time.Date(2025, 9, 10, 8, 0, 0, 0, time.UTC)},
		Capabilities: capabilities(),
	}
	for i, s := range sends {
		pos := scenarios.Position{File: r.File, Line: 10 + i, Col: 5}
		id := s.event
		if s.copied > 0 {
			id = fmt.Sprintf("%s~%d", s.event, s.copied+1)
		}
		in.Plan.Events = append(in.Plan.Events, scenarios.Event{
			ID: s.event, Name: s.event, Task: "task", At: ms(s.at), Body: s.body, Meaning: scenarios.MeansCallback, Pos: pos,
		})
		in.Plan.Steps = append(in.Plan.Steps, scenarios.Step{
			ID: id, At: ms(s.at), Pos: pos,
			Deliver: &scenarios.Deliver{Event: s.event, Copy: s.copied, Held: s.held, Request: emitter.Request{Header: headers(), Body: s.body}},
		})
		d := emitter.Delivery{ID: id, Event: s.event, Copy: s.copied, Held: s.held, Planned: ms(s.at), Due: ms(s.at)}
		for k, a := range s.answers {
			at := s.at + 1000*k
			att := emitter.Attempt{
				Number: k + 1, Of: len(s.answers), Reason: "first", Queued: ms(at) + emitter.Offset(120*time.Microsecond),
				Request: emitter.Request{URL: target, Header: headers(emitter.Header{Name: "Authorization", Value: "Bearer very-secret-token"}), Body: s.body},
				Written: ms(at + 1), FirstByte: ms(at + 20), Done: ms(at + 23), Conn: 1, Answer: a,
			}
			if k > 0 {
				att.Reason = "status 500"
			}
			if a == nil {
				att.Done = ms(at + 20000)
				att.Failure = &emitter.Failure{Kind: emitter.FailTimeout, Message: "no answer within 20s"}
			}
			d.Attempts = append(d.Attempts, att)
		}
		in.Transcript.Deliveries = append(in.Transcript.Deliveries, d)
	}
	return Play{Input: in, Result: judge.Result{Scenario: r.ID, Rows: rows}, Duration: 1234 * time.Millisecond}
}

func capabilities() judge.Capabilities {
	return judge.Capabilities{Facts: []string{"phase", "exists"}, Effects: []string{"notifications"}, Within: ms(5000)}
}

func pass(kind, subject string) judge.Check {
	return judge.Check{Kind: kind, Subject: subject, Outcome: judge.Pass, Expected: "200", Actual: "200"}
}

func row(id, scenario string, level scenarios.Level, v judge.Verdict, checks ...judge.Check) judge.Row {
	return judge.Row{Requirement: id, Scenario: scenario, Level: level, Verdict: v, Checks: checks}
}

// fixture is a run with every verdict in it.
func fixture() Run {
	ack, order, retry, forged, own := ref("ack-status", "ACK-1", "ACK-2", "ACK-3", "ACK-4"), ref("file-event-first", "ORD-1", "SEQ-1"),
		ref("retry-after-500", "RET-1"), ref("sign-valid", "SEC-1"), ref("my-own-check")
	own.File, own.Title = "scenarios/my-own-check.yaml", "我们自己的检查: 直播转推"

	wrong := judge.Check{
		Kind: "status", Subject: "TaskStart", Attempt: 1, Outcome: judge.Fail, Expected: "200", Actual: "500",
		Reason: "CSS sends a callback again unless the status is 200", Requirement: []string{"ACK-1"},
		Pos: scenarios.Position{File: ack.File, Line: 10, Col: 5},
	}
	bodyCheck := judge.Check{
		Kind: "body", Subject: "TaskStart", Attempt: 1, Outcome: judge.Fail, Expected: `{"code":0}`, Actual: `"oops \u001b[31m"`,
		Requirement: []string{"ACK-3"}, Severity: scenarios.Should,
	}
	phase := judge.Check{
		Kind: "fact", Subject: "task.phase", Step: judge.Final, Outcome: judge.Fail, Expected: `"ended"`, Actual: `"running"`,
		Reason: "the newest event of the task is TaskExit", Requirement: []string{"ORD-1"}, Pos: scenarios.Position{File: order.File, Line: 20, Col: 3},
	}
	effect := judge.Check{
		Kind: "effect", Subject: "notifications", Step: judge.Final, Outcome: judge.Fail, Expected: "exactly 1", Actual: "2",
		Requirement: []string{"RET-1"}, Pos: scenarios.Position{File: retry.File, Line: 20, Col: 3},
	}

	first := play(0, ack, []sent{{event: "TaskStart", body: body("TaskStart", `{"task_start_time":1757491200000}`), at: 0, answers: []*emitter.Answer{answer(500, "oops \x1b[31m\x00\xff<b>`|`")}}},
		row("ACK-1", "ack-status", scenarios.Must, judge.Broken, wrong),
		row("ACK-2", "ack-status", scenarios.Must, judge.Held, pass("time", "TaskStart")),
		row("ACK-3", "ack-status", scenarios.Should, judge.Warned, bodyCheck),
		judge.Row{Requirement: "ACK-4", Scenario: "ack-status", Level: scenarios.Must, Verdict: judge.NotObservable, Reason: "the target shows no fact events"})
	second := play(1, order, []sent{
		{event: "VodSourceFileStart", body: body("VodSourceFileStart", `{"url":"http://origin.relaycheck.invalid/100000000000001/file-0.m3u8","index":0,"duration":14920}`), at: 0, answers: []*emitter.Answer{ok()}},
		{event: "TaskStart", body: body("TaskStart", `{"task_start_time":1757491200000}`), at: 5, answers: []*emitter.Answer{ok()}, held: true},
		{event: "TaskExit", body: body("TaskExit", `{"message":"write packet error.","code":-22,"task_exit_time":1757491202000}`), at: 2100, answers: []*emitter.Answer{ok()}},
	},
		row("ORD-1", "file-event-first", scenarios.Must, judge.Broken, phase),
		row("SEQ-1", "file-event-first", scenarios.Must, judge.Held, pass("fact", "task.phase")),
		row("ACK-1", "file-event-first", scenarios.Must, judge.Held, pass("status", "TaskStart")))
	second.Input.Samples = []judge.Sample{{
		Step: judge.Final, Task: "task", At: ms(7100), Took: ms(3), Facts: judge.Facts{"exists": true, "phase": "running"}, Effects: map[string]int{"notifications": 3},
	}}
	third := play(2, retry, []sent{
		{event: "TaskExit", body: body("TaskExit", `{"message":"bye `+key+`","code":"0","task_exit_time":1757491202000}`), at: 0, answers: []*emitter.Answer{answer(500, ""), nil, ok()}},
		{event: "TaskExit", body: body("TaskExit", `{"message":"bye `+key+`","code":"0","task_exit_time":1757491202000}`), at: 0, answers: []*emitter.Answer{ok()}, copied: 1},
	}, row("RET-1", "retry-after-500", scenarios.Must, judge.Broken, effect))
	fourth := play(3, forged, nil, judge.Row{Requirement: "SEC-1", Scenario: "sign-valid", Level: scenarios.Must, Verdict: judge.NotTestable, Reason: "the target has no callback key"})
	fifth := play(4, own, []sent{{event: "TaskStart", body: body("TaskStart", `{"task_start_time":0}`), answers: []*emitter.Answer{ok()}}},
		row("my-own-check", "my-own-check", scenarios.Must, judge.Held, pass("expr", "true")))

	return Run{
		Version: "1.2.0", Catalogue: fixtureCatalogue(), Seed: 42, Scale: 1,
		Target:  Target{URL: target, File: "relaycheck.yaml", Capabilities: capabilities()},
		Started: time.Date(2025, 9, 10, 8, 0, 0, 0, time.UTC), Duration: 3100 * time.Millisecond,
		Selected: []scenarios.Ref{ack, order, retry, forged, own}, Rest: []scenarios.Ref{ref("restart", "DUR-1"), ref("burst", "LOAD-1")},
		Plays: []Play{third, first, fifth, second, fourth}, Redact: Redactor(key),
		Receiver: &Receiver{Starts: 2, Output: Output{
			Bytes: 100_000, Dropped: 99_800,
			Head: "listening on :8080\nthe key is " + key + "\n", Tail: "\x1b[31mpanic\x1b[0m: ]]> ``` </details>\nexit status 2\n\n",
		}},
	}
}

func render(t *testing.T, f func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
