package receiver

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// shown gives the facts of a task that the session looked at last, by name.
func (s *session) shown(task string) map[string]any {
	s.t.Helper()
	line := s.do(request(http.MethodGet, "/tasks/"+task, nil))
	_, body, _ := strings.Cut(line, " ")
	var f map[string]any
	if err := json.Unmarshal([]byte(body), &f); err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	return f
}

// wantFacts compares some facts of a task with what they should be, both as JSON.
func (s *session) wantFacts(task string, want map[string]any) {
	s.t.Helper()
	got := s.shown(task)
	for name, w := range want {
		if g, w := plain(got[name]), plain(w); g != w {
			s.t.Errorf("task %s: %s = %s, want %s", task, name, g, w)
		}
	}
}

// wantAnswers compares the statuses of all answers so far with what they should be.
func (s *session) wantAnswers(want ...int) {
	s.t.Helper()
	if len(s.log) != len(want) {
		s.t.Fatalf("%d answers, want %d: %s", len(s.log), len(want), s.log)
	}
	for i, line := range s.log {
		if !strings.HasPrefix(line, fmt.Sprint(want[i], " ")) {
			s.t.Errorf("answer %d: %s, want %d", i+1, line, want[i])
		}
	}
}

func TestStateFollowsTheCallbacks(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	read5 := callback(taskExit, "a", m{"code": -5, "message": "read packet error.", "task_exit_time": t4})
	withSources := func(urls ...string) with { return with{"source_urls": listOf(urls...)} }
	file := func(index int, finished bool) m {
		return m{"index": index, "url": fmt.Sprintf("http://origin.invalid/a/%d.m3u8", index), "duration": 14920, "finished": finished}
	}
	for name, c := range map[string]struct {
		posts []string
		want  m // facts of task a
		other m // facts of task b
	}{
		"a start makes the task run": {
			posts: []string{start("a", t1)},
			want: m{
				"exists": true, "phase": "running", "stream_id": "stream-a", "to_url": "rtmp://5000.livepush.myqcloud.com/live/stream-a",
				"source_urls": []string{"http://origin.invalid/a/0.m3u8", "http://origin.invalid/a/1.m3u8"},
				"started_at":  t1, "exited_at": nil, "exit_code": nil, "exit_message": nil, "files": []any{}, "files_finished": 0, "alarms": 0, "events": 1,
			},
		},
		"an exit ends it and says why": {
			posts: []string{start("a", t1), exit("a", t2)},
			want:  m{"phase": "ended", "started_at": t1, "exited_at": t2, "exit_code": -22, "exit_message": "write packet error.", "events": 2},
		},
		"a start after the exit makes it run again": {
			posts: []string{start("a", t1), exit("a", t2), start("a", t3)},
			want:  m{"phase": "running", "started_at": t3, "exited_at": t2, "exit_code": -22},
		},
		"the newest exit says why": {
			posts: []string{read5, start("a", t1), exit("a", t2), start("a", t3)},
			want:  m{"phase": "ended", "exit_code": -5, "exit_message": "read packet error.", "exited_at": t4},
		},
		"an older start that comes late changes no phase":      {posts: []string{exit("a", t2), start("a", t1)}, want: m{"phase": "ended", "started_at": t1}},
		"an older exit that comes late changes no phase":       {posts: []string{start("a", t1), start("a", t3), exit("a", t2)}, want: m{"phase": "running", "exited_at": t2}},
		"zero times order nothing, so the last to come counts": {posts: []string{start("a", 0), exit("a", 0)}, want: m{"phase": "ended", "started_at": 0, "exited_at": 0}},
		"equal times order nothing either":                     {posts: []string{start("a", t1), exit("a", t1)}, want: m{"phase": "ended"}},
		"a missing time orders nothing": {
			posts: []string{start("a", t1), callback(taskExit, "a", m{"code": -22})},
			want:  m{"phase": "ended", "exited_at": nil, "exit_message": nil},
		},
		"files are begun and finished": {
			posts: []string{start("a", t1), begin("a", 0), finish("a", 0), begin("a", 1)},
			want:  m{"phase": "running", "files": []any{file(0, true), file(1, false)}, "files_finished": 1, "events": 4},
		},
		"files come in the order of the list": {
			posts: []string{begin("a", 1), begin("a", 0), start("a", t1)},
			want:  m{"files": []any{file(0, false), file(1, false)}},
		},
		"a finish before its start stays":          {posts: []string{finish("a", 0), begin("a", 0)}, want: m{"files": []any{file(0, true)}, "files_finished": 1}},
		"a file event alone means that it runs":    {posts: []string{begin("a", 0)}, want: m{"exists": true, "phase": "running", "started_at": nil}},
		"one URL at two places is two files":       {posts: []string{callback(fileStart, "a", m{"url": "u", "index": 0}), callback(fileStart, "a", m{"url": "u", "index": 1})}, want: m{"files": []any{m{"index": 0, "url": "u", "duration": nil, "finished": false}, m{"index": 1, "url": "u", "duration": nil, "finished": false}}}},
		"two loops are two events and one file":    {posts: []string{begin("a", 0, with{"event_time": "1"}), begin("a", 0, with{"event_time": "2"})}, want: m{"files": []any{file(0, false)}, "events": 2}},
		"event_time is the same as text or number": {posts: []string{begin("a", 0, with{"event_time": "1712893433"}), begin("a", 0, with{"event_time": 1712893433})}, want: m{"events": 1}},
		"a copy is no event": {
			posts: []string{start("a", t1), start("a", t1), exit("a", t2), start("a", t1), exit("a", t2)},
			want:  m{"phase": "ended", "events": 2},
		},
		"a copy written otherwise is no event": {
			posts: []string{exit("a", t2), exit("a", t2, with{"msg": `{ "task_exit_time":1712893499853, "code":-22, "message":"\u0077rite packet error." }`})},
			want:  m{"events": 1},
		},
		"numbers may be text": {
			posts: []string{callback(taskExit, "a", m{"code": "-22", "task_exit_time": "1712893499853"}), callback(fileStart, "a", m{"url": "u", "index": "1", "duration": "14920"})},
			want:  m{"exit_code": -22, "exited_at": t2, "files": []any{m{"index": 1, "url": "u", "duration": 14920, "finished": false}}},
		},
		"a code that is no number is kept":  {posts: []string{callback(taskExit, "a", m{"code": "ECONNRESET"})}, want: m{"exit_code": "ECONNRESET"}},
		"an alarm changes no phase":         {posts: []string{start("a", t1), alarm("a", "PushStreamFailed")}, want: m{"phase": "running", "alarms": 1, "events": 2}},
		"an unknown event changes no phase": {posts: []string{start("a", t1), exit("a", t2), callback("TaskMigrated", "a", m{})}, want: m{"phase": "ended", "events": 3}},
		"an unknown event may be the first": {posts: []string{callback("ResetTaskConfig", "a", m{})}, want: m{"exists": true, "phase": nil}},
		"either spelling of appid will do":  {posts: []string{start("a", t1, with{"appid": nil, "appId": 4})}, want: m{"phase": "running"}},
		"a msg.url from elsewhere is taken": {posts: []string{callback(fileStart, "a", m{"url": "http://elsewhere.invalid/x", "index": 0})}, want: m{"phase": "running"}},
		"wide ids keep their digits":        {posts: []string{start("a", t1, with{"task_id": raw("900000000000000001")}), start("a", t1)}, want: m{"events": 1}},
		"an exit without ids ends the task of its sources": {
			posts: []string{start("a", t1), start("b", t1), exit("a", t2, noIDs)},
			want:  m{"phase": "ended", "exit_code": -22, "events": 2},
			other: m{"phase": "running", "events": 1},
		},
		"an exit without ids may come before the start": {
			posts: []string{exit("a", t2, noIDs), start("a", t1)},
			want:  m{"phase": "ended", "events": 2},
		},
		"an exit without ids that fits two tasks ends neither": {
			posts: []string{start("a", t1), start("b", t1, with{"source_urls": sourcesOf("a")}), exit("a", t2, noIDs)},
			want:  m{"phase": "running"}, other: m{"phase": "running"},
		},
		"an exit without task_id goes by its stream_id too": {
			posts: []string{start("a", t1), exit("a", t2, with{"task_id": nil, "stream_id": "another"})},
			want:  m{"phase": "running"},
		},
		"an exit without ids and sources ends nothing": {
			posts: []string{start("a", t1, withSources()), exit("a", t2, noIDs, withSources())},
			want:  m{"phase": "running"},
		},
		"two tasks of one stream are two tasks": {
			posts: []string{start("a", t1), start("b", t1, with{"stream_id": "stream-a"}), exit("b", t2, with{"stream_id": "stream-a"})},
			want:  m{"phase": "running"}, other: m{"phase": "ended"},
		},
		"callbacks of other kinds touch nothing": {
			posts: []string{start("a", t1), sibling(0), sibling(1), sibling(100), sibling(200), sibling(317), sibling(4711), exit("a", t2, with{"event_type": 4711})},
			want:  m{"phase": "running", "events": 1},
		},
		"what the newest start says of addresses counts": {
			posts: []string{start("a", t3, withSources("new"), with{"to_url": "rtmp://new"}), start("a", t1)},
			want:  m{"source_urls": []string{"new"}, "to_url": "rtmp://new"},
		},
		"hostile strings stay as they are": {
			posts: []string{exitMsg("a", "'); DROP TABLE events;--<b>&amp;{{7*7}}%s\r\n\x00\u2028")},
			want:  m{"exit_message": "'); DROP TABLE events;--<b>&amp;{{7*7}}%s\r\n\x00\u2028", "events": 1},
		},
		"URLs stay as they are": {
			posts: []string{start("a", t1, withSources(`http://o/直播/%E7%9B%B4?a=1&b=2#"'\/`, "😀"))},
			want:  m{"source_urls": []string{`http://o/直播/%E7%9B%B4?a=1&b=2#"'\/`, "😀"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSession(t, Config{})
				s.post(c.posts...)
				for _, line := range s.log {
					if line != `200 {"code":0}` {
						t.Errorf("answer: %s", line)
					}
				}
				s.wantFacts("a", c.want)
				s.wantFacts("b", c.other)
			})
		})
	}
}

