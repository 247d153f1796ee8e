package selftest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite/target"
)

const (
	// callbackKey makes the signature requirements testable. It is no secret.
	callbackKey = "relaycheckselftestkey"
	// answerLimit stands for the 20 s after which CSS gives up: the bugs that never answer in time take it from
	// their configuration, so nobody has to wait 20 s to see that. A right receiver on loopback is a thousand times quicker.
	answerLimit = 4 * time.Second
	// visibleWithin stands for the target file's observe.within. No receiver of the zoo that is right about it takes longer
	// than its answer.
	visibleWithin = 2 * time.Second
	// hookLimit bounds a restart: five seconds for the requests under way, and opening a small file.
	hookLimit = 15 * time.Second
)

// A host serves a receiver on an address of its own, with hooks to restart and to kill it in place where its store is
// in a file.
type host struct {
	cfg  receiver.Config
	door *door
	dir  string // of the store; "" where it is in memory

	control  *http.Server // the hooks; nil where the store is in memory
	hooksAt  string
	hooksEnd chan struct{}

	mu   sync.Mutex // one restart at a time
	life *life      // nil if none could be begun
}

// A life is a receiver from its start to its end.
type life struct {
	rcv    *receiver.Receiver
	lease  *lease
	stop   context.CancelFunc
	served chan struct{} // closed when it serves no more
	err    error         // why, once it does
}

// openHost starts a receiver. A durable one keeps its events in a file, and has hooks.
func openHost(cfg receiver.Config, durable bool) (*host, error) {
	h := &host{cfg: cfg}
	var err error
	if h.door, err = openDoor(); err != nil {
		return nil, err
	}
	if durable {
		if h.dir, err = os.MkdirTemp("", "relaycheck-selftest-"); err != nil {
			return nil, errors.Join(fmt.Errorf("make a folder for the store: %w", err), h.close())
		}
		h.cfg.DSN = filepath.Join(h.dir, "events.db")
		if err = h.serveHooks(); err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
	if err = h.begin(); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// begin begins a life.
func (h *host) begin() error {
	rcv, err := receiver.Open(h.cfg)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &life{rcv: rcv, lease: h.door.lease(), stop: stop, served: make(chan struct{})}
	go func() {
		defer close(l.served)
		l.err = rcv.Serve(ctx, l.lease)
	}()
	h.life = l
	return nil
}

// restart ends the receiver properly and starts it again on the same store.
func (h *host) restart() error {
	return h.renew(func(l *life) error {
		l.stop()
		<-l.served
		return errors.Join(l.err, l.rcv.Close())
	})
}

// kill cuts every connection and starts the receiver again on what its store has by then.
func (h *host) kill() error {
	return h.renew(func(l *life) error {
		l.rcv.Abort()
		l.lease.drop()
		l.stop()
		<-l.served // requests under way were cut off: that is no failure
		return l.rcv.Kill()
	})
}

func (h *host) renew(end func(*life) error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.life != nil {
		if err := end(h.life); err != nil {
			return err
		}
		h.life = nil
	}
	return h.begin()
}

// serveHooks serves POST /restart and POST /kill on an address of its own.
func (h *host) serveHooks() error {
	d, err := openDoor()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	for path, do := range map[string]func() error{"POST /restart": h.restart, "POST /kill": h.kill} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			if err := do(); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	h.hooksAt = d.base()
	h.control = &http.Server{Handler: mux, ReadHeaderTimeout: hookLimit}
	h.hooksEnd = make(chan struct{})
	go func() {
		defer close(h.hooksEnd)
		_ = h.control.Serve(d.lease()) // ends by Close
		_ = d.close()
	}()
	return nil
}

// target is how the suite sees the receiver.
func (h *host) target() (*target.Target, error) {
	t, err := target.ForReference(h.door.base())
	if err != nil {
		return nil, err
	}
	t.Signing.Key = callbackKey
	t.Observe.Within = visibleWithin
	if h.control != nil {
		hook := func(name string) *target.Hook {
			return &target.Hook{Name: name, URL: h.hooksAt + "/" + name, Timeout: hookLimit, At: "selftest"}
		}
		t.Hooks.Restart, t.Hooks.Kill = hook(target.Restart), hook(target.Kill)
	}
	return t, nil
}

// close ends the receiver and takes its store away.
func (h *host) close() error {
	var errs []error
	if h.control != nil {
		errs = append(errs, h.control.Close())
		<-h.hooksEnd
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.life; l != nil {
		l.lease.drop()
		l.stop()
		<-l.served
		errs = append(errs, l.rcv.Close())
		h.life = nil
	}
	errs = append(errs, h.door.close())
	if h.dir != "" {
		errs = append(errs, os.RemoveAll(h.dir))
	}
	return errors.Join(errs...)
}
