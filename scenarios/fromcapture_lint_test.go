package scenarios_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
)

// Of what is written for them people must not be warned: whatever a capture holds, its scenario says what it means.
func TestTheScenarioOfACaptureHasNoWarnings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := capturedByChance(t)
		src, _, err := scenarios.FromCapture("by-chance", list)
		if err != nil {
			if strings.HasPrefix(err.Error(), "make a scenario") {
				t.Fatal(err)
			}
			return // nothing in it, and that is said
		}
		s, err := scenarios.Parse("by-chance.yaml", src)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Warnings) > 0 {
			t.Fatalf("lint warns:\n%v\nof\n%s", s.Warnings, src)
		}
		if formatted, err := scenarios.Formatted("by-chance.yaml", src); !formatted {
			t.Fatalf("not formatted: %v\n%s", err, src)
		}
		plan, err := s.Compile(params())
		if err != nil {
			t.Fatalf("compile: %v\n%s", err, src)
		}
		holdsTogether(t, plan)
	})
}

// capturedByChance is a capture of one to three tasks: any event in any order, told times and times of arrival that agree
// or do not, copies, missing ids, alarms that nobody documents, other callbacks of the family.
func capturedByChance(t *rapid.T) []scenarios.Captured {
	timed := rapid.Bool().Draw(t, "with times of arrival")
	now := captureStart
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	gap := func(name string) time.Duration {
		return time.Duration(rapid.SampledFrom([]int{0, 0, 1, 40, 700, 2500, 90_000}).Draw(t, name)) * time.Millisecond
	}
	var list []scenarios.Captured
	for range rapid.IntRange(1, 12).Draw(t, "callbacks") {
		now = now.Add(gap("gap"))
		c := scenarios.Captured{}
		if timed {
			c.At = now
		}
		if n := len(list); n > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
			c.Body = list[rapid.IntRange(0, n-1).Draw(t, "copy of")].Body
			list = append(list, c)
			continue
		}
		if rapid.IntRange(0, 9).Draw(t, "sibling") == 0 {
			c.Body, _ = schema.Sibling(rapid.SampledFrom(schema.Siblings()).Draw(t, "which"))
			c.Body = bytes.ReplaceAll(c.Body, []byte("5000_testvod"), []byte(captureStream))
			list = append(list, c)
			continue
		}
		event := pick("event", append(schema.Events(), "TaskPaused")...)
		told := map[string]string{
			"right": fmt.Sprint(now.UnixMilli()), "zero": "0", "late": fmt.Sprint(now.Add(gap("late")).UnixMilli()),
			"early": fmt.Sprint(now.Add(-gap("early")).UnixMilli()), "as the first": fmt.Sprint(captureStart.UnixMilli()),
		}[pick("told", "right", "zero", "late", "early", "as the first")]
		msg := map[string]string{
			schema.TaskStart: `{"task_start_time":` + told + `}`,
			schema.TaskExit:  `{"message":"m","code":0,"task_exit_time":` + told + `}`,
			schema.TaskAlarm: `{"type":"` + pick("alarm", "PullFileUnstable", "PullFileUnstabel", "Other", "") + `"}`,
		}[event]
		switch {
		case event == schema.VodSourceFileStart || event == schema.VodSourceFileFinish:
			msg = fmt.Sprintf(`{"url":"http://%s/%s","index":%d,"duration":%d}`, captureHost, pick("file", "a.m3u8?k=s3cr3t", "b.m3u8", "c.m3u8"),
				rapid.IntRange(0, 2).Draw(t, "index"), rapid.IntRange(0, 1).Draw(t, "duration"))
		case msg == "" || rapid.IntRange(0, 9).Draw(t, "bare") == 0:
			msg = "{}"
		}
		c.Body = captured(0, event, msg, rapid.SliceOfN(rapid.SampledFrom([]string{"task_id", "stream_id", "to_url", "source_urls", "msg"}), 0, 2).Draw(t, "dropped")...).Body
		id := captureTask + pick("task", "", "1", "2")
		c.Body = bytes.ReplaceAll(c.Body, []byte(captureTask), []byte(id))
		if rapid.Bool().Draw(t, "one source") {
			c.Body = bytes.ReplaceAll(c.Body, []byte(`,\"http://`+captureHost+`/b.m3u8\"`), nil)
		}
		if rapid.Bool().Draw(t, "live") {
			c.Body = bytes.ReplaceAll(c.Body, []byte(`\"http://`), []byte(`\"rtmp://`))
		}
		if rapid.Bool().Draw(t, "event_time") {
			c.Body = append(fmt.Appendf(nil, `{"event_time":"%d",`, now.Unix()), c.Body[1:]...)
		}
		list = append(list, c)
	}
	return list
}
