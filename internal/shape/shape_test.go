package shape_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// gather is the shape of some bodies, one in each line of one source.
func gather(bodies ...string) shape.Shape {
	c := shape.New()
	addAll(c, 0, 0, bodies)
	return c.Shape()
}

// addAll adds bodies that stand behind others, in lines that are told as if so many were missing. An empty one could not
// be read.
func addAll(c *shape.Collector, before, missing int, bodies []string) {
	v := schema.NewValidator()
	for i := range bodies {
		if backwards := before%2 == 1; backwards { // a shape has no order
			i = len(bodies) - 1 - i
		}
		n, body := before+i, bodies[i]
		at := shape.Place{Input: 1, Source: "a.ndjson", Line: n - missing + 1, Offset: int64(1000 * n)}
		if n%3 == 0 {
			at.Arrived = time.Unix(1_700_000_000+int64(n*7919%100_000), 0)
		}
		if body == "" {
			c.Unread(at)
			continue
		}
		r := v.Validate([]byte(body), schema.Options{})
		c.Add(at, []byte(body), &r)
	}
}

func asJSON(t testing.TB, s shape.Shape) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// published is a schema of docs/schemas.
func published(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.Compile(filepath.Join("..", "..", "docs", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func conforms(t testing.TB, s *jsonschema.Schema, text string) {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v in %.500s", err, text)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%#v\n%.2000s", err, text)
	}
}

func field(t testing.TB, s shape.Shape, kind, path string) shape.Field {
	t.Helper()
	for _, k := range s.Kinds {
		for _, f := range k.Fields {
			if k.Name == kind && f.Path == path {
				return f
			}
		}
	}
	t.Fatalf("there is no %s in %q: %s", path, kind, asJSON(t, s))
	return shape.Field{}
}

// callback is a relay callback with the members given in place of or beside the usual ones.
func callback(event, msg string, more ...string) string {
	members := []string{
		`"appid":1250000000`, `"callback_event":"` + event + `"`, `"event_type":314`, `"interface":"general_callback"`, `"msg":` + text(msg),
		`"product_name":"pullpush"`, `"source_urls":` + text(`["http://origin.example.com/a.m3u8"]`+"\n"), `"stream_id":"s"`, `"task_id":"118148"`, `"to_url":"rtmp://push.example.com/live/s"`,
	}
	for _, m := range more {
		name, _, _ := strings.Cut(m, ":")
		var kept []string
		for _, old := range members {
			if !strings.HasPrefix(old, name+":") {
				kept = append(kept, old)
			}
		}
		if members = kept; !strings.HasSuffix(m, ":") {
			members = append(members, m)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

func text(s string) string {
	b, _ := json.Marshal(s) // a string
	return string(b)
}

func start(more ...string) string {
	return callback(schema.TaskStart, `{"task_start_time":1700000000000}`, more...)
}

// bodies are documents of every sort: plain, odd, broken, with names and events enough to reach each bound.
func bodies(r *rand.Rand, n, names, events int) []string {
	var all []string
	for _, event := range schema.Events() {
		if sample, ok := schema.Sample(schema.Edition2025_09, event); ok {
			all = append(all, string(sample))
		}
	}
	for _, name := range schema.Siblings() {
		sibling, _ := schema.Sibling(name)
		all = append(all, string(sibling))
	}
	var out []string
	for range n {
		sort := r.IntN(8)
		if events > 20 && r.IntN(2) == 0 {
			sort = 2
		}
		switch sort {
		case 0:
			out = append(out, all[r.IntN(len(all))])
		case 1:
			one := all[r.IntN(len(all))]
			out = append(out, one[:r.IntN(len(one))])
		case 2:
			out = append(out, callback(fmt.Sprintf("Event%c%c", 'a'+r.IntN(max(events/20, 1)), 'a'+r.IntN(20)), `{"a":1}`))
		case 3:
			out = append(out, callback(schema.TaskAlarm, fmt.Sprintf(`{"type":%q,"code":%d}`, pick(r, "FileEndEarly", "PullFileFailed", "New"), r.IntN(200)-100)))
		case 4:
			out = append(out, callback(schema.TaskExit, fmt.Sprintf(`{"code":%s,"message":"m","task_exit_time":%d,"x%c":{"y":[1,{"z":null}]}}`,
				pick(r, `-22`, `"-22"`, `null`, `1e300`, `12345678901234567890`, `0.5`, `{"a":1}`), r.Int64(), 'a'+r.IntN(26))))
		default:
			var more []string
			for range r.IntN(12) {
				more = append(more, fmt.Sprintf(`"n%c%c":%s`, 'a'+r.IntN(max(names/20, 1)), 'a'+r.IntN(20),
					pick(r, `1`, `"t"`, `{"in":{"er":[{"most":1}]}}`, `[1,"a",[2]]`, `true`, `""`, `"http://x.example.com/?txSecret=1"`, `123456789`)))
			}
			out = append(out, start(more...))
		}
	}
	return out
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func TestTheShapeDoesNotDependOnHowTheInputIsCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		names := rapid.SampledFrom([]int{20, 150, 500}).Draw(t, "names")
		events := rapid.SampledFrom([]int{20, 80}).Draw(t, "events")
		all := bodies(r, rapid.IntRange(1, 150).Draw(t, "documents"), names, events)
		whole := shape.New()
		addAll(whole, 0, 0, all)

		// The parts are gathered apart; some tell their lines from their own beginning. They are merged in any order.
		var parts []*shape.Collector
		for at := 0; at < len(all); {
			n := rapid.IntRange(1, len(all)-at).Draw(t, "part")
			c := shape.New()
			if rapid.Bool().Draw(t, "shifted") {
				addAll(c, at, at, all[at:at+n])
				c.Shift(at)
			} else {
				addAll(c, at, 0, all[at:at+n])
			}
			parts = append(parts, c)
			at += n
		}
		sum := shape.New()
		for len(parts) > 0 {
			i := rapid.IntRange(0, len(parts)-1).Draw(t, "next")
			sum.Merge(parts[i])
			parts = append(parts[:i], parts[i+1:]...)
		}
		if diff := cmp.Diff(asJSONr(t, whole.Shape()), asJSONr(t, sum.Shape())); diff != "" {
			t.Fatalf("cut into parts it is another shape (-whole +parts):\n%s", diff)
		}
	})
}

func asJSONr(t *rapid.T, s shape.Shape) string {
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMoreThanIsKeptIsSaidAfterAMergeToo(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 100 {
		all = append(all, callback(schema.TaskExit, fmt.Sprintf(`{"code":%d,"message":"m","task_exit_time":1,"x%c%c":1}`, -i, 'a'+i/10, 'a'+i%10)))
	}
	part, sum := shape.New(), shape.New()
	addAll(part, 0, 0, all)
	sum.Merge(part)
	s := sum.Shape()
	code := field(t, s, schema.TaskExit, "/msg#/code")
	if v := code.Values; !v.More || v.Distinct < 70 || v.Distinct > 100 || len(v.List) != 20 || v.Unlisted != v.Distinct-20 {
		t.Errorf("of 100 codes %+v is told", v)
	}
	orders := 0
	for _, o := range s.Kinds[0].Orders {
		if o.Path == "/msg#" {
			if orders++; o.More != (orders == 5) {
				t.Errorf("of 100 orders, the one in place %d says %v", orders, o.More)
			}
		}
	}
	if orders != 5 {
		t.Errorf("%d orders are told", orders)
	}
}

func TestTooManyMembersAreSummedUpAndSaidToBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		body     func(i int) string
		there    []string
		gone     []string
		cut      string
		inAll    int64 // occurrences of {any}
		anywhere string
	}{
		{
			"few", func(i int) string { return start(fmt.Sprintf(`"n%s":{"in":{"er":1}}`, letters(i%60))) },
			[]string{"/naa", "/naa/in/er"},
			[]string{"/{any}"},
			"", 0, "",
		},
		{
			"too many within", func(i int) string { return start(fmt.Sprintf(`"n%s":{"in":{"er":1}}`, letters(i%90))) },
			[]string{"/naa", "/naa/in"},
			[]string{"/naa/in/er", "/{any}"},
			"more than 2 deep", 0, "",
		},
		{
			"too many", func(i int) string { return start(fmt.Sprintf(`"n%s":{"in":1}`, letters(i))) },
			[]string{"/{any}"},
			[]string{"/naa", "/{any}/in"},
			"summed up as {any}", 300, "/{any}",
		},
		{"in msg", func(i int) string {
			return callback(schema.TaskStart, fmt.Sprintf(`{"task_start_time":1,"n%s":1}`, letters(i)))
		}, []string{"/msg#/{any}", "/msg#/task_start_time"}, []string{"/msg#/naa"}, "summed up as {any}", 300, "/msg#/{any}"},
		{
			"names that are ids", func(i int) string { return start(fmt.Sprintf(`"%d":1,"task_%d":2`, 100000+i, 100000+i)) },
			[]string{"/{number}", "/{name}"},
			[]string{"/{any}"},
			"", 0, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var all []string
			for i := range 300 {
				all = append(all, c.body(i))
			}
			s := gather(all...)
			k := s.Kinds[0]
			paths := map[string]shape.Field{}
			for _, f := range k.Fields {
				paths[f.Path] = f
			}
			for _, p := range c.there {
				if _, ok := paths[p]; !ok {
					t.Errorf("there is no %s", p)
				}
			}
			for _, p := range c.gone {
				if _, ok := paths[p]; ok {
					t.Errorf("there is %s", p)
				}
			}
			if !strings.Contains(k.Cut, c.cut) || (c.cut == "") != (k.Cut == "") {
				t.Errorf("it is said: %q", k.Cut)
			}
			if c.anywhere != "" && (paths[c.anywhere].Occurrences != c.inAll || paths[c.anywhere].Documents != 0) {
				t.Errorf("%+v", paths[c.anywhere])
			}
			conforms(t, published(t, "shape.schema.json"), asJSON(t, s))
		})
	}
}

// letters is a name for a number.
func letters(i int) string { return string([]byte{'a' + byte(i/20), 'a' + byte(i%20)}) }

func TestTooManyEventsAreSummedUpAndSaidToBe(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 60 {
		all = append(all, callback("Event"+letters(i), `{"a":1}`))
	}
	s := gather(append(all, start())...)
	if !s.EventsCut || len(s.Kinds) != 2 || s.Kinds[0].Name != schema.TaskStart || s.Kinds[1].Name != "{any}" || s.Kinds[1].Documents != 60 {
		t.Errorf("%s", asJSON(t, s))
	}
	if s := gather(all[:32]...); s.EventsCut || len(s.Kinds) != 32 {
		t.Errorf("32 events are too many: %d kinds", len(s.Kinds))
	}
	conforms(t, published(t, "shape.schema.json"), asJSON(t, s))
}
