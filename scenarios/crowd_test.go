package scenarios_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

const (
	aBurst = `
		profile: load
		load: {burst: 3}
		timeline:
		  - emit: TaskStart
		  - {emit: TaskExit, after: 1s, as: end}
	`
	aRate = `
		profile: load
		load: {rate: 4, for: 1200ms}
		timeline:
		  - emit: TaskStart
		  - emit: TaskExit
	`
)

func TestALoadIsManyTasksThatLiveOneTimeline(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		over       scenarios.Load
		want       []string
	}{
		{"a burst starts all tasks at the same moment, and a task waits for nobody but itself", aBurst, scenarios.Load{}, []string{
			"TaskStart @0s", "TaskStart#2 @0s", "TaskStart#3 @0s",
			"end @1s after TaskStart", "end#2 @1s after TaskStart#2", "end#3 @1s after TaskStart#3",
		}},
		{"a burst of another size", aBurst, scenarios.Load{Burst: 1, Rate: 7}, []string{"TaskStart @0s", "end @1s after TaskStart"}},
		{"a rate waits for nothing at all, and every task lives to its end", aRate, scenarios.Load{}, []string{
			"TaskStart @0s", "TaskStart#2 @250ms", "TaskExit @500ms", "TaskExit#2 @750ms",
		}},
		{"a rate that is not enough for one task", aRate, scenarios.Load{Rate: 0.5}, []string{"TaskStart @0s", "TaskExit @2s"}},
		{"a rate for longer", aRate, scenarios.Load{Rate: 2, For: emitter.Offset(2 * time.Second), Burst: 9}, []string{
			"TaskStart @0s", "TaskStart#2 @500ms", "TaskExit @1s", "TaskExit#2 @1.5s",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, p := parse(t, test.body), params()
			p.Load, p.Scale = test.over, 10 // a load is never scaled
			plan := compile(t, s, p)
			if diff := cmp.Diff(test.want, draw(plan)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			holdsTogether(t, plan)
			if n := s.TaskCount(test.over); n != len(plan.Tasks) {
				t.Errorf("%d tasks, but %d were told of", len(plan.Tasks), n)
			}
			if !s.Alone() || plan.Load == nil || !plan.Scenario.RealTime {
				t.Error("it may be played beside others, or scaled, or does not say that it is a load")
			}
		})
	}
}

func TestTheTimesOfARateDoNotDrift(t *testing.T) {
	t.Parallel()
	plan := compile(t, parse(t, strings.Replace(aRate, "rate: 4, for: 1200ms", "rate: 300, for: 60s", 1)), params())
	if len(plan.Steps) != 18000 {
		t.Fatalf("%d callbacks, want 18000", len(plan.Steps))
	}
	for i, s := range plan.Steps {
		if want := float64(i) / 300; math.Abs(time.Duration(s.At).Seconds()-want) > 2e-6 {
			t.Fatalf("callback %d is sent at %s, want %.6fs", i, time.Duration(s.At), want)
		}
	}
}

func TestTheTasksOfALoadAreToldApart(t *testing.T) {
	t.Parallel()
	plan := compile(t, parse(t, `
		profile: load
		load: {burst: 2}
		task: {files: 2, stream_id: "s-{{task_id}}"}
		timeline:
		  - emit: TaskStart
		  - body: {template: '{"x": "{{task_id}} {{task.stream_id}}"}'}
		expect:
		  task: {phase: running}
	`), params())
	for i, task := range plan.Tasks {
		if task.StreamID != "s-"+task.TaskID || len(task.SourceURLs) != 2 || !strings.Contains(task.SourceURLs[0], task.TaskID) {
			t.Errorf("the task's own addresses are %+v", task)
		}
		start, raw := plan.Events[i], plan.Events[len(plan.Tasks)+i]
		if start.Task != task.Key || !strings.Contains(string(start.Body), task.TaskID) {
			t.Errorf("%s is of the task %s", start.ID, start.Task)
		}
		if want := fmt.Sprintf(`{"x": "%s %s"}`, task.TaskID, task.StreamID); string(raw.Body) != want {
			t.Errorf("the body is %s, want %s", raw.Body, want)
		}
		if plan.Expect.Tasks[task.Key]["phase"] != "running" {
			t.Errorf("nothing is asked of %s", task.Key)
		}
	}
}

func TestALoadThatCannotBeIsRefusedBeforeItIsPlayed(t *testing.T) {
	t.Parallel()
	burst, rate := parse(t, aBurst), parse(t, aRate)
	other := parse(t, "timeline: [{emit: TaskStart}]")
	second := emitter.Offset(time.Second)
	for _, test := range []struct {
		s    *scenarios.Scenario
		over scenarios.Load
		want string // "" is right
	}{
		{burst, scenarios.Load{}, ""},
		{burst, scenarios.Load{Burst: 10_000}, ""},
		{burst, scenarios.Load{Burst: 10_001}, "20002 callbacks in all: 20000 is the most"},
		{burst, scenarios.Load{Burst: -1}, "a burst of -1 tasks: must be between 1 and 20000"},
		{rate, scenarios.Load{Rate: 0.01}, "a rate of 0.01 callbacks a second: must be between 0.1 and 10000"},
		{rate, scenarios.Load{Rate: math.NaN()}, "must be between"},
		{rate, scenarios.Load{Rate: math.Inf(1)}, "must be between"},
		{rate, scenarios.Load{For: -second}, "must be more than nothing"},
		{rate, scenarios.Load{For: 601 * second}, "10m at most"},
		{rate, scenarios.Load{Rate: 10_000, For: 3 * second}, "30000 callbacks in all"},
		{burst, scenarios.Load{Rate: 10_000, For: 3 * second}, ""}, // not about a burst
		{other, scenarios.Load{Burst: 5}, ""},
	} {
		err := test.s.CheckLoad(test.over)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%+v: %v", test.over, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%+v: %v, want %q", test.over, err, test.want)
		}
	}
	p := params()
	p.Load.Burst = 10_001
	var e *scenarios.CompileError
	if _, err := burst.Compile(p); !errors.As(err, &e) {
		t.Errorf("a load that is too much compiles: %v", err)
	}
	if !burst.HeedsLoad(scenarios.Load{Burst: 5}) || burst.HeedsLoad(scenarios.Load{Rate: 5}) || !rate.HeedsLoad(scenarios.Load{For: 5}) ||
		rate.HeedsLoad(scenarios.Load{Burst: 5}) || other.HeedsLoad(scenarios.Load{Burst: 5}) {
		t.Error("a scenario heeds settings that are not about it, or does not heed those that are")
	}
}

// TestTheShippedLoadsAreOfTheUsualSize holds them to what the catalogue says of them.
func TestTheShippedLoadsAreOfTheUsualSize(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, s := range shipped(t) {
		l, is := s.Load(scenarios.Load{})
		if is != (s.Profile == scenarios.ProfileLoad) {
			t.Errorf("%s: profile %s, but a load: %v", s.ID, s.Profile, is)
		}
		if !is {
			continue
		}
		says := fmt.Sprintf("%d tasks at once", l.Burst)
		if l.Burst == 0 {
			says = fmt.Sprintf("%g callbacks/s for %g s", l.Rate, time.Duration(l.For).Seconds())
		}
		if r, _ := c.Get(s.Requires[0]); !strings.Contains(r.Ruling, says) {
			t.Errorf("%s is %s, but %s says: %s", s.ID, says, r.ID, r.Ruling)
		}
	}
}
