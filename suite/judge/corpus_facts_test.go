package judge

import (
	"maps"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
)

// lived is a play of one task with one file, from its start to its exit.
func lived(b *playBuilder) {
	b.task("task", 1)
	b.send(b.taskStart("task", ms(0)))
	b.after(100 * time.Millisecond).send(b.fileStart("task", 0))
	b.after(100 * time.Millisecond).send(b.fileFinish("task", 0))
	b.after(100 * time.Millisecond).send(b.taskExit("task", ms(300), -22, "write packet error."))
}

// after a life, a good receiver shows these.
func (b *playBuilder) factsOfLife(changes Facts) Facts {
	f := b.facts("task", Facts{
		"phase": "ended", "exited_at": number64(ms(300)), "exit_code": number64(-22), "exit_message": "write packet error.",
		"files": []any{b.file("task", 0, true)}, "files_finished": number64(1), "events": number64(4),
	})
	maps.Copy(f, changes)
	return f
}

// living is a life, with some facts shown differently.
func living(requirement string, changes Facts) func(*playBuilder) {
	return func(b *playBuilder) {
		b.requires(requirement)
		lived(b)
		b.look(Final, "task", b.factsOfLife(changes))
	}
}

const (
	ackHeld = ", ACK-1 held, ACK-2 held"
)

