package receiver

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

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

// burst starts 200 tasks at the same moment.
func burst(s *session) {
	var bodies, tasks []string
	for i := range 200 {
		tasks = append(tasks, fmt.Sprint("task-", i))
		bodies = append(bodies, start(tasks[i], t1))
	}
	s.together(bodies...)
	s.look(tasks...)
}

// sustained sends 100 callbacks a second for 10 s. They are no JSON, which is quicker and no matter here.
func sustained(s *session) {
	for range 1000 {
		s.post("")
		s.wait(10 * time.Millisecond)
	}
}

// filesIn counts the files of a task.
func (s *session) filesIn(task string) int {
	return strings.Count(s.do(request(http.MethodGet, "/tasks/"+task, nil)), `"finished"`)
}
