package judge

import (
	"maps"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// mangled sends a TaskExit that only lenient parsers read.
func mangled(b *playBuilder, from, to, phase string) {
	b.requires("BAD-11")
	started(b)
	exit := b.taskExit("task", ms(50), -22, "gone TaskStart", means(scenarios.MeansEither))
	e := &b.in.Plan.Events[1]
	at := strings.LastIndex(string(e.Body), from)
	e.Body = emitter.Bytes(string(e.Body[:at]) + to + string(e.Body[at+len(from):]))
	b.send(exit)
	b.look(Final, "task", b.facts("task", Facts{"phase": phase}))
}

// torn sends a TaskExit whose body is cut at a place, and never again.
func torn(b *playBuilder, at int, phase string) {
	b.requires("SEQ-1")
	started(b)
	exit := b.taskExit("task", ms(50), -22, "gone", func(_ *playBuilder, e *scenarios.Event, outer object) {
		e.Body = emitter.Bytes(encode(outer) + "\n")
	})
	b.send(exit, losingTheAnswer(), func(a *emitter.Attempt) {
		a.Request.Wire = emitter.Wire{ResetAt: &at}
	})
	b.look(Final, "task", b.facts("task", Facts{"phase": phase}))
}

func restarted(b *playBuilder, requirement string, changes Facts) {
	b.requires(requirement)
	b.task("task", 1)
	b.send(b.taskStart("task", ms(0)))
	b.send(b.taskExit("task", ms(300), -22, "write packet error."))
	b.send(b.taskStart("task", ms(900)))
	f := b.facts("task", Facts{"exit_code": number64(-22), "exit_message": "write packet error.", "exited_at": number64(ms(300))})
	maps.Copy(f, changes)
	b.look(Final, "task", f)
}

// worded ends a task with a code that is a word.
func worded(b *playBuilder, shown any) {
	b.requires("SEQ-5")
	started(b)
	b.send(b.taskExit("task", ms(50), "EPIPE", "gone"))
	b.look(Final, "task", b.facts("task", Facts{"exit_code": shown, "exit_message": "gone"}))
}

func overtaken(b *playBuilder, phase string) {
	b.requires("ORD-3")
	b.task("task", 1)
	start := b.taskStart("task", ms(0))
	b.send(b.taskExit("task", ms(300), -22, "gone"))
	b.send(start)
	b.look(Final, "task", b.facts("task", Facts{"phase": phase}))
}

// looped plays one file twice.
func looped(b *playBuilder, eventTimes []string) {
	b.task("task", 1)
	b.send(b.taskStart("task", ms(0)))
	for i := range 4 {
		var tw []twist
		if eventTimes != nil {
			tw = append(tw, set("event_time", eventTimes[i]))
		}
		if i%2 == 0 {
			b.send(b.fileStart("task", 0, tw...))
		} else {
			b.send(b.fileFinish("task", 0, tw...))
		}
	}
}

func withoutEventTime(body emitter.Bytes) emitter.Bytes {
	v, _ := decodeJSON(body, false)
	m, _ := v.(map[string]any)
	delete(m, "event_time")
	return emitter.Bytes(encode(m))
}

func paused(b *playBuilder, events int64) {
	b.requires("SEQ-4")
	started(b)
	b.send(b.event("task", "TaskPaused", object{"why": "unknown"}))
	b.look(Final, "task", b.facts("task", Facts{"events": number64(events)}))
}

func alarmed(b *playBuilder, alarms int64) {
	b.requires("SEQ-9")
	started(b)
	for range 2 {
		b.send(b.event("task", "TaskAlarm", object{"type": "PullFileFailed"}))
	}
	b.look(Final, "task", b.facts("task", Facts{"alarms": number64(alarms)}))
}

// anonymous sends the TaskExit of task a in the shape of the documented sample, without ids.
func anonymous(b *playBuilder, phaseOfA, phaseOfB string) {
	b.requires("ENV-6")
	b.task("a", 1).task("b", 1)
	b.send(b.taskStart("a", ms(0)))
	b.send(b.taskStart("b", ms(0)))
	b.send(b.taskExit("a", ms(50), -22, "write packet error.", omit("task_id", "stream_id", "to_url")))
	b.lookAt(Final, "a", b.facts("a", Facts{"phase": phaseOfA}), nil)
	b.lookAt(Final, "b", b.facts("b", Facts{"phase": phaseOfB}), nil)
	b.after(6 * time.Second)
	b.lookAt(Final, "a", b.facts("a", Facts{"phase": phaseOfA}), nil)
	b.lookAt(Final, "b", b.facts("b", Facts{"phase": phaseOfB}), nil)
}

// doubtful sends a TaskExit that lenient parsers take: with a byte order mark.
func doubtful(b *playBuilder, phase string, ends ...end) {
	b.requires("BAD-11")
	started(b)
	exit := b.taskExit("task", ms(50), -22, "gone", means(scenarios.MeansEither))
	b.send(exit, append(ends, sending("\xEF\xBB\xBF"+string(b.in.Plan.Events[1].Body)))...)
	b.look(Final, "task", b.facts("task", Facts{"phase": phase}))
}

func forged(b *playBuilder, key bool, phase string, ends ...end) {
	b.requires("SEC-2")
	b.in.Capabilities.Signing = key
	started(b)
	b.send(b.taskExit("task", ms(50), -22, "gone", means(scenarios.MeansForged), set("sign", "wrong"), set("t", 1)), ends...)
	b.look(Final, "task", b.facts("task", Facts{"phase": phase}))
}
