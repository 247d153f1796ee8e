package judge

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestSlimLeavesEverythingButOverlongTexts(t *testing.T) {
	t.Parallel()
	long, longer := strings.Repeat("x", longestText), strings.Repeat("x", longestText+1)
	for name, c := range map[string]struct{ body, want string }{
		"a short body":                          {`{"a":"b"}`, `{"a":"b"}`},
		"a text of just that length":            {`{"a":"` + long + `"}`, `{"a":"` + long + `"}`},
		"a longer text":                         {`{"a":"` + longer + `","b":1}`, `{"a":"` + long + `","b":1}`},
		"two longer texts":                      {`["` + longer + `","` + longer + `"]`, `["` + long + `","` + long + `"]`},
		"a long name":                           {`{"` + longer + `":1}`, `{"` + long + `":1}`},
		"an escaped quote within":               {`["\"` + longer + `"]`, `["\"` + longer + `"]`},
		"an escaped backslash at the end":       {`["` + longer + `\\","a"]`, `["` + longer + `\\","a"]`},
		"an escaped quote before a longer text": {`["\\\"a","` + longer + `"]`, `["\\\"a","` + long + `"]`},
		"a control character within":            {"[\"" + longer + "\n\"]", "[\"" + longer + "\n\"]"},
		"no ASCII":                              {`["` + longer + `é"]`, `["` + longer + `é"]`},
		"a text without end":                    {`["` + longer, `["` + longer},
	} {
		body := []byte(c.body)
		got := slim(body)
		if string(got) != c.want {
			t.Errorf("%s: %d bytes became %d, want %d", name, len(c.body), len(got), len(c.want))
		}
		if string(body) != c.body {
			t.Errorf("%s: the body itself was changed", name)
		}
		if json.Valid(got) != json.Valid([]byte(c.body)) {
			t.Errorf("%s: whether it is JSON changed", name)
		}
	}
}

func FuzzSlimKeepsWhatIsJSON(f *testing.F) {
	for _, s := range []string{`{"a":"b\\\"c"}`, `"\\"`, `["a`, `\"`, `{"a":"\u0022","b":[]}`} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, part []byte, at int) {
		if at < 0 || at > len(part) {
			return
		}
		body := bytes.Join([][]byte{part[:at], []byte(strings.Repeat("x", longestText+1)), part[at:]}, nil)
		if json.Valid(slim(body)) != json.Valid(body) {
			t.Errorf("whether it is JSON changed: %q at %d", part, at)
		}
	})
}
