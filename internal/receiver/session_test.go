package receiver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// with are members to replace; a nil value takes the member away.
type with map[string]any

// callback writes a relay callback as CSS does: compact, keys in alphabetical order, msg and source_urls as text.
func callback(name, task string, msg map[string]any, over ...with) string {
	return plain(map[string]any{
		"appid": 4, "callback_event": name, "event_type": 314, "interface": "general_callback", "msg": plain(msg),
		"product_name": "pullpush", "source_urls": sourcesOf(task), "stream_id": "stream-" + task, "task_id": task,
		"to_url": "rtmp://5000.livepush.myqcloud.com/live/stream-" + task,
	}, over...)
}

func sourcesOf(task string) string {
	return listOf("http://origin.invalid/"+task+"/0.m3u8", "http://origin.invalid/"+task+"/1.m3u8")
}

func listOf(urls ...string) string { return plain(append([]string{}, urls...)) + "\n" }

func plain(v any, over ...with) string {
	if m, ok := v.(map[string]any); ok {
		m = maps.Clone(m)
		for _, o := range over {
			for k, val := range o {
				if m[k] = val; val == nil {
					delete(m, k)
				}
			}
		}
		v = m
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error() // a mistake of the test, which will not go unnoticed
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// raw is a value that is written as it stands.
func raw(s string) json.RawMessage { return json.RawMessage(s) }

// Real times, in ms: the first is the oldest.
const t1, t2, t3, t4 = 1712893433127, 1712893499853, 1712893533333, 1712893599999

func start(task string, at int64, over ...with) string {
	return callback(taskStart, task, map[string]any{"task_start_time": at}, over...)
}

func exit(task string, at int64, over ...with) string {
	return callback(taskExit, task, map[string]any{"message": "write packet error.", "code": -22, "task_exit_time": at}, over...)
}

func exitMsg(task, message string) string {
	return callback(taskExit, task, map[string]any{"message": message, "code": -22, "task_exit_time": t2})
}

func fileEvent(name, task string, index int, over ...with) string {
	return callback(name, task, map[string]any{
		"url": fmt.Sprintf("http://origin.invalid/%s/%d.m3u8", task, index), "index": index, "duration": 14920,
	}, over...)
}

func begin(task string, index int, over ...with) string {
	return fileEvent(fileStart, task, index, over...)
}

func finish(task string, index int, over ...with) string {
	return fileEvent(fileFinish, task, index, over...)
}

func alarm(task, kind string) string {
	return callback(taskAlarm, task, map[string]any{"type": kind})
}

func sibling(kind int, over ...with) string {
	return plain(map[string]any{"appid": 4, "event_type": kind, "stream_id": "stream-a", "sequence": "1"}, over...)
}

// noIDs takes the three ids away, as in the TaskExit sample.
var noIDs = with{"task_id": nil, "stream_id": nil, "to_url": nil}

// signedUntil signs with the key of sessions.
func signedUntil(t int64, over ...with) with {
	w := with{"t": t, "sign": digest(testKey + fmt.Sprint(t))}
	for _, o := range over {
		maps.Copy(w, o)
	}
	return w
}

const testKey = "5d41402abc4b2a76"

// A session is a receiver, a sender and a log of what the sender saw. It runs inside a synctest bubble: time passes
// only when everybody waits.
type session struct {
	t   *testing.T
	cfg Config
	r   *Receiver

	mu  sync.Mutex
	log []string
}

// limit is the sessions' answer limit.
const limit = 20 * time.Second

func newSession(t *testing.T, cfg Config) *session {
	t.Helper()
	s := &session{t: t, cfg: cfg}
	s.open()
	t.Cleanup(func() {
		if err := s.r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func (s *session) open() {
	s.t.Helper()
	r, err := Open(s.cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.r = r
}

func (s *session) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

// do sends a request, waits for the answer for as long as CSS does and gives it in one line.
func (s *session) do(req *http.Request) string {
	ctx, cancel := context.WithTimeout(req.Context(), limit)
	defer cancel()
	rec := httptest.NewRecorder()
	begun := time.Now()
	s.r.ServeHTTP(rec, req.WithContext(ctx))
	if ctx.Err() != nil {
		return "no answer" // it came too late, or the sender had gone
	}
	took := ""
	if d := time.Since(begun); d > time.Second {
		took = " after " + d.Truncate(time.Second).String()
	}
	return fmt.Sprintf("%d %s%s", rec.Code, strings.TrimSpace(rec.Body.String()), took)
}

func request(method, path string, body io.Reader) *http.Request {
	req := httptest.NewRequest(method, path, body)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// post sends bodies one after the other and notes the answers.
func (s *session) post(bodies ...string) {
	for _, b := range bodies {
		s.note("%s", s.do(request(http.MethodPost, Path, strings.NewReader(b))))
	}
}

// send is post with something changed about the request.
func (s *session) send(body string, change func(req *http.Request)) {
	req := request(http.MethodPost, Path, strings.NewReader(body))
	change(req)
	s.note("%s", s.do(req))
}

// gone makes a request whose sender has gone when its body is read.
func gone(req *http.Request) {
	ctx, cancel := context.WithCancel(req.Context())
	cancel()
	*req = *req.WithContext(ctx)
}

// together sends bodies at the same moment, from several connections, and notes the answers in order.
func (s *session) together(bodies ...string) {
	answers := make([]string, len(bodies))
	var wg sync.WaitGroup
	for i, b := range bodies {
		wg.Go(func() {
			req := request(http.MethodPost, Path, strings.NewReader(b))
			req.RemoteAddr = fmt.Sprintf("192.0.2.1:%d", 1000+i)
			answers[i] = s.do(req)
		})
	}
	wg.Wait()
	slices.Sort(answers)
	s.note("together: %s", strings.Join(answers, ", "))
}

// look notes the facts about tasks.
func (s *session) look(tasks ...string) {
	for _, id := range tasks {
		s.note("%s: %s", id, s.do(request(http.MethodGet, "/tasks/"+id, nil)))
	}
}

// wait lets time pass.
func (s *session) wait(d time.Duration) { <-time.After(d) }

// restart ends the receiver, properly or not, and opens it again.
func (s *session) restart(end func(r *Receiver) error) {
	s.t.Helper()
	if err := end(s.r); err != nil {
		s.t.Fatal(err)
	}
	s.open()
}

// kill leaves a receiver as if its process had been killed: nothing is ended properly, only the file is let go.
func kill(r *Receiver) error { return r.Kill() }

// inFile keeps the state in a file, which a restart needs.
func inFile(t *testing.T, cfg Config) Config {
	t.Helper()
	cfg.DSN = filepath.Join(t.TempDir(), "receiver.db")
	return cfg
}

// A slowBody comes in pieces, with pauses.
type slowBody struct {
	pieces []string
	pause  time.Duration
	end    error
}

func (b *slowBody) Read(p []byte) (int, error) {
	if len(b.pieces) == 0 {
		if b.end != nil {
			return 0, b.end
		}
		return 0, io.EOF
	}
	if b.pause > 0 {
		<-time.After(b.pause)
	}
	n := copy(p, b.pieces[0])
	if b.pieces[0] = b.pieces[0][n:]; b.pieces[0] == "" {
		b.pieces = b.pieces[1:]
	}
	return n, nil
}

func (b *slowBody) Close() error { return nil }

// in cuts a body in two.
func halves(body string) []string { return []string{body[:len(body)/2], body[len(body)/2:]} }
