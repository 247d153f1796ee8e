package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"

	"github.com/lib/pq"
)

//go:embed schema.sql
var schema string

// A store keeps callbacks, and what follows from them, in PostgreSQL.
type store struct{ db *sql.DB }

func openStore(ctx context.Context, url string) (*store, error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(16) // all tasks of an account may report at once: the others wait their turn
	db.SetMaxIdleConns(16)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		_ = db.Close()
		return nil, err
	}
	return &store{db}, nil
}

func (s *store) close() { _ = s.db.Close() }

// add keeps an event and all that follows from it, or nothing of it. A copy of a known event changes nothing, also if
// both come at the same moment: the second waits at the unique key until the first is committed.
func (s *store) add(ctx context.Context, e *event) (known bool, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // nothing, once it is committed
	id, err := owner(ctx, tx, e)
	if err != nil {
		return false, err
	}
	kept, err := tx.ExecContext(ctx, `insert into callbacks (identity, task_id, event, msg) values ($1, $2, $3, $4)
		on conflict do nothing`, e.identity, id, e.Name, e.Msg)
	if err != nil {
		return false, err
	}
	if n, err := kept.RowsAffected(); err != nil || n == 0 {
		return true, err
	}
	if id != "" {
		if err := follow(ctx, tx, id, e); err != nil {
			return false, err
		}
	}
	return false, tx.Commit()
}

// owner is the id of the task that an event belongs to. A TaskExit without ids is the task's that has its sources, if
// no other task has them; otherwise it is nobody's.
func owner(ctx context.Context, tx *sql.Tx, e *event) (string, error) {
	if e.TaskID != "" || e.Name != "TaskExit" || len(e.sources) == 0 {
		return e.TaskID, nil
	}
	var id string
	err := tx.QueryRowContext(ctx, `select min(task_id) from relays where source_urls = $1
		having count(*) = 1`, pq.Array(e.sources)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// follow does what follows from a new event.
func follow(ctx context.Context, tx *sql.Tx, id string, e *event) error {
	t, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	t.apply(e)
	if err := t.save(ctx, tx); err != nil {
		return err
	}
	switch e.Name {
	case "VodSourceFileStart", "VodSourceFileFinish":
		// A start that comes after the finish does not undo it.
		_, err = tx.ExecContext(ctx, `insert into files as f (task_id, place, url, seconds, finished) values ($1, $2, $3, $4, $5)
			on conflict (task_id, place, md5(url)) do update set
				seconds = greatest(excluded.seconds, f.seconds), finished = f.finished or excluded.finished`,
			id, e.place, e.url, e.seconds, e.Name == "VodSourceFileFinish")
	case "TaskStart", "TaskExit", "TaskAlarm":
		_, err = tx.ExecContext(ctx, `insert into notices (cause, task_id, text) values ($1, $2, $3)`,
			e.identity, id, fmt.Sprintf("%s of task %s: %s %s", e.Name, id, e.code, e.message))
	}
	return err
}

// lock returns the task, and makes the other events of the task wait until the transaction is over.
func lock(ctx context.Context, tx *sql.Tx, id string) (*relayTask, error) {
	if _, err := tx.ExecContext(ctx, `insert into relays (task_id) values ($1) on conflict do nothing`, id); err != nil {
		return nil, err
	}
	t := &relayTask{id: id}
	return t, tx.QueryRowContext(ctx, `select state, turned_at, stream_id, to_url, source_urls, started_at, stopped_at,
		exit_code, exit_message from relays where task_id = $1 for update`, id).Scan(
		&t.state, &t.turnedAt, &t.streamID, &t.toURL, pq.Array(&t.sources), &t.startedAt, &t.stoppedAt, &t.exitCode, &t.exitMessage)
}

func (t *relayTask) save(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `update relays set state = $2, turned_at = $3, stream_id = $4, to_url = $5, source_urls = $6,
		started_at = $7, stopped_at = $8, exit_code = $9, exit_message = $10 where task_id = $1`,
		t.id, t.state, t.turnedAt, t.streamID, t.toURL, pq.Array(t.sources), t.startedAt, t.stoppedAt, t.exitCode, t.exitMessage)
	return err
}
