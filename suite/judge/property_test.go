package judge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// A drawn event is one line of a random timeline.
type drawn struct {
	id       string
	body     []byte
	doubtful bool
}

// drawTimeline adds random events of random tasks to a plan.
func drawTimeline(rt *rapid.T, b *playBuilder) []drawn {
	tasks := rapid.IntRange(1, 2).Draw(rt, "tasks")
	for i := range tasks {
		b.task(fmt.Sprintf("t%d", i), rapid.IntRange(1, 3).Draw(rt, "files"))
	}
	withTimes := rapid.Bool().Draw(rt, "event_time")
	n := rapid.IntRange(1, 9).Draw(rt, "events")
	for i := range n {
		task := fmt.Sprintf("t%d", rapid.IntRange(0, tasks-1).Draw(rt, "task"))
		b.after(time.Duration(rapid.IntRange(0, 2000).Draw(rt, "after")) * time.Millisecond)
		at := ms(b.clock.Milliseconds())
		if rapid.IntRange(0, 9).Draw(rt, "zero") == 0 {
			at = 0
		}
		var tw []twist
		if withTimes {
			tw = append(tw, set("event_time", fmt.Sprint(1_700_000_000+int64(i))))
		}
		file := rapid.IntRange(0, len(b.taskOf(task).SourceURLs)-1).Draw(rt, "file")
		if rapid.IntRange(0, 9).Draw(rt, "doubtful") == 0 {
			tw = append(tw, means(scenarios.MeansEither))
		}
		switch rapid.IntRange(0, 7).Draw(rt, "kind") {
		case 0, 1:
			b.taskStart(task, at, tw...)
		case 2:
			b.taskExit(task, at, rapid.IntRange(-30, 30).Draw(rt, "code"), rapid.SampledFrom([]string{"", "gone", "write packet error."}).Draw(rt, "message"), tw...)
		case 3:
			b.taskExit(task, at, -22, "write packet error.", append(tw, omit("task_id", "stream_id", "to_url"))...)
		case 4:
			b.fileStart(task, file, tw...)
		case 5:
			b.fileFinish(task, file, tw...)
		case 6:
			b.event(task, "TaskAlarm", object{"type": "PullFileFailed"}, tw...)
		default:
			b.event(task, "TaskPaused", object{"n": i}, tw...)
		}
	}
	list := make([]drawn, n)
	for i, e := range b.in.Plan.Events {
		list[i] = drawn{e.ID, e.Body, e.Meaning == scenarios.MeansEither}
	}
	return list
}

func drawTaste(rt *rapid.T) taste {
	flag := func(name string) bool { return rapid.Bool().Draw(rt, name) }
	return taste{
		waitsForStart: flag("waitsForStart"), forgetsExit: flag("forgetsExit"), keepsFirst: flag("keepsFirst"), listsAhead: flag("listsAhead"),
		reopens: flag("reopens"), countsAll: flag("countsAll"), ignoresNameless: flag("ignoresNameless"), zeros: flag("zeros"),
		texts: flag("texts"), lastWins: flag("lastWins"), takesDoubtful: flag("takesDoubtful"),
	}
}

// deliver sends the events in the given order to the model, some of them more than once. A moody receiver answers
// some of them with 503, and may have applied them or not.
func deliver(rt *rapid.T, b *playBuilder, m *model, order []drawn, moody bool) {
	for _, e := range order {
		for range 1 + rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(rt, "copies") {
			if e.doubtful && !m.taste.takesDoubtful {
				b.send(e.id, answer(415))
				continue
			}
			if moody && rapid.IntRange(0, 3).Draw(rt, "mood") == 0 {
				b.send(e.id, answer(503))
				if rapid.Bool().Draw(rt, "applied all the same") {
					m.take(e.body)
				}
				continue
			}
			if rapid.IntRange(0, 5).Draw(rt, "lost") == 0 {
				b.sendAs(e.id, []option{underPolicy(2, 400*time.Millisecond)}, []end{losingTheAnswer()}, nil)
			} else {
				b.send(e.id)
			}
			m.take(e.body)
		}
	}
}

func lookAll(b *playBuilder, m *model, step string) {
	for range 2 {
		for i := range b.in.Plan.Tasks {
			t := &b.in.Plan.Tasks[i]
			b.lookAt(step, t.Key, m.show(t.TaskID), nil)
		}
		if step == Final {
			b.after(6 * time.Second)
		}
	}
}

// TestASensibleReceiverIsNeverBroken drives an independent model of every taste with random timelines in random order.
func TestASensibleReceiverIsNeverBroken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := aPlay("random")
		timeline := drawTimeline(rt, b)
		m := newModel(drawTaste(rt))
		moody := rapid.IntRange(0, 3).Draw(rt, "moody") == 0
		order := rapid.Permutation(timeline).Draw(rt, "order")
		half := rapid.IntRange(0, len(order)).Draw(rt, "half")
		deliver(rt, b, m, order[:half], moody)
		step := b.observing("observe", scenarios.Expect{Oracle: true})
		lookAll(b, m, step)
		b.after(6 * time.Second)
		lookAll(b, m, step)
		deliver(rt, b, m, order[half:], moody)
		lookAll(b, m, Final)

		for _, row := range Judge(b.in, testCatalogue()).Rows {
			if moody {
				row = withoutAnswers(row)
			}
			if failures(row) != "" {
				rt.Fatalf("%s is %s\n%s\nevents:\n%s", row.Requirement, row.Verdict, failures(row), story(b))
			}
		}
	})
}

// withoutAnswers leaves what was seen.
func withoutAnswers(row Row) Row {
	row.Checks = slices.DeleteFunc(slices.Clone(row.Checks), func(c Check) bool { return c.Step == "" })
	return row
}

