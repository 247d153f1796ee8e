package realserver

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"testing"

	_ "github.com/lib/pq" // the driver
)

// Postgres starts PostgreSQL. DSN is a URL for lib/pq.
func Postgres(t testing.TB) *Server {
	t.Helper()
	where := []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin"}
	initdb, postgres := program(words("initdb"), where...), program(words("postgres"), where...)
	if initdb == "" || postgres == "" {
		unavailable(t, "PostgreSQL (initdb, postgres) is not installed")
	}
	who := unprivileged(t, "postgres")
	dir := directory(t, who)
	data := join(dir, "data")
	run(t, who, dir, initdb, append([]string{"-D", data}, words("-U postgres -A trust --no-sync -E UTF8 --locale=C")...)...)
	dsn := func(port int) string {
		return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	}
	port := start(t, who, dir, postgres, func(port int) []string {
		return append([]string{"-D", data, "-p", strconv.Itoa(port), "-k", dir},
			words("-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off")...)
	}, func(ctx context.Context, port int) error { return ping(ctx, "postgres", dsn(port)) })
	return &Server{DSN: dsn(port), Addr: address(port)}
}

func ping(ctx context.Context, driver, dsn string) error {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return db.PingContext(ctx)
}

// Exec runs statements at a server, one after the other.
func Exec(t testing.TB, driver, dsn string, statements ...string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
