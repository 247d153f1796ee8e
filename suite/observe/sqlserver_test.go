package observe_test

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/internal/realserver"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	db := realserver.Postgres(t)
	realserver.Exec(t, "postgres", db.DSN,
		`create table tasks (id bigint primary key, stream text, state text, code numeric(10,2), urls text[], files jsonb, started timestamptz, alive boolean, big numeric)`,
		`insert into tasks values (118148, 'stream/1', 'RUN', -22.00, array['http://a/1','http://a/"2",x'], '[{"index": 0, "duration": 14920.5}]', '2023-11-14 22:13:20.123+00', true, 123456789012345678901234567890)`,
		`insert into tasks values (2, null, null, null, null, null, null, null, null)`,
		`create table events (task text, n int)`, `insert into events values ('118148', 1), ('118148', 2)`)
	dsn := "dsn: '" + db.DSN + "'"

	t.Run("shows facts in their types", func(t *testing.T) {
		t.Parallel()
		set := open(t, `
task:
	sql: {driver: postgres, `+dsn+`, query: "select * from tasks where id = $1 and (stream = $2 or stream is null)"}
	facts: {exists: 'row.alive ?? (len(rows) > 0)', phase: row.state, exit_code: row.code, source_urls: row.urls, files: row.files, started_at: row.started, exit_message: string(row.big)}
effects:
	rows: {sql: {driver: postgres, `+dsn+`, query: "select count(*) from events where task = $1"}}
	sum: {sql: {driver: postgres, `+dsn+`, query: "select sum(n) from events where task = $1"}}
`)
		wantFacts(t, set, one, judge.Facts{
			"exists": true, "phase": "RUN", "exit_code": json.Number("-22"), "started_at": json.Number("1700000000123"),
			"source_urls": []any{"http://a/1", `http://a/"2",x`}, "exit_message": "123456789012345678901234567890",
			"files": []any{map[string]any{"index": json.Number("0"), "duration": json.Number("14920.5")}},
		})
		wantEffects(t, set, one, map[string]int{"rows": 2, "sum": 3})
		wantEffects(t, set, observe.Identity{TaskID: "3", StreamID: "x"}, map[string]int{"rows": 0, "sum": 0})
	})
	t.Run("takes NULL and no row for nothing", func(t *testing.T) {
		t.Parallel()
		set := open(t, "task: {sql: {driver: postgres, "+dsn+", query: 'select * from tasks where id = $1'}, facts: {phase: row.state, exit_code: 'rows[0].code', source_urls: row.urls}}")
		wantFacts(t, set, observe.Identity{TaskID: "2"}, nil)
		wantFacts(t, set, observe.Identity{TaskID: "3"}, nil)
	})
	t.Run("is asked in a read-only transaction", func(t *testing.T) {
		t.Parallel()
		set := open(t, "effects: {n: {sql: {driver: postgres, "+dsn+`, query: "with d as (delete from events where task = $1 returning 1) select count(*) from d"}}}`)
		wantError(t, set, one, "in a read-only transaction")
	})
	t.Run("is not waited for beyond the time", func(t *testing.T) {
		t.Parallel()
		set := open(t, "effects: {n: {timeout: 300ms, sql: {driver: postgres, "+dsn+`, query: "select 1 from pg_sleep(600) where $1 <> ''"}}}`)
		wantError(t, set, one, "") // by the server's own limit, or by ours: both are 300ms
	})
	t.Run("cannot send rows without end", func(t *testing.T) {
		t.Parallel()
		set := open(t, "effects: {n: {timeout: 1m, count: len(rows), sql: {driver: postgres, "+dsn+`, query: "select generate_series(1, 1000000000000) where $1 <> ''"}}}`)
		wantError(t, set, one, "more than 1000 rows")
	})
	t.Run("says what is wrong", func(t *testing.T) {
		t.Parallel()
		for query, want := range map[string]string{
			"select stat from tasks where id = $1": `column "stat" does not exist`,
			"select * from task where id = $1":     `relation "task" does not exist`,
		} {
			set := open(t, "effects: {n: {sql: {driver: postgres, "+dsn+", query: '"+query+"'}}}")
			wantError(t, set, one, want)
		}
		noDB := strings.Replace(dsn, "/postgres?", "/nowhere?", 1)
		wantError(t, open(t, "effects: {n: {sql: {driver: postgres, "+noDB+", query: 'select $1'}}}"), one, `database "nowhere" does not exist`)
		withSSL := strings.Replace(dsn, "?sslmode=disable", "?sslmode=require", 1)
		wantError(t, open(t, "effects: {n: {sql: {driver: postgres, "+withSSL+", query: 'select $1'}}}"), one, "add sslmode=disable to the dsn")
	})
}

