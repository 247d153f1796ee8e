package schema

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
)

// What the memo of rulings takes for granted about the schemas.
func TestTheSchemasAskNothingButWhatAConstellationTells(t *testing.T) {
	t.Parallel()
	var look func(t *testing.T, name string, doc map[string]any)
	look = func(t *testing.T, name string, doc map[string]any) {
		for key, v := range doc {
			switch key {
			case "$id", "$schema", "$comment", "title", "description", "contentMediaType", "type", "required", "anyOf":
			case "const":
				if name != "event_type" || v != float64(EventType) {
					t.Errorf("%s: const %v", name, v)
				}
			case "enum":
				list, _ := v.([]any)
				for _, text := range list {
					if s, _ := text.(string); !slices.Contains(valued, name) || !slices.Contains(valuedTexts, s) {
						t.Errorf("%s: enum with %v", name, text)
					}
				}
			case "properties":
				props, _ := v.(map[string]any)
				for name, p := range props {
					if outerOf([]byte(name)) < 0 && memberOf([]byte(name)) < 0 {
						t.Errorf("%s is not in the constellation", name)
					}
					sub, _ := p.(map[string]any)
					look(t, name, sub)
				}
			case "if", "then":
				sub, _ := v.(map[string]any)
				look(t, name, sub)
			case "items":
				if sub, _ := v.(map[string]any); len(sub) != 1 || sub["type"] != "string" {
					t.Errorf("%s: items %v", name, v)
				}
			default:
				t.Errorf("%s: keyword %s", name, key)
			}
		}
	}
	for _, f := range Files() {
		data, _ := ReadFile(f.Edition, f.Reading, f.Name)
		var doc map[string]any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		look(t, filepath.Base(f.Path()), doc)
	}
	for _, e := range allEditions {
		s, err := schemas(e, Documented)
		if err != nil {
			t.Fatal(err)
		}
		if s.hasTime() != slices.Contains(timedEditions, e) || s.names(TaskAlarm) != slices.Contains(alarmEditions, e) {
			t.Errorf("%s: the editions with event_time or TaskAlarm are others", e)
		}
	}
}

// Every member of every event is given every type in turn: the report has to be that of the library asked anew, the
// first time and when the answer was kept.
func TestAnAnswerThatIsKeptIsTheLibrarysOwn(t *testing.T) {
	t.Parallel()
	values := []string{"null", "true", `""`, `"x"`, `"TaskStart"`, `"FileEndEarly"`, "314", "314.0", "3.14e2", "0", "-0", "1", "-1", "1.5", "1e400", "1e401", "[]", "{}"}
	v := NewValidator()
	for i, seed := range fastSeeds() {
		if i%5 != 1 { // enough to have every event, and seconds instead of a minute
			continue
		}
		var outer map[string]json.RawMessage
		if json.Unmarshal(seed, &outer) != nil {
			continue
		}
		var text string
		var msg map[string]json.RawMessage
		if json.Unmarshal(outer["msg"], &text) != nil || json.Unmarshal([]byte(text), &msg) != nil {
			continue
		}
		each := func(object map[string]json.RawMessage, build func() []byte) {
			for name, usual := range object {
				for _, value := range values {
					object[name] = json.RawMessage(value)
					agree(t, v, build(), Options{})
				}
				delete(object, name)
				agree(t, v, build(), Options{Reading: Documented})
				object[name] = usual
			}
		}
		body := func() []byte {
			b, err := json.Marshal(outer)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		each(outer, body)
		each(msg, func() []byte {
			inner, err := json.Marshal(msg)
			if err != nil {
				t.Fatal(err)
			}
			outer["msg"], _ = json.Marshal(string(inner))
			return body()
		})
	}
}
