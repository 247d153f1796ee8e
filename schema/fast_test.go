package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fataler is what tests, fuzz targets and properties have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// everyOption are the options that bear on a verdict.
func everyOption() []Options {
	var all []Options
	for _, e := range append([]Edition{Auto}, allEditions...) {
		for _, r := range []Reading{"", Documented} {
			all = append(all, Options{Edition: e, Reading: r})
		}
	}
	return append(all, Options{OnlyRelay: true}, Options{MaxBytes: 300}, Options{MaxBytes: -1, Reading: Wire},
		Options{Edition: "1999-12"}, Options{Reading: "aloud"})
}

// agree holds the report about a body against that of the authority alone, met for the first time and met again.
func agree(t fataler, v *Validator, body []byte, opts Options) Report {
	t.Helper()
	slow := opts
	slow.NoFastPath = true
	want := Validate(body, slow)
	before := bytes.Clone(body)
	for _, how := range []struct {
		name string
		does func([]byte, Options) Report
	}{
		{"a Validator", v.Validate},
		{"the same again", v.Validate},
		{"Validate", Validate},
		{"with room behind it", func(body []byte, opts Options) Report { return v.Validate(roomy(body, body), opts) }},
	} {
		if got := how.does(body, opts); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s with %+v\n%q\nfast      %+v\nauthority %+v", how.name, opts, body, got, want)
		}
	}
	if !bytes.Equal(before, body) {
		t.Fatalf("the body was changed: %q", before)
	}
	for _, text := range [][]byte{slices.Concat(body, []byte("\n"), body), roomy(slices.Concat(body, []byte("\n")), body), roomy(body, []byte("\n"))} {
		got, n := nextLine(v, text, opts)
		if got == nil {
			continue
		}
		end := bytes.IndexByte(text, '\n')
		if end < len(body) {
			want = Validate(text[:max(end, 0)], slow)
		}
		if n != end || !reflect.DeepEqual(*got, want) {
			t.Fatalf("as a line, with %+v\n%q\n%d bytes of %d: %+v\nauthority %+v", opts, text, n, end, *got, want)
		}
	}
	return Validate(body, slow)
}

// nextLine is the report about the line that text begins with, and its length; nil where nothing is known about it.
func nextLine(v *Validator, text []byte, opts Options) (*Report, int) {
	lines := v.Lines(opts)
	form, n := lines.Next(text)
	if form < 0 {
		return nil, n
	}
	return lines.Report(form), n
}

// roomy is a body in memory that goes on behind it, with what might be taken for more of it.
func roomy(body, more []byte) []byte {
	room := slices.Concat(body, more, bytes.Repeat([]byte(`9"}`), slack))
	return room[:len(body)]
}

// compact is a body without white space between tokens, as senders write it.
func compact(body []byte) []byte {
	var b bytes.Buffer
	if err := json.Compact(&b, body); err != nil {
		return body
	}
	return b.Bytes()
}

