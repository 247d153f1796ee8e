package emitter_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
)

func TestPosting(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	c := emitter.TaskStart(seedTask(), 1)
	a, err := emitter.Post(t.Context(), r.URL, c)
	if err != nil || a.Answer.Status != 200 || string(a.Answer.Body) != `{"code":0}` {
		t.Fatalf("%+v, %v", a, err)
	}
	if got, _ := r.bytes(t, 0); !strings.HasSuffix(got, "\r\n\r\n"+string(c.Bytes())) {
		t.Errorf("sent %s", got)
	}
}

func TestPostingToNobodyIsAnError(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(c *accepted) { c.readRequest() })
	_, err := emitter.Post(t.Context(), r.URL, emitter.TaskStart(seedTask(), 1))
	var undelivered *emitter.UndeliveredError
	if !errors.As(err, &undelivered) || undelivered.Attempt.Failure.Kind != emitter.FailClosed || !strings.Contains(err.Error(), "TaskStart") {
		t.Errorf("%v", err)
	}
	if _, err := emitter.Post(t.Context(), "nowhere", emitter.TaskStart(seedTask(), 1)); err == nil || errors.As(err, &undelivered) {
		t.Errorf("%v", err)
	}
}

func TestEmittingWithAPolicyAndAKey(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	r := newReceiver(t, func(c *accepted) {
		for c.readRequest() {
			status := "500 X"
			if n.Add(1) == 3 {
				status = "200 OK"
			}
			_, _ = c.Write([]byte("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"))
		}
	})
	e := emitter.New(r.URL)
	defer e.Close()
	e.Policy, _ = emitter.PolicyNamed(emitter.CSSGeneral)
	e.Scale = 60_000
	e.Key = "k"
	traced := 0
	e.Trace = func(emitter.TraceEvent) { traced++ }
	c := emitter.TaskStart(seedTask(), 1)
	d, err := e.Emit(t.Context(), c)
	if err != nil || len(d.Attempts) != 3 || !d.Last().OK() || traced != 8 {
		t.Errorf("%v, %d attempts, %d events", err, len(d.Attempts), traced)
	}
	if _, signed := c.Get("sign"); signed {
		t.Error("the caller's callback was changed")
	}
	sent, err := emitter.Parse(d.Last().Request.Body)
	mustDo(t, err)
	at, _ := sent.Get("t")
	var expires int64
	mustDo(t, json.Unmarshal(at, &expires))
	if left := time.Until(time.Unix(expires, 0)); left < 9*time.Minute || left > 10*time.Minute {
		t.Errorf("the signature is valid for %v", left)
	}
	if sign, _ := sent.Get("sign"); string(sign) != `"`+emitter.Signature("k", expires)+`"` {
		t.Errorf("sign is %s", sign)
	}
}

func TestATranscriptSurvivesJSON(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, say("HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\n\xff\x00a"))
	req := request(r.URL, "a\xffb")
	req.Wire = emitter.Wire{TruncateAt: new(2), HalfClose: true, WriteSize: 3, WritePause: time.Microsecond}
	script := emitter.Script{Steps: []emitter.Step{
		{ID: "a", Parcel: &emitter.Parcel{Event: "a", Request: request(r.URL, "{}")}},
		{ID: "b", After: []int{0}, Parcel: &emitter.Parcel{Event: "b", Copy: 1, Held: true, Request: req, Policy: emitter.Policy{Name: "p", Attempts: 2}}},
		step("c", 0, 1),
	}}
	s := newSender(t, emitter.SenderOptions{})
	first, err := json.Marshal(emitter.Play(t.Context(), script, s))
	mustDo(t, err)
	var back emitter.Transcript
	mustDo(t, json.Unmarshal(first, &back))
	second, err := json.Marshal(back)
	mustDo(t, err)
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Error(diff)
	}
}