func TestMySQL(t *testing.T) {
	t.Parallel()
	db := realserver.MySQL(t)
	realserver.Exec(t, "mysql", db.DSN,
		"create table tasks (id varchar(30) primary key, state varchar(9), code decimal(10,0), price decimal(20,10), files json, started datetime(3), alive bit(1), n bigint unsigned)",
		`insert into tasks values ('118148', 'RUN', -22, 0.1234567890, '[{"index": 0}]', '2023-11-14 22:13:20.123', b'1', 18446744073709551615)`,
		"create table events (task varchar(30), n int)", "insert into events values ('118148', 1), ('118148', 2)")
	dsn := "dsn: '" + db.DSN + "'"

	t.Run("shows facts in their types", func(t *testing.T) {
		t.Parallel()
		set := open(t, `
task:
	sql: {driver: mysql, `+dsn+`, query: "select * from tasks where id = ? or ? = ''"}
	facts: {exists: 'row.alive', phase: row.state, exit_code: row.code, started_at: row.started, events: row.n, exit_message: string(row.price)}
effects:
	rows: {sql: {driver: mysql, `+dsn+`, query: "select count(*) from events where task = $1 or $1 = ''"}}
	sum: {sql: {driver: mysql, `+dsn+`, query: "select sum(n) from events where task = $1"}}
`)
		wantFacts(t, set, one, judge.Facts{
			"exists": true, "phase": "RUN", "exit_code": json.Number("-22"), "started_at": json.Number("1700000000123"),
			"events": json.Number("18446744073709551615"), "exit_message": "0.123456789",
		})
		wantFacts(t, set, observe.Identity{TaskID: "3", StreamID: "x"}, nil)
		wantEffects(t, set, one, map[string]int{"rows": 2, "sum": 3})
		wantEffects(t, set, observe.Identity{TaskID: "3"}, map[string]int{"rows": 0, "sum": 0})
	})
	t.Run("is asked in a read-only transaction", func(t *testing.T) {
		t.Parallel()
		set := open(t, "effects: {n: {sql: {driver: mysql, "+dsn+`, query: "select count(*) from events where task = $1 for update"}}}`)
		wantError(t, set, one, "READ ONLY transaction")
	})
	t.Run("is not waited for beyond the time", func(t *testing.T) {
		t.Parallel()
		set := open(t, "effects: {n: {timeout: 300ms, sql: {driver: mysql, "+dsn+`, query: "select count(*) from events a, events b where sleep(600) = 0 and a.task = $1"}}}`)
		wantError(t, set, one, "")
	})
	t.Run("says what is wrong", func(t *testing.T) {
		t.Parallel()
		wantError(t, open(t, "effects: {n: {sql: {driver: mysql, "+dsn+", query: 'select stat from tasks where id = $1'}}}"), one, "Unknown column 'stat'")
	})
}

// Whatever stands where a database should, a look ends, and says so.
func TestDatabasesThatAreNone(t *testing.T) {
	t.Parallel()
	flood := func(t *testing.T) string {
		t.Helper()
		return speak(t, func(c net.Conn) {
			for {
				if _, err := c.Write([]byte(strings.Repeat("HTTP/1.1 400 Bad Request\r\n", 100))); err != nil {
					return
				}
			}
		})
	}
	for _, driver := range []string{"postgres", "mysql"} {
		for name, addr := range map[string]func(*testing.T) string{"nobody": nobody, "silence": silent, "flood": flood} {
			t.Run(driver+" "+name, func(t *testing.T) {
				t.Parallel()
				dsn := fmt.Sprintf("postgres://u@%s/d?sslmode=disable", addr(t))
				if driver == "mysql" {
					dsn = fmt.Sprintf("u@tcp(%s)/d", addr(t))
				}
				set := open(t, "effects: {n: {timeout: 300ms, sql: {driver: "+driver+", dsn: '"+dsn+"', query: select $1}}}")
				wantError(t, set, one, "observe.effects.n (sql, relaycheck.yaml:3:16)")
				wantError(t, set, one, "observe.effects.n") // and the next look, too
			})
		}
	}
}