func TestRubbishIsRefusedWithoutEffect(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"empty":                      {"", 400},
		"white space":                {" \r\n", 400},
		"malformed":                  {strings.Replace(exit("a", t2), ":314", "314", 1), 400},
		"truncated":                  {exit("a", t2)[:200], 400},
		"something after the object": {exit("a", t2) + "{}", 400},
		"null":                       {"null", 400},
		"an array":                   {"[]", 400},
		"a string":                   {`"TaskExit"`, 400},
		"a number":                   {"314", 400},
		"an empty object":            {"{}", 400},
		"no event_type":              {exit("a", t2, with{"event_type": nil}), 400},
		"event_type null":            {exit("a", t2, with{"event_type": raw("null")}), 400},
		"event_type text":            {exit("a", t2, with{"event_type": "314"}), 400},
		"event_type a fraction":      {exit("a", t2, with{"event_type": 314.5}), 400},
		"event_type huge":            {exit("a", t2, with{"event_type": raw("1e400")}), 400},
		"no callback_event":          {exit("a", t2, with{"callback_event": nil}), 400},
		"callback_event a number":    {exit("a", t2, with{"callback_event": 314}), 400},
		"callback_event empty":       {exit("a", t2, with{"callback_event": ""}), 400},
		"no msg":                     {exit("a", t2, with{"msg": nil}), 400},
		"msg a number":               {exit("a", t2, with{"msg": 42}), 400},
		"msg an object":              {exit("a", t2, with{"msg": m{"code": -22}}), 400},
		"msg not JSON":               {exit("a", t2, with{"msg": "write packet error."}), 400},
		"msg truncated":              {exit("a", t2, with{"msg": `{"code":-22,"task_exit_time":`}), 400},
		"msg an array in text":       {exit("a", t2, with{"msg": "[]"}), 400},
		"msg null in text":           {exit("a", t2, with{"msg": "null"}), 400},
		"no source_urls":             {exit("a", t2, with{"source_urls": nil}), 400},
		"source_urls not JSON":       {exit("a", t2, with{"source_urls": "http://origin.invalid/a"}), 400},
		"source_urls a list":         {exit("a", t2, with{"source_urls": []string{"http://origin.invalid/a"}}), 400},
		"source_urls of numbers":     {exit("a", t2, with{"source_urls": "[1]"}), 400},
		"source_urls with null":      {exit("a", t2, with{"source_urls": `["a",null]`}), 400},
		"source_urls null in text":   {exit("a", t2, with{"source_urls": "null"}), 400},
		"task_id an object":          {exit("a", t2, with{"task_id": m{"$ne": ""}}), 400},
		"to_url a list":              {exit("a", t2, with{"to_url": []string{}}), 400},
		"appid in words":             {exit("a", t2, with{"appid": "four"}), 400},
		"time in words":              {callback(taskExit, "a", m{"task_exit_time": "now"}), 400},
		"time too big":               {callback(taskExit, "a", m{"task_exit_time": raw("1e19")}), 400},
		"code an object":             {callback(taskExit, "a", m{"code": m{}}), 400},
		"message a number":           {callback(taskExit, "a", m{"message": 7}), 400},
		"a file without a name":      {callback(fileFinish, "a", m{"duration": 1}), 400},
		"duration in words":          {callback(fileFinish, "a", m{"index": 0, "duration": "long"}), 400},
		"duration in hexadecimal":    {callback(fileFinish, "a", m{"index": 0, "duration": "0x1p4"}), 400},
		"byte order mark":            {"\ufeff" + exit("a", t2), 400},
		"NUL":                        {exit("a", t2) + "\x00", 400},
		"invalid UTF-8":              {strings.Replace(exit("a", t2), "pullpush", "pull\xffpush", 1), 400},
		"deep nesting":               {strings.Repeat("[", 100_000), 400},
		"deep nesting in a member":   {strings.Replace(exit("a", t2), "{", `{"deep":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)+",", 1), 400},
		"deep nesting in msg":        {exit("a", t2, with{"msg": `{"deep":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}"}), 400},
		"ten megabytes":              {exit("a", t2, with{"padding": strings.Repeat("x", 10<<20)}), 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSession(t, Config{})
				s.post(start("a", t1), c.body, start("b", t1))
				s.wantAnswers(200, c.want, 200)
				s.wantFacts("a", map[string]any{"phase": "running", "events": 1})
				s.wantFacts("b", map[string]any{"phase": "running"})
			})
		})
	}
}

