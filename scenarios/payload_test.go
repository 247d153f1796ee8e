package scenarios_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// members reads a body: the outer members, those of msg as "msg.x", and source_urls decoded.
func members(t testing.TB, body []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if s, ok := out["msg"].(string); ok {
		var msg map[string]any
		if err := json.Unmarshal([]byte(s), &msg); err == nil {
			for k, v := range msg {
				out["msg."+k] = v
			}
		}
	}
	if s, ok := out["source_urls"].(string); ok {
		var urls []any
		if err := json.Unmarshal([]byte(s), &urls); err == nil {
			out["source_urls"] = urls
		}
	}
	return out
}

// deliveries are the steps that deliver the first copy of each event, in the order of the events.
func deliveries(plan scenarios.Plan) []*scenarios.Deliver {
	var out []*scenarios.Deliver
	for _, e := range plan.Events {
		for _, s := range plan.Steps {
			if s.Deliver != nil && s.Deliver.Event == e.ID && s.Deliver.Copy == 0 {
				out = append(out, s.Deliver)
			}
		}
	}
	return out
}

const epoch = 1757505600000 // ms, that of params

func TestPayloads(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		event      int            // whose body
		want       map[string]any // some of its members; nil: must not be there
	}{
		{"a TaskStart has all that the table lists", "timeline: [{emit: TaskStart}]", 0, map[string]any{
			"appid": 4., "callback_event": "TaskStart", "event_type": 314., "task_id": "100000000000001", "stream_id": "stream-100000000000001",
			"to_url":      "rtmp://5000.livepush.myqcloud.com/live/stream-100000000000001",
			"source_urls": []any{"http://origin.relaycheck.invalid/100000000000001/file-0.m3u8"}, "msg.task_start_time": float64(epoch),
			"event_time": nil, "sign": nil, "t": nil, "callback_url": nil,
		}},
		{"a TaskExit carries its ids", "timeline: [{emit: TaskExit}]", 0, map[string]any{
			"task_id": "100000000000001", "msg.code": -22., "msg.message": "write packet error.", "msg.task_exit_time": float64(epoch),
		}},
		{"omit makes the sample's form of a TaskExit", "timeline: [{emit: TaskExit, omit: [task_id, stream_id, to_url]}]", 0, map[string]any{
			"task_id": nil, "stream_id": nil, "to_url": nil, "msg.code": -22.,
		}},
		{"a time is the event's place on the timeline, whatever the scale", "scale: 100\ntimeline: [{emit: TaskStart}, {emit: TaskExit, after: 7ms}]", 1, map[string]any{
			"msg.task_exit_time": float64(epoch + 7),
		}},
		{"waits move the timeline on", "timeline: [{emit: TaskStart}, {wait: 3s}, {emit: TaskExit, after: 1s}]", 1, map[string]any{
			"msg.task_exit_time": float64(epoch + 4000),
		}},
		{"at as an offset", "timeline: [{emit: TaskStart, at: -5m}]", 0, map[string]any{"msg.task_start_time": float64(epoch - 300_000)}},
		{"at as milliseconds", "timeline: [{emit: TaskStart, at: 1234567890123}]", 0, map[string]any{"msg.task_start_time": 1234567890123.}},
		{"at zero gives the samples' time", "timeline: [{emit: TaskExit, at: 0}]", 0, map[string]any{"msg.task_exit_time": 0.}},
		{"msg changes members of msg", "timeline: [{emit: TaskExit, msg: {code: 0, message: bye}}]", 0, map[string]any{"msg.code": 0., "msg.message": "bye"}},
		{"set changes any member", "timeline: [{emit: TaskStart, set: {appid: 9, to_url: null, msg.task_start_time: 5, sign: x}}]", 0, map[string]any{
			"appid": 9., "msg.task_start_time": 5., "sign": "x", "t": nil,
		}},
		{"set takes lists for source_urls", "timeline: [{emit: TaskStart, set: {source_urls: [a, b]}}]", 0, map[string]any{"source_urls": []any{"a", "b"}}},
		{"add puts in what no edition knows", "timeline: [{emit: TaskStart, add: {foo: {a: [1]}, msg.bar: x}}]", 0, map[string]any{
			"foo": map[string]any{"a": []any{1.}}, "msg.bar": "x",
		}},
		{"event_time is there where wire asks for it", "timeline: [{emit: TaskStart, wire: {event_time: number}}]", 0, map[string]any{"event_time": "1757505600"}},
		{"event_time follows at", "timeline: [{emit: VodSourceFileStart, at: -10s, wire: {event_time: text}}]", 0, map[string]any{"event_time": "1757505590"}},
		{"a file event names its file", "task: {files: 3}\ntimeline: [{emit: VodSourceFileStart, file: 2}]", 0, map[string]any{
			"msg.index": 2., "msg.url": "http://origin.relaycheck.invalid/100000000000001/file-2.m3u8", "msg.duration": 14920.,
		}},
		{"the k-th file start is file k, and begins again after the last", "task: {files: 2}\ntimeline: [{emit: VodSourceFileStart}, {emit: VodSourceFileStart}, {emit: VodSourceFileStart}]", 2, map[string]any{"msg.index": 0.}},
		{"the second file start is file 1", "task: {files: 2}\ntimeline: [{emit: VodSourceFileStart}, {emit: VodSourceFileStart}]", 1, map[string]any{"msg.index": 1.}},
		{"a finish belongs to the latest start not yet finished", "task: {files: 3}\ntimeline: [{emit: VodSourceFileStart}, {emit: VodSourceFileStart}, {emit: VodSourceFileFinish}, {emit: VodSourceFileFinish}]", 3, map[string]any{"msg.index": 0.}},
		{"a wide id has 18 digits and is no float", "task: {id: wide}\ntimeline: [{emit: TaskStart}]", 0, map[string]any{"task_id": "900200000000000003"}},
		{"a live task has one source", "task: {source: live}\ntimeline: [{emit: TaskStart}]", 0, map[string]any{
			"source_urls": []any{"http://origin.relaycheck.invalid/100000000000001/live.flv"},
		}},
		{"addresses may be given, with ids filled in", `
			tasks:
			  a: {}
			  b: {stream_id: "{{a.stream_id}}", to_url: "rtmp://x/{{stream_id}}/{{7*7}}", source_urls: ["http://x/{{task_id}}"], appid: 5}
			timeline: [{emit: TaskStart, task: b}]`, 0, map[string]any{
			"stream_id": "stream-100000000000001", "to_url": "rtmp://x/stream-100000000000001/{{7*7}}", "source_urls": []any{"http://x/100000000000002"}, "appid": 5.,
		}},
		{"the callback's own address is repeated where it is given", "task: {callback_url: \"http://x/\"}\ntimeline: [{emit: VodSourceFileStart}]", 0, map[string]any{"callback_url": "http://x/"}},
		{"a canary task names the canary listener", "task: {canary: true, files: 2}\ntimeline: [{emit: VodSourceFileStart, file: 1}]", 0, map[string]any{
			"callback_url": "http://127.0.0.1:9/100000000000001/callback_url", "msg.url": "http://127.0.0.1:9/100000000000001/source_urls/file-1.m3u8",
		}},
		{"an alarm has its type and nothing more", "timeline: [{emit: TaskAlarm}]", 0, map[string]any{"msg": `{"type":"PullFileUnstable"}`}},
		{"an event of the future has an empty msg", "timeline: [{emit: TaskMigrated}]", 0, map[string]any{"callback_event": "TaskMigrated", "msg": "{}"}},
		{"a sibling is about the task's stream", "timeline: [{sibling: push}]", 0, map[string]any{
			"event_type": 1., "stream_id": "stream-100000000000001", "channel_id": "stream-100000000000001",
		}},
		{"a general wire rule does not touch siblings", "timeline: [{sibling: push}]\ndelivery: [{wire: {event_time: text, appid: appId}}]", 0, map[string]any{"event_time": 1703731478., "appid": 12345678.}},
		{"a template is filled in", `timeline: [{body: {template: '{"task_id":"{{task_id}}","t":{{now_s}},"ms":{{now_ms}},"u":"{{source_url}}"}'}, after: 2s}]`, 0, map[string]any{
			"task_id": "100000000000001", "t": 1757505602., "ms": float64(epoch + 2000), "u": "http://origin.relaycheck.invalid/100000000000001/file-0.m3u8",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := params()
			p.CanaryBase = "http://127.0.0.1:9"
			got := members(t, compile(t, parse(t, test.body), p).Events[test.event].Body)
			for key, want := range test.want {
				if want == nil {
					if v, there := got[key]; there {
						t.Errorf("%s is there: %v", key, v)
					}
					continue
				}
				if diff := cmp.Diff(want, got[key]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", key, diff)
				}
			}
		})
	}
}

