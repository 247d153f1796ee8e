package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
)

const (
	captureTask   = "118148230753472"
	captureStream = "vip-customer-stream"
	captureHost   = "origin.secret-customer.example.com"
)

var captureStart = time.Date(2025, 9, 10, 8, 0, 0, 0, time.UTC)

// captured is a callback of a customer; at is in ms after the first.
func captured(at int, event, msg string, drop ...string) scenarios.Captured {
	members := []string{
		`"appid":1252463788`, fmt.Sprintf(`"callback_event":%q`, event), `"event_type":314`, `"interface":"general_callback"`,
		fmt.Sprintf(`"msg":%q`, msg), `"product_name":"pullpush"`,
		fmt.Sprintf(`"source_urls":"[\"http://%s/a.m3u8?k=s3cr3t\",\"http://%s/b.m3u8\"]\n"`, captureHost, captureHost),
		fmt.Sprintf(`"stream_id":%q`, captureStream), fmt.Sprintf(`"task_id":%q`, captureTask),
		fmt.Sprintf(`"to_url":"rtmp://push.%s/live/%s?txSecret=abcdef"`, captureHost, captureStream),
	}
	var kept []string
	for _, m := range members {
		keep := true
		for _, d := range drop {
			keep = keep && !strings.HasPrefix(m, `"`+d+`"`)
		}
		if keep {
			kept = append(kept, m)
		}
	}
	return scenarios.Captured{Body: []byte("{" + strings.Join(kept, ",") + "}"), At: captureStart.Add(time.Duration(at) * time.Millisecond)}
}

func aCapture() []scenarios.Captured {
	start := captureStart.UnixMilli()
	file := func(at int, event, name string, index int) scenarios.Captured {
		return captured(at, event, fmt.Sprintf(`{"url":"http://%s/%s","index":%d,"duration":14920}`, captureHost, name, index))
	}
	first := file(700, "VodSourceFileStart", "a.m3u8?k=s3cr3t", 0)
	return []scenarios.Captured{
		first,
		captured(1200, "TaskStart", fmt.Sprintf(`{"task_start_time":%d}`, start-400)),
		file(1300, "VodSourceFileFinish", "a.m3u8?k=s3cr3t", 0),
		{Body: first.Body, At: captureStart.Add(1500 * time.Millisecond)},
		file(1800, "VodSourceFileStart", "b.m3u8", 1),
		captured(4000, "TaskExit", fmt.Sprintf(`{"message":"%s refused %s at 10.1.2.3 for %s: rtmp://x.y/z","code":"-22","task_exit_time":%d}`,
			captureHost, captureStream, captureTask, start+3900), "task_id", "stream_id", "to_url"),
	}
}

func TestACaptureBecomesAScenario(t *testing.T) {
	t.Parallel()
	src, notes, err := scenarios.FromCapture("seen-in-production", aCapture())
	if err != nil {
		t.Fatal(err)
	}
	want := `title: Seen in production
profile: delivery
task: {files: 2}
timeline:
  - emit: VodSourceFileStart
    file: 0
    msg: {duration: 14920}
  - emit: TaskStart
    at: -1.1s
    after: 500ms
  - emit: VodSourceFileFinish
    file: 0
    after: 100ms
    msg: {duration: 14920}
  - emit: VodSourceFileStart
    file: 1
    after: 500ms
    msg: {duration: 14920}
  - emit: TaskExit
    at: 3.2s
    after: 2.2s
    msg: {message: "host-task.relaycheck.invalid refused stream-task at 192.0.2.1 for task-task: http://somewhere.relaycheck.invalid/", code: "-22"}
    omit: [task_id, stream_id, to_url]
delivery:
  - {duplicate: VodSourceFileStart#1, until: VodSourceFileFinish, after: 200ms}
expect:
  answers: {status: 200, within: 20s}
`
	_, got, _ := strings.Cut(string(src), "each play.\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(notes) != 0 {
		t.Errorf("notes: %q", notes)
	}
	s, err := scenarios.Parse("seen-in-production.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	holdsTogether(t, compile(t, s, params()))
}

func TestNothingOfTheCustomerIsInTheScenario(t *testing.T) {
	t.Parallel()
	list := aCapture()
	other := captured(5000, "TaskStart", `{"task_start_time":0}`)
	other.Body = []byte(strings.ReplaceAll(string(other.Body), captureTask, "9007199254740993123"[:18]))
	list = append(list, other)
	src, _, err := scenarios.FromCapture("seen-in-production", list)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{captureTask, captureStream, captureHost, "secret-customer", "1252463788", "s3cr3t", "abcdef", "10.1.2.3", "900719925474099"} {
		if strings.Contains(string(src), secret) {
			t.Errorf("the scenario holds %q:\n%s", secret, src)
		}
	}
	for _, want := range []string{"  a: {files: 2}\n", `  b: {files: 2, id: wide, stream_id: "{{a.stream_id}}"}`, "    task: b\n    at: 0\n"} {
		if !strings.Contains(string(src), want) {
			t.Errorf("no %q in\n%s", want, src)
		}
	}
}

func TestWithoutTimesOfArrivalThePayloadsTellTheTime(t *testing.T) {
	t.Parallel()
	list := aCapture()
	for i := range list {
		list[i].At = time.Time{}
	}
	src, _, err := scenarios.FromCapture("no-times", list)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(src), "  - emit: TaskExit\n    after: 4.3s\n") {
		t.Errorf("got\n%s", src)
	}
}

func TestALongCaptureIsScaled(t *testing.T) {
	t.Parallel()
	list := []scenarios.Captured{captured(0, "TaskStart", `{"task_start_time":0}`), captured(3_600_000, "TaskExit", `{"message":"","code":0,"task_exit_time":0}`)}
	src, _, err := scenarios.FromCapture("long", list)
	if err != nil || !strings.Contains(string(src), "scale: 360 ") || !strings.Contains(string(src), "after: 1h0m0s") {
		t.Errorf("%v\n%s", err, src)
	}
}

func TestEveryDocumentedSampleBecomesAScenario(t *testing.T) {
	t.Parallel()
	for _, edition := range schema.Editions() {
		var list []scenarios.Captured
		for _, event := range schema.Events() {
			if body, ok := schema.Sample(edition, event); ok {
				list = append(list, scenarios.Captured{Body: body})
			}
		}
		if len(list) == 0 {
			continue
		}
		if src, notes, err := scenarios.FromCapture("samples", list); err != nil {
			t.Errorf("%s: %v\n%s\n%q", edition, err, src, notes)
		}
	}
}

func TestWhatCannotBeKeptIsNoted(t *testing.T) {
	t.Parallel()
	push, _ := schema.Sibling("push")
	odd := captured(100, "TaskExit", `{"code":0,"task_exit_time":0,"reason":"x"}`)
	odd.Body = append([]byte(`{"tenant":7,"sign":"x",`), odd.Body[1:]...)
	list := []scenarios.Captured{captured(0, "TaskStart", `{"task_start_time":0}`), {Body: []byte("not JSON")}, {Body: push}, odd, captured(0, "TaskStrat", `{}`)}
	_, notes, err := scenarios.FromCapture("odd", list)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(notes, "\n")
	for _, want := range []string{"document 2 is no JSON object", "tenant", "msg.reason", "sign and t", "1 callbacks of other kinds", "too near to TaskStart"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if _, _, err := scenarios.FromCapture("odd", []scenarios.Captured{{Body: push}}); err == nil {
		t.Error("a capture without a relay callback makes a scenario")
	}
}
