package emitter_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// A pipeReceiver answers over pipes, so that it can live in a bubble with fake time. answer is told how many
// requests came before and their body, and gives a status, or 0 for silence.
func pipeReceiver(t *testing.T, answer func(n int, body string) int) *emitter.Sender {
	t.Helper()
	var served sync.WaitGroup
	var count atomic.Int64
	s := emitter.NewSender(emitter.SenderOptions{Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		served.Go(func() {
			defer server.Close()
			br := bufio.NewReader(server)
			for {
				req, err := http.ReadRequest(br)
				if err != nil {
					return
				}
				body, err := io.ReadAll(req.Body)
				if err != nil {
					return
				}
				status := answer(int(count.Add(1))-1, string(body))
				if status == 0 {
					_, _ = br.ReadByte() // until the connection ends
					return
				}
				_, _ = io.WriteString(server, "HTTP/1.1 "+strconv.Itoa(status)+" X\r\nContent-Length: 0\r\n\r\n")
			}
		})
		return client, nil
	}})
	t.Cleanup(func() {
		s.Close()
		served.Wait()
	})
	return s
}

func parcel(policy emitter.Policy) *emitter.Parcel {
	return &emitter.Parcel{Event: "E", Request: request("http://receiver.example", "{}"), Policy: policy}
}

func step(id string, at time.Duration, after ...int) emitter.Step {
	return emitter.Step{ID: id, At: at, After: after, Do: func(context.Context) error { return nil }}
}

func lasting(d time.Duration, s emitter.Step) emitter.Step {
	s.Do = func(ctx context.Context) error {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s
}

func TestStepsWaitForTheClockAndForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sender := pipeReceiver(t, nil)
		got := emitter.Play(t.Context(), emitter.Script{Steps: []emitter.Step{
			step("at once", 0),
			lasting(3*time.Second, step("slow", time.Second)),
			step("at the same time as slow", time.Second),
			step("after slow, late", 2*time.Second, 1),
			step("after slow, in time", 10*time.Second, 1, 0),
			step("after the late one", 0, 3),
			{ID: "waits only", At: 20 * time.Second, After: []int{4, 5}},
		}}, sender)
		type times struct{ Planned, Due, Started, Done time.Duration }
		want := map[string]times{
			"at once":                  {0, 0, 0, 0},
			"slow":                     {1, 1, 1, 4},
			"at the same time as slow": {1, 1, 1, 1},
			"after slow, late":         {2, 4, 4, 4},
			"after slow, in time":      {10, 10, 10, 10},
			"after the late one":       {0, 4, 4, 4},
			"waits only":               {20, 20, 20, 20},
		}
		for _, s := range got.Steps {
			w := want[s.ID]
			g := times{time.Duration(s.Planned), time.Duration(s.Due), time.Duration(s.Started), time.Duration(s.Done)}
			if g != (times{w.Planned * time.Second, w.Due * time.Second, w.Started * time.Second, w.Done * time.Second}) {
				t.Errorf("%s: %v, want seconds %v", s.ID, g, w)
			}
			if s.Error != "" {
				t.Errorf("%s: %s", s.ID, s.Error)
			}
		}
		if got.Aborted != "" || len(got.Steps) != len(want) {
			t.Errorf("%q, %d steps", got.Aborted, len(got.Steps))
		}
	})
}

