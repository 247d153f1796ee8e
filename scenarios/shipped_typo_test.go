package scenarios_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
)

// A document is a file that people begin from: they change a word of it, and must be told if they change the wrong one.
type document struct {
	name string
	src  string
	load func(src []byte) error
	own  func(path string) bool // the names at and below this path are the author's own
}

// shippedDocuments are all shipped scenarios.
func shippedDocuments(t *testing.T) []document {
	t.Helper()
	files, err := filepath.Glob("*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []document
	for _, file := range files {
		if strings.HasPrefix(file, "testdata") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, document{
			name: file, src: string(src), own: ownInScenario,
			load: func(src []byte) error { _, err := scenarios.Parse(file, src); return err },
		})
	}
	if len(out) < 40 {
		t.Fatalf("only %d shipped scenarios were found", len(out))
	}
	return out
}

// ownInScenario tells the places below which a scenario's author makes the names: added members, added and expected
// header lines, effects, the keys of several tasks, JSON that an answer must hold.
func ownInScenario(path string) bool {
	parent, _, found := cutLast(path)
	return found && (slices.Contains([]string{"tasks", "add", "headers", "header", "effects"}, last(parent)) ||
		strings.Contains(path, ".add.") || strings.Contains(path+".", ".body.") && strings.Contains(path, "expect"))
}