func TestTheWireFormIsNotThePlainForm(t *testing.T) {
	t.Parallel()
	plan := compile(t, parse(t, `
		timeline:
		  - emit: TaskExit
		    wire: {appid: appId, numbers: text, whitespace: pretty, method: PUT, content_type: text/plain, headers: {X-A: b}, fresh: true, write_size: 5, write_pause: 1ms}
		    mangle: {append: "!"}
		    sign: valid
		delivery:
		  - wire: {whitespace: wild, chunked: true}
		  - {wire: {whitespace: compact, chunk_size: 7, chunked: true}, of: TaskExit}
	`), params())
	plain := members(t, plan.Events[0].Body)
	if plain["appid"] != 4. || plain["msg.code"] != -22. || plain["sign"] != nil {
		t.Errorf("the plain form is touched: %s", plan.Events[0].Body)
	}
	r := plan.Steps[0].Deliver.Request
	body, mangled := strings.CutSuffix(string(r.Body), "!")
	wire := members(t, []byte(body))
	if !mangled || wire["appId"] != 4. || wire["msg.code"] != "-22" || wire["sign"] == nil || !strings.HasPrefix(body, "{\n  \"appId\"") {
		t.Errorf("the wire form: %s", r.Body)
	}
	want := []emitter.Header{{Name: "User-Agent", Value: emitter.UserAgent}, {Name: "Connection", Value: "keep-alive"}, {Name: "Content-Type", Value: "text/plain"}, {Name: "X-A", Value: "b"}}
	if diff := cmp.Diff(want, r.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(emitter.Wire{Fresh: true, Chunked: true, ChunkSize: 7, WriteSize: 5, WritePause: time.Millisecond}, r.Wire); diff != "" || r.Method != http.MethodPut {
		t.Errorf("wire (-want +got):\n%s", diff)
	}
}

func TestContentType(t *testing.T) {
	t.Parallel()
	contentType := func(plan scenarios.Plan) string {
		for _, h := range plan.Steps[0].Deliver.Request.Header {
			if h.Name == "Content-Type" {
				return h.Value
			}
		}
		return "none"
	}
	p := params()
	p.ContentType = "application/json; charset=utf-8"
	for body, want := range map[string]string{
		"timeline: [{emit: TaskStart}]":                                   p.ContentType,
		"timeline: [{emit: TaskStart, wire: {content_type: text/plain}}]": "text/plain",
		"timeline: [{emit: TaskStart, wire: {content_type: \"\"}}]":       "none",
	} {
		if got := contentType(compile(t, parse(t, body), p)); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
	p.ContentType = ""
	if got := contentType(compile(t, parse(t, "timeline: [{emit: TaskStart}]"), p)); got != "application/json" {
		t.Errorf("by default: got %q", got)
	}
}

func TestSigning(t *testing.T) {
	t.Parallel()
	const now = epoch / 1000
	for _, test := range []struct {
		name, body string
		key        string
		all        bool
		t          float64 // 0: unsigned
		sign       string
		meaning    scenarios.Meaning
	}{
		{"unsigned by default", "emit: TaskStart", "", false, 0, "", scenarios.MeansCallback},
		{"unsigned by default, key or not", "emit: TaskStart", "secret", false, 0, "", scenarios.MeansCallback},
		{"signed where the target requires it", "emit: TaskStart", "secret", true, now + 600, emitter.Signature("secret", now+600), scenarios.MeansCallback},
		{"none even where the target requires it", "emit: TaskStart, sign: none", "secret", true, 0, "", scenarios.MeansCallback},
		{"valid", "emit: TaskStart, sign: valid", "secret", false, now + 600, emitter.Signature("secret", now+600), scenarios.MeansCallback},
		{"valid where the target has no key", "emit: TaskStart, sign: valid", "", false, now + 600, emitter.Signature("relaycheck", now+600), scenarios.MeansCallback},
		{"wrong", "emit: TaskStart, sign: wrong", "secret", false, now + 600, emitter.Signature("secret-not", now+600), scenarios.MeansForged},
		{"expired", "emit: TaskStart, sign: expired", "secret", false, now - 3600, emitter.Signature("secret", now-3600), scenarios.MeansForged},
		{"upper", "emit: TaskStart, sign: upper", "secret", false, now + 600, strings.ToUpper(emitter.Signature("secret", now+600)), scenarios.MeansEither},
		{"the signature is made when the callback is sent, whatever time it tells", "emit: TaskStart, sign: valid, at: 0", "secret", false, now + 600, emitter.Signature("secret", now+600), scenarios.MeansCallback},
		{"a step that sets sign itself", "emit: TaskStart, set: {sign: abc}", "secret", true, 0, "abc", scenarios.MeansCallback},
		{"a sibling that carries a signature", "sibling: push", "secret", false, now + 600, emitter.Signature("secret", now+600), scenarios.MeansSibling},
		{"a sibling where the target has no key", "sibling: push", "", false, 1703732078, "df49************************f5d4", scenarios.MeansSibling},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := params()
			p.Key, p.SignAll = test.key, test.all
			plan := compile(t, parse(t, "timeline: [{"+test.body+"}]"), p)
			got := members(t, plan.Steps[0].Deliver.Request.Body)
			tValue, _ := got["t"].(float64)
			sign, _ := got["sign"].(string)
			if tValue != test.t || sign != test.sign || plan.Events[0].Meaning != test.meaning {
				t.Errorf("t %.0f sign %q (%s), want %.0f %q (%s)", tValue, sign, plan.Events[0].Meaning, test.t, test.sign, test.meaning)
			}
		})
	}
}

