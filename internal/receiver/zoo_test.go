package receiver

import (
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.yaml.in/yaml/v4"
)

// probes are requests that tell each bug from the reference: what is seen of the two must differ.
var probes = map[string]func(s *session){
	"status-201":       life,
	"status-202":       life,
	"status-204":       life,
	"status-302":       life,
	"status-202-files": life,
	"pool-deadlock": func(s *session) {
		s.together(start("a", t1), start("b", t1), start("c", t1), start("d", t1), start("e", t1), start("f", t1))
	},
	"body-ok":               life,
	"body-empty":            life,
	"body-code-200":         life,
	"code-1-nothing-stored": life,
	"queue-drops-when-full": func(s *session) {
		s.post(start("a", t1), start("b", t1), start("c", t1))
		s.together(begin("a", 0), begin("b", 0), begin("c", 0))
		s.wait(10 * time.Second)
		s.note("%v", s.filesIn("a")+s.filesIn("b")+s.filesIn("c"))
	},
	"stored-a-minute-later": life,
	"needs-content-length": func(s *session) {
		s.send(start("a", t1), func(req *http.Request) { req.ContentLength = -1 })
	},
	"reads-once": func(s *session) {
		s.send("", func(req *http.Request) { req.Body = &slowBody{pieces: halves(start("a", t1))} })
	},

	"unknown-event-400":       future,
	"unknown-event-500":       future,
	"unknown-event-ends-task": future,
	"alarm-marks-running": func(s *session) {
		s.post(start("a", t1), exit("a", t2), alarm("a", "PullFileUnstable"))
		s.look("a")
	},
	"reset-config-ends-task": func(s *session) {
		s.post(start("a", t1), callback("ResetTaskConfig", "a", map[string]any{}))
		s.look("a")
	},
	"strict-envelope-400":  func(s *session) { s.post(start("a", t1, with{"region": "x"})) },
	"strict-envelope-lost": func(s *session) { s.post(start("a", t1, with{"region": "x"})); s.look("a") },
	"callback-url-refused": func(s *session) { s.post(start("a", t1, with{"callback_url": "http://you.invalid"})) },
	"appid-only":           func(s *session) { s.post(start("a", t1, with{"appid": nil, "appId": 4})) },
	"appId-of-nobody":      func(s *session) { s.post(start("a", t1, with{"appid": nil, "appId": 4})); s.look("a") },
	"event-time-text-refused": func(s *session) {
		s.post(start("a", t1, with{"event_time": "1712893433"}))
	},
	"event-time-number-refused": func(s *session) { s.post(start("a", t1, with{"event_time": 1712893433})) },
	"event-time-number-lost":    func(s *session) { s.post(start("a", t1, with{"event_time": 1712893433})); s.look("a") },
	"finds-type-by-search": func(s *session) {
		s.post(strings.ReplaceAll(start("a", t1), `":`, `": `))
		s.look("a")
	},
	"wants-keys-in-order": func(s *session) {
		s.post(`{"msg":"{}","source_urls":"[]","callback_event":"TaskStart","task_id":"a","event_type":314}`)
	},
	"unescapes-by-hand": func(s *session) {
		s.post(strings.ReplaceAll(start("a", t1), `\"`, `\u0022`))
	},
	"msg-by-regexp": func(s *session) {
		s.post(start("a", t1, with{"msg": "{ \"task_start_time\" : 1712893433127 }"}))
	},
	"content-type-exact": charset,
	"charset-means-form": charset,
	"task-id-required":   func(s *session) { s.post(exit("a", t1, noIDs)) },
	"stream-id-required": func(s *session) { s.post(start("a", t1, with{"stream_id": nil})) },
	"to-url-split-500":   func(s *session) { s.post(start("a", t1, with{"to_url": nil})) },
	"missing-ids-crash":  func(s *session) { s.post(exit("a", t1, noIDs)) },
	"exit-without-ids-ends-last": func(s *session) {
		s.post(start("a", t1), start("b", t1), exit("a", t2, noIDs))
		s.look("a", "b")
	},
	"exit-without-ids-ends-all": func(s *session) {
		s.post(start("a", t1), start("b", t1), exit("a", t2, noIDs))
		s.look("a", "b")
	},
	"sources-compared-in-part": func(s *session) {
		own := with{"source_urls": listOf("http://origin.relaycheck.invalid/100000000000001/0.m3u8")}
		other := with{"source_urls": listOf("http://origin.relaycheck.invalid/100000000000002/0.m3u8")}
		s.post(start("a", t1, own), start("b", t1, other), exit("a", t2, own, noIDs))
		s.look("a", "b")
	},

	"other-type-400":     func(s *session) { s.post(sibling(100)) },
	"other-type-500":     func(s *session) { s.post(sibling(100)) },
	"event-type-ignored": func(s *session) { s.post(start("a", t1, with{"event_type": 4711})); s.look("a") },
	"interruption-ends-task": func(s *session) {
		s.post(start("a", t1), sibling(0))
		s.look("a")
	},
	"push-revives-task": func(s *session) {
		s.post(start("a", t1), exit("a", t2), sibling(1))
		s.look("a")
	},
	"recording-ends-task": func(s *session) {
		s.post(start("a", t1), sibling(100))
		s.look("a")
	},
	"absent-type-is-interruption": eventType(nil),
	"absent-type-is-relay":        eventType(nil),
	"null-type-is-relay":          eventType(raw("null")),
	"null-equals-zero":            eventType(raw("null")),
	"text-equals-zero":            eventType("relay"),
	"text-type-500":               eventType("relay"),

	"msg-not-decoded":      life,
	"msg-must-be-object":   life,
	"index-text-refused":   indexAsText,
	"index-number-refused": life,
	"index-text-is-zero":   indexAsText,
	"code-text-lost": func(s *session) {
		s.post(callback(taskExit, "a", map[string]any{"code": "-22", "task_exit_time": t1}))
		s.look("a")
	},
	"code-number-lost":      life,
	"code-unsigned":         life,
	"negative-code-refused": life,
	"times-32-bit":          life,
	"times-in-seconds":      life,
	"times-float32":         life,
	"zero-time-400":         func(s *session) { s.post(start("a", 0)) },
	"zero-time-lost":        func(s *session) { s.post(start("a", 0)); s.look("a") },
	"time-far-from-now-400": func(s *session) { s.post(start("a", 0)) },
	"foreign-url-400":       foreignURL,
	"foreign-url-500":       foreignURL,
	"foreign-url-ends-task": foreignURL,
	"strict-msg-400":        newMember,
	"strict-msg-lost":       newMember,

	"sources-not-decoded":     life,
	"sources-split-at-commas": life,
	"sources-keep-newline":    life,
	"urls-cut-at-255":         longURLs,
	"urls-first-ten":          longURLs,
	"body-limit-4k":           longURLs,
	"urls-percent-decoded":    strangeURLs,
	"urls-html-escaped":       strangeURLs,
	"urls-latin-1":            strangeURLs,
	"urls-ascii-only":         strangeURLs,
	"url-escapes-kept": func(s *session) {
		s.post(start("a", t1, with{"source_urls": `["http:\/\/origin.invalid\/a"]`}))
		s.look("a")
	},
	"sources-not-json-500": func(s *session) { s.post(start("a", t1, with{"source_urls": "http://origin.invalid/a"})) },

	"wide-id-as-float":     func(s *session) { s.post(start("900000000000000001", t1)); s.look("900000000000000001") },
	"start-waits-for-file": func(s *session) { s.post(start("a", t1)); s.look("a") },
	"live-exit-ignored":    func(s *session) { s.post(start("a", t1), exit("a", t2)); s.look("a") },
	"live-never-runs":      func(s *session) { s.post(start("a", t1)); s.look("a") },
	"finish-not-recorded":  life,
	"start-not-recorded":   func(s *session) { s.post(start("a", t1), begin("a", 0)); s.look("a") },
	"index-0-is-missing":   life,
	"one-current-file":     twoFiles,
	"finish-finishes-all":  twoFiles,
	"second-loop-500":      twoLoops,
	"last-file-ends-task": func(s *session) {
		s.post(start("a", t1), finish("a", 0), finish("a", 1))
		s.look("a")
	},
	"exit-code-dropped":    life,
	"exit-message-dropped": life,
	"first-exit-kept": func(s *session) {
		s.post(start("a", t1), exit("a", t2), callback(taskExit, "a", map[string]any{"code": -5, "message": "read packet error.", "task_exit_time": t3}))
		s.look("a")
	},
	"exit-is-final":           again,
	"ended-task-409":          again,
	"exit-archives-task":      again,
	"keyed-by-stream":         oneStream,
	"exit-ends-stream":        oneStream,
	"exit-ends-older-tasks":   func(s *session) { s.post(start("a", t1), start("b", t1), exit("b", t2)); s.look("a") },
	"alarm-ends-task":         func(s *session) { s.post(start("a", t1), alarm("a", "PullFileUnstable")); s.look("a") },
	"failure-alarm-ends-task": func(s *session) { s.post(start("a", t1), alarm("a", "PushStreamFailed")); s.look("a") },

	"file-at-once-lost":  func(s *session) { s.post(start("a", t1), begin("a", 0)); s.look("a") },
	"file-at-once-503":   func(s *session) { s.post(start("a", t1), begin("a", 0)) },
	"impatient-watchdog": func(s *session) { s.post(start("a", t1)); s.wait(1900 * time.Millisecond); s.look("a") },
	"impatient-cache":    func(s *session) { s.post(start("a", t1)); s.wait(1900 * time.Millisecond); s.look("a") },
	"late-first-file-lost": func(s *session) {
		s.post(start("a", t1))
		s.wait(3 * time.Second)
		s.post(begin("a", 0))
		s.look("a")
	},
	"late-first-file-500": func(s *session) {
		s.post(start("a", t1))
		s.wait(3 * time.Second)
		s.post(begin("a", 0))
	},

	"file-before-start-404":  func(s *session) { s.post(begin("a", 0)) },
	"file-before-start-409":  func(s *session) { s.post(begin("a", 0)) },
	"file-before-start-lost": func(s *session) { s.post(begin("a", 0), start("a", t1)); s.look("a") },
	"start-clears-files":     func(s *session) { s.post(begin("a", 0), start("a", t1)); s.look("a") },
	"finish-before-start-lost": func(s *session) {
		s.post(start("a", t1), finish("a", 0), begin("a", 0))
		s.look("a")
	},
	"finish-before-start-409": func(s *session) { s.post(start("a", t1), finish("a", 0)) },
	"late-start-unfinishes-file": func(s *session) {
		s.post(start("a", t1), finish("a", 0), begin("a", 0))
		s.look("a")
	},
	"last-write-wins":    func(s *session) { s.post(exit("a", t2), start("a", t1)); s.look("a") },
	"late-start-revives": func(s *session) { s.post(exit("a", t2), start("a", t1)); s.look("a") },
	"late-exit-ends":     lateExit,
	"late-exit-409":      lateExit,

	"duplicates-counted": func(s *session) { s.post(start("a", t1), start("a", t1)); s.look("a") },
	"duplicate-409":      func(s *session) { s.post(start("a", t1), start("a", t1)) },
	"duplicate-500":      func(s *session) { s.post(start("a", t1), start("a", t1)) },
	"check-then-insert": func(s *session) {
		s.together(start("a", t1), start("a", t1))
		s.look("a")
	},
	"compares-with-last-only": func(s *session) { s.post(start("a", t1), begin("a", 0), start("a", t1)); s.look("a") },
	"forgets-after-200ms": func(s *session) {
		s.post(start("a", t1))
		s.wait(300 * time.Millisecond)
		s.post(start("a", t1))
		s.look("a")
	},
	"merged-by-event-name":      twoFiles,
	"merged-by-url":             oneURLTwice,
	"merged-by-index":           twoLoops,
	"merged-without-event-time": twoLoops,

	"dedupe-per-connection": func(s *session) {
		s.post(start("a", t1))
		s.send(start("a", t1), func(req *http.Request) { req.RemoteAddr = "192.0.2.1:4711" })
		s.look("a")
	},
	"half-commit-on-disconnect": func(s *session) {
		s.send(start("a", t1), func(req *http.Request) {
			ctx, cancel := context.WithCancel(req.Context())
			cancel()
			*req = *req.WithContext(ctx)
		})
		s.post(start("a", t1))
		s.look("a")
	},
	"half-body-counts-as-had": halfBody,
	"half-body-acted-on":      halfBody,
	"forgets-after-3s": func(s *session) {
		s.post(start("a", t1))
		s.wait(4 * time.Second)
		s.post(start("a", t1))
		s.look("a")
	},
	"ladder-gives-up": func(s *session) {
		for range 13 {
			s.post(start("a", t1))
		}
	},

	"malformed-500":            func(s *session) { s.post(`{"event_type"314}`) },
	"malformed-hangs":          func(s *session) { s.post(`{"event_type"314}`) },
	"malformed-read-by-regexp": func(s *session) { s.post(start("a", t1), exit("a", t2)+"}"); s.look("a") },
	"truncated-500":            func(s *session) { s.post(exit("a", t2)[:200]) },
	"truncated-crash":          func(s *session) { s.post(exit("a", t2)[:200]) },
	"empty-500":                func(s *session) { s.post("") },
	"no-object-500":            func(s *session) { s.post("[]") },
	"no-object-crash":          func(s *session) { s.post("null") },
	"duplicate-keys-500":       func(s *session) { s.post(strings.Replace(start("a", t1), "{", `{"appid":5,`, 1)) },
	"bom-500":                  func(s *session) { s.post("\ufeff" + start("a", t1)) },
	"nul-500":                  func(s *session) { s.post(exitMsg("a", "write packet\x00error.")) },
	"invalid-utf-8-500":        func(s *session) { s.post(strings.Replace(start("a", t1), "pullpush", "pull\xffpush", 1)) },
	"nesting-dies": func(s *session) {
		s.post(strings.Repeat("[", 100_000), start("a", t1))
		s.look("a")
	},
	"nesting-500":    func(s *session) { s.post(strings.Repeat("[", 100_000)) },
	"big-body-500":   tenMegabytes,
	"big-body-hangs": tenMegabytes,
	"method-500": func(s *session) {
		s.send(start("a", t1), func(req *http.Request) { req.Method = http.MethodPut })
	},
	"content-type-500": func(s *session) {
		s.send(start("a", t1), func(req *http.Request) { req.Header.Set("Content-Type", "text/plain") })
	},

	"missing-field-500":   func(s *session) { s.post(start("a", t1, with{"callback_event": nil})) },
	"missing-field-crash": func(s *session) { s.post(start("a", t1, with{"callback_event": nil})) },
	"no-event-name-ends-task": func(s *session) {
		s.post(start("a", t1), exit("a", t2, with{"callback_event": nil}))
		s.look("a")
	},
	"wrong-type-500": func(s *session) { s.post(start("a", t1, with{"msg": 42})) },
	"object-id-is-a-query": func(s *session) {
		s.post(start("a", t1), exit("b", t2, with{"task_id": map[string]any{"$ne": ""}}))
		s.look("a")
	},
	"msg-not-json-500":        msgNotJSON,
	"msg-not-json-applied":    msgNotJSON,
	"exit-applied-before-msg": msgNotJSON,

	"sign-t-before-key":    signed,
	"sign-upper-case-only": signed,
	"sign-in-header":       signed,
	"t-is-send-time":       signed,
	"sign-not-verified": func(s *session) {
		s.post(start("a", t1, with{"sign": "0123456789abcdef0123456789abcdef", "t": 4102444800}))
	},
	"sign-verified-too-late": func(s *session) {
		s.post(start("a", t1, with{"sign": "0123456789abcdef0123456789abcdef", "t": 4102444800}))
		s.look("a")
	},
	"expiry-ignored":    expired,
	"expiry-a-day-late": expired,
	"unsigned-refused":  func(s *session) { s.post(start("a", t1)) },

	"sql-by-concatenation":         hostileText("it's"),
	"quotes-doubled":               hostileText("it's"),
	"message-html-escaped":         hostileText("<b>&amp;"),
	"message-tags-stripped":        hostileText("<b>&amp;"),
	"message-line-breaks-stripped": hostileText("first\r\nsecond"),
	"message-is-a-format":          hostileText("100%s"),
	"message-is-a-template":        hostileText("{{7*7}} ${7*7} <%= 7*7 %>"),

	"reads-under-lock":      slowSender,
	"one-request-at-a-time": slowSender,

	"memory-only":       func(s *session) { s.post(start("a", t1)); s.restart((*Receiver).Close); s.look("a") },
	"cleared-at-start":  func(s *session) { s.post(start("a", t1)); s.restart((*Receiver).Close); s.look("a") },
	"queue-not-drained": func(s *session) { s.post(start("a", t1)); s.restart((*Receiver).Close); s.look("a") },
	"written-behind":    func(s *session) { s.post(start("a", t1)); s.restart((*Receiver).Kill); s.look("a") },

	"queue-full-503": func(s *session) {
		var burst []string
		for i := range 200 {
			burst = append(burst, start("a", int64(t1+i)))
		}
		s.together(burst...)
	},
	"rate-limit-429": func(s *session) {
		for i := range 1000 {
			s.post(start("a", int64(t1+i)))
			s.wait(10 * time.Millisecond)
		}
	},
}

