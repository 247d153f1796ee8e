package suite

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// played is what run makes of one scenario, with the runner changed first.
func playedWith(t *testing.T, cfg Config, change func(*runner)) report.Report {
	t.Helper()
	r, err := newRunner(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	change(r)
	out, err := r.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report.Build(out)
}

func requirementOf(t *testing.T, rep report.Report, id string) report.Requirement {
	t.Helper()
	i := slices.IndexFunc(rep.Requirements, func(q report.Requirement) bool { return q.ID == id })
	if i < 0 {
		t.Fatalf("there is no requirement %s", id)
	}
	return rep.Requirements[i]
}

// tooLate serves a receiver that answers the preflight, and nothing else while anybody waits.
func tooLate(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); !bytes.Contains(body, []byte("relaycheck-canary")) {
			<-r.Context().Done() // until nobody waits any more
		}
		_, _ = io.WriteString(w, `{"code":0}`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAReceiverThatIsTrulyLateBreaksTheRule(t *testing.T) {
	t.Parallel()
	sc, err := scenarios.Parse("answers-at-once.yaml", []byte(`title: The answer comes within 100 ms
requires: [ACK-2]
timeline: [{emit: TaskStart}]
expect: {answers: {within: 100ms}}
`))
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{URL: tooLate(t), AnswerWithin: 150 * time.Millisecond, Scenarios: []*scenarios.Scenario{sc}}
	rep := playedWith(t, cfg, func(*runner) {})
	got := requirementOf(t, rep, "ACK-2")
	if got.Verdict != judge.Broken || rep.ExitCode != 1 {
		t.Fatalf("ACK-2 is %s (%s), exit code %d", got.Verdict, got.Reason, rep.ExitCode)
	}
	if m := got.Findings[0].Message; !strings.Contains(m, "no answer after ") || !strings.Contains(m, "within 100ms") {
		t.Errorf("the finding says %q", m)
	}
}

func TestAnAnswerThatWasNotAwaitedLongEnoughSaysNothing(t *testing.T) {
	t.Parallel()
	rep := playedWith(t, Config{
		URL: tooLate(t), AnswerWithin: 150 * time.Millisecond, Selection: Selection{IDs: []string{"task-start-means-running"}},
	}, func(*runner) {})
	got := requirementOf(t, rep, "ACK-2")
	if got.Verdict != judge.NotTestable || !strings.Contains(got.Reason, "awaited for ") || rep.ExitCode != 4 {
		t.Fatalf("ACK-2 is %s (%s), exit code %d", got.Verdict, got.Reason, rep.ExitCode)
	}
}

// slowClock wakes late whoever is due later than a second after the first: what a machine does that has too much to do in
// the middle of a play.
type slowClock struct {
	by    time.Duration
	mu    sync.Mutex
	first time.Time
}

func (c *slowClock) WaitUntil(ctx context.Context, t time.Time) error {
	c.mu.Lock()
	if c.first.IsZero() || t.Sub(c.first) > 2500*time.Millisecond { // the next try has begun
		c.first = t
	}
	if t.Sub(c.first) > time.Second {
		t = t.Add(c.by)
	}
	c.mu.Unlock()
	return onTime{}.WaitUntil(ctx, t)
}

// onTime is the usual clock, which the late ones end with.
type onTime struct{}

func (onTime) WaitUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// The receiver waits 2.5 s for a file, longer than documented, and the harness sends it later still: what is lost then the
// harness has brought about. Only with a harness that is in time is there a finding.
func TestAHarnessThatIsLateBlamesNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bug  string
		late time.Duration
		want judge.Verdict
	}{
		"in time, right":    {"", 0, judge.Held},
		"in time, too soon": {"impatient-watchdog", 0, judge.Broken},
		"late, right":       {"", 700 * time.Millisecond, judge.NotTestable},
		"late, lost":        {"late-first-file-lost", 700 * time.Millisecond, judge.NotTestable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rcv, err := receiver.Open(receiver.Config{Bug: c.bug})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = rcv.Close() })
			server := httptest.NewServer(rcv)
			t.Cleanup(server.Close)
			tgt, err := target.ForReference(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			tgt.Observe.Within = 300 * time.Millisecond
			rep := playedWith(t, Config{Target: tgt, Selection: Selection{IDs: []string{"running-throughout-a-gap-of-two-seconds"}}}, func(r *runner) {
				r.clock = &slowClock{by: c.late}
			})
			got := requirementOf(t, rep, "GAP-2")
			if got.Verdict != c.want {
				t.Fatalf("GAP-2 is %s (%s), exit code %d, verdict %s, %+v", got.Verdict, got.Reason, rep.ExitCode, rep.Verdict, rep.Scenarios[0].Requirements)
			}
			if c.late == 0 {
				return
			}
			if !lateBy.MatchString(got.Reason) {
				t.Errorf("the reason does not say how late the harness was: %q", got.Reason)
			}
			for _, q := range rep.Requirements {
				if q.Verdict == judge.Broken {
					t.Errorf("%s is broken", q.ID)
				}
			}
		})
	}
}

var lateBy = regexp.MustCompile(`\b[0-9.]+(ms|s)\b`)

func TestAPanicOfTheHarnessIsReportedAndBlamesNobody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"code":0}`) }))
	t.Cleanup(server.Close)
	for name, c := range map[string]struct {
		trace  func(emitter.TraceEvent)
		change func(*runner)
		says   string
	}{
		"in the judge": {nil, func(r *runner) {
			r.judge = func(judge.Input, *scenarios.Catalogue) judge.Result { panic("the judge is ill") }
		}, "the judge is ill"},
		"in the clock": {nil, func(r *runner) { r.clock = panickingClock{} }, "the clock is ill"},
		"in the trace": {func(emitter.TraceEvent) { panic("the trace is ill") }, func(*runner) {}, "the trace is ill"},
		"in preflight": {nil, func(r *runner) {
			r.redact, r.url = func([]byte) []byte { panic("the redactor is ill") }, "http://127.0.0.1:1/"
		}, "the redactor is ill"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cfg := Config{URL: server.URL, Trace: c.trace, Selection: Selection{IDs: []string{"task-start-means-running"}}}
			r, err := newRunner(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer r.close()
			c.change(r)
			run, err := r.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			run.Redact = nil // the reports have a sound one
			rep := report.Build(run)
			if _, err := report.Write(dir, report.Formats(), rep, run); err != nil {
				t.Fatal(err)
			}
			if rep.ExitCode != 4 && (name != "in preflight" || rep.ExitCode != 3) {
				t.Errorf("verdict %s, exit code %d", rep.Verdict, rep.ExitCode)
			}
			all := rep.Reason
			for _, q := range rep.Requirements {
				if q.Verdict == judge.Broken || q.Verdict == judge.Held {
					t.Errorf("%s is %s", q.ID, q.Verdict)
				}
				all += " " + q.Reason
			}
			if !strings.Contains(all, c.says) {
				t.Errorf("nothing says %q:\n%s", c.says, all)
			}
		})
	}
}

type panickingClock struct{}

func (panickingClock) WaitUntil(context.Context, time.Time) error { panic("the clock is ill") }
