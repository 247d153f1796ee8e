package junit

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
)

func TestTheHeadersSayWhatIsInTheFile(t *testing.T) {
	t.Parallel()
	doc := Suites{Name: "all", Time: "0.000"}
	doc.Add(Suite{Name: "a", Cases: []Case{
		{Name: "held"}, {Name: "broken", Failure: &Detail{Message: "m", Text: "]]> <x> &"}}, {Name: "skipped", Skipped: &Detail{Message: "s"}},
	}})
	doc.Add(Suite{Name: "b", Cases: []Case{{Name: "torn", Error: &Detail{Message: "e"}}, {Name: "held", SystemOut: &Text{"out"}}}})
	var b bytes.Buffer
	if err := doc.Write(&b); err != nil {
		t.Fatal(err)
	}
	var got Suites
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if got.Tests != 5 || got.Failures != 1 || got.Errors != 1 || got.Skipped != 1 || got.Suites[0].Tests != 3 || got.Suites[1].Errors != 1 {
		t.Errorf("%+v", got)
	}
	if f := got.Suites[0].Cases[1].Failure; f.Text != "]]> <x> &" || !strings.HasPrefix(b.String(), xml.Header) || !strings.HasSuffix(b.String(), "</testsuites>\n") {
		t.Errorf("%+v\n%s", f, b.String())
	}
}
