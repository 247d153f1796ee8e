package judge

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

func TestWantedSaysWhatToLookAt(t *testing.T) {
	t.Parallel()
	one := 1
	for _, c := range []struct {
		name  string
		build func(b *playBuilder)
		want  *Expectation
	}{
		{"the facts that the requirements name and the target shows", func(b *playBuilder) {
			b.requires("SEQ-5", "SEQ-1")
			b.in.Capabilities.Facts = []string{"phase", "exit_code", "files"}
			started(b)
		}, &Expectation{Step: Final, Tasks: []string{"task"}, Facts: []string{"phase", "exit_code"}, Within: 5 * time.Second}},
		{"nothing where the target shows none of it", func(b *playBuilder) {
			b.requires("SEQ-5")
			b.in.Capabilities.Facts = []string{"phase"}
			started(b)
		}, nil},
		{"nothing where only answers are asked for", func(b *playBuilder) {
			b.requires("ACK-1")
			started(b)
		}, nil},
		{"nothing where the oracle is not asked", func(b *playBuilder) {
			b.requires("SEQ-1")
			b.in.Plan.Expect.Oracle = false
			started(b)
		}, nil},
		{"facts that the scenario states itself, of the tasks that it states them of", func(b *playBuilder) {
			b.requires("ACK-1")
			b.in.Plan.Expect.Tasks = map[string]map[string]any{"b": {"alarms": 1}}
			b.task("a", 1).task("b", 1)
		}, &Expectation{Step: Final, Tasks: []string{"b"}, Facts: []string{"alarms"}, Within: 5 * time.Second}},
		{"effects where they are judged", func(b *playBuilder) {
			b.requires("DUP-1")
			b.in.Capabilities.Facts, b.in.Capabilities.Effects = nil, []string{"rows", "mails"}
			b.task("task", 1)
			id := b.taskStart("task", ms(0))
			b.send(id)
			b.send(id)
		}, &Expectation{Step: Final, Tasks: []string{"task"}, Effects: []string{"mails", "rows"}, Within: 5 * time.Second, Settle: settle}},
		{"effects that the scenario states", func(b *playBuilder) {
			b.requires("ACK-1")
			b.in.Capabilities.Effects = []string{"mails"}
			b.in.Plan.Expect.Effects = map[string]scenarios.Count{"mails": {Exactly: &one}}
			b.in.Plan.Expect.Within = emitter.Offset(2 * time.Second)
			b.task("task", 1)
			b.send(b.raw("task", "{", scenarios.MeansNothing))
		}, &Expectation{Step: Final, Tasks: []string{"task"}, Effects: []string{"mails"}, Within: 2 * time.Second, Settle: settle}},
		{"what expressions may speak about", func(b *playBuilder) {
			b.requires("ACK-1")
			b.in.Plan.Expect.Checks = []scenarios.Check{{Expr: "task.exists"}}
			b.in.Plan.Expect.Throughout = emitter.Offset(time.Second)
			b.task("task", 1)
		}, &Expectation{Step: Final, Tasks: []string{"task"}, Within: 5 * time.Second, Throughout: time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := aPlay("wanted")
			c.build(b)
			got := Wanted(b.in, Final, testCatalogue())
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(Expectation{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWantedKnowsTheStepsThatObserve(t *testing.T) {
	t.Parallel()
	b := aPlay("wanted", "SEQ-1")
	started(b)
	b.observing("observe#2", scenarios.Expect{Oracle: true, Within: emitter.Offset(time.Second)})
	b.in.Capabilities.Within = 0
	if e := Wanted(b.in, "observe#2", testCatalogue()); e == nil || e.Within != time.Second || e.Step != "observe#2" {
		t.Errorf("got %+v", e)
	}
	if e := Wanted(b.in, "TaskStart", testCatalogue()); e != nil {
		t.Errorf("a delivery is nothing to look at, got %+v", e)
	}
	if e := Wanted(b.in, Final, testCatalogue()); e == nil || e.Within != DefaultWithin {
		t.Errorf("got %+v", e)
	}
}

func TestMetAndDoneFollowTheLooks(t *testing.T) {
	t.Parallel()
	b := aPlay("wanted", "SEQ-8")
	b.task("a", 1).task("b", 1)
	b.send(b.taskStart("a", ms(0)))
	b.send(b.taskStart("b", ms(0)))
	e := Wanted(b.in, Final, testCatalogue())
	type state struct {
		Met, Done bool
		Open      []string
	}
	now := func() state {
		met, _ := e.Met(b.in.Transcript, b.in.Samples)
		done, _ := e.Done(b.in.Transcript, b.in.Samples)
		return state{met, done, e.Open(b.in.Transcript, b.in.Samples)}
	}
	expect := func(what string, want state) {
		t.Helper()
		if diff := cmp.Diff(want, now(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", what, diff)
		}
	}
	expect("before the first look", state{Open: []string{"a", "b"}})
	b.lookAt(Final, "a", b.facts("a", nil), nil)
	expect("with one task looked at", state{Open: []string{"b"}})
	b.lookAt(Final, "b", b.facts("b", Facts{"phase": nil}), nil)
	expect("with one task as expected", state{Open: []string{"b"}})
	b.failedLook(Final, "b", "timeout")
	expect("after a look that failed", state{Open: []string{"b"}})
	b.after(time.Second).lookAt(Final, "b", b.facts("b", nil), nil)
	expect("with both as expected", state{Met: true, Done: true})

	b.in.Samples[len(b.in.Samples)-1].Facts["phase"] = "ended"
	expect("with one of them wrong", state{Open: []string{"b"}})
	b.after(5*time.Second).lookAt(Final, "b", b.facts("b", Facts{"phase": "ended"}), nil)
	expect("with one of them wrong for long enough", state{Done: true})
	if _, why := e.Met(b.in.Transcript, b.in.Samples); why != `b.phase: expected "running", got "ended"` {
		t.Errorf("why: %s", why)
	}
}

// The looks of one round begin one after the other: at the end of the time that something has to show, the first of
// them may come too soon, and the last not.
func TestARoundOfLooksIsNotGivenUpBetweenTwoTasks(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(b *playBuilder){
		"facts": func(*playBuilder) {},
		"checks": func(b *playBuilder) {
			b.in.Plan.Expect.Checks = []scenarios.Check{{Expr: `tasks["a"].phase == "running"`}}
		},
		"effects": func(b *playBuilder) {
			two := 2
			b.in.Plan.Expect.Effects = map[string]scenarios.Count{"rows": {Exactly: &two}}
		},
		"throughout": func(b *playBuilder) { b.in.Plan.Expect.Throughout = emitter.Offset(time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := aPlay("wanted")
			b.in.Capabilities.Effects = []string{"rows"}
			prepare(b)
			b.task("a", 1).task("b", 1)
			b.send(b.taskStart("a", ms(0)))
			b.send(b.taskStart("b", ms(0)))
			e := Wanted(b.in, Final, testCatalogue())
			rows := map[string]int{"rows": 0}
			round := func(gap time.Duration) bool {
				b.lookAt(Final, "a", b.facts("a", Facts{"phase": nil}), rows)
				b.after(gap).lookAt(Final, "b", b.facts("b", nil), rows)
				done, _ := e.Done(b.in.Transcript, b.in.Samples)
				return done
			}
			start := b.clock
			round(0)
			b.clock = start + 5*time.Second - time.Millisecond
			if round(time.Second + 5*time.Millisecond) {
				t.Error("done, although the first task was not looked at for 5s")
			}
			for range 3 { // throughout needs more than one
				round(time.Second)
			}
			if !round(0) {
				t.Error("not done")
			}
			for _, row := range Judge(b.in, testCatalogue()).Rows {
				for _, c := range row.Checks {
					if c.Outcome == CannotObserve || c.Outcome == CannotTest {
						t.Errorf("%+v", c)
					}
				}
			}
		})
	}
}

// On a busy machine a look takes seconds, and the last task of a round is seen for the first time when its time to show is
// over. It is watched as long as every other all the same: what this machine is too slow for speaks against nobody.
func TestWhatIsSeenLateIsWatchedAsLongAsTheRest(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(b *playBuilder){
		"facts": func(*playBuilder) {},
		"checks": func(b *playBuilder) {
			b.in.Plan.Expect.Checks = []scenarios.Check{{Expr: `tasks["b"].phase == "running"`}}
		},
		"effects": func(b *playBuilder) {
			one := 1
			b.in.Plan.Expect.Effects = map[string]scenarios.Count{"rows": {Exactly: &one}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := aPlay("wanted", "SEQ-1")
			b.in.Capabilities.Effects = []string{"rows"}
			b.in.Plan.Expect.Throughout = emitter.Offset(300 * time.Millisecond)
			prepare(b)
			b.task("a", 1).task("b", 1)
			b.send(b.taskStart("a", ms(0)))
			b.send(b.taskStart("b", ms(0)))
			e := Wanted(b.in, Final, testCatalogue())
			taken := 0
			for range 9 {
				for _, key := range e.Open(b.in.Transcript, b.in.Samples) {
					b.lookAt(Final, key, b.facts(key, nil), map[string]int{"rows": map[string]int{"b": 1}[key]})
					b.after(6 * time.Second)
					taken++
				}
			}
			if taken > 6 {
				t.Errorf("%d looks were taken, which is more than it needs", taken)
			}
			for _, row := range Judge(b.in, testCatalogue()).Rows {
				if row.Verdict != Held {
					t.Errorf("%s is %s: %s", row.Requirement, row.Verdict, row.Reason)
				}
			}
		})
	}
}

func TestASamplerSettlesWhereSomethingMustNotHappen(t *testing.T) {
	t.Parallel()
	b := aPlay("wanted", "BAD-1")
	started(b)
	b.send(b.raw("task", "{", scenarios.MeansNothing), answer(400))
	e := Wanted(b.in, Final, testCatalogue())
	b.lookAt(Final, "task", b.facts("task", nil), nil)
	if met, why := e.Met(b.in.Transcript, b.in.Samples); !met {
		t.Errorf("not met: %s", why)
	}
	if done, _ := e.Done(b.in.Transcript, b.in.Samples); done {
		t.Error("done at once, although the rubbish may still have an effect")
	}
	if open := e.Open(b.in.Transcript, b.in.Samples); !slices.Equal(open, []string{"task"}) {
		t.Errorf("open: %v", open)
	}
	b.after(settle).lookAt(Final, "task", b.facts("task", Facts{"phase": "ended"}), nil)
	if met, _ := e.Met(b.in.Transcript, b.in.Samples); met {
		t.Error("met although the rubbish ended the task")
	}
}

func TestAnEndlesslyFailingObserverIsGivenUp(t *testing.T) {
	t.Parallel()
	b := aPlay("wanted", "SEQ-1")
	started(b)
	e := Wanted(b.in, Final, testCatalogue())
	for range 100 {
		b.after(100*time.Millisecond).failedLook(Final, "task", "connection refused")
		if done, _ := e.Done(b.in.Transcript, b.in.Samples); done {
			if at := time.Duration(b.in.Samples[len(b.in.Samples)-1].At - b.in.Samples[0].At); at < e.Within {
				t.Errorf("given up after %s", at)
			}
			return
		}
	}
	t.Error("never given up")
}

// TestStoppingWhenDoneNeverCostsAVerdict lets a sampler look at a model whose state lags behind its answers, and stop
// as soon as it is told to. What is judged afterwards must not depend on the stopping.
func TestStoppingWhenDoneNeverCostsAVerdict(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := aPlay("random")
		m := newModel(drawTaste(rt))
		timeline := drawTimeline(rt, b)
		lag := time.Duration(rapid.IntRange(0, 4500).Draw(rt, "lag")) * time.Millisecond
		if rapid.Bool().Draw(rt, "throughout") {
			b.in.Plan.Expect.Throughout = emitter.Offset(700 * time.Millisecond)
		}
		half := rapid.IntRange(0, len(timeline)).Draw(rt, "half")
		applied := 0
		due := make([]time.Duration, 0, len(timeline)) // when each delivery shows
		var shown [][]byte
		catchUp := func() {
			for applied < len(due) && due[applied] <= b.clock {
				m.take(shown[applied])
				applied++
			}
		}
		send := func(list []drawn) {
			for _, e := range list {
				if e.doubtful && !m.taste.takesDoubtful {
					b.send(e.id, answer(415))
					continue
				}
				b.send(e.id)
				due, shown = append(due, b.clock+lag), append(shown, e.body)
			}
		}
		sample := func(step string) {
			e := Wanted(b.in, step, testCatalogue())
			for rounds := 0; ; rounds++ {
				if rounds > 1000 {
					rt.Fatal("the sampler never stops")
				}
				for _, key := range e.Open(b.in.Transcript, b.in.Samples) {
					catchUp()
					b.lookAt(step, key, m.show(b.taskOf(key).TaskID), nil)
				}
				if done, _ := e.Done(b.in.Transcript, b.in.Samples); done {
					return
				}
				b.after(300 * time.Millisecond)
			}
		}
		send(timeline[:half])
		sample(b.observing("observe", scenarios.Expect{Oracle: true}))
		send(timeline[half:])
		sample(Final)
		for _, row := range Judge(b.in, testCatalogue()).Rows {
			for _, c := range row.Checks {
				if c.Outcome == Fail && c.Kind != "throughout" || c.Outcome == CannotObserve && c.Expected != "" {
					rt.Fatalf("%s\n%s", fmt.Sprint(c), story(b))
				}
			}
		}
	})
}
