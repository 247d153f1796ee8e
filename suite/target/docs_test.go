package target_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

const guide = "../../docs/observers.md"

func readGuide(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// Whoever copies an example of the guide gets one that works: for the loader, and for his editor.
func TestEveryExampleOfTheGuideLoads(t *testing.T) {
	t.Parallel()
	rawSchema, err := os.ReadFile("../../docs/schemas/target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("s.json", bytes.NewReader(rawSchema)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("s.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "certs"), 0o700); err != nil {
		t.Fatal(err)
	}
	certificate, _ := selfSigned(t)
	if err := os.WriteFile(filepath.Join(dir, "certs", "ca.pem"), []byte(certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	env := environment(map[string]string{
		"API_TOKEN": "token", "DB_PASSWORD": "password", "DATABASE_URL": "postgres://app@db/app?sslmode=disable",
	})
	blocks := yamlBlock.FindAllStringSubmatch(readGuide(t), -1)
	kinds := map[string]bool{}
	for _, b := range blocks {
		got, err := target.Parse("relaycheck.yaml", []byte(b[1]), dir, env)
		if err != nil {
			t.Errorf("%s\n%v", b[1], err)
			continue
		}
		if len(got.Warnings) > 0 {
			t.Errorf("%s\n%v", b[1], got.Warnings)
		}
		if got.Observe.Task != nil {
			kinds["task "+got.Observe.Task.Kind] = true
		}
		for _, e := range got.Observe.Effects {
			kinds["effect "+e.Kind] = true
		}
		root, _ := strict.Parse("f.yaml", []byte(b[1])).Root()
		doc, _ := root.Value()
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s\n%v", b[1], err)
		}
	}
	for _, k := range []string{target.KindHTTP, target.KindSQL, target.KindRedis, target.KindCommand, target.KindFile, target.KindSink} {
		if !kinds["effect "+k] || !kinds["task "+k] && k != target.KindSink {
			t.Errorf("the guide has no example of %s", k)
		}
	}
}

func TestTheGuideNamesEveryFactAndVariable(t *testing.T) {
	t.Parallel()
	text := readGuide(t)
	for _, f := range judge.FactNames() {
		if !strings.Contains(text, "`"+f+"`") {
			t.Errorf("the fact %s is missing", f)
		}
	}
	for _, v := range []expression.Vocabulary{
		expression.HTTP, expression.SQL, expression.Redis, expression.Command, expression.File, expression.Sink, expression.Call,
	} {
		for _, name := range v.Names() {
			if !strings.Contains(text, "`"+name+"`") && !strings.Contains(text, "`"+name+" ") {
				t.Errorf("the variable %s of %s is missing", name, v.Kind)
			}
		}
	}
	for _, h := range target.HookNames() {
		if !strings.Contains(text, "`"+h+"`") {
			t.Errorf("the hook %s is missing", h)
		}
	}
}

func TestTheSchemaIsPlainJSON(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/schemas/target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(pretty.Bytes()), bytes.TrimSpace(raw)) {
		t.Error("the schema is not indented by two blanks")
	}
}
