package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// sameRun compares runs but for what is no data: the redactor, and nil where an empty list was.
func sameRun(want, got Run) string {
	want.Redact, got.Redact = nil, nil
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(scenarios.Catalogue{}),
		// Long bodies would be compared line by line, which takes seconds.
		cmp.FilterValues(func(a, b emitter.Bytes) bool { return len(a)+len(b) > 0 }, cmp.Comparer(func(a, b emitter.Bytes) bool { return bytes.Equal(a, b) })))
}

// everyEnum is a run in which every enumeration of the contract takes every value.
func everyEnum() Run {
	run := fixture()
	sc := ref("every-enum", "ACK-1")
	p := play(9, sc, []sent{{event: "TaskStart", body: body("TaskStart", "{}"), answers: []*emitter.Answer{ok()}}})
	p.Result.Rows = nil
	for _, v := range []judge.Verdict{judge.Held, judge.Broken, judge.Warned, judge.NotObservable, judge.NotTestable} {
		p.Result.Rows = append(p.Result.Rows, judge.Row{Requirement: "ACK-1", Scenario: sc.ID, Level: scenarios.May, Verdict: v})
	}
	for _, l := range []scenarios.Level{scenarios.Must, scenarios.Should, scenarios.May, ""} {
		for _, o := range []judge.Outcome{judge.Pass, judge.Fail, judge.CannotObserve, judge.CannotTest} {
			p.Result.Rows[0].Checks = append(p.Result.Rows[0].Checks, judge.Check{Kind: "expr", Subject: "a < b && c > d", Outcome: o, Severity: l})
		}
	}
	for _, m := range []scenarios.Meaning{scenarios.MeansCallback, scenarios.MeansSibling, scenarios.MeansEither, scenarios.MeansNothing, scenarios.MeansForged} {
		p.Input.Plan.Events = append(p.Input.Plan.Events, scenarios.Event{ID: string(m), Meaning: m, Body: emitter.Bytes("\x00\xff")})
	}
	for _, f := range []string{
		emitter.FailRefused, emitter.FailTimeout, emitter.FailReset, emitter.FailClosed, emitter.FailTLS,
		emitter.FailProtocol, emitter.FailCanceled, emitter.FailOurs, emitter.FailOther,
	} {
		p.Input.Transcript.Deliveries = append(p.Input.Transcript.Deliveries, emitter.Delivery{
			ID: f, Event: f, Attempts: []emitter.Attempt{{Number: 1, Of: 1, Reason: "first", Failure: &emitter.Failure{Kind: f, Message: "m"}}},
		})
	}
	at, n := -3, 2
	yes := judge.Facts{"exists": true, "started_at": json.Number("1757491200000"), "files": []any{map[string]any{"index": json.Number("9007199254740993")}}, "exit_message": nil}
	p.Input.Plan.Steps = append(p.Input.Plan.Steps,
		scenarios.Step{ID: "r", Hook: "restart", After: []int{0}},
		scenarios.Step{ID: "w", Wait: true},
		scenarios.Step{ID: "o", Observe: &scenarios.Expect{
			Tasks:   map[string]map[string]any{"task": {"phase": "ended", "exit_code": json.Number("-22"), "x": nil}},
			Effects: map[string]scenarios.Count{"rows": {Exactly: &n, Never: true}}, Checks: []scenarios.Check{{Expr: "a && b"}},
			Answers: &scenarios.Answer{Status: []string{"2xx"}, Body: map[string]any{"code": json.Number("0")}, Header: map[string]string{"X": "^a$"}},
		}},
		scenarios.Step{ID: "d", Deliver: &scenarios.Deliver{Event: "e", Request: emitter.Request{Wire: emitter.Wire{ResetAt: &at, TruncateAt: &n, Chunked: true, WritePause: 1500}}, Policy: emitter.Policy{Name: "css-general", Attempts: 13, Interval: 60e9, Status: "assumed"}}},
	)
	p.Input.Transcript.Steps = []emitter.StepRecord{{ID: "r", Planned: ms(1), Error: "exit status 1"}}
	p.Input.Samples = []judge.Sample{{Step: "o", Task: "task", At: ms(3), Took: ms(1), Facts: yes, Effects: map[string]int{"rows": 1}, Error: ""}, {Step: judge.Final, Error: "connection refused"}}
	p.Input.Fetches = []judge.Fetch{{At: ms(1), Method: "GET", Path: "/x", Task: "task", Which: "msg.url"}}
	run.Plays = append(run.Plays, p)
	run.Problem, run.CutShort, run.Stopped, run.Strict, run.Scale = "p", "c", true, true, 12.5
	return run
}

func TestARunLogIsReadBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	run := everyEnum()
	log := render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) })
	got, err := ReadLog(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	if diff := sameRun(run.cleaned(), got); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	again := render(t, func(b *bytes.Buffer) error { return WriteLog(b, got) })
	if !bytes.Equal(log, again) {
		t.Error("written again, it is another log")
	}
	// Every report is the same, whether from the run or from its log.
	if diff := cmp.Diff(Build(run), Build(got)); diff != "" {
		t.Errorf("the report from the log differs (-run +log):\n%s", diff)
	}
}

func TestEveryLineOfARunLogIsWhatItsSchemaSays(t *testing.T) {
	t.Parallel()
	schema := checkedIn(t, "run.schema.json")
	for name, run := range map[string]Run{"every enumeration": everyEnum(), "long bodies": longBodies(), "nothing": {}} {
		log := render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) })
		for line := range bytes.Lines(log) {
			if err := schema.Validate(decoded(t, line)); err != nil {
				t.Errorf("%s: %#v in\n%.300s", name, err, line)
			}
		}
	}
	if schema.Validate(map[string]any{"kind": "play"}) == nil {
		t.Error("a play without anything is valid")
	}
}

func longBodies() Run {
	run := fixture()
	long := emitter.Bytes(strings.Repeat("直播", blobFrom) + "\xff")
	for _, b := range []emitter.Bytes{long, emitter.Bytes(blobPrefix), emitter.Bytes(blobPrefix + strings.Repeat("0", 64)), emitter.Bytes("short")} {
		run.Plays[0].Input.Plan.Events = append(run.Plays[0].Input.Plan.Events, scenarios.Event{ID: "e", Body: b, Meaning: scenarios.MeansNothing})
	}
	run.Plays[0].Input.Transcript.Deliveries[0].Attempts[0].Request.Body = long
	return run
}

func TestLongBodiesAreKeptOnceAndWhole(t *testing.T) {
	t.Parallel()
	run := longBodies()
	log := render(t, func(b *bytes.Buffer) error { return WriteLog(b, run) })
	if len(log) > 100_000 {
		t.Errorf("the log has %d bytes", len(log))
	}
	got, err := ReadLog(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	if diff := sameRun(run.cleaned(), got); diff != "" {
		t.Errorf("(-written +read):\n%.2000s", diff)
	}
}

func TestAnyBodySurvivesTheRunLog(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		run := wild(t)
		run.Redact = func(b []byte) []byte { return b }
		var b bytes.Buffer
		if err := WriteLog(&b, run); err != nil {
			t.Fatal(err)
		}
		got, err := ReadLog(&b)
		if err != nil {
			t.Fatal(err)
		}
		want, read := run.Plays[0].Input.Transcript.Deliveries[0].Attempts[0], got.Plays[0].Input.Transcript.Deliveries[0].Attempts[0]
		if !bytes.Equal(want.Request.Body, read.Request.Body) || !bytes.Equal(want.Answer.Body, read.Answer.Body) {
			t.Fatalf("wrote %q and %q, read %q and %q", want.Request.Body, want.Answer.Body, read.Request.Body, read.Answer.Body)
		}
	})
}

