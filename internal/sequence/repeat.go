package sequence

import "fmt"

// repeated finds the callback before that has the same bytes, and whether this is a repetition of it: no new event. With an
// event_time the bytes decide, and those of an exit with its task_exit_time. Without, the callbacks of the next loop, or of the
// next start, have the same bytes as those before, and it depends on what has happened since.
func (l *life) repeated(e *event) (s *seen, again bool) {
	s = l.known(e.digest)
	if s == nil || e.at != 0 || e.kind == kindTaskExit && e.told != 0 {
		return s, s != nil
	}
	over := l.exited && !l.guessed // no loop goes on
	switch e.kind {
	case kindTaskStart:
		again = l.started && !l.exited
	case kindTaskExit:
		again = l.exited
	case kindFileStart:
		f := l.file(e)
		again = f != nil && (f.open || over)
	case kindFileFinish:
		f := l.file(e)
		again = f != nil && (!f.open || over)
	case kindOther: // no order is documented that could tell
	}
	return s, again
}

func (l *life) known(digest uint64) *seen {
	if i, ok := l.bySeen.find(digest, len(l.seen), func(i int) uint64 { return l.seen[i].digest }); ok {
		return &l.seen[i]
	}
	if i, ok := l.byOlder.find(digest, len(l.older), func(i int) uint64 { return l.older[i].digest }); ok {
		return &l.older[i]
	}
	return nil
}

// remember keeps a callback for repetitions to be recognised; s is what has its bytes already, if anything has.
func (l *life) remember(e *event, s *seen) {
	if s != nil {
		s.place, s.last, s.copies = e.place, e.place, 0
		return
	}
	if len(l.seen) >= maxSeen {
		l.older, l.byOlder = l.seen, l.bySeen
		l.seen, l.bySeen = nil, nil
	}
	l.seen = append(l.seen, seen{digest: e.digest, place: e.place, last: e.place})
	l.bySeen.grow(len(l.seen), func(i int) uint64 { return l.seen[i].digest })
}

// repetition tells of a callback that came before, and measures how long after.
func (l *life) repetition(e *event, s *seen) {
	after, measured := e.since(s.last)
	s.last = e.place
	s.copies++
	l.res.retries.add(after, measured, s.copies)
	l.res.duplicates++
	l.find(e, CodeDuplicate, &s.place, func() string {
		if measured {
			return fmt.Sprintf("the same bytes as a callback before, %s after it came last", after)
		}
		return "the same bytes as a callback before"
	})
	if s.copies == familyRetries+1 {
		l.find(e, CodeManyRetries, &s.place, func() string {
			return fmt.Sprintf("the %dth repetition of the same callback; others of the family are sent again %d times at most", s.copies, familyRetries)
		})
	}
}
