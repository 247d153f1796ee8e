package shape_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

func TestTheTableSaysItInAFewWords(t *testing.T) {
	t.Parallel()
	c := shape.New()
	for i, body := range []string{
		callback(schema.TaskAlarm, `{"type":"FileEndEarly","wait":-1.5}`), callback(schema.TaskAlarm, `{"type":"PullFileFailed"}`, `"nonce":"7f"`), "",
	} {
		at := shape.Place{Input: 1, Source: "a\x1b.ndjson", Line: i + 1, Offset: int64(i), Within: "/body", Arrived: time.Unix(1_700_000_000, 0)}
		if body == "" {
			c.Unread(at)
			continue
		}
		r := schema.Validate([]byte(body), schema.Options{})
		c.Add(at, []byte(body), &r)
	}
	s := c.Shape()
	s.Interrupted = true
	var out bytes.Buffer
	if err := s.Table(&out); err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(out.String(), "Documented and never seen")
	if diff := cmp.Diff(`The shape of 3 documents, 1 of them not read, a\x1b.ndjson:1 (/body) to a\x1b.ndjson:3 (/body)
arrived from 2023-11-14 22:13:20 UTC to 2023-11-14 22:13:20 UTC
The run was interrupted: this is of what was read until then.

TaskAlarm: 2 (100 %), a\x1b.ndjson:1 (/body) to a\x1b.ndjson:2 (/body)
  PATH             IN     TYPES    LENGTH   VALUES                                    NOTES
  /appid           100 %  integer  10       1 different
  /callback_event  100 %  string   9        "TaskAlarm"                               word
  /event_type      100 %  integer           314
  /interface       100 %  string   16       "general_callback"                        word
  /msg             100 %  string   25–35                                              JSON object
  /msg#            100 %  object
  /msg#/type       100 %  string   12–14    "FileEndEarly" × 1, "PullFileFailed" × 1  word
  /msg#/wait       50 %   number            -1.5                                      negative, with a fraction, undocumented, first a\x1b.ndjson:1 (/body)
  /nonce           50 %   string   2        1 different                               word, undocumented, first a\x1b.ndjson:2 (/body)
  /product_name    100 %  string   8        "pullpush"                                word
  /source_urls     100 %  string   37                                                 JSON array and a newline
  /source_urls#    100 %  array    1 entry
  /source_urls#/*  100 %  string   32       1 different                               http address
  /stream_id       100 %  string   1        1 different                               word
  /task_id         100 %  string   6        1 different                               digits
  /to_url          100 %  string   30       1 different                               rtmp address
  order of names, 50 %: appid callback_event event_type interface msg product_name source_urls stream_id task_id to_url
  order of names, 50 %: appid callback_event event_type interface msg product_name source_urls stream_id task_id to_url nonce
  order of names in msg, 50 %: type
  order of names in msg, 50 %: type wait

`, before); diff != "" {
		t.Error(diff)
	}
}

func TestAnObjectWithoutMembersHasNoOrderOfNames(t *testing.T) {
	t.Parallel()
	c := shape.New()
	body := []byte(callback(schema.TaskAlarm, `{}`))
	r := schema.Validate(body, schema.Options{})
	c.Add(shape.Place{Source: "a.ndjson", Line: 1}, body, &r)
	var out bytes.Buffer
	if err := c.Shape().Table(&out); err != nil {
		t.Fatal(err)
	}
	if want := "  order of names in msg, 100 %: none\n"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
}
