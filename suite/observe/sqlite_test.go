package observe_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/relaycheck/relaycheck/internal/realserver"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
)

const sqliteTask = `
task:
	sql: {driver: sqlite, dsn: "file:receiver.db", query: "select * from tasks where id = $1"}
	facts:
		exists: len(rows) > 0
		phase: 'rows[0].state == "RUN" ? "running" : "ended"'
		exit_code: rows[0].code
		source_urls: fromJSON(row.urls)
effects:
	rows: {sql: {driver: sqlite, dsn: "file:receiver.db", query: "select count(*) from events where task = $1"}}
	sums: {sql: {driver: sqlite, dsn: "file:receiver.db", query: "select sum(n) from events where task = ?"}}
	kinds: {sql: {driver: sqlite, dsn: "file:receiver.db", query: "select * from events where task = $1 and $2 <> ''"}, count: 'count(rows, .n > 1)'}
`

func sqliteFile(t *testing.T, journal string) (dir string, db *sql.DB) {
	t.Helper()
	dir = t.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "receiver.db")+"?_pragma=journal_mode("+journal+")&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, s := range []string{
		"create table tasks (id text primary key, state text, code int, urls text)",
		"create table events (task text, n int)",
		`insert into tasks values ('118148', 'RUN', null, '["http://a/\u00e9"]'), ('2', 'STOP', -22, null)`,
		"insert into events values ('118148', 1), ('118148', 5), ('2', 9)",
	} {
		if _, err := db.ExecContext(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	return dir, db
}

func TestSQLiteShowsFactsAndEffects(t *testing.T) {
	t.Parallel()
	for _, journal := range []string{"delete", "wal"} {
		t.Run(journal, func(t *testing.T) {
			t.Parallel()
			dir, db := sqliteFile(t, journal)
			set := openIn(t, dir, sqliteTask)
			wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "running", "source_urls": []any{"http://a/é"}})
			wantFacts(t, set, observe.Identity{TaskID: "2"}, judge.Facts{"exists": true, "phase": "ended", "exit_code": json.Number("-22")})
			wantFacts(t, set, observe.Identity{TaskID: "3"}, judge.Facts{"exists": false})
			wantFacts(t, set, observe.Identity{TaskID: "' or 1=1 --"}, judge.Facts{"exists": false})
			wantEffects(t, set, one, map[string]int{"rows": 2, "sums": 6, "kinds": 1})
			wantEffects(t, set, observe.Identity{TaskID: "3"}, map[string]int{"rows": 0, "sums": 0, "kinds": 0})

			if _, err := db.ExecContext(ctx, "update tasks set state = 'STOP' where id = '118148'"); err != nil {
				t.Fatal(err)
			}
			wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "ended", "source_urls": []any{"http://a/é"}})
		})
	}
}

// A receiver that writes all the time is neither disturbed nor waited for in vain.
func TestSQLiteLooksBesideAWriter(t *testing.T) {
	t.Parallel()
	dir, db := sqliteFile(t, "wal")
	set := openIn(t, dir, sqliteTask)
	writing, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for writing.Err() == nil {
			if _, err := db.ExecContext(context.WithoutCancel(writing), "insert into events values ('x', 1)"); err != nil {
				t.Errorf("the receiver was disturbed: %v", err)
				return
			}
		}
	})
	for range 20 {
		wantEffects(t, set, one, map[string]int{"rows": 2, "sums": 6, "kinds": 1})
	}
	stop()
	wg.Wait()
}

func TestSQLiteFileThatIsMadeAnewIsSeen(t *testing.T) {
	t.Parallel()
	dir, db := sqliteFile(t, "delete")
	set := openIn(t, dir, sqliteTask)
	wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "running", "source_urls": []any{"http://a/é"}})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "receiver.db")); err != nil {
		t.Fatal(err)
	}
	wantError(t, set, one, "there is no file "+filepath.Join(dir, "receiver.db"))
	if _, err := os.Stat(filepath.Join(dir, "receiver.db")); !os.IsNotExist(err) {
		t.Errorf("looking made a file: %v", err)
	}
	realserver.Exec(t, "sqlite", "file:"+filepath.Join(dir, "receiver.db"),
		"create table tasks (id, state, code, urls)", "create table events (task, n)")
	wantFacts(t, set, one, judge.Facts{"exists": false})
}

func TestSQLMistakesListWhatThereIs(t *testing.T) {
	t.Parallel()
	dir, _ := sqliteFile(t, "delete")
	tests := []struct{ name, section, want string }{
		{
			"a column that is not there", `task: {sql: {driver: sqlite, dsn: file:receiver.db, query: select * from tasks where id = $1}, facts: {phase: row.sate}}`,
			`fact phase: the query returns no column "sate" (did you mean "state"?); it returns code, id, state, urls`,
		},
		{
			"a table that is not there", `task: {sql: {driver: sqlite, dsn: file:receiver.db, query: select * from task where id = $1}, facts: {phase: row.state}}`,
			"no such table: task",
		},
		{
			"two columns of one name", `task: {sql: {driver: sqlite, dsn: file:receiver.db, query: "select id, code as id from tasks where id = $1"}, facts: {phase: row.id}}`,
			`two columns called "id"`,
		},
		{
			"rows for a number", `effects: {n: {sql: {driver: sqlite, dsn: file:receiver.db, query: select task from events where task = $1}}}`,
			"the query returns 2 rows of 1 columns, not a single number",
		},
		{
			"text for a number", `effects: {n: {sql: {driver: sqlite, dsn: file:receiver.db, query: select state from tasks where id = $1}}}`,
			`column state: a count is a whole number from 0 up, not "RUN"`,
		},
		{
			"rows without end", `effects: {n: {sql: {driver: sqlite, dsn: file:receiver.db, query: "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c where $1 <> ''"}, count: len(rows)}}`,
			"more than 1000 rows",
		},
		{
			"cells without end", `effects: {n: {sql: {driver: sqlite, dsn: file:receiver.db, query: "select hex(zeroblob(3000000)) from tasks where $1 <> ''"}, count: len(rows)}}`,
			"more than 4 MiB",
		},
		{
			"a query without end", `effects: {n: {timeout: 200ms, sql: {driver: sqlite, dsn: file:receiver.db, query: "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c where x = -1 and $1 <> ''"}}}`,
			"no whole answer within 200ms",
		},
		{
			"a write", `effects: {n: {sql: {driver: sqlite, dsn: file:receiver.db, query: "with x as (select $1) insert into events select 'x', 1 from x"}}}`,
			"readonly",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, openIn(t, dir, tt.section), one, tt.want)
		})
	}
}
