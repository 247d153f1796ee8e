package judge

import "time"

func lookSpecimens() []specimen {
	return []specimen{
		{"a-target-that-shows-nothing", "SEQ-1 not_observable, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			b.in.Capabilities.Facts = nil
			started(b)
		}},
		{"a-target-that-shows-only-part", "SEQ-5 not_observable, SEQ-1 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-5", "SEQ-1")
			b.in.Capabilities.Facts = []string{"exists", "phase"}
			started(b)
			b.look(Final, "task", Facts{"exists": true, "phase": "running"})
		}},
		{"a-target-that-shows-one-of-several", "SEQ-2 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			b.in.Capabilities.Facts = []string{"files_finished"}
			started(b)
			b.send(b.fileFinish("task", 0))
			b.look(Final, "task", Facts{"files_finished": number64(1)})
		}},
		{"a-fact-that-just-showed-is-compared", "SEQ-1 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			b.in.Capabilities.Facts = []string{"exists"}
			started(b)
			b.look(Final, "task", Facts{"exists": true, "phase": "ended"})
		}},
		{"a-target-without-exists-shows-its-tasks-by-their-facts", "BAD-1 broken" + ackHeld, func(b *playBuilder) {
			b.requires("BAD-1")
			b.in.Capabilities.Facts = []string{"phase"}
			b.task("task", 1).task("other", 1)
			b.send(b.raw("other", "{", "nothing"), answer(400))
			b.send(b.taskStart("task", ms(0)))
			b.lookAt(Final, "task", Facts{"phase": "running"}, nil)
			b.look(Final, "other", Facts{"phase": "running"})
		}},
		{"a-target-that-shows-none-of-several", "SEQ-2 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			b.in.Capabilities.Facts = []string{"phase"}
			started(b)
		}},
		{"a-target-that-shows-none-of-what-nothing-needs", "ACK-4 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("ACK-4")
			b.in.Capabilities.Facts = nil
			started(b)
		}},
		{"nothing-in-a-scenario-speaks-for-a-requirement", "SEC-6 held, ACK-3 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEC-6", "ACK-3")
			started(b)
		}},
		{"a-scenario-that-stands-for-itself-is-held-by-what-the-target-shows", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {"phase": "running"}}
			b.in.Capabilities.Facts = []string{"exists", "phase"}
			started(b)
			b.look(Final, "task", Facts{"exists": true, "phase": "running"})
		}},
		{"a-scenario-that-stands-for-itself-is-not-held-while-it-states-what-is-hidden", "own-facts not_observable" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"task": {"phase": "running", "alarms": 0}}
			b.in.Capabilities.Facts = []string{"exists", "phase"}
			started(b)
			b.look(Final, "task", Facts{"exists": true, "phase": "running"})
		}},
		{"nobody-looked", "SEQ-1 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
		}},
		{"the-observer-could-not-look", "SEQ-1 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.failedLook(Final, "task", "dial tcp 127.0.0.1:1: connection refused")
		}},
		{"the-observer-could-not-look-in-the-end", "SEQ-1 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.lookAt(Final, "task", b.facts("task", Facts{"phase": nil}), nil)
			b.after(6*time.Second).failedLook(Final, "task", "timeout")
		}},
		{"the-observer-failed-once-and-then-looked", "SEQ-1 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.failedLook(Final, "task", "timeout")
			b.after(time.Second).lookAt(Final, "task", b.facts("task", nil), nil)
		}},
		{"a-look-that-ended-too-soon", "SEQ-1 not_testable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.lookAt(Final, "task", b.facts("task", Facts{"phase": nil}), nil)
			b.after(4*time.Second).lookAt(Final, "task", b.facts("task", Facts{"phase": nil}), nil)
		}},
		{"what-shows-late-but-in-time", "SEQ-1 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.lookAt(Final, "task", b.facts("task", Facts{"phase": nil}), nil)
			b.after(4*time.Second).lookAt(Final, "task", b.facts("task", nil), nil)
		}},
		{"what-was-right-and-then-is-wrong", "SEQ-1 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.lookAt(Final, "task", b.facts("task", nil), nil)
			b.after(6*time.Second).lookAt(Final, "task", b.facts("task", Facts{"phase": "ended"}), nil)
		}},
	}
}