// fastSeeds are bodies that the fast path accepts, on both sides of every branch of it.
func fastSeeds() [][]byte {
	var seeds [][]byte
	add := func(body []byte) { seeds = append(seeds, body, compact(body)) }
	for _, e := range allEditions {
		for _, event := range Events() {
			if body, ok := Sample(e, event); ok {
				add(body)
			}
		}
	}
	start := func(members string) string {
		return `{"appid":1250000000,"callback_event":"VodSourceFileStart","callback_url":"http://a.example/cb?a=1\u0026b=\/","event_type":314,` +
			members + `"interface":"general_callback","msg":"{\"url\":\"http://a.example/\\u4e2d\\\"x.m3u8?a=1\\u0026b=中\",\"index\":\"0\",\"duration\":14920}",` +
			`"product_name":"pullpush","source_urls":"[\"http://a.example/1.m3u8\",\"http://a.example/\\u4e2d.m3u8\"]\n","stream_id":"\ud83d\ude00",` +
			`"task_id":"118145","to_url":"rtmp://a.example/live/s"}`
	}
	for _, s := range []string{
		start(""), start(`"event_time":"1712893433",`), start(`"event_time":1712893433,`), start(`"sign":"x",`),
		strings.Replace(start(""), `"index\":\"0\"`, `"index\":-1`, 1), strings.Replace(start(""), `\"0\"`, `4.0`, 1),
		strings.Replace(start(""), `"appid":1250000000`, `"appId":4.000`, 1),
		strings.Replace(start(""), `314`, `314.0`, 1), strings.Replace(start(""), `314`, `3140`, 1), strings.Replace(start(""), `"appid"`, `"\u0061ppid"`, 1),
		strings.Replace(start(""), `VodSourceFileStart`, `VodSourceFile\u0053tart`, 1),
		strings.Replace(start(""), `VodSourceFileStart`, `ResetTaskConfig`, 1),
		`{"appid":4,"callback_event":"TaskExit","event_type":314,"msg":"{\"message\":\"m\",\"code\":\"-22\",\"task_exit_time\":0}","source_urls":"[]"}`,
		`{"appid":4,"callback_event":"TaskExit","event_type":314,"msg":"{\"message\":\"m\",\"code\":-0,\"task_exit_time\":0}","source_urls":"[ ]\n "}`,
		`{"appid":4,"callback_event":"TaskAlarm","event_type":314,"interface":"general_callback","msg":"{\"type\":\"FileEndEarly\"}","source_urls":"[\"u\"]","stream_id":"s","task_id":"1","to_url":"u"}`,
		`{"appid":4,"callback_event":"TaskAlarm","event_type":314,"interface":"general_callback","msg":"{\"type\":\"FileEnd\"}","source_urls":"[\"u\"]","stream_id":"s","task_id":"1","to_url":"u"}`,
	} {
		add([]byte(s))
	}
	return seeds
}

func TestTheFastPathAgreesOnEverySampleAndVector(t *testing.T) {
	t.Parallel()
	bodies := fastSeeds()
	for _, v := range readVectors(t) {
		bodies = append(bodies, v.body)
	}
	for _, name := range Siblings() {
		body, _ := Sibling(name)
		bodies = append(bodies, body)
	}
	v := NewValidator()
	for _, body := range bodies {
		for _, opts := range everyOption() {
			agree(t, v, body, opts)
		}
	}
}

func TestTheFastPathDecidesWhatIsPlainlyValid(t *testing.T) {
	t.Parallel()
	accepted := 0
	for _, body := range fastSeeds() {
		opts := Options{NoFastPath: true}
		want := Validate(body, opts).Verdict
		v := NewValidator()
		_, first := v.plainly(body)
		if first != (want == OK) {
			t.Errorf("%s: it is %s, decided: %v", body, want, first)
		}
		if !first {
			continue
		}
		accepted++
		_, again := v.plainly(body)
		if !again {
			t.Errorf("%s: decided once and not again", body)
		}
	}
	if accepted < 30 {
		t.Errorf("only %d bodies were decided", accepted)
	}
}

func TestTheSecondCallbackOfAShapeIsComparedWithIt(t *testing.T) {
	t.Parallel()
	v := NewValidator()
	for i, event := range []string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit} {
		body, _ := Sample(Edition2025_09, event)
		body = compact(body)
		v.plainly(body)
		if len(v.shapes.shapes) != i+1 {
			t.Fatalf("%s: %d shapes", event, len(v.shapes.shapes))
		}
		other := bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("yourURL.cn"), []byte("a.example")), []byte(`"appid":4`), []byte(`"appid":1250000001`))
		other = bytes.ReplaceAll(other, []byte("-22"), []byte("17"))
		f, ok := v.shapes.find(v.shapes.place(other), other)
		if !ok || fastEvents[f.event] != event {
			t.Errorf("%s: found %v, %v", event, f, ok)
		}
	}
}

func TestAPlainlyValidCallbackCostsNoAllocation(t *testing.T) {
	for _, body := range fastSeeds() {
		v := NewValidator()
		if _, ok := v.plainly(body); !ok || bytes.Contains(body, []byte(`"\u0061ppid"`)) {
			continue
		}
		if n := testing.AllocsPerRun(100, func() { v.Validate(body, Options{}) }); n > 0 {
			t.Errorf("%v allocations for %s", n, body)
		}
		v.shapes = shapeCache{}
		if n := testing.AllocsPerRun(100, func() { v.fields.scan(body) }); n > 0 {
			t.Errorf("%v allocations, member by member, for %s", n, body)
		}
	}
}

