package target

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/lib/pq"
)

// The SQL drivers.
const (
	Postgres = "postgres"
	MySQL    = "mysql"
	SQLite   = "sqlite"
)

// Drivers lists the SQL drivers.
func Drivers() []string { return []string{Postgres, MySQL, SQLite} }

// checkDSN checks a connection string without connecting, and gives it in the driver's own spelling, with the
// secrets in it.
func checkDSN(driver, dsn, dir string) (clean string, secrets []string, err error) {
	if strings.TrimSpace(dsn) == "" {
		return "", nil, errors.New("the dsn is empty")
	}
	switch driver {
	case Postgres:
		return postgresDSN(dsn)
	case MySQL:
		return mysqlDSN(dsn)
	default:
		clean, err = sqliteDSN(dsn, dir)
		return clean, nil, err
	}
}

var keyPassword = regexp.MustCompile(`(?i)\b(?:password|sslpassword)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))`)

func postgresDSN(dsn string) (string, []string, error) {
	secrets := []string{dsn}
	if strings.Contains(dsn, "://") {
		u, err := url.Parse(dsn)
		if err != nil {
			return "", secrets, errors.New("this is no URL: check the percent-encoding of the password") // url's own error quotes it
		}
		if p, ok := u.User.Password(); ok {
			secrets = append(secrets, p)
		}
		secrets = append(secrets, u.Query().Get("password"))
	}
	for _, m := range keyPassword.FindAllStringSubmatch(dsn, -1) {
		secrets = append(secrets, m[1], m[2])
	}
	if _, err := pq.NewConnector(dsn); err != nil {
		return "", secrets, fmt.Errorf("%s; write postgres://user:password@host:5432/database?sslmode=disable", strings.TrimPrefix(err.Error(), "pq: "))
	}
	return dsn, secrets, nil
}

// mysqlDSN takes the driver's user:password@tcp(host:port)/db, and a mysql:// URL, which everybody else writes.
func mysqlDSN(dsn string) (string, []string, error) {
	secrets := []string{dsn}
	if rest, ok := strings.CutPrefix(dsn, "mysql://"); ok {
		u, err := url.Parse("mysql://" + rest)
		if err != nil {
			return "", secrets, errors.New("this is no URL: check the percent-encoding of the password")
		}
		cfg := mysql.NewConfig()
		cfg.User = u.User.Username()
		cfg.Passwd, _ = u.User.Password()
		cfg.Net, cfg.Addr = "tcp", u.Host
		if u.Port() == "" {
			cfg.Addr = u.Host + ":3306"
		}
		cfg.DBName = strings.TrimPrefix(u.Path, "/")
		dsn = cfg.FormatDSN()
		if u.RawQuery != "" {
			dsn += map[bool]string{true: "&", false: "?"}[strings.Contains(dsn, "?")] + u.RawQuery
		}
		secrets = append(secrets, dsn)
	}
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return "", secrets, fmt.Errorf("%s; write user:password@tcp(host:3306)/database", strings.TrimPrefix(err.Error(), "invalid DSN: "))
	}
	return dsn, append(secrets, cfg.Passwd), nil
}

// sqliteDSN makes file:/absolute/path?… of file:PATH or PATH.
func sqliteDSN(dsn, dir string) (string, error) {
	path := strings.TrimPrefix(dsn, "file:")
	path, query, _ := strings.Cut(path, "?")
	if rest, ok := strings.CutPrefix(path, "//"); ok { // file:///path: an empty host
		path = "/" + strings.TrimLeft(rest, "/")
	}
	if path == "" || path == ":memory:" || strings.Contains(query, "mode=memory") {
		return "", errors.New("a database in memory can be seen by the receiver alone: name its file, as in file:receiver.db")
	}
	if strings.Contains(path, "://") {
		return "", errors.New("write file:PATH")
	}
	if plain, err := url.PathUnescape(path); err == nil && strings.HasPrefix(dsn, "file:") {
		path = plain
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	out := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	if query != "" {
		out += "?" + query
	}
	return out, nil
}
