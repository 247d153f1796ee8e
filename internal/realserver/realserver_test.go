package realserver_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/gomodule/redigo/redis"

	"github.com/relaycheck/relaycheck/internal/realserver"
)

func TestServersAnswer(t *testing.T) {
	t.Parallel()
	for driver, start := range map[string]func(testing.TB) *realserver.Server{"postgres": realserver.Postgres, "mysql": realserver.MySQL} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			realserver.Exec(t, driver, s.DSN, "CREATE TABLE a (b int)", "INSERT INTO a VALUES (41), (1)")
			db, err := sql.Open(driver, s.DSN)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			var n int
			if err := db.QueryRowContext(context.Background(), "SELECT sum(b) FROM a").Scan(&n); err != nil || n != 42 {
				t.Errorf("got %d, %v", n, err)
			}
		})
	}
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		c, err := redis.DialURL(realserver.Redis(t).DSN)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if s, err := redis.String(c.Do("ECHO", "hello")); err != nil || s != "hello" {
			t.Errorf("got %q, %v", s, err)
		}
	})
}
