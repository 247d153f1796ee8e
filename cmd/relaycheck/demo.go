package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite/target"
)

func newDemoCommand(a *app) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "demo [SCENARIO…]",
		Short: "Play the suite against the built-in reference receiver: works with no set-up at all",
		Long: `Start the built-in reference receiver on a free loopback port, play the suite against it and print the requirement
matrix. The receiver keeps its state in memory and ends with the command.

RET-3, the whole ladder of retries, takes 12 seconds and is left out unless it is asked for.`,
		Example: `  relaycheck demo
  relaycheck demo --label-filter RET-3
  relaycheck demo --label-filter ORD -v`,
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.labelFilter == "" && len(args) == 0 {
				f.labelFilter = demoFilter
			}
			cfg, err := f.config(args)
			if err != nil {
				return err
			}
			rcv, err := receiver.Open(receiver.Config{Key: demoKey})
			if err != nil {
				return exit(exitEnvironment, err)
			}
			defer func() { _ = rcv.Close() }()
			srv, err := listen("127.0.0.1:0", rcv)
			if err != nil {
				return exit(exitEnvironment, err)
			}
			defer srv.close()
			cfg.Target, err = target.ForReference(srv.base)
			if err != nil {
				return exit(exitEnvironment, err)
			}
			cfg.Target.Signing.Key = demoKey
			return a.runSuite(cmd.Context(), cfg, f)
		},
	}
	f.add(cmd)
	return cmd
}

const (
	// demoFilter keeps the demo short.
	demoFilter = "!RET-3"
	// demoKey is the callback key of the demo's receiver, so that signatures can be judged. It is no secret.
	demoKey = "relaycheckdemokey"
)

// A server serves a handler on an address of this machine until it is closed.
type server struct {
	base string // http://host:port
	http *http.Server
	done chan error
}

func listen(address string, h http.Handler) (*server, error) {
	l, err := net.Listen("tcp", address) //nolint:noctx // listening takes no time
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	s := &server{
		base: "http://" + l.Addr().String(),
		// Bounds on slow clients: the headers of a callback arrive at once; a body of megabytes may take a while.
		http: &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second},
		done: make(chan error, 1),
	}
	go func() { s.done <- s.http.Serve(l) }()
	return s, nil
}

// close ends the server: requests in flight have a second to end.
func (s *server) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
	<-s.done
}
