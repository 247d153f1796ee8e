package strict

import "reflect"

// A TypeRef stands for the schema of a type in what a DescribeYAML gives.
type TypeRef struct{ Type reflect.Type }

// SchemaOf is the TypeRef of T.
func SchemaOf[T any]() TypeRef { return TypeRef{reflect.TypeFor[T]()} }

// The schemas of the types that read themselves, for editors. Package schemagen puts them together.

const durationPattern = `([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+`

// DescribeYAML is the schema of a duration.
func (*Duration) DescribeYAML() map[string]any {
	return map[string]any{"type": "string", "pattern": "^" + durationPattern + "$"}
}

// DescribeYAML is the schema of a range.
func (*Range) DescribeYAML() map[string]any {
	return map[string]any{"type": "string", "pattern": "^" + durationPattern + `(\.\.` + durationPattern + ")?$"}
}

// DescribeYAML is the schema of a number of bytes.
func (*Size) DescribeYAML() map[string]any {
	return map[string]any{"type": []string{"integer", "string"}, "minimum": 0, "pattern": `^[0-9]+(\.[0-9]+)? *(B|kB|KB|MB|GB|KiB|MiB|GiB)?$`}
}

// DescribeYAML is the schema of a place in a text.
func (*Cut) DescribeYAML() map[string]any {
	return map[string]any{"type": []string{"integer", "string"}, "minimum": 0, "pattern": `^[0-9]+(\.[0-9]+)? *%$`}
}

// DescribeYAML is the schema of bytes.
func (*Bytes) DescribeYAML() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "string"},
		map[string]any{"type": "object", "additionalProperties": false, "required": []string{"base64"}, "properties": map[string]any{
			"base64": map[string]any{"type": "string"},
		}},
	}}
}