func TestTheWholeLadder(t *testing.T) {
	t.Parallel()
	general, _ := emitter.PolicyNamed(emitter.CSSGeneral)
	scaled := general
	scaled.Floor = 400 * time.Millisecond
	for name, tc := range map[string]struct {
		policy emitter.Policy
		scale  float64
		answer func(n int, body string) int
		every  time.Duration // from attempt to attempt
		reason string
	}{
		"answered 500 each time":               {general, 1, func(int, string) int { return 500 }, time.Minute, "status 500"},
		"the scale at its default":             {general, 0, func(int, string) int { return 201 }, time.Minute, "status 201"},
		"a scale of sixty":                     {scaled, 60, func(int, string) int { return 503 }, time.Second, "status 503"},
		"a scale so high that the floor holds": {scaled, 600, func(int, string) int { return 302 }, 400 * time.Millisecond, "status 302"},
		"silence":                              {general, 1, func(int, string) int { return 0 }, 80 * time.Second, "no answer within 20s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := emitter.Player{Sender: pipeReceiver(t, tc.answer), Scale: tc.scale}
				got := p.Play(t.Context(), emitter.Script{Steps: []emitter.Step{
					{ID: "E", At: time.Second, Parcel: parcel(tc.policy)},
				}})
				if got.Aborted != "" {
					t.Fatal(got.Aborted)
				}
				d := got.Deliveries[0]
				if len(d.Attempts) != 13 || d.Policy != emitter.CSSGeneral {
					t.Fatalf("%d attempts by policy %q", len(d.Attempts), d.Policy)
				}
				for i, a := range d.Attempts {
					reason := tc.reason
					if i == 0 {
						reason = "first"
					}
					at := time.Second + time.Duration(i)*tc.every
					if time.Duration(a.Queued) != at || a.Reason != reason || a.Number != i+1 || a.Of != 13 {
						t.Errorf("attempt %d/%d at %v because of %q; want at %v because of %q",
							a.Number, a.Of, time.Duration(a.Queued), a.Reason, at, reason)
					}
					if i > 0 && time.Duration(a.Wait) != tc.policy.Wait(tc.scale) {
						t.Errorf("attempt %d waited %v", a.Number, time.Duration(a.Wait))
					}
				}
			})
		})
	}
}

func TestALadderEndsWithTheFirst200(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sender := pipeReceiver(t, func(n int, _ string) int { return []int{500, 404, 200}[n] })
		policy, _ := emitter.PolicyNamed(emitter.CSSScreenshot)
		got := emitter.Play(t.Context(), emitter.Script{Steps: []emitter.Step{{ID: "E", Parcel: parcel(policy)}}}, sender)
		d := got.Deliveries[0]
		if len(d.Attempts) != 3 || !d.Last().OK() || time.Duration(d.Last().Queued) != 4*time.Minute {
			t.Errorf("%d attempts, the last %+v", len(d.Attempts), d.Last())
		}
	})
}

func TestRetriesHoldUpNobodyWhoDidNotAskForThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sender := pipeReceiver(t, func(n int, body string) int {
			if body == `"failing"` {
				return 500
			}
			return 200
		})
		policy, _ := emitter.PolicyNamed(emitter.CSSSubtitle) // 3 attempts, a minute apart
		failing := parcel(policy)
		failing.Request.Body = []byte(`"failing"`)
		last := step("settled", 0, 0, 1)
		last.Settled = true
		got := emitter.Play(t.Context(), emitter.Script{Steps: []emitter.Step{
			{ID: "failing", Parcel: failing},
			{ID: "next", After: []int{0}, Parcel: parcel(emitter.Policy{})},
			step("over", 0, 0, 1),
			last,
		}}, sender)
		if n := len(got.Deliveries[0].Attempts); n != 3 {
			t.Errorf("%d attempts", n)
		}
		if d := got.Deliveries[1]; d.ID != "next" || d.Due != 0 || d.Attempts[0].Queued != 0 || d.Policy != "" {
			t.Errorf("the next delivery was held up: %+v", d)
		}
		if over, settled := got.Steps[0].Started, got.Steps[1].Started; over != 0 || settled != emitter.Offset(2*time.Minute) {
			t.Errorf("over at %v, settled at %v", over, settled)
		}
	})
}

func TestLaterAttemptsCanBeOtherRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sender := pipeReceiver(t, func(_ int, body string) int {
			if body == "attempt 3" {
				return 200
			}
			return 500
		})
		policy, _ := emitter.PolicyNamed(emitter.CSSSubtitle)
		p := parcel(policy)
		start := time.Now()
		p.Again = func(attempt int, now time.Time) emitter.Request {
			if now.Sub(start) != time.Duration(attempt-1)*time.Minute {
				t.Errorf("attempt %d is made at %v", attempt, now.Sub(start))
			}
			return request("http://receiver.example", "attempt "+strconv.Itoa(attempt))
		}
		got := emitter.Play(t.Context(), emitter.Script{Steps: []emitter.Step{{ID: "E", Parcel: p}}}, sender)
		var bodies []string
		for _, a := range got.Deliveries[0].Attempts {
			bodies = append(bodies, string(a.Request.Body))
		}
		if diff := cmp.Diff([]string{"{}", "attempt 2", "attempt 3"}, bodies); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAStepCanSeeWhatWasRecordedSoFar(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen emitter.Transcript
		look := step("look", 0, 0)
		look.Do = func(ctx context.Context) error { seen = emitter.SoFar(ctx); return nil }
		sender := pipeReceiver(t, func(int, string) int { return 200 })
		emitter.Play(t.Context(), emitter.Script{Steps: []emitter.Step{
			{ID: "before", Parcel: parcel(emitter.Policy{})},
			look,
			{ID: "after", After: []int{1}, Parcel: parcel(emitter.Policy{})},
		}}, sender)
		if len(seen.Deliveries) != 2 || len(seen.Deliveries[0].Attempts) != 1 || len(seen.Deliveries[1].Attempts) != 0 || seen.Aborted != "" {
			t.Errorf("%+v", seen)
		}
		if seen.Steps[0].Error != "" {
			t.Errorf("the step that looks is said to have failed: %q", seen.Steps[0].Error)
		}
		if other := emitter.SoFar(t.Context()); len(other.Deliveries) != 0 {
			t.Errorf("another context knows of the play: %+v", other)
		}
	})
}

func TestDeliveriesAreToldInTheOrderOfSending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sender := pipeReceiver(t, func(int, string) int { return 200 })
		got := emitter.Play(t.Context(), emitter.Script{Steps: []emitter.Step{
			{ID: "c", At: 3 * time.Second, Parcel: parcel(emitter.Policy{})},
			{ID: "a", At: 1 * time.Second, Parcel: parcel(emitter.Policy{})},
			{ID: "b", At: 2 * time.Second, Parcel: parcel(emitter.Policy{})},
		}}, sender)
		var ids []string
		for _, d := range got.Deliveries {
			ids = append(ids, d.ID)
			if d.Lag() != 0 {
				t.Errorf("%s was %v late", d.ID, d.Lag())
			}
		}
		if !slices.IsSorted(ids) {
			t.Errorf("order %v", ids)
		}
	})
}