func TestRequestsAreTakenInAnyLegalForm(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(req *http.Request) {
		return func(req *http.Request) { req.Header.Set(name, value) }
	}
	for name, c := range map[string]struct {
		change func(req *http.Request)
		want   int
	}{
		"chunked":         {func(req *http.Request) { req.ContentLength = -1 }, 200},
		"in pieces":       {func(req *http.Request) { req.Body = &slowBody{pieces: strings.SplitAfter(start("a", t1), ",")} }, 200},
		"with a charset":  {header("Content-Type", `application/json; charset="utf-8"`), 200},
		"as plain text":   {header("Content-Type", "text/plain"), 200},
		"with no type":    {func(req *http.Request) { req.Header.Del("Content-Type") }, 200},
		"by GET":          {func(req *http.Request) { req.Method = http.MethodGet }, 405},
		"by PUT":          {func(req *http.Request) { req.Method = http.MethodPut }, 405},
		"by post":         {func(req *http.Request) { req.Method = "post" }, 405},
		"to another path": {func(req *http.Request) { req.URL.Path = "/callbacks" }, 404},
		"broken off": {func(req *http.Request) {
			req.Body = &slowBody{pieces: halves(start("a", t1))[:1], end: io.ErrUnexpectedEOF}
		}, 400},
		"too long, chunked": {func(req *http.Request) {
			req.ContentLength = -1
			req.Body = &slowBody{pieces: []string{strings.Repeat("x", 9<<20)}}
		}, 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSession(t, Config{})
				s.send(start("a", t1), c.change)
				s.wantAnswers(c.want)
				s.wantFacts("a", map[string]any{"exists": c.want == 200})
			})
		})
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for name, c := range map[string]struct {
		noKey, required bool
		over            func() with
		want            int
	}{
		"valid":                    {over: func() with { return signedUntil(in(time.Minute)) }, want: 200},
		"valid to the very second": {over: func() with { return signedUntil(in(0)) }, want: 200},
		"expired a second ago":     {over: func() with { return signedUntil(in(-time.Second)) }, want: 403},
		"t as text":                {over: func() with { return signedUntil(in(time.Minute), with{"t": fmt.Sprint(in(time.Minute))}) }, want: 200},
		"upper-case digits": {over: func() with {
			w := signedUntil(in(time.Minute))
			w["sign"] = strings.ToUpper(w["sign"].(string))
			return w
		}, want: 200},
		"wrong":                         {over: func() with { return signedUntil(in(time.Minute), with{"sign": digest("x")}) }, want: 403},
		"made for another t":            {over: func() with { return signedUntil(in(time.Minute), with{"t": in(time.Hour)}) }, want: 403},
		"without t":                     {over: func() with { return signedUntil(in(time.Minute), with{"t": nil}) }, want: 403},
		"t no number":                   {over: func() with { return with{"t": "soon", "sign": digest(testKey + "soon")} }, want: 403},
		"unsigned":                      {over: func() with { return nil }, want: 200},
		"t alone signs nothing":         {over: func() with { return with{"t": 1} }, want: 200},
		"empty sign signs nothing":      {over: func() with { return with{"sign": "", "t": 0} }, want: 200},
		"sign a number":                 {over: func() with { return with{"sign": 1, "t": 0} }, want: 400},
		"unsigned where required":       {required: true, over: func() with { return nil }, want: 403},
		"empty sign where required":     {required: true, over: func() with { return with{"sign": "", "t": 0} }, want: 403},
		"valid where required":          {required: true, over: func() with { return signedUntil(in(time.Minute)) }, want: 200},
		"wrong, and no key to see that": {noKey: true, over: func() with { return with{"sign": "x", "t": "y"} }, want: 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := Config{Key: testKey, Required: c.required}
				if c.noKey {
					cfg.Key = ""
				}
				s := newSession(t, cfg)
				s.post(start("a", t1, c.over()))
				s.wantAnswers(c.want)
				s.wantFacts("a", map[string]any{"exists": c.want == 200})
			})
		})
	}
}

