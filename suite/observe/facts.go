package observe

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
)

// mappedFacts makes the facts that the target file's expressions give. Where `exists` is among them and not true,
// there is nothing, whatever the others say: they would speak of an error page.
func mappedFacts(facts []*expression.Fact, env expression.Env) (judge.Facts, error) {
	out := judge.Facts{}
	for _, f := range sortedFacts(facts) {
		v, err := f.Value(env)
		if err != nil {
			return nil, fmt.Errorf("fact %s: %w", f.Name, err)
		}
		if f.Name == "exists" && v != true {
			if v == nil {
				return nil, nil
			}
			return judge.Facts{"exists": false}, nil
		}
		if v != nil {
			out[f.Name] = v
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// sortedFacts puts exists first.
func sortedFacts(facts []*expression.Fact) []*expression.Fact {
	out := slices.Clone(facts)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name == "exists" && out[j].Name != "exists" })
	return out
}

// standardFacts reads an answer that is the facts object itself. 404 is nothing. Members that are no facts are left
// out. Where the object does not say whether the task exists, the answer itself does: it is there.
func standardFacts(resp *http.Response, body any, isJSON bool) (judge.Facts, error) {
	if isGone(resp.StatusCode) {
		return nil, nil
	}
	const hint = "; an endpoint that does not answer in the standard shape needs `facts:` in the target file"
	if resp.StatusCode/100 != 2 {
		if to := resp.Header.Get("Location"); to != "" && resp.StatusCode/100 == 3 {
			return nil, fmt.Errorf("answered %s to another URL, and redirects are not followed: name the URL that answers", resp.Status)
		}
		return nil, fmt.Errorf("answered %s%s", resp.Status, hint)
	}
	if !isJSON {
		return nil, fmt.Errorf("answered %s with %s that is no JSON%s", resp.Status, contentType(resp), hint)
	}
	if body == nil {
		return nil, nil
	}
	object, ok := body.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("answered %s with JSON that is no object%s", resp.Status, hint)
	}
	if len(object) == 0 {
		return nil, nil
	}
	return pick(object, hint)
}

// pick takes the facts out of an object.
func pick(object map[string]any, hint string) (judge.Facts, error) {
	out := judge.Facts{}
	something := false
	for _, name := range judge.FactNames() {
		v, ok := object[name]
		if !ok {
			continue
		}
		shaped, err := expression.Shape(v)
		if err != nil {
			return nil, fmt.Errorf("fact %s: %w", name, err)
		}
		out[name] = shaped
		something = something || shaped != nil
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the answer has none of the facts %s; it has %s%s", strings.Join(judge.FactNames(), ", "), names(object), hint)
	}
	switch exists := out["exists"].(type) {
	case bool:
	case nil:
		if _, said := object["exists"]; !said && something {
			out["exists"] = true
		}
	default:
		return nil, fmt.Errorf("%w, but it is %s", expression.ErrNotTruth, expression.Show(exists, 60))
	}
	return out, nil
}

func names(object map[string]any) string {
	keys := make([]string, 0, len(object))
	for k := range object {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	const most = 20
	if len(keys) > most {
		return strings.Join(keys[:most], ", ") + " …"
	}
	return strings.Join(keys, ", ")
}

func contentType(resp *http.Response) string {
	if t := resp.Header.Get("Content-Type"); t != "" {
		return t
	}
	return "a body"
}

// Exists reports whether facts are those of a task that the receiver knows. Only `exists` tells that for sure; where
// a target does not show it, any fact that is not empty does.
func Exists(f judge.Facts) bool {
	if v, ok := f["exists"]; ok {
		return v == true
	}
	for _, v := range f {
		if !isEmpty(v) {
			return true
		}
	}
	return false
}

// isEmpty knows the values that stores give for what they do not have: null, "", 0, [] and {}.
func isEmpty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case json.Number:
		n, ok := expression.Number(string(x)).(int)
		return ok && n == 0
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// errNoNumber is a view that is no number by itself.
var errNoNumber = errors.New("it is no number by itself: say what to count with `count:`")

// countOf makes a count of a decoded value: a number, or digits.
func countOf(v any) (int, error) {
	shaped, err := expression.Shape(v)
	if err != nil {
		return 0, err
	}
	n, err := expression.Count(shaped)
	if err != nil {
		return 0, err
	}
	return n, nil
}