func TestPlaysThatAreCutShort(t *testing.T) {
	t.Parallel()
	forever := lasting(24*time.Hour, step("forever", 0))
	silent := func(int, string) int { return 0 }
	for name, tc := range map[string]struct {
		script  emitter.Script
		cancel  time.Duration // 0 is never
		aborted string        // part of what is told
		ends    time.Duration
		errors  map[string]string // by step
	}{
		"by their deadline": {
			script:  emitter.Script{Deadline: 5 * time.Second, Steps: []emitter.Step{forever, step("after", 0, 0)}},
			aborted: "deadline of 5s passed (before forever was over)",
			ends:    5 * time.Second,
			errors:  map[string]string{"forever": "context canceled", "after": "was not begun"},
		},
		"by an interrupt": {
			script:  emitter.Script{Steps: []emitter.Step{forever}},
			cancel:  7 * time.Second,
			aborted: "interrupted by the test",
			ends:    7 * time.Second,
			errors:  map[string]string{"forever": "context canceled"},
		},
		"in an attempt": {
			script:  emitter.Script{Deadline: 5 * time.Second, Steps: []emitter.Step{{ID: "E", Parcel: parcel(emitter.Policy{})}}},
			aborted: "deadline of 5s",
			ends:    5 * time.Second,
		},
		"between attempts": {
			script: emitter.Script{Deadline: 50 * time.Second, Steps: []emitter.Step{
				{ID: "E", Parcel: parcel(emitter.Policy{Name: "x", Attempts: 2, Interval: time.Hour})},
			}},
			aborted: "before E was over",
			ends:    50 * time.Second,
		},
		"by a panic in a step": {
			script: emitter.Script{Steps: []emitter.Step{
				forever, {ID: "bad", At: time.Second, Do: func(context.Context) error { panic("oh no") }},
			}},
			aborted: "step bad: panic at play_test.go:",
			ends:    time.Second,
			errors:  map[string]string{"bad": "oh no", "forever": "context canceled"},
		},
		"by a nil pointer": {
			script: emitter.Script{Steps: []emitter.Step{
				{ID: "bad", Do: func(context.Context) error { var p *emitter.Parcel; return errors.New(p.Event) }},
			}},
			aborted: "panic at play_test.go:",
			errors:  map[string]string{"bad": "nil pointer"},
		},
		"by a step that does not listen": {
			script: emitter.Script{Deadline: time.Second, Steps: []emitter.Step{
				{ID: "deaf", Do: func(context.Context) error { <-time.After(time.Minute); return nil }},
			}},
			aborted: "before deaf was over",
			ends:    3 * time.Second, // the deadline and the grace
			errors:  map[string]string{"deaf": "did not end"},
		},
		"before anything is done": {
			script:  emitter.Script{Steps: []emitter.Step{step("a", 0), step("b", 0, 2)}},
			aborted: "step 1 (b) waits for step 2, which is not before it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				if tc.cancel > 0 {
					time.AfterFunc(tc.cancel, func() { cancel(errors.New("interrupted by the test")) })
				}
				start := time.Now()
				got := emitter.Play(ctx, tc.script, pipeReceiver(t, silent))
				if took := time.Since(start); took != tc.ends {
					t.Errorf("took %v, want %v", took, tc.ends)
				}
				<-time.After(time.Hour) // whoever was left behind goes on now, and must not touch the transcript
				if !strings.Contains(got.Aborted, tc.aborted) {
					t.Errorf("aborted %q, want %q", got.Aborted, tc.aborted)
				}
				for _, s := range got.Steps {
					if want := tc.errors[s.ID]; !strings.Contains(s.Error, want) || (want == "") != (s.Error == "") {
						t.Errorf("step %s: %q, want %q", s.ID, s.Error, want)
					}
				}
			})
		})
	}
}

func TestAnInterruptAfterTheEndChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		last := step("last", time.Second)
		last.Do = func(context.Context) error { cancel(); return nil }
		got := emitter.Play(ctx, emitter.Script{Steps: []emitter.Step{last}}, pipeReceiver(t, nil))
		if got.Aborted != "" {
			t.Error(got.Aborted)
		}
	})
}

func TestPanicsOfTheCallersFunctions(t *testing.T) {
	t.Parallel()
	fails := func(int, string) int { return 500 }
	t.Run("in Again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p := parcel(emitter.Policy{Name: "x", Attempts: 2})
			p.Again = func(int, time.Time) emitter.Request { panic("oh no") }
			got := emitter.Play(t.Context(), emitter.Script{Steps: []emitter.Step{{ID: "E", Parcel: p}}}, pipeReceiver(t, fails))
			if !strings.Contains(got.Aborted, "oh no") || len(got.Deliveries[0].Attempts) != 1 {
				t.Errorf("%q, %d attempts", got.Aborted, len(got.Deliveries[0].Attempts))
			}
		})
	})
	t.Run("in Trace", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p := emitter.Player{Sender: pipeReceiver(t, fails), Trace: func(emitter.TraceEvent) { panic("oh no") }}
			got := p.Play(t.Context(), emitter.Script{Steps: []emitter.Step{{ID: "E", Parcel: parcel(emitter.Policy{})}}})
			if !strings.Contains(got.Aborted, "trace: panic") {
				t.Errorf("%q", got.Aborted)
			}
		})
	})
}