// life is a task from its start to its end, with one file.
func life(s *session) {
	s.post(start("a", t1))
	s.wait(200 * time.Millisecond)
	s.post(begin("a", 0), finish("a", 0), exit("a", t2))
	s.look("a")
}

func future(s *session) {
	s.post(start("a", t1), callback("TaskMigrated", "a", map[string]any{}))
	s.look("a")
}

func charset(s *session) {
	s.send(start("a", t1), func(req *http.Request) { req.Header.Set("Content-Type", "application/json; charset=utf-8") })
	s.look("a")
}

// eventType sends an exit whose event_type is something else.
func eventType(v any) func(s *session) {
	return func(s *session) {
		s.post(start("a", t1), exit("a", t2, with{"event_type": v}))
		s.look("a")
	}
}

func indexAsText(s *session) {
	s.post(start("a", t1), callback(fileStart, "a", map[string]any{"url": "http://origin.invalid/a/1.m3u8", "index": "1", "duration": "14920"}))
	s.look("a")
}

func foreignURL(s *session) {
	s.post(start("a", t1), callback(fileStart, "a", map[string]any{"url": "http://elsewhere.invalid/x.m3u8", "index": 0, "duration": 1}))
	s.look("a")
}

func newMember(s *session) {
	s.post(callback(taskStart, "a", map[string]any{"task_start_time": t1, "region": "x"}))
	s.look("a")
}

