package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"
)

const (
	maxBody  = 1 << 20          // thirty long URLs are a few kilobytes
	patience = 15 * time.Second // with the database: CSS waits 20 s for an answer
)

func routes(s *store, key string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /callbacks/relay", func(w http.ResponseWriter, r *http.Request) {
		known, err := take(s, key, w, r)
		if err != nil {
			refuse(w, err)
			return
		}
		// CSS reads the status alone; the body is a courtesy.
		answer(w, http.StatusOK, map[string]any{"code": 0, "known": known})
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.db.PingContext(r.Context()); err != nil {
			refuse(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// take returns when the callback is committed, or needs not be: then the answer is 200. Known says that it had come before.
func take(s *store, key string, w http.ResponseWriter, r *http.Request) (known bool, err error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, long := errors.AsType[*http.MaxBytesError](err); long {
			return false, refusal{http.StatusRequestEntityTooLarge, "the body is too long"}
		}
		return false, refusal{http.StatusBadRequest, "the body broke off"} // CSS will send it again
	}
	c, err := decode(body)
	if err != nil || c.EventType != relay {
		return false, err // another event_type is a push, a recording …: it says nothing about relay tasks
	}
	if err := c.verify(key, time.Now()); err != nil {
		return false, err
	}
	e, err := c.event()
	if err != nil {
		return false, err
	}
	// A sender who hangs up does not undo the work: he will come again, and find it done.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), patience)
	defer cancel()
	return s.add(ctx, e)
}

// A refusal is an error of the sender. Any other error is ours, so that CSS sends the callback again.
type refusal struct {
	status int
	why    string
}

func (r refusal) Error() string { return r.why }

func refuse(w http.ResponseWriter, err error) {
	r, ok := errors.AsType[refusal](err)
	if !ok {
		slog.Error("not stored", "error", err)
		r = refusal{http.StatusInternalServerError, "not stored"}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	answer(w, r.status, map[string]any{"status": r.status, "title": r.why})
}

func answer(w http.ResponseWriter, status int, body any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
