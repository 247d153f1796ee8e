package sequence

import "slices"

// Callbacks with the same stamp of arrival came in an order that nothing tells: many logs stamp whole seconds, and the lines of
// two receivers are in two files. Where the place in the capture would speak against the documented order, and another
// order of the callbacks of that moment would not, the other one is taken.

// maxTied is how many callbacks of a task with one stamp are put in order. So many are no coincidence of a second but stamps that
// tell nothing, and the place in the capture does.
const maxTied = 64

// arrive is the next event of a life by its stamp.
func (l *life) arrive(e *event) {
	if len(l.tied) > 0 && l.tied[0].arrival != e.arrival {
		l.untie()
	}
	if l.tied = append(l.tied, *e); len(l.tied) < maxTied {
		return
	}
	for i := range l.tied {
		l.take(&l.tied[i])
	}
	l.tied = l.tied[:0]
}

// untie takes the events that have one stamp.
func (l *life) untie() {
	restart := l.tied.has(kindTaskStart)
	began := restart && l.tied.has(kindFileStart)
	for len(l.tied) > 0 {
		l.measuring = l.measuring && !began // from which start, and to which file, is not told
		i := l.next()
		e := l.tied[i]
		l.tied = slices.Delete(l.tied, i, i+1)
		e.guessed = e.guessed || restart // the start may have come behind this exit
		l.take(&e)
	}
	l.measuring = l.measuring && !began
}

// next is the first of the tied events, by their places, that may come next; if none may, an exit comes last.
func (l *life) next() int {
	begun := l.begun || !l.tied.has(kindTaskStart)
	over := l.exited && !l.guessed
	for i := range l.tied {
		may := true
		switch e := &l.tied[i]; e.kind {
		case kindTaskExit:
			may = begun && !l.tied[:i].files() && !l.tied[i+1:].files()
		case kindFileStart:
			may = begun && !over
		case kindFileFinish:
			f := l.file(e)
			may = begun && !over && f != nil && f.started
		case kindTaskStart, kindOther: // whenever they like
		}
		if may {
			return i
		}
	}
	return max(0, slices.IndexFunc(l.tied, func(e event) bool { return e.kind != kindTaskExit }))
}

// A tie is events of a task with one stamp, by their places.
type tie []event

func (t tie) has(k kind) bool {
	return slices.ContainsFunc(t, func(e event) bool { return e.kind == k })
}

// files reports whether a file's event comes before the next start.
func (t tie) files() bool {
	for i := range t {
		switch t[i].kind {
		case kindTaskStart:
			return false
		case kindFileStart, kindFileFinish:
			return true
		case kindTaskExit, kindOther: // not the end of it
		}
	}
	return false
}
