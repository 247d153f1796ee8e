package sequence

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A callback is one of a test's capture. The zero value of a member leaves it out.
type callback struct {
	event, task, urls string
	eventTime         int64
	msg               map[string]any
	arrival           time.Duration // since base; 0 is none
}

var base = time.Unix(1_700_000_000, 0)

func (c callback) body() []byte {
	outer := map[string]any{"event_type": 314, "appid": 4, "callback_event": c.event, "source_urls": `["` + c.urls + `"]` + "\n"}
	if c.task != "" {
		outer["task_id"] = c.task
	}
	if c.eventTime != 0 {
		outer["event_time"] = fmt.Sprint(c.eventTime)
	}
	msg, _ := json.Marshal(c.msg) // maps of numbers and texts always have a JSON form
	outer["msg"] = string(msg)
	body, _ := json.Marshal(outer)
	return body
}

func (c callback) at(d time.Duration) callback { c.arrival = d; return c }
func (c callback) on(t int64) callback         { c.eventTime = t; return c }
func (c callback) anonymous() callback         { c.task = ""; return c }

func start(id string) callback {
	return callback{event: "TaskStart", task: id, urls: "http://origin.invalid/" + id, msg: map[string]any{"task_start_time": 0}}
}

func exit(id string, code int) callback {
	return callback{event: "TaskExit", task: id, urls: "http://origin.invalid/" + id, msg: map[string]any{"code": code, "message": "m", "task_exit_time": 0}}
}

// exitAt is an exit of task 1 with its task_exit_time, in milliseconds.
func exitAt(ms int) callback {
	c := exit("1", 0)
	c.msg["task_exit_time"] = ms
	return c
}

// startAt is a start of task 1 with its task_start_time, in milliseconds.
func startAt(ms int) callback {
	c := start("1")
	c.msg["task_start_time"] = ms
	return c
}

func fileStart(id string, index int) callback {
	return callback{event: "VodSourceFileStart", task: id, urls: "http://origin.invalid/" + id, msg: map[string]any{"index": index, "url": fmt.Sprintf("http://origin.invalid/%d.mp4", index), "duration": 9}}
}

func fileFinish(id string, index int) callback {
	c := fileStart(id, index)
	c.event = "VodSourceFileFinish"
	return c
}

func moved(c callback) callback {
	c.msg["url"] = "http://elsewhere.invalid/0.mp4"
	return c
}

func other(id, event string) callback {
	return callback{event: event, task: id, urls: "http://origin.invalid/" + id, msg: map[string]any{"type": "PullFileFailed"}}
}

// ended is what comes of batches.
func ended(batches ...*Batch) Summary {
	c := NewChecker(Options{Workers: 2})
	for _, b := range batches {
		if err := c.Take(b); err != nil {
			panic(err) // nothing is spilled
		}
	}
	sum, err := c.End()
	if err != nil {
		panic(err)
	}
	return sum
}

// check runs a capture and tells each finding in a line.
func check(list ...callback) (Summary, []string) {
	b := NewBatch()
	for i, cb := range list {
		p := Place{Source: "c", Line: i + 1}
		if cb.arrival != 0 {
			p.Time = base.Add(cb.arrival)
		}
		b.Add(cb.body(), p)
	}
	sum := ended(b)
	lines := []string{}
	for _, f := range sum.Findings {
		line := fmt.Sprintf("%s %s %s:%d", f.Code, f.Severity, f.Task, f.Place.Line)
		if f.First != nil {
			line += fmt.Sprintf(" after %d", f.First.Line)
		}
		lines = append(lines, line)
	}
	return sum, lines
}

func TestEachDepartureIsFoundAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		list []callback
		want []string
	}{
		"a whole life has nothing against it": {[]callback{start("1"), fileStart("1", 0), fileFinish("1", 0), exit("1", 0)}, nil},
		"a live source has no files":          {[]callback{start("1"), exit("1", 0)}, nil},
		"a loop brings the same bytes again, and they are no duplicates": {
			[]callback{start("1"), fileStart("1", 0), fileFinish("1", 0), fileStart("1", 0), fileFinish("1", 0), exit("1", 0)}, nil,
		},
		"each retry of a task may bring an exit and a start": {
			[]callback{start("1"), exit("1", -22), start("1"), exit("1", -22), exit("1", -5), start("1"), fileStart("1", 0)}, nil,
		},
		"a start without an exit before it is a move to another machine": {[]callback{start("1").on(1), start("1").on(9)}, nil},

		"a life that begins with a file":   {[]callback{fileStart("1", 0), fileFinish("1", 0)}, []string{"RC3001 warning 1:1"}},
		"a life that begins with its exit": {[]callback{exit("1", 0), start("1")}, []string{"RC3001 warning 1:1"}},
		"alarms and configuration may come before the start and after the exit": {
			[]callback{other("1", "ResetTaskConfig"), other("1", "TaskAlarm"), other("1", "New"), start("1"), exit("1", 0), other("1", "TaskAlarm")}, nil,
		},

		"2 s by arrival are allowed":          {[]callback{start("1").at(1), fileStart("1", 0).at(2*time.Second + 1)}, nil},
		"more than 2 s by arrival":            {[]callback{start("1").at(1), fileStart("1", 0).at(2*time.Second + 2)}, []string{"RC3002 warning 1:2 after 1"}},
		"2 s by event_time are allowed":       {[]callback{start("1").on(100), fileStart("1", 0).on(102)}, nil},
		"3 s by event_time are more than 2":   {[]callback{start("1").on(100), fileStart("1", 0).on(103)}, []string{"RC3002 warning 1:2 after 1"}},
		"event_time is asked before arrival":  {[]callback{start("1").on(100).at(1), fileStart("1", 0).on(101).at(time.Hour)}, nil},
		"only the first file has to be early": {[]callback{start("1").at(1), fileStart("1", 0).at(2), fileStart("1", 1).at(time.Hour)}, nil},
		"each start is measured from": {
			[]callback{start("1").at(1), fileStart("1", 0).at(2), exit("1", 0).at(3), start("1").at(4), fileStart("1", 0).at(time.Minute)},
			[]string{"RC3002 warning 1:5 after 4"},
		},

		"a finish before its start":           {[]callback{start("1"), fileFinish("1", 0), fileStart("1", 0)}, []string{"RC3003 warning 1:3 after 2"}},
		"a capture that begins within a loop": {[]callback{fileFinish("1", 0), fileStart("1", 0), fileFinish("1", 0)}, []string{"RC3001 warning 1:1"}},
		"a finish without a start":            {[]callback{start("1"), fileStart("1", 0), fileFinish("1", 1), exit("1", 0)}, []string{"RC3004 warning 1:3"}},
		"a finish without a start is told of once": {
			[]callback{start("1"), fileFinish("1", 1).on(5), fileFinish("1", 1).on(6)}, []string{"RC3004 warning 1:2"},
		},
		"the url of a finish may have another host than that of its start, as in a documented sample": {
			[]callback{start("1"), fileStart("1", 0), moved(fileFinish("1", 0))}, nil,
		},
		"findings are told task by task": {
			[]callback{fileStart("1", 0), fileStart("2", 0), exit("1", 0), fileStart("1", 1)},
			[]string{"RC3001 warning 1:1", "RC3005 warning 1:4 after 3", "RC3001 warning 2:2"},
		},
		"a start of another task is no start": {
			[]callback{start("1"), start("2"), fileStart("2", 0), fileFinish("1", 0)}, []string{"RC3004 warning 1:4"},
		},

		"a file after the exit": {
			[]callback{start("1"), fileStart("1", 0), exit("1", 0), fileFinish("1", 0), fileStart("1", 1)}, []string{"RC3005 warning 1:4 after 3"},
		},
		"a file after the exit of another task": {[]callback{start("1"), start("2"), exit("2", 0), fileStart("1", 0)}, nil},
		"each exit is looked behind": {
			[]callback{start("1"), exit("1", 0), fileStart("1", 0), start("1"), exit("1", 0), fileStart("1", 1)},
			[]string{"RC3005 warning 1:3 after 2", "RC3005 warning 1:6 after 5"},
		},

		"the same start twice":                {[]callback{start("1"), start("1")}, []string{"RC3006 info 1:2 after 1"}},
		"the same exit twice":                 {[]callback{start("1"), exit("1", 0), exit("1", 0)}, []string{"RC3006 info 1:3 after 2"}},
		"the same file events twice":          {[]callback{start("1"), fileStart("1", 0), fileStart("1", 0), fileFinish("1", 0), fileFinish("1", 0)}, []string{"RC3006 info 1:3 after 2", "RC3006 info 1:5 after 4"}},
		"a repetition after the exit is none": {[]callback{start("1").on(1), fileStart("1", 0).on(2), exit("1", 0).on(3), fileStart("1", 0).on(2)}, []string{"RC3006 info 1:4 after 2"}},
		"an exit that tells its time comes again after the next start": {
			[]callback{start("1"), exitAt(7), start("1"), exitAt(7), fileStart("1", 0)}, []string{"RC3006 info 1:4 after 2"},
		},
		"nothing is measured from a start that may be one before, sent again": {
			[]callback{startAt(7).at(1), fileStart("1", 0).at(2), exitAt(8).at(3), startAt(7).at(time.Minute), fileStart("1", 1).at(2 * time.Minute)}, nil,
		},
		"but from another start": {
			[]callback{startAt(7).at(1), fileStart("1", 0).at(2), exitAt(8).at(3), startAt(9).at(time.Minute), fileStart("1", 1).at(2 * time.Minute)},
			[]string{"RC3002 warning 1:5 after 4"},
		},
		"another exit that tells its time is none before": {
			[]callback{start("1"), exitAt(7), start("1"), exitAt(8), fileStart("1", 0)}, []string{"RC3005 warning 1:5 after 4"},
		},
		"a file's callbacks without a time come again after the exit": {
			[]callback{start("1"), fileStart("1", 0), fileFinish("1", 0), exit("1", 0), fileStart("1", 0), fileFinish("1", 0)}, []string{"RC3006 info 1:5 after 2", "RC3006 info 1:6 after 3"},
		},
		"a finish without a time comes again after the exit, in the midst of the next loop": {
			[]callback{start("1"), fileStart("1", 0), fileFinish("1", 0), fileStart("1", 0), exit("1", 0), fileFinish("1", 0)}, []string{"RC3006 info 1:6 after 3"},
		},
		"a repeated start opens no life": {[]callback{start("1").on(1), exit("1", 0).on(2), start("1").on(1), fileStart("1", 0).on(9)}, []string{"RC3006 info 1:3 after 1", "RC3002 warning 1:4 after 1", "RC3005 warning 1:4 after 2"}},

		"an exit without ids ends the only task with its source_urls": {
			[]callback{start("1"), start("2"), exit("1", 0).anonymous(), fileStart("1", 0), fileStart("2", 0)}, []string{"RC3005 warning 1:4 after 3"},
		},
		"and its repetition is one": {[]callback{start("1"), exit("1", 0).anonymous(), exit("1", 0).anonymous()}, []string{"RC3006 info 1:3 after 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sum, got := check(tc.list...)
			want := tc.want
			if want == nil {
				want = []string{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if sum.UnmatchedExits != 0 || sum.WithoutTask != 0 || sum.Omitted != 0 {
				t.Errorf("left over: %+v", sum)
			}
		})
	}
}

func TestAnExitWithoutIDsIsNotGuessed(t *testing.T) {
	t.Parallel()
	shared := func(cb callback) callback { cb.urls = "http://origin.invalid/shared"; return cb }
	for name, tc := range map[string]struct {
		list      []callback
		unmatched int
	}{
		"of no task that is known":             {[]callback{exit("1", 0).anonymous()}, 1},
		"of two that run":                      {[]callback{shared(start("1")), shared(start("2")), shared(exit("1", 0)).anonymous(), fileStart("1", 0), fileStart("2", 0)}, 1},
		"of one that runs where another ended": {[]callback{shared(start("1")), shared(exit("1", 0)), shared(start("2")), shared(exit("2", 5)).anonymous(), fileStart("2", 0)}, 0},
		"of two that run where another ended":  {[]callback{shared(start("1")), shared(exit("1", 0)), shared(start("2")), shared(start("3")), shared(exit("2", 5)).anonymous()}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sum, got := check(tc.list...)
			if sum.UnmatchedExits != tc.unmatched || len(got) != 0 {
				t.Errorf("%d unmatched, %v; want %d and nothing found", sum.UnmatchedExits, got, tc.unmatched)
			}
		})
	}
}

