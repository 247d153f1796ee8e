package validate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/schema"
)

// alarm is a TaskAlarm as the 2025-09 edition's table has it.
const alarm = `{"appid":4,"callback_event":"TaskAlarm","event_time":"1757000000","event_type":314,"msg":"{\"type\":\"PullFileFailed\",\"message\":\"m\",\"url\":\"u\"}",` +
	`"source_urls":"[\"u\"]","stream_id":"s","task_id":"1","to_url":"t"}`

// variants are callbacks that editions differ about, and some that they agree about.
func variants() []string {
	start, exit := line1(schema.TaskStart), line1(schema.TaskExit)
	timed := func(s string) string { return strings.Replace(s, `"appid"`, `"event_time":"1712893433","appid"`, 1) }
	broken := func(s string) string { return strings.Replace(s, `"event_type"`, `"nonce":1,"event_type"`, 1) }
	return []string{
		start, exit, timed(start), timed(exit), alarm, strings.Replace(alarm, `"event_time":"1757000000",`, "", 1),
		broken(start), broken(timed(exit)), broken(alarm), strings.Replace(alarm, "PullFileFailed", "Nothing", 1), strings.Replace(alarm, `"4"`, `4`, 1),
		strings.Replace(start, "TaskStart", "TaskPause", 1), strings.Replace(timed(start), "TaskStart", "ResetTaskConfig", 1),
		strings.Replace(exit, "-22", "null", 1), strings.Replace(timed(exit), "-22", "null", 1), `{"event_type":1,"t":1,"sign":"s"}`, "no json", `{"event_type":3}`,
		strings.Replace(timed(start), "\"1712893433\"", "1712893433", 1), strings.Replace(start, "TaskStart", `\u0054askStart`, 1),
	}
}

func TestTheEditionsOfACaptureAreThoseOfItsDocuments(t *testing.T) {
	t.Parallel()
	all := variants()
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 5))
		some := r.Perm(len(all))[:1+r.IntN(len(all))]
		n := 40 + r.IntN(200)
		if seed == 0 {
			n = 4000 // enough for a file to be read as lines
		}
		var lines []string
		for range n {
			lines = append(lines, all[some[r.IntN(len(some))]])
		}
		capture := strings.Join(lines, "\n") + "\n"
		name := filepath.Join(t.TempDir(), "capture.ndjson")
		if err := os.WriteFile(name, []byte(capture), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, opts := range []schema.Options{{}, {NoFastPath: true}, {Reading: schema.Documented}, {Edition: schema.Edition2022_01}} {
			if opts.NoFastPath && seed != 1 && seed != 2 { // it is slow
				continue
			}
			var out bytes.Buffer
			if _, err := Run(t.Context(), []string{name}, nil, &out, Options{Format: NDJSON, Schema: opts}); err != nil {
				t.Fatal(err)
			}
			got := tailOf(t, out.String()).Editions
			if err := checkEditions(got, lines, opts); err != nil {
				t.Errorf("seed %d, %d lines, %+v: %v", seed, n, opts, err)
			}
		}
	}
}

// checkEditions holds what is told of editions against what the schemas say of every single document.
func checkEditions(got Editions, lines []string, opts schema.Options) error {
	relay, timed, alarms := 0, 0, 0
	fit, times := map[schema.Edition]int{}, map[string]int{}
	for _, l := range lines {
		times[l]++
	}
	for l, n := range times {
		report := schema.Validate([]byte(l), opts)
		if report.Kind != schema.KindRelay {
			continue
		}
		relay += n
		if report.Timed != strings.Contains(l, "event_time") {
			return fmt.Errorf("timed %v: %s", report.Timed, l)
		}
		if report.Timed {
			timed += n
		}
		if report.Event == schema.TaskAlarm {
			alarms += n
		}
		for _, e := range schema.Editions() {
			alone := opts
			alone.Edition = e
			if r := schema.Validate([]byte(l), alone); r.Verdict == schema.OK {
				fit[e] += n
			}
		}
	}
	if got.Relay != relay {
		return fmt.Errorf("%d relay callbacks, not %d", got.Relay, relay)
	}
	asked := 0
	for _, f := range got.Each {
		if opts.Edition == schema.Auto || opts.Edition == f.Edition {
			asked++
		}
		if f.Fit != fit[f.Edition] || f.Share != share(fit[f.Edition], relay) {
			return fmt.Errorf("%s fits %d (%v), not %d of %d", f.Edition, f.Fit, f.Share, fit[f.Edition], relay)
		}
		if (f.Fit == relay) != (len(f.Against) == 0) {
			return fmt.Errorf("%s fits %d of %d, and against it speaks %+v", f.Edition, f.Fit, relay, f.Against)
		}
		early, unknown := 0, 0
		for _, r := range f.Against {
			switch {
			case r.Code == codeEarlyTime:
				early = r.Documents
			case r.Code == codeUnknownEvent && r.Reason == schema.TaskAlarm:
				unknown = r.Documents
			}
			if r.Documents > relay-f.Fit {
				return fmt.Errorf("%s: %+v speaks against more than do not fit", f.Edition, r)
			}
		}
		if want := ifNot(f.Edition.HasEventTime(), timed); early != want {
			return fmt.Errorf("%s: event_time speaks against it %d times, not %d", f.Edition, early, want)
		}
		if want := ifNot(f.Edition.Names(schema.TaskAlarm), alarms); unknown != want {
			return fmt.Errorf("%s: TaskAlarm speaks against it %d times, not %d", f.Edition, unknown, want)
		}
	}
	if asked != len(got.Each) || opts.Edition == schema.Auto && asked != len(schema.Editions()) {
		return fmt.Errorf("editions %+v", got.Each)
	}
	for _, e := range got.Fit {
		if fit[e] != relay {
			return fmt.Errorf("%s is said to fit all", e)
		}
	}
	return nil
}

