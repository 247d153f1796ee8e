package validate

import (
	"fmt"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/schema"
)

// Lives counts what came of following the tasks.
type Lives struct {
	Tasks          int    `json:"tasks"`
	Order          string `json:"sequence_order"`    // what tells which callback came first: arrival, or capture
	Unstamped      int    `json:"unstamped"`         // relay callbacks without a stamp of arrival: with one, the order is the capture's
	Findings       int    `json:"sequence_findings"` // warnings and notes
	Duplicates     int    `json:"duplicates"`        // callbacks with the bytes of one before
	MatchedExits   int    `json:"matched_exits"`     // TaskExits without ids whose task source_urls tell
	UnmatchedExits int    `json:"unmatched_exits"`   // TaskExits of which neither ids nor source_urls tell the task
	WithoutTask    int    `json:"without_task"`      // other relay callbacks without a task_id

	Retries Retries `json:"retries"`
}

// Retries tell how callbacks were repeated. Times are in milliseconds, 0 where there are no stamps of arrival.
type Retries struct {
	Callbacks int   `json:"callbacks"` // that came more than once
	Most      int   `json:"most"`      // repetitions of one callback
	Shortest  int64 `json:"shortest_ms"`
	Longest   int64 `json:"longest_ms"`
	AtOnce    int   `json:"at_once"`    // came less than a second after the one before
	Minute    int   `json:"one_minute"` // 55 to 85 s after: the family's general policy
	Two       int   `json:"two_minutes"`
	Another   int   `json:"other"`
}

func livesOf(s *sequence.Summary) *Lives {
	order := "capture"
	if s.ByArrival {
		order = "arrival"
	}
	r := &s.Retries
	return &Lives{
		Tasks: s.Tasks, Order: order, Unstamped: s.Unstamped, Findings: len(s.Findings) + s.Omitted, Duplicates: s.Duplicates,
		MatchedExits: s.MatchedExits, UnmatchedExits: s.UnmatchedExits, WithoutTask: s.WithoutTask,
		Retries: Retries{
			Callbacks: r.Callbacks, Most: r.Most, Shortest: r.Shortest.Milliseconds(), Longest: r.Longest.Milliseconds(),
			AtOnce: r.AtOnce, Minute: r.Minute, Two: r.Two, Another: r.Another,
		},
	}
}

// follow takes a document into the lives of tasks, if they are followed.
func follow(lives *sequence.Batch, doc *capture.Document, report *schema.Report) {
	switch {
	case lives == nil || report.Kind == schema.KindSibling:
		return
	case report.Verdict == schema.Error:
		lives.Add(doc.Body, sequence.Place{Source: doc.Source, Line: doc.Line, Offset: doc.Offset, Time: doc.Arrived})
	default: // well-formed, with no name twice
		lives.AddClean(doc.Body, sequence.Place{Source: doc.Source, Line: doc.Line, Offset: doc.Offset, Time: doc.Arrived})
	}
}

// A Life is what is told of one finding about a task's life. Its JSON shape is a contract, as that of Record.
type Life struct {
	Code     string            `json:"code"`
	Severity sequence.Severity `json:"severity"`
	Task     string            `json:"task"`
	Event    string            `json:"event"`
	Message  string            `json:"message"`
	Place
	First *Place `json:"first,omitempty"` // the earlier callback that this one is compared with
}

// A Place is where a document begins.
type Place struct {
	Source string `json:"source"`
	Line   int    `json:"line"`
	Offset int64  `json:"offset"`
}

func life(f sequence.Finding) Life {
	l := Life{Code: f.Code, Severity: f.Severity, Task: f.Task, Event: f.Event, Message: f.Message, Place: place(f.Place)}
	if f.First != nil {
		first := place(*f.First)
		l.First = &first
	}
	return l
}

func place(p sequence.Place) Place { return Place{Source: p.Source, Line: p.Line, Offset: p.Offset} }

// lifeLine is a line of NDJSON.
type lifeLine struct {
	Sequence Life `json:"sequence"`
}

func (w *ndjsonWriter) lives(s sequence.Summary) error {
	for _, f := range s.Findings {
		if err := w.line(lifeLine{life(f)}); err != nil {
			return err
		}
	}
	return nil
}

// lives is kept for the end of the document: its members come in their order.
func (w *jsonWriter) lives(s sequence.Summary) error {
	w.sequences = make([]Life, 0, len(s.Findings))
	for _, f := range s.Findings {
		w.sequences = append(w.sequences, life(f))
	}
	return nil
}

// lives tells of the warnings, task by task, and of repetitions only how many there are, unless all is asked for.
func (w *textWriter) lives(s sequence.Summary) error {
	task, shown, hidden := "", 0, s.Omitted
	for i, f := range s.Findings {
		if f.Severity == sequence.Info && !w.all {
			continue
		}
		if w.max > 0 && shown >= w.max {
			hidden++
			continue
		}
		if i == 0 || shown == 0 || f.Task != task {
			_, _ = fmt.Fprintf(w.out, "task %s:\n", printable(f.Task))
			task = f.Task
		}
		shown++
		first := ""
		if f.First != nil {
			first = " (the earlier one: " + printable(f.First.String()) + ")"
		}
		_, _ = fmt.Fprintf(w.out, "  %s: %s %s: %s%s\n", printable(f.Place.String()), f.Severity, f.Code, printable(f.Message), first)
	}
	if hidden > 0 {
		_, _ = fmt.Fprintf(w.out, "… and %d more findings about tasks' lives (--max-errors 0 shows all that are kept)\n", hidden)
	}
	w.closing = closingLives(&s)
	return w.flush()
}

// closingLives is what the last lines say of tasks' lives.
func closingLives(s *sequence.Summary) string {
	order := "in the order of the capture"
	switch {
	case s.ByArrival:
		order = "in the order of arrival"
	case s.Unstamped < s.Events:
		order += fmt.Sprintf(" (%d of %d callbacks have no stamp of arrival)", s.Unstamped, s.Events)
	}
	line := fmt.Sprintf("sequences: %s %s, %s, %s, %s unmatched", count(s.Tasks, "task", "tasks"), order,
		count(s.Warnings, "warning", "warnings"), count(s.Duplicates, "duplicate", "duplicates"), count(s.UnmatchedExits, "exit", "exits"))
	if s.MatchedExits > 0 {
		line += fmt.Sprintf(", %d matched by source_urls", s.MatchedExits)
	}
	if s.WithoutTask > 0 {
		line += fmt.Sprintf(", %s without a task", count(s.WithoutTask, "callback", "callbacks"))
	}
	r := &s.Retries
	if r.AtOnce+r.Minute+r.Two+r.Another > 0 {
		line += fmt.Sprintf("\nrepetitions: %s to %s after the one before: %d within a second, %d after about 60 s, %d after about 120 s, %d otherwise; %s, at most %d times",
			r.Shortest, r.Longest, r.AtOnce, r.Minute, r.Two, r.Another, count(r.Callbacks, "callback", "callbacks"), r.Most)
	}
	return line
}