func longURLs(s *session) {
	var urls []string
	for i := range 30 {
		urls = append(urls, "http://origin.invalid/"+strings.Repeat(string(rune('a'+i%26)), 200))
	}
	s.post(start("a", t1, with{"source_urls": listOf(urls...)}))
	s.look("a")
}

func strangeURLs(s *session) {
	s.post(start("a", t1, with{"source_urls": listOf("http://origin.invalid/直播/%E7%9B%B4.m3u8?a=1&b=2")}))
	s.look("a")
}

func twoFiles(s *session) {
	s.post(start("a", t1), begin("a", 0), finish("a", 0), begin("a", 1))
	s.look("a")
}

func twoLoops(s *session) {
	s.post(start("a", t1), begin("a", 0, with{"event_time": "1712893433"}), begin("a", 0, with{"event_time": "1712893499"}))
	s.look("a")
}

func oneURLTwice(s *session) {
	for i := range 2 {
		s.post(callback(fileStart, "a", map[string]any{"url": "http://origin.invalid/a/again.m3u8", "index": i, "duration": 1}))
	}
	s.look("a")
}

func again(s *session) {
	s.post(start("a", t1), exit("a", t2), start("a", t3))
	s.look("a")
}

func lateExit(s *session) {
	s.post(start("a", t1), start("a", t3), exit("a", t2))
	s.look("a")
}

