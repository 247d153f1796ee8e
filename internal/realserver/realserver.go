// Package realserver starts real servers for tests: PostgreSQL, MariaDB or MySQL, and Redis or Valkey. Each runs in a
// directory of its own, on a free port of 127.0.0.1, as a child of the test, and is gone when the test is.
//
//	db := realserver.Postgres(t)
//	conn, err := sql.Open("postgres", db.DSN)
//
// Where the program is not on the machine the test is skipped, with the reason. With CI_REQUIRE_SERVICES=1 it fails
// instead: a run that is meant to prove something must not pass by skipping.
//
// It is for tests alone. Nothing of it is linked into the program.
package realserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A Server is a running server.
type Server struct {
	DSN  string // for its Go driver; for Redis a redis:// URL
	Addr string // 127.0.0.1:PORT
}

// patience is how long a server may take to start. PostgreSQL needs a second on a fast machine; a loaded one is
// given the benefit of the doubt.
const patience = 60 * time.Second

// unavailable skips the test, or fails it where servers are required.
func unavailable(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI_REQUIRE_SERVICES") == "1" {
		t.Fatalf("%s, and CI_REQUIRE_SERVICES=1 asks for it", what)
	}
	t.Skipf("%s", what)
}

// program finds the first of some programs, on PATH or in directories where packages put them.
func program(names []string, directories ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
		for _, pattern := range directories {
			found, _ := filepath.Glob(filepath.Join(pattern, name))
			sort.Strings(found) // the newest version last
			if len(found) > 0 {
				return found[len(found)-1]
			}
		}
	}
	return ""
}

// directory makes a directory that the server's account owns. t.TempDir would not do: its parent is closed to others.
func directory(t testing.TB, who *account) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "relaycheck-server-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if who != nil {
		if err := os.Chown(dir, who.uid, who.gid); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// freePort finds a port that nobody listens on. Somebody else may take it before the server does; start tries again.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// run runs a program that prepares a server.
func run(t testing.TB, who *account, dir, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	asAccount(cmd, who)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// start starts a server in the foreground, on a free port, and waits until ready says nil. The server ends with the
// test.
func start(t testing.TB, who *account, dir, name string, args func(port int) []string, ready func(ctx context.Context, port int) error) int {
	t.Helper()
	var last error
	for range 3 {
		port := freePort(t)
		if last = launch(t, who, dir, name, args(port), func(ctx context.Context) error { return ready(ctx, port) }); last == nil {
			return port
		}
	}
	t.Fatalf("start %s: %v", name, last)
	return 0
}

func launch(t testing.TB, who *account, dir, name string, args []string, ready func(context.Context) error) error {
	t.Helper()
	log, err := os.CreateTemp(dir, "log-*")
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(name, args...) //nolint:noctx // it ends by Cleanup
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	asAccount(cmd, who)
	if err := cmd.Start(); err != nil {
		return err
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = cmd.Wait() // how it ended is in its log
	}()
	stop := func() {
		interrupt(cmd)
		select {
		case <-over:
		case <-time.After(10 * time.Second):
		}
		kill(cmd)
		<-over
	}
	if err := await(over, ready); err != nil {
		stop()
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%w\n%s", err, text)
	}
	t.Cleanup(stop)
	return nil
}

// await polls until the server is ready.
func await(over <-chan struct{}, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		once, done := context.WithTimeout(ctx, 2*time.Second)
		err := ready(once)
		done()
		if err == nil {
			return nil
		}
		select {
		case <-over:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it is not ready after %s: %w", patience, err)
		case <-tick.C:
		}
	}
}

// address is where a server listens.
func address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// join makes a path in a directory.
func join(dir string, parts ...string) string {
	return filepath.Join(append([]string{dir}, parts...)...)
}

// words splits a fixed list of arguments.
func words(s string) []string { return strings.Fields(s) }
