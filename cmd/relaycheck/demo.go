package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"

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

RET-3, the whole ladder of retries, takes 12 seconds and is left out unless it is asked for; so is LOAD, a burst of tasks and
a sustained rate, which takes 11.`,
		Example: `  relaycheck demo
  relaycheck demo --label-filter RET-3
  relaycheck demo --profile load
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
			srv, err := listen(cmd.Context(), "127.0.0.1:0", rcv)
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

// A server is a receiver on an address of this machine, until it is closed.
type server struct {
	base string // http://host:port
	stop context.CancelFunc
	done chan error
}

func listen(ctx context.Context, address string, rcv *receiver.Receiver) (*server, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	// It outlives the command's context: an interrupted run still looks at what it did.
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &server{base: "http://" + l.Addr().String(), stop: stop, done: make(chan error, 1)}
	go func() { s.done <- rcv.Serve(ctx, l) }()
	return s, nil
}

// close ends the server.
func (s *server) close() {
	s.stop()
	if err := <-s.done; err != nil {
		slog.Warn("the built-in receiver did not end as it should", "error", err)
	}
}
