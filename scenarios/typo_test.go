package scenarios_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/scenarios"
)

// rich is a scenario that uses every key of the language.
func rich(t testing.TB) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Load(read(t, "testdata/rich.yaml"), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

// A spot is a value of a document with the way to it: "timeline[1].wire.method".
type spot struct {
	path   string
	key    *yaml.Node // nil in a list
	value  *yaml.Node
	parent *yaml.Node
	tag    string // of the value; Dump takes the tags off the nodes
}

func spots(n *yaml.Node, path string) []spot {
	var out []spot
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			p := strings.TrimPrefix(path+"."+n.Content[i].Value, ".")
			out = append(out, spot{p, n.Content[i], n.Content[i+1], n, n.Content[i+1].ShortTag()})
			out = append(out, spots(n.Content[i+1], p)...)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			p := fmt.Sprintf("%s[%d]", path, i)
			out = append(out, spot{p, nil, c, n, c.ShortTag()})
			out = append(out, spots(c, p)...)
		}
	default:
	}
	return out
}

// authors are the places below which names and values are the author's own.
var authors = []string{".add", ".headers", ".header", "expect.effects", ".expect.body", "answers.body"}

func authorsOwn(path string) bool {
	i := strings.LastIndexAny(path, ".[")
	if i < 0 {
		return false
	}
	parent := path[:i]
	return slices.ContainsFunc(authors, func(a string) bool {
		return strings.HasSuffix(parent, a) || strings.Contains(parent, a+".") && a != "expect.effects"
	})
}

func dump(t testing.TB, n *yaml.Node) []byte {
	t.Helper()
	b, err := yaml.Dump(n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheRichScenarioLoads(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("rich.yaml", dump(t, rich(t)))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) > 0 {
		t.Log(s.Warnings)
	}
}

func TestEveryMisspeltKeyIsRefused(t *testing.T) {
	t.Parallel()
	root := rich(t)
	slips := []func(string) string{
		func(s string) string { return s[:len(s)/2] + s[len(s)/2+1:] },                            // a letter too few
		func(s string) string { return s[:len(s)/2] + "q" + s[len(s)/2:] },                        // a letter too many
		func(s string) string { i := len(s) / 2; return s[:i-1] + s[i:i+1] + s[i-1:i] + s[i+1:] }, // two letters swapped
		strings.ToUpper,
	}
	tried := 0
	for i, sp := range spots(root, "") {
		if sp.key == nil || len(sp.key.Value) < 2 || authorsOwn(sp.path) {
			continue
		}
		right := sp.key.Value
		wrong := slips[i%4](right) // every key in one of the four ways: most keys come several times
		if wrong == right || isKey(sp.parent, wrong) {
			continue
		}
		sp.key.Value = wrong
		src := dump(t, root)
		sp.key.Value = right
		tried++
		if _, err := scenarios.Parse("rich.yaml", src); err == nil {
			t.Errorf("%s: %s is taken for %q", sp.path, wrong, right)
		} else if !strings.Contains(err.Error(), wrong) && !strings.Contains(err.Error(), "rich.yaml:") {
			t.Errorf("%s: the error does not say where: %v", sp.path, err)
		}
	}
	if tried < 130 {
		t.Errorf("only %d slips were tried", tried)
	}
}

func isKey(m *yaml.Node, key string) bool {
	for i := 0; i < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return true
		}
	}
	return false
}

func TestEveryValueOfAWrongTypeIsRefused(t *testing.T) {
	t.Parallel()
	root := rich(t)
	wrong := [][2]string{
		{"a mapping", "{zzz: 1}"}, {"a list", "[[zzz]]"}, {"nothing", "~"}, {"a number", "-12.5"}, {"a truth", "true"}, {"a text", "'@zzz'"},
	}
	tried := 0
	for i, sp := range spots(root, "") {
		if authorsOwn(sp.path) {
			continue
		}
		for k := range 2 { // every place with two of the six: most kinds of place come several times
			name, value := wrong[(i+3*k)%6][0], node(t, wrong[(i+3*k)%6][1])
			if mayBe(sp, name) {
				continue
			}
			right := *sp.value
			*sp.value = *value
			src := dump(t, root)
			*sp.value = right
			tried++
			if _, err := scenarios.Parse("rich.yaml", src); err == nil {
				t.Errorf("%s takes %s", sp.path, name)
			}
		}
	}
	if tried < 280 {
		t.Errorf("only %d values were tried", tried)
	}
}

func node(t testing.TB, src string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Load([]byte(src), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

// mayBe reports whether a place takes a value of the kind.
func mayBe(sp spot, kind string) bool {
	path := sp.path
	any := strings.Contains(path, ".msg.") || strings.Contains(path, ".set.")
	if any {
		return true // any JSON
	}
	switch kind {
	case "a text":
		return sp.value.Kind == yaml.ScalarNode && sp.tag == "!!str" && !strictText(path) ||
			strings.HasSuffix(path, ".body") || strings.HasSuffix(path, "append") || strings.HasSuffix(path, "prepend") || strings.HasSuffix(path, "replace.to") ||
			strings.HasSuffix(path, ".exit_message")
	case "a truth":
		return sp.tag == "!!bool" || strings.HasSuffix(path, ".expect.body")
	case "a number":
		return strings.HasSuffix(path, "duration") || strings.HasSuffix(path, ".expect.body")
	case "nothing": // a fact may be null, and the JSON that an answer must hold
		return strings.Contains(path, "tasks.main.") && strings.HasPrefix(path, "timeline") || strings.HasPrefix(path, "expect.tasks.given.") || strings.Contains(path, "any_of") ||
			strings.HasSuffix(path, ".expect.body")
	case "a mapping", "a list":
		return strings.HasSuffix(path, ".expect.body") || kind == "a mapping" && strings.HasSuffix(path, ".add")
	}
	return false
}

// strictText names texts that are not free.
func strictText(path string) bool {
	for _, free := range []string{
		"title", "description", "labels[0]", "stream_id", "to_url", "callback_url", "source_urls[0]", "source_urls[1]", ".as", "emit", ".text", ".template", ".repeat", "content_type",
		"message", ".url", "exit_message",
	} {
		if strings.HasSuffix(path, free) {
			return false
		}
	}
	return true
}

func TestATruncatedFileIsRefusedOrWhole(t *testing.T) {
	t.Parallel()
	src := string(read(t, "testdata/rich.yaml"))
	whole := rich(t)
	lines := strings.SplitAfter(src, "\n")
	accepted := 0
	for n := range lines {
		cut := strings.Join(lines[:n], "")
		if _, err := scenarios.Parse("rich.yaml", []byte(cut)); err != nil {
			continue
		}
		accepted++
		var got yaml.Node
		if err := yaml.Load([]byte(cut), &got); err != nil {
			t.Fatal(err)
		}
		if at := difference(got.Content[0], whole, ""); at != "" {
			t.Errorf("cut after line %d it loads, but says something else at %s", n, at)
		}
	}
	t.Logf("%d of %d cuts leave a scenario that is whole", accepted, len(lines))
}

// difference finds where a document says something that the whole does not say: its lists must be beginnings of the
// whole's, its mappings parts of them, its texts the same.
func difference(part, whole *yaml.Node, path string) string {
	if part.Kind != whole.Kind || part.Value != whole.Value || len(part.Content) > len(whole.Content) {
		return path
	}
	for i := range part.Content {
		if at := difference(part.Content[i], whole.Content[i], fmt.Sprintf("%s/%d", path, i)); at != "" {
			return at
		}
	}
	return ""
}
