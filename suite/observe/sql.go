package observe

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/lib/pq"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Bounds on what a query may return. Whoever has more rows for one task counts them in the query.
const (
	maxRows  = 1000
	maxCells = 4 << 20 // bytes of text in all of them
)

// sqlSource asks a database: one read-only transaction per look, ids bound to the query's parameters.
type sqlSource struct {
	spec    *target.SQL
	db      *sql.DB
	conns   *connections
	timeout time.Duration
}

func openSQL(spec *target.SQL, timeout time.Duration) (*sqlSource, error) {
	s := &sqlSource{spec: spec, conns: newConnections(), timeout: timeout}
	connector, err := s.connector()
	if err != nil {
		return nil, fmt.Errorf("read the dsn: %w", err)
	}
	s.db = sql.OpenDB(connector)
	s.db.SetMaxOpenConns(slotsOf[target.KindSQL])
	s.db.SetMaxIdleConns(slotsOf[target.KindSQL])
	s.db.SetConnMaxIdleTime(time.Minute)
	if spec.Driver == target.SQLite {
		s.db.SetConnMaxIdleTime(sqliteIdle)
		if !keepsSQLite(spec.DSN) {
			s.db.SetMaxIdleConns(-1)
		}
	}
	return s, nil
}

func (s *sqlSource) connector() (driver.Connector, error) {
	switch s.spec.Driver {
	case target.Postgres:
		c, err := pq.NewConnector(s.spec.DSN)
		if err != nil {
			return nil, err
		}
		c.Dialer(s.conns)
		return c, nil
	case target.MySQL:
		cfg, err := mysql.ParseDSN(s.spec.DSN)
		if err != nil {
			return nil, err
		}
		cfg.DialFunc = s.conns.DialContext
		cfg.ParseTime = true
		cfg.MultiStatements = false
		cfg.AllowAllFiles = false
		cfg.Logger = &mysql.NopLogger{}
		c, err := mysql.NewConnector(cfg)
		if err != nil {
			return nil, err
		}
		return mysqlConnector{c, s.timeout}, nil
	default:
		return newSQLite(s.spec.DSN, s.timeout)
	}
}

// mysqlConnector limits the time of a statement at the server, so that a query that we gave up does not go on there.
// MySQL and MariaDB have different names for the limit; a server that knows neither does without.
type mysqlConnector struct {
	driver.Connector
	timeout time.Duration
}

// Connect implements driver.Connector.
func (c mysqlConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if e, ok := conn.(driver.ExecerContext); ok {
		for _, set := range []string{
			fmt.Sprintf("SET SESSION max_execution_time = %d", c.timeout.Milliseconds()),
			fmt.Sprintf("SET SESSION max_statement_time = %.3f", c.timeout.Seconds()),
		} {
			if _, err := e.ExecContext(ctx, set, nil); err == nil {
				break
			}
		}
	}
	return conn, nil
}

func (s *sqlSource) close() error {
	err := s.db.Close()
	s.conns.closeAll()
	return err
}

// stuck is how long after its deadline a driver may take to give up. A server that went silent would hold it for
// ever; then its connections are closed under it.
const stuck = 300 * time.Millisecond

func (s *sqlSource) look(ctx context.Context, id Identity) (view, error) {
	var (
		v    view
		err  error
		done = make(chan struct{})
	)
	go func() {
		defer close(done)
		v, err = s.ask(ctx, id)
	}()
	select {
	case <-done:
		return v, err
	case <-ctx.Done():
	}
	grace := time.NewTimer(stuck)
	defer grace.Stop()
	select {
	case <-done:
	case <-grace.C:
		s.conns.closeAll()
		<-done
	}
	return v, err
}

func (s *sqlSource) ask(ctx context.Context, id Identity) (view, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return view{}, s.explain("connect", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	if s.spec.Driver == target.Postgres {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", s.timeout.Milliseconds())); err != nil {
			return view{}, s.explain("limit the time of the query", err)
		}
	}
	args := make([]any, len(s.spec.Query.Args))
	for i, a := range s.spec.Query.Args {
		args[i] = a.Fill(id.TaskID, id.StreamID, nil)
	}
	rows, err := tx.QueryContext(ctx, s.spec.Query.Text, args...)
	if err != nil {
		return view{}, s.explain("query", err)
	}
	defer func() { _ = rows.Close() }() // what went wrong, rows.Err has told
	t, err := readTable(rows)
	if err != nil {
		cancel() // before the rows are closed: a driver reads on to their end otherwise
		return view{raw: t.raw()}, s.explain("query", err)
	}
	return t.view(), nil
}

