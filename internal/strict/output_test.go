package strict_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/relaycheck/relaycheck/internal/strict"
)

var errTwo = strict.Problems{
	{File: "my checks/ä.yaml", Line: 3, Col: 5, Length: 5, Severity: strict.Error, Code: "unknown-key", Message: "50% wrong", Hint: "a\nb"},
	{File: "a,b:c.yaml", Severity: strict.Warning, Code: "gap", Message: "long"},
}

func TestProblemsBecomeWorkflowCommandsThatNothingBreaksOutOf(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := errTwo.GitHub(&b, nil); err != nil {
		t.Fatal(err)
	}
	want := "::error file=my checks/ä.yaml,line=3,col=5,endColumn=10,title=unknown-key::50%25 wrong: a%0Ab\n" +
		"::warning file=a%2Cb%3Ac.yaml,line=1,col=1,title=gap::long\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestProblemsBecomeSARIF(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := errTwo.SARIF(&b, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version string `json:"version"`
		Runs    []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID string `json:"id"`
					} `json:"rules"`
				} `json:"driver"`
			} `json:"tool"`
			Results []struct {
				RuleID    string `json:"ruleId"`
				RuleIndex int    `json:"ruleIndex"`
				Level     string `json:"level"`
				Locations []struct {
					Physical struct {
						Artifact struct {
							URI string `json:"uri"`
						} `json:"artifactLocation"`
						Region struct {
							StartLine int `json:"startLine"`
							EndColumn int `json:"endColumn"`
						} `json:"region"`
					} `json:"physicalLocation"`
				} `json:"locations"`
			} `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != "2.1.0" || len(got.Runs) != 1 || len(got.Runs[0].Results) != 2 {
		t.Fatalf("got %s", b.String())
	}
	run := got.Runs[0]
	for i, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Level != string(errTwo[i].Severity) {
			t.Errorf("result %d: %+v", i, r)
		}
	}
	first := run.Results[0].Locations[0].Physical
	if first.Artifact.URI != "my%20checks/%C3%A4.yaml" || first.Region.StartLine != 3 || first.Region.EndColumn != 10 {
		t.Errorf("got %+v", first)
	}
	if second := run.Results[1].Locations[0].Physical; second.Region.StartLine != 1 || second.Artifact.URI != "a%2Cb%3Ac.yaml" {
		t.Errorf("got %+v", second)
	}
}
