package judge_test

import (
	"fmt"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A receiver acknowledged a TaskStart, and still shows the task as ended.
func ExampleJudge() {
	body := emitter.Bytes(`{"appid":4,"callback_event":"TaskStart","event_type":314,"task_id":"118148",` +
		`"stream_id":"testvod","source_urls":"[\"http://origin.invalid/a.m3u8\"]\n","msg":"{\"task_start_time\":1700000000000}"}`)
	in := judge.Input{
		Plan: scenarios.Plan{
			Scenario: scenarios.Ref{ID: "task-start-means-running", Requires: []string{"SEQ-1"}},
			Tasks:    []scenarios.Task{{Key: "task", TaskID: "118148"}},
			Events:   []scenarios.Event{{ID: "TaskStart", Task: "task", Body: body, Meaning: scenarios.MeansCallback}},
			Expect:   scenarios.Expect{Oracle: true},
		},
		Transcript: emitter.Transcript{Deliveries: []emitter.Delivery{{
			ID: "TaskStart", Event: "TaskStart",
			Attempts: []emitter.Attempt{{Number: 1, Request: emitter.Request{Body: body}, Answer: &emitter.Answer{Status: 200}, Done: 3e6}},
		}}},
		Samples: []judge.Sample{
			{Step: judge.Final, Task: "task", At: 4e6, Facts: judge.Facts{"phase": "ended"}},
			{Step: judge.Final, Task: "task", At: 6e9, Facts: judge.Facts{"phase": "ended"}},
		},
		Capabilities: judge.Capabilities{Facts: []string{"phase"}},
	}
	catalogue := &scenarios.Catalogue{Requirements: []scenarios.Requirement{
		{ID: "SEQ-1", Level: scenarios.Must, Judges: []string{"status", "phase"}, NeedsAll: []string{"phase"}},
	}}
	for _, row := range judge.Judge(in, catalogue).Rows {
		fmt.Println(row.Requirement, row.Verdict)
		for _, c := range row.Checks {
			if c.Outcome == judge.Fail {
				fmt.Printf("  %s: expected %s, got %s (%s)\n", c.Subject, c.Expected, c.Actual, c.Reason)
			}
		}
	}
	// Output:
	// SEQ-1 broken
	//   task.phase: expected "running", got "ended" (the newest acknowledged turn is TaskStart; it had 5s to show)
	// ACK-1 held
	// ACK-2 held
}