func TestUnknownTaskIs404WithEveryFact(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, Config{})
		s.post(exit("", t1, noIDs))
		for _, path := range []string{"/tasks/nobody", "/tasks/", "/tasks/%00"} {
			line := s.do(request(http.MethodGet, path, nil))
			if !strings.HasPrefix(line, "404 ") {
				t.Errorf("%s: %s", path, line)
			}
			var f map[string]any
			if err := json.Unmarshal([]byte(line[4:]), &f); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"phase", "stream_id", "to_url", "source_urls", "started_at", "exited_at", "exit_code", "exit_message", "files", "files_finished", "alarms", "events"} {
				if v, ok := f[name]; !ok || v != nil {
					t.Errorf("%s: %s = %v, %v", path, name, v, ok)
				}
			}
			if f["exists"] != false {
				t.Errorf("%s: exists = %v", path, f["exists"])
			}
		}
	})
}

func TestTaskIDsAreUnescapedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, Config{})
		s.post(start("../a b/%41?+", t1))
		if line := s.do(request(http.MethodGet, "/tasks/..%2Fa%20b%2F%2541%3F+", nil)); !strings.HasPrefix(line, "200 ") {
			t.Error(line)
		}
		if line := s.do(request(http.MethodPost, "/tasks/a", nil)); !strings.HasPrefix(line, "405 ") {
			t.Error(line)
		}
		if line := s.do(request(http.MethodGet, "/healthz", nil)); line != `200 {"code":0}` {
			t.Error(line)
		}
	})
}

