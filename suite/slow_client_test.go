package suite

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
		"every answer takes seconds": {before: func(_ int, r *http.Request) { takes(r, 2200*time.Millisecond) }, never: judge.Broken},
		"one body after the other":   {before: func(int, *http.Request) {}, lock: true, never: judge.Held},
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
			rep := playedWith(t, Config{URL: server.URL, Selection: Selection{IDs: []string{"slow-client-starves-nobody"}}}, func(*runner) {})
			got := requirementOf(t, rep, "SEC-7")
			if got.Verdict == c.never {
				t.Errorf("SEC-7 is %s (%s) %+v", got.Verdict, got.Reason, got.Findings)
			}
			t.Logf("SEC-7 is %s: %s", got.Verdict, got.Reason)
		})
	}
}
