package receivers

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/relaycheck/relaycheck/internal/realserver"
)

var goPostgreSQL = example{
	name:    "go-postgresql",
	needs:   []string{"go"},
	storage: inPostgreSQL,
	prepare: goModule,
	loaded:  true,
	bugs: []bug{
		{
			name: "answers before it stores", file: "http.go",
			old:         "\treturn s.add(ctx, e)\n",
			new:         "\ttime.AfterFunc(time.Second, func() { _, _ = s.add(context.Background(), e) })\n\treturn false, ctx.Err()\n",
			requirement: "DUR-2",
		},
		{
			name: "goes by the order of arrival", file: "relay.go",
			old:         "\treturn at <= 0 || than <= 0 || at >= than\n",
			new:         "\treturn at != than || at == 0\n",
			requirement: "ORD-3",
		},
		{
			name: "looks first whether it has a callback, and then stores it", file: "store.go",
			old: "(identity, task_id, event, msg) values ($1, $2, $3, $4)\n\t\ton conflict do nothing`",
			new: "(identity, task_id, event, msg)\n\t\tselect $1::bytea, $2::text, $3::text, $4::text" +
				" from pg_sleep(0.1) where not exists (select from callbacks where identity = $1::bytea)`", // a busy database
			requirement: "DUP-2",
		},
		{
			name: "takes the second loop of a file for a copy of the first", file: "callback.go",
			old:         "c.Name, c.EventTime, canonical",
			new:         `c.Name, "", canonical`,
			requirement: "DUP-4",
		},
		{
			name: "takes an exit for the end for good", file: "relay.go",
			old:         "\tif notOlder(at, t.turnedAt) {",
			new:         "\tif t.state != stopped && notOlder(at, t.turnedAt) {",
			requirement: "SEQ-7",
		},
		{
			name: "keeps times in 32 bits", file: "schema.sql",
			old:         "    stopped_at   bigint, -- ms",
			new:         "    stopped_at   integer, -- ms",
			requirement: "MSG-4",
		},
	},
}

// inPostgreSQL makes a database in one server for each receiver.
func inPostgreSQL(t *testing.T) func(*testing.T) environment {
	t.Helper()
	server := realserver.Postgres(t)
	var made atomic.Int64
	return func(t *testing.T) environment {
		t.Helper()
		name := fmt.Sprintf("receiver_%d", made.Add(1))
		realserver.Exec(t, "postgres", server.DSN, "create database "+name)
		u, err := url.Parse(server.DSN)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/" + name
		return environment{"DATABASE_URL": u.String()}
	}
}

// goModule lets a copy be built as a module of its own.
func goModule(t *testing.T, copied string) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
