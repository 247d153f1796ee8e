package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestABadgeIsWellFormedAndSaysTheVerdict(t *testing.T) {
	t.Parallel()
	broken := Build(fixture())
	for _, c := range []struct {
		name, want string
		rep        Report
	}{
		{"a failed run", "3 broken", broken},
		{"a target that is not there", "not reached", Report{Verdict: Environment}},
		{"a run without a verdict", "inconclusive", Report{}},
		{"a run in which all held", "0 held", Report{Verdict: Pass}},
	} {
		out := render(t, func(b *bytes.Buffer) error { return Badge(b, c.rep) })
		if !strings.Contains(string(out), ">"+c.want+"</text>") {
			t.Errorf("%s: no %q in %s", c.name, c.want, out)
		}
		dec := xml.NewDecoder(bytes.NewReader(out))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
	}
}
