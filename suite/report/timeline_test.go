package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func lay(in judge.Input) timeline {
	fails := faults{answers: map[sendingKey][]checkView{}}
	for _, s := range sendings(in) {
		if s.delivery.ID == "TaskExit" {
			fails.answers[keyOf(s)] = []checkView{{}}
		}
	}
	return layTimeline(in, func(s sending) string { return s.delivery.ID }, func(int) string { return "" }, fails)
}

func gapInput() judge.Input {
	p := play(0, ref("gap"), []sent{
		{event: "TaskStart", body: body("TaskStart", "{}"), answers: []*emitter.Answer{ok()}},
		{event: "VodSourceFileStart", body: body("VodSourceFileStart", "{}"), at: 2000, held: true, answers: []*emitter.Answer{ok()}},
		{event: "VodSourceFileStart", body: body("VodSourceFileStart", "{}"), at: 2000, copied: 1, answers: []*emitter.Answer{nil}},
		{event: "TaskExit", body: body("TaskExit", "{}"), at: 70_000, answers: []*emitter.Answer{answer(500, ""), ok()}},
	})
	p.Input.Plan.Events[1].At = ms(500) // it happened then, and was held back
	n := 10
	p.Input.Transcript.Deliveries[3].Attempts[0].Request.Wire.ResetAt = &n
	p.Input.Transcript.Deliveries[3].Planned = ms(69_000)
	p.Input.Plan.Steps = append(p.Input.Plan.Steps, scenarios.Step{ID: "restart", Hook: "restart"}, scenarios.Step{ID: "wait", Wait: true})
	p.Input.Transcript.Steps = []emitter.StepRecord{{ID: "wait", Started: ms(1)}, {ID: "restart", Started: ms(30_000), Done: ms(31_000), Error: "exit status 3"}}
	look := func(at int, phase string) judge.Sample {
		return judge.Sample{Step: judge.Final, Task: "task", At: ms(at), Facts: judge.Facts{"phase": phase}, Effects: map[string]int{"rows": 1}}
	}
	p.Input.Samples = []judge.Sample{look(72_000, "running"), look(72_100, "running"), look(72_200, "ended"), {Step: judge.Final, Task: "task", At: ms(73_000), Error: "connection refused"}}
	return p.Input
}