func oneStream(s *session) {
	s.post(start("a", t1), start("b", t1, with{"stream_id": "stream-a"}), exit("b", t2, with{"stream_id": "stream-a"}))
	s.look("a", "b")
}

func halfBody(s *session) {
	s.post(start("a", t1), begin("a", 0))
	body := finish("a", 0)
	s.send("", func(req *http.Request) {
		req.Body = &slowBody{pieces: []string{body[:len(body)*6/10]}, end: io.ErrUnexpectedEOF}
	})
	s.post(body)
	s.look("a")
}

func tenMegabytes(s *session) { s.post(padded()) }

// padded is a callback of 10 MB, made once: that takes longer than all the rest.
var padded = sync.OnceValue(func() string { return start("a", t1, with{"padding": strings.Repeat("x", 10<<20)}) })

func msgNotJSON(s *session) {
	s.post(start("a", t1), exit("a", t2, with{"msg": "write packet error."}))
	s.look("a")
}

func signed(s *session) {
	s.post(start("a", t1, signedUntil(time.Now().Add(10*time.Minute).Unix())))
	s.look("a")
}

func expired(s *session) { s.post(start("a", t1, signedUntil(time.Now().Add(-time.Hour).Unix()))) }

func hostileText(text string) func(s *session) {
	return func(s *session) {
		s.post(exitMsg("a", text))
		s.look("a")
	}
}