func cutLast(path string) (parent, key string, found bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

func last(path string) string {
	_, key, _ := cutLast(path)
	return key
}

// slips are the ways in which a word is misspelt: a letter too few, one too many, one changed.
var slips = []func(word string, at int) string{
	func(w string, at int) string { return w[:at] + w[at+1:] },
	func(w string, at int) string { return w[:at] + w[at:at+1] + w[at:] },
	func(w string, at int) string { return w[:at] + "x" + w[at+1:] },
}

// edit replaces the text at a node's place, so that all else of the file stays as its author wrote it.
func edit(src string, n *yaml.Node, from, to string) (string, bool) {
	lines := strings.SplitAfter(src, "\n")
	line := lines[n.Line-1]
	runes := []rune(line)
	head, rest := string(runes[:n.Column-1]), string(runes[n.Column-1:])
	if !strings.HasPrefix(rest, from) {
		return "", false // quoted, or folded over lines: the other files have the same key plainly
	}
	lines[n.Line-1] = head + to + rest[len(from):]
	return strings.Join(lines, ""), true
}

func root(t *testing.T, src string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Load([]byte(src), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

// refused checks that a file is refused with places, and gives what is said of the line; line 0 is any.
func refused(err error, line int) (said, complaint string) {
	if err == nil {
		return "", "it loads"
	}
	var all strict.Problems
	if !errors.As(err, &all) {
		return "", fmt.Sprintf("no list of problems but %v", err)
	}
	for _, p := range all {
		if p.Line < 1 || p.Col < 1 {
			return "", fmt.Sprintf("no place: %v", p)
		}
		if p.Line == line || line == 0 {
			said += p.Error() + "\n"
		}
	}
	if said == "" {
		return "", fmt.Sprintf("nothing is said of line %d: %v", line, err)
	}
	return said, ""
}

func misspellEveryKey(t *testing.T, docs []document, least int) {
	t.Helper()
	tried, named := 0, 0
	for _, doc := range docs {
		for i, sp := range spots(root(t, doc.src), "") {
			if sp.key == nil || doc.own(sp.path) || len(sp.key.Value) < 2 {
				continue
			}
			right := sp.key.Value
			wrong := slips[i%len(slips)](right, (i/len(slips))%len(right))
			if wrong == right || isKey(sp.parent, wrong) {
				continue
			}
			src, ok := edit(doc.src, sp.key, right, wrong)
			if !ok {
				continue
			}
			tried++
			said, complaint := refused(doc.load([]byte(src)), sp.key.Line)
			if complaint != "" {
				t.Errorf("%s: %s written %q: %s", doc.name, sp.path, wrong, complaint)
				continue
			}
			// The right word, or one that is as near: xmit is emit as well as omit.
			if len(right) > 3 && !strings.Contains(said, "did you mean") && !strings.Contains(said, right) {
				t.Errorf("%s: %s written %q: nothing is suggested: %s", doc.name, sp.path, wrong, said)
			}
			if strings.Contains(said, right) {
				named++
			}
		}
	}
	t.Logf("%d slips, the right word suggested for %d", tried, named)
	if tried < least || named < tried*95/100 {
		t.Errorf("only %d slips were tried, the right word suggested for %d of them", tried, named)
	}
}

func TestEveryMisspeltKeyOfAShippedScenarioIsRefused(t *testing.T) {
	t.Parallel()
	misspellEveryKey(t, shippedDocuments(t), 1500)
}

// wrongKinds are values that stand in for others; which kinds a place takes, its own value tells.
var wrongKinds = []struct{ kind, text string }{
	{"!!map", "{zzz: 1}"}, {"!!seq", "[[zzz]]"}, {"!!null", "~"},
}

func TestEveryValueOfAWrongTypeInAShippedScenarioIsRefused(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, doc := range shippedDocuments(t) {
		for i, sp := range spots(root(t, doc.src), "") {
			if sp.value.Kind != yaml.ScalarNode || anyJSON(sp.path) || doc.own(sp.path) {
				continue
			}
			wrong := wrongKinds[i%len(wrongKinds)]
			if sp.tag == wrong.kind || wrong.kind == "!!null" && strings.Contains(sp.path, "task") {
				continue // null is a fact that a task does not have
			}
			text := sp.value.Value
			if wrong.kind != "!!null" && strings.HasSuffix(sp.path, "body") || strings.HasSuffix(sp.path, "check") && wrong.kind == "!!seq" {
				continue
			}
			src, ok := edit(doc.src, sp.value, text, wrong.text)
			if !ok || text == "" {
				continue
			}
			tried++
			if _, complaint := refused(doc.load([]byte(src)), sp.value.Line); complaint != "" {
				t.Errorf("%s: %s written %s: %s", doc.name, sp.path, wrong.text, complaint)
			}
		}
	}
	t.Logf("%d values", tried)
	if tried < 1000 {
		t.Errorf("only %d values were tried", tried)
	}
}

// anyJSON names the places that take any JSON value.
func anyJSON(path string) bool {
	for _, place := range []string{".set.", ".msg.", ".add."} {
		if strings.Contains(path, place) {
			return true
		}
	}
	return strings.Contains(path, "expect.body") || strings.Contains(path, "answers.body")
}

// The rule for a file that was cut off after a line: it is refused, or it is a whole scenario by itself, which still asserts
// something, and says nothing that the whole file does not say. What is missing then is missing as a whole: events from
// the end of a list, or keys with all that is below them; of a text over several lines, which nothing closes, the end.
func TestAShippedScenarioThatIsCutOffIsRefusedOrWhole(t *testing.T) {
	t.Parallel()
	cuts, accepted := 0, 0
	for _, doc := range shippedDocuments(t) {
		whole := root(t, doc.src)
		lines := strings.SplitAfter(doc.src, "\n")
		for n := range lines[:len(lines)-1] {
			cut := strings.Join(lines[:n], "")
			cuts++
			sc, err := scenarios.Parse(doc.name, []byte(cut))
			if err != nil {
				if _, complaint := refused(err, 0); complaint != "" && !strings.Contains(complaint, "the file is empty") { // that has no place to show
					t.Errorf("%s cut after line %d: %s", doc.name, n, complaint)
				}
				continue
			}
			accepted++
			if len(sc.Requires) == 0 {
				if _, own := sc.Own(); !own {
					t.Errorf("%s cut after line %d loads, and speaks for no requirement", doc.name, n)
				}
			}
			if at := beyond(root(t, cut), whole, ""); at != "" {
				t.Errorf("%s cut after line %d loads, but says something else at %s", doc.name, n, at)
			}
		}
	}
	t.Logf("%d cuts, %d of them are whole scenarios", cuts, accepted)
	if cuts < 800 || accepted == 0 {
		t.Errorf("only %d cuts were tried, %d accepted", cuts, accepted)
	}
}

// beyond is difference, but for block texts that may have lost their end.
func beyond(part, whole *yaml.Node, path string) string {
	if part.Kind == yaml.ScalarNode && whole.Kind == yaml.ScalarNode && whole.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		if strings.HasPrefix(whole.Value, part.Value) {
			return ""
		}
		return path
	}
	if part.Kind != whole.Kind || part.Value != whole.Value || len(part.Content) > len(whole.Content) {
		return path
	}
	for i := range part.Content {
		if at := beyond(part.Content[i], whole.Content[i], fmt.Sprintf("%s/%d", path, i)); at != "" {
			return at
		}
	}
	return ""
}