func TestTheTimelineHasEveryThingThatHappened(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range lay(gapInput()).Rows {
		line := strings.TrimSpace(strings.Join([]string{r.Time, r.Kind, r.Class, r.Label, r.Note, r.Plan}, " | "))
		if r.Cross {
			line += " x"
		}
		got = append(got, line)
	}
	want := []string{
		"0.000 s | send |  | TaskStart |  | ",
		"0.023 s | answer | good | 200 | 23ms | ",
		"2.000 s | send |  | VodSourceFileStart | held | ",
		"2.000 s | send | dup | VodSourceFileStart~2 | dup | ",
		"2.023 s | answer | good | 200 | 23ms | ",
		"22.000 s | lost | dup | timeout | no answer within 20s | x",
		"30.000 s | hook | bad | restart | exit status 3 | ",
		"70.000 s | send | bad | TaskExit | attempt 1/2, reset at byte 10 | planned 69.000 s x",
		"70.023 s | answer | bad | 500 | 23ms | ",
		"71.000 s | send | bad | TaskExit | attempt 2/2, after status 500 | ",
		"71.023 s | answer | bad | 200 | 23ms | ",
		"72.000 s | look |  | running |  | ",
		"72.000 s | look |  | 1 counted |  | ",
		"72.200 s | look |  | ended |  | ",
		"73.000 s | look | bad | could not look |  | ",
	}
	for i := range want {
		want[i] = strings.TrimSpace(want[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRowsGoDownAndNeverTouch(t *testing.T) {
	t.Parallel()
	tl := lay(gapInput())
	for i := 1; i < len(tl.Rows); i++ {
		if d := tl.Rows[i].Y - tl.Rows[i-1].Y; d < rowLow || d > rowHigh {
			t.Errorf("rows %d and %d are %d apart", i-1, i, d)
		}
	}
	if last := tl.Rows[len(tl.Rows)-1]; tl.Bottom <= last.End || tl.Height <= tl.Bottom {
		t.Errorf("the last row ends at %d, the lifelines at %d, the drawing at %d", last.End, tl.Bottom, tl.Height)
	}
	var waits []string
	for _, w := range tl.Waits {
		waits = append(waits, w.Text)
	}
	if diff := cmp.Diff([]string{"2.0s later", "20.0s later", "8.0s later", "40.0s later"}, waits[:4]); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

func TestAHeldEventIsDrawnFromWhereItHappened(t *testing.T) {
	t.Parallel()
	tl := lay(gapInput())
	if len(tl.Holds) != 1 {
		t.Fatalf("%d holds", len(tl.Holds))
	}
	h, rows := tl.Holds[0], tl.Rows
	if h.Y1 <= rows[1].Y || h.Y1 >= rows[2].Y || h.Y2 != rows[2].Y {
		t.Errorf("held from %d to %d; its neighbours are at %d and %d", h.Y1, h.Y2, rows[1].Y, rows[2].Y)
	}
}

func TestTheTwoSecondsAfterTaskStartAreDrawn(t *testing.T) {
	t.Parallel()
	in := gapInput()
	tl := lay(in)
	if len(tl.Windows) != 1 || tl.Windows[0].Y1 != tl.Rows[0].Y || tl.Windows[0].Late {
		t.Fatalf("got %+v", tl.Windows)
	}
	if w := tl.Windows[0]; w.Y2 < tl.Rows[1].Y || w.Y2 > tl.Rows[2].Y {
		t.Errorf("the window ends at %d, but 2 s lie between %d and %d", w.Y2, tl.Rows[1].Y, tl.Rows[2].Y)
	}
	in.Plan.Events[1].At = ms(2000)
	if tl := lay(in); tl.Windows[0].Late {
		t.Error("an event after exactly 2 s is marked as late")
	}
	in.Plan.Events[1].At = ms(2001)
	if tl := lay(in); !tl.Windows[0].Late {
		t.Error("an event after 2.001 s is not marked as late")
	}
	in.Plan.Events[1].Task = "another"
	in.Plan.Events[2].Task = "another"
	if tl := lay(in); len(tl.Windows) != 0 {
		t.Error("a task without file events has no window")
	}
	// Scaled, the window shrinks as the waits do.
	in = gapInput()
	in.Plan.Scale = 100
	if tl := lay(in); tl.Windows[0].Y2 > tl.Rows[1].Y {
		t.Errorf("at a scale of 100 the window ends at %d, after the answer at %d", tl.Windows[0].Y2, tl.Rows[1].Y)
	}
}

func TestATimelineWithoutObserverHasNoLifelineForIt(t *testing.T) {
	t.Parallel()
	in := gapInput()
	in.Samples = nil
	if tl := lay(in); len(tl.Lives) != 2 || tl.Width >= lifeWatch {
		t.Errorf("got %+v", tl)
	}
	if tl := lay(judge.Input{}); len(tl.Rows) != 0 || tl.Height <= 0 {
		t.Errorf("got %+v", tl)
	}
}

func TestWhatALookSawInAFewWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		s    judge.Sample
		want string
	}{
		{"a phase and a code", judge.Sample{Facts: judge.Facts{"phase": "ended", "exit_code": -22}}, "ended, exit -22"},
		{"nothing", judge.Sample{Facts: judge.Facts{"exists": false}}, "no such task"},
		{"no facts at all", judge.Sample{Facts: judge.Facts{}}, "no such task"},
		{"facts, but no phase", judge.Sample{Facts: judge.Facts{"exists": true}}, "seen"},
		{"files, and how many are finished", judge.Sample{Facts: judge.Facts{"phase": "running", "files": []any{1, 2}, "files_finished": 1}}, "running, 1/2 files"},
		{"files of a target that does not say which are finished", judge.Sample{Facts: judge.Facts{"phase": "running", "files": []any{1}}}, "running, ?/1 files"},
		{"effects only", judge.Sample{Effects: map[string]int{"rows": 2}}, ""},
	} {
		if got := seenShort(tc.s); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestWhateverWatchesTheReceiverHasALifeline(t *testing.T) {
	t.Parallel()
	in := gapInput()
	in.Samples[0].Effects = map[string]int{"a": 1, "b": 0, "c": 0, "d": 0, "e": 2}
	in.Fetches = []judge.Fetch{{At: ms(71_500), Method: "GET", Path: "/x", Which: "callback_url"}}
	tl := lay(in)
	var names []string
	for _, l := range tl.Lives {
		names = append(names, l.Name)
	}
	if diff := cmp.Diff([]string{"CSS", "receiver", "observer", "a", "b", "c", "3 more", "canary"}, names); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	at := map[string]int{}
	for _, r := range tl.Rows {
		at[r.Kind+" "+r.Label] = r.To
	}
	for row, to := range map[string]int{"look 2 counted": tl.Lives[6].X, "fetch GET callback_url": tl.Lives[7].X, "look running": tl.Lives[2].X} {
		if at[row] != to {
			t.Errorf("%s ends at %d, want %d", row, at[row], to)
		}
	}
}

func TestALookThatShowsAWrongStateIsMarked(t *testing.T) {
	t.Parallel()
	in := gapInput()
	fact := judge.Check{Kind: "fact", Subject: "task.phase", Step: judge.Final, Outcome: judge.Fail, Expected: `"ended"`, Actual: `"running"`}
	effect := judge.Check{Kind: "effect", Subject: "rows", Step: judge.Final, Outcome: judge.Fail, Expected: "2", Actual: "1"}
	fails := faultsOf(Play{Input: in, Result: judge.Result{Rows: []judge.Row{row("ORD-1", "gap", scenarios.Must, judge.Broken, fact, effect, fact)}}})
	if len(fails.checks) != 2 {
		t.Errorf("%d checks: the one that speaks for two requirements counts once", len(fails.checks))
	}
	tl := layTimeline(in, func(sending) string { return "" }, func(int) string { return "" }, fails)
	var got []string
	for _, r := range tl.Rows {
		if r.Kind == "look" {
			got = append(got, strings.TrimSpace(r.Time+" "+r.Label+" "+r.Class))
		}
	}
	want := []string{"72.000 s running", "72.000 s 1 counted", "72.200 s ended bad", "72.200 s 1 counted bad", "73.000 s could not look bad"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestACallbackAndItsAnswerAreOneLink(t *testing.T) {
	t.Parallel()
	tl := lay(gapInput())
	var got []string
	for _, s := range tl.Steps {
		kinds := ""
		for _, r := range s.Rows {
			kinds += r.Kind + " "
		}
		got = append(got, kinds)
	}
	want := []string{"send answer ", "send answer ", "send lost ", "hook ", "send answer ", "send answer ", "look ", "look ", "look ", "look "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Between the first of two concurrent callbacks and its answer came the second: the answer says whose it is.
	if note := tl.Steps[1].Rows[1].Note; note != "VodSourceFileStart, 23ms" {
		t.Errorf("the answer says %q", note)
	}
	if len(tl.Retries) != 1 || tl.Retries[0].Y1 >= tl.Retries[0].Y2 {
		t.Errorf("retries: %+v", tl.Retries)
	}
	// An answer that was never there, and a connection that broke, leave the receiver with nothing in hand that is shown.
	if len(tl.Works) != 4 {
		t.Errorf("%d times at work", len(tl.Works))
	}
}

func TestBarsOfTwoTasksStandBesideEachOther(t *testing.T) {
	t.Parallel()
	in := gapInput()
	for _, e := range slices.Clone(in.Plan.Events[:2]) {
		e.Task, e.ID = "other", e.ID+"#2"
		in.Plan.Events = append(in.Plan.Events, e)
	}
	tl := lay(in)
	if len(tl.Windows) != 2 || tl.Windows[0].X == tl.Windows[1].X {
		t.Errorf("got %+v", tl.Windows)
	}
}

func TestPlacesBetweenRows(t *testing.T) {
	t.Parallel()
	tl := timeline{at: []time.Duration{0, time.Second, 3 * time.Second}, y: []int{10, 20, 60}, Bottom: 70}
	var got []int
	for _, at := range []time.Duration{-time.Second, 0, 500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, time.Hour} {
		got = append(got, tl.yOf(at))
	}
	if want := []int{10, 10, 15, 20, 40, 60, 70}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