// slowSender sends a body that takes 4 s, and another callback in the middle of it.
func slowSender(s *session) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.send("", func(req *http.Request) {
			req.Body = &slowBody{pieces: halves(start("slow", t1)), pause: 2 * time.Second}
		})
	}()
	s.wait(time.Second)
	s.post(start("other", t1))
	<-done
}

// filesIn counts the files of a task.
func (s *session) filesIn(task string) int {
	return strings.Count(s.do(request(http.MethodGet, "/tasks/"+task, nil)), `"finished"`)
}

// needsKey are the bugs that show only where there is a callback key, and needsFile those that show only across a
// restart.
var (
	needsKey = []string{
		"sign-t-before-key", "sign-upper-case-only", "sign-in-header", "t-is-send-time", "sign-not-verified",
		"sign-verified-too-late", "expiry-ignored", "expiry-a-day-late", "unsigned-refused",
	}
	needsFile = []string{"memory-only", "cleared-at-start", "queue-not-drained", "written-behind"}
)

// fetchers need a listener to show; they are told apart in TestSeededFetchersFetch.
var fetchers = []string{"probes-sources", "previews-files", "confirms-to-callback-url"}

// seen plays a probe and gives what the sender saw.
func seen(t *testing.T, bug, id string, probe func(s *session)) []string {
	var log []string
	cfg := Config{Bug: bug}
	if slices.Contains(needsKey, id) {
		cfg.Key = testKey
	}
	if slices.Contains(needsFile, id) {
		cfg = inFile(t, cfg)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, cfg)
		probe(s)
		log = s.log
	})
	return log
}

