package suite

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/target"
)

const (
	burst     = "burst-of-tasks-is-taken"
	sustained = "sustained-rate-is-kept-up-with"
)

// behind serves the reference receiver behind something else.
func behind(t *testing.T, around func(http.Handler) http.Handler) *target.Target {
	t.Helper()
	rcv, err := receiver.Open(receiver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rcv.Close() })
	server := httptest.NewServer(around(rcv))
	t.Cleanup(server.Close)
	tgt, err := target.ForReference(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return tgt
}

// posts lets a handler decide about each callback of a play, and all else pass. It returns what is to be told of the progress.
func posts(next http.Handler, gate http.HandlerFunc) (http.Handler, func(Progress)) {
	var playing atomic.Bool
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && playing.Load() {
			gate(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
	return h, func(p Progress) { playing.Store(!p.Over) }
}

// TestALoadDoesNotWaitForAnswers lets nobody have an answer before everybody has asked: a sender that waited would wait for
// ever.
func TestALoadDoesNotWaitForAnswers(t *testing.T) {
	t.Parallel()
	for id, all := range map[string]int32{burst: 60, sustained: 40} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			var came atomic.Int32
			whole := make(chan struct{})
			var progress func(Progress)
			tgt := behind(t, func(next http.Handler) (h http.Handler) {
				h, progress = posts(next, func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					if came.Add(1) == all {
						close(whole)
					}
					select {
					case <-whole:
						r.Body = io.NopCloser(bytes.NewReader(body))
						next.ServeHTTP(w, r)
					case <-r.Context().Done():
					}
				})
				return h
			})
			rep := playedWith(t, Config{
				Target: tgt, Selection: Selection{IDs: []string{id}}, AnswerWithin: 15 * time.Second, Progress: progress,
				Load: scenarios.Load{Burst: 60, Rate: 100, For: emitter.Offset(400 * time.Millisecond)},
			}, func(*runner) {})
			l := rep.Scenarios[0].Load
			if l == nil || l.Callbacks%int(all) != 0 || l.Answers["200"] != l.Callbacks || l.Latency == nil || l.Latency.Max < l.Latency.P50 {
				t.Errorf("the load is told as %+v", l)
			}
		})
	}
}

func TestA429OrA503UnderLoadBreaksLoadAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var came atomic.Int32
			var progress func(Progress)
			tgt := behind(t, func(next http.Handler) (h http.Handler) {
				h, progress = posts(next, func(w http.ResponseWriter, r *http.Request) {
					if came.Add(1)%7 == 0 {
						w.WriteHeader(status)
						return
					}
					next.ServeHTTP(w, r)
				})
				return h
			})
			rep := playedWith(t, Config{
				Target: tgt, Selection: Selection{IDs: []string{burst}}, Progress: progress, Load: scenarios.Load{Burst: 30},
			}, func(r *runner) { r.clock = onTime{} })
			for _, r := range rep.Requirements {
				if want := r.ID == "LOAD-1"; r.Verdict == judge.Warned || want != (r.Verdict == judge.Broken) {
					t.Errorf("%s is %s %s", r.ID, r.Verdict, r.Reason)
				}
			}
		})
	}
}

// lateOnce is a clock whose first play is late by far, and which a machine at its limits would make late again.
type lateOnce struct{ late *atomic.Bool }

func (c lateOnce) WaitUntil(ctx context.Context, t time.Time) error {
	if c.late.Load() {
		t = t.Add(1200 * time.Millisecond)
	}
	return onTime{}.WaitUntil(ctx, t)
}

// TestALoadThatWasSentLateIsPlayedAgain has every callback refused in the play that is late, and none in the next.
func TestALoadThatWasSentLateIsPlayedAgain(t *testing.T) {
	t.Parallel()
	const size = 20
	var late atomic.Bool
	late.Store(true)
	var came atomic.Int32
	var progress func(Progress)
	tgt := behind(t, func(next http.Handler) (h http.Handler) {
		h, progress = posts(next, func(w http.ResponseWriter, r *http.Request) {
			n := came.Add(1)
			if n == size {
				late.Store(false)
			}
			if n <= size {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		})
		return h
	})
	rep := playedWith(t, Config{
		Target: tgt, Selection: Selection{IDs: []string{burst}}, Progress: progress, Load: scenarios.Load{Burst: size},
	}, func(r *runner) { r.clock = lateOnce{&late} })
	if n := came.Load(); n <= size || n%size != 0 {
		t.Errorf("%d callbacks came, want those of a second play", n)
	}
	if got := requirementOf(t, rep, "LOAD-1"); got.Verdict == judge.Broken {
		t.Errorf("LOAD-1 is %s: %+v", got.Verdict, got.Findings)
	}
}

// TestALoadIsPlayedAlone plays loads with many others, and sees that they never meet.
func TestALoadIsPlayedAlone(t *testing.T) {
	t.Parallel()
	tgt := behind(t, func(next http.Handler) http.Handler { return next })
	var mu sync.Mutex
	playing := map[string]bool{}
	loads := 0
	playedWith(t, Config{
		Target: tgt, Selection: Selection{IDs: []string{burst, sustained, "task-start-means-running", "no-gap-before-the-first-file", "wrong-method"}},
		Load: scenarios.Load{Burst: 5, Rate: 100, For: emitter.Offset(100 * time.Millisecond)},
		Progress: func(p Progress) {
			mu.Lock()
			defer mu.Unlock()
			if p.Over {
				delete(playing, p.Scenario)
				return
			}
			playing[p.Scenario] = true
			if playing[burst] || playing[sustained] {
				loads++
				if len(playing) > 1 {
					t.Errorf("side by side: %v", playing)
				}
			}
		},
	}, func(*runner) {})
	if loads != 2 {
		t.Errorf("%d loads were played, want 2", loads)
	}
}

func TestALoadThatCannotBeHadIsAUsageError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		load     scenarios.Load
		selected Selection
		want     string
	}{
		{scenarios.Load{Burst: 5}, Selection{}, "add --profile load"},
		{scenarios.Load{Rate: 5}, Selection{IDs: []string{burst}}, "add --profile load"},
		{scenarios.Load{Burst: -5}, Selection{Profiles: []string{"load"}}, "a burst of -5 tasks"},
		{scenarios.Load{For: emitter.Offset(time.Hour)}, Selection{Profiles: []string{"load"}}, "10m at most"},
		{scenarios.Load{Rate: 10_000}, Selection{Profiles: []string{"load"}}, sustained + ": 100000 callbacks in all"},
		{scenarios.Load{For: emitter.Offset(time.Second)}, Selection{Profiles: []string{"load"}}, ""},
		{scenarios.Load{Burst: 5}, Selection{Profiles: []string{"load"}}, ""},
	} {
		r, err := newRunner(Config{URL: "http://127.0.0.1:1/", Selection: test.selected, Load: test.load})
		if err == nil {
			r.close()
		}
		var use *UsageError
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%+v: %v", test.load, err)
		case test.want != "" && (!errors.As(err, &use) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%+v: %v, want %q", test.load, err, test.want)
		}
	}
}
