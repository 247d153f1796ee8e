package schema

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// around puts a raw JSON value into a TaskStart.
func around(field, raw string) []byte {
	return []byte(`{"appid":4,"callback_event":"TaskStart","event_type":314,"` + field + `":` + raw +
		`,"msg":"{\"task_start_time\":0}","source_urls":"[]","stream_id":"s","task_id":"1","to_url":"u"}`)
}

// hostile are bodies made to hurt: long, deep, or dear to whoever computes with them.
func hostile() map[string][]byte {
	keys := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	return map[string][]byte{
		"megabytes of [":                 bytes.Repeat([]byte("["), 4<<20),
		"megabytes of {":                 bytes.Repeat([]byte(`{"":`), 4<<18),
		"megabytes of white space":       bytes.Repeat([]byte(" "), 4<<20),
		"megabytes of a quote":           bytes.Repeat([]byte(`"`), 4<<20),
		"megabytes of one string":        around("to", `"`+strings.Repeat("x", 4<<20)+`"`),
		"megabytes of escapes":           around("to", `"`+strings.Repeat(`\u0041`, 4<<20/6)+`"`),
		"megabytes of lone halves":       around("to", `"`+strings.Repeat(`\ud800`, 4<<20/6)+`"`),
		"a million digits":               around("appid", strings.Repeat("9", 1<<20)),
		"a million digits of a fraction": around("appid", "0."+strings.Repeat("9", 1<<20)),
		"an exponent of a million":       around("appid", "1e1000000"),
		"an exponent beyond":             around("appid", "1e1000001"),
		"a small exponent":               around("appid", "1e-1000001"),
		"an exponent of many digits":     around("appid", "1e"+strings.Repeat("9", 1<<20)),
		"the same name again and again":  []byte("{" + strings.Repeat(`"a":1,`, 200_000) + `"a":1}`),
		"many names twice":               []byte("{" + keys(20_000, `"k%d":1,`) + keys(20_000, `"k%d":1,`) + `"event_type":314,"callback_event":"TaskStart"}`),
		"many names":                     []byte("{" + keys(200_000, `"%d":1,`) + `"event_type":314,"callback_event":"TaskStart"}`),
		"many wild numbers":              around("x", "["+strings.Repeat("1e999,", 300_000)+"0]"),
		"many URLs":                      []byte(`{"event_type":314,"callback_event":"TaskStart","source_urls":"[` + strings.Repeat(`\"\",`, 300_000) + `\"\"]"}`),
		"many entries of no type":        []byte(`{"event_type":314,"callback_event":"TaskStart","source_urls":"[` + strings.Repeat(`0,`, 300_000) + `0]"}`),
		"msg nested deep":                []byte(`{"event_type":314,"callback_event":"TaskStart","msg":"` + strings.Repeat("[", 1_000_000) + `"}`),
		"msg of names twice":             []byte(`{"event_type":314,"callback_event":"TaskStart","msg":"{` + strings.Repeat(`\"a\":1,`, 100_000) + `\"a\":1}"}`),
		"msg of unknown names":           []byte(`{"event_type":314,"callback_event":"TaskStart","msg":"{` + keys(100_000, `\"%d\":1,`) + `\"a\":1}"}`),
	}
}

// No body may crash the validator, and none may cost more than its length accounts for: the test's own deadline would
// tell. The benchmarks have the figures.
func TestHostileBodiesAreSurvived(t *testing.T) {
	t.Parallel()
	for name, body := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Validate(body, Options{MaxBytes: -1})
			if r.Verdict == OK {
				t.Errorf("it is ok: %+v", r)
			}
			if len(r.Violations) > MaxViolations {
				t.Errorf("%d violations are kept", len(r.Violations))
			}
			for _, v := range r.Violations {
				if len(v.Message) > 500 || len(v.Pointer) > 500 {
					t.Fatalf("a violation of %d bytes: %.200s…", len(v.Message)+len(v.Pointer), v.Message)
				}
				if v.Code == codeInternal {
					t.Errorf("%+v", v)
				}
			}
			if len(body) > DefaultMaxBytes {
				if r := Validate(body, Options{}); len(r.Violations) != 1 || r.Violations[0].Code != codeTooLong {
					t.Errorf("beyond the limit: %+v", r)
				}
			}
		})
	}
}

