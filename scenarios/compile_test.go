package scenarios_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/scenarios"
)

// parse reads a scenario whose timeline, delivery … is given; the rest is filled in.
func parse(t testing.TB, body string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(withHead(body)))
	if err != nil {
		t.Fatalf("the scenario does not load:\n%v", err)
	}
	return s
}

// withHead adds title and requires where a scenario of a test leaves them out.
func withHead(body string) string {
	body = unindent(body)
	if !strings.Contains(body, "title:") {
		body = "title: A test\n" + body
	}
	if !strings.Contains(body, "requires:") && !strings.Contains(body, "expect:") {
		body = "requires: [ACK-1]\n" + body
	}
	return body
}

// unindent takes away the indentation of the first line that is not empty.
func unindent(s string) string {
	s = strings.TrimLeft(s, "\n")
	indent := len(s) - len(strings.TrimLeft(s, "\t "))
	prefix := s[:indent]
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], prefix)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\t ")
}

func params() scenarios.Params {
	p := scenarios.TrialParams()
	p.Epoch = time.UnixMilli(1757505600000).UTC()
	return p
}

func compile(t testing.TB, s *scenarios.Scenario, p scenarios.Params) scenarios.Plan {
	t.Helper()
	plan, err := s.Compile(p)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return plan
}

// draw shows the order of a plan: each step with its time, and what it waits for.
func draw(plan scenarios.Plan) []string {
	var out []string
	for _, s := range plan.Steps {
		var after []string
		for _, i := range s.After {
			after = append(after, plan.Steps[i].ID)
		}
		line := fmt.Sprintf("%s @%s", s.ID, time.Duration(s.At))
		if len(after) > 0 {
			line += " after " + strings.Join(after, ", ")
		}
		if s.Deliver != nil && s.Deliver.Held {
			line += " (held)"
		}
		out = append(out, line)
	}
	return out
}

