package judge

import (
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

func (b *playBuilder) requires(ids ...string) *playBuilder {
	b.in.Plan.Scenario.Requires = ids
	return b
}

// started is a play of one task whose start was sent and answered as told.
func started(b *playBuilder, ends ...end) {
	b.task("task", 2)
	b.send(b.taskStart("task", ms(0)), ends...)
}

// probed sends rubbish to a running task, then a well-formed event of it, and looks.
func probed(b *playBuilder, m scenarios.Meaning, ends ...end) {
	b.requires("BAD-1")
	started(b)
	b.send(b.raw("task", `{"event_type": 314, "msg": `, m), ends...)
	b.send(b.fileStart("task", 0))
	b.look(Final, "task", b.facts("task", Facts{"events": number64(2), "files": []any{b.file("task", 0, false)}}))
}

func pushed(b *playBuilder, ends ...end) {
	b.requires("ENV-5")
	started(b)
	b.send(b.raw("task", `{"event_type": 1, "stream_id": "stream-task", "app": "live"}`, scenarios.MeansSibling), ends...)
	b.look(Final, "task", b.facts("task", nil))
}

func answerSpecimens() []specimen {
	return []specimen{
		{"answered-200-in-time", "SEQ-1 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-500-counts-against-what-the-scenario-is-about", "SEQ-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, answer(500))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-400-counts-against-what-the-scenario-is-about", "ENV-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("ENV-1")
			started(b)
			b.send(b.event("task", "TaskPaused", object{}), answer(400))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-500-counts-against-ack-1-where-nothing-judges-statuses", "SEQ-9 held, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-9")
			started(b)
			b.send(b.event("task", "TaskAlarm", object{"type": "PullFileFailed"}), answer(500))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-204-counts-against-ack-1", "SEQ-1 not_testable, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, answer(204))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-redirect-counts-against-ack-1", "SEQ-1 not_testable, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, answer(302))
			b.look(Final, "task", Facts{"exists": false})
		}},
		{"a-reset-is-no-answer", "SEQ-1 broken", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, failing(emitter.FailReset))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"ack-1-itself-is-judged-by-name", "ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("ACK-1")
			started(b, answer(500))
		}},
		{"an-answer-after-20-s-breaks-ack-2", "SEQ-1 held, ACK-1 held, ACK-2 broken", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, taking(20*time.Second+time.Millisecond))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"an-answer-at-20-s-is-in-time", "SEQ-1 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, taking(20*time.Second))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"no-answer-in-time-breaks-ack-2-and-leaves-the-status-open", "SEQ-1 not_testable, ACK-1 not_testable, ACK-2 broken", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, failing(emitter.FailTimeout), taking(20*time.Second))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"lateness-counts-against-a-requirement-that-judges-time", "LOAD-1 broken, ACK-1 held", func(b *playBuilder) {
			b.requires("LOAD-1")
			started(b, taking(21*time.Second))
		}},
		{"a-late-harness-does-not-judge-time", "SEQ-1 held, ACK-1 held, ACK-2 not_testable", func(b *playBuilder) {
			b.requires("SEQ-1")
			b.task("task", 1)
			b.sendAs(b.taskStart("task", ms(0)), []option{late(101 * time.Millisecond)}, []end{taking(21 * time.Second)})
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-harness-late-within-its-margin-judges-time", "SEQ-1 held, ACK-1 held, ACK-2 broken", func(b *playBuilder) {
			b.requires("SEQ-1")
			b.task("task", 1)
			b.sendAs(b.taskStart("task", ms(0)), []option{late(100 * time.Millisecond)}, []end{taking(21 * time.Second)})
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"an-answer-that-was-not-awaited-for-20-s-is-not-late", "SEQ-1 not_testable, ACK-1 not_testable, ACK-2 not_testable", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, failing(emitter.FailTimeout), taking(5*time.Second))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-shorter-limit-of-the-scenario-holds", "LOAD-1 broken, ACK-1 held", func(b *playBuilder) {
			b.requires("LOAD-1")
			b.in.Plan.Expect.Answers = &scenarios.Answer{Status: []string{"200"}, Within: emitter.Offset(time.Second)}
			started(b, taking(2*time.Second))
		}},
		{"a-slow-writer-does-not-make-the-receiver-slow", "SEQ-1 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, taking(30*time.Second), func(a *emitter.Attempt) {
				a.Request.Wire.WriteSize, a.Request.Wire.WritePause = 1, time.Second
				a.Written = a.Queued + emitter.Offset(29*time.Second)
			})
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"an-attempt-that-was-cancelled-says-nothing", "SEQ-1 not_testable, ACK-1 not_testable", func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b, failing(emitter.FailCanceled))
			b.look(Final, "task", b.facts("task", nil))
		}},

		{"the-recommended-body-is-there", "ACK-3 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("ACK-3")
			b.in.Plan.Expect.Answers = &scenarios.Answer{Status: []string{"200"}, Body: map[string]any{"code": 0}}
			started(b, body(` {"code": 0.0, "more": [1]} `))
		}},
		{"another-body-is-a-warning", "ACK-3 warned, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("ACK-3")
			b.in.Plan.Expect.Answers = &scenarios.Answer{Body: map[string]any{"code": 0}}
			started(b, body("OK"))
		}},
		{"the-body-is-judged-on-any-status", "ACK-3 warned, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("ACK-3")
			b.in.Plan.Expect.Answers = &scenarios.Answer{Body: map[string]any{"code": 0}}
			started(b, answer(500), body(""))
		}},
		{"a-text-is-looked-for-in-the-body", "own-body held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-body"
			b.in.Plan.Expect.Answers = &scenarios.Answer{Body: "success"}
			b.in.Plan.Expect.Oracle = false
			started(b, body("this was a success."))
		}},
		{"a-header-must-match", "own-header broken, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-header"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Answers = &scenarios.Answer{Header: map[string]string{"content-type": "^application/json", "Authorization": "^$"}}
			started(b, header("Content-Type", "text/plain"), header("Authorization", "Bearer abc"))
		}},
		{"a-header-is-missing", "own-header broken, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-header"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Answers = &scenarios.Answer{Header: map[string]string{"Content-Type": "json"}}
			started(b)
		}},
		{"a-header-whose-pattern-is-none", "own-header not_testable, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-header"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Answers = &scenarios.Answer{Header: map[string]string{"Content-Type": "("}}
			started(b, header("Content-Type", "text/plain"))
		}},
		{"a-header-matches-by-any-of-its-lines", "own-header held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-header"
			b.in.Plan.Expect.Oracle = false
			b.in.Plan.Expect.Answers = &scenarios.Answer{Header: map[string]string{"Content-Type": "^application/json"}}
			started(b, header("content-type", "text/plain"), header("content-type", "application/json"))
		}},
		{"a-status-stated-by-the-step-replaces-200", "own-status held", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-status"
			b.in.Plan.Expect.Oracle = false
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0), expecting(scenarios.Answer{Status: []string{"2xx", "!5xx"}})), answer(204))
			b.send(b.fileStart("task", 0, expecting(scenarios.Answer{Status: []string{"404"}})), answer(404))
		}},
		{"a-status-stated-by-the-step-can-be-missed", "own-status broken", func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-status"
			b.in.Plan.Expect.Oracle = false
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0), expecting(scenarios.Answer{Status: []string{"2xx"}})), answer(404))
		}},

		{"rubbish-is-refused", "BAD-1 held, ACK-1 held, ACK-2 held", func(b *playBuilder) { probed(b, scenarios.MeansNothing, answer(400)) }},
		{"rubbish-is-answered-200", "BAD-1 warned, ACK-1 held, ACK-2 held", func(b *playBuilder) { probed(b, scenarios.MeansNothing, answer(200)) }},
		{"rubbish-is-answered-500", "BAD-1 broken, ACK-1 held, ACK-2 held", func(b *playBuilder) { probed(b, scenarios.MeansNothing, answer(500)) }},
		{"rubbish-is-not-answered", "BAD-1 broken, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			probed(b, scenarios.MeansNothing, failing(emitter.FailClosed))
		}},
		{"rubbish-is-answered-too-late", "BAD-1 broken, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			probed(b, scenarios.MeansNothing, answer(400), taking(25*time.Second))
		}},
		{"rubbish-whose-answer-was-not-awaited", "BAD-1 not_testable, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			probed(b, scenarios.MeansNothing, failing(emitter.FailCanceled))
		}},
		{"an-early-413-with-a-reset-is-an-answer", "BAD-1 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			probed(b, scenarios.MeansNothing, failing(emitter.FailReset), answer(413))
		}},
		{"rubbish-must-be-refused-where-the-step-says-so", "BAD-1 broken, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("BAD-1")
			started(b)
			b.send(b.raw("task", "[]", scenarios.MeansNothing, expecting(scenarios.Answer{Status: []string{"4xx"}})))
			b.send(b.fileStart("task", 0))
			b.look(Final, "task", b.facts("task", Facts{"events": number64(2)}))
		}},
		{"a-default-for-all-answers-does-not-ask-200-of-rubbish", "BAD-1 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.in.Plan.Expect.Answers = &scenarios.Answer{Status: []string{"200"}, Within: emitter.Offset(20 * time.Second), Body: map[string]any{"code": 0}}
			probed(b, scenarios.MeansNothing, answer(422), body("no"))
		}},
		{"the-receiver-dies-of-rubbish", "BAD-1 broken, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("BAD-1")
			started(b)
			b.send(b.raw("task", "\x00", scenarios.MeansNothing), answer(400))
			b.send(b.fileStart("task", 0), failing(emitter.FailRefused))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"whether-it-lives-after-rubbish-was-cut-short", "BAD-1 not_testable, ACK-1 not_testable, ACK-2 held", func(b *playBuilder) {
			b.requires("BAD-1")
			started(b)
			b.send(b.raw("task", "\x00", scenarios.MeansNothing), answer(400))
			b.send(b.fileStart("task", 0), failing(emitter.FailCanceled))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"rubbish-has-an-effect", "BAD-1 broken, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("BAD-1")
			started(b)
			b.send(b.raw("task", `{"callback_event":"TaskExit","task_id":"100000000000000","msg":"{"}`, scenarios.MeansNothing), answer(400))
			b.send(b.fileStart("task", 0))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended"}))
		}},

		{"a-push-callback-touches-no-task", "ENV-5 held, ACK-1 held, ACK-2 held", func(b *playBuilder) { pushed(b) }},
		{"a-push-callback-is-refused", "ENV-5 broken, ACK-1 held, ACK-2 held", func(b *playBuilder) { pushed(b, answer(404)) }},
		{"an-unsigned-push-callback-may-be-refused-where-signatures-are-required", "ENV-5 held, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("ENV-5")
			b.in.Capabilities.Signing, b.in.Capabilities.Signed = true, true
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0), set("sign", "00"), set("t", 5)))
			b.send(b.raw("task", `{"event_type": 1, "stream_id": "stream-task"}`, scenarios.MeansSibling), answer(403))
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-push-callback-is-answered-too-late", "ENV-5 held, ACK-1 held, ACK-2 broken", func(b *playBuilder) { pushed(b, taking(21*time.Second)) }},
		{"a-push-callback-is-answered-204", "ENV-5 held, ACK-1 broken, ACK-2 held", func(b *playBuilder) { pushed(b, answer(204)) }},
		{"a-push-callback-ends-the-task", "ENV-5 broken, ACK-1 held, ACK-2 held", func(b *playBuilder) {
			b.requires("ENV-5")
			started(b)
			b.send(b.raw("task", `{"event_type": 0, "stream_id": "stream-task"}`, scenarios.MeansSibling))
			b.look(Final, "task", b.facts("task", Facts{"phase": "ended"}))
		}},
	}
}
