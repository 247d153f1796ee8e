package schema

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// around puts a raw JSON value into a TaskStart.
func around(field, raw string) []byte {
	return []byte(`{"appid":4,"callback_event":"TaskStart","event_type":314,"` + field + `":` + raw +
		`,"msg":"{\"task_start_time\":0}","source_urls":"[]","stream_id":"s","task_id":"1","to_url":"u"}`)
}

// hostile are bodies of about size bytes made to hurt: long, deep, or dear to whoever computes with them.
func hostile(size int) map[string][]byte {
	const start = `{"event_type":314,"callback_event":"TaskStart","`
	// fill repeats a unit, told apart by a number if it has a place for one.
	fill := func(before, unit, after string) []byte {
		b := []byte(before)
		for i := 0; len(b)+len(unit)+len(after)+16 < size; i++ {
			if strings.Contains(unit, "%d") {
				b = fmt.Appendf(b, unit, i)
			} else {
				b = append(b, unit...)
			}
		}
		return append(b, after...)
	}
	in := func(field string) (before, after string) { // around the raw value of a field
		before, after, _ = strings.Cut(string(around(field, "\x00")), "\x00")
		return before, after
	}
	text := func(field, unit string) []byte {
		before, after := in(field)
		return fill(before+`"`, unit, `"`+after)
	}
	appid, behind := in("appid")
	manyNames := func(from int) string { // as many as an object may have
		var b strings.Builder
		for i := range jsonscan.MaxEntries - 1 {
			fmt.Fprintf(&b, `"%d":0,`, from+i)
		}
		return "{" + b.String() + `"":0}`
	}
	return map[string][]byte{
		"one [ after the other":             fill("", "[", ""),
		"one { after the other":             fill("", `{"":`, ""),
		"white space":                       fill("", " ", ""),
		"one quotation mark after another":  fill("", `"`, ""),
		"white space in a callback":         fill(`{"appid":`, " ", string(around("x", "1"))[10:]),
		"one long text":                     text("to_url", "x"),
		"a text of escapes":                 text("to_url", `\u0041`),
		"a text of short escapes":           text("to_url", `\/`),
		"a text of lone halves":             text("to", `\ud800`),
		"a text of pairs":                   text("to_url", `\ud83d\ude00`),
		"a text of Chinese":                 text("to_url", "中"),
		"a text of broken UTF-8":            text("to", "\xff"),
		"an unknown event with a long name": fill(`{"event_type":314,"callback_event":"`, "中", `"}`),
		"many digits":                       fill(appid, "9", behind),
		"many digits of a fraction":         fill(appid+"0.", "9", behind),
		"an exponent of many digits":        fill(appid+"1e", "9", behind),
		"an exponent of a million":          around("appid", "1e1000000"),
		"an exponent beyond":                around("appid", "1e1000001"),
		"a small exponent":                  around("appid", "1e-1000001"),
		"the same name again and again":     fill("{", `"a":1,`, `"a":1}`),
		"a known name again and again":      fill(start+`x":0`, `,"t":1`, `}`),
		"many names":                        fill("{", `"%d":1,`, `"event_type":314,"callback_event":"TaskStart"}`),
		"many names in many objects":        fill(start+`x":[`, manyNames(100_000)+",", `0]}`),
		"many names in an open object":      fill(start+`x":{"x":{"x":{"x":`, manyNames(100_000)+`,"%d":`, `0}}}}`),
		"many long names":                   fill("{", `"%[1]d_task_start_times_of_the_%[1]d":1,`, `"event_type":314,"callback_event":"TaskStart"}`),
		"as many long names as allowed":     []byte("{" + strings.ReplaceAll(manyNames(0)[1:], `":0`, `event_typ":0`)),
		"many names that nearly are":        []byte("{" + strings.ReplaceAll(manyNames(0)[1:], `":0,`, `_source_u":0,`) + " "),
		"many wild numbers":                 fill(start+`x":[[`, strings.Repeat("1e999,", 9_000)+"0],[", "0]]}"),
		"many wild numbers far below":       fill(start+`x":[`+strings.Repeat(`{"`+strings.Repeat("~", 80)+`":`, 60)+"[", "1e999,", "0"),
		"halves in many objects":            fill(start+`x":`+strings.Repeat(`{"`+strings.Repeat("~", 80)+`":`, 60)+"[", `{"\ud800":0},`, "0"),
		"many URLs":                         fill(start+`source_urls":"[`, `\"\",`, `\"\"]"}`),
		"as many URLs as allowed":           []byte(start + `source_urls":"[` + strings.Repeat(`\"\",`, jsonscan.MaxEntries-1) + `\"\"]"}`),
		"as many wrong entries as allowed":  []byte(start + `source_urls":"[` + strings.Repeat(`0,`, jsonscan.MaxEntries-1) + `0]"}`),
		"a long URL":                        fill(start+`source_urls":"[\"`, `\\u4e2d`, `\"]"}`),
		"wrong entries behind a long URL":   fill(start+`source_urls":"[\"`, `\\u4e2d`, `\"`+strings.Repeat(`,0`, 3000)+`]"}`),
		"msg nested deep":                   fill(start+`msg":"`, "[", `"}`),
		"msg of white space":                fill(start+`msg":"`, `\n`, `{}"}`),
		"msg of one long text":              fill(start+`msg":"{\"url\":\"`, `\\/`, `\",\"task_start_time\":null}"}`),
		"msg of the same name":              fill(start+`msg":"{`, `\"a\":1,`, `\"a\":1}"}`),
		"msg of another event's name":       []byte(start + `msg":"{` + strings.Repeat(`\"code\":1,`, jsonscan.MaxEntries-1) + `\"a\":1}"}`),
		"msg of unknown names":              fill(start+`msg":"{`, `\"%d\":1,`, `\"a\":1}"}`),
		"a valid callback of great length":  fill(`{"appid":4,"callback_event":"TaskExit","event_type":314,"msg":"{\"message\":\"`, `\\\"`, `\",\"code\":1,\"task_exit_time\":0}","source_urls":"[]"}`),
		"two bodies in one":                 append(fill("", " ", string(around("x", "1"))), '{'),
	}
}