func TestLaterAttempts(t *testing.T) {
	t.Parallel()
	plan := compile(t, parse(t, `
		timeline:
		  - {emit: TaskStart, sign: valid, wire: {event_time: text, escapes: unicode, write_size: 100}}
		  - {emit: TaskExit, after: 1s}
		  - {emit: TaskAlarm, after: 1s}
		delivery:
		  - {lose-answer: TaskStart, times: 2}
		  - {slow: TaskStart, times: 2}
		  - {retry: css-screenshot, of: TaskStart, recompute: true}
		  - {reset: TaskExit, at: 25%}
		  - {truncate: TaskAlarm, at: 7}
		  - {retry: css-subtitle}
	`), params())
	d := deliveries(plan)
	later := time.Unix(2_000_000_000, 0)
	first, second, third := d[0].Again(1, "k", later), d[0].Again(2, "k", later), d[0].Again(3, "k", later)
	if !first.Wire.LoseAnswer || !second.Wire.LoseAnswer || third.Wire.LoseAnswer {
		t.Error("the answer is lost twice, not the third time")
	}
	if first.Wire.WriteSize != 16 || first.Wire.WritePause != 20*time.Millisecond || third.Wire.WriteSize != 100 || third.Wire.WritePause != 0 {
		t.Errorf("slow twice, then as the step says: %+v %+v", first.Wire, third.Wire)
	}
	if !first.Wire.WholeHead || third.Wire.WholeHead {
		t.Error("it is the body that trickles; the step's own pieces begin with the head")
	}
	if cmp.Diff(first.Body, d[0].Request.Body) != "" {
		t.Error("the first attempt is not made anew")
	}
	got := members(t, second.Body)
	if got["t"] != 2000000600. || got["sign"] != emitter.Signature("k", 2000000600) || got["event_time"] != "2000000000" {
		t.Errorf("the second attempt is not made anew: %s", second.Body)
	}
	before := members(t, first.Body)
	if before["msg.task_start_time"] != got["msg.task_start_time"] || before["task_id"] != got["task_id"] {
		t.Error("more is made anew than t, sign and event_time")
	}
	if d[0].Policy.Name != "css-screenshot" || d[0].Policy.Floor != 400*time.Millisecond || d[1].Policy.Name != "css-subtitle" {
		t.Errorf("policies: %+v %+v", d[0].Policy, d[1].Policy)
	}
	reset := d[1].Again(1, "", later)
	if at := reset.Wire.ResetAt; at == nil || *at != len(reset.Body)/4 || d[1].Again(2, "", later).Wire.ResetAt != nil || !d[1].FaultOnce {
		t.Errorf("reset at a quarter of the body, once: %+v", reset.Wire)
	}
	if at := d[2].Request.Wire.TruncateAt; at == nil || *at != 7 {
		t.Errorf("truncated after 7 bytes: %+v", d[2].Request.Wire)
	}
	if cmp.Diff(d[1].Again(2, "k", later).Body, d[1].Request.Body) != "" {
		t.Error("without recompute the bytes stay")
	}
}