func TestViolationsBeyondTheLimitAreCounted(t *testing.T) {
	t.Parallel()
	body := bytes.Replace(hostile()["many names"], []byte(`"TaskStart"}`), []byte(`"TaskStart","task_id":7}`), 1)
	r := Validate(body, Options{MaxBytes: -1})
	if len(r.Violations) != MaxViolations {
		t.Errorf("%d violations", len(r.Violations))
	}
	// 200 000 unknown names, and five things that TaskStart lacks and one at the very end: the errors stay, however many warnings there are.
	if got := len(r.Violations) + r.Omitted; got != 200_006 {
		t.Errorf("%d in all", got)
	}
	errors, _ := rank(r.Violations)
	if r.Verdict != Error || errors != 6 {
		t.Errorf("%s with %d errors", r.Verdict, errors)
	}
}

func TestTheSameBodyGivesTheSameReport(t *testing.T) {
	t.Parallel()
	bodies := [][]byte{
		[]byte(`{"event_type":314,"callback_event":"TaskStart","x":1,"y":2,"msg":"{\"a\":1,\"task_start_time\":\"\"}","source_urls":"[1,2,3]","task_id":1,"to_url":1,"stream_id":1}`),
		[]byte(`{"event_type":"314","callback_event":7,"msg":7,"source_urls":7,"a":1,"b":1,"c":1,"c":2}`),
	}
	runs := 200 // the library goes through maps: four orders were seen in 200 runs
	for _, v := range readVectors(t) {
		bodies = append(bodies, v.body)
	}
	for i, body := range bodies {
		if i == 2 {
			runs = 10
		}
		first := Validate(body, Options{Reading: Documented})
		for range runs {
			if again := Validate(body, Options{Reading: Documented}); !reflect.DeepEqual(first, again) {
				t.Fatalf("%q\nfirst %+v\nthen  %+v", body, first, again)
			}
		}
	}
}

func TestValidateMayBeCalledFromEverywhereAtOnce(t *testing.T) {
	t.Parallel()
	vectors := readVectors(t)
	want := make([]Report, len(vectors))
	for i, v := range vectors {
		want[i] = Validate(v.body, v.opts)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, v := range vectors {
				if got := Validate(v.body, v.opts); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%s: %+v, alone it was %+v", v.name, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestOptionsThatDoNotExistAreSaidSo(t *testing.T) {
	t.Parallel()
	body, _ := Sample(Edition2022_01, TaskStart)
	for _, opts := range []Options{{Edition: "1999-01"}, {Reading: "loose"}} {
		r := Validate(body, opts)
		if r.Verdict != Error || len(r.Violations) != 1 || r.Violations[0].Code != codeOptions || r.Violations[0].Offset != -1 {
			t.Errorf("%+v: %+v", opts, r)
		}
	}
}

// Secrets that captures are full of must not be told again.
func TestMessagesDoNotTellSecrets(t *testing.T) {
	t.Parallel()
	const secret = "7cbb8f382a21e8d2f6cd8098100d3b8e"
	body := []byte(`{"event_type":314,"callback_event":"TaskStart","appid":"` + secret + `","sign":"` + secret + `","x":"` + secret +
		`","to_url":{"` + secret + `":1},"task_id":["` + secret + `"],"source_urls":"rtmp://a/live?txSecret=` + secret + `","msg":"{\"task_start_time\":\"` + secret + `\",\"y\":\"` + secret + `\"}"}`)
	r := Validate(body, Options{})
	if len(r.Violations) < 8 {
		t.Errorf("only %d violations", len(r.Violations))
	}
	for _, v := range r.Violations {
		if strings.Contains(fmt.Sprintf("%+v", v), secret[:8]) {
			t.Errorf("%+v", v)
		}
	}
}
