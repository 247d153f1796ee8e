package validate

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/relaycheck/relaycheck/internal/capture"
)

// What is wrong in a body that was decoded has no place in the capture: the place is where the body begins, and the offset in
// the body is told beside it. Where a body stands in the capture as it is, the place says all.
func TestAFindingInADecodedBodySaysWhereInItItIs(t *testing.T) {
	t.Parallel()
	compiled, err := jsonschema.Compile(filepath.Join("..", "..", "docs", "schemas", "validate.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"event_type":314,"callback_event":"TaskExit","msg":"{\"code\":null,\"message\":\"m\",\"task_exit_time\":1}","stream_id":5}`
	quoted := func(s string) string {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	field, err := capture.ParsePointer("/body")
	if err != nil {
		t.Fatal(err)
	}
	envelope := capture.Options{Envelope: capture.Envelope{Body: field}}
	for name, c := range map[string]struct {
		in      string
		read    capture.Options
		decoded bool
		begins  string // what stands where the body begins
	}{
		"a body by itself":         {body, capture.Options{}, false, `{"event_type"`},
		"JSON in an envelope":      {`{"body": ` + body + `}`, envelope, false, `{"event_type"`},
		"text in an envelope":      {`{"body": ` + quoted(body) + `}`, envelope, true, `"{\"event_type`},
		"base64 in an envelope":    {`{"body": "` + base64.StdEncoding.EncodeToString([]byte(body)) + `"}`, envelope, true, `"eyJldmVudF90`},
		"the text of an archive":   {`{"log": {"entries": [{"request": {"postData": {"text": ` + quoted(body) + `}}}]}}`, capture.Options{}, true, `"{\"event_type`},
		"a marked one in base64":   {`{"log": {"entries": [{"request": {"postData": {"_encoding": "base64", "text": "` + base64.StdEncoding.EncodeToString([]byte(body)) + `"}}}]}}`, capture.Options{}, true, `"eyJldmVudF90`},
		"behind the escapes of \\": {"POST " + strings.ReplaceAll(strings.ReplaceAll(body, `\`, `\x5C`), `"`, `\x22`), lineOptions(t, `POST (?P<body>.*)`), true, `{\x22event_type`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, out := run(t, c.in, Options{Read: c.read, Format: JSON})
			var doc any
			if err := json.Unmarshal([]byte(out), &doc); err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(doc); err != nil {
				t.Errorf("%#v", err)
			}
			var got struct {
				Documents []Record `json:"documents"`
			}
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			_, text := run(t, c.in, Options{Read: c.read})
			seen := map[string]string{}
			for _, v := range got.Documents[0].Violations {
				in, at := c.in, int(v.Offset)
				if c.decoded {
					if !strings.HasPrefix(c.in[at:], c.begins) {
						t.Errorf("%s: the place is that of %.20q and not where the body begins", v.Pointer, c.in[at:])
					}
					in, at = body, *v.Decoded
				} else if v.Decoded != nil {
					t.Errorf("%s has an offset in a body that was not decoded", v.Pointer)
				}
				seen[v.Pointer] = in[at:min(at+4, len(in))]
				words := ""
				if c.decoded && at > 0 {
					words = fmt.Sprintf(" (at offset %d of the decoded body)", at)
				}
				if line := v.Code + " " + v.Pointer + ": " + v.Message + words + "\n"; !strings.Contains(text, line) {
					t.Errorf("the text does not have %s:\n%s", strconv.Quote(line), text)
				}
			}
			if seen["/msg#/code"] != "null" || !strings.HasPrefix(seen["/stream_id"], "5}") || !strings.HasPrefix(seen["/source_urls"], `{"ev`) {
				t.Errorf("the places are those of %q", seen)
			}
		})
	}
}

// lineOptions reads a text log.
func lineOptions(t *testing.T, expression string) capture.Options {
	t.Helper()
	lines, err := capture.ParseLineFormat(expression)
	if err != nil {
		t.Fatal(err)
	}
	return capture.Options{Line: lines}
}
