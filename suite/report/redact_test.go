package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func TestRewriteCopiesEverythingAndTouchesNoEnumeration(t *testing.T) {
	t.Parallel()
	run := fixture()
	before := run.Plays[1].Input
	copied := clean(run.Plays, bytes.ToUpper)
	if diff := cmp.Diff(fixture().Plays[1].Input, before); diff != "" {
		t.Errorf("the original was changed:\n%s", diff)
	}
	if got := copied[1].Result.Rows[0]; got.Verdict != judge.Broken || got.Requirement != "ACK-1" || got.Checks[0].Outcome != judge.Fail {
		t.Errorf("got %+v", got)
	}
	if got := copied[1].Input.Plan.Events[0]; got.Meaning != "callback" || got.ID != "TASKSTART" || !bytes.Contains(got.Body, []byte("TASK_ID")) {
		t.Errorf("got %+v", got)
	}
	clean(run.Plays, func(b []byte) []byte { clear(b); return b }) // a redactor may work in place
	if diff := cmp.Diff(fixture().Plays[1].Input, before); diff != "" {
		t.Error("a redactor that works in place changed the original")
	}
	same := clean(run.Plays, func(b []byte) []byte { return b })
	for i := range same {
		for j := range same[i].Input.Transcript.Deliveries {
			for k := range same[i].Input.Transcript.Deliveries[j].Attempts {
				run.Plays[i].Input.Transcript.Deliveries[j].Attempts[k].Request.Header[2].Value = redacted
				if a := run.Plays[i].Input.Transcript.Deliveries[j].Attempts[k].Answer; a != nil && len(a.Header) > 1 {
					a.Header[1].Value = redacted
				}
			}
		}
	}
	if diff := cmp.Diff(run.Plays, same); diff != "" {
		t.Errorf("but for the credentials of headers nothing may change (-want +got):\n%s", diff)
	}
}

// secrets of the fixture: none of them may be in any report, in whatever spelling.
var fixtureSecrets = []string{key, "very-secret-token", "s3cr3t-cookie", "5d41402abc", "hunter2hunter2"}

func TestNoReportHoldsASecret(t *testing.T) {
	t.Parallel()
	run := fixture()
	run.Target.URL = "http://user:hunter2hunter2@127.0.0.1:8080/cb"
	run.Problem = "cannot reach postgres://u:hunter2hunter2@db/x with key " + key
	run.CutShort = "sign=5d41402abc"
	wrong := &run.Plays[1].Result.Rows[0].Checks[0]
	wrong.Actual, wrong.Reason = "the key is "+key, "http://h?txSecret=5d41402abc"
	run.Plays[0].Input.Samples = []judge.Sample{{Step: judge.Final, Task: "task", Error: "dsn u:hunter2hunter2@db " + key, Facts: judge.Facts{"exit_message": []any{map[string]any{"a": "bye " + key}}}}}
	run.Plays[0].Input.Fetches = []judge.Fetch{{Path: "/x?sign=5d41402abc"}}
	run.Plays[0].Input.Transcript.Aborted = "panic: " + key
	run.Redact = Redactor(key, "hunter2hunter2")
	r := Build(run)
	outputs := map[string][]byte{
		"json":     render(t, func(b *bytes.Buffer) error { return JSON(b, r) }),
		"junit":    render(t, func(b *bytes.Buffer) error { return JUnit(b, r) }),
		"markdown": render(t, func(b *bytes.Buffer) error { return Markdown(b, r) }),
		"html":     render(t, func(b *bytes.Buffer) error { return HTML(b, r, run) }),
		"console":  render(t, func(b *bytes.Buffer) error { return Console(b, r, ConsoleOptions{}) }),
		"run log":  render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) }),
		"live": render(t, func(b *bytes.Buffer) error {
			l := NewLive(b, run, ConsoleOptions{})
			if err := l.Play(run.Plays[0]); err != nil {
				return err
			}
			return l.Transcript(run.Plays[0].Input)
		}),
		"a single attempt": render(t, func(b *bytes.Buffer) error {
			d := run.Plays[0].Input.Transcript.Deliveries[0]
			return NewLive(b, run, ConsoleOptions{}).Exchange(d, d.Attempts[0])
		}),
	}
	for name, out := range outputs {
		for _, s := range fixtureSecrets {
			if i := bytes.Index(out, []byte(s)); i >= 0 {
				t.Errorf("%s holds %q: …%s…", name, s, out[max(0, i-60):min(len(out), i+60)])
			}
		}
		if !bytes.Contains(out, []byte(redacted)) && name != "a single attempt" {
			t.Errorf("%s has nothing redacted: it did not show what it should", name)
		}
	}
}

func TestALongBodyIsRedactedBeforeItIsCut(t *testing.T) {
	t.Parallel()
	p := fixture().Plays[1]
	// The secret lies across the place where bodies are cut.
	p.Input.Transcript.Deliveries[0].Attempts[0].Answer = &emitter.Answer{Status: 500, Body: append(bytes.Repeat([]byte("x"), maxBodyShown-5), []byte(" "+key+" tail")...)}
	got := Build(Run{Plays: []Play{p}, Redact: Redactor(key)})
	for _, l := range got.Scenarios[0].Findings[0].Exchange {
		if strings.Contains(l, key[:4]) {
			t.Errorf("a part of the secret is left: %s", l[max(0, len(l)-100):])
		}
	}
}