func TestAValidatorDoesNotHoldOnToABody(t *testing.T) {
	t.Parallel()
	body, _ := Sample(Edition2025_09, VodSourceFileStart)
	for name, body := range map[string][]byte{
		"valid": body, "with an unknown field": bytes.Replace(body, []byte(`"task_id"`), []byte(`"taskid"`), 1),
		"with a number in msg": bytes.Replace(body, []byte(`\"duration\"`), []byte(`\"x\":[1],\"duration\"`), 1), "cut": body[:len(body)/2],
	} {
		v := NewValidator()
		v.Validate(body, Options{})
		e := &v.exam
		for part, held := range map[string]bool{
			"its text": e.body != nil || e.doc.Src != nil || v.fields.body != nil, "its members": len(e.doc.Members) > 0 || e.taken.envelope.doc != nil,
			"its msg": e.taken.texts[0].doc.Src != nil || e.taken.texts[0].text.Bytes != nil || e.taken.texts[0].object.doc != nil,
		} {
			if held {
				t.Errorf("%s: %s is kept", name, part)
			}
		}
	}
}

// mutate changes a body in one place, in a way that keeps it near what it was.
func mutate(r *rand.Rand, body []byte) []byte {
	out := bytes.Clone(body)
	if len(out) == 0 {
		return out
	}
	at := r.IntN(len(out))
	const interesting = "\"\\{}[],:0123456789-+.eEutfn /\x00\x1f\x7f\x80\xc3\xff\n \t"
	snippets := []string{
		`\u0022`, `\u005c`, `\\`, `\"`, `\\\"`, `\/`, `\n`, `\ud800`, `\udc00\ud800`, `\ud83d\ude00`, `\\ud800`, `\\u0000`, `\u0000`, `\u001f`, `00`, `-0`, `.0`, `.5`,
		`e1`, `99999999999999999999`, `"event_time":"1",`, `"event_time":1,`, `"sign":"s",`, `"t":1,`, `"appId":1,`, `"appid":1,`, `\"type\":\"x\",`, `\"code\":1,`,
		`null`, `true`, `{}`, `[]`, ` `, `,`, "中", "\ufeff", "\u2028", `1`, `"`,
	}
	switch r.IntN(6) {
	case 0:
		out[at] = interesting[r.IntN(len(interesting))]
	case 1:
		out = slices.Delete(out, at, min(len(out), at+1+r.IntN(4)))
	case 2:
		out = slices.Insert(out, at, interesting[r.IntN(len(interesting))])
	case 3:
		out = slices.Insert(out, at, []byte(snippets[r.IntN(len(snippets))])...)
	case 4:
		to := min(len(out), at+r.IntN(20))
		out = slices.Insert(out, r.IntN(len(out)), bytes.Clone(out[at:to])...)
	case 5:
		out = out[:at]
	}
	return out
}

// FuzzFastPathAgrees: the report is the same with and without the fast path, whatever the body, the options, and the
// shapes that were met before. A body is mutated by the seed it comes with, too, so that what is learnt from it is held
// against near relations at once.
func FuzzFastPathAgrees(f *testing.F) {
	for _, body := range fastSeeds() {
		f.Add(body, uint64(1))
	}
	for _, v := range readVectors(f) {
		f.Add(v.body, uint64(2))
	}
	for _, name := range Siblings() {
		body, _ := Sibling(name)
		f.Add(body, uint64(3))
	}
	options := everyOption()
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		if len(body) > 4<<10 {
			return
		}
		r := rand.New(rand.NewPCG(seed, 0))
		v := NewValidator()
		agree(t, v, body, options[seed%uint64(len(options))])
		near := body
		for i := range 4 {
			if i%2 == 0 {
				near = body
			}
			near = mutate(r, near)
			agree(t, v, near, options[r.IntN(len(options))])
		}
		agree(t, v, body, Options{})
	})
}

// TestTheFastPathAgreesOnMutantsOfEverySample is the fuzz target in short, with numbers: enough of the mutants have to be
// decided by the fast path, and enough left to the authority, for the agreement to mean something.
func TestTheFastPathAgreesOnMutantsOfEverySample(t *testing.T) {
	t.Parallel()
	rounds := 12 // some seconds; the fuzz target goes on from there
	v, r := NewValidator(), rand.New(rand.NewPCG(314, 1))
	options := everyOption()
	decided, left := 0, 0
	for range rounds {
		for _, body := range fastSeeds() {
			v.plainly(body)
			near := mutate(r, body)
			if r.IntN(3) == 0 {
				near = mutate(r, near)
			}
			if _, ok := v.plainly(near); ok {
				decided++
			} else {
				left++
			}
			agree(t, v, near, options[r.IntN(len(options))])
		}
	}
	if decided < left/20 || left < decided/20 {
		t.Errorf("%d decided, %d left", decided, left)
	}
}

