package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/relaycheck/relaycheck/internal/receiver"
)

// canaryTask tells the callbacks of the preflight from those of the scenarios.
const canaryTask = "relaycheck-canary"

// startServer is the script command `server KIND`: from here on $TARGET is at a server of this kind.
//
//	blackhole   takes connections and never reads a byte
//	reset       reads a request and resets the connection
//	ssh         speaks another protocol
//	notfound    answers 404 to everything
//	late        answers the preflight, and nothing else before the script ends
//	tls         speaks TLS with a certificate that nobody knows
//	html        answers 200 with a page of HTML
//	fickle      is the reference receiver, but shows a task as running in the first look only
//	notifier    is the reference receiver, and writes two lines into notified.log for each TaskExit
func startServer(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: server KIND")
	}
	env := ts.Value(envKey{}).(*testscript.Env)
	var base string
	switch args[0] {
	case "blackhole":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		env.Defer(func() { _ = l.Close() })
		base = "http://" + l.Addr().String()
	case "reset":
		base = connections(ts, env, func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetLinger(0) // closing now resets
			}
		})
	case "ssh":
		base = connections(ts, env, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.6\r\n") })
	case "notfound":
		base = handler(env, http.NotFoundHandler(), false)
	case "late":
		over := make(chan struct{})
		env.Defer(func() { close(over) })
		base = handler(env, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if body, _ := io.ReadAll(r.Body); !bytes.Contains(body, []byte(canaryTask)) {
				select {
				case <-over:
				case <-r.Context().Done():
				}
			}
			_, _ = io.WriteString(w, `{"code":0}`)
		}), false)
	case "tls":
		base = handler(env, http.NotFoundHandler(), true)
	case "html":
		base = handler(env, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html>it works</html>")
		}), false)
	case "notifier":
		base = notifier(ts, env)
	case "fickle":
		base = fickle(ts, env)
	default:
		ts.Fatalf("there is no kind of server %q", args[0])
	}
	ts.Setenv("BASE", base)
	ts.Setenv("TARGET", base+receiver.Path)
}

// connections serves raw connections, each of them closed after do.
func connections(ts *testscript.TestScript, env *testscript.Env, do func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				do(c)
				_ = c.Close()
			})
		}
	})
	env.Defer(func() {
		_ = l.Close()
		all.Wait()
	})
	return "http://" + l.Addr().String()
}

func handler(env *testscript.Env, h http.Handler, overTLS bool) string {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are what is wanted
	if overTLS {
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		server.StartTLS()
	} else {
		server.Start()
	}
	env.Defer(server.Close)
	return server.URL
}

// fickle is a right receiver that forgets that a task runs.
func fickle(ts *testscript.TestScript, env *testscript.Env) string {
	rcv, err := receiver.Open(receiver.Config{})
	ts.Check(err)
	var mu sync.Mutex
	looks := map[string]int{}
	base := handler(env, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/tasks/") {
			rcv.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		rcv.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		mu.Lock()
		looks[r.URL.Path]++
		forgets := looks[r.URL.Path] > 1 && !bytes.Contains(body, []byte(canaryTask))
		mu.Unlock()
		if forgets {
			body = bytes.ReplaceAll(body, []byte(`"running"`), []byte(`"ended"`))
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	}), false)
	env.Defer(func() { _ = rcv.Close() })
	return base
}

var taskOf = regexp.MustCompile(`"task_id":"(\d+)"`)

// notifier is a right receiver that tells twice of what happened once.
func notifier(ts *testscript.TestScript, env *testscript.Env) string {
	rcv, err := receiver.Open(receiver.Config{})
	ts.Check(err)
	file := ts.MkAbs("notified.log")
	var mu sync.Mutex
	base := handler(env, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if task := taskOf.FindSubmatch(body); task != nil && bytes.Contains(body, []byte(`"TaskExit"`)) {
			mu.Lock()
			defer mu.Unlock()
			f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			_, _ = io.WriteString(f, strings.Repeat("notified "+string(task[1])+"\n", 2))
			_ = f.Close()
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		rcv.ServeHTTP(w, r)
	}), false)
	env.Defer(func() { _ = rcv.Close() })
	return base
}

// program finds a program as the script would.
func program(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	ts.Fatalf("there is no program %q", name)
	return ""
}

// watched keeps what is written, and tells once it holds the mark.
type watched struct {
	mark string
	seen chan struct{}

	mu   sync.Mutex
	buf  bytes.Buffer
	told bool
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.Write(p)
	if !w.told && strings.Contains(w.buf.String(), w.mark) {
		w.told = true
		close(w.seen)
	}
	return len(p), nil
}

func (w *watched) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}
