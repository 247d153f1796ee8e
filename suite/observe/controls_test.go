package observe

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/suite/judge"
)

func controls() Controls {
	return Controls{
		Running: Canary{
			Identity: Identity{"1001", "stream-a"}, Name: "canary A", ToURL: "rtmp://h/a", SourceURLs: []string{"http://a/"}, Acknowledged: true,
		},
		Ended: Canary{
			Identity: Identity{"1002", "stream-b"}, Name: "canary B", ToURL: "rtmp://h/b", SourceURLs: []string{"http://b/"}, Acknowledged: true,
		},
		Never:  Identity{"1003", "stream-n"},
		Within: 5 * time.Second,
	}
}

func factsOf(c Canary, phase string) judge.Facts {
	return judge.Facts{"exists": true, "phase": phase, "stream_id": c.StreamID, "to_url": c.ToURL, "source_urls": list(c.SourceURLs)}
}

// A world is a receiver and its observer in one: what they show at a time, and of whom.
type world func(id string, at time.Duration) (Look, error)

// honest shows what is right, at once.
func honest(id string, _ time.Duration) (Look, error) {
	c := controls()
	switch id {
	case "1001":
		return Look{Facts: factsOf(c.Running, "running"), Effects: map[string]int{"sent": 1}}, nil
	case "1002":
		return Look{Facts: factsOf(c.Ended, "ended"), Effects: map[string]int{"sent": 4}}, nil
	}
	return Look{Effects: map[string]int{"sent": 0}}, nil
}

type fake struct {
	world world
	start time.Time

	mu    sync.Mutex
	looks int
}

func (f *fake) Look(_ context.Context, id Identity) (Look, error) {
	f.mu.Lock()
	f.looks++
	f.mu.Unlock()
	return f.world(id.TaskID, time.Since(f.start))
}

// An outcome is what came of the controls in a world.
type outcome struct {
	trust Trust
	err   error
	took  time.Duration
	looks int
}

// try runs the controls in a world, on a clock of its own.
func try(t *testing.T, w world, change func(*trial)) (o outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{world: w, start: time.Now()}
		tr := trial{Controls: controls(), set: f, hasTask: true, counted: []string{"sent"}}
		if change != nil {
			change(&tr)
		}
		o.trust, o.err = tr.run(t.Context())
		o.took, o.looks = time.Since(f.start), f.looks
	})
	return o
}

func TestAnHonestObserverIsTrusted(t *testing.T) {
	t.Parallel()
	late := func(after time.Duration) world {
		return func(id string, at time.Duration) (Look, error) {
			if at < after {
				return Look{Effects: map[string]int{"sent": 0}}, nil
			}
			return honest(id, at)
		}
	}
	tests := []struct {
		name   string
		world  world
		change func(*trial)
	}{
		{"that sees at once", honest, nil},
		{"that sees after a while", late(2 * time.Second), nil},
		{"that sees at the last moment", late(5 * time.Second), nil},
		{"that is in trouble at first", func(id string, at time.Duration) (Look, error) {
			if at < time.Second {
				return Look{}, &LookError{Observer: "observe.task", Kind: "sql", Err: errors.New("no such table")}
			}
			return honest(id, at)
		}, nil},
		{"that does not show exists", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			delete(l.Facts, "exists")
			if id == "1003" {
				l.Facts = judge.Facts{"phase": "", "events": json.Number("0"), "files": []any{}, "exit_code": nil}
			}
			return l, err
		}, nil},
		{"that shows fewer of the ids", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			delete(l.Facts, "to_url")
			delete(l.Facts, "source_urls")
			return l, err
		}, nil},
		{"of a receiver that gets the phase wrong", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			if l.Facts != nil {
				l.Facts["phase"] = "running"
			}
			return l, err
		}, nil},
		{"of a receiver that mixes the tasks up a little", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			if id == "1001" {
				l.Facts["stream_id"] = "stream-b"
			}
			return l, err
		}, nil},
		{"of effects alone", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			l.Facts = nil
			return l, err
		}, func(tr *trial) { tr.hasTask = false }},
		{"of an effect that a plain life does not have", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			l.Effects["sent"] = 0
			return l, err
		}, func(tr *trial) { tr.counted = nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if o := try(t, tt.world, tt.change); o.err != nil || !o.trust.Proven {
				t.Errorf("got %+v", o)
			}
		})
	}
}