// No body may crash the validator, and none may cost more than its length accounts for: the test's own deadline would
// tell. The benchmarks have the figures.
func TestHostileBodiesAreSurvived(t *testing.T) {
	t.Parallel()
	for name, body := range hostile(4 << 20) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Validate(body, Options{MaxBytes: -1})
			if (r.Verdict == OK) != (name == "a valid callback of great length") {
				t.Errorf("it is %s: %+v", r.Verdict, r)
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
	var names strings.Builder
	for i := range 9_000 {
		fmt.Fprintf(&names, `"%d":1,`, i)
	}
	body := []byte("{" + names.String() + `"event_type":314,"callback_event":"TaskStart","task_id":7}`)
	r := Validate(body, Options{MaxBytes: -1})
	if len(r.Violations) != MaxViolations {
		t.Errorf("%d violations", len(r.Violations))
	}
	// 9,000 unknown names, and five things that TaskStart lacks and one at the very end: the errors stay, however many warnings there are.
	if got := len(r.Violations) + r.Omitted; got != 9_006 {
		t.Errorf("%d in all", got)
	}
	errors := 0
	for i := range r.Violations {
		if r.Violations[i].Severity == Error {
			errors++
		}
	}
	if r.Verdict != Error || errors != 6 {
		t.Errorf("%s with %d errors", r.Verdict, errors)
	}
}

func TestTooManyEntriesEndTheReading(t *testing.T) {
	t.Parallel()
	const most = jsonscan.MaxEntries
	names := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"%d":1,`, i)
		}
		return "{" + b.String()[:b.Len()-1] + "}"
	}
	list := func(n int, item string) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }
	for name, c := range map[string]struct {
		body []byte
		want string // code and pointer of the finding about it; "" if there is none
	}{
		"as many names as allowed": {around("x", names(most)), ""},
		"one name more":            {around("x", names(most+1)), codeMany + " "},
		"as many items as allowed": {around("x", list(most, "0")), ""},
		"one item more":            {around("x", list(most+1, "0")), codeMany + " "},
		"one name more in msg":     {[]byte(`{"event_type":314,"msg":` + strconv.Quote(names(most+1)) + `}`), codeMany + " /msg#"},
		"one URL more":             {[]byte(`{"event_type":314,"source_urls":` + strconv.Quote(list(most+1, `""`)) + `}`), codeMany + " /source_urls#"},
		"wrong entries around the last that is told of one by one": {[]byte(`{"event_type":314,"source_urls":` +
			strconv.Quote("["+strings.Repeat(`"",`, fewItems-2)+"0,0,0,0,null,0,[],null]") + `}`), ""},
		"as many wrong entries as allowed": {[]byte(`{"event_type":314,"source_urls":` + strconv.Quote(list(most, `0`)) + `}`), ""},
	} {
		r := agree(t, NewValidator(), c.body, Options{})
		got := ""
		for _, v := range r.Violations {
			if v.Code == codeMany {
				got += v.Code + " " + v.Pointer
			}
		}
		if got != c.want || r.Verdict == OK {
			t.Errorf("%s: %s with %q, want %q", name, r.Verdict, got, c.want)
		}
		if name == "as many wrong entries as allowed" && len(r.Violations)+r.Omitted != most+5+1 { // appid, callback_event, msg and three ids are missing
			t.Errorf("%s: %d violations and %d more", name, len(r.Violations), r.Omitted)
		}
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
