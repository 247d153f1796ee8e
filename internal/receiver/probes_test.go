package receiver

import (
	"net/http"
	"strings"
	"sync"
	"testing/synctest"
	"time"
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
	"start-time-lost-beside-object": func(s *session) {
		s.post(start("a", t1, with{"trace": map[string]any{"id": 1}}))
		s.look("a")
	},
	"code-by-regexp": func(s *session) {
		s.post(start("a", t1), strings.ReplaceAll(exit("a", t2), `\"code\":`, `\"code\": `))
		s.look("a")
	},
	"message-by-regexp": func(s *session) {
		s.post(start("a", t1), callback(taskExit, "a", map[string]any{"message": "m"}))
		s.look("a")
	},
	"start-time-alone": newMember,
	"code-of-three-members": func(s *session) {
		s.post(start("a", t1), callback(taskExit, "a", map[string]any{"code": -22, "message": "m", "task_exit_time": t2, "attempt": 2}))
		s.look("a")
	},
	"ended-between-loops": func(s *session) {
		s.post(start("a", t1), begin("a", 0), finish("a", 0), begin("a", 1), finish("a", 1))
		s.look("a")
	},
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
	"forgets-after-20ms": func(s *session) {
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
		s.send(start("a", t1), gone)
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

	"memory-only":           func(s *session) { s.post(start("a", t1)); s.restart((*Receiver).Close); s.look("a") },
	"cleared-at-start":      func(s *session) { s.post(start("a", t1)); s.restart((*Receiver).Close); s.look("a") },
	"queue-not-drained":     func(s *session) { s.post(start("a", t1)); s.restart((*Receiver).Close); s.look("a") },
	"cold-until-next-event": func(s *session) { s.post(start("a", t1)); s.restart(kill); s.look("a") },
	"written-behind":        func(s *session) { s.post(start("a", t1)); s.restart(kill); s.look("a") },
	"written-every-50ms":    func(s *session) { s.post(start("a", t1)); s.restart(kill); s.look("a") },
	"written-in-threes":     func(s *session) { s.post(start("a", t1)); s.restart(kill); s.look("a") },
	"known-only-when-done":  killedAtWork,

	"queue-full-503":   burst,
	"queue-full-lost":  burst,
	"rate-limit-429":   sustained,
	"connections-leak": sustained,
}

// killedAtWork sends a callback whose receiver is killed before it has answered, and then, as CSS does, sends it again.
func killedAtWork(s *session) {
	var underWay sync.WaitGroup
	underWay.Go(func() { s.post(start("a", t1)) })
	synctest.Wait() // it is answered, or at work
	s.r.Abort()
	underWay.Wait()
	s.restart(kill)
	s.post(start("a", t1))
	s.look("a")
}
