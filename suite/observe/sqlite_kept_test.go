package observe

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/suite/target"
)

const anHour = time.Hour // no look of these tests is meant to run into it

// databaseOf makes a SQLite file with one number in it, and keeps it open as a receiver does.
func databaseOf(t *testing.T, path, journal string, n int) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode("+journal+")&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, do := range []string{"create table numbers (n int)", "insert into numbers values (?)"} {
		if _, err := db.ExecContext(t.Context(), do, n); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func sqliteSource(t testing.TB, path, options string) *sqlSource {
	t.Helper()
	query := target.Query{Text: "select n from numbers"}
	s, err := openSQL(&target.SQL{Driver: target.SQLite, DSN: "file:" + path + options, Query: query}, anHour)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return s
}

func numberAt(t *testing.T, s *sqlSource) int {
	t.Helper()
	v, err := s.look(t.Context(), Identity{TaskID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	n, err := v.number()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASQLiteConnectionIsKeptFromLookToLook(t *testing.T) {
	t.Parallel()
	for _, journal := range []string{"delete", "wal"} {
		t.Run(journal, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "receiver.db")
			db := databaseOf(t, path, journal, 1)
			s := sqliteSource(t, path, "")
			s.db.SetConnMaxIdleTime(0) // however slow this machine is
			for i := range 3 {
				if _, err := db.ExecContext(t.Context(), "update numbers set n = ?", i); err != nil {
					t.Fatal(err)
				}
				if got := numberAt(t, s); got != i {
					t.Fatalf("the look shows %d, the receiver has written %d", got, i)
				}
				if stats := s.db.Stats(); stats.OpenConnections != 1 {
					t.Errorf("look %d left %d connections open, want the one that it used", i, stats.OpenConnections)
				}
			}
		})
	}
}

// A receiver may make its database anew on each start: whatever way it does that, the next look sees the new one.
func TestASQLiteFileThatIsReplacedIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]func(t *testing.T, path, journal string){
		"deleted, and made anew": func(t *testing.T, path, journal string) {
			t.Helper()
			for _, end := range []string{"", "-wal", "-shm"} {
				if err := os.Remove(path + end); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			databaseOf(t, path, journal, 2)
		},
		"another moved to its place": func(t *testing.T, path, journal string) {
			t.Helper()
			other := filepath.Join(filepath.Dir(path), "other.db")
			if err := databaseOf(t, other, "delete", 2).Close(); err != nil {
				t.Fatal(err)
			}
			for _, end := range []string{"-wal", "-shm"} {
				_ = os.Remove(path + end)
			}
			if err := os.Rename(other, path); err != nil {
				t.Fatal(err)
			}
		},
		"emptied by the receiver itself": func(t *testing.T, path, journal string) {
			t.Helper()
			db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			for _, do := range []string{"drop table numbers", "create table numbers (n int)", "insert into numbers values (2)"} {
				if _, err := db.ExecContext(t.Context(), do); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		for _, journal := range []string{"delete", "wal"} {
			t.Run(name+", "+journal, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "receiver.db")
				db := databaseOf(t, path, journal, 1)
				s := sqliteSource(t, path, "")
				if got := numberAt(t, s); got != 1 {
					t.Fatalf("the look shows %d, want 1", got)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				replace(t, path, journal)
				if got := numberAt(t, s); got != 2 {
					t.Errorf("the look shows %d, which stood in the file before", got)
				}
			})
		}
	}
}

// A DSN that makes SQLite blind for other writers gets a connection for each look.
func TestASQLiteConnectionIsNotKeptWhereItWouldNotSee(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"?immutable=1", "?cache=shared"} {
		path := filepath.Join(t.TempDir(), "receiver.db")
		db := databaseOf(t, path, "delete", 1)
		s := sqliteSource(t, path, options)
		for i := range 2 {
			if _, err := db.ExecContext(t.Context(), "update numbers set n = ?", i); err != nil {
				t.Fatal(err)
			}
			if got := numberAt(t, s); got != i {
				t.Errorf("%s: the look shows %d, the receiver has written %d", options, got, i)
			}
		}
	}
}

func BenchmarkSQLiteLook(b *testing.B) {
	path := filepath.Join(b.TempDir(), "receiver.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(b.Context(), "create table numbers (n int); insert into numbers values (1)"); err != nil {
		b.Fatal(err)
	}
	s := sqliteSource(b, path, "")
	for b.Loop() {
		if _, err := s.look(b.Context(), Identity{TaskID: "1"}); err != nil {
			b.Fatal(err)
		}
	}
}
