package shape_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

func diff(t testing.TB, o shape.DiffOptions, bodies ...string) shape.Difference {
	t.Helper()
	d, err := shape.Diff(gather(bodies...), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatIsDocumentedIsNoDeparture(t *testing.T) {
	t.Parallel()
	for _, e := range schema.Editions() {
		var all []string
		for _, event := range schema.Events() {
			if sample, ok := schema.Sample(e, event); ok {
				all = append(all, string(sample))
			}
		}
		if len(all) == 0 {
			continue
		}
		for _, edition := range append(schema.Editions(), schema.Auto) {
			if d := diff(t, shape.DiffOptions{Edition: edition}, all...); len(d.Departures)+len(d.Patches) > 0 {
				t.Errorf("samples of %s against %q: %+v", e, edition, d.Departures)
			}
		}
	}
}

func TestEachDepartureIsToldAndPatched(t *testing.T) {
	t.Parallel()
	exit := func(msg string) string { return callback(schema.TaskExit, msg) }
	for _, c := range []struct {
		name string
		body string
		opts shape.DiffOptions
		want []string // the departures as text
		file string   // that is patched, and how
		op   string
	}{
		{
			"a member that nobody documents", start(`"nonce":7`),
			shape.DiffOptions{},
			[]string{`no edition documents the member "nonce": in 100 % of 1, first a.ndjson:1`},
			"2025-09/wire/envelope.json", `{"op":"add","path":"/properties/nonce","value":{"description":"In no table. Seen in production, in 100 % of 1 callback.","type":"integer"}}`,
		},
		{
			"with members of its own", start(`"extra":{"a":[1,0.5],"b":{"c":null}}`),
			shape.DiffOptions{},
			[]string{`no edition documents the member "extra": in 100 % of 1, first a.ndjson:1`},
			"2025-09/wire/envelope.json", `"properties":{"a":{"description":"In no table. Seen in production, in 100 % of 1 callback.","items":{"description":"In no table. Seen in production, in 100 % of 1 callback.","type":"number"},"type":"array"},"b":`,
		},
		{
			"a member of msg", exit(`{"code":0,"message":"","task_exit_time":1,"reason":"x"}`),
			shape.DiffOptions{},
			[]string{`no edition documents the member "reason" in the msg of TaskExit: in 100 % of 1 TaskExit, first a.ndjson:1`},
			"2025-09/wire/msg.TaskExit.json", `{"op":"add","path":"/properties/reason",`,
		},
		{
			"another type", exit(`{"code":null,"message":"","task_exit_time":1}`),
			shape.DiffOptions{},
			[]string{"no edition documents /msg#/code of TaskExit as null: in 100 % of 1 TaskExit, first a.ndjson:1"},
			"2025-09/wire/msg.TaskExit.json", `{"op":"replace","path":"/properties/code/type","value":["integer","null","string"]}`,
		},
		{
			"msg as an object", callback(schema.TaskStart, "", `"msg":{"task_start_time":1}`),
			shape.DiffOptions{},
			[]string{"no edition documents /msg as object: in 100 % of 1, first a.ndjson:1"},
			"2025-09/wire/envelope.json", `{"op":"replace","path":"/properties/msg/type","value":["object","string"]}`,
		},
		{
			"an entry of source_urls", start(`"source_urls":"[\"u\",7]"`),
			shape.DiffOptions{},
			[]string{"no edition documents /source_urls#/* as integer: in 100 % of 1, first a.ndjson:1"},
			"2025-09/wire/source_urls.json", `{"op":"replace","path":"/items/type","value":["integer","string"]}`,
		},
		{
			"a type that the tables alone forbid", exit(`{"code":-22,"message":"","task_exit_time":1}`),
			shape.DiffOptions{Reading: schema.Documented},
			[]string{"no edition documents /msg#/code of TaskExit as integer: in 100 % of 1 TaskExit, first a.ndjson:1"},
			"2025-09/documented/msg.TaskExit.json", `"value":["integer","string"]`,
		},
		{
			"something is missing", start(`"task_id":`, `"appid":`),
			shape.DiffOptions{},
			[]string{"there is no appid, in neither spelling: in 100 % of 1", "/task_id is missing: in 100 % of 1"},
			"2025-09/wire/envelope.json", `{"op":"remove","path":"/anyOf"}{"op":"replace","path":"/then/required","value":["stream_id","to_url"]}`,
		},
		{
			"a member of msg is missing", exit(`{"code":0,"message":""}`),
			shape.DiffOptions{},
			[]string{"/msg#/task_exit_time of TaskExit is missing: in 100 % of 1 TaskExit"},
			"2025-09/wire/msg.TaskExit.json", `{"op":"replace","path":"/required","value":["code","message"]}`,
		},
		{
			"an alarm of another kind", callback(schema.TaskAlarm, `{"type":"DiskFull"}`),
			shape.DiffOptions{},
			[]string{"no edition documents DiskFull for /msg#/type of TaskAlarm: in 100 % of 1 TaskAlarm"},
			"2025-09/documented/msg.TaskAlarm.json", `{"op":"add","path":"/properties/type/enum/-","value":"DiskFull"}`,
		},
		{
			"an alarm that is spelled as the API's text has it", callback(schema.TaskAlarm, `{"type":"FileEndEarly","AlarmType":"FileEndEarly"}`),
			shape.DiffOptions{},
			[]string{`no edition documents the member "AlarmType" in the msg of TaskAlarm, which is what the API's text calls the member type: in 100 % of 1 TaskAlarm, first a.ndjson:1`},
			"2025-09/wire/msg.TaskAlarm.json", `{"op":"add","path":"/properties/AlarmType",`,
		},
		{
			"an event", callback("TaskPause", `{"since":5}`),
			shape.DiffOptions{},
			[]string{"no edition documents the event TaskPause: in 100 % of 1, first a.ndjson:1"},
			"2025-09/wire/msg.TaskPause.json", `"$id":"https://github.com/relaycheck/relaycheck/schema/editions/2025-09/wire/msg.TaskPause.json"`,
		},
		{
			"an event that the API names", callback(schema.ResetTaskConfig, `{}`),
			shape.DiffOptions{},
			[]string{"no edition documents the event ResetTaskConfig, which the API's list of CallbackEvents names: in 100 % of 1, first a.ndjson:1"},
			"2025-09/documented/envelope.json", `{"op":"add","path":"/properties/callback_event/enum/-","value":"ResetTaskConfig"}`,
		},
		{
			"what a later edition documents", start(`"event_time":"1712893433"`),
			shape.DiffOptions{Edition: schema.Edition2022_01},
			[]string{`the edition of 2022-01 does not document the member "event_time": in 100 % of 1, first a.ndjson:1; documented in 2024-04, 2025-09`},
			"2022-01/wire/envelope.json", `"description":"When the event happened.`,
		},
		{
			"an event of a later edition", callback(schema.TaskAlarm, `{"type":"FileEndEarly"}`),
			shape.DiffOptions{Edition: schema.Edition2024_04},
			[]string{"the edition of 2024-04 does not document the event TaskAlarm: in 100 % of 1, first a.ndjson:1; documented in 2025-09"},
			"2024-04/documented/msg.TaskAlarm.json", `"FileEndEarly"`,
		},
		{
			"numbers that no page can mean", exit(`{"code":-9007199254740993,"message":"","task_exit_time":-1}`),
			shape.DiffOptions{},
			[]string{
				"/msg#/code of TaskExit is greater than every parser keeps exactly: in 100 % of 1 TaskExit, first a.ndjson:1; schemas have no words for it",
				"/msg#/task_exit_time of TaskExit is negative: in 100 % of 1 TaskExit, first a.ndjson:1; schemas have no words for it",
			},
			"", "",
		},
		{
			"texts that are no numbers", exit(`{"code":"EINVAL","message":"","task_exit_time":1}`),
			shape.DiffOptions{},
			[]string{"/msg#/code of TaskExit is a text that holds no whole number: in 100 % of 1 TaskExit; schemas have no words for it"},
			"", "",
		},
		{
			"a text that is not JSON", callback(schema.TaskStart, "{"),
			shape.DiffOptions{},
			[]string{"the text in msg is not JSON: in 100 % of 1, first a.ndjson:1; schemas have no words for it"},
			"", "",
		},
		{
			"an event that is no text, where the tables list them", start(`"callback_event":null`),
			shape.DiffOptions{Reading: schema.Documented},
			[]string{"no edition documents /callback_event as null: in 100 % of 1, first a.ndjson:1; its values are listed"},
			"", "",
		},
		{
			"names that are data", start(`"123456":1`),
			shape.DiffOptions{},
			[]string{`no edition documents the member "{number}": in 100 % of 1, first a.ndjson:1; its names are data`},
			"", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := diff(t, c.opts, c.body)
			var got []string
			for _, one := range d.Departures {
				got = append(got, one.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			var ops strings.Builder
			for _, p := range d.Patches {
				if p.File == c.file {
					for _, op := range p.Ops {
						ops.WriteString(encode(t, op))
					}
				}
			}
			if (c.file == "") != (len(d.Patches) == 0) || !strings.Contains(ops.String(), c.op) {
				t.Errorf("the patches are %s", some(encode(t, d.Patches)))
			}
			conforms(t, published(t, "schema-diff.schema.json"), encode(t, d))
			if c.file != "" {
				accepts(t, d, c.body)
			}
		})
	}
}

func encode(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// some is the beginning of a long text.
func some(s string) string { return s[:min(len(s), 1500)] }

// patched compiles the schemas of an edition and reading as patches leave them.
func patched(t testing.TB, d shape.Difference, reading schema.Reading) map[string]*jsonschema.Schema {
	t.Helper()
	texts := map[string][]byte{}
	for _, f := range schema.Files() {
		if f.Edition == d.Against && f.Reading == reading {
			texts[f.Path()], _ = schema.ReadFile(f.Edition, f.Reading, f.Name)
		}
	}
	for _, p := range d.Patches {
		text, err := p.Apply()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(p.File, "/"+string(reading)+"/") {
			texts[p.File] = text
		}
	}
	out := map[string]*jsonschema.Schema{}
	for path, text := range texts {
		c := jsonschema.NewCompiler()
		c.Draft = jsonschema.Draft2020
		c.LoadURL = func(string) (io.ReadCloser, error) { return nil, errors.New("nothing is to be loaded") }
		if err := c.AddResource("mem:///"+path, bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		s, err := c.Compile("mem:///" + path)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		out[strings.TrimSuffix(name, ".json")] = s
	}
	return out
}

// accepts holds that the patched schemas let a body pass.
func accepts(t testing.TB, d shape.Difference, body string) {
	t.Helper()
	schemas := patched(t, d, d.Reading)
	var envelope map[string]any
	if err := decode(body, &envelope); err != nil {
		return
	}
	check := func(name string, v any) {
		if s := schemas[name]; s != nil {
			if err := s.Validate(v); err != nil {
				t.Errorf("patched, %s still refuses %s:\n%#v", name, body, err)
			}
		}
	}
	check("envelope", envelope)
	event, _ := envelope["callback_event"].(string)
	for _, name := range []string{"msg", "source_urls"} {
		text, _ := envelope[name].(string)
		var inner any
		if decode(text, &inner) != nil {
			continue
		}
		if name == "msg" {
			name += "." + event
		}
		check(name, inner)
	}
}

func decode(text string, into any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return dec.Decode(into)
}

func TestThePatchedSchemasAcceptWhateverWasSeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
		all := slices.DeleteFunc(bodies(r, 40, 60, 20), func(b string) bool { return b == "" })
		for range 20 { // with what is not as it should be in the documented places
			msg := `{"task_start_time":` + pick(r, "1", "null", `"x"`, "0.5", "[1]") + `}`
			all = append(all, callback(schema.TaskStart, msg, pick(r, `"appid":"4"`, `"appId":4`, `"appid":`, `"stream_id":null`), pick(r, `"source_urls":"[1]"`, `"source_urls":["u"]`, `"to_url":`, `"source_urls":"{}"`)))
		}
		opts := shape.DiffOptions{Edition: rapid.SampledFrom(append(schema.Editions(), schema.Auto)).Draw(rt, "edition")}
		d, err := shape.Diff(gather(all...), opts)
		if err != nil {
			rt.Fatal(err)
		}
		schemas := patched(t, d, d.Reading)
		for _, body := range all {
			rep := schema.Validate([]byte(body), schema.Options{})
			if rep.Kind != schema.KindRelay {
				continue
			}
			var envelope map[string]any
			if decode(body, &envelope) != nil {
				continue
			}
			if err := schemas["envelope"].Validate(envelope); err != nil {
				rt.Fatalf("patched, it still refuses %s:\n%#v\n%s", body, err, some(encode(t, d.Patches)))
			}
			text, _ := envelope["msg"].(string)
			var msg any
			if s := schemas["msg."+rep.Event]; s != nil && decode(text, &msg) == nil {
				if err := s.Validate(msg); err != nil {
					rt.Fatalf("patched, it still refuses %s:\n%#v\n%s", body, err, some(encode(t, d.Patches)))
				}
			}
		}
		_ = patched(t, d, schema.Documented) // they compile
	})
}

func TestRareDeparturesCanBeLeftOut(t *testing.T) {
	t.Parallel()
	all := slices.Repeat([]string{start(`"often":1`)}, 99)
	d := diff(t, shape.DiffOptions{MinShare: 0.02}, append(all, start(`"rare":1`))...)
	if len(d.Departures) != 1 || d.Departures[0].Path != "/often" || d.Omitted != 1 || strings.Contains(encode(t, d.Patches), "rare") {
		t.Errorf("%s", encode(t, d))
	}
}

func TestWithoutRelayCallbacksThereIsNothingToCompare(t *testing.T) {
	t.Parallel()
	for _, bodies := range [][]string{nil, {`{"event_type":1}`}, {"", "{"}} {
		if _, err := shape.Diff(gather(bodies...), shape.DiffOptions{}); !errors.Is(err, shape.ErrNoRelay) {
			t.Errorf("%q: %v", bodies, err)
		}
	}
}

func TestWhatIsNoShapeIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "it is empty", "{": "it is no shape", "[]": "it is no shape", "{}": "it is no shape of version 1", `{"shape":2}`: "it is no shape of version 1",
		`{"documents":[]}`: "it is no shape", `{"shape":1,"nonsense":1}`: "it is no shape",
	} {
		if _, err := shape.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