func ifNot(known bool, n int) int {
	if known {
		return 0
	}
	return n
}

func TestWhatSpeaksAgainstEditionsIsSaidInAFewLines(t *testing.T) {
	t.Parallel()
	start := line1(schema.TaskStart)
	timed := strings.Replace(start, `"appid"`, `"event_time":"1712893433","appid"`, 1)
	odd := strings.Replace(timed, `"appid"`, `"nonce":1,"appid"`, 1)
	alien := func(event string) string { // a member that other events have
		return fmt.Sprintf(`{"appid":4,"callback_event":%q,"event_type":314,"msg":"{\"url\":\"u\",\"index\":0,\"duration\":1,\"task_start_time\":1}",`+
			`"source_urls":"[\"u\"]\n","stream_id":"s","task_id":"1","to_url":"t"}`, event)
	}
	for _, c := range []struct {
		name  string
		lines []string
		opts  schema.Options
		want  string
	}{
		{"nothing", []string{start, start}, schema.Options{}, "editions: each fits all 2 relay callbacks\n"},
		{"one callback", []string{start}, schema.Options{}, "editions: each fits the relay callback\n"},
		{"event_time in all", []string{timed, timed}, schema.Options{}, "editions: 2024-04 and 2025-09 fit all 2 relay callbacks\n" +
			"  2021-10 fits 0 %: event_time seen in 100 %: not before 2024-04\n  2022-01 fits 0 %: event_time seen in 100 %: not before 2024-04\n"},
		{"an alarm in four", []string{timed, timed, timed, alarm}, schema.Options{}, "editions: 2025-09 fits all 4 relay callbacks\n" +
			"  2021-10 fits 0 %: event_time seen in 100 %: not before 2024-04; TaskAlarm seen in 25 %: not before 2025-09\n" +
			"  2022-01 fits 0 %: event_time seen in 100 %: not before 2024-04; TaskAlarm seen in 25 %: not before 2025-09\n" +
			"  2024-04 fits 75 %: TaskAlarm seen in 25 %: not before 2025-09\n"},
		{"a finding", []string{timed, odd}, schema.Options{}, "editions: none fits all of 2 relay callbacks; 2024-04 and 2025-09 fit 1 of them (50 %)\n" +
			"  2021-10 fits 0 %: event_time seen in 100 %: not before 2024-04\n  2022-01 fits 0 %: event_time seen in 100 %: not before 2024-04\n" +
			"  2024-04 fits 50 %: RC1401 /nonce in 50 %\n  2025-09 fits 50 %: RC1401 /nonce in 50 %\n"},
		{"a finding in all that know it", []string{start, strings.Replace(start, `"appid"`, `"nonce":1,"appid"`, 1)}, schema.Options{}, "editions: none fits all of 2 relay callbacks; each fits 1 of them (50 %)\n" +
			"  against each: RC1401 /nonce in 50 %\n"},
		{"the same in two events", []string{start, alien("VodSourceFileStart"), alien("VodSourceFileFinish")}, schema.Options{}, "editions: none fits all of 3 relay callbacks; each fits 1 of them (33.3 %)\n" +
			"  against each: RC1402 /msg#/task_start_time in 33.3 % (task_start_time is documented for the msg of other events, not of VodSourceFileFinish); " +
			"RC1402 /msg#/task_start_time in 33.3 % (task_start_time is documented for the msg of other events, not of VodSourceFileStart)\n"},
		{"a chosen edition that fits", []string{timed}, schema.Options{Edition: schema.Edition2025_09}, "editions: 2025-09 fits the relay callback\n"},
		{"a chosen edition that does not", []string{start, timed}, schema.Options{Edition: schema.Edition2022_01}, "editions: 2022-01 fits 50 % of 2 relay callbacks\n" +
			"  against it: event_time seen in 50 %: not before 2024-04\n"},
		{"one callback that none fits", []string{odd}, schema.Options{}, "editions: none fits the relay callback\n" +
			"  2021-10 fits 0 %: event_time seen in 100 %: not before 2024-04\n  2022-01 fits 0 %: event_time seen in 100 %: not before 2024-04\n" +
			"  2024-04 fits 0 %: RC1401 /nonce in 100 %\n  2025-09 fits 0 %: RC1401 /nonce in 100 %\n"},
		{"one callback that a chosen edition does not fit", []string{timed}, schema.Options{Edition: schema.Edition2022_01}, "editions: 2022-01 does not fit the relay callback\n" +
			"  against it: event_time seen in 100 %: not before 2024-04\n"},
		{"no relay callback", []string{`{"event_type":1,"t":1,"sign":"s"}`}, schema.Options{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, out := run(t, strings.Join(c.lines, "\n"), Options{Schema: c.opts})
			got := ""
			if i := strings.Index(out, "editions:"); i >= 0 {
				got = out[i : strings.LastIndex(strings.TrimSpace(out), "\n")+1]
			}
			if got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}
