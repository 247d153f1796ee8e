package shape_test

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

func TestAFieldIsToldAsItWasSeen(t *testing.T) {
	t.Parallel()
	exit := func(code string) string {
		return callback(schema.TaskExit, `{"code":`+code+`,"message":"write packet error.","task_exit_time":1700000000000}`)
	}
	s := gather(
		exit("-22"), exit(`"-22"`), exit("9007199254740993"), exit("-22"), exit("123456789012345678901234567890"), exit("1e2"), exit("100"),
		callback(schema.TaskExit, `{"message":"","task_exit_time":0}`), exit("null"), exit("0.5"), "", "{",
		callback(schema.TaskExit, `{"code":1`), start(`"tags":["a","b",3]`, `"msg":{"task_start_time":7}`),
	)
	if s.Documents != 14 || s.Unread != 2 || s.Kinds[0].Name != schema.TaskStart || s.Kinds[1].Documents != 11 {
		t.Errorf("%d documents, %d unread, %+v", s.Documents, s.Unread, s.Kinds[1])
	}
	code := field(t, s, schema.TaskExit, "/msg#/code")
	if code.Documents != 9 || code.Share != 0.818182 || code.First.Line != 1 || code.Last.Line != 10 {
		t.Errorf("it is in %d (%v), from %v to %v", code.Documents, code.Share, code.First, code.Last)
	}
	first := shape.Mark{Source: "a.ndjson"}
	at := func(line int) shape.Mark { m := first; m.Line, m.Offset = line, int64(1000*(line-1)); return m }
	bare := func(list []shape.Count) []shape.Count { // without the times of arrival
		out := slices.Clone(list)
		for i := range out {
			out[i].First.Arrived = nil
		}
		return out
	}
	if diff := cmp.Diff([]shape.Count{{"null", 1, at(9)}, {"integer", 6, at(1)}, {"number", 1, at(10)}, {"string", 1, at(2)}}, bare(code.Types)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]shape.Count{
		{"signed digits", 1, at(2)}, {"negative", 2, at(1)}, {"with a fraction", 1, at(10)}, {"beyond 2^53", 2, at(3)},
	}, bare(code.Forms)); diff != "" {
		t.Error(diff)
	}
	if n := code.Numbers; n.Min != "-22" || n.Max != "123456789012345678901234567890" || n.Rounded {
		t.Errorf("from %+v", n)
	}
	want := []shape.Value{
		{"-22", "integer", 2},
		{"100", "integer", 2},
		{"-22", "string", 1},
		{"0.5", "number", 1},
		{"123456789012345678901234567890", "integer", 1},
		{"9007199254740993", "integer", 1},
	}
	got := slices.Clone(code.Values.List)
	byAll := func(a, b shape.Value) int {
		return strings.Compare(a.Type+a.Value, b.Type+b.Value)
	}
	slices.SortFunc(want, byAll)
	slices.SortFunc(got, byAll)
	if diff := cmp.Diff(want, got); diff != "" || code.Values.Distinct != 6 {
		t.Error(diff)
	}
	if l := field(t, s, schema.TaskExit, "/msg#/message").Length; l.Min != 0 || l.Max != 19 {
		t.Errorf("message has %+v characters", l)
	}
	if f := field(t, s, schema.TaskExit, "/msg"); counted(f.Forms, "no JSON") != 1 || counted(f.Forms, "JSON object") != 10 {
		t.Errorf("msg: %+v", f.Forms)
	}
	if f := field(t, s, schema.TaskExit, "/source_urls"); counted(f.Forms, "JSON array and a newline") != 11 {
		t.Errorf("source_urls: %+v", f.Forms)
	}
	if f := field(t, s, schema.TaskStart, "/tags"); len(f.Documented) != 0 || f.Items.Max != 3 {
		t.Errorf("tags: %+v", f)
	}
	if f := field(t, s, schema.TaskStart, "/tags/*"); f.Occurrences != 3 || f.Documents != 1 {
		t.Errorf("an entry of tags: %+v", f)
	}
	if f := field(t, s, schema.TaskStart, "/msg/task_start_time"); f.Numbers.Min != "7" || f.Values.Unlisted != 0 {
		t.Errorf("msg as an object: %+v", f)
	}
	conforms(t, published(t, "shape.schema.json"), asJSON(t, s))
}

