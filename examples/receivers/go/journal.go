package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
)

// A journal keeps the events, once each: in a file, and in memory to be looked at. One goroutine owns the file; it
// writes all that wait and syncs once for them together.
type journal struct {
	file  *os.File
	size  int64 // up to the last whole line
	queue chan *entry
	stop  chan struct{} // closed: write what waits and end
	done  chan struct{} // closed: nothing is written any more

	mu     sync.RWMutex
	seen   map[string]bool
	tasks  map[string][]*event
	orphan []*event // without task_id
}

type entry struct {
	event *event
	line  []byte
	kept  chan error
}

func openJournal(path string) (*journal, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	j := &journal{queue: make(chan *entry, 256), stop: make(chan struct{}), done: make(chan struct{}), seen: map[string]bool{}, tasks: map[string][]*event{}}
	// A line without an end was not answered: the process was killed while it wrote.
	j.size = int64(bytes.LastIndexByte(text, '\n') + 1)
	for n, line := range bytes.Split(text[:j.size], []byte("\n")) {
		var e event
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n+1, err)
		}
		j.remember(&e)
	}
	j.file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return nil, err
	}
	go j.write()
	return j, nil
}

// close writes what waits.
func (j *journal) close() {
	close(j.stop)
	<-j.done
	_ = j.file.Close()
}

// add returns when the event is on the disk. A copy of one that is there already changes nothing.
func (j *journal) add(ctx context.Context, e *event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	en := &entry{event: e, line: append(line, '\n'), kept: make(chan error, 1)}
	select {
	case j.queue <- en:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-en.kept:
		return err
	case <-j.done:
		return errors.New("the journal is closed")
	}
}

func (j *journal) write() {
	defer close(j.done)
	for {
		var batch []*entry
		select {
		case first := <-j.queue:
			batch = append(batch, first)
		case <-j.stop:
			if len(j.queue) == 0 {
				return
			}
		}
		for len(j.queue) > 0 {
			batch = append(batch, <-j.queue)
		}
		err := j.append(batch)
		for _, en := range batch {
			if err == nil {
				j.remember(en.event)
			}
			en.kept <- err
		}
	}
}

// append puts the new ones of a batch behind the last whole line.
func (j *journal) append(batch []*entry) error {
	var text []byte
	fresh := map[string]bool{}
	for _, en := range batch {
		if key := en.event.Key; !j.seen[key] && !fresh[key] { // only write and its callees change seen
			fresh[key] = true
			text = append(text, en.line...)
		}
	}
	if len(text) == 0 {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	if _, err := j.file.WriteAt(text, j.size); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	j.size += int64(len(text))
	return nil
}

func (j *journal) remember(e *event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.seen[e.Key]:
	case e.TaskID == "":
		j.orphan = append(j.orphan, e)
	default:
		j.tasks[e.TaskID] = append(j.tasks[e.TaskID], e)
	}
	j.seen[e.Key] = true
}
