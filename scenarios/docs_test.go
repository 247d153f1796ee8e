package scenarios_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

const guide = "../docs/scenarios.md"

// TestEveryExampleOfTheGuideLoads loads the YAML of docs/scenarios.md. Where an example shows a part of a file, the rest is
// filled in.
func TestEveryExampleOfTheGuideLoads(t *testing.T) {
	t.Parallel()
	text := string(read(t, guide))
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatchIndex(text, -1)
	if len(examples) < 12 {
		t.Fatalf("only %d examples found", len(examples))
	}
	for _, at := range examples {
		line := 1 + strings.Count(text[:at[0]], "\n")
		t.Run(fmt.Sprintf("line %d", line), func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Parse("example.yaml", []byte(withHead(text[at[2]:at[3]])))
			if err != nil {
				t.Fatal("\n" + err.Error())
			}
			if len(s.Warnings) > 0 {
				t.Error("\n" + s.Warnings.Error())
			}
			holdsTogether(t, compile(t, s, params()))
		})
	}
}

// TestTheGuideNamesEveryKey looks for every key, and every word that a key takes, of the editors' schema.
func TestTheGuideNamesEveryKey(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, code := range regexp.MustCompile("`[^`\n]+`").FindAllString(string(read(t, guide)), -1) {
		for _, word := range regexp.MustCompile(`[A-Za-z0-9_-]+`).FindAllString(code, -1) {
			named[word] = true
		}
	}
	var root any
	if err := json.Unmarshal(scenarios.EditorSchema(), &root); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if p, ok := v["properties"].(map[string]any); ok && v["additionalProperties"] == false {
				for key := range p {
					if !named[key] {
						t.Errorf("%s does not name the key %s", guide, key)
					}
				}
			}
			if words, ok := v["enum"].([]any); ok && len(words) < 10 {
				for _, w := range words {
					if s, _ := w.(string); !named[s] {
						t.Errorf("%s does not name the word %s", guide, s)
					}
				}
			}
			for _, sub := range v {
				walk(sub)
			}
		}
	}
	walk(root)
}

// TestTheGuideShowsWhatTheLoaderSays compares the example of an error message with what is really said.
func TestTheGuideShowsWhatTheLoaderSays(t *testing.T) {
	t.Parallel()
	_, err := scenarios.Parse("exit.yaml", []byte(`title: The exit code is kept
requires: [SEQ-5]
timeline:
  - emit: TaskStart
  - emit: TaskExit
    afer: 100ms
delivery:
  - {hold: TaskStrat, until: TaskExit}
`))
	if err == nil {
		t.Fatal("it loads")
	}
	if !strings.Contains(string(read(t, guide)), "```\n"+err.Error()+"\n```") {
		t.Errorf("%s shows something else than\n%v", guide, err)
	}
}