func TestADamagedLogSaysWhere(t *testing.T) {
	t.Parallel()
	good := string(render(t, func(b *bytes.Buffer) error { return WriteLog(b, fixture()) }))
	lines := strings.SplitAfter(good, "\n")
	for _, tc := range []struct {
		name      string
		log       string
		line      int
		truncated bool
		says      string
		plays     int
	}{
		{"nothing", "", 1, true, "empty", 0},
		{"no JSON", "hello\n", 1, false, "not a record", 0},
		{"another JSON", `{"a":1}` + "\n", 1, false, `must be of kind "run"`, 0},
		{"the head is missing", strings.Join(lines[1:], ""), 1, false, `must be of kind "run"`, 0},
		{"two heads", lines[0] + lines[0], 2, false, "second record", 0},
		{"the end is missing", strings.Join(lines[:6], ""), 7, true, `without a record of kind "end"`, 5},
		{"cut in the middle of a play", strings.Join(lines[:3], "") + lines[3][:len(lines[3])/2], 4, true, "ends in the middle", 2},
		{"cut between the end and its newline is whole enough", strings.TrimSuffix(good, "\n"), 0, false, "", 5},
		{"a line of rubbish", lines[0] + lines[1] + "{]\n" + lines[2], 3, false, "not a record", 1},
		{"a play is missing", lines[0] + lines[1] + lines[6], 3, false, "the end says that there are 5 plays, the log has 1", 1},
		{"something after the end", good + lines[1], 8, false, `after the one of kind "end"`, 5},
		{"two records in one line", lines[0] + strings.TrimSuffix(lines[1], "\n") + lines[2], 2, false, "something behind", 0},
		{"an unknown kind", lines[0] + `{"kind":"song"}` + "\n", 2, false, `unknown kind of record "song"`, 0},
		{"a later format", strings.Replace(good, `"format":1`, `"format":2`, 1), 1, false, "has format 2, this program reads up to 1", 0},
		{"no format", strings.Replace(good, `"format":1,`, ``, 1), 1, false, "has format 0", 0},
		{"an edited verdict", strings.Replace(good, `"verdict":"broken"`, `"verdict":"passed"`, 1), 2, false, `unknown verdict "passed"`, 0},
		{"an edited outcome", strings.Replace(good, `"outcome":"fail"`, `"outcome":"ok"`, 1), 2, false, `unknown outcome "ok"`, 0},
		{"an edited level", strings.Replace(good, `"level":"MUST","verdict"`, `"level":"must","verdict"`, 1), 2, false, `unknown level "must"`, 0},
		{"a blob that is not there", lines[0] + strings.Replace(lines[1], `"body":"`, `"body":"`+blobPrefix, 1), 2, false, "has no blob", 0},
		{"an empty line is nothing", lines[0] + "\n" + strings.Join(lines[1:], ""), 0, false, "", 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadLog(strings.NewReader(tc.log))
			if len(got.Plays) != tc.plays {
				t.Errorf("%d plays could be read, want %d", len(got.Plays), tc.plays)
			}
			if tc.says == "" {
				if err != nil {
					t.Errorf("got the error %v", err)
				}
				return
			}
			var le *LogError
			if !errors.As(err, &le) {
				t.Fatalf("got %v", err)
			}
			if le.Line != tc.line || le.Truncated != tc.truncated || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got line %d, truncated %v: %v", le.Line, le.Truncated, err)
			}
		})
	}
}

// A log that cannot be read to its end, a cut archive for one, is good as far as it goes.
func TestALogThatCannotBeReadToItsEndIsTruncated(t *testing.T) {
	t.Parallel()
	good := render(t, func(b *bytes.Buffer) error { return WriteLog(b, fixture()) })
	ill := errors.New("the disk is ill")
	for cut, plays := range map[int]int{len(good): 5, len(good) - 2: 5, bytes.IndexByte(good, '\n') + 5: 0} {
		got, err := ReadLog(io.MultiReader(bytes.NewReader(good[:cut]), iotest.ErrReader(ill)))
		le, ok := errors.AsType[*LogError](err)
		if !ok || !le.Truncated || !errors.Is(err, ill) || len(got.Plays) != plays {
			t.Errorf("cut after %d bytes: %d plays, want %d; %v", cut, len(got.Plays), plays, err)
		}
	}
}

func TestABlobThatWasChangedIsNoticed(t *testing.T) {
	t.Parallel()
	in := judge.Input{Plan: scenarios.Plan{Events: []scenarios.Event{{Body: bytes.Repeat([]byte("x"), blobFrom)}}}}
	out, blobs := takeBlobs(in)
	if len(blobs) != 1 || len(out.Plan.Events[0].Body) > 100 {
		t.Fatalf("%d blobs", len(blobs))
	}
	for k := range blobs {
		blobs[k] = pack([]byte("y"))
	}
	if _, err := putBlobs(out, blobs); err == nil || !strings.Contains(err.Error(), "another digest") {
		t.Errorf("got %v", err)
	}
}

func TestALogCanBeWrittenFromManyPlaysAtOnce(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	run := fixture()
	l, err := NewLog(&b, run)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := l.Play(run.Plays[0]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := l.End(run); err != nil {
		t.Fatal(err)
	}
	got, err := ReadLog(&b)
	if err != nil || len(got.Plays) != 20 {
		t.Errorf("%d plays, %v", len(got.Plays), err)
	}
}

// brokenPipe takes so many bytes and then no more.
type brokenPipe struct{ left int }

func (p *brokenPipe) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(b), nil
}

func TestALogThatCannotBeWrittenSaysSoEveryTime(t *testing.T) {
	t.Parallel()
	run := fixture()
	l, err := NewLog(&brokenPipe{left: 10_000}, run)
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for range 3 {
		if err := l.Play(run.Plays[0]); err != nil {
			failed++
		}
	}
	if err := l.End(run); err == nil || failed == 0 {
		t.Errorf("%d plays failed, the end says %v", failed, err)
	}
}
