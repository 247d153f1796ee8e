// Command go is a small receiver of CSS relay callbacks (event_type 314) to start from: standard library only, events
// in a file of JSON lines that is synced before a callback is answered.
//
//	PORT=8080 JOURNAL=receiver.jsonl go run ./examples/receivers/go
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// maxBody is the longest body that is read. Thirty long URLs are a few kilobytes.
const maxBody = 1 << 20

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	j, err := openJournal(cmp.Or(os.Getenv("JOURNAL"), "receiver.jsonl"))
	if err != nil {
		return err
	}
	defer j.close()
	address := net.JoinHostPort(cmp.Or(os.Getenv("HOST"), "127.0.0.1"), cmp.Or(os.Getenv("PORT"), "8080"))
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	// The timeouts rid us of slow clients. They keep nobody else waiting: nothing is locked while a body is read.
	srv := &http.Server{
		Handler: routes(j, os.Getenv("CSS_CALLBACK_KEY")), ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	fmt.Printf("ready on http://%s\n", l.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return srv.Shutdown(limited)
}

func routes(j *journal, key string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/callbacks/relay", func(w http.ResponseWriter, r *http.Request) {
		status, err := take(j, key, r)
		if err != nil {
			slog.Warn("not taken", "status", status, "reason", err)
			answer(w, status, map[string]any{"code": status, "error": err.Error()})
			return
		}
		answer(w, status, map[string]any{"code": 0}) // CSS reads the status alone; the body is a courtesy
	})
	mux.HandleFunc("GET /tasks/{id}", func(w http.ResponseWriter, r *http.Request) {
		if t := j.task(r.PathValue("id")); t != nil {
			answer(w, http.StatusOK, t)
			return
		}
		answer(w, http.StatusNotFound, map[string]any{"error": "no such task"})
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, map[string]any{"ok": true}) })
	return mux
}

// take gives the status to answer. It is 200 only when the callback is on the disk, or needs not be.
func take(j *journal, key string, r *http.Request) (int, error) {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed, errors.New("callbacks come by POST")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return http.StatusBadRequest, err // broken off: CSS will send it again
	}
	if len(body) > maxBody {
		_, _ = io.CopyN(io.Discard, r.Body, 64*maxBody) // so that the sender gets to read the answer
		return http.StatusRequestEntityTooLarge, errors.New("the body is too long")
	}
	c, err := decode(body)
	if err != nil {
		return http.StatusBadRequest, err
	}
	if c.EventType != relay {
		return http.StatusOK, nil // a push, a recording …: it says nothing about relay tasks
	}
	if err := c.verify(key, time.Now()); err != nil {
		return http.StatusForbidden, err
	}
	e, err := c.event()
	if err != nil {
		return http.StatusBadRequest, err
	}
	if err := j.add(r.Context(), e); err != nil {
		return http.StatusInternalServerError, err // our fault: CSS shall send it again
	}
	return http.StatusOK, nil
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
