package target

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()
	ids := []Template{{[]part{{name: taskID}}}, {[]part{{name: streamID}}}}
	tests := []struct {
		name, driver, in, want string
		args                   []string
	}{
		{"one parameter", Postgres, "select 1 from t where id = $1", "select 1 from t where id = $1", []string{"{{task_id}}"}},
		{"twice the same", Postgres, "select $1 where $1 > $2", "select $1 where $1 > $2", []string{"{{task_id}}", "{{stream_id}}"}},
		{"the second alone", Postgres, "select $2", "select $1", []string{"{{stream_id}}"}},
		{"mysql has question marks", MySQL, "select $2, $1, $1", "select ?, ?, ?", []string{"{{stream_id}}", "{{task_id}}", "{{task_id}}"}},
		{"and takes them", MySQL, "select ?, ?", "select ?, ?", []string{"{{task_id}}", "{{stream_id}}"}},
		{"so does sqlite", SQLite, "select ?", "select ?", []string{"{{task_id}}"}},
		{"postgres has a question mark operator", Postgres, "select a ? 'x' from t where $1 = id", "select a ? 'x' from t where $1 = id", []string{"{{task_id}}"}},
		{"a text is no parameter", SQLite, "select '$1 ?' || \"?\" || $1", "select '$1 ?' || \"?\" || ?", []string{"{{task_id}}"}},
		{"nor after a doubled quote", SQLite, "select 'it''s $1', $1", "select 'it''s $1', ?", []string{"{{task_id}}"}},
		{"nor after a backslash", MySQL, `select 'it\'s ?', ?`, `select 'it\'s ?', ?`, []string{"{{task_id}}"}},
		{"a backslash is nothing in plain SQL", Postgres, `select 'a\', $1`, `select 'a\', $1`, []string{"{{task_id}}"}},
		{"but in E-texts it is", Postgres, `select E'a\' $2', $1`, `select E'a\' $2', $1`, []string{"{{task_id}}"}},
		{"a comment", Postgres, "select -- $2 ;\n $1 /* $2 /* nested */ ; */", "select -- $2 ;\n $1 /* $2 /* nested */ ; */", []string{"{{task_id}}"}},
		{"a mysql comment", MySQL, "select # ?\n ?", "select # ?\n ?", []string{"{{task_id}}"}},
		{"dollar quotes", Postgres, "select $q$ $2 ; $q$, $1", "select $q$ $2 ; $q$, $1", []string{"{{task_id}}"}},
		{"a cast", Postgres, "select $1::bigint", "select $1::bigint", []string{"{{task_id}}"}},
		{"a semicolon at the end", Postgres, "select $1 ; -- done\n", "select $1  -- done", []string{"{{task_id}}"}},
		{"an array", Postgres, "select '{{1,2},{3,4}}'::int[], $1", "select '{{1,2},{3,4}}'::int[], $1", []string{"{{task_id}}"}},
		{"a name with a dollar", Postgres, "select a$1 from t where $1", "select a$1 from t where $1", []string{"{{task_id}}"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q, err := parseQuery(tt.driver, tt.in, ids)
			if err != nil {
				t.Fatal(err)
			}
			var args []string
			for _, a := range q.Args {
				args = append(args, a.String())
			}
			if q.Text != tt.want {
				t.Errorf("got %s", q.Text)
			}
			if diff := cmp.Diff(tt.args, args); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseQueryRefuses(t *testing.T) {
	t.Parallel()
	ids := []Template{{[]part{{name: taskID}}}, {[]part{{name: streamID}}}}
	tests := []struct{ name, driver, in, want string }{
		{"a second statement", Postgres, "select $1; drop table t", "there is a second statement"},
		{"an id in a text", Postgres, "select '{{ task_id }}'", "{{ task_id }} may not stand in a query"},
		{"an id in the open", MySQL, "select {{stream_id}}", "{{stream_id}} may not stand"},
		{"a third parameter", Postgres, "select $3", "there is no parameter 3: 2 are bound"},
		{"a parameter nought", Postgres, "select $0", "there is no parameter 0"},
		{"a third question mark", MySQL, "select ?, ?, ?", "there is no parameter 3"},
		{"both kinds", SQLite, "select ?, $1", "? and $1 stand in one query"},
		{"a text without its end", SQLite, "select 'a", "' without its end"},
		{"a comment without its end", SQLite, "select $1 /* a", "/* without its end"},
		{"nothing", SQLite, " -- a\n", "the query is empty"},
		{"a statement that writes", SQLite, "/* x */ UPDATE t SET a = $1", "begins with UPDATE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := parseQuery(tt.driver, tt.in, ids); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCheckDSN(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, driver, in, want, fails string }{
		{"a URL", Postgres, "postgres://a:b@h/d?sslmode=disable", "postgres://a:b@h/d?sslmode=disable", ""},
		{"keys and values", Postgres, "host=h user=a", "host=h user=a", ""},
		{"a URL that is none", Postgres, "postgres://a:b%zz@h", "", "percent-encoding of the password"},
		{"the driver's own", MySQL, "a:b@tcp(h:1)/d", "a:b@tcp(h:1)/d", ""},
		{"a mysql URL", MySQL, "mysql://a:b@h/d?parseTime=true", "a:b@tcp(h:3306)/d?parseTime=true", ""},
		{"neither", MySQL, "a:b@h/d", "", "write user:password@tcp(host:3306)/database"},
		{"an absolute file", SQLite, "file:/a/b.db?cache=private", "file:/a/b.db?cache=private", ""},
		{"three slashes", SQLite, "file:///a/b.db", "file:/a/b.db", ""},
		{"a relative file", SQLite, "file:b c.db", "file:/dir/b%20c.db", ""},
		{"a bare path", SQLite, "./x/../b.db", "file:/dir/b.db", ""},
		{"a database in memory", SQLite, "file::memory:", "", "in memory"},
		{"another in memory", SQLite, "file:x?mode=memory", "", "in memory"},
		{"nothing", SQLite, "", "", "the dsn is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := checkDSN(tt.driver, tt.in, "/dir")
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || strings.Contains(err.Error(), "a:b") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}
