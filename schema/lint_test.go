package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// keywords are all that the schemas may use, and where another schema hangs on them. The library takes a misspelt
// keyword for an annotation, and the code around it knows how to put these into words and no others.
var keywords = map[string]string{
	"$schema": "", "$id": "", "$comment": "", "title": "", "description": "", "contentMediaType": "",
	"type": "", "const": "", "enum": "", "required": "",
	"items": "schema", "if": "schema", "then": "schema", "anyOf": "schemas", "properties": "map",
}

func lint(t *testing.T, file, at string, doc any) {
	t.Helper()
	object, ok := doc.(map[string]any)
	if !ok {
		t.Errorf("%s%s: a schema has to be an object", file, at)
		return
	}
	for key, value := range object {
		kind, ok := keywords[key]
		if !ok {
			t.Errorf("%s%s: keyword %q is not a known one", file, at, key)
			continue
		}
		switch kind {
		case "schema":
			lint(t, file, at+"/"+key, value)
		case "schemas":
			for _, s := range value.([]any) {
				lint(t, file, at+"/"+key, s)
			}
		case "map":
			for name, s := range value.(map[string]any) {
				lint(t, file, at+"/"+key+"/"+name, s)
			}
		}
	}
}

func TestSchemasAreValidAndUseKnownKeywordsOnly(t *testing.T) {
	t.Parallel()
	meta, err := jsonschema.Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	files := Files()
	if len(files) != 4*2*6+2 {
		t.Errorf("there are %d schemas", len(files))
	}
	for _, f := range files {
		data, ok := ReadFile(f.Edition, f.Reading, f.Name)
		if !ok {
			t.Fatalf("%s is listed and not there", f.Path())
		}
		var doc map[string]any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatalf("%s: %v", f.Path(), err)
		}
		if err := meta.Validate(doc); err != nil {
			t.Errorf("%s: %v", f.Path(), err)
		}
		lint(t, f.Path(), "", doc)
		if doc["$id"] != f.ID || doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: $id %v, $schema %v", f.Path(), doc["$id"], doc["$schema"])
		}
		title, _ := doc["title"].(string)
		description, _ := doc["description"].(string)
		if !strings.Contains(title, string(f.Edition)) || !strings.Contains(title, string(f.Reading)) || !strings.Contains(description, "Relay Event Notification") {
			t.Errorf("%s: title %q, description %q", f.Path(), title, description)
		}
	}
}

// The validator hands the library only members that it knows, and nothing below them: that is right as long as no schema
// asks about more.
func TestSchemasAskOnlyAboutWhatTheLibraryIsGiven(t *testing.T) {
	t.Parallel()
	for _, e := range Editions() {
		for _, reading := range Readings() {
			set, err := schemas(e, reading)
			if err != nil {
				t.Fatal(err)
			}
			for name, p := range set.parts {
				known := memberSet
				if name == "envelope" {
					known = outerSet
				}
				top, err := p.schema()
				if err != nil {
					t.Fatal(err)
				}
				for property, sch := range top.Properties {
					if known.bit([]byte(property)) < 0 {
						t.Errorf("%s %s %s: property %q is not handed over", e, reading, name, property)
					}
					if sch.Properties != nil || sch.Items2020 != nil || sch.If != nil || sch.AnyOf != nil {
						t.Errorf("%s %s %s: the schema of %q looks inside", e, reading, name, property)
					}
				}
				if item := top.Items2020; item != nil && (len(item.Types) == 0 || item.Properties != nil || item.Items2020 != nil) {
					t.Errorf("%s %s %s: items are asked more than their type", e, reading, name)
				}
			}
		}
	}
}

// Each documented schema is at least as strict as the wire schema of its edition: that is what makes a departure from
// the tables alone a warning.
func TestTheDocumentedReadingIsStricter(t *testing.T) {
	t.Parallel()
	for _, m := range mutants(t) {
		for _, e := range Editions() {
			x := newExam(m.body)
			wire, err := x.deviations(e, Wire)
			if err != nil {
				t.Fatal(err)
			}
			tables, err := x.deviations(e, Documented)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range wire {
				if !slices.ContainsFunc(tables, func(o partDeviation) bool { return o.part == d.part && o.pointer == d.pointer }) {
					t.Errorf("%s, %s in %s: the wire reading minds %s%s, the tables do not", m.event, m.name, e, d.part, d.pointer)
				}
			}
		}
	}
}

