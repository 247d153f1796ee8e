package receivers

import (
	"database/sql"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/relaycheck/relaycheck/internal/realserver"
)

var nodeExpressMariaDB = example{
	name:      "node-express-mariadb",
	needs:     []string{"node"},
	installed: []string{"node_modules"},
	storage:   inMariaDB,
	bugs: []bug{
		{
			name: "answers before it stores", file: "server.js",
			old:         "    result = (await store.add(readEvent(callback))) ? \"stored\" : \"known\";",
			new:         "    const event = readEvent(callback);\n    setTimeout(() => store.add(event), 1000);",
			requirement: "DUR-2",
		},
		{
			name: "has no unique key", file: "schema.sql",
			old:         "identity binary(32) not null unique",
			new:         "identity binary(32) not null",
			requirement: "DUP-1",
		},
		{
			name: "goes by the order of arrival", file: "store.js",
			old:         "const moment = (at) => at || Date.now();",
			new:         "const moment = () => Date.now();",
			requirement: "ORD-4",
		},
		{
			name: "has a column of 255 letters", file: "schema.sql",
			old:         "sources      longtext",
			new:         "sources      varchar(255)",
			requirement: "MSG-8",
		},
		{
			name: "takes an alarm for an exit", file: "store.js",
			old:         "await follow[event.name]?.(",
			new:         "await follow[event.name.replace(\"TaskAlarm\", \"TaskExit\")]?.(",
			requirement: "SEQ-9",
		},
		{
			name: "knows a file by its URL alone", file: "schema.sql",
			old:         "unique (task, place, url_hash)",
			new:         "unique (task, url_hash)",
			requirement: "DUP-4",
		},
		{
			name: "takes any signature", file: "callback.js",
			old:         "if (!timingSafeEqual(got, want))",
			new:         "if (got.length !== want.length)",
			requirement: "SEC-2",
		},
	},
}

// inMariaDB makes a database in one server for each receiver.
func inMariaDB(t *testing.T) func(*testing.T) environment {
	t.Helper()
	server := realserver.MySQL(t)
	if !isMariaDB(t, server.DSN) {
		skip(t, "MariaDB is not installed, but MySQL is, whose collations have other names")
	}
	host, port, err := net.SplitHostPort(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	var made atomic.Int64
	return func(t *testing.T) environment {
		t.Helper()
		name := fmt.Sprintf("receiver_%d", made.Add(1))
		realserver.Exec(t, "mysql", server.DSN, "create database "+name)
		return environment{"DB_HOST": host, "DB_PORT": port, "DB_USER": "root", "DB_PASSWORD": "", "DB_NAME": name}
	}
}

func isMariaDB(t *testing.T, dsn string) bool {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var version string
	if err := db.QueryRowContext(t.Context(), "select version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(version, "MariaDB")
}
