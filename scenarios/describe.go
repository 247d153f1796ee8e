package scenarios

import (
	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/schema"
)

// What the editors' schema says beyond types and comments. The loader is stricter: a schema cannot follow references.

//go:generate go test . -run ^TestTheEditorsSchemaIsCurrent$ -update

// RefineSchema says how requirements and labels look.
func (*document) RefineSchema(s map[string]any) {
	p := properties(s)
	p["requires"]["items"] = map[string]any{"type": "string", "pattern": requirementID.String()}
	p["requires"]["minItems"] = 1
	p["timeline"]["minItems"] = 1
	s["title"] = "A relaycheck scenario"
}

// RefineSchema says that a step has one head, and offers the known names.
func (*stepDoc) RefineSchema(s map[string]any) {
	p := properties(s)
	s["oneOf"] = oneOf(headNames())
	p["emit"]["anyOf"] = []any{map[string]any{"enum": schema.Events()}, map[string]any{"type": "string"}}
	p["sibling"]["enum"] = schema.Siblings()
	p["msg"]["propertyNames"] = map[string]any{"enum": msgMembers()}
	known := map[string]any{}
	for _, path := range emitter.KnownPaths() {
		known[path] = map[string]any{}
	}
	p["set"]["properties"] = known
	p["omit"]["items"] = map[string]any{"anyOf": []any{map[string]any{"enum": emitter.KnownPaths()}, map[string]any{"type": "string"}}}
	p["together"]["minItems"] = 2
}

// RefineSchema says that a rule has one head.
func (*ruleDoc) RefineSchema(s map[string]any) {
	s["oneOf"] = oneOf(ruleNames())
	p := properties(s)
	p["swap"]["minItems"], p["swap"]["maxItems"] = 2, 2
}

// RefineSchema says that a body has one head.
func (*bodyKeys) RefineSchema(s map[string]any) {
	s["oneOf"] = oneOf([]string{"text", "base64", "template", "repeat"})
	s["dependentRequired"] = map[string]any{"repeat": []string{"times"}, "times": []string{"repeat"}}
}

func oneOf(names []string) []any {
	out := make([]any, len(names))
	for i, name := range names {
		out[i] = map[string]any{"required": []string{name}}
	}
	return out
}

// properties gives the schemas of an object's keys.
func properties(s map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	all, _ := s["properties"].(map[string]any)
	for name, p := range all {
		out[name], _ = p.(map[string]any)
	}
	return out
}

// DescribeYAML is the schema of a key that can only be true.
func (*yes) DescribeYAML() map[string]any { return map[string]any{"const": true} }

// DescribeYAML is the schema of the time that an event tells.
func (*atDoc) DescribeYAML() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "integer", "minimum": 0},
		map[string]any{"type": "string", "pattern": `^-?([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`},
	}}
}

// DescribeYAML is the schema of a status, or of a list of them.
func (*statusDoc) DescribeYAML() map[string]any {
	one := map[string]any{"anyOf": []any{
		map[string]any{"type": "integer", "minimum": 100, "maximum": 599},
		map[string]any{"type": "string", "pattern": statusPattern.String()},
	}}
	return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "minItems": 1, "items": one}}}
}

// factSchemas are the facts with what they say and how they look.
var factSchemas = map[string]struct {
	text  string
	value map[string]any
}{
	"exists":         {"The receiver knows the task.", map[string]any{"type": "boolean"}},
	"phase":          {"Whether the task runs, by the newest of its starts and exits.", map[string]any{"enum": []string{"running", "ended"}}},
	"stream_id":      {"The stream that the task pushes to.", map[string]any{"type": "string"}},
	"to_url":         {"The push address.", map[string]any{"type": "string"}},
	"source_urls":    {"The source addresses, in order.", map[string]any{"type": "array", "items": map[string]any{"type": "string"}}},
	"started_at":     {"When the task started, in milliseconds since 1970.", map[string]any{"type": "integer"}},
	"exited_at":      {"When the task last exited, in milliseconds since 1970.", map[string]any{"type": "integer"}},
	"exit_code":      {"The code of the latest exit.", map[string]any{"type": "integer"}},
	"exit_message":   {"The message of the latest exit.", map[string]any{"type": "string"}},
	"files":          {"The files that were begun.", map[string]any{"type": "array", "items": fileSchema()}},
	"files_finished": {"How many files were finished.", map[string]any{"type": "integer", "minimum": 0}},
	"alarms":         {"How many alarms came.", map[string]any{"type": "integer", "minimum": 0}},
	"events":         {"How many distinct events are kept.", map[string]any{"type": "integer", "minimum": 0}},
}

// DescribeYAML is the schema of wanted facts.
func (*factsDoc) DescribeYAML() map[string]any {
	facts := map[string]any{}
	for name, fact := range factSchemas {
		w := wanted(fact.value)
		w["description"] = fact.text + " null: no such fact."
		facts[name] = w
	}
	return map[string]any{"type": "object", "additionalProperties": false, "minProperties": 1, "properties": facts}
}

func fileSchema() map[string]any {
	return map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{
		"index": map[string]any{"type": []string{"integer", "null"}}, "url": map[string]any{"type": []string{"string", "null"}},
		"duration": map[string]any{"type": []string{"number", "null"}}, "finished": map[string]any{"type": []string{"boolean", "null"}},
	}}
}

// wanted is the schema of a fact's value, of null, and of several values of which one must be.
func wanted(value map[string]any) map[string]any {
	orNull := map[string]any{"anyOf": []any{value, map[string]any{"type": "null"}}}
	return map[string]any{"anyOf": []any{orNull, map[string]any{
		"type": "object", "additionalProperties": false, "required": []string{"any_of"},
		"properties": map[string]any{"any_of": map[string]any{"type": "array", "minItems": 1, "items": orNull}},
	}}}
}

// DescribeYAML is the schema of a body: a text, or a mapping.
func (*bodyDoc) DescribeYAML() map[string]any {
	return map[string]any{"anyOf": []any{map[string]any{"type": "string"}, strict.SchemaOf[bodyKeys]()}}
}

// DescribeYAML is the schema of expressions: one, or a list.
func (*checksDoc) DescribeYAML() map[string]any {
	text := map[string]any{"type": "string"}
	return map[string]any{"anyOf": []any{text, map[string]any{
		"type": "array", "minItems": 1, "items": map[string]any{"anyOf": []any{text, strict.SchemaOf[checkDoc]()}},
	}}}
}
