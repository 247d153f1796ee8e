package receiver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// relayType is the event_type of every relay callback, in all editions of "Relay Event Notification".
const relayType = 314

// keepLimit bounds the time that storing one event may take. An insert takes well under a millisecond; CSS waits
// 20 s for the answer ("How to Receive Event Notification").
const keepLimit = 10 * time.Second

// drainLimit is how much of a body that is too long is read and thrown away, so that the sender gets to read the
// 413 instead of a reset. Beyond it the connection is closed.
const drainLimit = 64 << 20

// A refusal is the outcome of a request that was not taken: nothing came of it.
type refusal struct {
	status int
	reason string
}

func (r *refusal) Error() string { return r.reason }

// refuse makes a refusal. The status is a 4xx: the fault is in the request, and sending it again would not help.
func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, reason: fmt.Sprintf(format, args...)}
}

// note is the body of an answer. CSS looks at the status alone; {"code":0} is what it recommends beside it.
type note struct {
	Code    int    `json:"code"`
	Message string `json:"message,omitempty"`
}

func (r *Receiver) receiveCallback(w http.ResponseWriter, req *http.Request) {
	r.answer(w, req, r.outcome(w, req))
}

// outcome is nil if the callback was taken.
func (r *Receiver) outcome(w http.ResponseWriter, req *http.Request) error {
	if err := r.admit(req); err != nil {
		return err
	}
	body, err := r.read(w, req)
	if err != nil {
		return err
	}
	return r.take(req.Context(), body)
}

// admitCallback refuses methods other than POST. The content type is not looked at: the body says what it is.
func admitCallback(req *http.Request) error {
	if req.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "callbacks come by POST, not by %s", req.Method)
	}
	return nil
}

// readBody reads the whole body. No lock is held meanwhile, so a slow sender keeps nobody else waiting.
func (r *Receiver) readBody(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	tooLong := refuse(http.StatusRequestEntityTooLarge, "the body is longer than %d bytes", r.cfg.MaxBody)
	if req.ContentLength > r.cfg.MaxBody {
		drain(w, req)
		return nil, tooLong
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, r.cfg.MaxBody+1))
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the body ended early: %v", err)
	}
	if int64(len(body)) > r.cfg.MaxBody {
		drain(w, req)
		return nil, tooLong
	}
	return body, nil
}

// drain throws away what is left of a body, up to a limit, and gives the connection up.
func drain(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Connection", "close")
	// An error means that the sender stopped, which is as good.
	_, _ = io.CopyN(io.Discard, req.Body, drainLimit)
}

func (r *Receiver) takeCallback(ctx context.Context, body []byte) error {
	outer, err := r.parse(body)
	if err != nil {
		return err
	}
	kind, err := r.kind(outer)
	if err != nil {
		return err
	}
	if kind != relayType {
		// Other CSS callbacks may share the URL. They say nothing about relay tasks, so they are acknowledged and
		// dropped. They are not verified: they are signed with the key of their own callback template.
		r.log.Info("callback of another kind", "event_type", kind)
		return r.other(ctx, kind, outer)
	}
	if err := r.verify(outer); err != nil {
		return err
	}
	e, err := r.event(outer)
	if err != nil {
		return err
	}
	return r.keep(ctx, e)
}

// keepEvent stores an event before it is acknowledged.
func (r *Receiver) keepEvent(ctx context.Context, e event) error {
	return r.keepAs(ctx, r.identity(e), e)
}

// keepAs stores an event under an identity, unless that is there already. The event has arrived whole, so it is kept
// even if the sender has gone meanwhile.
func (r *Receiver) keepAs(ctx context.Context, identity string, e event) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepLimit)
	defer cancel()
	fresh, err := r.store.insert(ctx, identity, r.cfg.Now(), e)
	if err != nil {
		return fmt.Errorf("store %s of task %q: %w", e.Name, e.TaskID, err)
	}
	r.log.Info("relay callback", "event", e.Name, "task_id", e.TaskID, "msg", e.Msg, "duplicate", !fresh)
	return nil
}

// answerCallback says 200 only if the callback was taken. Where the fault is ours it says 500, so that CSS sends the
// callback again.
func (r *Receiver) answerCallback(w http.ResponseWriter, _ *http.Request, outcome error) {
	var refused *refusal
	switch {
	case outcome == nil:
		writeJSON(w, http.StatusOK, note{})
	case errors.As(outcome, &refused):
		r.log.Warn("refused", "status", refused.status, "reason", refused.reason)
		if refused.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", http.MethodPost)
		}
		writeJSON(w, refused.status, note{Code: refused.status, Message: refused.reason})
	default:
		r.log.Error("failed", "error", outcome)
		writeJSON(w, http.StatusInternalServerError, note{Code: http.StatusInternalServerError, Message: "the callback could not be stored"})
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The sender may have gone; it will ask again.
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body)
}