func TestCompileLaysTheOrderOfDeliveries(t *testing.T) {
	t.Parallel()
	const life = `
		task: {files: 1}
		timeline:
		  - emit: TaskStart
		  - {emit: VodSourceFileStart, after: 1s}
		  - {emit: VodSourceFileFinish, after: 1s}
		  - {emit: TaskExit, after: 1s}
	`
	for _, test := range []struct {
		name, body string
		want       []string
	}{
		{"without rules the deliveries follow the timeline, one after the other", life, []string{
			"TaskStart @0s",
			"VodSourceFileStart @1s after TaskStart",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"a held event comes right after the other, and nobody waits for it", life + `
		delivery:
		  - {hold: TaskStart, until: VodSourceFileFinish}
		`, []string{
			"VodSourceFileStart @1s",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskStart @2s after VodSourceFileFinish (held)",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"events held until a held event follow it", life + `
		delivery:
		  - {hold: TaskStart, until: VodSourceFileStart}
		  - {hold: VodSourceFileStart, until: VodSourceFileFinish}
		`, []string{
			"VodSourceFileFinish @2s",
			"VodSourceFileStart @2s after VodSourceFileFinish (held)",
			"TaskStart @2s after VodSourceFileStart (held)",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"swapped events stand at each other's place, with its time", life + `
		delivery:
		  - swap: [TaskStart, VodSourceFileFinish]
		`, []string{
			"VodSourceFileFinish @0s",
			"VodSourceFileStart @1s after VodSourceFileFinish",
			"TaskStart @2s after VodSourceFileStart (held)",
			"TaskExit @3s after TaskStart",
		}},
		{"copies come one after the other, and the next event after the last of them", life + `
		delivery:
		  - {duplicate: TaskStart, times: 2}
		`, []string{
			"TaskStart @0s",
			"TaskStart~2 @0s after TaskStart",
			"TaskStart~3 @0s after TaskStart~2",
			"VodSourceFileStart @1s after TaskStart~3",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"concurrent copies share their predecessor, and the next event waits for all", life + `
		delivery:
		  - {duplicate: VodSourceFileStart, times: 2, concurrent: true}
		`, []string{
			"TaskStart @0s",
			"VodSourceFileStart @1s after TaskStart",
			"VodSourceFileStart~2 @1s after TaskStart",
			"VodSourceFileStart~3 @1s after TaskStart",
			"VodSourceFileFinish @2s after VodSourceFileStart, VodSourceFileStart~2, VodSourceFileStart~3",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"late copies come after the other event, and nobody waits for them", life + `
		delivery:
		  - {duplicate: TaskStart, times: 2, until: VodSourceFileFinish}
		`, []string{
			"TaskStart @0s",
			"VodSourceFileStart @1s after TaskStart",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskStart~2 @2s after TaskStart, VodSourceFileFinish",
			"TaskStart~3 @2s after TaskStart~2",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"late copies may come at the same moment as each other", life + `
		delivery:
		  - {duplicate: TaskStart, times: 2, until: TaskExit, after: 500ms, concurrent: true}
		`, []string{
			"TaskStart @0s",
			"VodSourceFileStart @1s after TaskStart",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskExit @3s after VodSourceFileFinish",
			"TaskStart~2 @3.5s after TaskStart, TaskExit",
			"TaskStart~3 @3.5s after TaskStart, TaskExit",
		}},
		{"copies after some time hold nobody up", life + `
		delivery:
		  - {duplicate: TaskStart, times: 2, after: 5s}
		`, []string{
			"TaskStart @0s",
			"TaskStart~2 @5s after TaskStart",
			"TaskStart~3 @10s after TaskStart~2",
			"VodSourceFileStart @1s after TaskStart",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"several rules for one event add up", life + `
		delivery:
		  - {duplicate: TaskStart}
		  - {duplicate: TaskStart, until: TaskExit}
		`, []string{
			"TaskStart @0s",
			"TaskStart~2 @0s after TaskStart",
			"VodSourceFileStart @1s after TaskStart~2",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskExit @3s after VodSourceFileFinish",
			"TaskStart~3 @3s after TaskStart, TaskExit",
		}},
		{"the copies of a held event follow it", life + `
		delivery:
		  - {hold: TaskStart, until: VodSourceFileStart}
		  - {duplicate: TaskStart}
		`, []string{
			"VodSourceFileStart @1s",
			"TaskStart @1s after VodSourceFileStart (held)",
			"TaskStart~2 @1s after TaskStart",
			"VodSourceFileFinish @2s after VodSourceFileStart",
			"TaskExit @3s after VodSourceFileFinish",
		}},
		{"the steps of together share what they wait for, and the next waits for all", `
		tasks: {a: {}, b: {}}
		timeline:
		  - {emit: TaskStart, task: a}
		  - together:
		      - {emit: TaskStart, task: b}
		      - {emit: TaskExit, task: a}
		    after: 1s
		  - {emit: TaskExit, task: b, after: 1s}
		`, []string{
			"TaskStart @0s",
			"TaskStart#2 @1s after TaskStart",
			"TaskExit @1s after TaskStart",
			"TaskExit#2 @2s after TaskStart#2, TaskExit",
		}},
		{"wait, observe and hooks wait for everything, and everything for them", `
		timeline:
		  - emit: TaskStart
		  - wait: 500ms
		  - observe: {}
		  - restart: true
		  - {emit: TaskExit, after: 1s}
		  - observe: {}
		  - kill: true
		`, []string{
			"TaskStart @0s",
			"wait @500ms after TaskStart",
			"observe @500ms after wait",
			"restart @500ms after observe",
			"TaskExit @1.5s after restart",
			"observe#2 @1.5s after TaskExit",
			"kill @1.5s after observe#2",
		}},
		{"an observe step waits for what is held until before it, not for what is held until after it", `
		task: {files: 1}
		timeline:
		  - emit: TaskStart
		  - {emit: VodSourceFileStart, after: 1s}
		  - observe: {}
		  - {emit: VodSourceFileFinish, after: 1s}
		  - {emit: TaskExit, after: 1s}
		  - observe: {}
		delivery:
		  - {hold: TaskStart, until: VodSourceFileFinish}
		  - {duplicate: VodSourceFileStart, after: 10s}
		`, []string{
			"VodSourceFileStart @1s",
			"VodSourceFileStart~2 @11s after VodSourceFileStart",
			"observe @1s after VodSourceFileStart, VodSourceFileStart~2",
			"VodSourceFileFinish @2s after observe",
			"TaskStart @2s after VodSourceFileFinish (held)",
			"TaskExit @3s after VodSourceFileFinish",
			"observe#2 @3s after TaskStart, TaskExit",
		}},
		{"an event may be held out of together", `
		tasks: {a: {}, b: {}}
		timeline:
		  - together:
		      - {emit: TaskStart, task: a, as: one}
		      - {emit: TaskStart, task: b, as: two}
		  - {emit: TaskExit, task: a, after: 1s}
		delivery:
		  - {hold: one, until: two}
		`, []string{
			"two @0s",
			"one @0s after two (held)",
			"TaskExit @1s after two",
		}},
		{"a slow event may be let go in its own time", `
		tasks: {a: {}, b: {}, c: {}}
		timeline:
		  - {emit: TaskStart, task: a, as: opener}
		  - {emit: TaskStart, task: b, as: slow, after: 1s}
		  - {emit: TaskStart, task: c, as: other, after: 1s}
		delivery:
		  - {hold: slow, until: opener}
		  - {slow: slow}
		  - {duplicate: other}
		`, []string{
			"opener @0s",
			"slow @1s after opener (held)",
			"other @2s after opener",
			"other~2 @2s after other",
		}},
		{"a slow event that is let go does not keep back what is observed before it", `
		tasks: {a: {}, b: {}}
		timeline:
		  - {emit: TaskStart, task: a, as: opener}
		  - observe: {}
		  - {emit: TaskStart, task: b, as: slow, after: 1s}
		  - {emit: TaskExit, task: a, after: 1s}
		delivery:
		  - {hold: slow, until: opener}
		  - {slow: slow}
		`, []string{
			"opener @0s",
			"observe @0s after opener",
			"slow @1s after opener (held)",
			"TaskExit @2s after observe",
		}},
		{"waits are divided by the scenario's own scale", `
		scale: 10
		timeline:
		  - emit: TaskStart
		  - {emit: TaskExit, after: 5s}
		`, []string{
			"TaskStart @0s",
			"TaskExit @500ms after TaskStart",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := draw(compile(t, parse(t, test.body), params()))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompileIsDeterministic(t *testing.T) {
	t.Parallel()
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if large(s) {
			continue
		}
		again, err := scenarios.Parse(s.File, s.Source)
		if err != nil {
			t.Fatal(err)
		}
		p := params()
		p.Seed, p.Play, p.Scale, p.Key, p.SignAll = 7, 3, 2.5, "key", true
		one, two := asJSON(t, compile(t, s, p)), asJSON(t, compile(t, again, p))
		if one != two {
			t.Errorf("%s: equal parameters give different plans", s.ID)
		}
	}
}

// large tells of scenarios whose bodies take long to write as JSON, and add nothing but length.
func large(s *scenarios.Scenario) bool { return strings.Contains(string(s.Source), "MB") }

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPlanSurvivesTheRunLog(t *testing.T) {
	t.Parallel()
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if large(s) {
			continue
		}
		plan := asJSON(t, compile(t, s, params()))
		var back scenarios.Plan
		if err := json.Unmarshal([]byte(plan), &back); err != nil {
			t.Fatalf("%s: %v", s.ID, err)
		}
		if again := asJSON(t, back); again != plan {
			t.Errorf("%s: the plan changes on its way through JSON", s.ID)
		}
	}
}

func TestRandomChoicesFollowFromSeedAndScenarioAlone(t *testing.T) {
	t.Parallel()
	s := parse(t, `
		timeline:
		  - emit: TaskStart
		  - {emit: TaskExit, after: 100ms..100s}
		  - {emit: TaskStart, after: 100ms..100s}
	`)
	base := params()
	base.Seed = 42
	want := draw(compile(t, s, base))
	other := base
	other.Play, other.BaseID = 9, base.BaseID+500
	if diff := cmp.Diff(want, draw(compile(t, s, other))); diff != "" {
		t.Errorf("the number of the play changes what is drawn (-first +ninth):\n%s", diff)
	}
	different := false
	for seed := range int64(5) {
		other.Seed = seed
		different = different || !cmp.Equal(want, draw(compile(t, s, other)))
	}
	if !different {
		t.Error("five seeds draw the same durations")
	}
}
