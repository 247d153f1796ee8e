package realserver

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/gomodule/redigo/redis"
)

// Redis starts Redis, or else Valkey. It keeps nothing on disk.
func Redis(t testing.TB) *Server {
	t.Helper()
	server := program(words("redis-server valkey-server"), "/usr/sbin", "/usr/local/sbin")
	if server == "" {
		unavailable(t, "neither Redis (redis-server) nor Valkey (valkey-server) is installed")
	}
	who := unprivileged(t, "redis")
	dir := directory(t, who)
	port := start(t, who, dir, server, func(port int) []string {
		return []string{"--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--save", "", "--appendonly", "no", "--dir", dir}
	}, func(ctx context.Context, port int) error {
		c, err := redis.DialContext(ctx, "tcp", address(port))
		if err != nil {
			return err
		}
		defer func() { _ = c.Close() }()
		_, err = c.Do("PING")
		return err
	})
	return &Server{DSN: fmt.Sprintf("redis://127.0.0.1:%d", port), Addr: address(port)}
}