func TestCallbackIsKeptThoughItsSenderHasGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, Config{})
		s.send(start("a", t1), gone)
		s.wantFacts("a", map[string]any{"phase": "running"})
	})
}

func TestSlowSenderKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, Config{})
		slowSender(s)
		if want := `200 {"code":0}`; s.log[0] != want {
			t.Errorf("the other was answered %q, want %q", s.log[0], want)
		}
		s.wantFacts("slow", map[string]any{"phase": "running"})
	})
}

func TestCopiesAtTheSameMomentAreOneEvent(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{"in memory": {}, "in a file": inFile(t, Config{})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSession(t, cfg)
				var bodies []string
				for range 16 {
					bodies = append(bodies, start("a", t1), finish("a", 0))
				}
				s.together(bodies...)
				if strings.Count(s.log[0], `200 {"code":0}`) != 32 {
					t.Error(s.log)
				}
				s.wantFacts("a", map[string]any{"events": 2, "files_finished": 1})
			})
		})
	}
}

func TestRestartLosesNothing(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(r *Receiver) error{"closed": (*Receiver).Close, "killed": kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := inFile(t, Config{})
			synctest.Test(t, func(t *testing.T) {
				s := newSession(t, cfg)
				s.post(start("a", t1), finish("a", 0))
				before := s.shown("a")
				s.restart(end)
				if after := s.shown("a"); plain(after) != plain(before) {
					t.Errorf("before: %v\nafter: %v", before, after)
				}
				s.post(start("a", t1), begin("a", 0), exit("a", t2))
				s.wantFacts("a", map[string]any{"phase": "ended", "events": 4, "files_finished": 1})
			})
		})
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cfg  Config
		want string
	}{
		"unknown bug":          {Config{Bug: "no-such-bug"}, `no seeded bug is called "no-such-bug"`},
		"required without key": {Config{Required: true}, "there is no key"},
		"no such directory":    {Config{DSN: "file:/nonexistent/dir/x.db"}, `open store "file:/nonexistent/dir/x.db"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := Open(c.cfg)
			if err == nil {
				_ = r.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q in it", err, c.want)
			}
		})
	}
}