func factSpecimens() []specimen {
	return []specimen{
		{"a-life-is-shown-whole", "everything held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "everything"
			lived(b)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-started-task-is-not-there", "SEQ-1 broken" + ackHeld, living("SEQ-1", Facts{"exists": false})},
		{"an-ended-task-is-shown-running", "SEQ-1 broken" + ackHeld, living("SEQ-1", Facts{"phase": "running"})},
		{"a-phase-of-another-name", "SEQ-1 broken" + ackHeld, living("SEQ-1", Facts{"phase": "Ended"})},
		{"a-phase-is-not-kept", "SEQ-1 broken" + ackHeld, living("SEQ-1", Facts{"phase": nil})},
		{"an-exit-code-is-lost", "SEQ-5 broken" + ackHeld, living("SEQ-5", Facts{"exit_code": nil})},
		{"an-exit-code-loses-its-sign", "SEQ-5 broken" + ackHeld, living("SEQ-5", Facts{"exit_code": number64(22)})},
		{"an-exit-code-becomes-zero", "SEQ-5 broken" + ackHeld, living("SEQ-5", Facts{"exit_code": number64(0)})},
		{"an-exit-message-is-trimmed", "SEQ-5 broken" + ackHeld, living("SEQ-5", Facts{"exit_message": "write packet error"})},
		{"an-exit-time-is-kept-in-seconds", "MSG-4 broken" + ackHeld, living("MSG-4", Facts{"exited_at": number64(ms(300) / 1000)})},
		{"a-start-time-is-cut-to-32-bits", "MSG-4 broken" + ackHeld, living("MSG-4", Facts{"started_at": number64(int64(int32(ms(0) & 0xFFFFFFFF)))})},
		{"source-urls-are-kept-as-raw-text", "MSG-2 broken" + ackHeld, living("MSG-2", Facts{"source_urls": "[\"http://origin.relaycheck.invalid/100000000000000/file-0.m3u8\"]\n"})},
		{"source-urls-lose-one", "MSG-2 broken" + ackHeld, living("MSG-2", Facts{"source_urls": []any{}})},
		{"a-file-is-lost", "SEQ-2 broken" + ackHeld, living("SEQ-2", Facts{"files": []any{}})},
		{"files-are-no-list", "SEQ-2 broken" + ackHeld, living("SEQ-2", Facts{"files": "one"})},
		{"a-finish-is-lost", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			lived(b)
			b.look(Final, "task", b.factsOfLife(Facts{"files": []any{b.file("task", 0, false)}}))
		}},
		{"a-file-has-another-duration", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			lived(b)
			f := b.file("task", 0, true)
			f["duration"] = number64(14)
			b.look(Final, "task", b.factsOfLife(Facts{"files": []any{f}}))
		}},
		{"a-file-has-another-index", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			lived(b)
			f := b.file("task", 0, true)
			f["index"] = nil
			b.look(Final, "task", b.factsOfLife(Facts{"files": []any{f}}))
		}},
		{"a-file-nobody-told-of", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			lived(b)
			b.look(Final, "task", b.factsOfLife(Facts{"files": []any{b.file("task", 0, true), object{"index": number64(7), "url": "http://other.invalid/"}}}))
		}},
		{"a-finished-file-is-not-counted", "SEQ-2 broken" + ackHeld, living("SEQ-2", Facts{"files_finished": number64(0)})},
		{"an-event-is-lost", "ACK-4 broken" + ackHeld, living("ACK-4", Facts{"events": number64(3)})},
		{"an-event-is-kept-twice", "DUP-1 broken" + ackHeld, living("DUP-1", Facts{"events": number64(5)})},
		{"an-alarm-is-not-counted", "SEQ-9 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-9")
			started(b)
			b.send(b.event("task", "TaskAlarm", object{"type": "PullFileFailed"}))
			b.look(Final, "task", b.facts("task", Facts{"alarms": number64(0), "events": number64(1)}))
		}},
		{"a-stream-id-is-not-kept", "own-facts broken" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			started(b)
			b.look(Final, "task", b.facts("task", Facts{"stream_id": nil}))
		}},
		{"a-push-address-is-not-verbatim", "own-facts broken" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			started(b)
			b.look(Final, "task", b.facts("task", Facts{"to_url": "RTMP://5000.livepush.myqcloud.com/live/stream-task?txSecret=abc"}))
		}},

		{"a-stated-fact-overrides-the-oracle", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {
				"phase": map[string]any{"any_of": []any{"ended", "running"}}, "exit_code": -22, "alarms": nil, "stream_id": "stream-task",
				"exists": true, "files": []any{map[string]any{"index": 0, "finished": true}}, "source_urls": []any{"http://origin.relaycheck.invalid/100000000000000/file-0.m3u8"},
			}}
			lived(b)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-stated-fact-is-missed", "own-facts broken" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {"exit_code": nil}}
			lived(b)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-stated-absence-is-no-zero", "own-facts broken" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {"exit_code": nil}}
			started(b)
			b.look(Final, "task", b.facts("task", Facts{"exit_code": number64(0)}))
		}},
		{"a-stated-file-is-not-among-two", "own-facts broken" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {
				"files": []any{map[string]any{"index": 0}, map[string]any{"index": 0, "finished": true}},
			}}
			b.task("task", 2)
			b.send(b.taskStart("task", ms(0)))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, true), b.file("task", 1, true)}}))
		}},
		{"a-stated-file-without-a-duration", "own-facts broken" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {"files": []any{map[string]any{"index": 0, "duration": nil}}}}
			lived(b)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"stated-files-find-their-entries", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {
				"files": []any{map[string]any{"finished": true}, map[string]any{"index": "0", "finished": true}},
			}}
			b.task("task", 2)
			b.send(b.taskStart("task", ms(0)))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, true), b.file("task", 1, true)}}))
		}},
		{"a-stated-task-is-not-in-the-plan", "own-facts not_observable" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"other": {"phase": "running"}}
			started(b)
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"an-expectation-names-its-own-requirement", "SEQ-1 not_observable, SEQ-5 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.in.Plan.Expect.Requires = []string{"SEQ-5"}
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {"to_url": "rtmp://other.invalid/"}}
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-fact-that-nobody-judges-counts-against-the-first", "SEQ-1 broken, MSG-2 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1", "MSG-2")
			started(b)
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {"to_url": "rtmp://other.invalid/"}}
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-mid-timeline-observation", "SEQ-5 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-5")
			started(b)
			b.look(b.observing("observe", scenarios.Expect{Oracle: true}), "task", b.facts("task", nil))
			b.send(b.taskExit("task", ms(9000), -22, "gone"))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended", "exit_code": "-22", "exit_message": "gone"}))
		}},
		{"a-mid-timeline-observation-is-too-early", "SEQ-5 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-5")
			started(b)
			b.look(b.observing("observe", scenarios.Expect{Oracle: true}), "task", b.facts("task", Facts{"exit_code": number64(-22)}))
			b.send(b.taskExit("task", ms(9000), -22, "gone"))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended", "exit_code": "-22", "exit_message": "gone"}))
		}},
		{"what-is-under-way-may-show-or-not", "SEQ-7 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-7")
			started(b)
			id := b.taskExit("task", ms(500), -22, "gone")
			b.send(id, taking(30*time.Millisecond))
			b.clock -= 20 * time.Millisecond // the look begins before the exit is answered
			b.lookAt(b.observing("observe", scenarios.Expect{Oracle: true}), "task", b.facts("task", nil), nil)
			b.after(7 * time.Second)
			b.lookAt("observe", "task", b.facts("task", nil), nil)
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended"}))
		}},
		{"a-phase-is-right-throughout", "GAP-2 held" + ackHeld, func(b *playBuilder) {
			b.requires("GAP-2")
			started(b)
			step := b.observing("observe", scenarios.Expect{Oracle: true, Throughout: throughout})
			b.lookAt(step, "task", b.facts("task", Facts{"phase": nil}), nil)
			for range 5 {
				b.after(400*time.Millisecond).lookAt(step, "task", b.facts("task", nil), nil)
			}
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-phase-is-lost-on-the-way", "GAP-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("GAP-2")
			started(b)
			step := b.observing("observe", scenarios.Expect{Oracle: true, Throughout: throughout})
			for _, phase := range []string{"running", "running", "ended", "running", "running", "running"} {
				b.after(400*time.Millisecond).lookAt(step, "task", b.facts("task", Facts{"phase": phase}), nil)
			}
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-phase-was-not-watched-for-long-enough", "GAP-2 not_testable" + ackHeld, func(b *playBuilder) {
			b.requires("GAP-2")
			started(b)
			step := b.observing("observe", scenarios.Expect{Oracle: true, Throughout: throughout})
			for range 3 {
				b.after(400*time.Millisecond).lookAt(step, "task", b.facts("task", nil), nil)
			}
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-phase-never-shows-throughout", "GAP-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("GAP-2")
			started(b)
			step := b.observing("observe", scenarios.Expect{Oracle: true, Throughout: throughout})
			b.look(step, "task", b.facts("task", Facts{"phase": "ended"}))
			b.look(Final, "task", b.facts("task", nil))
		}},
	}
}

const throughout = 1_500_000_000 // ns
