// Command go-postgresql is a small receiver of CSS relay callbacks (event_type 314) to start from. One transaction
// stores a callback and all that follows from it; it is answered once that is committed.
//
//	PORT=8080 DATABASE_URL=postgres://localhost/relay go run ./examples/receivers/go-postgresql
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := openStore(ctx, cmp.Or(os.Getenv("DATABASE_URL"), "postgres://127.0.0.1/relay?sslmode=disable"))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer s.close()
	address := net.JoinHostPort(cmp.Or(os.Getenv("HOST"), "127.0.0.1"), cmp.Or(os.Getenv("PORT"), "8080"))
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	// The timeouts rid us of slow clients. They keep nobody else waiting: no transaction is open while a body is read.
	srv := &http.Server{
		Handler: routes(s, os.Getenv("CSS_CALLBACK_KEY")), ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	log.Printf("ready on http://%s", l.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(limited); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil // who has not sent his body by now comes again
}
