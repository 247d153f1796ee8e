package target

import (
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/scenarios"
)

func TestEveryScaffoldCanBeUsedAsItIs(t *testing.T) {
	t.Parallel()
	for _, kind := range ScaffoldKinds() {
		files, err := Scaffold("http://127.0.0.1:8080/callbacks/relay", kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			switch f.Path {
			case "relaycheck.yaml":
				tgt, err := Parse(f.Path, []byte(f.Content), t.TempDir(), nil)
				if err != nil {
					t.Errorf("%s: %v\n%s", kind, err, f.Content)
				} else if len(tgt.Warnings) > 0 || tgt.Observe.Task == nil {
					t.Errorf("%s: warnings %v, task observer %v", kind, tgt.Warnings, tgt.Observe.Task)
				}
			case "scenarios/two-files-and-an-error.yaml":
				sc, err := scenarios.Parse(f.Path, []byte(f.Content))
				if err != nil || len(sc.Warnings) > 0 {
					t.Errorf("%v %v", err, sc.Warnings)
				}
			default:
				var v any
				if err := yaml.Unmarshal([]byte(f.Content), &v); err != nil {
					t.Errorf("%s: %v", f.Path, err)
				}
			}
		}
	}
}

func TestScaffoldRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, kind string }{{"localhost", "http"}, {"http://localhost/", "postgre"}} {
		if _, err := Scaffold(c.url, c.kind); err == nil {
			t.Errorf("%v is taken", c)
		}
	}
}
