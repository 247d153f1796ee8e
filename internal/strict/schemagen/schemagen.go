// Package schemagen makes a JSON Schema for editors of the Go types that package strict decodes into, so that what an
// editor offers and what the loader takes cannot drift apart. Keys come from the yaml tags, descriptions from the
// comments of fields and types.
//
//	schema, err := schemagen.Generate(reflect.TypeFor[document](), schemagen.Options{ID: "…", Dir: "."})
//
// It is for `go generate` and tests: it reads Go source, and no program that is shipped imports it.
//
// A type that reads itself describes itself, with a method DescribeYAML() map[string]any, in which a strict.TypeRef stands
// for the schema of a type. A struct may change its own schema, with a method RefineSchema(map[string]any).
package schemagen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// Options say where the types are explained and what the schema is called.
type Options struct {
	ID  string // $id
	Dir string // folder of the Go files whose comments describe the types
}

// A Describer gives its own schema.
type Describer interface{ DescribeYAML() map[string]any }

// A Refiner changes the schema that was made of its fields.
type Refiner interface{ RefineSchema(schema map[string]any) }

// Generate makes the schema of a struct type, as indented JSON with a newline at its end.
func Generate(t reflect.Type, o Options) ([]byte, error) {
	docs, err := readComments(o.Dir)
	if err != nil {
		return nil, err
	}
	g := &generator{docs: docs, defs: map[string]any{}}
	root := g.object(t)
	schema := map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": o.ID, "$defs": g.defs}
	maps.Copy(schema, root)
	if g.err != nil {
		return nil, g.err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		return nil, fmt.Errorf("write the schema of %s: %w", t, err)
	}
	return b.Bytes(), nil
}

type generator struct {
	docs comments
	defs map[string]any
	err  error
}

type (
	inner   interface{ Inner() any }   // strict.At
	element interface{ Element() any } // strict.Map
)

// schema describes a type.
func (g *generator) schema(t reflect.Type) map[string]any {
	if t.Kind() == reflect.Pointer {
		return g.schema(t.Elem())
	}
	switch v := reflect.New(t).Interface().(type) {
	case Describer:
		return g.resolve(v.DescribeYAML())
	case inner:
		return g.schema(reflect.TypeOf(v.Inner()).Elem())
	case element:
		return map[string]any{"type": "object", "additionalProperties": g.schema(reflect.TypeOf(v.Element()).Elem())}
	case strict.Enum:
		return map[string]any{"enum": v.Values()}
	case strict.Unmarshaler:
		g.fail(t, "it decodes itself but has no DescribeYAML")
		return nil
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": g.schema(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": g.schema(t.Elem())}
	case reflect.Interface:
		return map[string]any{}
	case reflect.Struct:
		return g.ref(t)
	default:
		g.fail(t, "there is no JSON like it")
		return nil
	}
}

func (g *generator) fail(t reflect.Type, why string) {
	if g.err == nil {
		g.err = fmt.Errorf("describe %s: %s", t, why)
	}
}

// resolve puts schemas in the place of types.
func (g *generator) resolve(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = g.resolveValue(v)
	}
	return out
}

func (g *generator) resolveValue(v any) any {
	switch v := v.(type) {
	case strict.TypeRef:
		return g.schema(v.Type)
	case map[string]any:
		return g.resolve(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = g.resolveValue(v[i])
		}
		return out
	}
	return v
}

// ref describes a struct once, and refers to it.
func (g *generator) ref(t reflect.Type) map[string]any {
	name := t.Name()
	if _, done := g.defs[name]; !done {
		g.defs[name] = map[string]any{} // for types that hold themselves
		g.defs[name] = g.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

// object describes the keys of a struct. It is closed: the loader refuses unknown keys, too.
func (g *generator) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range strict.Fields(t) {
		p := g.schema(f.Type)
		if text := g.docs.of(t.Name(), f.GoName); text != "" {
			p["description"] = text
		}
		properties[f.Name] = p
		if f.Required {
			required = append(required, f.Name)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	if text := g.docs.of(t.Name(), ""); text != "" {
		out["description"] = text
	}
	if r, ok := reflect.TypeAssert[Refiner](reflect.New(t)); ok {
		r.RefineSchema(out)
	}
	return out
}
