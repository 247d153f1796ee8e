package scenarios_test

import (
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

func TestANewScenarioLintsCleanAsItStands(t *testing.T) {
	t.Parallel()
	catalogue, err := scenarios.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	bare := map[string]bool{}
	for _, r := range scenarios.Unexercised(catalogue, list) {
		bare[r.ID] = true
	}
	ids := []string{""}
	for _, r := range catalogue.Requirements {
		if !bare[r.ID] {
			ids = append(ids, r.ID)
		}
	}
	for _, id := range ids {
		src, err := scenarios.Scaffold("my-own-case", id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		s, err := scenarios.Parse("my-own-case.yaml", src)
		if err != nil {
			t.Errorf("%s:\n%v", id, err)
			continue
		}
		if len(s.Warnings) > 0 {
			t.Errorf("%s:\n%v", id, s.Warnings)
		}
		if id != "" && (len(s.Requires) != 1 || s.Requires[0] != id) {
			t.Errorf("%s: requires %v", id, s.Requires)
		}
		if s.Title != "My own case" || s.Comment == "" || !strings.Contains(string(src), scenarios.SchemaURL) {
			t.Errorf("%s: title %q, comment %q", id, s.Title, s.Comment)
		}
		if formatted, err := scenarios.Formatted("a.yaml", src); !formatted {
			t.Errorf("%s is not formatted: %v\n%s", id, err, src)
		}
	}
}

func TestABadNameForAScenarioIsRefusedWithABetterOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ id, requirement, want string }{
		{"My Case.yaml", "", "such as my-case-yaml"},
		{"../evil", "", "such as evil"},
		{"", "", "small letters"},
		{"-x", "", "such as x"},
		{"late-task-start-does-not-revive-the-task", "", "has the name"},
		{"fine", "ORT-3", "did you mean ORD-3?"},
		{"fine", "NOTHING", "relaycheck list"},
	} {
		if _, err := scenarios.Scaffold(c.id, c.requirement); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, %q: %v", c.id, c.requirement, err)
		}
	}
}
