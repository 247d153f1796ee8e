package scenarios

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/internal/strict/schemagen"
)

const editorSchemaFile = "scenario.schema.json"

func TestTheEditorsSchemaIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := schemagen.Generate(reflect.TypeFor[document](), schemagen.Options{
		ID: "https://github.com/relaycheck/relaycheck/scenarios/" + editorSchemaFile, Dir: ".",
	})
	if err != nil {
		t.Fatal(err)
	}
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		if err := os.WriteFile(editorSchemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(editorSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the types say: run go generate ./scenarios", editorSchemaFile)
	}
}

// compiledSchema compiles the schema.
func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := os.ReadFile(editorSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	if err := c.AddResource(editorSchemaFile, bytes.NewReader(src)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(editorSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSONValue is a YAML file as an editor's JSON Schema validator sees it.
func asJSONValue(t *testing.T, name string, src []byte) (any, bool) {
	t.Helper()
	f := strict.Parse(name, src)
	n, ok := f.Root()
	if !ok {
		return nil, false
	}
	v, ok := n.Value()
	return v, ok
}

func TestTheEditorsSchemaTakesWhatTheLoaderTakes(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	list, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string][]byte{}
	for _, s := range list {
		sources[s.File] = s.Source
	}
	for _, pattern := range []string{"testdata/rich.yaml", "testdata/warn/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no files at %s (%v)", pattern, err)
		}
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sources[name] = src
		}
	}
	for name, src := range sources {
		v, ok := asJSONValue(t, name, src)
		if !ok {
			t.Errorf("%s is no JSON", name)
			continue
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

// TestTheEditorsSchemaRefusesSlips checks files that the loader refuses for what a schema can see.
func TestTheEditorsSchemaRefusesSlips(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	for _, name := range []string{
		"unknown-key", "wrong-types", "wrong-types-below", "missing-keys", "empty-timeline", "a-list", "steps-that-do-nothing-or-too-much",
		"together", "facts", "answers", "asserts-nothing-in-pieces", "scale", "wide-characters",
	} {
		src, err := os.ReadFile(filepath.Join("testdata", "bad", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		v, _ := asJSONValue(t, name, src)
		if schema.Validate(v) == nil {
			t.Errorf("the schema takes %s.yaml", name)
		}
	}
}

func TestTheEditorsSchemaExplainsEveryKey(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile(editorSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var root any
	if err := json.Unmarshal(src, &root); err != nil {
		t.Fatal(err)
	}
	explained := 0
	var walk func(v any, path string)
	walk = func(v any, path string) {
		m, _ := v.(map[string]any)
		if p, ok := m["properties"].(map[string]any); ok && m["additionalProperties"] == false && !strings.Contains(path, "anyOf") {
			for key, sub := range p {
				text, _ := sub.(map[string]any)["description"].(string)
				if text == "" {
					t.Errorf("%s.%s is not explained", path, key)
				}
				explained++
			}
		}
		for key, sub := range m {
			walk(sub, path+"/"+key)
		}
	}
	walk(root, "")
	if explained < 60 {
		t.Errorf("only %d keys found", explained)
	}
}
