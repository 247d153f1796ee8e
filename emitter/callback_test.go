package emitter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/schema"
)

// seedTask and the values beside it are those of the vendor's samples, 2022-01 edition.
func seedTask() emitter.Task {
	return emitter.Task{
		AppID: 4, TaskID: "118148", StreamID: "testvod", ToURL: "rtmp://5000.livepush.myqcloud.com/live/testvod",
		SourceURLs: []string{"http://yourURL.cn/live/normal_230753472*****21162358-upload-45eb/playlist.m3u8"},
	}
}

func seedFileTask() emitter.Task {
	t := seedTask()
	t.TaskID = "118145"
	t.CallbackURL = "http://you.callback.url"
	t.SourceURLs = []string{"http://yourURL.cn/live/normal_466247620*****3100448-upload-216b/playlist.m3u8"}
	return t
}

func TestGivenTheValuesOfTheSamplesTheBytesAreTheSamples(t *testing.T) {
	t.Parallel()
	exitTask := seedTask()
	exitTask.SourceURLs = []string{"http://yourURL.cn/live/normal_230753472*****21162358-upload-4"}
	strange := seedFileTask().File(0, 14920)
	strange.URL = "http://remit-tx-ugcpub.douyucdn2.cn/live/normal_466247620*****3100448-upload-216b/playlist.m3u8"
	samples := map[string]*emitter.Callback{
		schema.TaskStart:           emitter.TaskStart(seedTask(), 0),
		schema.VodSourceFileStart:  emitter.VodSourceFileStart(seedFileTask(), strange),
		schema.VodSourceFileFinish: emitter.VodSourceFileFinish(seedFileTask(), seedFileTask().File(0, 14920)),
		schema.TaskExit: emitter.TaskExit(exitTask, emitter.Exit{
			Code: -22, Message: "write packet error.",
		}).WithoutIDs(),
	}
	for event, c := range samples {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			sample, ok := schema.Sample(schema.Edition2022_01, event)
			if !ok {
				t.Fatal("no sample")
			}
			var want bytes.Buffer
			if err := json.Compact(&want, sample); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.String(), string(c.Bytes())); diff != "" {
				t.Errorf("bytes differ (-sample +ours):\n%s", diff)
			}
			if c.Event() != event {
				t.Errorf("Event() = %q", c.Event())
			}
			parsed, err := emitter.Parse(sample)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.String(), string(parsed.Bytes())); diff != "" {
				t.Errorf("parsing the sample loses something (-sample +ours):\n%s", diff)
			}
		})
	}
}

func TestTaskExitCarriesTheIDsUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	c := emitter.TaskExit(seedTask(), emitter.Exit{Time: 1700000000123, Code: -22, Message: "m"})
	for _, path := range []string{"stream_id", "task_id", "to_url"} {
		if _, ok := c.Get(path); !ok {
			t.Errorf("%s is missing", path)
		}
		if _, ok := c.WithoutIDs().Get(path); ok {
			t.Errorf("WithoutIDs leaves %s", path)
		}
	}
}

func TestUndocumentedEventsSayNothingMoreThanIsDocumented(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]*emitter.Callback{
		`"{\"type\":\"PullFileFailed\"}"`: emitter.TaskAlarm(seedTask(), emitter.PullFileFailed),
		`"{}"`:                            emitter.ResetTaskConfig(seedTask()),
	} {
		if got, _ := c.Get("msg"); string(got) != want {
			t.Errorf("%s: msg is %s, want %s", c.Event(), got, want)
		}
	}
	if e := emitter.Custom(seedTask(), "TaskPaused").Event(); e != "TaskPaused" {
		t.Errorf("custom event is called %q", e)
	}
}