func TestAnObserverThatLiesOrLagsIsNotTrusted(t *testing.T) {
	t.Parallel()
	replace := func(id, by string) world {
		return func(asked string, at time.Duration) (Look, error) {
			if asked == id {
				asked = by
			}
			return honest(asked, at)
		}
	}
	tests := []struct {
		name     string
		world    world
		observer string
		want     []string
	}{
		{"says that everything exists", func(string, time.Duration) (Look, error) {
			return Look{Facts: judge.Facts{"exists": true}, Raw: []byte("HTTP/1.1 200 OK\n\n{\"exists\":true}")}, nil
		}, "observe.task", []string{"it shows a task 1003, which was never sent", `Seen: HTTP/1.1 200 OK {"exists":true}`, "It must show nothing for an unknown id"}},
		{
			"says that nothing exists", func(string, time.Duration) (Look, error) { return Look{Raw: []byte("404")}, nil },
			"observe.task",
			[]string{"does not show canary", "within 5s, although the receiver acknowledged it", "raise observe.within"},
		},
		{"sees the running one alone", replace("1002", "1003"), "observe.task", []string{"does not show canary B (task 1002)"}},
		{"sees the ended one alone", replace("1001", "1003"), "observe.task", []string{"does not show canary A (task 1001)"}},
		{"answers for the other task", replace("1001", "1002"), "observe.task", []string{"asked for canary A (task 1001), it answers for canary B (task 1002)"}},
		{"answers for the other task, the other way", replace("1002", "1001"), "observe.task", []string{"asked for canary B (task 1002), it answers for canary A (task 1001)"}},
		{"lags", func(id string, at time.Duration) (Look, error) {
			if at < 6*time.Second {
				id = "1003"
			}
			return honest(id, at)
		}, "observe.task", []string{"within 5s"}},
		{"makes what it is asked for", func(id string, at time.Duration) (Look, error) {
			if id == "1003" && at > 0 {
				return Look{Facts: judge.Facts{"exists": true}}, nil
			}
			if at == 0 {
				id = "1003"
			}
			return honest(id, at)
		}, "observe.task", []string{"which was never sent, although it showed nothing before"}},
		{"is dead", func(string, time.Duration) (Look, error) {
			return Look{}, &LookError{Observer: "observe.task", Kind: "http", Err: errors.New("connection refused")}
		}, "observe.task", []string{"for 5s it could not look at a task that was never sent: connection refused"}},
		{"dies when asked for something", func(id string, at time.Duration) (Look, error) {
			if id == "1001" {
				return Look{}, &LookError{Observer: "observe.effects.sent", Kind: "sql", Err: errors.New("syntax error")}
			}
			return honest(id, at)
		}, "observe.effects.sent", []string{"for 5s it could not look at canary A: syntax error"}},
		{"counts for a task that never was", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			l.Effects = map[string]int{"sent": 7}
			return l, err
		}, "observe.effects.sent", []string{"it counts 7 for task 1003, which was never sent"}},
		{"counts nothing ever", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			l.Effects = map[string]int{"sent": 0}
			l.Counted = map[string][]byte{"sent": []byte("0 calls; 3 calls named no task")}
			return l, err
		}, "observe.effects.sent", []string{"it counts 0 for the whole life of canary B", "3 calls named no task", "`canary: false`"}},
		{"speaks other words", func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			if p, ok := l.Facts["phase"].(string); ok {
				l.Facts["phase"] = strings.ToUpper(p)
			}
			return l, err
		}, "observe.task", []string{`it shows the phases "RUNNING" and "ENDED"`, "Translate them"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := try(t, tt.world, nil)
			u, ok := errors.AsType[*UntrustworthyError](o.err)
			if !ok {
				t.Fatalf("got %v", o.err)
			}
			if u.Observer != tt.observer {
				t.Errorf("blames %s", u.Observer)
			}
			for _, w := range tt.want {
				if !strings.Contains(u.Error(), w) {
					t.Errorf("want %q in: %v", w, u)
				}
			}
			if o.took > 11*time.Second || o.looks > 100 {
				t.Errorf("it took %s and %d looks", o.took, o.looks)
			}
		})
	}
}

func TestACanaryThatWasNotAcknowledgedProvesNothing(t *testing.T) {
	t.Parallel()
	nothing := func(string, time.Duration) (Look, error) { return Look{Effects: map[string]int{"sent": 0}}, nil }
	unacknowledged := func(tr *trial) { tr.Running.Acknowledged, tr.Ended.Acknowledged = false, false }
	if o := try(t, nothing, unacknowledged); o.err != nil || o.trust.Proven || o.took > time.Second {
		t.Errorf("got %+v", o)
	}
	// But one that claims that everything exists is found out all the same.
	everything := func(string, time.Duration) (Look, error) { return Look{Facts: judge.Facts{"exists": true}}, nil }
	if o := try(t, everything, unacknowledged); !isUntrustworthy(o.err) {
		t.Errorf("got %+v", o)
	}
}

func isUntrustworthy(err error) bool {
	_, ok := errors.AsType[*UntrustworthyError](err)
	return ok
}

func TestTheFactsThatATargetShowsAreLearnt(t *testing.T) {
	t.Parallel()
	o := try(t, func(id string, at time.Duration) (Look, error) {
		l, err := honest(id, at)
		if id == "1001" {
			l.Facts["exit_code"] = nil
		}
		if id == "1002" {
			l.Facts["exit_message"] = "x"
		}
		return l, err
	}, nil)
	if o.err != nil {
		t.Fatal(o.err)
	}
	if diff := cmp.Diff([]string{"exists", "exit_code", "exit_message", "phase", "source_urls", "stream_id", "to_url"}, o.trust.Shown); diff != "" {
		t.Error(diff)
	}
}

func TestFactsThatNoCanaryHasAreTold(t *testing.T) {
	t.Parallel()
	without := func(fact string) func(string, time.Duration) (Look, error) {
		return func(id string, at time.Duration) (Look, error) {
			l, err := honest(id, at)
			delete(l.Facts, fact)
			return l, err
		}
	}
	naming := func(names ...string) func(*trial) { return func(tr *trial) { tr.named = names } }
	o := try(t, without("stream_id"), naming("exists", "phase", "stream_id", "alarms"))
	if diff := cmp.Diff([]string{"stream_id"}, o.trust.Absent); o.err != nil || diff != "" {
		t.Errorf("%v\n%s", o.err, diff)
	}
	if o := try(t, without("phase"), naming("exists", "phase")); !isUntrustworthy(o.err) || !strings.Contains(o.err.Error(), "facts.phase") {
		t.Errorf("without a phase: got %v", o.err)
	}
	// Who does not say that it can show a phase owes none.
	if o := try(t, without("phase"), naming("exists")); o.err != nil || len(o.trust.Absent) > 0 {
		t.Errorf("got %+v", o)
	}
}

func TestControlsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f := &fake{start: time.Now(), world: func(string, time.Duration) (Look, error) { return Look{}, nil }}
		tr := trial{Controls: controls(), set: f, hasTask: true}
		_, err := tr.run(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || isUntrustworthy(err) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(f.start); took != time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