func failures(row Row) string {
	var out []string
	for _, c := range row.Checks {
		if c.Outcome == Fail {
			out = append(out, fmt.Sprintf("%s %s %s: expected %s, got %s (%s)", c.Step, c.Kind, c.Subject, c.Expected, c.Actual, c.Reason))
		}
	}
	return strings.Join(out, "\n")
}

func story(b *playBuilder) string {
	var out []string
	for _, d := range b.in.Transcript.Deliveries {
		for _, e := range b.in.Plan.Events {
			if e.ID == d.Event {
				out = append(out, d.ID+" "+string(e.Body))
			}
		}
	}
	return strings.Join(out, "\n")
}

// TestTheOracleDoesNotLookAtTheOrderOfArrival sends the same events in two orders and with doubles.
func TestTheOracleDoesNotLookAtTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := aPlay("random")
		timeline := drawTimeline(rt, b)
		events := b.in.Plan.Events
		expectations := func(order []drawn, doubles bool) []string {
			p := aPlay("random")
			p.in.Plan.Tasks, p.in.Plan.Events = b.in.Plan.Tasks, events
			for i, e := range order {
				p.send(e.id)
				if doubles && i%2 == 0 {
					p.send(e.id)
				}
			}
			for i, e := range order {
				if doubles && i%3 == 0 {
					p.send(e.id)
				}
			}
			var out []string
			for _, a := range newBook(&p.in.Plan, &p.in.Capabilities).accounts(&p.in.Transcript, wholePlay) {
				for _, fact := range FactNames() {
					w := a.allow(fact)
					out = append(out, fmt.Sprintf("%s.%s: %s|%s|%s|%v", a.task.Key, fact, w.expected, w.free, w.why, w.hollow))
				}
			}
			return out
		}
		once := expectations(timeline, false)
		again := expectations(rapid.Permutation(timeline).Draw(rt, "order"), true)
		for i := range once {
			if once[i] != again[i] {
				rt.Fatalf("in order:     %s\nout of order: %s", once[i], again[i])
			}
		}
	})
}

// TestTheSameInputGivesTheSameResultAfterJSON judges wild inputs twice, once after a way through JSON, and meets
// every sort of nonsense that observers and receivers may show on the way.
func TestTheSameInputGivesTheSameResultAfterJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := aPlay("random", rapid.SampledFrom([]string{"SEQ-2", "DUP-1", "BAD-1", "SEC-2", "GAP-2"}).Draw(rt, "requirement"))
		b.in.Plan.Scenario.RealTime = rapid.Bool().Draw(rt, "real time")
		timeline := drawTimeline(rt, b)
		b.in.Capabilities.Effects = []string{"notifications"}
		for i := range b.in.Plan.Events {
			e := &b.in.Plan.Events[i]
			e.Meaning = rapid.SampledFrom([]scenarios.Meaning{
				scenarios.MeansCallback, scenarios.MeansCallback, scenarios.MeansSibling, scenarios.MeansEither, scenarios.MeansNothing, scenarios.MeansForged,
			}).Draw(rt, "meaning")
		}
		for _, e := range timeline {
			b.send(e.id, drawEnd(rt), taking(time.Duration(rapid.Int64Range(0, 30e9).Draw(rt, "took"))))
		}
		facts := rapid.MapOf(rapid.SampledFrom(FactNames()), anyJSON(2))
		for _, task := range b.in.Plan.Tasks {
			b.lookAt(Final, task.Key, facts.Draw(rt, "facts"), map[string]int{"notifications": rapid.IntRange(-1, 3).Draw(rt, "effects")})
		}
		live := Judge(b.in, testCatalogue())
		parsed, err := ParseInput([]byte(encode(b.in)))
		if err != nil {
			rt.Fatal(err)
		}
		if x, y := encode(live), encode(Judge(parsed, testCatalogue())); x != y {
			rt.Fatalf("live  %s\nagain %s", x, y)
		}
		for _, row := range live.Rows {
			for _, c := range row.Checks {
				if len(c.Expected) > maxText || len(c.Actual) > maxText {
					rt.Fatalf("too long: %+v", c)
				}
			}
			if row.Verdict == Held && !passed(row) {
				rt.Fatalf("%s is held without a check that passed", row.Requirement)
			}
		}
	})
}

func passed(row Row) bool {
	for _, c := range row.Checks {
		if c.Outcome == Pass {
			return true
		}
	}
	return false
}

func drawEnd(rt *rapid.T) end {
	if rapid.Bool().Draw(rt, "answered") {
		return answer(rapid.SampledFrom([]int{200, 200, 201, 302, 400, 404, 500, 503}).Draw(rt, "status"))
	}
	return failing(rapid.SampledFrom([]string{
		emitter.FailRefused, emitter.FailTimeout, emitter.FailReset, emitter.FailClosed, emitter.FailTLS, emitter.FailProtocol,
		emitter.FailCanceled, emitter.FailOurs, emitter.FailOther,
	}).Draw(rt, "failure"))
}

// anyJSON draws JSON values with numbers of all sizes.
func anyJSON(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.StringN(0, 5, 20).AsAny(), rapid.Int().AsAny(),
		rapid.SampledFrom([]any{jsonNumber("1e999999999"), jsonNumber("-0"), jsonNumber("1.50"), jsonNumber("123456789012345678901234567890"), 0.1, 1e300, "running", "ended", "-22"}),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	inner := anyJSON(depth - 1)
	return rapid.OneOf(append(scalars,
		rapid.SliceOfN(inner, 0, 4).AsAny(),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"index", "url", "finished", "duration"}), inner, 0, 4), func(m map[string]any) any { return m }),
	)...)
}