func TestALostAnswerIsRetriedUnlessTheScenarioSaysNo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ rules, want string }{
		{"[{lose-answer: TaskStart}]", "css-general"},
		{"[{reset: TaskStart}]", "css-general"},
		{"[{truncate: TaskStart}]", "css-general"},
		{"[{lose-answer: TaskStart}, {retry: none}]", "none"},
		{"[{lose-answer: TaskStart}, {retry: css-subtitle, of: TaskStart}, {retry: none}]", "css-subtitle"},
		{"[{slow: TaskStart}]", ""},
		{"[{retry: css-general}]", "css-general"},
	} {
		plan := compile(t, parse(t, "timeline: [{emit: TaskStart}]\ndelivery: "+test.rules), params())
		if got := plan.Steps[0].Deliver.Policy.Name; got != test.want {
			t.Errorf("%s: policy %q, want %q", test.rules, got, test.want)
		}
	}
}

func TestFaultsStrikeTheFirstDeliveryAlone(t *testing.T) {
	t.Parallel()
	plan := compile(t, parse(t, `
		timeline: [{emit: TaskStart}]
		delivery:
		  - lose-answer: TaskStart
		  - {slow: TaskStart}
		  - duplicate: TaskStart
	`), params())
	first, second := plan.Steps[0].Deliver, plan.Steps[1].Deliver
	if !first.Request.Wire.LoseAnswer || first.Faults != 1 {
		t.Errorf("the first delivery: %+v", first)
	}
	if diff := cmp.Diff(emitter.Wire{}, second.Request.Wire); diff != "" || second.Faults != 0 || second.FaultOnce || second.Copy != 1 {
		t.Errorf("the copy has faults, too: %+v", second)
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, head string
		run        float64
		want       float64
		at         time.Duration
		throughout time.Duration
	}{
		{"the run's scale", "", 10, 10, 100 * time.Millisecond, 50 * time.Millisecond},
		{"no scale", "", 0, 1, time.Second, 500 * time.Millisecond},
		{"the scenario's own, where it is greater", "scale: 20\n", 10, 20, 50 * time.Millisecond, 50 * time.Millisecond},
		{"the run's, where that is greater", "scale: 2\n", 10, 10, 100 * time.Millisecond, 50 * time.Millisecond},
		{"real time is never scaled", "real_time: true\n", 10, 1, time.Second, 500 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := params()
			p.Scale = test.run
			plan := compile(t, parse(t, test.head+"requires: [ACK-1]\ntimeline: [{emit: TaskStart, after: 1s}]\nexpect: {within: 3s, throughout: 500ms, answers: {within: 2s}}"), p)
			if plan.Scale != test.want || time.Duration(plan.Steps[0].At) != test.at || time.Duration(plan.Expect.Throughout) != test.throughout {
				t.Errorf("scale %v at %v throughout %v", plan.Scale, time.Duration(plan.Steps[0].At), time.Duration(plan.Expect.Throughout))
			}
			if time.Duration(plan.Events[0].At) != time.Second || time.Duration(plan.Expect.Within) != 3*time.Second || time.Duration(plan.Expect.Answers.Within) != 2*time.Second {
				t.Error("the timeline, and the limits of a receiver, are never scaled")
			}
		})
	}
}

