package target

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/scenarios"
)

func TestEveryScaffoldCanBeUsedAsItIs(t *testing.T) {
	t.Parallel()
	for _, kind := range ScaffoldKinds() {
		for _, lang := range ScaffoldLanguages() {
			t.Run(kind+" "+lang, func(t *testing.T) {
				t.Parallel()
				files, err := Scaffold(ScaffoldFor{URL: "http://127.0.0.1:8080/callbacks/relay?a=b", Observer: kind, Language: lang})
				if err != nil {
					t.Fatal(err)
				}
				if len(files) != 3 {
					t.Fatalf("%d files", len(files))
				}
				for _, f := range files {
					if strings.Contains(f.Content, "%") {
						t.Errorf("%s: something was not filled in:\n%s", f.Path, f.Content)
					}
					usable(t, f, lang)
				}
			})
		}
	}
}

// usable loads a file of a start as its reader does.
func usable(t *testing.T, f ScaffoldFile, lang string) {
	t.Helper()
	switch f.Path {
	case "relaycheck.yaml":
		tgt, err := Parse(f.Path, []byte(f.Content), t.TempDir(), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, f.Content)
		}
		if len(tgt.Warnings) > 0 || tgt.Observe.Task == nil || tgt.Hooks.Ready == nil {
			t.Errorf("warnings %v, task observer %v, ready %v", tgt.Warnings, tgt.Observe.Task, tgt.Hooks.Ready)
		}
		if started := tgt.Hooks.Start != nil; started != (lang != "other") {
			t.Errorf("it is started: %v\n%s", started, f.Content)
		}
		if tgt.Hooks.Start != nil && (tgt.Hooks.Start.Port == 0 || strings.Contains(tgt.URL, ":8080") || !strings.HasSuffix(tgt.URL, "/callbacks/relay?a=b")) {
			t.Errorf("port %d, URL %s", tgt.Hooks.Start.Port, tgt.URL)
		}
	case "scenarios/two-files-and-an-error.yaml":
		sc, err := scenarios.Parse(f.Path, []byte(f.Content))
		if err != nil || len(sc.Warnings) > 0 {
			t.Errorf("%v %v", err, sc.Warnings)
		}
	default:
		var v struct {
			Jobs map[string]struct {
				Steps []map[string]any `yaml:"steps"`
			} `yaml:"jobs"`
		}
		if err := yaml.Unmarshal([]byte(f.Content), &v); err != nil {
			t.Fatalf("%v\n%s", err, f.Content)
		}
		if n := len(v.Jobs["conformance"].Steps); n < 6 {
			t.Errorf("%d steps:\n%s", n, f.Content)
		}
	}
}

func TestAReceiverSomewhereElseIsNotStarted(t *testing.T) {
	t.Parallel()
	files, err := Scaffold(ScaffoldFor{URL: "https://receiver.test/callbacks/relay", Observer: "http", Language: "go"})
	if err != nil {
		t.Fatal(err)
	}
	tgt, err := Parse("relaycheck.yaml", []byte(files[0].Content), t.TempDir(), nil)
	if err != nil || tgt.Hooks.Start != nil || tgt.URL != "https://receiver.test/callbacks/relay" {
		t.Errorf("%v\n%s", err, files[0].Content)
	}
}

func TestScaffoldRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		start ScaffoldFor
		want  string
	}{
		{ScaffoldFor{URL: "localhost", Observer: "http", Language: "go"}, "must begin with http"},
		{ScaffoldFor{URL: "http://localhost/", Observer: "postgre", Language: "go"}, "postgres"},
		{ScaffoldFor{URL: "http://localhost/", Observer: "http", Language: "pyton"}, "python"},
	} {
		if _, err := Scaffold(c.start); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.start, err)
		}
	}
}
