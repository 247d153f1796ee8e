package schemagen_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/internal/strict/schemagen"
)

type size string

func (size) Values() []string { return []string{"small", "large"} }

// A thing of some size.
type thing struct {
	// How large
	// it is.
	Size  size               `yaml:"size" strict:"required"`
	Parts []part             `yaml:"parts"`
	Names strict.Map[string] `yaml:"names"`
	Place *strict.At[int]    `yaml:"place"`
	Wait  strict.Duration    `yaml:"wait"`
	Table map[string]float64 `yaml:"table"`
	Free  any                `yaml:"free"`
	Other *thing             `yaml:"other"`
	Off   bool
	Keys  strict.Keys
}

// part is a part, for readers of the code.
type part struct {
	// Its name.
	Name string `yaml:"name"`
}

func (*part) RefineSchema(s map[string]any) { s["minProperties"] = 1 }

type union struct{}

func (*union) DecodeYAML(strict.Node) {}

func generate(t *testing.T, typ reflect.Type) (map[string]any, error) {
	t.Helper()
	raw, err := schemagen.Generate(typ, schemagen.Options{ID: "urn:thing", Dir: "."})
	if err != nil {
		return nil, err
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out, nil
}

func TestASchemaFollowsTheTypes(t *testing.T) {
	t.Parallel()
	got, err := generate(t, reflect.TypeFor[thing]())
	if err != nil {
		t.Fatal(err)
	}
	ref := func(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }
	properties := map[string]any{
		"size":  map[string]any{"enum": []any{"small", "large"}}, // described below, where the comment is found
		"parts": map[string]any{"type": "array", "items": ref("part")},
		"names": map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}},
		"place": map[string]any{"type": "integer"},
		"wait":  map[string]any{"type": "string", "pattern": got["properties"].(map[string]any)["wait"].(map[string]any)["pattern"]}, //nolint:forcetypeassert // a test
		"table": map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "number"}},
		"free":  map[string]any{},
		"other": ref("thing"),
	}
	properties["size"].(map[string]any)["description"] = "How large it is." //nolint:forcetypeassert // a test
	if diff := cmp.Diff(properties, got["properties"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got["additionalProperties"] != false || got["$id"] != "urn:thing" || got["description"] != "A thing of some size." {
		t.Errorf("got %v", got)
	}
	if diff := cmp.Diff([]any{"size"}, got["required"]); diff != "" {
		t.Error(diff)
	}
	wantPart := map[string]any{
		"type": "object", "additionalProperties": false, "minProperties": 1.,
		"properties": map[string]any{"name": map[string]any{"type": "string", "description": "Its name."}},
	}
	if diff := cmp.Diff(wantPart, got["$defs"].(map[string]any)["part"]); diff != "" { //nolint:forcetypeassert // a test
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestATypeThatCannotBeDescribedIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := generate(t, reflect.TypeFor[struct {
		U union `yaml:"u"`
	}]()); err == nil || !strings.Contains(err.Error(), "has no DescribeYAML") {
		t.Errorf("got %v", err)
	}
	if _, err := generate(t, reflect.TypeFor[struct {
		C chan int `yaml:"c"`
	}]()); err == nil {
		t.Error("a channel is described")
	}
	if _, err := schemagen.Generate(reflect.TypeFor[thing](), schemagen.Options{Dir: "[ "}); err == nil {
		t.Error("a folder that cannot be listed is read")
	}
}