// explain adds to a driver's error what to do about it, for those that everybody meets.
func (s *sqlSource) explain(doing string, err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "SSL is not enabled on the server"):
		return fmt.Errorf("%s: %w: add sslmode=disable to the dsn", doing, err)
	case s.spec.Driver == target.SQLite && strings.Contains(text, "unable to open database file"):
		path := sqlitePath(s.spec.DSN)
		if _, serr := os.Stat(path); errors.Is(serr, os.ErrNotExist) {
			return fmt.Errorf("%s: there is no file %s", doing, path)
		}
	case strings.Contains(text, "has no parameter") || strings.Contains(text, "could not determine data type of parameter"):
		return fmt.Errorf("%s: %w: cast the parameter, as in $1::text", doing, err)
	}
	return fmt.Errorf("%s: %w", doing, hinted(err))
}

// A table is the result of a query.
type table struct {
	columns []string
	types   []*sql.ColumnType
	rows    []expression.Row
	size    int
}

func readTable(rows *sql.Rows) (*table, error) {
	t := &table{rows: []expression.Row{}}
	var err error
	if t.columns, err = rows.Columns(); err != nil {
		return t, err
	}
	if t.types, err = rows.ColumnTypes(); err != nil {
		return t, err
	}
	seen := map[string]bool{}
	for _, c := range t.columns {
		if seen[c] {
			return t, fmt.Errorf("the query returns two columns called %q: give one of them another name with AS", c)
		}
		seen[c] = true
	}
	for rows.Next() {
		if len(t.rows) == maxRows {
			return t, fmt.Errorf("the query returns more than %d rows: let it count, or ask for fewer", maxRows)
		}
		if err := t.scan(rows); err != nil {
			return t, err
		}
	}
	return t, rows.Err()
}

func (t *table) scan(rows *sql.Rows) error {
	cells := make([]any, len(t.columns))
	pointers := make([]any, len(cells))
	for i := range cells {
		pointers[i] = &cells[i]
	}
	if err := rows.Scan(pointers...); err != nil {
		return err
	}
	row := make(expression.Row, len(cells))
	for i, c := range t.columns {
		row[c] = cell(cells[i], t.types[i].DatabaseTypeName())
		switch v := cells[i].(type) {
		case []byte:
			t.size += len(v)
		case string:
			t.size += len(v)
		}
	}
	if t.size > maxCells {
		return fmt.Errorf("the query returns more than %d MiB: ask for fewer columns", maxCells>>20)
	}
	t.rows = append(t.rows, row)
	return nil
}

// hinted adds the hint that PostgreSQL gives beside an error: the name that was meant, mostly.
func hinted(err error) error {
	if e, ok := errors.AsType[*pq.Error](err); ok && e.Hint != "" {
		return fmt.Errorf("%w; %s", err, e.Hint)
	}
	return err
}

func (t *table) raw() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d rows\n", strings.Join(t.columns, ", "), len(t.rows))
	for _, r := range t.rows {
		if b.Len() > maxRaw {
			break
		}
		shaped, err := expression.Shape(r)
		if err != nil {
			continue
		}
		b.WriteString(expression.Show(shaped, maxRaw) + "\n")
	}
	return clip([]byte(b.String()))
}

func (t *table) view() view {
	env := expression.Env{"rows": t.rows}
	if len(t.rows) > 0 {
		env["row"] = t.rows[0]
	}
	return view{env: env, raw: t.raw(), number: func() (int, error) {
		switch {
		case len(t.rows) == 0:
			return 0, nil
		case len(t.rows) > 1 || len(t.columns) > 1:
			return 0, fmt.Errorf("the query returns %d rows of %d columns, not a single number: say what to count with `count:`", len(t.rows), len(t.columns))
		}
		n, err := countOf(t.rows[0][t.columns[0]])
		if err != nil {
			return 0, fmt.Errorf("column %s: %w", t.columns[0], err)
		}
		return n, nil
	}}
}
