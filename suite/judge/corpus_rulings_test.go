package judge

import (
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
)

// rulingSpecimens are mostly sensible receivers that must stay green, each beside its nearest wrong one.
func rulingSpecimens() []specimen {
	return []specimen{
		// Absent things.
		{"ruling-what-does-not-exist-has-no-phase", "BAD-1 held", func(b *playBuilder) {
			b.requires("BAD-1")
			b.task("task", 1)
			b.send(b.raw("task", "{", scenarios.MeansNothing), answer(400))
			b.look(Final, "task", Facts{"exists": false, "phase": "ended", "exit_code": number64(0)})
		}},
		{"ruling-rubbish-makes-no-task", "BAD-1 broken", func(b *playBuilder) {
			b.requires("BAD-1")
			b.task("task", 1)
			b.send(b.raw("task", "{", scenarios.MeansNothing), answer(400))
			b.look(Final, "task", Facts{"exists": true, "phase": "running"})
		}},
		{"ruling-zero-values-before-an-exit-are-nothing", "SEQ-5 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-5")
			started(b)
			b.look(Final, "task", b.facts("task", Facts{"exit_code": number64(0), "exit_message": "", "exited_at": number64(0)}))
		}},
		{"ruling-an-exit-before-any-exit", "SEQ-5 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-5")
			started(b)
			b.look(Final, "task", b.facts("task", Facts{"exit_code": number64(-1)}))
		}},
		{"ruling-1-and-1.0-and-text-are-equal", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			lived(b)
			b.look(Final, "task", b.factsOfLife(Facts{
				"exit_code": "-22", "started_at": "1700000000000", "events": jsonNumber("4.0"), "files_finished": "1", "exited_at": jsonNumber("1.7000000003e12"),
				"files": []any{object{"index": "0", "url": b.taskOf("task").SourceURLs[0], "finished": number64(1), "note": "extra"}}, "exists": number64(1),
			}))
		}},

		// Times.
		{"ruling-zero-times-order-nothing", "MSG-5 held" + ackHeld, func(b *playBuilder) {
			b.requires("MSG-5")
			b.task("task", 1)
			b.send(b.taskStart("task", 0))
			b.send(b.taskExit("task", 0, -22, "gone"))
			b.look(Final, "task", b.facts("task", Facts{"phase": "running", "started_at": nil}))
		}},
		{"ruling-zero-times-say-no-phase", "SEQ-1 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(5)))
			b.send(b.taskExit("task", 0, -22, "gone"))
			b.look(Final, "task", b.facts("task", Facts{"phase": "running"}))
		}},
		{"ruling-equal-times-say-no-phase", "SEQ-7 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-7")
			b.task("task", 1)
			b.send(b.taskExit("task", ms(5), -22, "gone"))
			b.send(b.taskStart("task", ms(5)))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended"}))
		}},
		{"ruling-after-a-restart-the-first-start-may-stay", "MSG-4 held" + ackHeld, func(b *playBuilder) { restarted(b, "MSG-4", Facts{"started_at": number64(ms(0))}) }},
		{"ruling-after-a-restart-the-newest-start-may-stand", "MSG-4 held" + ackHeld, func(b *playBuilder) { restarted(b, "MSG-4", Facts{"started_at": number64(ms(900))}) }},
		{"ruling-after-a-restart-another-start-is-wrong", "MSG-4 broken" + ackHeld, func(b *playBuilder) { restarted(b, "MSG-4", Facts{"started_at": number64(ms(500))}) }},
		{"of-three-starts-the-one-in-the-middle-is-neither-first-nor-newest", "MSG-4 broken" + ackHeld, func(b *playBuilder) {
			b.requires("MSG-4")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(500)))
			b.send(b.taskStart("task", ms(900)))
			b.send(b.taskStart("task", ms(0)))
			b.look(Final, "task", b.facts("task", Facts{"started_at": number64(ms(500))}))
		}},
		{"a-code-may-be-a-word", "SEQ-5 held" + ackHeld, func(b *playBuilder) { worded(b, "EPIPE") }},
		{"a-code-that-is-a-word-is-lost", "SEQ-5 broken" + ackHeld, func(b *playBuilder) { worded(b, nil) }},
		{"an-exit-that-nobody-acknowledged-proves-nothing-of-the-exit", "SEQ-5 not_testable, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-5")
			started(b)
			b.send(b.taskExit("task", ms(50), -22, "gone"), answer(202))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-file-that-nobody-acknowledged-does-not-touch-the-exit", "SEQ-5 held, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-5")
			started(b)
			b.send(b.fileStart("task", 0), answer(202))
			b.send(b.taskExit("task", ms(50), -22, "gone"))
			b.look(Final, "task", b.facts("task", Facts{"exit_code": number64(-22), "exit_message": "gone"}))
		}},
		{"ruling-after-a-restart-the-exit-may-stay", "SEQ-5 held" + ackHeld, func(b *playBuilder) { restarted(b, "SEQ-5", nil) }},
		{"ruling-after-a-restart-the-exit-may-go", "SEQ-5 held" + ackHeld, func(b *playBuilder) {
			restarted(b, "SEQ-5", Facts{"exit_code": nil, "exit_message": nil, "exited_at": nil})
		}},
		{"ruling-after-a-restart-another-exit-is-wrong", "SEQ-5 broken" + ackHeld, func(b *playBuilder) {
			restarted(b, "SEQ-5", Facts{"exit_code": number64(7)})
		}},
		{"a-restarted-task-runs-again", "SEQ-7 held" + ackHeld, func(b *playBuilder) { restarted(b, "SEQ-7", nil) }},
		{"a-restarted-task-stays-ended", "SEQ-7 broken" + ackHeld, func(b *playBuilder) { restarted(b, "SEQ-7", Facts{"phase": "ended"}) }},
		{"the-exit-of-the-latest-exit-counts", "SEQ-5 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-5")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			latest := b.taskExit("task", ms(900), -5, "second")
			b.send(latest)
			b.send(b.taskExit("task", ms(300), -22, "first"))
			b.look(Final, "task", b.facts("task", Facts{"exit_code": number64(-22), "exit_message": "first"}))
		}},
		{"ruling-an-exit-without-message-has-none", "SEQ-5 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-5")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			b.send(b.event("task", "TaskExit", object{"task_exit_time": ms(9), "code": 0}))
			b.look(Final, "task", b.facts("task", Facts{"exit_code": number64(0), "exit_message": ""}))
		}},
		{"an-old-start-does-not-revive", "ORD-3 held" + ackHeld, func(b *playBuilder) { overtaken(b, "ended") }},
		{"an-old-start-revives", "ORD-3 broken" + ackHeld, func(b *playBuilder) { overtaken(b, "running") }},
		{"an-old-exit-ends-a-restarted-task", "ORD-4 broken" + ackHeld, func(b *playBuilder) {
			b.requires("ORD-4")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			b.send(b.taskStart("task", ms(900)))
			b.send(b.taskExit("task", ms(500), -22, "old"))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended"}))
		}},
		{"ruling-a-file-after-an-exit-may-be-a-sign-of-life", "SEQ-7 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-7")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			b.after(time.Second).send(b.taskExit("task", ms(1000), -22, "retried"))
			b.after(time.Second).send(b.fileStart("task", 0))
			b.look(Final, "task", b.facts("task", Facts{"phase": "running"}))
		}},
		{"a-file-that-arrives-after-an-exit-revives", "ORD-3 broken" + ackHeld, func(b *playBuilder) {
			b.requires("ORD-3")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			file := b.fileStart("task", 0)
			b.after(time.Second).send(b.taskExit("task", ms(1000), -22, "gone"))
			b.send(file)
			b.look(Final, "task", b.facts("task", Facts{"phase": "running"}))
		}},

		// Files.
		{"ruling-a-file-before-its-start-may-be-unknown", "ORD-1 held" + ackHeld, func(b *playBuilder) {
			b.requires("ORD-1")
			b.task("task", 1)
			b.send(b.fileStart("task", 0))
			b.look(b.observing("observe", scenarios.Expect{Oracle: true}), "task", Facts{"exists": false})
			b.send(b.taskStart("task", ms(0)))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, false)}, "events": number64(2)}))
		}},
		{"ruling-a-file-before-its-start-may-make-it-run", "ORD-1 held" + ackHeld, func(b *playBuilder) {
			b.requires("ORD-1")
			b.task("task", 1)
			b.send(b.fileStart("task", 0))
			b.look(b.observing("observe", scenarios.Expect{Oracle: true}), "task", b.facts("task", Facts{"started_at": nil}))
			b.send(b.taskStart("task", ms(0)))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, false)}}))
		}},
		{"a-file-before-its-start-is-lost", "ORD-1 broken" + ackHeld, func(b *playBuilder) {
			b.requires("ORD-1")
			b.task("task", 1)
			b.send(b.fileStart("task", 0))
			b.send(b.taskStart("task", ms(0)))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-start-after-its-finish-undoes-it", "ORD-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("ORD-2")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			begun := b.fileStart("task", 0)
			b.send(b.fileFinish("task", 0))
			b.send(begun)
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, false)}, "files_finished": number64(0)}))
		}},
		{"ruling-files-of-the-list-may-be-shown-before-they-begin", "SEQ-2 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			started(b)
			b.send(b.fileStart("task", 0))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 1, false), b.file("task", 0, false)}}))
		}},
		{"a-file-is-finished-before-it-began", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			started(b)
			b.send(b.fileStart("task", 0))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, false), b.file("task", 1, true)}}))
		}},
		{"a-file-is-finished-without-a-finish", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			started(b)
			b.send(b.fileStart("task", 0))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, true)}}))
		}},
		{"ruling-a-looped-file-may-be-open-again", "SEQ-2 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			looped(b, nil)
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, false)}, "files_finished": number64(0)}))
		}},
		{"ruling-a-looped-file-may-count-twice", "SEQ-2 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			looped(b, nil)
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, true), b.file("task", 0, true)}, "files_finished": number64(2)}))
		}},
		{"a-looped-file-counts-three-times", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			looped(b, nil)
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, true)}, "files_finished": number64(3)}))
		}},
		{"a-second-loop-with-event-times-is-finished", "SEQ-2 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			looped(b, []string{"1700000000", "1700000010", "1700000020", "1700000030"})
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, false)}, "files_finished": number64(2)}))
		}},
		{"one-file-is-listed-twice", "DUP-1 broken" + ackHeld, func(b *playBuilder) {
			b.requires("DUP-1")
			started(b)
			id := b.fileStart("task", 0)
			b.send(id)
			b.send(id)
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, false), b.file("task", 0, false)}, "events": number64(2)}))
		}},
		{"one-url-at-two-places-is-two-files", "DUP-4 broken" + ackHeld, func(b *playBuilder) {
			b.requires("DUP-4")
			b.task("task", 2)
			t := b.taskOf("task")
			t.SourceURLs[1] = t.SourceURLs[0]
			b.send(b.taskStart("task", ms(0)))
			b.send(b.fileFinish("task", 0))
			b.send(b.fileFinish("task", 1))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{b.file("task", 0, true)}, "files_finished": number64(1), "events": number64(2)}))
		}},
		{"ruling-files-outside-of-source-urls-are-not-asked-for", "SEQ-2 not_observable" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			started(b)
			b.send(b.event("task", "VodSourceFileStart", object{"url": "http://other.invalid/x", "index": 0, "duration": 3}))
			b.look(Final, "task", b.facts("task", Facts{"files": []any{}}))
		}},
		{"ruling-a-live-task-has-no-files", "SEQ-2 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-2")
			b.task("task", 0)
			b.send(b.taskStart("task", ms(0)))
			b.look(Final, "task", b.facts("task", Facts{"files": nil, "files_finished": nil}))
		}},

		// Distinct events.
		{"ruling-two-loops-without-event-time-are-one-event", "SEQ-4 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-4")
			looped(b, nil)
			b.look(Final, "task", b.facts("task", Facts{"events": number64(3)}))
		}},
		{"ruling-two-loops-without-event-time-are-two-events", "SEQ-4 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-4")
			looped(b, nil)
			b.look(Final, "task", b.facts("task", Facts{"events": number64(5)}))
		}},
		{"two-loops-with-event-times-are-merged", "SEQ-4 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-4")
			looped(b, []string{"1700000000", "1700000010", "1700000020", "1700000030"})
			b.look(Final, "task", b.facts("task", Facts{"events": number64(3)}))
		}},
		{"ruling-event-time-that-was-not-on-the-wire-does-not-tell-loops-apart", "SEQ-4 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-4")
			looped(b, []string{"1700000000", "1700000010", "1700000020", "1700000030"})
			for i := range b.in.Transcript.Deliveries {
				a := &b.in.Transcript.Deliveries[i].Attempts[0]
				a.Request.Body = withoutEventTime(a.Request.Body)
			}
			b.look(Final, "task", b.facts("task", Facts{"events": number64(3)}))
		}},
		{"ruling-an-event-time-made-anew-for-a-retry-is-another-event", "RET-1 held" + ackHeld, func(b *playBuilder) {
			b.requires("RET-1")
			b.task("task", 1)
			first := b.taskStart("task", ms(0), set("event_time", "1700000000"))
			second := string(b.in.Plan.Events[0].Body)
			second = second[:len(second)-1] + `,"event_time":"1700000060"}`
			b.sendAs(first, []option{underPolicy(13, 400*time.Millisecond)}, []end{losingTheAnswer()}, []end{sending(second)})
			b.look(Final, "task", b.facts("task", Facts{"events": number64(2)}))
		}},
		{"ruling-unknown-events-may-count", "SEQ-4 held" + ackHeld, func(b *playBuilder) { paused(b, 2) }},
		{"ruling-unknown-events-may-be-ignored", "SEQ-4 held" + ackHeld, func(b *playBuilder) { paused(b, 1) }},
		{"an-event-out-of-nowhere", "SEQ-4 broken" + ackHeld, func(b *playBuilder) { paused(b, 3) }},
		{"ruling-like-alarms-are-one-or-two", "SEQ-9 held" + ackHeld, func(b *playBuilder) { alarmed(b, 2) }},
		{"like-alarms-are-three", "SEQ-9 broken" + ackHeld, func(b *playBuilder) { alarmed(b, 3) }},
		{"an-alarm-ends-the-task", "SEQ-9 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-9")
			started(b)
			b.send(b.event("task", "TaskAlarm", object{"type": "PullFileFailed"}))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended", "alarms": number64(1)}))
		}},

		// Ids.
		{"ruling-an-exit-without-ids-may-end-its-task", "ENV-6 held" + ackHeld, func(b *playBuilder) { anonymous(b, "ended", "running") }},
		{"ruling-an-exit-without-ids-may-end-no-task", "ENV-6 held" + ackHeld, func(b *playBuilder) { anonymous(b, "running", "running") }},
		{"an-exit-without-ids-ends-another-task", "ENV-6 broken" + ackHeld, func(b *playBuilder) { anonymous(b, "running", "ended") }},
		{"tasks-touch-each-other-over-one-stream", "SEQ-8 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-8")
			b.task("a", 1).task("b", 1)
			b.taskOf("b").StreamID = b.taskOf("a").StreamID
			b.send(b.taskStart("a", ms(0)))
			b.send(b.taskStart("b", ms(0)))
			b.send(b.taskExit("a", ms(50), 0, ""))
			b.lookAt(Final, "a", b.facts("a", Facts{"phase": "ended"}), nil)
			b.look(Final, "b", b.facts("b", Facts{"phase": "ended"}))
		}},
		{"ruling-a-stream-id-may-be-empty", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0), set("stream_id", ""), omit("to_url")))
			b.look(Final, "task", b.facts("task", Facts{"stream_id": nil, "to_url": "anything"}))
		}},

		// Doubtful callbacks.
		{"ruling-a-doubtful-callback-may-be-applied", "BAD-11 held" + ackHeld, func(b *playBuilder) { doubtful(b, "ended", answer(200)) }},
		{"ruling-a-doubtful-callback-may-be-refused", "BAD-11 held" + ackHeld, func(b *playBuilder) { doubtful(b, "running", answer(415)) }},
		{"a-doubtful-callback-is-answered-500", "BAD-11 broken" + ackHeld, func(b *playBuilder) { doubtful(b, "running", answer(503)) }},
		{"a-doubtful-callback-invents-a-phase", "BAD-11 broken" + ackHeld, func(b *playBuilder) { doubtful(b, "paused", answer(200)) }},
		{"ruling-either-of-two-names-may-count", "BAD-11 held" + ackHeld, func(b *playBuilder) {
			b.requires("BAD-11")
			started(b)
			exit := b.taskExit("task", ms(50), -22, "gone", means(scenarios.MeansEither))
			wire := string(b.in.Plan.Events[1].Body)
			b.send(exit, sending(`{"callback_event":"TaskStart",`+wire[1:]))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"ruling-the-first-of-two-names-may-count", "BAD-11 held" + ackHeld, func(b *playBuilder) {
			b.requires("BAD-11")
			started(b)
			paused := b.event("task", "TaskPaused", object{"task_exit_time": ms(50), "code": -22, "message": ""}, means(scenarios.MeansEither))
			b.send(paused, sending(`{"callback_event":"TaskExit",`+string(b.in.Plan.Events[1].Body)[1:]))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended", "exit_code": number64(-22)}))
		}},
		{"ruling-bytes-that-are-no-utf-8-may-be-read-anyhow", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			started(b)
			exit := b.taskExit("task", ms(50), -22, "gone", means(scenarios.MeansEither))
			wire := string(b.in.Plan.Events[1].Body)
			b.send(exit, sending(wire[:len(wire)-1]+",\"x\":\"\xff\"}"))
			b.look(Final, "task", b.facts("task", Facts{
				"phase": "ended", "exit_code": number64(-22), "exit_message": "g\u00f6ne", "exited_at": number64(ms(50)), "events": number64(2),
			}))
		}},
		{"ruling-an-unsigned-callback-may-be-refused-where-signatures-are-required", "SEC-4 not_testable", func(b *playBuilder) {
			b.requires("SEC-4")
			b.in.Capabilities.Signing, b.in.Capabilities.Signed = true, true
			started(b, answer(403))
			b.look(Final, "task", Facts{"exists": false})
		}},
		{"an-unsigned-callback-is-taken", "SEC-4 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEC-4")
			b.in.Capabilities.Signing = true
			started(b)
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-signed-callback-is-taken", "SEC-1 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEC-1")
			b.in.Capabilities.Signing, b.in.Capabilities.Signed = true, true
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0), set("sign", "0123456789abcdef0123456789abcdef"), set("t", 1700000600)))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-signed-callback-is-refused", "SEC-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEC-1")
			b.in.Capabilities.Signing = true
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0), set("sign", "0123456789abcdef0123456789abcdef"), set("t", 1700000600)), answer(403))
			b.look(Final, "task", Facts{"exists": false})
		}},
		{"a-forged-callback-is-refused", "SEC-2 held" + ackHeld, func(b *playBuilder) { forged(b, true, "running", answer(403)) }},
		{"a-forged-callback-is-answered-200-without-effect", "SEC-2 held" + ackHeld, func(b *playBuilder) { forged(b, true, "running", answer(200)) }},
		{"a-forged-callback-is-applied", "SEC-2 broken" + ackHeld, func(b *playBuilder) { forged(b, true, "ended", answer(200)) }},
		{"a-forged-callback-is-answered-500", "SEC-2 broken" + ackHeld, func(b *playBuilder) { forged(b, true, "running", answer(500)) }},
		{"ruling-without-a-key-a-signature-proves-nothing", "SEC-2 not_testable" + ackHeld, func(b *playBuilder) { forged(b, false, "ended", answer(200)) }},
		{"a-callback-that-nobody-acknowledged-proves-nothing", "SEQ-1 not_testable, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, answer(202))
			b.look(Final, "task", Facts{"exists": false})
		}},
		{"what-nobody-acknowledged-still-has-only-its-own-values", "own-facts broken, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			started(b, answer(202))
			b.look(Final, "task", b.facts("task", Facts{"started_at": number64(5)}))
		}},
		{"ruling-control-characters-may-be-let-through", "BAD-11 held" + ackHeld, func(b *playBuilder) { mangled(b, "TaskStart", "\n", "ended") }},
		{"ruling-what-follows-the-first-value-may-be-ignored", "BAD-11 held" + ackHeld, func(b *playBuilder) { mangled(b, "}", "} trailing", "ended") }},
		{"control-characters-do-not-excuse-any-phase", "BAD-11 broken" + ackHeld, func(b *playBuilder) { mangled(b, "TaskStart", "\n", "paused") }},
		{"ruling-a-riddle-may-be-read-anyhow", "BAD-11 held" + ackHeld, func(b *playBuilder) {
			b.requires("BAD-11")
			started(b)
			b.send(b.raw("task", `{"callback_event":"TaskExit",,}`, scenarios.MeansEither), answer(200))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended", "exit_code": number64(99)}))
		}},
		{"a-riddle-tells-nothing-of-another-task", "BAD-11 broken" + ackHeld, func(b *playBuilder) {
			b.requires("BAD-11")
			b.task("a", 1).task("b", 1)
			b.send(b.taskStart("a", ms(0)))
			b.send(b.taskStart("b", ms(0)))
			b.send(b.raw("a", `{"callback_event":"TaskExit",,}`, scenarios.MeansEither), answer(200))
			b.lookAt(Final, "a", b.facts("a", nil), nil)
			b.look(Final, "b", b.facts("b", Facts{"phase": "ended"}))
		}},
		{"ruling-members-of-odd-types-may-be-read-anyhow", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			started(b)
			b.send(b.event("task", "VodSourceFileFinish", object{"url": b.taskOf("task").SourceURLs[0], "index": 0, "duration": "long"},
				means(scenarios.MeansEither), set("stream_id", 5), set("to_url", object{}), set("source_urls", "none"), set("event_time", []any{})))
			b.send(b.taskExit("task", ms(50), 1.5, "gone", means(scenarios.MeansEither)))
			b.look(Final, "task", b.facts("task", Facts{
				"stream_id": "5", "to_url": "{}", "source_urls": nil, "phase": "ended", "exit_code": number64(1), "exited_at": number64(ms(50)), "exit_message": "gone",
				"events": number64(3), "files": []any{object{"index": number64(0), "url": b.taskOf("task").SourceURLs[0], "duration": number64(0), "finished": true}}, "files_finished": number64(1),
			}))
		}},
		{"ruling-texts-with-nul-may-be-kept-anyhow", "own-facts held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-facts"
			started(b)
			b.send(b.taskExit("task", ms(50), -22, "go\x00ne", means(scenarios.MeansEither)))
			b.look(Final, "task", b.facts("task", Facts{
				"phase": "ended", "exit_code": number64(-22), "exit_message": "go", "exited_at": number64(ms(50)), "events": number64(2),
			}))
		}},
		{"a-torn-callback-is-none", "SEQ-1 held" + ackHeld, func(b *playBuilder) { torn(b, 40, "running") }},
		{"a-torn-callback-is-applied", "SEQ-1 broken" + ackHeld, func(b *playBuilder) { torn(b, -40, "ended") }},
		{"ruling-a-callback-that-lost-only-its-last-white-space-may-be-applied", "SEQ-1 not_testable" + ackHeld, func(b *playBuilder) { torn(b, -1, "ended") }},
		{"a-step-asks-only-about-its-own-kind-of-fact", "SEQ-7 held, SEQ-5 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-7", "SEQ-5")
			lived(b)
			b.look(Final, "task", b.factsOfLife(Facts{"exit_code": number64(3), "files": "nonsense"}))
		}},
		{"strings-are-kept-verbatim", "SEC-5 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEC-5")
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0)))
			b.send(b.taskExit("task", ms(50), 1, `<b>'; drop table tasks;--`))
			b.look(Final, "task", b.facts("task", Facts{"exit_message": `&lt;b&gt;'; drop table tasks;--`}))
		}},
	}
}
