package receiver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The time limits of the server. A slow sender costs a connection and no more; these bound how long.
const (
	headLimit     = 10 * time.Second // for the head of a request
	requestLimit  = time.Minute      // for head and body: 8 MiB at 140 kB/s
	responseLimit = 2 * time.Minute  // from the end of the head to the end of the answer
	idleLimit     = 2 * time.Minute  // between two requests of a connection
	shutdownLimit = 5 * time.Second  // for the requests under way when it is told to stop
	maxHead       = 64 << 10         // bytes; CSS sends four header lines
)

// Serve answers requests on the listener until ctx is done, then lets those under way finish, for 5 s at most. It
// returns nil when it was told to stop. It closes the listener, not the receiver.
func (r *Receiver) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           r,
		ReadHeaderTimeout: headLimit,
		ReadTimeout:       requestLimit,
		WriteTimeout:      responseLimit,
		IdleTimeout:       idleLimit,
		MaxHeaderBytes:    maxHead,
		ErrorLog:          slog.NewLogLogger(r.log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancel()
	err := srv.Shutdown(limited)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	if err != nil {
		return fmt.Errorf("stop serving on %s: %w", l.Addr(), err)
	}
	return nil
}
