package observe

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// A connection to a SQLite file costs eight times as much as a look over one that is kept. It is kept while looks follow
// each other: one that is open has a shared lock on a database with a write-ahead log, and a receiver that ends shall not
// find one for long.
const sqliteIdle = time.Second

// keepsSQLite reports whether connections to a SQLite file may be kept. Windows lets nobody delete a file that is open;
// and what a DSN asks of the cache makes SQLite blind for what others do to the file.
func keepsSQLite(dsn string) bool {
	_, query, _ := strings.Cut(dsn, "?")
	return runtime.GOOS != "windows" && !strings.Contains(query, "cache=") && !strings.Contains(query, "immutable=") && !strings.Contains(query, "vfs=")
}

// sqlitePath is the file that a DSN names, as the target file's loader writes it: file:/absolute/path?….
func sqlitePath(dsn string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(dsn, "file:"), "?")
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// readOnly adds to a SQLite DSN that nothing is written, not even an empty file where there is none.
func readOnly(dsn string, timeout time.Duration) string {
	sep := "?"
	if strings.Contains(dsn, "?") {
		sep = "&"
	}
	if !strings.Contains(dsn, "mode=") {
		dsn += sep + "mode=ro"
		sep = "&"
	}
	return fmt.Sprintf("%s%s_pragma=query_only(1)&_pragma=busy_timeout(%d)", dsn, sep, timeout.Milliseconds())
}

// sqliteConnector makes connections that notice when their file has been replaced by another one.
type sqliteConnector struct {
	driver.Connector
	path string
}

func newSQLite(dsn string, timeout time.Duration) (driver.Connector, error) {
	c, err := sqlite.NewConnector(readOnly(dsn, timeout))
	if err != nil {
		return nil, err
	}
	return sqliteConnector{c, sqlitePath(dsn)}, nil
}

// Connect implements driver.Connector.
func (c sqliteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	files := filesOf(c.path) // before they are opened: a file that is replaced meanwhile is at worst opened twice
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(sqliteDriverConn)
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver offers less than it is used for"), conn.Close())
	}
	return &sqliteConn{full, c.path, files}, nil
}

// sqliteDriverConn is what package sql uses of a connection of the driver.
type sqliteDriverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// A sqliteConn is a connection to one file. As long as it is open that file exists, even if nobody can name it any more,
// so its number on the disk is not given to another.
type sqliteConn struct {
	sqliteDriverConn
	path  string
	files sqliteFiles
}

// ResetSession implements driver.SessionResetter: package sql calls it before a connection is used again.
func (c *sqliteConn) ResetSession(ctx context.Context) error {
	if !c.files.same(filesOf(c.path)) {
		return driver.ErrBadConn
	}
	return c.sqliteDriverConn.ResetSession(ctx)
}

// sqliteFiles are the database and, where there is one, its write-ahead log. Either may be made anew.
type sqliteFiles struct{ database, log os.FileInfo }

func filesOf(path string) (f sqliteFiles) {
	// What cannot be looked at is as good as missing: opening it says why.
	f.database, _ = os.Stat(path)
	f.log, _ = os.Stat(path + "-wal")
	return f
}

func (f sqliteFiles) same(now sqliteFiles) bool {
	return f.database != nil && now.database != nil && os.SameFile(f.database, now.database) &&
		(f.log == nil) == (now.log == nil) && (f.log == nil || os.SameFile(f.log, now.log))
}
