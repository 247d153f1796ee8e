package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// vectorFile is testdata/vectors as internal/vectors writes it.
type vectorFile []struct {
	Description string
	Edition     Edition
	Reading     Reading
	Body        string
	Verdict     Verdict
	Fits        []Edition
	Findings    []struct{ Code, Pointer string }
}

func TestEveryGeneratedVectorIsJudgedAsItSays(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var list vectorFile
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n += len(list)
		for _, v := range list {
			opts := Options{Edition: v.Edition, Reading: v.Reading}
			r := agree(t, NewValidator(), []byte(v.Body), opts)
			if r.Verdict != v.Verdict {
				t.Errorf("%s (%s %s): %s, want %s: %+v", v.Description, v.Edition, v.Reading, r.Verdict, v.Verdict, r.Violations)
			}
			if len(r.Editions)+len(v.Fits) > 0 && !reflect.DeepEqual(r.Editions, v.Fits) {
				t.Errorf("%s (%s %s): fits %v, want %v", v.Description, v.Edition, v.Reading, r.Editions, v.Fits)
			}
			var got []struct{ Code, Pointer string }
			for _, violation := range r.Violations {
				got = append(got, struct{ Code, Pointer string }{violation.Code, violation.Pointer})
			}
			if len(got)+len(v.Findings) > 0 && !reflect.DeepEqual(got, v.Findings) {
				t.Errorf("%s (%s %s): %v, want %v", v.Description, v.Edition, v.Reading, got, v.Findings)
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d vectors", n)
	}
}