func TestTheKeyListsAgreeWithSamplesAndSchemas(t *testing.T) {
	t.Parallel()
	paths := KnownPaths()
	if !slices.IsSorted(paths) {
		t.Errorf("paths are not sorted: %q", paths)
	}
	for _, event := range []string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit} {
		sample, _ := Sample(Edition2025_09, event)
		outer := decode(t, sample)
		if got, want := OuterKeys(event), slices.Sorted(maps.Keys(outer)); !slices.Equal(got, want) {
			t.Errorf("%s: outer keys %q, the sample has %q", event, got, want)
		}
		var order []string
		dec := json.NewDecoder(strings.NewReader(string(text(t, outer["msg"]))))
		for depth := 0; ; {
			token, err := dec.Token()
			if err != nil {
				break
			}
			if d, ok := token.(json.Delim); ok && d == '{' {
				depth++
			} else if name, ok := token.(string); ok && depth == 1 {
				order = append(order, name)
				if _, err := dec.Token(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := MsgKeys(event); !slices.Equal(got, order) {
			t.Errorf("%s: msg keys %q, the sample has %q", event, got, order)
		}
	}
	if got := MsgKeys(TaskAlarm); !slices.Equal(got, []string{"type"}) {
		t.Errorf("TaskAlarm: %q", got)
	}
	if got := MsgKeys(ResetTaskConfig); got != nil {
		t.Errorf("ResetTaskConfig: %q", got)
	}
	for _, e := range Editions() {
		set, err := schemas(e, Wire)
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range set.parts {
			prefix := ""
			if name != "envelope" {
				prefix = "msg."
			}
			sch, err := p.schema()
			if err != nil {
				t.Fatal(err)
			}
			for property := range sch.Properties {
				if !slices.Contains(paths, prefix+property) {
					t.Errorf("%s%s is in %s and not among the known paths", prefix, property, name)
				}
			}
		}
	}
	for _, p := range []string{"t", "sign", "appId", "appid", "event_time", "msg.code", "msg.type", "callback_url"} {
		if !slices.Contains(paths, p) {
			t.Errorf("%s is not among the known paths", p)
		}
	}
}

// A body is checked once for each class of schemas instead of once for each schema: that has to make no difference.
func TestSchemasOfOneClassGiveOneAnswer(t *testing.T) {
	t.Parallel()
	bodies := [][]byte{around("event_time", "1"), around("event_time", "true"), around("interface", "1")}
	for _, v := range readVectors(t) {
		bodies = append(bodies, v.body)
	}
	for _, body := range bodies {
		e := newExam(body)
		if e.subj == nil {
			continue
		}
		for _, ed := range Editions() {
			for _, reading := range Readings() {
				shared, err := e.deviations(ed, reading)
				if err != nil {
					t.Fatal(err)
				}
				alone, err := newExam(body).deviations(ed, reading)
				if err != nil {
					t.Fatal(err)
				}
				if sortedDeviations(shared) != sortedDeviations(alone) {
					t.Errorf("%s, %s, %s: %v behind other editions, %v alone", body, ed, reading, shared, alone)
				}
			}
		}
	}
}

func sortedDeviations(list []partDeviation) string {
	var lines []string
	for _, d := range list {
		lines = append(lines, d.part+" "+d.pointer+" "+d.keyword+" "+d.expected)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Half a million entries of source_urls are not handed to the library one by one.
func TestTheLibraryIsGivenFewItems(t *testing.T) {
	t.Parallel()
	doc, err := jsonscan.Scan([]byte("[" + strings.Repeat(`"a",1,null,`, 2*fewItems) + "{}]"))
	if err != nil {
		t.Fatal(err)
	}
	list, index := items(&doc)
	if len(list) != fewItems+4 || len(index) != len(list) || index[len(index)-1] != len(doc.Items)-1 {
		t.Errorf("%d items, %d places, the last %d of %d", len(list), len(index), index[len(index)-1], len(doc.Items))
	}
}

// The numbers that the library panics of do not reach it; if another did, the program would go on.
func TestAPanicOfTheLibraryIsCaught(t *testing.T) {
	t.Parallel()
	set, err := schemas(Edition2025_09, Wire)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := set.parts["envelope"].check(map[string]any{"appid": json.Number("1e1000001")}); err == nil {
		t.Errorf("no error, but %v", found)
	}
	if _, err := set.parts["envelope"].check(struct{}{}); err == nil {
		t.Error("a Go type that is no JSON was checked")
	}
}

func TestNoSchemaReachesOutOfTheEmbeddedFiles(t *testing.T) {
	t.Parallel()
	c := newCompiler()
	for _, url := range []string{"file:///etc/passwd", "https://example.com/schema.json", baseURL + "../doc.go", baseURL + "1999-01/wire/envelope.json"} {
		if _, err := c.Compile(url); err == nil {
			t.Errorf("%s was read", url)
		}
	}
}
