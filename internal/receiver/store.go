package receiver

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// layout is all that is kept: one row per distinct callback, never changed. The unique identity makes storing a
// callback twice impossible, also at the same moment and after a restart.
const layout = `
create table if not exists events (
	seq            integer primary key, -- order of arrival
	identity       text    not null unique,
	task_id        text    not null,    -- '' where the callback has none
	callback_event text    not null,
	appid          integer not null,
	stream_id      text    not null,
	to_url         text    not null,
	source_urls    text    not null,    -- JSON array
	sources_key    blob,                -- digest of source_urls, null where the list is empty
	event_time     text    not null,
	msg            text    not null,    -- JSON object
	detail         text    not null,    -- JSON object: the documented members of msg, as they were read
	arrived        integer not null     -- Unix time in ms
) strict;
create index if not exists events_by_task on events (task_id);
create index if not exists events_by_sources on events (sources_key);`

const insertEvent = `
insert into events (identity, task_id, callback_event, appid, stream_id, to_url, source_urls, sources_key, event_time, msg, detail, arrived)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (identity) do nothing`

// eventsOfTask selects what bears the task's id, and the TaskExits without id that can only be meant for it: those
// whose source_urls (and stream_id, if they have one) are those of this task and of no other. It is asked anew each
// time, so it makes no difference whether such an exit came before or after the events that tell whose it is.
const eventsOfTask = `
select callback_event, appid, task_id, stream_id, to_url, source_urls, event_time, msg, detail, arrived
from events e
where task_id = ?1 and ?1 <> ''
   or task_id = '' and callback_event = 'TaskExit' and ?1 <> ''
  and sources_key in (select sources_key from events where task_id = ?1)
  and (stream_id = '' or stream_id in (select stream_id from events where task_id = ?1))
  and 1 = (select count(distinct task_id) from events o where o.sources_key = e.sources_key and o.task_id <> '')
order by seq`

// openLimit bounds the time that opening a store may take: another process may hold its file.
const openLimit = 10 * time.Second

// A store keeps events in SQLite.
type store struct {
	write *sql.DB // one connection: SQLite has one writer at a time
	read  *sql.DB // the same as write where the events are in memory
	add   *sql.Stmt
	list  *sql.Stmt
}

// openStore opens the store of a DSN (see Config) and lays it out if it is new.
//
// A file is in WAL mode, so that readers never wait for the writer, and synchronous=NORMAL: a commit is in the hands of the
// operating system before the callback is answered, and so survives the death of this process at any moment. To
// survive that of the whole machine it would have to wait for the disk with each callback.
func openStore(dsn string) (*store, error) {
	source, inMemory, err := dataSource(dsn)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), openLimit)
	defer cancel()
	s := &store{}
	fail := func(err error) (*store, error) {
		return nil, errors.Join(fmt.Errorf("open store %q: %w", dsn, err), s.close())
	}
	if s.write, err = sql.Open("sqlite", source); err != nil {
		return fail(err)
	}
	s.write.SetMaxOpenConns(1) // in memory each connection would be a database of its own
	if _, err := s.write.ExecContext(ctx, layout); err != nil {
		return fail(err)
	}
	s.read = s.write
	if !inMemory {
		if s.read, err = sql.Open("sqlite", source); err != nil {
			return fail(err)
		}
		s.read.SetMaxOpenConns(4) // looks are short; more would only cost memory
	}
	if s.add, err = s.write.PrepareContext(ctx, insertEvent); err != nil {
		return fail(err)
	}
	if s.list, err = s.read.PrepareContext(ctx, eventsOfTask); err != nil {
		return fail(err)
	}
	return s, nil
}

// dataSource turns a DSN into the driver's own.
func dataSource(dsn string) (source string, inMemory bool, err error) {
	if dsn == "" || dsn == ":memory:" {
		return "file::memory:", true, nil
	}
	path, err := filepath.Abs(strings.TrimPrefix(dsn, "file:"))
	if err != nil {
		return "", false, fmt.Errorf("find store %q: %w", dsn, err)
	}
	// busy_timeout (ms) covers a second process that looks at the file.
	query := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String(), false, nil
}

// close releases what was opened; it may have been opened in part.
func (s *store) close() error {
	var errs []error
	for _, st := range []*sql.Stmt{s.add, s.list} {
		if st != nil {
			errs = append(errs, st.Close())
		}
	}
	if s.read != nil && s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	return errors.Join(errs...)
}

func (s *store) ping(ctx context.Context) error {
	return s.read.PingContext(ctx)
}

// insert stores an event and says whether it was new.
func (s *store) insert(ctx context.Context, identity string, arrived time.Time, e event) (bool, error) {
	sources, err := json.Marshal(e.Sources)
	if err != nil {
		return false, fmt.Errorf("write source_urls: %w", err)
	}
	var key []byte
	if len(e.Sources) > 0 {
		sum := sha256.Sum256(sources)
		key = sum[:]
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return false, fmt.Errorf("write detail: %w", err)
	}
	res, err := s.add.ExecContext(ctx, identity, e.TaskID, e.Name, e.AppID, e.StreamID, e.ToURL, string(sources), key,
		e.EventTime, e.Msg, string(detail), arrived.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("insert event: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// load gives the events of a task in the order of their arrival; none if the task is unknown.
func (s *store) load(ctx context.Context, taskID string) ([]event, error) {
	rows, err := s.list.QueryContext(ctx, taskID)
	if err != nil {
		return nil, fmt.Errorf("select events of task %q: %w", taskID, err)
	}
	return scanEvents(rows)
}

// scanEvents reads rows with the columns of eventsOfTask, and closes them.
func scanEvents(rows *sql.Rows) (events []event, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var e event
		var sources, detail string
		var arrived int64
		if err := rows.Scan(&e.Name, &e.AppID, &e.TaskID, &e.StreamID, &e.ToURL, &sources, &e.EventTime, &e.Msg, &detail, &arrived); err != nil {
			return nil, fmt.Errorf("read event: %w", err)
		}
		if err := json.Unmarshal([]byte(sources), &e.Sources); err != nil {
			return nil, fmt.Errorf("read source_urls: %w", err)
		}
		if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
			return nil, fmt.Errorf("read detail: %w", err)
		}
		e.Arrived = time.UnixMilli(arrived)
		events = append(events, e)
	}
	return events, rows.Err()
}
