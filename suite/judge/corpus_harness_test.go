package judge

import (
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// hooked is a play that kills the receiver after the start and goes on; the hook ends as told.
func hooked(b *playBuilder, hookError string, phase string, ends ...end) {
	b.requires("DUR-2")
	started(b)
	b.in.Plan.Steps = append(b.in.Plan.Steps, scenarios.Step{ID: "kill", Hook: "kill", At: emitter.Offset(b.clock)})
	b.in.Transcript.Steps = append(b.in.Transcript.Steps, emitter.StepRecord{
		ID: "kill", Started: emitter.Offset(b.clock), Done: emitter.Offset(b.clock + time.Second), Error: hookError,
	})
	b.after(time.Second).send(b.fileStart("task", 0), ends...)
	b.look(Final, "task", b.facts("task", Facts{"phase": phase, "files": []any{b.file("task", 0, false)}, "events": number64(2)}))
}

// struckDuring is a play that kills the receiver while a file's event is under way; the event is sent again 400 ms later.
func struckDuring(b *playBuilder, events int, ends ...[]end) {
	b.requires("DUR-2")
	started(b)
	b.in.Plan.Steps = append(b.in.Plan.Steps, scenarios.Step{
		ID: "kill", Hook: "kill", At: emitter.Offset(b.clock), Strike: &scenarios.Strike{Step: "VodSourceFileStart", Moment: scenarios.During, Share: 0.5},
	})
	b.in.Transcript.Steps = append(b.in.Transcript.Steps, emitter.StepRecord{
		ID: "kill", Started: emitter.Offset(b.clock), Done: emitter.Offset(b.clock + 50*time.Millisecond),
	})
	b.sendAs(b.fileStart("task", 0), []option{underPolicy(len(ends), 400*time.Millisecond)}, ends...)
	b.look(Final, "task", b.facts("task", Facts{"phase": "running", "files": []any{b.file("task", 0, false)}, "events": number64(int64(events))}))
}

// gapped is a real-time play with a file two seconds after the start.
func gapped(b *playBuilder, phase string, by time.Duration) {
	b.requires("GAP-2")
	b.in.Plan.Scenario.RealTime = true
	b.task("task", 1)
	b.send(b.taskStart("task", ms(0)))
	b.clock = 2 * time.Second
	b.sendAs(b.fileStart("task", 0), []option{late(by)}, nil)
	b.look(Final, "task", b.facts("task", Facts{"phase": phase, "files": []any{b.file("task", 0, false)}}))
}

func laddered(b *playBuilder, policy int, ends ...[]end) {
	b.requires("SEQ-1")
	b.task("task", 1)
	b.sendAs(b.taskStart("task", ms(0)), []option{underPolicy(policy, 400*time.Millisecond)}, ends...)
	b.look(Final, "task", b.facts("task", nil))
}

// crowded is a load of two tasks, of which the second's callback is sent so late and answered so.
func crowded(b *playBuilder, by time.Duration, phase string, ends ...end) {
	b.requires("LOAD-2")
	b.in.Plan.Scenario.RealTime, b.in.Plan.Scenario.Profile = true, "load"
	b.in.Plan.Load = &scenarios.Load{Rate: 1, For: emitter.Offset(20 * time.Second)}
	b.task("one", 1).task("two", 1)
	b.send(b.taskStart("one", ms(0)))
	b.sendAs(b.taskStart("two", ms(0)), []option{late(by)}, ends)
	b.look(Final, "one", b.facts("one", nil))
	b.look(Final, "two", b.facts("two", Facts{"phase": phase}))
}

func harnessSpecimens() []specimen {
	return []specimen{
		{"a-load-that-is-taken", "LOAD-2 held" + ackHeld, func(b *playBuilder) { crowded(b, 0, "running") }},
		{"a-load-that-is-taken-though-the-harness-was-late", "LOAD-2 held" + ackHeld, func(b *playBuilder) { crowded(b, 900*time.Millisecond, "running") }},
		{"a-load-that-the-harness-could-not-send", "LOAD-2 not_testable" + ackHeld, func(b *playBuilder) { crowded(b, 1100*time.Millisecond, "running") }},
		{"a-load-is-refused", "LOAD-2 broken, ACK-2 held", func(b *playBuilder) { crowded(b, 0, "running", answer(503)) }},
		{"a-load-is-refused-for-being-too-much", "LOAD-2 broken, ACK-2 held", func(b *playBuilder) { crowded(b, 0, "running", answer(429)) }},
		{"a-load-is-refused-while-the-harness-was-nearly-on-time", "LOAD-2 broken, ACK-2 held", func(b *playBuilder) { crowded(b, 90*time.Millisecond, "running", answer(503)) }},
		{"a-load-is-refused-though-the-harness-was-late", "LOAD-2 not_testable, ACK-2 held", func(b *playBuilder) { crowded(b, 110*time.Millisecond, "running", answer(503)) }},
		{"a-load-is-refused-before-the-harness-was-late", "LOAD-2 broken, ACK-2 held", func(b *playBuilder) {
			crowded(b, 110*time.Millisecond, "running")
			answer(503)(&b.in.Transcript.Deliveries[0].Attempts[0])
		}},
		{"a-load-is-answered-after-20-s-though-the-harness-was-late-meanwhile", "LOAD-2 not_testable, ACK-1 held", func(b *playBuilder) {
			crowded(b, 110*time.Millisecond, "running")
			taking(21 * time.Second)(&b.in.Transcript.Deliveries[0].Attempts[0])
		}},
		{"a-burst-is-refused-before-the-harness-was-late", "LOAD-2 broken, ACK-2 held", func(b *playBuilder) {
			crowded(b, 110*time.Millisecond, "running")
			answer(503)(&b.in.Transcript.Deliveries[0].Attempts[0])
			b.in.Plan.Load = &scenarios.Load{Burst: 200}
		}},
		{"a-load-is-cut-off-though-the-harness-was-late", "LOAD-2 not_testable, ACK-2 held", func(b *playBuilder) {
			crowded(b, 110*time.Millisecond, "running", failing(emitter.FailReset))
		}},
		{"a-load-is-answered-after-20-s", "LOAD-2 broken, ACK-1 held", func(b *playBuilder) { crowded(b, 0, "running", taking(21*time.Second)) }},
		{"a-load-is-answered-after-20-s-though-the-harness-was-late", "LOAD-2 not_testable, ACK-1 held", func(b *playBuilder) {
			crowded(b, 110*time.Millisecond, "running", taking(21*time.Second))
		}},
		{"a-redirect-under-load-is-no-matter-of-the-pace", "LOAD-2 held, ACK-1 broken, ACK-2 held", func(b *playBuilder) { crowded(b, 110*time.Millisecond, "running", answer(302)) }},
		{"a-burst-of-thousands-takes-its-time-to-be-sent", "LOAD-2 broken, ACK-2 held", func(b *playBuilder) {
			crowded(b, 900*time.Millisecond, "running", answer(503))
			b.in.Plan.Load = &scenarios.Load{Burst: 2000}
		}},
		{"a-burst-that-took-too-long-to-be-sent-is-refused", "LOAD-2 not_testable, ACK-2 held", func(b *playBuilder) {
			crowded(b, 110*time.Millisecond, "running", answer(503))
			b.in.Plan.Load = &scenarios.Load{Burst: 200}
		}},
		{"a-burst-that-took-far-too-long-to-be-sent", "LOAD-2 not_testable" + ackHeld, func(b *playBuilder) {
			crowded(b, 1100*time.Millisecond, "running")
			b.in.Plan.Load = &scenarios.Load{Burst: 200}
		}},
		{"a-short-rate-that-the-harness-could-not-send", "LOAD-2 not_testable" + ackHeld, func(b *playBuilder) {
			crowded(b, 250*time.Millisecond, "running")
			b.in.Plan.Load = &scenarios.Load{Rate: 1, For: emitter.Offset(2 * time.Second)}
		}},
		{"what-was-acknowledged-is-lost-at-any-pace", "LOAD-2 broken" + ackHeld, func(b *playBuilder) { crowded(b, 110*time.Millisecond, "ended") }},
		{"a-play-that-was-ended", "SEQ-1 not_testable, ACK-1 not_testable, ACK-2 not_testable", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.in.Transcript.Aborted = "interrupted"
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-play-that-was-ended-after-a-finding", "SEQ-1 broken, ACK-2 not_testable", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.send(b.fileStart("task", 0), answer(500))
			b.in.Transcript.Aborted = "its deadline of 30s passed"
		}},
		{"a-callback-that-was-never-sent", "SEQ-1 not_testable, ACK-1 not_testable, ACK-2 not_testable", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.send(b.fileStart("task", 0))
			b.in.Transcript.Deliveries[1].Attempts = nil
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-delivery-that-no-event-explains", "SEQ-1 not_testable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.send(b.fileStart("task", 0))
			b.in.Transcript.Deliveries[1].Event = "Other"
			b.in.Plan.Steps = b.in.Plan.Steps[:1]
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-ladder-as-its-policy-says", "SEQ-1 held" + ackHeld, func(b *playBuilder) {
			laddered(b, 3, []end{losingTheAnswer()}, []end{losingTheAnswer()}, nil)
		}},
		{"a-ladder-that-was-given-up", "SEQ-1 broken, ACK-2 held", func(b *playBuilder) {
			laddered(b, 3, []end{answer(503)}, []end{answer(503)})
		}},
		{"a-ladder-that-was-given-up-by-us", "SEQ-1 not_testable", func(b *playBuilder) {
			laddered(b, 3, []end{losingTheAnswer()}, []end{losingTheAnswer()})
		}},
		{"a-retry-before-its-time", "SEQ-1 not_testable" + ackHeld, func(b *playBuilder) {
			laddered(b, 2, []end{losingTheAnswer()}, nil)
			a := b.in.Transcript.Deliveries[0].Attempts
			a[1].Queued -= emitter.Offset(50 * time.Millisecond)
		}},
		{"a-retry-after-its-time", "SEQ-1 held" + ackHeld, func(b *playBuilder) {
			laddered(b, 2, []end{losingTheAnswer()}, nil)
			a := b.in.Transcript.Deliveries[0].Attempts
			a[1].Queued += emitter.Offset(500 * time.Millisecond)
			a[1].Done += emitter.Offset(500 * time.Millisecond)
		}},
		{"a-retry-after-a-200", "SEQ-1 not_testable" + ackHeld, func(b *playBuilder) { laddered(b, 3, nil, nil) }},
		{"each-attempt-of-a-ladder-is-judged", "SEQ-1 broken, ACK-2 held", func(b *playBuilder) {
			laddered(b, 3, []end{answer(500)}, nil)
		}},

		{"a-hook-that-works", "DUR-2 held" + ackHeld, func(b *playBuilder) { hooked(b, "", "running") }},
		{"a-receiver-that-forgets-when-killed", "DUR-2 broken" + ackHeld, func(b *playBuilder) { hooked(b, "", "ended") }},
		{"a-hook-that-fails", "DUR-2 not_testable" + ackHeld, func(b *playBuilder) { hooked(b, "exit status 1", "ended") }},
		{"a-hook-that-fails-although-nothing-shows-it", "DUR-2 not_testable" + ackHeld, func(b *playBuilder) { hooked(b, "exit status 1", "running") }},
		{"a-finding-from-before-a-hook-that-fails", "DUR-2 broken, ACK-2 held", func(b *playBuilder) {
			hooked(b, "exit status 1", "running")
			b.in.Transcript.Deliveries[0].Attempts[0].Answer.Status = 500
		}},
		{"a-hook-that-fails-leaves-nobody-to-answer", "DUR-2 not_testable" + ackHeld, func(b *playBuilder) {
			hooked(b, "exit status 1", "running", failing(emitter.FailRefused))
		}},
		{"a-target-without-the-hook", "DUR-2 not_observable" + ackHeld, func(b *playBuilder) {
			hooked(b, "", "running")
			b.in.Capabilities.Hooks = []string{"restart"}
			b.in.Transcript.Steps = nil
		}},

		{"a-kill-cuts-off-what-is-under-way", "DUR-2 held" + ackHeld, func(b *playBuilder) {
			struckDuring(b, 2, []end{failing(emitter.FailClosed)}, nil)
		}},
		{"a-kill-cuts-off-and-the-retry-doubles", "DUR-2 broken" + ackHeld, func(b *playBuilder) {
			struckDuring(b, 3, []end{failing(emitter.FailClosed)}, nil)
		}},
		{"a-kill-tears-the-answer-apart", "DUR-2 held" + ackHeld, func(b *playBuilder) {
			struckDuring(b, 2, []end{failing(emitter.FailClosed), answer(200)}, nil)
		}},
		{"a-kill-tears-the-answer-apart-and-the-retry-doubles", "DUR-2 broken" + ackHeld, func(b *playBuilder) {
			struckDuring(b, 3, []end{failing(emitter.FailClosed), answer(200)}, nil)
		}},
		{"a-kill-excuses-no-refusal-of-the-retry", "DUR-2 broken, ACK-2 held", func(b *playBuilder) {
			struckDuring(b, 1, []end{failing(emitter.FailClosed)}, []end{answer(409)})
		}},

		{"a-gap-of-two-seconds", "GAP-2 held" + ackHeld, func(b *playBuilder) { gapped(b, "running", 0) }},
		{"a-gap-of-two-seconds-ends-the-task", "GAP-2 broken" + ackHeld, func(b *playBuilder) { gapped(b, "ended", 0) }},
		{"a-gap-that-came-out-longer", "GAP-2 not_testable" + ackHeld, func(b *playBuilder) { gapped(b, "ended", 101*time.Millisecond) }},
		{"a-gap-that-came-out-longer-although-nothing-shows-it", "GAP-2 not_testable" + ackHeld, func(b *playBuilder) { gapped(b, "running", 101*time.Millisecond) }},
		{"a-gap-whose-both-ends-were-late", "GAP-2 broken" + ackHeld, func(b *playBuilder) {
			gapped(b, "ended", 150*time.Millisecond)
			a := &b.in.Transcript.Deliveries[0].Attempts[0]
			a.Queued += emitter.Offset(140 * time.Millisecond)
			a.Done += emitter.Offset(140 * time.Millisecond)
		}},
		{"no-gap-at-all-that-came-out-as-one", "GAP-2 not_testable" + ackHeld, func(b *playBuilder) {
			b.requires("GAP-2")
			b.in.Plan.Scenario.RealTime = true
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			b.sendAs(b.fileStart("task", 0), []option{late(150 * time.Millisecond)}, nil)
			b.in.Transcript.Deliveries[1].Planned = 0
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-gap-that-a-slow-answer-made-longer", "GAP-2 not_testable" + ackHeld, func(b *playBuilder) {
			gapped(b, "ended", 500*time.Millisecond)
			b.in.Transcript.Deliveries[1].Due += emitter.Offset(500 * time.Millisecond)
		}},
		{"load-is-judged-though-the-play-was-off-its-times", "LOAD-1 broken, ACK-1 held", func(b *playBuilder) {
			b.requires("LOAD-1")
			b.in.Plan.Scenario.RealTime, b.in.Plan.Scenario.Profile = true, "load"
			b.task("task", 1)
			b.sendAs(b.taskStart("task", ms(0)), []option{late(time.Second)}, nil)
			b.send(b.fileStart("task", 0), taking(21*time.Second))
		}},
	}
}
