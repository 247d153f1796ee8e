package judge

import (
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// doubled sends a TaskStart twice and counts what came of it.
func doubled(b *playBuilder, effects int) {
	b.requires("DUP-1")
	b.in.Capabilities.Facts = nil
	b.task("task", 1)
	id := b.taskStart("task", ms(0))
	b.send(id)
	b.send(id)
	b.count("task", map[string]int{"notifications": effects})
}

func lost(b *playBuilder, effects int) {
	b.requires("RET-1")
	b.in.Capabilities.Facts = nil
	b.task("task", 1)
	b.sendAs(b.taskStart("task", ms(0)), []option{underPolicy(13, 400*time.Millisecond)}, []end{losingTheAnswer()}, nil)
	b.count("task", map[string]int{"notifications": effects})
}

func stated(b *playBuilder, c scenarios.Count, effects int) {
	b.in.Plan.Scenario.ID = "own-effects"
	b.in.Plan.Expect.Oracle = false
	b.in.Plan.Expect.Effects = map[string]scenarios.Count{"notifications": c}
	started(b)
	b.count("task", map[string]int{"notifications": effects})
}

func checking(b *playBuilder, expr string) {
	b.in.Plan.Scenario.ID = "own-checks"
	b.in.Plan.Expect.Oracle = false
	b.in.Plan.Expect.Checks = []scenarios.Check{{Expr: expr, Message: "what the author wants"}}
	lived(b)
}

// staying counts an effect every 400 ms and wants one of it throughout.
func staying(b *playBuilder, counts ...int) {
	one := 1
	b.in.Plan.Scenario.ID = "own-effects"
	b.in.Plan.Expect = scenarios.Expect{Effects: map[string]scenarios.Count{"notifications": {Exactly: &one}}, Throughout: throughout}
	b.in.Capabilities.Effects = []string{"notifications"}
	started(b)
	for _, n := range counts {
		b.after(400*time.Millisecond).lookAt(Final, "task", Facts{}, map[string]int{"notifications": n})
	}
}

// checkedThroughout looks every 400 ms and wants the phase to be "ended" throughout, by an expression.
func checkedThroughout(b *playBuilder, phases ...string) {
	b.in.Plan.Scenario.ID = "own-checks"
	b.in.Plan.Expect = scenarios.Expect{Checks: []scenarios.Check{{Expr: `task.phase == "ended"`}}, Throughout: throughout}
	lived(b)
	for _, p := range phases {
		b.after(400*time.Millisecond).lookAt(Final, "task", b.factsOfLife(Facts{"phase": p}), nil)
	}
}

func effectSpecimens() []specimen {
	one, two := 1, 2
	return []specimen{
		{"a-double-has-no-second-effect", "DUP-1 held" + ackHeld, func(b *playBuilder) { doubled(b, 1) }},
		{"a-double-has-a-second-effect", "DUP-1 broken" + ackHeld, func(b *playBuilder) { doubled(b, 2) }},
		{"an-effect-that-never-shows-proves-nothing", "DUP-1 not_observable" + ackHeld, func(b *playBuilder) { doubled(b, 0) }},
		{"an-effect-that-is-not-counted", "DUP-1 not_observable" + ackHeld, func(b *playBuilder) {
			doubled(b, 1)
			for i := range b.in.Samples {
				b.in.Samples[i].Effects = nil
			}
		}},
		{"an-effect-whose-observer-fails", "DUP-1 not_observable" + ackHeld, func(b *playBuilder) {
			doubled(b, 1)
			for i := range b.in.Samples {
				b.in.Samples[i].Effects, b.in.Samples[i].Error = nil, "connection refused"
			}
		}},
		{"an-effect-that-nobody-counted", "DUP-1 not_observable" + ackHeld, func(b *playBuilder) {
			doubled(b, 1)
			b.in.Samples = nil
		}},
		{"a-riddle-may-have-an-effect", "BAD-11 held", func(b *playBuilder) {
			b.requires("BAD-11")
			b.in.Capabilities.Facts = nil
			b.task("task", 1)
			b.send(b.raw("task", `{,}`, scenarios.MeansEither), answer(200))
			b.count("task", map[string]int{"notifications": 1})
		}},
		{"a-retry-has-no-second-effect", "RET-1 held" + ackHeld, func(b *playBuilder) { lost(b, 1) }},
		{"a-retry-has-a-second-effect", "RET-1 broken" + ackHeld, func(b *playBuilder) { lost(b, 2) }},
		{"rubbish-has-a-countable-effect", "BAD-11 broken", func(b *playBuilder) {
			b.requires("BAD-11")
			b.in.Capabilities.Facts = nil
			b.task("task", 1)
			b.send(b.raw("task", "{", scenarios.MeansNothing), answer(400))
			b.count("task", map[string]int{"notifications": 1})
		}},

		{"a-stated-count-is-met", "own-effects held" + ackHeld, func(b *playBuilder) { stated(b, scenarios.Count{Exactly: &one}, 1) }},
		{"a-stated-count-is-exceeded", "own-effects broken" + ackHeld, func(b *playBuilder) { stated(b, scenarios.Count{AtMost: &one}, 2) }},
		{"a-stated-count-is-not-reached", "own-effects broken" + ackHeld, func(b *playBuilder) { stated(b, scenarios.Count{AtLeast: &two}, 1) }},
		{"a-stated-count-of-none-is-kept", "own-effects held" + ackHeld, func(b *playBuilder) { stated(b, scenarios.Count{Never: true}, 0) }},
		{"a-stated-count-of-none-is-not-kept", "own-effects broken" + ackHeld, func(b *playBuilder) { stated(b, scenarios.Count{Never: true}, 1) }},
		{"a-stated-count-of-none-needs-no-waiting-once-it-is-not-kept", "own-effects broken" + ackHeld, func(b *playBuilder) {
			stated(b, scenarios.Count{Never: true}, 1)
			b.in.Samples = b.in.Samples[:1]
		}},
		{"a-stated-count-needs-no-waiting-once-it-is-exceeded", "own-effects broken" + ackHeld, func(b *playBuilder) {
			stated(b, scenarios.Count{AtLeast: &one, AtMost: &one}, 2)
			b.in.Samples = b.in.Samples[:1]
		}},
		{"a-stated-count-that-is-exact-needs-no-waiting-once-it-is-exceeded", "own-effects broken" + ackHeld, func(b *playBuilder) {
			stated(b, scenarios.Count{Exactly: &one}, 2)
			b.in.Samples = b.in.Samples[:1]
		}},
		{"a-stated-count-within-both-bounds", "own-effects held" + ackHeld, func(b *playBuilder) {
			stated(b, scenarios.Count{AtLeast: &one, AtMost: &two}, 2)
		}},
		{"a-stated-count-was-not-awaited", "own-effects not_testable" + ackHeld, func(b *playBuilder) {
			stated(b, scenarios.Count{Exactly: &two}, 1)
			b.in.Samples = b.in.Samples[:1]
		}},
		{"a-stated-effect-is-none-of-the-targets", "own-effects not_observable" + ackHeld, func(b *playBuilder) {
			stated(b, scenarios.Count{Exactly: &two}, 1)
			b.in.Plan.Expect.Effects = map[string]scenarios.Count{"mails": {Exactly: &one}}
		}},
		{"a-stated-effect-that-is-hidden-leaves-the-requirement-to-its-needs", "SEQ-1 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			b.in.Plan.Expect.Effects = map[string]scenarios.Count{"mails": {Exactly: &one}}
			started(b)
			b.look(Final, "task", b.facts("task", nil))
		}},
		{"a-stated-count-adds-what-belongs-to-no-task", "own-effects held" + ackHeld, func(b *playBuilder) {
			stated(b, scenarios.Count{Exactly: &two}, 1)
			b.lookAt(Final, "", nil, map[string]int{"notifications": 1})
		}},

		{"a-check-is-true", "own-checks held" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code == -22 && task.files_finished == 1 && answers[0].status == 200 && answers[0].body.code == 0`)
			b.look(Final, "task", b.factsOfLife(Facts{"files_finished": "1"}))
		}},
		{"a-check-is-false", "own-checks broken" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code == 0`)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-check-cannot-be-told-because-a-fact-is-lost", "own-checks broken" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code < 0`)
			b.look(Final, "task", b.factsOfLife(Facts{"exit_code": nil}))
		}},
		{"a-check-speaks-of-what-the-target-does-not-show", "own-checks not_observable" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code == 0`)
			b.in.Capabilities.Facts = []string{"exists", "phase"}
			b.look(Final, "task", Facts{"exists": true, "phase": "ended"})
		}},
		{"a-check-speaks-of-an-effect-that-nobody-counts", "own-checks not_observable" + ackHeld, func(b *playBuilder) {
			checking(b, `effects.mails == 0`)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-check-that-does-not-compile", "own-checks not_testable" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_kode == 0`)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-check-that-cannot-be-evaluated", "own-checks not_testable" + ackHeld, func(b *playBuilder) {
			checking(b, `answers[99].status == 200`)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-check-that-cannot-be-evaluated-although-its-facts-are-there", "own-checks not_testable" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code == -22 && answers[99].status == 200`)
			b.look(Final, "task", b.factsOfLife(nil))
		}},
		{"a-check-that-nobody-looked-for", "own-checks not_observable" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code == -22`)
		}},
		{"a-check-whose-observer-fails", "own-checks not_observable" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code == -22`)
			b.failedLook(Final, "task", "connection refused")
		}},
		{"a-check-of-a-task-that-is-not-there", "own-checks held" + ackHeld, func(b *playBuilder) {
			checking(b, `!tasks["task"].exists && answers[3].body.n == 1.5 && answers[2].body == "x" && effects["notifications"] == 2`)
			b.in.Transcript.Deliveries[3].Attempts[0].Answer.Body = emitter.Bytes(`{"n": 1.5, "l": [1e400, null]}`)
			b.in.Transcript.Deliveries[2].Attempts[0].Answer.Body = emitter.Bytes(`x`)
			b.in.Capabilities.Effects = []string{"notifications"}
			b.lookAt(Final, "task", Facts{"exists": false}, map[string]int{"notifications": 2})
		}},
		{"a-check-of-effects-where-none-are-counted", "own-checks not_observable" + ackHeld, func(b *playBuilder) {
			checking(b, `len(effects) == 0`)
			b.lookAt(Final, "task", b.factsOfLife(nil), nil)
		}},
		{"a-check-that-was-not-awaited", "own-checks not_testable" + ackHeld, func(b *playBuilder) {
			checking(b, `task.exit_code == -22`)
			b.lookAt(Final, "task", b.factsOfLife(Facts{"exit_code": nil, "phase": "running"}), nil)
		}},
		{"a-check-of-answers-needs-no-look", "own-checks broken" + ackHeld, func(b *playBuilder) {
			checking(b, `all(answers, .ms < 1)`)
		}},

		{"a-check-fails-with-what-it-rests-on", "own-checks broken" + ackHeld, func(b *playBuilder) {
			checking(b, `all(answers, .ms < 1)`)
			b.in.Plan.Expect.Checks[0].Given = `all(answers, .at < 100000 && .written <= .at + .ms)`
		}},
		{"a-check-fails-without-what-it-rests-on", "own-checks not_testable" + ackHeld, func(b *playBuilder) {
			checking(b, `all(answers, .ms < 1)`)
			b.in.Plan.Expect.Checks[0].Given = `any(answers, .at > 100000)`
		}},
		{"a-check-fails-and-what-it-rests-on-cannot-be-told", "own-checks not_testable" + ackHeld, func(b *playBuilder) {
			checking(b, `all(answers, .ms < 1)`)
			b.in.Plan.Expect.Checks[0].Given = `find(answers, .event == "Nobody").at > 0`
		}},
		{"a-check-that-is-true-needs-nothing-to-rest-on", "own-checks held" + ackHeld, func(b *playBuilder) {
			checking(b, `all(answers, .ms > 0)`)
			b.in.Plan.Expect.Checks[0].Given = `any(answers, .at > 100000)`
		}},

		{"a-stated-count-stays", "own-effects held" + ackHeld, func(b *playBuilder) { staying(b, 0, 1, 1, 1, 1, 1) }},
		{"a-stated-count-does-not-stay", "own-effects broken" + ackHeld, func(b *playBuilder) { staying(b, 1, 1, 2, 2, 2, 2) }},
		{"a-stated-count-is-never-seen", "own-effects broken" + ackHeld, func(b *playBuilder) {
			staying(b, 0)
			b.after(7*time.Second).lookAt(Final, "task", Facts{}, map[string]int{"notifications": 0})
		}},
		{"a-check-stays-true", "own-checks held" + ackHeld, func(b *playBuilder) { checkedThroughout(b, "running", "ended", "ended", "ended", "ended", "ended") }},
		{"a-check-does-not-stay-true", "own-checks broken" + ackHeld, func(b *playBuilder) { checkedThroughout(b, "ended", "ended", "running", "ended", "ended") }},
		{"a-check-that-the-scenario-asks-in-mid-timeline", "own-checks held" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-checks"
			b.in.Plan.Expect.Oracle = false
			started(b)
			b.observing("observe", scenarios.Expect{Checks: []scenarios.Check{{Expr: "len(answers) == 1"}}})
			b.in.Transcript.Steps = append(b.in.Transcript.Steps, emitter.StepRecord{ID: "observe", Started: emitter.Offset(b.clock), Done: emitter.Offset(b.clock)})
			b.after(time.Second).send(b.fileStart("task", 0))
		}},
		{"a-step-that-asks-for-what-is-hidden", "own-checks not_observable" + ackHeld, func(b *playBuilder) {
			b.in.Plan.Scenario.ID = "own-checks"
			b.in.Capabilities.Facts = nil
			started(b)
			b.observing("observe", scenarios.Expect{Oracle: true})
		}},

		{"a-source-is-fetched", "SEC-6 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEC-6")
			started(b)
			b.in.Fetches = []Fetch{{At: 5, Method: "GET", Path: "/100000000000000/source_urls/0", Task: "task", Which: "source_urls"}}
		}},
		{"nothing-is-fetched", "SEC-6 held" + ackHeld, func(b *playBuilder) {
			b.requires("SEC-6")
			started(b)
		}},
		{"nothing-could-be-fetched", "SEC-6 not_testable, ACK-1 broken, ACK-2 held", func(b *playBuilder) {
			b.requires("SEC-6")
			started(b, answer(500))
		}},
		{"a-fetch-without-a-requirement-for-it", "SEQ-1 broken" + ackHeld, func(b *playBuilder) {
			b.requires("SEQ-1")
			started(b)
			b.in.Fetches = []Fetch{{Method: "HEAD", Path: "/x", Which: "callback_url"}}
			b.look(Final, "task", b.facts("task", nil))
		}},
	}
}
