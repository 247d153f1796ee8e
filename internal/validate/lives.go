package validate

import (
	"fmt"

	"github.com/relaycheck/relaycheck/internal/sequence"
)

// Lives counts what came of following the tasks.
type Lives struct {
	Tasks          int `json:"tasks"`
	Findings       int `json:"sequence_findings"` // warnings and repetitions
	Duplicates     int `json:"duplicates"`        // callbacks with the bytes of one before
	UnmatchedExits int `json:"unmatched_exits"`   // TaskExits of which neither ids nor source_urls tell the task
	WithoutTask    int `json:"without_task"`      // other relay callbacks without a task_id
	Dropped        int `json:"dropped_tasks"`     // dropped without an exit, for memory to be bounded
}

func livesOf(s sequence.Summary) *Lives {
	return &Lives{
		Tasks: s.Tasks, Findings: len(s.Findings) + s.Omitted, Duplicates: s.Duplicates,
		UnmatchedExits: s.UnmatchedExits, WithoutTask: s.WithoutTask, Dropped: s.Dropped,
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
	order := "in the order of the capture"
	if s.ByArrival {
		order = "in the order of arrival"
	}
	w.closing = fmt.Sprintf("sequences: %s %s, %s, %s, %s unmatched", count(s.Tasks, "task", "tasks"), order,
		count(s.Warnings, "warning", "warnings"), count(s.Duplicates, "duplicate", "duplicates"), count(s.UnmatchedExits, "exit", "exits"))
	if s.WithoutTask > 0 {
		w.closing += fmt.Sprintf(", %s without a task", count(s.WithoutTask, "callback", "callbacks"))
	}
	if s.Dropped > 0 {
		w.closing += fmt.Sprintf(", %s dropped without an exit", count(s.Dropped, "task", "tasks"))
	}
	return flush(w.out)
}