// Escapes that are wrong in one of the two levels of text, or mean another thing there, at every place of a callback
// whose shape is known; and every byte replaced by those that hold a callback together.
func TestNothingIsAcceptedForItsShapeThatIsNotValid(t *testing.T) {
	t.Parallel()
	inserted := []string{`\u0001`, `\ud800`, `\ud800\u0041`, `\n`, `\u0022`, `\u005c`, `\\`, `\\ud800`, `\\\"`, "\x1f", "\xff", "0", "-"}
	replaced := `,:"\]}[{ ;`
	opts := Options{Edition: Edition2025_09, NoFastPath: true}
	v := NewValidator()
	for i, body := range [][]byte{fastSeeds()[7], fastSeeds()[25], fastSeeds()[len(fastSeeds())-3]} {
		body = compact(body)
		if _, ok := v.plainly(body); !ok || len(v.shapes.shapes) != i+1 {
			t.Fatalf("%d: no shape was learnt from %s", i, body)
		}
		for at := range body {
			var near [][]byte
			for _, s := range inserted {
				near = append(near, slices.Insert(bytes.Clone(body), at, []byte(s)...))
			}
			for _, c := range []byte(replaced) {
				other := bytes.Clone(body)
				other[at] = c
				near = append(near, other)
			}
			for _, other := range near {
				_, ok := v.shapes.find(v.shapes.place(other), other)
				room := roomy(other, body)
				if _, also := v.shapes.find(v.shapes.place(room), room); also != ok {
					t.Fatalf("%s: accepted for its shape: %v, with room behind it: %v", other, ok, also)
				}
				if !ok {
					continue
				}
				if r := Validate(other, opts); r.Verdict != OK {
					t.Fatalf("%s is accepted for its shape, but is %s: %+v", other, r.Verdict, r.Violations)
				}
			}
		}
	}
}

// TestTheFastPathAgreesOnGeneratedCallbacks builds callbacks from their parts, each of them right or nearly so.
func TestTheFastPathAgreesOnGeneratedCallbacks(t *testing.T) {
	t.Parallel()
	v := NewValidator() // shapes of earlier bodies are part of the question
	rapid.Check(t, func(t *rapid.T) {
		body := drawCallback(t)
		agree(t, v, body, rapid.SampledFrom(everyOption()).Draw(t, "options"))
		agree(t, v, compact(body), Options{})
	})
}