func TestWhatIsNoRelayCallbackIsLeftOut(t *testing.T) {
	t.Parallel()
	b := NewBatch()
	for _, body := range []string{"", "{", "[]", "null", `{"event_type":1,"task_id":"1"}`, `{"event_type":314}`, `{"event_type":314,"task_id":{},"msg":7}`} {
		b.Add([]byte(body), Place{})
	}
	sum := ended(b)
	if sum.Tasks != 0 || sum.WithoutTask != 2 || len(sum.Findings) != 0 {
		t.Errorf("%+v", sum)
	}
}

func TestRetriesAreMeasured(t *testing.T) {
	t.Parallel()
	sum, _ := check(start("1").at(1), start("1").at(time.Minute+1), start("1").at(3*time.Minute+1))
	if sum.Retries != (Retries{Callbacks: 1, Most: 2, Shortest: time.Minute, Longest: 2 * time.Minute, Minute: 1, Two: 1}) || sum.Duplicates != 2 || !sum.ByArrival {
		t.Errorf("%+v", sum)
	}
}

func TestCodesAreExplained(t *testing.T) {
	t.Parallel()
	last := ""
	for _, c := range Codes() {
		if c.ID <= last || !strings.HasPrefix(c.ID, "RC30") || c.Title == "" || c.Explanation == "" || c.Source == "" || c.Mend == "" {
			t.Errorf("%+v", c)
		}
		last = c.ID
	}
}
