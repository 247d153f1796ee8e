package emitter_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
)

func TestEncodings(t *testing.T) {
	t.Parallel()
	// A small callback, so that whole bodies can be shown.
	c, err := emitter.Parse([]byte(`{"appid":4,"event_time":"9","msg":"{\"message\":\"a/é😀\",\"code\":-22}","source_urls":"[\"http://a\"]\n"}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		encoding emitter.Encoding
		want     string
	}{
		"the vendor's": {
			emitter.Encoding{},
			`{"appid":4,"event_time":"9","msg":"{\"message\":\"a/é😀\",\"code\":-22}","source_urls":"[\"http://a\"]\n"}`,
		},
		"sorted, msg too": {
			emitter.Encoding{KeyOrder: emitter.OrderSorted},
			`{"appid":4,"event_time":"9","msg":"{\"code\":-22,\"message\":\"a/é😀\"}","source_urls":"[\"http://a\"]\n"}`,
		},
		"backwards": {
			emitter.Encoding{KeyOrder: emitter.OrderReverse},
			`{"source_urls":"[\"http://a\"]\n","msg":"{\"code\":-22,\"message\":\"a/é😀\"}","event_time":"9","appid":4}`,
		},
		"pretty": {
			emitter.Encoding{Whitespace: emitter.SpacePretty, EventTime: emitter.FormAbsent},
			"{\n  \"appid\": 4,\n" +
				`  "msg": "{\n  \"message\": \"a/é😀\",\n  \"code\": -22\n}",` + "\n" +
				`  "source_urls": "[\n  \"http://a\"\n]\n"` + "\n}",
		},
		"slashes, once for each level": {
			emitter.Encoding{Escapes: emitter.EscapeSlashes},
			`{"appid":4,"event_time":"9","msg":"{\"message\":\"a\\\/é😀\",\"code\":-22}","source_urls":"[\"http:\\\/\\\/a\"]\n"}`,
		},
		"appId": {
			emitter.Encoding{AppIDKey: "appId"},
			`{"appId":4,"event_time":"9","msg":"{\"message\":\"a/é😀\",\"code\":-22}","source_urls":"[\"http://a\"]\n"}`,
		},
		"code as text, event_time as number": {
			emitter.Encoding{Numbers: emitter.FormText, EventTime: emitter.FormNumber},
			`{"appid":4,"event_time":9,"msg":"{\"message\":\"a/é😀\",\"code\":\"-22\"}","source_urls":"[\"http://a\"]\n"}`,
		},
		"msg as an object": {
			emitter.Encoding{MsgAsObject: true},
			`{"appid":4,"event_time":"9","msg":{"message":"a/é😀","code":-22},"source_urls":"[\"http://a\"]\n"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, string(c.Encode(tc.encoding))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnicodeEscapesLeaveNothingButLettersAndDigits(t *testing.T) {
	t.Parallel()
	c, err := emitter.Parse([]byte(`{"to_url":"a/é😀 z9"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"to\u005furl":"a\u002f\u00e9\ud83d\ude00\u0020z9"}`
	if got := string(c.Encode(emitter.Encoding{Escapes: emitter.EscapeUnicode})); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTextAndNumbersAreOnlyExchangedWhereTheyMeanTheSame(t *testing.T) {
	t.Parallel()
	c, err := emitter.Parse([]byte(`{"event_time":"soon","msg":"{\"code\":\"-0x1\",\"index\":null}"}`))
	if err != nil {
		t.Fatal(err)
	}
	before := string(c.Bytes())
	got := string(c.Encode(emitter.Encoding{Numbers: emitter.FormNumber, EventTime: emitter.FormNumber}))
	if got != before {
		t.Errorf("%s became %s", before, got)
	}
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	c := emitter.TaskExit(seedTask(), emitter.Exit{})
	encode := func(seed int64) string {
		return string(c.Encode(emitter.Encoding{KeyOrder: emitter.OrderShuffled, Whitespace: emitter.SpaceWild, Seed: seed}))
	}
	if first, second := encode(7), encode(7); first != second {
		t.Error("one seed, two bodies")
	}
	if encode(7) == encode(8) {
		t.Error("two seeds, one body")
	}
}

func TestEncodingLeavesTheCallbackAsItIs(t *testing.T) {
	t.Parallel()
	c := emitter.TaskExit(seedTask(), emitter.Exit{})
	before := string(c.Bytes())
	for _, order := range []emitter.KeyOrder{emitter.OrderSorted, emitter.OrderReverse, emitter.OrderShuffled} {
		for _, change := range []bool{false, true} {
			c.Encode(emitter.Encoding{KeyOrder: order, MsgAsObject: change})
			if after := string(c.Bytes()); after != before {
				t.Fatalf("order %s, reshaped %v: it became %s", order, change, after)
			}
		}
	}
}

func TestEveryEncodingMeansTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		url := rapid.StringOf(rapid.Rune()).Draw(t, "url")
		task := seedTask()
		task.SourceURLs = []string{url, "http://origin.example/b?x=1&y=<2>"}
		c := emitter.VodSourceFileStart(task, task.File(0, rapid.Int64().Draw(t, "duration")))
		e := emitter.Encoding{
			KeyOrder:   rapid.SampledFrom([]emitter.KeyOrder{"", "sorted", "reverse", "shuffled"}).Draw(t, "order"),
			Whitespace: rapid.SampledFrom([]emitter.Whitespace{"", "compact", "pretty", "wild"}).Draw(t, "space"),
			Escapes:    rapid.SampledFrom([]emitter.Escapes{"", "minimal", "unicode", "slashes"}).Draw(t, "escapes"),
			Seed:       rapid.Int64().Draw(t, "seed"),
		}
		if diff := cmp.Diff(decoded(t, c.Bytes()), decoded(t, c.Encode(e))); diff != "" {
			t.Fatalf("%+v changes the meaning:\n%s", e, diff)
		}
	})
}

// decoded opens a body, and what is nested in it, with encoding/json.
func decoded(t *rapid.T, body []byte) map[string]any {
	t.Helper()
	var outer map[string]any
	number(t, body, &outer)
	var msg map[string]any
	number(t, []byte(outer["msg"].(string)), &msg)
	var urls []string
	number(t, []byte(outer["source_urls"].(string)), &urls)
	if !strings.HasSuffix(outer["source_urls"].(string), "\n") {
		t.Fatalf("source_urls has lost its newline")
	}
	outer["msg"], outer["source_urls"] = msg, urls
	return outer
}

func number(t *rapid.T, data []byte, into any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
}

func TestShufflingShuffles(t *testing.T) {
	t.Parallel()
	c := emitter.TaskExit(seedTask(), emitter.Exit{})
	got := keys(t, c.Encode(emitter.Encoding{KeyOrder: emitter.OrderShuffled, Seed: 1}))
	if slices.IsSorted(got) {
		t.Errorf("still sorted: %v", got)
	}
	slices.Sort(got)
	if diff := cmp.Diff(keys(t, c.Bytes()), got); diff != "" {
		t.Error(diff)
	}
}