func counted(list []shape.Count, name string) int64 {
	for _, c := range list {
		if c.Name == name {
			return c.Count
		}
	}
	return 0
}

// secrets are words that must not be found in anything that is told of the callbacks that they are in.
var secretWords = []string{
	"1250001234", "118148777", "keynote77", "s3cr3tkey", "0123456789abcdef0123456789abcdef", "customer", "origin77", "push77", "8f14e45fceea167a5a36dedd4bea2543",
	"99887766", "55443322", "hush", "whisper", "10.23.45.67",
}

func TestNothingThatNamesAnybodyIsInAShape(t *testing.T) {
	t.Parallel()
	s := gather(
		`{"appid":1250001234,"callback_event":"TaskStart","event_type":314,"interface":"general_callback","msg":"{\"task_start_time\":1700000000000,\"owner\":\"customer 99887766\"}",`+
			`"product_name":"pullpush","source_urls":"[\"http://origin77.example/118148777/a.m3u8?token=s3cr3tkey\"]\n","stream_id":"keynote77","task_id":"118148777",`+
			`"to_url":"rtmp://push77.example/live/keynote77?txSecret=0123456789abcdef0123456789abcdef","sign":"8f14e45fceea167a5a36dedd4bea2543","t":1700000600}`,
		`{"appid":"1250001234","callback_event":"TaskExit","event_type":314,"msg":"{\"message\":\"write to push77 failed for 118148777\",\"code\":\"customer@hush\",\"task_exit_time\":\"hush:hush\"}",`+
			`"source_urls":["http://origin77.example/"],"stream_id":{"keynote77 hush":{"customer 7":1}},"task_id":118148777,"interface":"http://whisper/","product_name":"8f14e45fceea167a5a36dedd4bea2543",`+
			`"8f14e45fceea167a5a36dedd4bea2543":1,"55443322":true,"stream_55443322":[55443322],"customer@hush/whisper":"x","hosts":{"hush.whisper.example":{"10.23.45.67":1},"hush@whisper.example":2},"extra":{"user":55443322,"name":"customer"},"amount":55443322.25}`,
		`{"event_type":1,"appid":1250001234,"stream_id":"keynote77","stream_param":"txSecret=0123456789abcdef0123456789abcdef","user_ip":"customer","sequence":"99887766"}`,
		callback("http://whisper.example/hush", `{"whisper 1":"hush"}`),
	)
	var table bytes.Buffer
	if err := s.Table(&table); err != nil {
		t.Fatal(err)
	}
	d, err := shape.Diff(s, shape.DiffOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var told, toldJSON bytes.Buffer
	if err := d.Text(&told); err != nil {
		t.Fatal(err)
	}
	if err := d.JSON(&toldJSON); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{asJSON(t, s), table.String(), told.String(), toldJSON.String()} {
		for _, word := range secretWords {
			if at := strings.Index(out, word); at >= 0 {
				t.Errorf("%s is told of: …%s…", word, out[max(at-200, 0):min(at+100, len(out))])
			}
		}
	}
	if n := field(t, s, schema.TaskExit, "/extra/user").Numbers; n.Min != "55000000" || n.Max != "56000000" || !n.Rounded {
		t.Errorf("a number that may be an id is told as %+v", n)
	}
	if l := field(t, s, schema.TaskExit, "/task_id").Length; l.Min != 9 {
		t.Errorf("a number that is an id has %+v digits", l)
	}
}

func TestTheOrderOfNamesAndTheMannerOfWritingAreTold(t *testing.T) {
	t.Parallel()
	sample, _ := schema.Sample(schema.Edition2025_09, schema.TaskStart)
	s := gather(start(), start(), string(sample), `{"event_type":314,"callback_event":"TaskStart","msg":"{\"t\":\"\\u00e9 \\/ é\"}"}`)
	var orders []string
	for _, o := range s.Kinds[0].Orders {
		orders = append(orders, o.Path+" "+strings.Join(o.Names, ","))
	}
	want := []string{
		" appid,callback_event,event_type,interface,msg,product_name,source_urls,stream_id,task_id,to_url", " event_type,callback_event,msg",
		"/msg# task_start_time", "/msg# t",
	}
	if diff := cmp.Diff(want, orders); diff != "" || s.Kinds[0].Orders[0].Documents != 3 {
		t.Errorf("%s\n%+v", diff, s.Kinds[0].Orders)
	}
	if diff := cmp.Diff([]shape.Written{
		{"callback", "white space between tokens", 1},
		{"callback", "line ends between tokens", 1},
		{"nested", `slashes as \/`, 1},
		{"nested", `letters beyond ASCII as \u`, 1},
		{"callback", "letters beyond ASCII as they are", 1},
		{"nested", "letters beyond ASCII as they are", 1},
	}, s.Kinds[0].Written); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsDocumentedAndDidNotComeIsTold(t *testing.T) {
	t.Parallel()
	never := func(bodies ...string) (all []string) {
		for _, n := range gather(bodies...).NeverSeen {
			all = append(all, n.String())
		}
		return all
	}
	all := never(start(`"event_time":"1712893433"`))
	for _, want := range []string{"event TaskExit", "event TaskAlarm", "/appId", "/callback_url", "/event_time as integer"} {
		if !slices.Contains(all, want) {
			t.Errorf("there is no %q in %q", want, all)
		}
	}
	for _, not := range []string{"event TaskStart", "/callback_event TaskExit", "/event_time", "/event_time as string", "TaskExit /msg#/code"} {
		if slices.Contains(all, not) {
			t.Errorf("there is a %q in %q", not, all)
		}
	}
	all = never(callback(schema.TaskAlarm, `{"type":"PullFileFailed","code":1}`))
	for _, want := range []string{"TaskAlarm /msg#/type FileEndEarly", "TaskAlarm /msg#/code as string", "TaskAlarm /msg#/url"} {
		if !slices.Contains(all, want) {
			t.Errorf("there is no %q in %q", want, all)
		}
	}
	if slices.Contains(all, "TaskAlarm /msg#/type PullFileFailed") {
		t.Errorf("what came is in %q", all)
	}
	if n := len(never(`{"event_type":1}`)); n != 5 { // the events that tables name, and nothing of what they would have had
		t.Errorf("of no relay callback %d things are told", n)
	}
}

func TestADocumentedValueIsNeverCrowdedOut(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 2000 {
		all = append(all, callback(schema.TaskAlarm, `{"type":"Other`+letters(i/100)+letters(i%100)+`"}`))
	}
	s := gather(append(all, callback(schema.TaskAlarm, `{"type":"PushStreamUnstable"}`))...)
	if !slices.Contains(field(t, s, schema.TaskAlarm, "/msg#/type").Values.List, shape.Value{"PushStreamUnstable", "string", 1}) {
		t.Errorf("%+v", field(t, s, schema.TaskAlarm, "/msg#/type").Values)
	}
}

func TestNeverMoreValuesAreEstimatedThanThereCanBe(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 140 {
		all = append(all, callback(schema.TaskExit, fmt.Sprintf(`{"code":%d,"message":"m %d","task_exit_time":%d}`, -i, i, 7*i)))
		s := gather(all...)
		for _, path := range []string{"/msg#/code", "/msg#/message", "/msg#/task_exit_time"} {
			if v := field(t, s, schema.TaskExit, path).Values; v.Distinct > int64(len(all)) || i < 64 && v.Distinct != int64(len(all)) || 2*v.Distinct < int64(len(all)) {
				t.Errorf("%s: of %d values %d are told", path, len(all), v.Distinct)
			}
		}
	}
}

func TestABodyThatIsTooLongIsNotRead(t *testing.T) {
	t.Parallel()
	body := []byte(start())
	c := shape.New()
	r := schema.Validate(body, schema.Options{MaxBytes: 10})
	c.Add(shape.Place{Source: "a", Line: 1}, body, &r)
	if s := c.Shape(); s.Documents != 1 || s.Unread != 1 || len(s.Kinds) != 0 {
		t.Errorf("%s", asJSON(t, s))
	}
}

func TestListsInListsAreNotFollowedForLong(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 50) + strings.Repeat("]", 50)
	s := gather(start(`"source_urls":`+text(deep)), start(`"x":`+deep, `"source_urls":`+deep, `"task_id":`+deep), start(`"x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)))
	for _, f := range s.Kinds[0].Fields {
		if n := strings.Count(f.Path, "/"); n > 6 {
			t.Errorf("%s", f.Path)
		}
	}
	field(t, s, schema.TaskStart, "/source_urls#/*/*")
	field(t, s, schema.TaskStart, "/x/*/*")
}

func TestNumbersAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?`)
		var bodies []string
		var low, high *big.Rat
		for range rapid.IntRange(1, 6).Draw(t, "numbers") {
			token := number.Draw(t, "number")
			bodies = append(bodies, callback(schema.TaskExit, `{"code":`+token+`}`))
			r, _ := new(big.Rat).SetString(token)
			if low == nil || r.Cmp(low) < 0 {
				low = r
			}
			if high == nil || r.Cmp(high) > 0 {
				high = r
			}
		}
		c := shape.New()
		addAll(c, 0, 0, bodies)
		for _, f := range c.Shape().Kinds[0].Fields {
			if f.Path != "/msg#/code" {
				continue
			}
			a, _ := new(big.Rat).SetString(f.Numbers.Min)
			b, _ := new(big.Rat).SetString(f.Numbers.Max)
			if a == nil || b == nil || a.Cmp(low) != 0 || b.Cmp(high) != 0 {
				t.Fatalf("%s … %s of %q", f.Numbers.Min, f.Numbers.Max, bodies)
			}
		}
	})
}

func TestRoundedNumbersAreBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		c := shape.New()
		addAll(c, 0, 0, []string{start(`"strange":` + token)})
		for _, f := range c.Shape().Kinds[0].Fields {
			if f.Path != "/strange" {
				continue
			}
			r, _ := new(big.Rat).SetString(token)
			a, _ := new(big.Rat).SetString(f.Numbers.Min)
			b, _ := new(big.Rat).SetString(f.Numbers.Max)
			if a == nil || b == nil || a.Cmp(r) > 0 || b.Cmp(r) < 0 || !f.Numbers.Rounded && (a.Cmp(r) != 0 || b.Cmp(r) != 0) {
				t.Fatalf("%+v of %s", f.Numbers, token)
			}
		}
	})
}

func TestEveryKnownMemberHasItsPrivacy(t *testing.T) {
	t.Parallel()
	for _, path := range schema.KnownPaths() {
		name, inner, nested := strings.Cut(path, ".")
		body := start(`"` + name + `":"about 1"`)
		if nested {
			body = callback(schema.TaskStart, `{"`+inner+`":"about 1"}`)
			path = "msg#/" + inner
		}
		// A member that nobody knows counts as one of those that may be too many.
		var all []string
		for i := range 300 {
			all = append(all, start(`"x`+letters(i)+`":1`))
		}
		if name == "callback_event" || name == "event_type" || path == "msg" || path == "source_urls" {
			continue
		}
		field(t, gather(append(all, body)...), schema.TaskStart, "/"+path)
	}
}