func drawCallback(t *rapid.T) []byte {
	event := rapid.SampledFrom(append(Events(), "TaskPause")).Draw(t, "event")
	pick := func(name string, usual string, odd ...string) string {
		if rapid.IntRange(0, 11).Draw(t, name+" is odd") > 0 {
			return usual
		}
		return rapid.SampledFrom(odd).Draw(t, name)
	}
	text := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	odd := []string{"null", "true", "7", "-7", "7.0", "7.5", "1e3", "07", `""`, `"7"`, `"-7"`, `"x"`, `"中"`, `"\ud800"`, "{}", "[]", "9007199254740992", "1e999", "\"\xff\""}
	var msg []string
	for _, name := range MsgKeys(event) {
		usual := "0"
		switch name {
		case "url", "message":
			usual = text(rapid.SampledFrom([]string{"", "http://a.example/1.m3u8?a=1&b=<2>", "中文 \"quoted\" \\ / \u2028", "😀"}).Draw(t, name+" text"))
		case "type":
			usual = `"PullFileFailed"`
		case "code":
			usual = `-22`
		}
		if rapid.IntRange(0, 19).Draw(t, name+" is missing") > 0 {
			msg = append(msg, text(name)+":"+pick(name, usual, odd...))
		}
	}
	if rapid.IntRange(0, 19).Draw(t, "a stranger in msg") == 0 {
		msg = append(msg, pick("stranger", `"code":1`, `"x":1`, `"url":"u"`))
	}
	space := func(name string) string {
		return pick(name, "", " ", "\n", "\t\r\n ")
	}
	inner := "{" + strings.Join(rapid.Permutation(msg).Draw(t, "msg order"), space("msg space")+",") + "}" + space("msg end")
	urls := pick("urls", `["http://a.example/1.m3u8"]`+"\n", "[]", `["a","b"]`, `[ "a" , "b" ] `, `["a",]`, `[1]`, `{}`, "", `["a"] x`, `["\u4e2d"]`)
	members := []string{
		pick("appid", `"appid":4`, `"appId":4`, `"appid":4,"appId":5`, `"appid":"4"`, `"appid":-4`, `"appid":4.0`, `"appid":9007199254740992`, `"appid":4,"appid":4`, `"x":1`),
		`"callback_event":` + text(event), `"event_type":` + pick("event_type", "314", "314.0", "3.14e2", "1", "315", `"314"`, "null"),
		`"msg":` + pick("msg", text(inner), odd...), `"source_urls":` + pick("source_urls", text(urls), odd...),
	}
	for _, name := range []string{"interface", "product_name", "stream_id", "task_id", "to_url", "callback_url", "event_time"} {
		usual := map[string]string{"interface": `"general_callback"`, "product_name": `"pullpush"`, "event_time": `"1712893433"`}[name]
		if usual == "" {
			usual = text(rapid.SampledFrom([]string{"", "s", "rtmp://a.example/live/a&b", "中"}).Draw(t, name+" text"))
		}
		if rapid.IntRange(0, 7).Draw(t, name+" is missing") > 0 {
			members = append(members, text(name)+":"+pick(name, usual, odd...))
		}
	}
	members = rapid.Permutation(members).Draw(t, "order")
	return []byte(fmt.Sprintf("{%s%s}%s", strings.Join(members, ","+space("between")), space("before the end"), space("end")))
}

func TestShapesThatAreOfNoUseMakeRoom(t *testing.T) {
	t.Parallel()
	v := NewValidator()
	body := func(key int) []byte { // a constant where a shape keeps it to the letter
		s := strings.Repeat(" ", key%97) + `{"appid":4,"callback_event":"TaskExit",` + strings.Repeat(" ", key/97) +
			`"event_type":314,"msg":"{\"message\":\"m\",\"code\":1,\"task_exit_time\":0}","source_urls":"[]"}`
		return []byte(s)
	}
	for i := range 3 * patience {
		if _, ok := v.plainly(body(i)); !ok {
			t.Fatalf("%s is not decided", body(i))
		}
		if len(v.shapes.shapes) > maxShapes {
			t.Fatalf("%d shapes", len(v.shapes.shapes))
		}
	}
	usual, _ := Sample(Edition2025_09, TaskStart)
	for range patience + 1 {
		v.plainly(body(len(usual) + rand.IntN(1000)))
	}
	v.plainly(compact(usual))
	if _, ok := v.shapes.find(v.shapes.place(compact(usual)), compact(usual)); !ok {
		t.Error("a new shape found no room")
	}
}

func BenchmarkFastPath(b *testing.B) {
	run := func(name string, body []byte, validate func([]byte, Options) Report, opts Options) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				validate(body, opts)
			}
		})
	}
	for _, event := range []string{TaskStart, VodSourceFileStart, TaskExit} {
		body, _ := Sample(Edition2022_01, event)
		body = compact(body)
		run(event, body, NewValidator().Validate, Options{})
		run(event+", pooled", body, Validate, Options{})
		v := NewValidator()
		run(event+", member by member", body, func(body []byte, _ Options) Report { v.fields.scan(body); return Report{} }, Options{})
		run(event+", one bad member", bytes.Replace(body, []byte(`"appid":4`), []byte(`"appid":"4"`), 1), NewValidator().Validate, Options{})
		run(event+", authority", body, Validate, Options{NoFastPath: true})
	}
	if dir := os.Getenv("RELAYCHECK_CAPTURE"); dir != "" {
		data, err := os.ReadFile(dir)
		if err != nil {
			b.Fatal(err)
		}
		lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
		v, i := NewValidator(), 0
		b.Run("capture", func(b *testing.B) {
			b.SetBytes(int64(len(data) / len(lines)))
			for b.Loop() {
				v.Validate(lines[i%len(lines)], Options{})
				i++
			}
		})
	}
}
