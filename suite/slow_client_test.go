package suite

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// takes makes the answer to a callback take a time, as a busy machine does.
func takes(r *http.Request, d time.Duration) {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
	case <-r.Context().Done():
	}
}

// Whether a slow client keeps others waiting is told from what it does to them, not from how long one of them happened to
// take: a busy machine has single answers take seconds, and all of them on a bad day.
func TestABusyMachineIsNoSlowClient(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(open int, r *http.Request) // what happens before a body is read; open says how many are being answered
		lock   bool                            // bodies are read one after the other
		never  judge.Verdict
		header int // bytes of a header of the target's own
	}{
		"all answers are quick": {before: func(int, *http.Request) {}, never: judge.Broken},
		"one answer takes seconds": {before: func() func(int, *http.Request) {
			var once atomic.Bool
			return func(open int, r *http.Request) {
				if open > 1 && once.CompareAndSwap(false, true) {
					takes(r, 1900*time.Millisecond)
				}
			}
		}(), never: judge.Broken},
		"every answer takes seconds":                     {before: func(_ int, r *http.Request) { takes(r, 2200*time.Millisecond) }, never: judge.Broken},
		"one body after the other":                       {before: func(int, *http.Request) {}, lock: true, never: judge.Held},
		"one body after the other, and the head is long": {before: func(int, *http.Request) {}, lock: true, never: judge.Held, header: 2000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var open atomic.Int32
			var lock sync.Mutex
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer open.Add(-1)
				c.before(int(open.Add(1)), r)
				if c.lock {
					lock.Lock()
					defer lock.Unlock()
				}
				body, _ := io.ReadAll(r.Body)
				if !bytes.Contains(body, []byte(`"task_id"`)) {
					w.WriteHeader(http.StatusBadRequest)
				}
				_, _ = io.WriteString(w, `{"code":0}`)
			}))
			t.Cleanup(server.Close)
			rep := playedWith(t, Config{URL: server.URL, Selection: Selection{IDs: []string{"slow-client-starves-nobody"}}}, func(r *runner) {
				if c.header > 0 {
					r.headers = append(r.headers, emitter.Header{Name: "X-Tenant", Value: strings.Repeat("a", c.header)})
				}
			})
			got := requirementOf(t, rep, "SEC-7")
			if got.Verdict == c.never {
				t.Errorf("SEC-7 is %s (%s) %+v", got.Verdict, got.Reason, got.Findings)
			}
			t.Logf("SEC-7 is %s: %s", got.Verdict, got.Reason)
		})
	}
}

// A busy machine may come to the slow client only after others who came later. That these had their answers shows nothing,
// and is no reason to call the requirement held: the scenario is played again.
func TestAReceiverThatComesLateToTheSlowClientIsNotHeldForIt(t *testing.T) {
	t.Parallel()
	var requests, plays atomic.Int32
	var lock sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const slow = 4 // after the preflight and two who come while nobody else is there
		if requests.Add(1) == slow {
			takes(r, 1200*time.Millisecond)
		}
		lock.Lock()
		defer lock.Unlock()
		_, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, `{"code":0}`)
	}))
	t.Cleanup(server.Close)
	rep := playedWith(t, Config{
		URL: server.URL, Selection: Selection{IDs: []string{"slow-client-starves-nobody"}},
		Trace: func(e emitter.TraceEvent) {
			if e.Kind == emitter.TraceSending && e.Event == "slow" {
				plays.Add(1)
			}
		},
	}, func(*runner) {})
	got := requirementOf(t, rep, "SEC-7")
	if got.Verdict == judge.Held || plays.Load() < 2 {
		t.Errorf("SEC-7 is %s after %d plays", got.Verdict, plays.Load())
	}
	t.Logf("SEC-7 is %s after %d plays: %s", got.Verdict, plays.Load(), got.Reason)
}