// FuzzAdd holds that no body is too hostile to be gathered, and that what is told of it fits the published schema.
func FuzzAdd(f *testing.F) {
	for _, event := range schema.Events() {
		if sample, ok := schema.Sample(schema.Edition2025_09, event); ok {
			f.Add(sample)
		}
	}
	f.Add([]byte(start(`"x":{"a":[1,{"b":"\u00e9\ud800\/"}]}`, `"msg":"{"`)))
	f.Add([]byte("\xef\xbb\xbf" + start()))
	f.Add([]byte(`{"event_type":314,"callback_event":"T\n\u001b","msg":"[[1e999]]","source_urls":"7"} x`))
	contract := published(f, "shape.schema.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, b := range [][]byte{body, []byte(callback(schema.TaskExit, string(body))), []byte(start(`"x":` + string(body)))} {
			r := schema.Validate(b, schema.Options{})
			c := shape.New()
			c.Add(shape.Place{Source: "a", Line: 1}, b, &r)
			s := c.Shape()
			conforms(t, contract, asJSON(t, s))
			var out bytes.Buffer
			if err := s.Table(&out); err != nil {
				t.Fatal(err)
			}
			again, err := shape.Read(strings.NewReader(asJSON(t, s)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(asJSON(t, s), asJSON(t, again)); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
