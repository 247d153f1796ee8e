package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/scenarios"
)

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// holdsTogether checks what every plan promises: ids are unique, steps wait only for earlier ones, no barrier is
// overtaken, every event is delivered, and nothing is sent before its time.
func holdsTogether(t fataler, plan scenarios.Plan) {
	t.Helper()
	ids, tasks, events := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, task := range plan.Tasks {
		if tasks[task.TaskID] || task.TaskID == "" {
			t.Fatalf("the task id %q comes twice", task.TaskID)
		}
		tasks[task.TaskID] = true
	}
	for _, e := range plan.Events {
		if _, twice := events[e.ID]; twice || e.ID == "" {
			t.Fatalf("the event id %q comes twice", e.ID)
		}
		events[e.ID] = 0
	}
	for i, s := range plan.Steps {
		if ids[s.ID] || s.ID == "" || s.ID == "final" {
			t.Fatalf("the step id %q comes twice", s.ID)
		}
		ids[s.ID] = true
		for k, before := range s.After {
			if before < 0 || before >= i {
				t.Fatalf("step %d (%s) waits for step %d", i, s.ID, before)
			}
			if k > 0 && s.After[k-1] == before {
				t.Fatalf("step %s waits for %d twice", s.ID, before)
			}
		}
		if s.At < 0 {
			t.Fatalf("step %s is before the play", s.ID)
		}
		kinds := 0
		for _, set := range []bool{s.Deliver != nil, s.Wait, s.Observe != nil, s.Hook != ""} {
			if set {
				kinds++
			}
		}
		if kinds != 1 {
			t.Fatalf("step %s is %d things", s.ID, kinds)
		}
		if d := s.Deliver; d != nil {
			if d.Copy != events[d.Event] {
				t.Fatalf("step %s is copy %d, want %d", s.ID, d.Copy, events[d.Event])
			}
			events[d.Event]++
			continue
		}
		if s.Strike != nil && s.Strike.Moment == scenarios.During {
			continue // it comes while a delivery is under way
		}
		if len(waitedFor(plan, i)) != i { // what is laid before a wait, observe or hook is over before it
			t.Fatalf("step %s does not wait for everything before it", s.ID)
		}
	}
	for id, n := range events {
		if n == 0 {
			t.Fatalf("the event %s is never delivered", id)
		}
	}
}

// waitedFor are the steps that a step waits for, directly or not.
func waitedFor(plan scenarios.Plan, i int) map[int]bool {
	out := map[int]bool{}
	var follow func(int)
	follow = func(i int) {
		for _, before := range plan.Steps[i].After {
			if !out[before] {
				out[before] = true
				follow(before)
			}
		}
	}
	follow(i)
	return out
}

// TestEveryPlanHoldsTogether makes scenarios of all kinds. Rules that contradict each other are refused, which is well.
func TestEveryPlanHoldsTogether(t *testing.T) {
	t.Parallel()
	loaded := 0
	rapid.Check(t, func(t *rapid.T) {
		src := drawScenario(t)
		s, err := scenarios.Parse("drawn.yaml", []byte(src))
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if strings.HasPrefix(line, "drawn.yaml:") && !strings.Contains(line, "anyway") && !strings.Contains(line, "already") &&
					!strings.Contains(line, "wait for each other") && !strings.Contains(line, "cannot") && !strings.Contains(line, "swapped") &&
					!strings.Contains(line, "same moment") {
					t.Fatalf("refused, but not for a contradiction: %s\n%s", line, src)
				}
			}
			return
		}
		loaded++
		p := params()
		p.Seed = rapid.Int64().Draw(t, "seed")
		p.Scale = rapid.Float64Range(0, 100).Draw(t, "scale")
		p.BaseID = rapid.Int64Range(100_000_000_000_000, 999_999_999_000_000).Draw(t, "base")
		plan, err := s.Compile(p)
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		holdsTogether(t, plan)
		again, err := s.Compile(p)
		if err != nil || fmt.Sprintf("%+v", draw(again)) != fmt.Sprintf("%+v", draw(plan)) {
			t.Fatalf("compiled again it is another plan\n%s", src)
		}
	})
	if loaded < 10 {
		t.Errorf("only %d of the scenarios loaded", loaded)
	}
}

func drawScenario(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("title: drawn\nrequires: [ORD-1]\ntasks: {a: {files: 3}, b: {id: wide}}\ntimeline:\n")
	var names []string
	event := func(indent string) {
		name := fmt.Sprintf("e%d", len(names))
		names = append(names, name)
		kind := rapid.SampledFrom([]string{"TaskStart", "TaskExit", "VodSourceFileStart", "VodSourceFileFinish", "TaskAlarm", "New"}).Draw(t, "kind")
		fmt.Fprintf(&b, "%s- {emit: %s, task: %s, as: %s", indent, kind, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "task"), name)
		if indent == "  " {
			fmt.Fprintf(&b, ", after: %s", rapid.SampledFrom([]string{"0s", "10ms", "1s", "0s..2s"}).Draw(t, "after"))
		}
		b.WriteString("}\n")
	}
	event("  ")
	for range rapid.IntRange(0, 7).Draw(t, "steps") {
		switch rapid.SampledFrom([]string{"event", "event", "event", "together", "wait", "observe", "restart"}).Draw(t, "step") {
		case "event":
			event("  ")
		case "together":
			b.WriteString("  - together:\n")
			for range rapid.IntRange(2, 3).Draw(t, "together") {
				event("      ")
			}
		case "wait":
			b.WriteString("  - wait: 10ms..1s\n")
		case "observe":
			b.WriteString("  - observe: {}\n")
		default:
			b.WriteString("  - restart: true\n")
		}
	}
	b.WriteString("delivery:\n  - retry: css-subtitle\n")
	name := func(label string) string { return rapid.SampledFrom(names).Draw(t, label) }
	for range rapid.IntRange(0, 4).Draw(t, "rules") {
		switch rapid.SampledFrom([]string{"hold", "hold", "swap", "duplicate", "late", "after", "fault"}).Draw(t, "rule") {
		case "hold":
			fmt.Fprintf(&b, "  - {hold: %s, until: %s}\n", name("held"), name("until"))
		case "swap":
			fmt.Fprintf(&b, "  - {swap: [%s, %s]}\n", name("one"), name("other"))
		case "duplicate":
			fmt.Fprintf(&b, "  - {duplicate: %s, times: %d, concurrent: %v}\n", name("copied"), rapid.IntRange(1, 3).Draw(t, "times"), rapid.Bool().Draw(t, "concurrent"))
		case "late":
			fmt.Fprintf(&b, "  - {duplicate: %s, until: %s, concurrent: %v}\n", name("copied"), name("until"), rapid.Bool().Draw(t, "concurrent"))
		case "after":
			fmt.Fprintf(&b, "  - {duplicate: %s, after: 1s..2s}\n", name("copied"))
		default:
			fmt.Fprintf(&b, "  - {lose-answer: %s}\n", name("lost"))
		}
	}
	return b.String()
}
