package suite_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/report"
)

// stable is report.json without what is declared volatile.
func stable(t *testing.T, rep suite.Report) any {
	t.Helper()
	var b bytes.Buffer
	if err := report.JSON(&b, rep); err != nil {
		t.Fatal(err)
	}
	var v any
	dec := json.NewDecoder(&b)
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	for _, pointer := range report.Volatile {
		without(v, strings.Split(pointer, "/")[1:])
	}
	return v
}

func without(v any, path []string) {
	switch x := v.(type) {
	case map[string]any:
		if len(path) == 1 {
			delete(x, path[0])
			return
		}
		without(x[path[0]], path[1:])
	case []any:
		for _, e := range x {
			without(e, path[1:])
		}
	}
}

func TestTwoRunsWithOneSeedGiveOneReportButForWhatIsVolatile(t *testing.T) {
	t.Parallel()
	for bug, selection := range map[string]suite.Selection{
		"": quick, "late-start-revives": quick, "status-204": quick,
		"sources-not-decoded": {LabelFilter: "MSG-2"}, // a finding that expects the task's own URLs
	} {
		t.Run("bug "+bug, func(t *testing.T) {
			t.Parallel()
			tgt := start(t, bug, nil)
			tgt.Observe.Within = 300 * time.Millisecond
			cfg := suite.Config{Target: tgt, Selection: selection, Seed: 12}
			first := run(t, cfg)
			if (first.ExitCode == 0) != (bug == "") {
				t.Fatalf("exit code %d", first.ExitCode)
			}
			if diff := cmp.Diff(stable(t, first), stable(t, run(t, cfg))); diff != "" {
				t.Errorf("(-first +second)\n%s", diff)
			}
		})
	}
}
