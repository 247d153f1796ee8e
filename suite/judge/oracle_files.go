package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/schema"
)

// A wantedFile is one file of a task, as its events tell it. A file is its place in the list and its URL together:
// one URL may stand at two places.
type wantedFile struct {
	index, url   any
	required     bool // an acknowledged event told of it
	mayBeOpen    bool // finished may be false
	mayBeDone    bool // finished may be true
	mayRepeat    bool // the list was looped: a receiver may keep an entry for each time
	durations    []any
	anyDuration  bool // an event told none, or no number
	starts       int  // distinct events of the plan, acknowledged or not
	finishes     int
	sureFinishes int
	lastStart    int // place in the plan of the newest start, and of the newest finish; -1 is none
	lastFinish   int
}

// files gathers what the file events tell, in the order of the plan; not empty free says why nothing is asked.
func (a *account) files() (list []*wantedFile, why string) {
	byKey := map[string]*wantedFile{}
	a.each(func(t *told, c callback) {
		if !c.isFile() || why != "" {
			return
		}
		index, url := c.msg["index"], c.msg["url"]
		u, isText := url.(string)
		_, isNumber := number(index)
		switch {
		case !isText || !isNumber:
			why = t.event.ID + " does not say which file it tells of"
			return
		case c.garbled:
			why = "what a receiver makes of NUL and of bytes that are no UTF-8 is its own affair"
			return
		case !slices.Contains(c.sources, u) && !slices.Contains(a.task.SourceURLs, u):
			// As in the documented VodSourceFileStart sample, whose msg.url has another host than its source_urls.
			why = fmt.Sprintf("%s tells of a URL that is none of source_urls; whether it is listed is the receiver's affair", t.event.ID)
			return
		}
		n, _ := whole(index)
		key := compact([]any{n, u})
		f := byKey[key]
		if f == nil {
			f = &wantedFile{index: index, url: url, lastStart: -1, lastFinish: -1}
			byKey[key] = f
			list = append(list, f)
		}
		f.add(t, c)
	})
	if why == "" && len(list) > 0 && !a.established() {
		why = list[0].describe() + " may be listed or not, as long as no TaskStart was acknowledged"
	}
	for _, f := range list {
		f.settle(a)
	}
	return list, why
}

func (f *wantedFile) add(t *told, c callback) {
	f.required = f.required || t.sure
	if _, isNumber := number(c.msg["duration"]); isNumber {
		f.durations = append(f.durations, c.msg["duration"])
	} else {
		f.anyDuration = true
	}
	if c.kind == schema.VodSourceFileFinish {
		f.finishes++
		f.lastFinish = max(f.lastFinish, t.order)
		if t.sure {
			f.sureFinishes++
		}
		return
	}
	f.starts++
	f.lastStart = max(f.lastStart, t.order)
}

// settle decides what finished may be. The finished files are a set: once a finish was told, a start that arrives
// late does not undo it. Where the plan lets a file begin more than once, or begin after it was finished, "is it
// finished now" and "was it ever" are both sensible questions, unless event_time proves that a finish came last.
func (f *wantedFile) settle(a *account) {
	again := f.starts > 1 || f.lastStart > f.lastFinish
	f.mayBeDone = f.finishes > 0
	f.mayBeOpen = f.sureFinishes == 0 || (again && !a.finishedLast(f))
	f.mayRepeat = f.starts > 1 || f.finishes > 1
}

// finishedLast says whether the event times prove that the newest event of a file is a finish that was acknowledged.
func (a *account) finishedLast(f *wantedFile) bool {
	var lastStart, lastFinish int64
	proven := true
	a.each(func(t *told, c callback) {
		if !c.isFile() || !sameScalar(c.msg["index"], f.index) || c.msg["url"] != f.url {
			return
		}
		at, ok := whole(c.eventTime)
		switch {
		case !ok || at <= 0 || t.variants > 1:
			proven = false
		case c.kind == schema.VodSourceFileStart:
			lastStart = max(lastStart, at)
		case t.sure:
			lastFinish = max(lastFinish, at)
		}
	})
	return proven && lastFinish > lastStart
}

func (f *wantedFile) describe() string { return fmt.Sprintf("file %s", text(f.index)) }

func (f *wantedFile) String() string {
	s := "{index: " + text(f.index) + ", url: " + text(f.url)
	switch {
	case f.mayBeOpen && !f.mayBeDone:
		s += ", finished: false"
	case !f.mayBeOpen:
		s += ", finished: true"
	}
	if !f.required {
		s += ", or not listed"
	}
	return s + "}"
}

// allowFiles compares the files as a set, by index and URL.
func (a *account) allowFiles() allowed {
	list, why := a.files()
	if why != "" {
		return allowed{free: why}
	}
	texts := make([]string, len(list))
	for i, f := range list {
		texts[i] = f.String()
	}
	reason := a.because(schema.VodSourceFileStart, schema.VodSourceFileFinish)
	if reason == "" {
		reason = "no file event of this task was acknowledged"
	}
	return allowed{
		matcher:  beFiles(list, a.listings()),
		expected: bounded("[" + strings.Join(texts, ", ") + "]"),
		why:      reason,
	}
}

// listings are the source lists that the receiver was told of: it may show a file that has not begun yet as an
// unfinished entry of such a list.
func (a *account) listings() [][]string {
	lists := [][]string{a.task.SourceURLs}
	a.each(func(_ *told, c callback) {
		if len(c.sources) > 0 && !slices.ContainsFunc(lists, func(l []string) bool { return slices.Equal(l, c.sources) }) {
			lists = append(lists, c.sources)
		}
	})
	return lists
}

// allowFilesFinished counts the set of finished files. Where a list is looped, counting every finish is sensible too.
func (a *account) allowFilesFinished() allowed {
	list, why := a.files()
	if why != "" {
		return allowed{free: why}
	}
	least, most := 0, 0
	for _, f := range list {
		if !f.mayBeOpen {
			least++
		}
		most += f.finishes
	}
	reason := a.because(schema.VodSourceFileFinish)
	if reason == "" {
		reason = "no VodSourceFileFinish of this task was acknowledged"
	}
	return allowCount(least, most, reason)
}
