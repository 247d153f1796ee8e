package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// A deviation is one thing that a schema has against a value: the library's answer without its prose. Their order changes
// from run to run, since the library goes through maps; a report is sorted at its end.
type deviation struct {
	pointer  string // in the value that was checked; what is missing is pointed at as if it were there
	keyword  string // "required", "type", "const", "enum"
	expected string // in words: "text", "a whole number or text", "the number 314"
}

// check asks the library. The error means that it gave up: what it panics with is caught, since a validator that dies
// of a body is of no use to who captures them.
func (p *part) check(value any) (found []deviation, err error) {
	defer func() {
		if r := recover(); r != nil {
			found, err = nil, fmt.Errorf("check against %s: %v", p.name, r)
		}
	}()
	sch, err := p.schema()
	if err != nil {
		return nil, err
	}
	if err = sch.Validate(value); err == nil {
		return nil, nil
	}
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return nil, fmt.Errorf("check against %s: %w", p.name, err)
	}
	return p.collect(sch, ve, value, nil)
}

// collect takes the leaves of the library's tree of errors. The branches of an anyOf are one thing: none of them fits.
func (p *part) collect(root *jsonschema.Schema, ve *jsonschema.ValidationError, value any, found []deviation) ([]deviation, error) {
	at, keyword := ve.KeywordLocation, ""
	if i := strings.LastIndexByte(at, '/'); i >= 0 {
		at, keyword = at[:i], at[i+1:]
	}
	if len(ve.Causes) > 0 && keyword != "anyOf" {
		for _, cause := range ve.Causes {
			var err error
			if found, err = p.collect(root, cause, value, found); err != nil {
				return nil, err
			}
		}
		return found, nil
	}
	sch, err := p.at(root, at)
	if err != nil {
		return nil, err
	}
	switch keyword {
	case "required":
		object, _ := value.(map[string]any)
		for _, name := range sch.Required {
			if _, ok := object[name]; !ok {
				found = append(found, deviation{ve.InstanceLocation + "/" + name, keyword, ""})
			}
		}
	case "anyOf": // only the spellings of one field are alternatives: every branch requires one
		if len(sch.AnyOf) == 0 || len(sch.AnyOf[0].Required) == 0 {
			return nil, fmt.Errorf("check against %s: anyOf at %q is not about a field's spelling", p.name, at)
		}
		found = append(found, deviation{ve.InstanceLocation + "/" + sch.AnyOf[0].Required[0], "required", ""})
	case "type":
		found = append(found, deviation{ve.InstanceLocation, keyword, typeWords(sch.Types)})
	case "const":
		found = append(found, deviation{ve.InstanceLocation, keyword, constWords(sch.Constant)})
	case "enum":
		found = append(found, deviation{ve.InstanceLocation, keyword, "one of " + enumWords(sch.Enum)})
	default:
		return nil, fmt.Errorf("check against %s: keyword %q is not one that callbacks need", p.name, keyword)
	}
	return found, nil
}

// at is the schema at a keyword location such as "/properties/appid" or "/then".
func (p *part) at(root *jsonschema.Schema, location string) (*jsonschema.Schema, error) {
	sch := root
	tokens := strings.Split(strings.TrimPrefix(location, "/"), "/")
	for i := 0; i < len(tokens) && sch != nil; i++ {
		switch tokens[i] {
		case "":
		case "then":
			sch = sch.Then
		case "items":
			sch = sch.Items2020
		case "properties":
			i++
			if i < len(tokens) {
				sch = sch.Properties[tokens[i]]
			}
		default:
			sch = nil
		}
	}
	if sch == nil {
		return nil, fmt.Errorf("check against %s: there is no %q", p.name, location)
	}
	return sch, nil
}

// typeWords says JSON Schema types the way people do.
func typeWords(types []string) string {
	words := make([]string, len(types))
	for i, t := range types {
		switch t {
		case "integer":
			words[i] = "a whole number"
		case "string":
			words[i] = "text"
		case "array":
			words[i] = "an array"
		case "object":
			words[i] = "an object"
		default:
			words[i] = t
		}
	}
	return strings.Join(words, " or ")
}

func constWords(constant []any) string {
	if len(constant) == 0 {
		return "a fixed value"
	}
	if n, ok := constant[0].(json.Number); ok {
		return "the number " + n.String()
	}
	return fmt.Sprintf("%q", constant[0])
}

func enumWords(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
		if s, ok := v.(string); ok && strings.ContainsAny(s, " ,") {
			words[i] = strconv.Quote(s)
		}
	}
	return strings.Join(words, ", ")
}
