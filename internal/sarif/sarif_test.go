package sarif

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestAResultPointsAtItsRuleAndItsPlace(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := Write(&b, Run{
		Tool: "x", Version: "1", Rules: []Rule{{ID: "A", Title: "a", Help: "h"}},
		Results: []Result{
			{Rule: "B", Level: "error", Text: "<b>", File: "a b/ä.ndjson", Line: 0, Count: 3},
			{Rule: "A", Level: "note", Text: "a"},
			{Rule: "B", Level: "error", Text: "b", File: "/abs", Line: 4, Col: 2, EndCol: 5},
		},
		Incomplete: "cut",
	})
	if err != nil {
		t.Fatal(err)
	}
	var got file
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	run := got.Runs[0]
	for i, want := range []int{1, 0, 1} {
		if r := run.Results[i]; r.RuleIndex != want || run.Tool.Driver.Rules[want].ID != r.RuleID {
			t.Errorf("result %d has rule %d, %s", i, r.RuleIndex, r.RuleID)
		}
	}
	first, last := run.Results[0].Locations[0].Physical, run.Results[2].Locations[0].Physical
	if first.Artifact.URI != "a%20b/%C3%A4.ndjson" || first.Region != (region{StartLine: 1}) || last.Artifact.URI != "file:///abs" || last.Region != (region{4, 2, 5}) {
		t.Errorf("%+v, %+v", first, last)
	}
	if run.Results[1].Locations != nil || run.Results[0].Count != 3 || run.Invocations[0].Successful || !bytes.Contains(b.Bytes(), []byte(`"<b>"`)) {
		t.Error(b.String())
	}
}