func TestExpectations(t *testing.T) {
	t.Parallel()
	plan := compile(t, parse(t, `
		requires: [SEQ-1, ACK-1]
		timeline:
		  - emit: TaskStart
		    expect: {status: [200, "!5xx"], body: {code: 0}, header: {Server: "^x"}}
		  - observe: {}
		  - observe: {throughout: 1s}
		  - observe: {task: {phase: running, exit_code: null}, requires: [SEQ-1]}
		expect:
		  answers: {status: 2xx}
		  task: {exit_message: {any_of: [a, null]}}
		  effects: {a: {exactly: 1}, b: {never: true}, c: {at_least: 1, at_most: 2}}
		  check: ["task.exists", {expr: "effects.a == 1", message: once}]
	`), params())
	if diff := cmp.Diff([]string{"200", "!5xx"}, plan.Events[0].Expect.Status); diff != "" {
		t.Error(diff)
	}
	if !plan.Steps[1].Observe.Oracle || !plan.Steps[2].Observe.Oracle || plan.Steps[3].Observe.Oracle || !plan.Expect.Oracle {
		t.Error("the oracle is asked where an observe step names nothing itself, and at the end")
	}
	if diff := cmp.Diff(map[string]map[string]any{"task": {"phase": "running", "exit_code": nil}}, plan.Steps[3].Observe.Tasks); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"SEQ-1"}, plan.Steps[3].Observe.Requires); diff != "" {
		t.Error(diff)
	}
	x := asJSON(t, plan.Expect)
	for _, want := range []string{
		`"answers":{"status":["2xx"],`, `"tasks":{"task":{"exit_message":{"any_of":["a",null]}}}`,
		`"effects":{"a":{"exactly":1},"b":{"never":true},"c":{"at_least":1,"at_most":2}}`,
		`"checks":[{"expr":"task.exists","position":{"file":"test.yaml","line":13,"col":11}},{"expr":"effects.a == 1","message":"once",`,
	} {
		if !strings.Contains(x, want) {
			t.Errorf("%s\nlacks %s", x, want)
		}
	}
}
