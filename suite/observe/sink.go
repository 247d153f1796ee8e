package observe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Bounds on what a receiver may call the sink with.
const (
	maxCallBody  = 1 << 20  // bytes that are read of a body
	maxKeptBody  = 64 << 10 // bytes that are kept of it
	maxKeptCalls = 100      // calls of one task that are kept; all are counted
	maxKeptBytes = 64 << 20 // bytes that are kept of all calls: heads and bodies
	maxTasks     = 200_000  // tasks that are told apart
)

// sink listens for the receiver's own calls, answers them as the target file says, and counts them by task.
type sink struct {
	spec   *target.Sink
	server *http.Server
	addr   string
	served chan struct{}

	mu     sync.Mutex
	tasks  map[string]*called
	kept   int
	strays int    // calls of no task
	stray  string // what was wrong with the last of them
}

// called are the calls of one task.
type called struct {
	count int
	calls []any
}

func openSink(ctx context.Context, spec *target.Sink) (*sink, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", spec.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", spec.Listen, plainListen(err))
	}
	s := &sink{spec: spec, addr: l.Addr().String(), served: make(chan struct{}), tasks: map[string]*called{}}
	s.server = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: 10 * time.Second, // a receiver on a loaded machine is slow; nobody is slower than this
		ReadTimeout:       30 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(l) // ends by close
	}()
	return s, nil
}

// plainListen takes the address out of the error: it is told already.
func plainListen(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

func (s *sink) close() error {
	err := s.server.Close()
	<-s.served
	return err
}

func (s *sink) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCallBody))
	if err != nil {
		return // the caller went away in mid-call, so it has not called
	}
	answer := s.spec.Answers[min(s.note(r, body), len(s.spec.Answers)-1)]
	if answer.Delay > 0 {
		wait := time.NewTimer(answer.Delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
			return
		}
	}
	for _, h := range answer.Headers {
		w.Header().Set(h.Name, h.Value)
	}
	w.WriteHeader(answer.Status)
	_, _ = io.WriteString(w, answer.Body) // a caller that does not listen has called all the same
}

// note counts a call, and gives its number among those of its task, from 0.
func (s *sink) note(r *http.Request, body []byte) int {
	env, call, size := callEnv(r, body)
	id, err := s.spec.TaskID.Run(env)
	task, ok := idText(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || !ok || len(s.tasks) >= maxTasks && s.tasks[task] == nil {
		s.strays++
		s.stray = fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, cut(body))
		if err != nil {
			s.stray += ": " + err.Error()
		}
		return 0
	}
	c := s.tasks[task]
	if c == nil {
		c = &called{}
		s.tasks[task] = c
	}
	c.count++
	if len(c.calls) < maxKeptCalls && s.kept+size <= maxKeptBytes {
		c.calls = append(c.calls, call)
		s.kept += size
	}
	return c.count - 1
}

// callEnv is what expressions may say of a call.
func callEnv(r *http.Request, body []byte) (env expression.Env, call map[string]any, size int) {
	headers := expression.Headers{}
	for name, values := range r.Header {
		headers[name] = strings.Join(values, ", ")
	}
	query, fields := map[string]string{}, map[string]any{}
	for name, values := range r.URL.Query() {
		query[name] = strings.Join(values, ",")
		fields[name] = query[name]
	}
	size = len(r.URL.RequestURI())
	for name, value := range headers {
		size += len(name) + len(value)
	}
	decoded, _ := expression.Decode(body)
	text := strings.ToValidUTF8(string(body), "\uFFFD")
	call = map[string]any{"method": r.Method, "path": r.URL.Path, "query": fields, "headers": headers}
	if len(body) <= maxKeptBody {
		call["body"], call["text"] = decoded, text
		size += len(body)
	}
	return expression.Env{
		"method": r.Method, "path": r.URL.Path, "query": query, "headers": headers, "body": decoded, "text": text,
	}, call, size
}

// idText makes text of the value that names a task.
func idText(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, x != ""
	case json.Number:
		return string(x), true
	}
	return "", false
}

func cut(body []byte) string {
	const most = 200
	if len(body) > most {
		return strings.ToValidUTF8(string(body[:most]), "\uFFFD") + "…"
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}

func (s *sink) look(_ context.Context, id Identity) (view, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.tasks[id.TaskID]
	if c == nil {
		c = &called{}
	}
	calls := append([]any{}, c.calls...)
	env := expression.Env{"calls": calls}
	if len(calls) > 0 {
		env["call"] = calls[len(calls)-1]
	}
	count := c.count
	raw := fmt.Sprintf("%d calls", count)
	if s.strays > 0 {
		raw += fmt.Sprintf("; %d calls named no task by %s, the last was %s", s.strays, s.spec.TaskID.Source(), s.stray)
	}
	return view{env: env, raw: clip([]byte(raw)), number: func() (int, error) { return count, nil }}, nil
}