func TestEverySeededBugShows(t *testing.T) {
	t.Parallel()
	for _, b := range Bugs() {
		if slices.Contains(fetchers, b.ID) {
			continue
		}
		t.Run(b.ID, func(t *testing.T) {
			t.Parallel()
			probe, ok := probes[b.ID]
			if !ok {
				t.Fatal("no probe")
			}
			right, wrong := seen(t, "", b.ID, probe), seen(t, b.ID, b.ID, probe)
			if slices.Equal(right, wrong) {
				t.Errorf("the bug does not show; seen:\n%s", strings.Join(right, "\n"))
			}
			if repeated := seen(t, "", b.ID, probe); !slices.Equal(right, repeated) {
				t.Errorf("the reference is not the same twice:\n%s\n%s", strings.Join(right, "\n"), strings.Join(repeated, "\n"))
			}
			t.Logf("reference:\n%s\nbug:\n%s", strings.Join(right, "\n"), strings.Join(wrong, "\n"))
		})
	}
}

func TestEveryProbeBelongsToABug(t *testing.T) {
	t.Parallel()
	for id := range probes {
		if _, ok := Lookup(id); !ok {
			t.Errorf("%s is no bug", id)
		}
	}
}

// What a plain TaskStart does must be as with the reference in all of the zoo: it is the scenarios that are to find a
// bug, not the question whether anything works at all.
func TestPlainStartIsSeenWithEverySeededBug(t *testing.T) {
	t.Parallel()
	for _, b := range Bugs() {
		t.Run(b.ID, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSession(t, Config{Bug: b.ID})
				s.post(start("a", time.Now().UnixMilli()))
				s.look("a")
				if !strings.Contains(s.log[1], `"exists":true`) {
					t.Errorf("not seen: %s", s.log)
				}
			})
		})
	}
}

