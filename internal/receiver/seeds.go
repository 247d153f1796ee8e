package receiver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// This file is the vocabulary of the seeded bugs: the ways of being wrong that several of them share. Nothing of it
// is used by the reference.

// answering answers some events with a status and does not keep them. Status 200 is the worst: the event is lost.
func answering(status int, match func(e event) bool) func(r *Receiver) {
	return func(r *Receiver) {
		keep := r.keep
		r.keep = func(ctx context.Context, e event) error {
			if !match(e) {
				return keep(ctx, e)
			}
			return outcome(status, "%s is not taken", e.Name)
		}
	}
}

// answeringInView is answering for those who look at what is known of the task first.
func answeringInView(status int, match func(r *Receiver, known []event, e event) bool) func(r *Receiver) {
	return func(r *Receiver) {
		keep := r.keep
		r.keep = func(ctx context.Context, e event) error {
			known, err := r.load(ctx, e.TaskID)
			if err != nil {
				return err
			}
			if !match(r, known, e) {
				return keep(ctx, e)
			}
			return outcome(status, "%s does not fit the task", e.Name)
		}
	}
}

// answeringOuter answers relay callbacks by their outer members, before they are read any further.
func answeringOuter(status int, match func(outer members) bool) func(r *Receiver) {
	return func(r *Receiver) {
		verify := r.verify
		r.verify = func(outer members) error {
			if match(outer) {
				return refuse(status, "the envelope is not as it was expected")
			}
			return verify(outer)
		}
	}
}

// answeringBody answers by the bytes of the body.
func answeringBody(status int, match func(body []byte) bool) func(r *Receiver) {
	return func(r *Receiver) {
		parse := r.parse
		r.parse = func(body []byte) (members, error) {
			if match(body) {
				return nil, refuse(status, "the body is not as it was expected")
			}
			return parse(body)
		}
	}
}

// answeringHead answers by the head of the request.
func answeringHead(status int, match func(req *http.Request) bool) func(r *Receiver) {
	return func(r *Receiver) {
		admit := r.admit
		r.admit = func(req *http.Request) error {
			if match(req) {
				return refuse(status, "the request is not as it was expected")
			}
			return admit(req)
		}
	}
}

// outcome is success for 200, else a refusal; also with a status that is no refusal at all.
func outcome(status int, format string, args ...any) error {
	if status == http.StatusOK {
		return nil
	}
	return refuse(status, format, args...)
}

// changing alters events before they are kept.
func changing(change func(e *event)) func(r *Receiver) {
	return func(r *Receiver) {
		read := r.event
		r.event = func(outer members) (event, error) {
			e, err := read(outer)
			if err == nil {
				change(&e)
			}
			return e, err
		}
	}
}

// forgetting lets a task be worked out from fewer or other events than were kept. now is the receiver's clock.
func forgetting(change func(events []event, now time.Time) []event) func(r *Receiver) {
	return func(r *Receiver) {
		derive := r.derive
		r.derive = func(events []event) facts { return derive(change(events, r.cfg.Now())) }
	}
}

// concluding changes what was worked out. It is not asked where nothing is known of the task.
func concluding(change func(events []event, f facts) facts) func(r *Receiver) {
	return func(r *Receiver) {
		derive := r.derive
		r.derive = func(events []event) facts {
			f := derive(events)
			if !f.Exists {
				return f
			}
			return change(events, f)
		}
	}
}

// named matches events by their name.
func named(names ...string) func(e event) bool {
	return func(e event) bool { return slices.Contains(names, e.Name) }
}

// documented says whether an event is one of the four whose payload is documented.
func documented(e event) bool {
	return named(taskStart, taskExit, fileStart, fileFinish)(e)
}

// first gives the first event that matches.
func first(events []event, match func(e event) bool) (event, bool) {
	if i := slices.IndexFunc(events, match); i >= 0 {
		return events[i], true
	}
	return event{}, false
}

// pause waits, but not for a sender that has gone.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// hangUp closes the connection without an answer, as a process does that dies.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(crash) // HTTP/2 or a test's recorder: nothing comes closer
		return
	}
	_ = conn.Close()
}

// crash is the status of a callback that shall have no answer; see hangingUp. Nothing else here answers so.
const crash = http.StatusBadGateway

// crashing drops the connection of a callback that matches; the process lives on.
func crashing(match func(e event) bool) func(r *Receiver) {
	return func(r *Receiver) {
		answering(crash, match)(r)
		hangingUp(r)
	}
}

// hangingUp drops the connection where the answer would be a crash.
func hangingUp(r *Receiver) {
	answer := r.answer
	r.answer = func(w http.ResponseWriter, req *http.Request, outcome error) {
		if refusedWith(outcome, crash) {
			hangUp(w)
			return
		}
		answer(w, req, outcome)
	}
}

// refusedWith says whether an outcome is a refusal with a status.
func refusedWith(outcome error, status int) bool {
	var refused *refusal
	return errors.As(outcome, &refused) && refused.status == status
}

// salted makes an identity that nothing else has.
func salted(identity string, n *atomic.Int64) string {
	return fmt.Sprintf("%s#%d", identity, n.Add(1))
}

// The ways in which the bugs look for tasks.
const (
	tasksWithEvent  = "select distinct task_id from events where task_id <> '' and callback_event = ?"
	tasksOnStream   = "select distinct task_id from events where task_id <> '' and stream_id = ?"
	tasksPlaying    = "select distinct task_id from events where task_id <> '' and json_extract(detail, '$.url') = ?"
	tasksPulledFrom = "select distinct task_id from events where task_id <> '' and substr(json_extract(source_urls, '$[0]'), 1, ?2) = ?1"
)

// tasks gives the ids that one of the queries above finds.
func (r *Receiver) tasks(ctx context.Context, query string, args ...any) (ids []string, err error) {
	rows, err := r.store.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("look for tasks: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("look for tasks: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// turnStream lets something happen to every task that pushes to a stream, on no word of CSS.
func (r *Receiver) turnStream(ctx context.Context, streamID, name string) error {
	if streamID == "" {
		return nil
	}
	ids, err := r.tasks(ctx, tasksOnStream, streamID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.turnTask(ctx, id, name); err != nil {
			return err
		}
	}
	return nil
}

// turnTask lets something happen to a task now, on no word of CSS.
func (r *Receiver) turnTask(ctx context.Context, taskID, name string) error {
	now := r.cfg.Now().UnixMilli()
	e := event{Name: name, TaskID: taskID, Msg: "{}"}
	if name == taskStart {
		e.Detail.StartedAt = &now
	} else {
		e.Detail.ExitedAt = &now
	}
	return r.keepAs(ctx, fmt.Sprintf("%s %s %d", name, taskID, now), e)
}
