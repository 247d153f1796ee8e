package redact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/internal/redact"
	"github.com/relaycheck/relaycheck/schema"
)

var key = []byte("a key for tests")

func redacted(t *testing.T, body string) string {
	t.Helper()
	out, err := redact.New(key).Body([]byte(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return string(out)
}

// TestNothingThatNamesAnybodyIsLeft takes a callback apart whose every secret is a word of its own.
func TestNothingThatNamesAnybodyIsLeft(t *testing.T) {
	t.Parallel()
	const body = `{"appid":1250001234,"callback_event":"TaskExit","event_type":314,"interface":"general_callback",` +
		`"msg":"{\"message\":\"write 1.2.3.44 rtmp:\\/\\/ingest.example.com\\/show\\/keynote77 failed for 100200300\",\"code\":-22,\"task_exit_time\":1712893433123}",` +
		`"product_name":"pullpush","sign":"8f14e45fceea167a5a36dedd4bea2543","source_urls":"[\"http://origin.example.com/vod/%E7%A7%98%E5%AF%86/epi-9.m3u8?token=s3cr3t\\u0026x=1\"]\n",` +
		`"stream_id":"keynote77","t":1712893533,"task_id":"100200300","to_url":"rtmp://ingest.example.com/live/keynote77?txSecret=aabbccddeeff00112233445566778899&txTime=65F0A0B0",` +
		`"tenant":{"name":"秘密公司","customer":987654321,"rank":7}}`
	out := redacted(t, body)
	for _, secret := range []string{
		"1250001234", "1.2.3.44", "ingest", "example", "show", "keynote77", "100200300", "8f14e45f", "origin", "vod", "%E7%A7%98", "s3cr3t",
		"aabbccdd", "秘密公司", "987654321",
	} {
		if strings.Contains(out, secret) {
			t.Errorf("%q is still there:\n%s", secret, out)
		}
	}
	for _, kept := range []string{
		`"callback_event":"TaskExit","event_type":314,"interface":"general_callback"`, `\"code\":-22,\"task_exit_time\":1712893433123}`, `"t":1712893533`,
		`write `, ` failed for `, `rtmp:\\/\\/`, `.invalid`, `/live/`, `&txTime=65F0A0B0"`, `.m3u8?token=`, `\\u0026x=`, `]\n"`, `"rank":7`,
	} {
		if !strings.Contains(out, kept) {
			t.Errorf("%q is gone:\n%s", kept, out)
		}
	}
	var callback struct {
		StreamID string `json:"stream_id"`
		TaskID   string `json:"task_id"`
		ToURL    string `json:"to_url"`
		Msg      string `json:"msg"`
	}
	if err := json.Unmarshal([]byte(out), &callback); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(callback.ToURL, "/live/"+callback.StreamID+"?") {
		t.Errorf("the stream is %s, but the address is %s", callback.StreamID, callback.ToURL)
	}
	if !strings.Contains(callback.Msg, callback.TaskID) || len(callback.TaskID) != 9 {
		t.Errorf("the task is %s, but the message is in %s", callback.TaskID, callback.Msg)
	}
}

// TestSecretsInUnusualPlacesAreFound has one secret after the other where an id, an address or a key may stand too.
func TestSecretsInUnusualPlacesAreFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		gone []string
		kept []string
	}{
		"an encoded address in a message": {
			`{"event_type":314,"stream_id":"keynote77","msg":"{\"message\":\"GET http%3A%2F%2Forigin.example.com%2Flive%2Fkeynote77.flv%3FtxSecret%3Daabbccddeeff00112233445566778899 failed\"}"}`,
			[]string{"keynote77", "origin", "aabbccdd"},
			[]string{"GET http%3A%2F%2F", "%2Flive%2F", ".flv%3FtxSecret%3D", " failed"},
		},
		"an address of version 6 in a message": {
			`{"event_type":314,"to_url":"rtmp://[2001:db8::beef:7]:1935/live/a","msg":"{\"message\":\"12:34:56 connect 2001:db8::beef:7 and [2001:0db8:0:0:0:0:0:17]:1935 refused\"}"}`,
			[]string{"db8", "beef"},
			[]string{"12:34:56 connect ", "::", "]:1935 refused", "]:1935/live/"},
		},
		"an encoded address in a member that nobody knows": {`{"event_type":314,"x":"keynote77%2Fkeynote77"}`, []string{"keynote77"}, []string{"%2F"}},
		"letters and digits that are encoded":              {`{"event_type":314,"to_url":"rtmp://a/live/%73%33%63%72%33%74?u=%6bey"}`, []string{"%73%33%63", "%6b"}, []string{"/live/%", "?u=%"}},
		"a path in another encoding than UTF-8":            {`{"event_type":314,"to_url":"rtmp://a/live/%C3%D8%C3%DC%2Fb%ff"}`, []string{"%C3%D8", "%C3%DC", "%ff"}, []string{"/live/%", "%2F"}},
		"names of members that nobody knows": {
			`{"event_type":314,"task_id":"100200300","to_url":"rtmp://ingest.example.com/live/a","tasks":{"100200300":{"ingest.example.com":1},"rank":{"987654321":2}}}`,
			[]string{"100200300", "ingest", "987654321"},
			[]string{`"tasks":{"`, `"rank":{"`},
		},
		"a key that looks like a name in a query": {`{"event_type":314,"to_url":"rtmp://a/live/b?czNjcjN0a2V5=="}`, []string{"czNjcjN0a2V5"}, []string{`=="}`}},
	} {
		out := redacted(t, test.body)
		for _, secret := range test.gone {
			if strings.Contains(out, secret) {
				t.Errorf("%s: %q is still there: %s", name, secret, out)
			}
		}
		for _, kept := range test.kept {
			if !strings.Contains(out, kept) {
				t.Errorf("%s: %q is gone: %s", name, kept, out)
			}
		}
		if strings.Contains(out, "%") && !regexp.MustCompile(`^[^%]*(%[0-9A-Fa-f]{2}[^%]*)*$`).MatchString(out) {
			t.Errorf("%s: what was encoded is no more: %s", name, out)
		}
	}
	same := redacted(t, `{"event_type":314,"stream_id":"keynote77","to_url":"rtmp://a/live/%6bey%6eote77","x":"a%2Fkeynote77"}`)
	word := regexp.MustCompile(`"stream_id":"(\w+)"`).FindStringSubmatch(same)
	if word == nil || !strings.Contains(same, "%2F"+word[1]+`"`) {
		t.Errorf("a word behind what is encoded is another: %s", same)
	}
}

