package emitter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/emitter"
)

func TestMangling(t *testing.T) {
	t.Parallel()
	const body = `{"appid":4,"callback_event":"TaskStart","msg":"{}","ok":true}`
	for name, tc := range map[string]struct {
		mangle emitter.Mangle
		body   string
		want   string
	}{
		"nothing":               {emitter.Mangle{}, body, body},
		"cut to bytes":          {emitter.Mangle{Cut: amount(t, "5")}, body, `{"app`},
		"cut to nothing":        {emitter.Mangle{Cut: amount(t, "0%")}, body, ``},
		"cut to half":           {emitter.Mangle{Cut: amount(t, "50%")}, `12345678`, `1234`},
		"cut beyond the end":    {emitter.Mangle{Cut: amount(t, "500")}, body, body},
		"a byte order mark":     {emitter.Mangle{Prepend: []byte("\xef\xbb\xbf")}, `{}`, "\xef\xbb\xbf{}"},
		"something after":       {emitter.Mangle{Append: []byte("\x00")}, `{}`, "{}\x00"},
		"replaced everywhere":   {emitter.Mangle{Replace: []emitter.Replacement{{From: []byte("a"), To: []byte("\xff")}}}, `banana`, "b\xffn\xffn\xff"},
		"a number twice":        {emitter.Mangle{RepeatKey: "appid"}, `{"appid":4}`, `{"appid":4,"appid":5}`},
		"a string twice":        {emitter.Mangle{RepeatKey: "task_id"}, `{"task_id":"a"}`, `{"task_id":"a","task_id":"a-2"}`},
		"a truth twice":         {emitter.Mangle{RepeatKey: "x"}, `{"x":true}`, `{"x":true,"x":false}`},
		"msg twice":             {emitter.Mangle{RepeatKey: "msg"}, `{"msg":"{\"a\":1}"}`, `{"msg":"{\"a\":1}","msg":"{}"}`},
		"with a value of yours": {emitter.Mangle{RepeatKey: "x", RepeatValue: json.RawMessage(`[1]`)}, `{"x":true}`, `{"x":true,"x":[1]}`},
		"nested":                {emitter.Mangle{Nest: 3}, `{"a":1}` + "\n", `{"a":1,"nest":[[[]]]}` + "\n"},
		"nested in nothing":     {emitter.Mangle{Nest: 1}, `{ }`, `{ "nest":[]}`},
		"padded":                {emitter.Mangle{Pad: 20}, `{"a":1}`, `{"a":1,"pad":"xxxx"}`},
		"padded, then cut":      {emitter.Mangle{Pad: 20, Cut: amount(t, "18")}, `{"a":1}`, `{"a":1,"pad":"xxxx`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := []byte(tc.body)
			got, err := tc.mangle.Apply(in)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
			if string(in) != tc.body {
				t.Error("the body given was changed")
			}
		})
	}
}

func TestAMangleThatFindsNothingToDoSaysSo(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		mangle emitter.Mangle
		body   string
	}{
		"a key that is not there":      {emitter.Mangle{RepeatKey: "x"}, `{}`},
		"a key of what is no object":   {emitter.Mangle{RepeatKey: "x"}, `[]`},
		"text that is not there":       {emitter.Mangle{Replace: []emitter.Replacement{{From: []byte("x")}}}, `{}`},
		"no text":                      {emitter.Mangle{Replace: []emitter.Replacement{{}}}, `{}`},
		"padding what is too long":     {emitter.Mangle{Pad: 5}, `{"a":1}`},
		"padding what is no object":    {emitter.Mangle{Pad: 50}, `no`},
		"padding nothing":              {emitter.Mangle{Pad: 50}, ``},
		"nesting in what is no object": {emitter.Mangle{Nest: 5}, `[]`},
	} {
		if got, err := tc.mangle.Apply([]byte(tc.body)); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTenMegabytesAreTenMegabytes(t *testing.T) {
	t.Parallel()
	got, err := emitter.Mangle{Pad: 10 << 20}.Apply(emitter.TaskStart(seedTask(), 0).Bytes())
	if err != nil || len(got) != 10<<20 || !json.Valid(got) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestAmountsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "%", "-1", "101%", "1.5", "NaN", "NaN%", "Inf%", "ten"} {
		if a, err := emitter.ParseAmount(s); err == nil || !strings.Contains(err.Error(), "60%") {
			t.Errorf("%q: %v, %v", s, a, err)
		}
	}
}

func amount(t *testing.T, s string) *emitter.Amount {
	t.Helper()
	a, err := emitter.ParseAmount(s)
	mustDo(t, err)
	return &a
}
