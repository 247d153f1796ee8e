package scenarios

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// FactNames lists the facts that a target may show about a task.
func FactNames() []string {
	return []string{
		"exists", "phase", "stream_id", "to_url", "source_urls", "started_at", "exited_at",
		"exit_code", "exit_message", "files", "files_finished", "alarms", "events",
	}
}

// factShapes says what the value of a fact looks like, for messages, and how to tell.
var factShapes = map[string]struct {
	what string
	ok   func(any) bool
}{
	"exists":         {"true or false", isBool},
	"phase":          {`"running" or "ended"`, func(v any) bool { return v == "running" || v == "ended" }},
	"stream_id":      {"a text", isText},
	"to_url":         {"a text", isText},
	"source_urls":    {"a list of texts", isTexts},
	"started_at":     {"a whole number of milliseconds", isInt},
	"exited_at":      {"a whole number of milliseconds", isInt},
	"exit_code":      {"a whole number", isInt},
	"exit_message":   {"a text", isText},
	"files":          {"a list of {index, url, duration, finished}", isFiles},
	"files_finished": {"a whole number", isCount},
	"alarms":         {"a whole number", isCount},
	"events":         {"a whole number", isCount},
}

// checkFacts refuses unknown facts, and values that no receiver could ever show.
func checkFacts(n strict.Node, facts strict.Map[any]) {
	f := n.File()
	if len(facts) == 0 && n.Kind() == strict.Mapping {
		n.Errorf("asserts-nothing", "%s names no fact", n.Path()).Hint("add one, or delete it")
	}
	for _, e := range facts {
		shape, known := factShapes[e.Key]
		if !known {
			r := f.Errorf(e.KeyPos, "unknown-fact", "unknown fact %q", e.Key)
			r.Hint(strict.Suggest(e.Key, FactNames()))
			continue
		}
		for _, v := range alternatives(f, e) {
			if v != nil && !shape.ok(v) {
				r := f.Errorf(e.ValuePos, "wrong-type", "the fact %s is %s", e.Key, shape.what)
				if s, isString := v.(string); isString && e.Key == "phase" {
					r.Hint(strict.Suggest(s, []string{"running", "ended"}))
				}
				break
			}
		}
	}
}

// alternatives gives the values that a wanted fact allows: itself, or those of {any_of: [...]}.
func alternatives(f *strict.File, e strict.Entry[any]) []any {
	m, isMap := e.Value.(map[string]any)
	if !isMap {
		return []any{e.Value}
	}
	for key := range m {
		if key != "any_of" {
			f.Errorf(e.ValuePos, "wrong-type", "the fact %s cannot be a mapping", e.Key).Hint("write the value, or {any_of: [one, another]}")
			return nil
		}
	}
	list, isList := m["any_of"].([]any)
	if !isList || len(list) == 0 {
		f.Errorf(e.ValuePos, "wrong-type", "any_of must be a list of values").Hint("write {any_of: [one, another]}")
		return nil
	}
	return list
}

func isBool(v any) bool { _, ok := v.(bool); return ok }
func isText(v any) bool { _, ok := v.(string); return ok }

func isTexts(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(v any) bool { return !isText(v) })
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+(\.0+)?$`)

func isInt(v any) bool {
	n, ok := v.(json.Number)
	return ok && wholeNumber.MatchString(n.String())
}

func isCount(v any) bool {
	n, ok := v.(json.Number)
	return ok && isInt(n) && !strings.HasPrefix(n.String(), "-")
}

func isFiles(v any) bool {
	list, ok := v.([]any)
	if !ok {
		return false
	}
	for _, item := range list {
		m, ok := item.(map[string]any)
		if !ok {
			return false
		}
		for key, v := range m {
			good := map[string]func(any) bool{"index": isCount, "url": isText, "duration": isNumber, "finished": isBool}[key]
			if good == nil || (v != nil && !good(v)) {
				return false
			}
		}
	}
	return true
}

func isNumber(v any) bool { _, ok := v.(json.Number); return ok }
