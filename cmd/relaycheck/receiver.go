package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/receiver"
)

func newReceiverCommand(a *app) *cobra.Command {
	var address, dsn, bug, key string
	var required, listBugs bool
	cmd := &cobra.Command{
		Use:   "receiver",
		Short: "Serve the reference receiver, or one with a seeded bug",
		Long: `Serve the reference receiver: callbacks are posted to /callbacks/relay, GET /tasks/TASK_ID shows what it knows of a
task, GET /healthz says that it is up. With --bug it makes one known mistake, to see the suite find it.`,
		Example: `  relaycheck receiver --listen 127.0.0.1:8080
  relaycheck receiver --bug late-start-revives`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if listBugs {
				for _, b := range receiver.Bugs() {
					_, _ = fmt.Fprintf(a.out, "%-32s  %-7s  %s\n", b.ID, b.Requirement, b.Title)
				}
				return nil
			}
			if _, ok := receiver.Lookup(bug); bug != "" && !ok {
				ids := make([]string, 0, len(receiver.Bugs()))
				for _, b := range receiver.Bugs() {
					ids = append(ids, b.ID)
				}
				return exit(exitUsage, fmt.Errorf("there is no bug %q%s; --list-bugs shows them", bug, didYouMean(bug, ids)))
			}
			rcv, err := receiver.Open(receiver.Config{DSN: dsn, Bug: bug, Key: key, Required: required})
			if err != nil {
				return exit(exitEnvironment, err)
			}
			defer func() { _ = rcv.Close() }()
			srv, err := listen(cmd.Context(), address, rcv)
			if err != nil {
				return exit(exitEnvironment, err)
			}
			defer srv.close()
			_, _ = fmt.Fprintf(a.out, "receiver ready: callbacks at %s/callbacks/relay, tasks at %s/tasks/TASK_ID\n", srv.base, srv.base)
			<-cmd.Context().Done()
			return nil
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&address, "listen", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	fs.StringVar(&dsn, "db", "", "SQLite file that keeps the state (default: in memory)")
	fs.StringVar(&key, "key", "", "callback key: signed callbacks are verified with it")
	fs.BoolVar(&required, "require-signature", false, "refuse unsigned callbacks")
	fs.StringVar(&bug, "bug", "", "make this mistake")
	fs.BoolVar(&listBugs, "list-bugs", false, "list the seeded bugs and end")
	return cmd
}
