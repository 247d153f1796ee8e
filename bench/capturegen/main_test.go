package main

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/relaycheck/relaycheck/schema"
)

// What the benchmark takes for granted: the valid are ok, the others errors, and what the shortcuts say of each is to the
// letter what the library says of the whole document.
func TestEveryGeneratedCallbackIsJudgedAsItWasMade(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		share   float64
		unusual bool
		want    schema.Verdict
	}{{"valid", 0, false, schema.OK}, {"unusual", 0, true, schema.OK}, {"invalid", 1, false, schema.Error}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if _, err := write(&out, 1000, c.share, 7, c.unusual); err != nil {
				t.Fatal(err)
			}
			v := schema.NewValidator()
			codes := map[string]int{}
			for line := range bytes.Lines(out.Bytes()) {
				line = bytes.TrimSuffix(line, []byte("\n"))
				for _, opts := range []schema.Options{{}, {Edition: schema.Edition2022_01}, {Reading: schema.Documented}} {
					got := v.Validate(line, opts)
					opts.NoFastPath = true
					if want := schema.Validate(line, opts); !reflect.DeepEqual(got, want) {
						t.Fatalf("%s\nfast    %+v\nlibrary %+v", line, got, want)
					}
					if got.Verdict != c.want {
						t.Fatalf("%s\nis %s: %+v", line, got.Verdict, got.Violations)
					}
					for _, violation := range got.Violations {
						codes[violation.Code]++
					}
				}
			}
			if c.share == 1 && len(codes) < 14 {
				t.Errorf("only these findings came up: %v", codes)
			}
		})
	}
}

func TestTheSameSeedGivesTheSameCapture(t *testing.T) {
	t.Parallel()
	for _, unusual := range []bool{false, true} {
		var a, b, other bytes.Buffer
		for to, seed := range map[*bytes.Buffer]uint64{&a: 1, &b: 1, &other: 2} {
			if _, err := write(to, 200, 0.1, seed, unusual); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) || bytes.Equal(a.Bytes(), other.Bytes()) {
			t.Errorf("unusual %v: the seed does not decide", unusual)
		}
	}
}
