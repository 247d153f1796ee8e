package target

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/judge"
)

const schemaFile = "../../docs/schemas/target.schema.json"

func readSchema(t *testing.T) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	raw, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("target.schema.json", bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return s, doc
}

// The schema that editors use and the structs that the loader uses name the same keys, at every level.
func TestSchemaAndLoaderKnowTheSameKeys(t *testing.T) {
	t.Parallel()
	_, doc := readSchema(t)
	compareKeys(t, doc, doc, reflect.TypeFor[fileSpec](), "")
}

func compareKeys(t *testing.T, root, node map[string]any, typ reflect.Type, where string) {
	t.Helper()
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	node = objectOf(root, node)
	if typ.Kind() == reflect.Slice && typ != reflect.TypeFor[strict.Map[value]]() {
		if e := typ.Elem(); e.Kind() == reflect.Struct && e != reflect.TypeFor[value]() {
			if f, ok := e.FieldByName("Value"); ok && strings.HasPrefix(typ.Name(), "Map[") {
				extra, ok := node["additionalProperties"].(map[string]any)
				if !ok {
					t.Errorf("%s: the schema does not describe its values", where)
					return
				}
				compareKeys(t, root, extra, f.Type, where+".*")
				return
			}
			compareKeys(t, root, node, e, where)
		}
		return
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[value]() {
		return
	}
	properties, ok := node["properties"].(map[string]any)
	if !ok {
		t.Errorf("%s: the schema has no properties", where)
		return
	}
	var want, required, got []string
	for _, f := range strict.Fields(typ) {
		want = append(want, f.Name)
		if f.Required {
			required = append(required, f.Name)
		}
		if p, ok := properties[f.Name].(map[string]any); ok {
			compareKeys(t, root, p, f.Type, where+"."+f.Name)
		}
	}
	for name := range properties {
		got = append(got, name)
	}
	sort.Strings(want)
	sort.Strings(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: loader -, schema +\n%s", where, diff)
	}
	var gotRequired []string
	if list, ok := node["required"].([]any); ok {
		for _, r := range list {
			gotRequired = append(gotRequired, r.(string))
		}
	}
	if diff := cmp.Diff(required, gotRequired); diff != "" {
		t.Errorf("%s: required by the loader -, by the schema +\n%s", where, diff)
	}
}

// objectOf follows references, and finds the object among alternatives.
func objectOf(root, node map[string]any) map[string]any {
	if ref, ok := node["$ref"].(string); ok {
		defs, _ := root["$defs"].(map[string]any)
		if d, ok := defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any); ok {
			return objectOf(root, d)
		}
	}
	if list, ok := node["anyOf"].([]any); ok {
		for _, alternative := range list {
			m, _ := alternative.(map[string]any)
			if o := objectOf(root, m); o["properties"] != nil {
				return o
			}
		}
	}
	return node
}

func TestSchemaNamesEveryFact(t *testing.T) {
	t.Parallel()
	_, doc := readSchema(t)
	node := doc
	for _, key := range []string{"observe", "task", "facts"} {
		properties, _ := node["properties"].(map[string]any)
		node, _ = properties[key].(map[string]any)
	}
	properties, _ := node["properties"].(map[string]any)
	for _, fact := range judge.FactNames() {
		if properties[fact] == nil {
			t.Errorf("%s is missing", fact)
		}
		delete(properties, fact)
	}
	for extra := range properties {
		t.Errorf("%s is no fact", extra)
	}
}

// What the loader takes, the schema takes; what only the schema can see is wrong is wrong.
func TestSchemaJudgesFilesAsTheLoaderDoes(t *testing.T) {
	t.Parallel()
	s, _ := readSchema(t)
	tests := []struct {
		name, src string
		ok        bool
	}{
		{"the least", "url: http://h/\n", true},
		{"everything", `
url: ${URL:-http://h/}
signing: {key: 12345, required: "${REQUIRED:-false}"}
tls: {server_name: h, insecure: true}
headers: {A: b, C: 1}
answer_within: ${WITHIN:-5s}
observe:
  within: 1m30s
  task: {http: "http://h/{{task_id}}", timeout: 500ms, facts: {exists: status == 200, exit_code: -22}}
  effects:
    a: {http: {url: "http://h/{{task_id}}", headers: {A: b}}, count: body.n, canary: false}
    b: {sql: {driver: sqlite, dsn: file:a, query: select $1, args: ["{{stream_id}}"]}}
    c: {redis: {url: redis://h, command: [GET, "{{task_id}}"]}}
    d: {command: [a, 1]}
    e: {command: {argv: [a], env: {A: 1}, dir: b}}
    f: {file: {path: a, match: "x{{task_id}}"}}
    g: {sink: {listen: ":0", answer: {status: 500, body: x, headers: {A: b}, delay: 1s}}, task_id: body.id}
    h: {sink: {listen: ":0", answer: [{status: 500}, {}]}, task_id: path}
hooks:
  ready: {http: http://h/}
  kill: {command: [a, b], timeout: 1s, env: {A: b}, dir: c}
`, true},
		{"no url", "headers: {}\n", false},
		{"an unknown key", "url: http://h/\nobserv: {}\n", false},
		{"two kinds", "url: http://h/\nobserve: {task: {http: 'http://h/{{task_id}}', file: {path: a}}}\n", false},
		{"no kind", "url: http://h/\nobserve: {effects: {a: {count: '1'}}}\n", false},
		{"an unknown fact", "url: http://h/\nobserve: {task: {http: 'http://h/{{task_id}}', facts: {exits: 'true'}}}\n", false},
		{"a command as text", "url: http://h/\nobserve: {effects: {a: {command: a b}}}\n", false},
		{"a bare number for a time", "url: http://h/\nanswer_within: 5\n", false},
		{"a hook of two", "url: http://h/\nhooks: {stop: {http: 'http://h/', command: [a]}}\n", false},
		{"an unknown hook", "url: http://h/\nhooks: {reboot: {command: [a]}}\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := strict.Parse("f.yaml", []byte(tt.src))
			root, ok := f.Root()
			if !ok {
				t.Fatal(f.Err())
			}
			doc, _ := root.Value()
			schemaErr := s.Validate(doc)
			_, loadErr := Parse("f.yaml", []byte(tt.src), t.TempDir(), nil)
			if (schemaErr == nil) != tt.ok || (loadErr == nil) != tt.ok {
				t.Errorf("schema: %v\nloader: %v", schemaErr, loadErr)
			}
		})
	}
}
