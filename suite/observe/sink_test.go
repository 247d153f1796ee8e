package observe_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
	"github.com/relaycheck/relaycheck/suite/target"
)

// call posts to a sink and gives status and body.
func call(t *testing.T, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Kind", "note")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(resp.StatusCode, " ", string(answer))
}

func TestSinkCountsCallsByTask(t *testing.T) {
	t.Parallel()
	addr := nobody(t)
	set := open(t, `
effects:
	notes: {sink: {listen: "`+addr+`"}, task_id: 'body.task_id ?? query.task'}
`)
	base := "http://" + addr
	if got := call(t, base+"/x", `{"task_id":"118148"}`); got != `200 {"code":0}` {
		t.Errorf("got %s", got)
	}
	call(t, base+"/x", `{"task_id":118148}`)
	call(t, base+"/x?task=2", `{}`)
	call(t, base+"/x", `not json`)
	call(t, base+"/x", `{"task_id":""}`)
	wantEffects(t, set, one, map[string]int{"notes": 2})
	wantEffects(t, set, observe.Identity{TaskID: "2"}, map[string]int{"notes": 1})
	wantEffects(t, set, observe.Identity{TaskID: "3"}, map[string]int{"notes": 0})
	if raw := string(look(t, set, one).Counted["notes"]); raw != `2 calls; 2 calls named no task by body.task_id ?? query.task, the last was POST /x {"task_id":""}` {
		t.Errorf("got %s", raw)
	}
}

func TestSinkShowsFacts(t *testing.T) {
	t.Parallel()
	addr := nobody(t)
	set := open(t, `
task:
	sink: {listen: "`+addr+`"}
	task_id: body.id
	facts: {exists: len(calls) > 0, phase: call.body.phase, events: 'count(calls, .headers["x-kind"] == "note" && .query.a == "b")', exit_message: call.path}
`)
	call(t, "http://"+addr+"/one?a=b", `{"id":"118148","phase":"running"}`)
	call(t, "http://"+addr+"/two", `{"id":"118148","phase":"ended"}`)
	wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "ended", "events": number("1"), "exit_message": "/two"})
	wantFacts(t, set, observe.Identity{TaskID: "3"}, judge.Facts{"exists": false})
}

func TestSinkAnswersByTheScript(t *testing.T) {
	t.Parallel()
	addr := nobody(t)
	open(t, `
effects:
	notes:
		task_id: body.id
		sink:
			listen: "`+addr+`"
			answer: [{status: 503, body: later, headers: {Retry-After: 1}}, {status: 201, body: thanks, delay: 1ms}]
`)
	var got []string
	for _, id := range []string{"a", "b", "a", "a", "b"} {
		got = append(got, call(t, "http://"+addr, `{"id":"`+id+`"}`))
	}
	want := []string{"503 later", "503 later", "201 thanks", "201 thanks", "201 thanks"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSinkCountsManyAtOnce(t *testing.T) {
	t.Parallel()
	addr := nobody(t)
	set := open(t, `effects: {notes: {sink: {listen: "`+addr+`"}, task_id: path}}`)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { call(t, "http://"+addr+"/118148", "") })
	}
	wg.Wait()
	wantEffects(t, set, observe.Identity{TaskID: "/118148"}, map[string]int{"notes": 50})
}

func TestACallThatBreaksOffIsNoCall(t *testing.T) {
	t.Parallel()
	addr := nobody(t)
	set := open(t, `effects: {notes: {sink: {listen: "`+addr+`"}, task_id: body.id}}`)
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"id\":\"1\"}")); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, c) // until the sink has given up
	_ = c.Close()
	wantEffects(t, set, observe.Identity{TaskID: "1"}, map[string]int{"notes": 0})
}

func TestAHugeCallIsCountedAndNotKept(t *testing.T) {
	t.Parallel()
	addr := nobody(t)
	set := open(t, `effects: {notes: {sink: {listen: "`+addr+`"}, task_id: path}, kept: {sink: {listen: "`+nobody(t)+`"}, task_id: path}}`)
	call(t, "http://"+addr+"/1", string(bytes.Repeat([]byte("x"), 900<<10)))
	wantEffects(t, set, observe.Identity{TaskID: "/1"}, map[string]int{"notes": 1, "kept": 0})
}

func TestASinkThatCannotListen(t *testing.T) {
	t.Parallel()
	taken := silent(t)
	parsed, err := target.Parse("relaycheck.yaml", []byte(`
url: http://127.0.0.1:1/
observe: {effects: {free: {sink: {listen: "127.0.0.1:0"}, task_id: path}, taken: {sink: {listen: "`+taken+`"}, task_id: path}}}
`), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = observe.Open(ctx, parsed)
	var le *observe.LookError
	if !errors.As(err, &le) || !strings.Contains(err.Error(), "observe.effects.taken (sink, relaycheck.yaml:3:82): listen on "+taken) {
		t.Errorf("got %v", err)
	}
}

func TestClosingASinkDoesNotWaitForItsCallers(t *testing.T) {
	t.Parallel()
	addr := nobody(t)
	parsed, err := target.Parse("relaycheck.yaml", []byte(`
url: http://127.0.0.1:1/
observe: {effects: {n: {sink: {listen: "`+addr+`", answer: {delay: 50s}}, task_id: path}}}
`), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := observe.Open(ctx, parsed)
	if err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, "http://"+addr+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	called := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		called <- err
	}()
	for look(t, set, observe.Identity{TaskID: "/x"}).Effects["n"] == 0 {
		<-time.After(time.Millisecond) // polls
	}
	if err := set.Close(); err != nil {
		t.Error(err)
	}
	if err := <-called; err == nil || limited.Err() != nil {
		t.Errorf("the caller was answered or timed out: %v", err)
	}
}