func TestEqualWordsStayEqualAndTheKeyDecides(t *testing.T) {
	t.Parallel()
	a, b := redacted(t, `{"task_id":"118148"}`), redacted(t, `{"task_id":118148}`)
	if strings.Trim(strings.TrimPrefix(a, `{"task_id":`), `"}`) != strings.TrimSuffix(strings.TrimPrefix(b, `{"task_id":`), "}") {
		t.Errorf("one id has two pseudonyms: %s and %s", a, b)
	}
	other, err := redact.New([]byte("another key")).Body([]byte(`{"task_id":"118148"}`))
	if err != nil || string(other) == a {
		t.Errorf("another key gives the same pseudonym %s (%v)", other, err)
	}
}

// TestDifferentWordsStayDifferent draws pairs of words of one form.
func TestDifferentWordsStayDifferent(t *testing.T) {
	t.Parallel()
	r := redact.New(key)
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom([]string{`[1-9][0-9]{0,17}`, `[a-z]{1,4}`, `[A-Z][a-z]{1,3}[0-9]`, `[0-9a-f]{32}`, `[\x{4e00}-\x{9fff}]{1,3}`, `[à-ÿ]{2}`}).Draw(t, "form")
		a, b := rapid.StringMatching(form).Draw(t, "a"), rapid.StringMatching(form).Draw(t, "b")
		outA, errA := r.Body([]byte(`{"stream_id":"` + a + `"}`))
		outB, errB := r.Body([]byte(`{"stream_id":"` + b + `"}`))
		if errA != nil || errB != nil {
			t.Fatalf("%v, %v", errA, errB)
		}
		if (a == b) != bytes.Equal(outA, outB) {
			t.Errorf("%q and %q became %s and %s", a, b, outA, outB)
		}
	})
}

// TestEveryVectorIsJudgedAsBefore redacts the bodies of all vectors. Body itself compares the findings, so a body that it
// gives back is one that passed; what it refuses is counted.
func TestEveryVectorIsJudgedAsBefore(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../schema/testdata/vectors/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors (%v)", err)
	}
	r := redact.New(key)
	done, refused, damaged := 0, 0, 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var vectors []struct{ Body string }
		if err := json.Unmarshal(text, &vectors); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, v := range vectors {
			out, err := r.Body([]byte(v.Body))
			var changed *redact.ChangedError
			switch {
			case errors.Is(err, redact.ErrNotJSON):
				damaged++
			case errors.As(err, &changed):
				refused++
				t.Logf("%v: %s", err, v.Body)
			case err != nil:
				t.Errorf("%v: %s", err, v.Body)
			default:
				done++
				again, err := r.Body([]byte(v.Body))
				if err != nil || !bytes.Equal(out, again) {
					t.Errorf("redacted twice it differs: %s and %s (%v)", out, again, err)
				}
			}
		}
	}
	if done < 500 || refused > done/100 {
		t.Errorf("%d bodies were redacted, %d refused, %d were no JSON", done, refused, damaged)
	}
}

// TestWhatIsNotReplacedKeepsItsBytes takes the documented samples, in which white space, order and escapes must stay.
func TestWhatIsNotReplacedKeepsItsBytes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ body, want string }{
		{"{ \"event_type\" : 314,\n\t\"callback_event\":\"Task\\u0053tart\" }\n", "{ \"event_type\" : 314,\n\t\"callback_event\":\"Task\\u0053tart\" }\n"},
		{`{"msg":{"code":"-22","index":1.0,"type":null},"a":[],"b":{},"c":true}`, `{"msg":{"code":"-22","index":1.0,"type":null},"a":[],"b":{},"c":true}`},
		{`{"event_type":314,"event_type":58}`, `{"event_type":314,"event_type":58}`},
	} {
		if got := redacted(t, test.body); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
	for _, event := range schema.Events() {
		body, ok := schema.Sample("2025-09", event)
		if !ok {
			continue
		}
		out := redacted(t, string(body))
		if len(strings.Split(out, `"`)) != len(strings.Split(string(body), `"`)) {
			t.Errorf("the sample of %s has another shape:\n%s\n%s", event, body, out)
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"event_type":314,"msg":"{\"url\":\"http://a/b?c=d#e\"}"}`, `[1,2,{"a":"\ud83d\ude00"}]`, `"x"`, ` 1234567 `, `{"to_url":"rtmp://u:p@[::1]:1935/%ff%zz"}`,
		`{"source_urls":"[\"http://a\"]\n"}`, "{\"msg\":\"{\\\"message\\\":\\\"\xff\\\"}\"}", `{"stream_id":""}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := redact.New(key).Body(body)
		if err != nil {
			return
		}
		if !json.Valid(out) {
			t.Errorf("%q became %q, which is no JSON", body, out)
		}
	})
}
