package suite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// quick selects scenarios of every group that wait for nothing.
var quick = suite.Selection{Run: "^(task-start-means-running|one-file-from-start-to-finish|task-exit-keeps-code-and-message|" +
	"late-task-start-does-not-revive-the-task|duplicates-have-no-second-effect|malformed-json|every-documented-event-is-answered-200)$"}

// start serves a receiver with a bug ("" for none) behind a handler, and gives its target.
func start(t *testing.T, bug string, around func(http.Handler) http.Handler) *target.Target {
	t.Helper()
	rcv, err := receiver.Open(receiver.Config{Bug: bug})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rcv.Close() })
	var h http.Handler = rcv
	if around != nil {
		h = around(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	out, err := target.ForReference(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func run(t *testing.T, cfg suite.Config) suite.Report {
	t.Helper()
	rep, err := suite.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// verdicts gives each requirement's verdict in each scenario: what must not depend on how a run is made.
func verdicts(rep suite.Report) string {
	var lines []string
	for _, sc := range rep.Scenarios {
		for _, row := range sc.Requirements {
			lines = append(lines, fmt.Sprintf("%s %s %s", sc.ID, row.ID, row.Verdict))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// playedIn counts the scenarios that have rows: what was not played has none.
func playedIn(rep suite.Report) (n int) {
	for _, sc := range rep.Scenarios {
		if len(sc.Requirements) > 0 {
			n++
		}
	}
	return n
}

func TestTheReferenceHoldsEverythingThatIsAsked(t *testing.T) {
	t.Parallel()
	rep := run(t, suite.Config{Target: start(t, "", nil), Selection: quick, Bench: false})
	if rep.Verdict != report.Pass || rep.ExitCode != 0 {
		t.Fatalf("verdict %s, exit code %d, reason %q, want pass", rep.Verdict, rep.ExitCode, rep.Reason)
	}
}

func TestABugIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	rep := run(t, suite.Config{Target: start(t, "late-start-revives", nil), Selection: quick})
	if rep.Verdict != report.Fail || rep.ExitCode != 1 {
		t.Fatalf("verdict %s, exit code %d, want fail", rep.Verdict, rep.ExitCode)
	}
	i := slices.IndexFunc(rep.Requirements, func(r report.Requirement) bool { return r.ID == "ORD-3" })
	r := rep.Requirements[i]
	if r.Verdict != judge.Broken || len(r.Findings) == 0 {
		t.Fatalf("ORD-3 is %s with %d findings, want broken", r.Verdict, len(r.Findings))
	}
	f := r.Findings[0]
	if f.Expected == "" || f.Actual == "" || f.Hint == "" || f.Position.Line == 0 || !strings.HasPrefix(f.Reproduce, "curl ") {
		t.Errorf("the finding leaves something out: %+v", f)
	}
}

func TestVerdictsDoNotDependOnConcurrencyOrSeed(t *testing.T) {
	t.Parallel()
	tgt := start(t, "late-start-revives", nil)
	want := ""
	for _, c := range []struct {
		concurrency int
		seed        int64
	}{{1, 1}, {8, 2}, {64, 3}, {64, 4}, {8, 5}} {
		got := verdicts(run(t, suite.Config{Target: tgt, Selection: quick, Concurrency: c.concurrency, Seed: c.seed}))
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("concurrency %d, seed %d:\n%s\nbefore:\n%s", c.concurrency, c.seed, got, want)
		}
	}
}

func TestUsageErrorsSendNothing(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	t.Cleanup(server.Close)
	for name, cfg := range map[string]suite.Config{
		"no target":            {},
		"not a URL":            {URL: "127.0.0.1"},
		"unknown profile":      {Selection: suite.Selection{Profiles: []string{"cor"}}},
		"unknown scenario":     {Selection: suite.Selection{IDs: []string{"nosuch"}}},
		"nothing selected":     {Selection: suite.Selection{Run: "nosuch"}},
		"bad expression":       {Selection: suite.Selection{Run: "("}},
		"bad filter":           {Selection: suite.Selection{LabelFilter: "("}},
		"empty filter result":  {Selection: suite.Selection{LabelFilter: "nosuch"}},
		"unknown report":       {Reports: []string{"pdf"}, ReportDir: t.TempDir()},
		"report without place": {Reports: []string{"json"}},
		"negative scale":       {TimeScale: -1},
		"no concurrency":       {Concurrency: -1},
	} {
		if name != "no target" && cfg.URL == "" {
			cfg.URL = server.URL
		}
		_, err := suite.Run(t.Context(), cfg)
		if _, ok := errors.AsType[*suite.UsageError](err); !ok {
			t.Errorf("%s: error %v, want a UsageError", name, err)
		}
	}
	if len(asked) > 0 {
		t.Errorf("the target was asked for %s", <-asked)
	}
}

func TestATargetThatIsNotThereIsToldInOneSentence(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://" + l.Addr().String()
	_ = l.Close()
	rep := run(t, suite.Config{URL: dead})
	if rep.Verdict != report.Environment || rep.ExitCode != 3 || !strings.Contains(rep.Reason, "nobody listens") {
		t.Errorf("verdict %s, exit code %d, reason %q", rep.Verdict, rep.ExitCode, rep.Reason)
	}
	if n := playedIn(rep); n > 0 {
		t.Errorf("%d scenarios were played at a dead target", n)
	}
}

func TestAReceiverThatNeverAnswersEndsTheRun(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-gone:
		}
	}))
	t.Cleanup(func() { close(gone); server.Close() })
	rep := run(t, suite.Config{URL: server.URL, AnswerWithin: 200 * time.Millisecond})
	if rep.Verdict != report.Environment || !strings.Contains(rep.Reason, "did not answer within 200ms") {
		t.Errorf("verdict %s, reason %q", rep.Verdict, rep.Reason)
	}
}

func TestAnEventThatIsNeverAnsweredIsTheScenariosToJudge(t *testing.T) {
	t.Parallel()
	hangUpOnExit := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || bytes.Contains(body, []byte(`"TaskExit"`)) {
				panic(http.ErrAbortHandler)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	}
	rep := run(t, suite.Config{Target: start(t, "", hangUpOnExit), Selection: suite.Selection{Run: "^one-file-from-start-to-finish$|^code-and-message"}})
	if rep.Verdict != report.Fail || rep.ExitCode != 1 {
		t.Errorf("verdict %s, exit code %d, reason %q, want fail: the target is there", rep.Verdict, rep.ExitCode, rep.Reason)
	}
}

func TestARunEndsOnceTheReceiverHasStoppedAnswering(t *testing.T) {
	t.Parallel()
	var served atomic.Int32
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if served.Add(1) == 1 {
			return // the preflight; after that it begins an answer each time, and never ends it
		}
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-gone:
		}
	}))
	t.Cleanup(func() { close(gone); server.Close() })
	rep := run(t, suite.Config{URL: server.URL, AnswerWithin: 200 * time.Millisecond, Concurrency: 2})
	if rep.ExitCode == 0 || !strings.Contains(rep.Reason, "stopped answering") {
		t.Errorf("verdict %s, exit code %d, reason %q, want an early end that says why", rep.Verdict, rep.ExitCode, rep.Reason)
	}
	if n := playedIn(rep); n > 6 {
		t.Errorf("%d scenarios were played at a receiver that answers nothing", n)
	}
}

func TestObserversThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tasks http.HandlerFunc
		says  string
	}{
		"always says that the task exists": {
			func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"exists":true,"phase":"running"}`))
			},
			"never sent",
		},
		"always says nothing": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
			"does not show",
		},
		"fails": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
			"cannot be trusted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tgt := start(t, "", func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/tasks/") {
						c.tasks(w, r)
						return
					}
					h.ServeHTTP(w, r)
				})
			})
			tgt.Observe.Within = 300 * time.Millisecond
			rep := run(t, suite.Config{Target: tgt, Selection: quick})
			if rep.Verdict != report.Environment || rep.ExitCode != 3 || !strings.Contains(rep.Reason, c.says) {
				t.Errorf("verdict %s, exit code %d, reason %q, want environment with %q", rep.Verdict, rep.ExitCode, rep.Reason, c.says)
			}
		})
	}
}

func TestAnObserverThatAnswersForTheWrongTaskCannotBeTrusted(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var last string
	tgt := start(t, "", func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id, isTask := strings.CutPrefix(r.URL.Path, "/tasks/")
			if isTask {
				mu.Lock()
				defer mu.Unlock()
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, r)
				if rec.Code == http.StatusOK && last != "" && last != id {
					r.URL.Path = "/tasks/" + last // knows which tasks there are, but shows the other one
				}
				last = id
			}
			h.ServeHTTP(w, r)
		})
	})
	rep := run(t, suite.Config{Target: tgt, Selection: quick})
	if rep.Verdict != report.Environment || !strings.Contains(rep.Reason, "answers for") {
		t.Errorf("verdict %s, reason %q", rep.Verdict, rep.Reason)
	}
}

func TestAnInterruptedRunStillReports(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := t.TempDir()
	rep, err := suite.Run(ctx, suite.Config{
		Target: start(t, "", nil), Reports: []string{"json", "junit"}, ReportDir: dir,
		Selection: suite.Selection{Run: "^(task-start-means-running|running-throughout-a-gap-of-two-seconds)$"},
		Progress: func(p suite.Progress) {
			if p.Over {
				cancel() // the quick one is over, the other waits for two seconds
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if rep.ExitCode != 130 || !rep.Interrupted {
		t.Errorf("exit code %d, interrupted %v", rep.ExitCode, rep.Interrupted)
	}
	for _, name := range []string{"report.json", "junit.xml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestFailFastEndsTheRunAndStaysAFailure(t *testing.T) {
	t.Parallel()
	rep := run(t, suite.Config{Target: start(t, "status-201", nil), Concurrency: 1, FailFast: true, Seed: 1})
	if rep.ExitCode != 1 {
		t.Errorf("exit code %d, want 1", rep.ExitCode)
	}
	if n := playedIn(rep); n > 5 {
		t.Errorf("%d scenarios were played, although the first one fails", n)
	}
}

// The bench is asked in a process of its own: Ginkgo ends a test binary that has -count or -parallel.
func TestTheBenchCountsWhatTheJudgeFound(t *testing.T) {
	t.Parallel()
	const alone = "RELAYCHECK_TEST_BENCH"
	if os.Getenv(alone) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), alone+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	var out bytes.Buffer
	rep := run(t, suite.Config{Target: start(t, "late-start-revives", nil), Selection: quick, Bench: true, BenchOutput: &out, Seed: 5})
	if rep.ExitCode != 1 {
		t.Fatalf("exit code %d, want 1", rep.ExitCode)
	}
	if !strings.Contains(out.String(), "[FAIL]") || !strings.Contains(out.String(), "ORD-3") {
		t.Errorf("the bench does not name what failed:\n%s", out.String())
	}
	// A second run in the same process is a first one for Ginkgo.
	if rep := run(t, suite.Config{Target: start(t, "", nil), Selection: quick, Bench: true}); rep.ExitCode != 0 {
		t.Errorf("exit code %d, want 0", rep.ExitCode)
	}
}

func TestTestPassesForARightReceiver(t *testing.T) {
	t.Parallel()
	suite.Test(t, suite.Config{Target: start(t, "", nil), Selection: quick})
}
