package observe_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
	"github.com/relaycheck/relaycheck/suite/target"
)

func TestALookHoldsWhatCouldBeSeenBesideWhatCouldNot(t *testing.T) {
	t.Parallel()
	set := open(t, `
task: {http: "`+answer(t, 200, "", `{"exists":true}`)+`/{{task_id}}"}
effects:
	good: {http: "`+answer(t, 200, "", `2`)+`/{{task_id}}"}
	bad: {http: "`+answer(t, 500, "", ``)+`/{{task_id}}"}
	dead: {http: "http://`+nobody(t)+`/{{task_id}}"}
`)
	l, err := set.Look(ctx, one)
	if diff := cmp.Diff(map[string]int{"good": 2}, l.Effects); diff != "" || l.Facts["exists"] != true {
		t.Errorf("facts %v, effects: %s", l.Facts, diff)
	}
	if err == nil || !strings.Contains(err.Error(), "observe.effects.bad") || !strings.Contains(err.Error(), "observe.effects.dead") || strings.Contains(err.Error(), "good") {
		t.Errorf("got %v", err)
	}
}

func TestASetWithoutObserversIsEmpty(t *testing.T) {
	t.Parallel()
	bare, err := target.New("http://127.0.0.1:1/")
	if err != nil {
		t.Fatal(err)
	}
	set, err := observe.Open(ctx, bare)
	if err != nil {
		t.Fatal(err)
	}
	l := look(t, set, one)
	if !set.Empty() || l.Facts != nil || l.Effects != nil {
		t.Errorf("got %+v", l)
	}
	if diff := cmp.Diff(judge.Capabilities{Facts: []string{}, Effects: []string{}, Within: emitter.Offset(target.DefaultWithin)}, set.Capabilities([]string{"phase"})); diff != "" {
		t.Error(diff)
	}
	if err := set.Close(); err != nil {
		t.Error(err)
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	standard := open(t, "task: {http: 'http://127.0.0.1:1/{{task_id}}'}")
	if diff := cmp.Diff([]string{"exists", "phase"}, standard.Capabilities([]string{"exists", "phase"}).Facts); diff != "" {
		t.Error(diff)
	}
	parsed, err := target.Parse("f.yaml", []byte(`
url: http://127.0.0.1:1/
signing: {key: abcd, required: true}
observe:
  within: 3s
  task: {http: "http://127.0.0.1:1/{{task_id}}", facts: {phase: text}}
  effects: {b: {http: "http://127.0.0.1:1/{{task_id}}"}, a: {http: "http://127.0.0.1:1/{{task_id}}"}}
hooks: {kill: {command: [a]}, restart: {command: [b]}}
`), t.TempDir(), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	set, err := observe.Open(ctx, parsed)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	want := judge.Capabilities{
		Facts: []string{"phase"}, Effects: []string{"b", "a"}, Hooks: []string{"restart", "kill"}, Signing: true, Signed: true,
		Within: emitter.Offset(3 * time.Second),
	}
	if diff := cmp.Diff(want, set.Capabilities([]string{"exists"})); diff != "" {
		t.Error(diff)
	}
}

// A receiver of a few lines, in the standard shape.
type receiver struct {
	mu    sync.Mutex
	tasks map[string]map[string]any
	blind bool
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	task, ok := r.tasks[strings.TrimPrefix(req.URL.Path, "/tasks/")]
	if !ok || r.blind {
		http.NotFound(w, req)
		return
	}
	_ = json.NewEncoder(w).Encode(task)
}

func TestCheckOverHTTP(t *testing.T) {
	t.Parallel()
	c := observe.Controls{
		Running: observe.Canary{Identity: observe.Identity{TaskID: "1", StreamID: "a"}, Name: "canary A", Acknowledged: true},
		Ended:   observe.Canary{Identity: observe.Identity{TaskID: "2", StreamID: "b"}, Name: "canary B", Acknowledged: true},
		Never:   observe.Identity{TaskID: "3", StreamID: "n"},
		Within:  200 * time.Millisecond,
	}
	r := &receiver{tasks: map[string]map[string]any{
		"1": {"phase": "running", "stream_id": "a", "exit_code": nil},
		"2": {"phase": "ended", "stream_id": "b", "exit_code": -22},
	}}
	base := serve(t, r.ServeHTTP)
	set := open(t, "task: {http: '"+base+"/tasks/{{task_id}}'}")
	trust, err := observe.Check(ctx, set, c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(observe.Trust{Shown: []string{"exists", "exit_code", "phase", "stream_id"}, Proven: true}, trust); diff != "" {
		t.Error(diff)
	}
	r.mu.Lock()
	r.blind = true
	r.mu.Unlock()
	var u *observe.UntrustworthyError
	if _, err = observe.Check(ctx, set, c); !errors.As(err, &u) || !strings.Contains(err.Error(), "404 Not Found") {
		t.Errorf("got %v", err)
	}
	lying := open(t, "task: {http: '"+base+"/tasks/{{task_id}}', facts: {exists: status > 0}}")
	if _, err = observe.Check(ctx, lying, c); !errors.As(err, &u) || !strings.Contains(err.Error(), "never sent") {
		t.Errorf("got %v", err)
	}
}
