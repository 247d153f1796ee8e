package receiver

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Path is where the callbacks are to be sent, whatever their event_type.
const Path = "/callbacks/relay"

// DefaultMaxBody is the longest body, in bytes, that is read: room for 30 URLs of any sensible length, hundreds of
// times over. Longer ones are answered 413.
const DefaultMaxBody = 8 << 20

// Config says what a receiver is to do. The zero Config is the reference receiver with its state in memory,
// which takes unsigned callbacks.
type Config struct {
	// DSN is where the events are kept: "" or ":memory:" for memory, else a file name, with or without "file:".
	DSN string
	// Key is the callback key. With a key a callback that carries sign is verified; without, sign and t mean nothing.
	Key string
	// Required refuses callbacks that carry no sign. It needs a Key. No edition says that relay callbacks are signed.
	Required bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// MaxBody is the longest body read, in bytes; 0 means DefaultMaxBody.
	MaxBody int64
	// Bug is the id of the seeded bug to have; "" is the reference.
	Bug string
	// AnswerLimit is what the seeded bugs take for the time after which CSS gives up waiting for an answer;
	// 0 means the documented 20 s. The reference does not use it.
	AnswerLimit time.Duration
	// Log gets a line for each callback; nil means none.
	Log *slog.Logger
}

// A Receiver answers callbacks and shows what became of them:
//
//	POST /callbacks/relay    a callback
//	GET  /tasks/{task_id}    the facts about one relay task
//	GET  /healthz            200 as long as it works
//
// It is safe for concurrent use.
type Receiver struct {
	stages

	cfg   Config
	log   *slog.Logger
	store *store
	// closers run at Close, last first, before the store is closed; Kill skips them.
	closers []func() error
	// dead is closed when the process is as good as killed: whatever is under way goes no further.
	dead chan struct{}
	once sync.Once
}

// Open makes a receiver and opens its store. It fails if the store cannot be opened, if Bug is unknown, or if
// signatures are required and there is no key.
func Open(cfg Config) (*Receiver, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = DefaultMaxBody
	}
	if cfg.AnswerLimit == 0 {
		cfg.AnswerLimit = 20 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Required && cfg.Key == "" {
		return nil, errors.New("open receiver: signatures are required but there is no key to verify them with")
	}
	var bug Bug
	if cfg.Bug != "" {
		found, ok := Lookup(cfg.Bug)
		if !ok {
			return nil, fmt.Errorf("open receiver: no seeded bug is called %q", cfg.Bug)
		}
		bug = found
	}
	if bug.dsn != nil {
		cfg.DSN = bug.dsn(cfg.DSN)
	}
	st, err := openStore(cfg.DSN)
	if err != nil {
		return nil, fmt.Errorf("open receiver: %w", err)
	}
	r := &Receiver{cfg: cfg, log: cfg.Log, store: st, dead: make(chan struct{})}
	r.stages = r.reference()
	if bug.seed != nil {
		bug.seed(r)
	}
	return r, nil
}

// Close ends what the receiver does in the background and closes its store. Requests must be over.
func (r *Receiver) Close() error {
	var errs []error
	for _, closer := range slices.Backward(r.closers) {
		errs = append(errs, closer())
	}
	return errors.Join(append(errs, r.store.close())...)
}

// Abort stops what is under way where it stands, as a kill does. The requests end then, and Kill is next.
func (r *Receiver) Abort() { r.once.Do(func() { close(r.dead) }) }

// Kill closes the store without ending anything properly, as if the process had been killed. For the reference that
// is no different from Close: it owes nothing to the store when it has answered. Requests must be over.
func (r *Receiver) Kill() error {
	r.Abort()
	return r.store.close()
}

// ServeHTTP implements http.Handler. The paths are told apart by hand: http.ServeMux would answer some spellings of
// them with a redirect, and a redirect is no answer to a callback.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	path := req.URL.EscapedPath()
	switch {
	case path == Path:
		r.receive(w, req)
	case path == "/healthz":
		r.health(w, req)
	case strings.HasPrefix(path, "/tasks/"):
		id, err := url.PathUnescape(strings.TrimPrefix(path, "/tasks/"))
		if err != nil {
			writeJSON(w, http.StatusBadRequest, note{Code: http.StatusBadRequest, Message: "the task id is not properly escaped"})
			return
		}
		r.show(w, req, id)
	default:
		writeJSON(w, http.StatusNotFound, note{Code: http.StatusNotFound, Message: "there is nothing here"})
	}
}

// health answers 200 as long as the store answers.
func (r *Receiver) health(w http.ResponseWriter, req *http.Request) {
	if err := r.store.ping(req.Context()); err != nil {
		r.log.Error("store does not answer", "error", err)
		writeJSON(w, http.StatusServiceUnavailable, note{Code: http.StatusServiceUnavailable, Message: "the store does not answer"})
		return
	}
	writeJSON(w, http.StatusOK, note{})
}