func TestBugDataIsWhole(t *testing.T) {
	t.Parallel()
	kebab := regexp.MustCompile(`^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$`)
	ids := map[string]bool{}
	for _, b := range Bugs() {
		if !kebab.MatchString(b.ID) {
			t.Errorf("%s: the id is not in kebab case", b.ID)
		}
		if ids[b.ID] {
			t.Errorf("%s: there twice", b.ID)
		}
		ids[b.ID] = true
		if !strings.HasSuffix(b.Title, ".") || strings.Contains(b.Title, "\n") {
			t.Errorf("%s: the title is not a sentence: %q", b.ID, b.Title)
		}
		if len(b.HintWords) == 0 {
			t.Errorf("%s: no words of the hint", b.ID)
		}
		if (b.seed == nil) == (b.dsn == nil) {
			t.Errorf("%s: must have one mistake", b.ID)
		}
		for _, s := range b.SideEffects {
			if s.Requirement == b.Requirement || s.Reason == "" {
				t.Errorf("%s: side effect %+v", b.ID, s)
			}
		}
	}
	if len(ids) < 75 {
		t.Errorf("%d bugs", len(ids))
	}
}

// The catalogue is read as plain data: this package shares no code with the suite.
func TestBugsFitTheCatalogue(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../scenarios/requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var catalogue []struct{ ID, Level, Hint string }
	if err := yaml.Unmarshal(text, &catalogue); err != nil {
		t.Fatal(err)
	}
	hints, covered := map[string]string{}, map[string]bool{}
	for _, r := range catalogue {
		hints[r.ID] = r.Hint
	}
	for _, b := range Bugs() {
		hint, ok := hints[b.Requirement]
		if !ok {
			t.Errorf("%s: no requirement %s", b.ID, b.Requirement)
		}
		covered[b.Requirement] = true
		for _, w := range b.HintWords {
			if !strings.Contains(hint, w) {
				t.Errorf("%s: the hint of %s says nothing of %q: %s", b.ID, b.Requirement, w, hint)
			}
		}
		for _, s := range b.SideEffects {
			if _, ok := hints[s.Requirement]; !ok && s.Requirement != Everything {
				t.Errorf("%s: side effect: no requirement %s", b.ID, s.Requirement)
			}
		}
	}
	for _, r := range catalogue {
		if !covered[r.ID] {
			t.Errorf("no bug breaks %s", r.ID)
		}
	}
}