func TestAPlayerWithoutASenderSaysSo(t *testing.T) {
	t.Parallel()
	if got := emitter.Play(t.Context(), emitter.Script{}, nil); !strings.Contains(got.Aborted, "no sender") {
		t.Errorf("%q", got.Aborted)
	}
}

func TestTheTraceTellsEverythingInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sender := pipeReceiver(t, func(n int, _ string) int { return []int{500, 0, 200}[n] })
		policy, _ := emitter.PolicyNamed(emitter.CSSSubtitle)
		p := parcel(policy)
		p.Copy, p.Held = 1, true
		var lines []string
		player := emitter.Player{Sender: sender, Trace: func(e emitter.TraceEvent) { lines = append(lines, e.String()) }}
		broken := step("check", 0, 0)
		broken.Settled = true
		broken.Do = func(context.Context) error { return errors.New("not seen") }
		player.Play(t.Context(), emitter.Script{Steps: []emitter.Step{{ID: "TaskStart~2", Parcel: p}, broken}})
		want := []string{
			"--> POST http://receiver.example TaskStart~2 attempt 1/3, dup, held",
			"<-- [500] POST http://receiver.example (0s)",
			"... TaskStart~2 again in 1m0s",
			"--> POST http://receiver.example TaskStart~2 attempt 2/3, dup, held",
			"<-- [timeout] POST http://receiver.example (20s): no answer within 20s",
			"... TaskStart~2 again in 1m0s",
			"--> POST http://receiver.example TaskStart~2 attempt 3/3, dup, held",
			"<-- [200] POST http://receiver.example (0s)",
			"... check step started",
			"... check: not seen",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASlowTraceHoldsUpNoDeliveryAndMissesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told := 0
		player := emitter.Player{
			Sender: pipeReceiver(t, func(int, string) int { return 200 }),
			Trace:  func(emitter.TraceEvent) { <-time.After(time.Minute); told++ },
		}
		var script emitter.Script
		for i := range 10 {
			script.Steps = append(script.Steps, emitter.Step{At: time.Duration(i) * time.Second, Parcel: parcel(emitter.Policy{})})
		}
		for _, d := range player.Play(t.Context(), script).Deliveries {
			if d.Lag() != 0 {
				t.Errorf("a delivery was %v late", d.Lag())
			}
		}
		if told != 20 {
			t.Errorf("%d events told", told)
		}
	})
}

func TestPlayAllBoundsThePlaysAndKeepsTheirOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		var scripts []emitter.Script
		for i := range 10 {
			scripts = append(scripts, emitter.Script{Steps: []emitter.Step{{ID: strconv.Itoa(i), Do: func(context.Context) error {
				most.Store(max(most.Load(), now.Add(1)))
				<-time.After(time.Second)
				now.Add(-1)
				return nil
			}}}})
		}
		p := emitter.Player{Sender: pipeReceiver(t, nil)}
		start := time.Now()
		for i, got := range p.PlayAll(t.Context(), 3, scripts...) {
			if got.Aborted != "" || got.Steps[0].ID != strconv.Itoa(i) {
				t.Errorf("%d: %+v", i, got)
			}
		}
		if most.Load() != 3 || time.Since(start) != 4*time.Second {
			t.Errorf("%d at once, %v in all", most.Load(), time.Since(start))
		}
	})
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	for _, p := range emitter.Policies() {
		if p.Status != emitter.Assumed || p.Source == "" {
			t.Errorf("%s: status %q, source %q", p.Name, p.Status, p.Source)
		}
		if got, ok := emitter.PolicyNamed(p.Name); !ok || got != p {
			t.Errorf("%s is not found by its name", p.Name)
		}
	}
	if p, ok := emitter.PolicyNamed(""); !ok || p.Name != emitter.NoRetry {
		t.Errorf("no name: %+v", p)
	}
	if _, ok := emitter.PolicyNamed("css-genral"); ok {
		t.Error("a name that is none was found")
	}
}
