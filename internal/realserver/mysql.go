package realserver

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	_ "github.com/go-sql-driver/mysql" // the driver
)

// MySQL starts MariaDB, or else MySQL. DSN is for go-sql-driver, with an empty database "test".
func MySQL(t testing.TB) *Server {
	t.Helper()
	where := []string{"/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/opt/ma*db*/bin", "/opt/homebrew/opt/mysql*/bin"}
	server := program(words("mariadbd mysqld"), where...)
	if server == "" {
		unavailable(t, "neither MariaDB (mariadbd) nor MySQL (mysqld) is installed")
	}
	who := unprivileged(t, "mysql")
	dir := directory(t, who)
	data := join(dir, "data")
	user := []string{}
	if who != nil {
		user = []string{"--user=" + who.name}
	}
	if install := program(words("mariadb-install-db mysql_install_db"), "/usr/bin", filepath.Dir(server)); install != "" {
		run(t, who, dir, install, append([]string{"--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal", "--skip-test-db"}, user...)...)
	} else {
		run(t, who, dir, server, append([]string{"--no-defaults", "--initialize-insecure", "--datadir=" + data}, user...)...)
	}
	dsn := func(port int, database string) string {
		return fmt.Sprintf("root@tcp(127.0.0.1:%d)/%s", port, database)
	}
	port := start(t, who, dir, server, func(port int) []string {
		return append([]string{
			"--no-defaults", "--datadir=" + data, "--socket=" + join(dir, "s"), "--port=" + strconv.Itoa(port),
			"--bind-address=127.0.0.1", "--skip-log-bin", "--pid-file=" + join(dir, "pid"), "--skip-name-resolve",
		}, user...)
	}, func(ctx context.Context, port int) error { return ping(ctx, "mysql", dsn(port, "")) })
	Exec(t, "mysql", dsn(port, ""), "CREATE DATABASE IF NOT EXISTS test")
	return &Server{DSN: dsn(port, "test"), Addr: address(port)}
}