func TestSetting(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		path string
		val  any
		want string // the value as Get gives it
	}{
		"a number":                            {"appid", 12, `12`},
		"a number beyond 64 bits":             {"appid", json.Number("123456789012345678901234567890"), `123456789012345678901234567890`},
		"null":                                {"task_id", nil, `null`},
		"text with what Go would escape":      {"to_url", "rtmp://a/b?c=<d>&e", `"rtmp://a/b?c=<d>&e"`},
		"text with a line separator":          {"to_url", "a\u2028b", "\"a\u2028b\""},
		"text with control characters":        {"to_url", "\x00\x1f\b\f\n\r\t\x7f", `"\u0000\u001F\b\f\n\r\t` + "\x7f\""},
		"bytes that are not text":             {"to_url", "a\xffb", "\"a\xffb\""},
		"a documented key that was not there": {"event_time", "1712893433", `"1712893433"`},
		"a member of msg":                     {"msg.code", "-22", `"-22"`},
		"a member of another event's msg":     {"msg.url", "http://a", `"http://a"`},
		"msg as text":                         {"msg", "no JSON", `"no JSON"`},
		"msg as a map":                        {"msg", map[string]any{"b": 1, "a": "/"}, `"{\"a\":\"/\",\"b\":1}"`},
		"msg as raw JSON":                     {"msg", json.RawMessage(`{"code": 1}`), `{"code": 1}`},
		"msg as a number":                     {"msg", 5, `5`},
		"source_urls as a list":               {"source_urls", []string{"http://a", "http://b"}, `"[\"http://a\",\"http://b\"]\n"`},
		"source_urls as text":                 {"source_urls", "[]", `"[]"`},
		"source_urls as raw JSON":             {"source_urls", json.RawMessage(`["a"]`), `["a"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := emitter.TaskExit(seedTask(), emitter.Exit{})
			if err := c.Set(tc.path, tc.val); err != nil {
				t.Fatal(err)
			}
			got, ok := c.Get(tc.path)
			if !ok || string(got) != tc.want {
				t.Errorf("%s is %s, want %s", tc.path, got, tc.want)
			}
			if !bytes.Contains(c.Bytes(), got) && !strings.HasPrefix(tc.path, "msg.") {
				t.Errorf("%s is not in the bytes: %s", got, c.Bytes())
			}
		})
	}
}

func TestNewKeysGoWhereTheVendorWouldHaveThem(t *testing.T) {
	t.Parallel()
	c := emitter.TaskStart(seedTask(), 1)
	mustDo(t, c.Set("event_time", "1"))
	mustDo(t, c.Add("aaa", 1))
	mustDo(t, c.Add("zzz", 1))
	mustDo(t, c.Add("msg.aaa", true))
	c.Sign("k", time.Unix(1, 0))
	want := []string{
		"aaa", "appid", "callback_event", "event_time", "event_type", "interface", "msg", "product_name",
		"sign", "source_urls", "stream_id", "t", "task_id", "to_url", "zzz",
	}
	if diff := cmp.Diff(want, keys(t, c.Bytes())); diff != "" {
		t.Error(diff)
	}
	if got, _ := c.Get("msg"); string(got) != `"{\"task_start_time\":1,\"aaa\":true}"` {
		t.Errorf("msg is %s", got)
	}
}

func TestUnsetting(t *testing.T) {
	t.Parallel()
	c := emitter.TaskExit(seedTask(), emitter.Exit{})
	for _, path := range []string{"task_id", "msg.message", "event_time" /* is not there */} {
		mustDo(t, c.Unset(path))
		if _, ok := c.Get(path); ok {
			t.Errorf("%s is still there", path)
		}
	}
	if got, _ := c.Get("msg"); string(got) != `"{\"code\":0,\"task_exit_time\":0}"` {
		t.Errorf("msg is %s", got)
	}
}

func TestAnUnknownPathIsAnErrorThatNamesTheNearest(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"tsk_id":       "task_id",
		"Task_ID":      "task_id",
		"taskid":       "task_id",
		"code":         "msg.code",
		"msg.cod":      "msg.code",
		"messge":       "msg.message",
		"msg.duraton":  "msg.duration",
		"completely":   "",
		"msg.nonsense": "",
	} {
		c := emitter.TaskExit(seedTask(), emitter.Exit{})
		before := string(c.Bytes())
		for op, err := range map[string]error{"Set": c.Set(path, 1), "Unset": c.Unset(path)} {
			var unknown *emitter.UnknownPathError
			if !errors.As(err, &unknown) || unknown.Path != path || unknown.Nearest != want || len(unknown.Known) < 20 {
				t.Errorf("%s(%q): %v, want nearest %q", op, path, err, want)
			}
		}
		if string(c.Bytes()) != before {
			t.Errorf("%q changed the callback", path)
		}
	}
}

func TestWhatCannotBeSetIsRefused(t *testing.T) {
	t.Parallel()
	broken := func() *emitter.Callback {
		c := emitter.TaskStart(seedTask(), 0)
		mustDo(t, c.Set("msg", "no JSON"))
		return c
	}
	for name, err := range map[string]error{
		"an empty path":                 broken().Add("", 1),
		"a member of what is no object": broken().Add("to_url.x", 1),
		"a path too deep":               broken().Add("msg.a.b", 1),
		"an empty member":               broken().Add("msg.", 1),
		"into msg that is no object":    broken().Set("msg.code", 1),
		"out of msg that is no object":  broken().Unset("msg.code"),
		"raw JSON that is none":         broken().Set("appid", json.RawMessage(`{`)),
		"a number that is none":         broken().Set("appid", json.Number("1e")),
		"an empty number":               broken().Set("appid", json.Number("")),
		"a function":                    broken().Set("appid", func() {}),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAMemberThatStandsInACallbackCanBeSet(t *testing.T) {
	t.Parallel()
	push, _ := schema.Sibling("push")
	c, err := emitter.Parse(push)
	if err != nil {
		t.Fatal(err)
	}
	mustDo(t, c.Set("idc_id", 7))
	mustDo(t, c.Unset("sequence"))
	if got, _ := c.Get("idc_id"); string(got) != "7" {
		t.Errorf("idc_id is %s", got)
	}
}

func TestACloneSharesNothing(t *testing.T) {
	t.Parallel()
	c := emitter.TaskExit(seedTask(), emitter.Exit{})
	before := string(c.Bytes())
	d := c.Clone()
	mustDo(t, d.Set("msg.code", 1))
	mustDo(t, d.Set("appid", 1))
	mustDo(t, d.Unset("msg.message"))
	mustDo(t, d.Add("msg.more", 1))
	if string(c.Bytes()) != before {
		t.Errorf("changing the clone changed %s", c.Bytes())
	}
}

func TestParsingKeepsWhatAMapWouldLose(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"order and big numbers":                 `{"z":123456789012345678901,"a":1.50,"m":{"y":1,"x":[true,false,null]}}`,
		"the text of msg, blanks and all":       `{"msg":"{\"code\": 1}","source_urls":"[ \"a\" ]\n"}`,
		"msg that is no JSON":                   `{"msg":"{","source_urls":"x"}`,
		"msg as an object":                      `{"msg":{"code":1}}`,
		"newlines after msg":                    `{"msg":"{}\n\n"}`,
		"escapes in msg that we would not make": `{"msg":"{\"url\":\"http:\\/\\/a\"}"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := emitter.Parse([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(c.Bytes()); got != body {
				t.Errorf("got  %s\nwant %s", got, body)
			}
		})
	}
}

func TestTextOfMsgIsOpenedWhenAMemberIsSet(t *testing.T) {
	t.Parallel()
	c, err := emitter.Parse([]byte(`{"msg":"{\"code\": 1}"}`))
	if err != nil {
		t.Fatal(err)
	}
	mustDo(t, c.Set("msg.code", 2))
	if got := string(c.Bytes()); got != `{"msg":"{\"code\":2}"}` {
		t.Errorf("got %s", got)
	}
}

func TestParsingRefusesWhatParsersReadDifferently(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing":          ``,
		"half an object":   `{"a":1`,
		"two objects":      `{}{}`,
		"an array":         `[]`,
		"a key twice":      `{"a":1,"b":2,"a":3}`,
		"a key twice deep": `{"a":{"b":1,"b":2}}`,
		"invalid UTF-8":    "{\"a\":\"\xff\"}",
		"a BOM":            "\xef\xbb\xbf{}",
	} {
		if _, err := emitter.Parse([]byte(body)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestSigning(t *testing.T) {
	t.Parallel()
	// printf %s abcdef1622600525 | md5sum
	const want = "40060fba5f9df6e0b639e9aa0f36d925"
	c := emitter.TaskStart(seedTask(), 0)
	c.Sign("abcdef", time.Unix(1622600525, 999))
	sign, _ := c.Get("sign")
	at, _ := c.Get("t")
	if string(sign) != `"`+want+`"` || string(at) != "1622600525" {
		t.Errorf("sign %s, t %s", sign, at)
	}
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// keys are the keys of a JSON object in order.
func keys(t *testing.T, body []byte) []string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	var out []string
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, key.(string))
		var val json.RawMessage
		if err := dec.Decode(&val); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
