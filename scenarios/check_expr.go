package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// CheckEnv is what a `check:` expression may speak about.
type CheckEnv struct {
	Task    TaskFacts            `expr:"task"`    // the one task, or the first
	Tasks   map[string]TaskFacts `expr:"tasks"`   // by key
	Answers []AnswerFacts        `expr:"answers"` // every attempt of every delivery so far, in order
	Effects map[string]int       `expr:"effects"` // countable side effects of the play's tasks, summed; 0 if there is no such
}

// TaskFacts are the facts of a task. What the receiver does not show is nil.
type TaskFacts struct {
	Exists        bool       `expr:"exists"`
	Phase         *string    `expr:"phase"` // running, ended
	StreamID      *string    `expr:"stream_id"`
	ToURL         *string    `expr:"to_url"`
	SourceURLs    []string   `expr:"source_urls"`
	StartedAt     *int64     `expr:"started_at"` // ms
	ExitedAt      *int64     `expr:"exited_at"`  // ms
	ExitCode      *int64     `expr:"exit_code"`
	ExitMessage   *string    `expr:"exit_message"`
	Files         []FileFact `expr:"files"`
	FilesFinished *int64     `expr:"files_finished"`
	Alarms        *int64     `expr:"alarms"`
	Events        *int64     `expr:"events"`
}

// FileFact is one source file of a task, as a receiver shows it.
type FileFact struct {
	Index    *int64   `expr:"index"`
	URL      *string  `expr:"url"`
	Duration *float64 `expr:"duration"` // s
	Finished bool     `expr:"finished"`
}

// AnswerFacts are one attempt and its answer.
type AnswerFacts struct {
	Event    string  `expr:"event"`    // id of the event
	Delivery string  `expr:"delivery"` // id of the delivery: a copy is "TaskStart~2"
	Copy     int     `expr:"copy"`
	Attempt  int     `expr:"attempt"` // from 1
	Status   *int    `expr:"status"`  // nil if no answer was read
	At       float64 `expr:"at"`      // when sending began, ms since the play did
	Written  float64 `expr:"written"` // when all of the request was sent, ms since the play began; 0 if it was not
	MS       float64 `expr:"ms"`      // how long the answer took
	Body     any     `expr:"body"`    // decoded JSON, or text
	Failure  string  `expr:"failure"` // why there is no answer
}

// The bounds of an expression.
const (
	maxExpression = 4096 // bytes
	maxNesting    = 100  // brackets; the parser recurses on them
)

// A CheckProgram is a compiled `check:` expression. It is safe for concurrent use.
type CheckProgram struct {
	source  string
	program *vm.Program
}

// CompileCheck compiles an expression and checks its types against [CheckEnv]. The error says where in the expression
// the mistake is.
func CompileCheck(source string) (*CheckProgram, error) {
	p, err := compileCheck(source)
	if err != nil {
		return nil, fmt.Errorf("check %q: %s", shorten(source, 60), err.summary())
	}
	return p, nil
}

// True evaluates the expression. An error means that it could not be told: most often something that is compared or
// computed with is absent (write `task.exit_code ?? 0` to allow for that).
func (p *CheckProgram) True(env CheckEnv) (bool, error) {
	out, err := expr.Run(p.program, env)
	if err != nil {
		if e, ok := errors.AsType[*file.Error](err); ok {
			return false, fmt.Errorf("check %q: %s", shorten(p.source, 60), e.Message)
		}
		return false, fmt.Errorf("check %q: %w", shorten(p.source, 60), err)
	}
	truth, _ := out.(bool) // AsBool
	return truth, nil
}

// exprError is a mistake in an expression.
type exprError struct {
	line, column int // from 1 and from 0, within the expression; line 0 is unknown
	message      string
	hint         string
}

func (e *exprError) summary() string { return e.message }

func compileCheck(source string) (*CheckProgram, *exprError) {
	if strings.TrimSpace(source) == "" {
		return nil, &exprError{message: "the expression is empty"}
	}
	if len(source) > maxExpression {
		return nil, &exprError{message: fmt.Sprintf("the expression has %d bytes", len(source)), hint: fmt.Sprintf("at most %d are read", maxExpression)}
	}
	if nesting(source) > maxNesting {
		return nil, &exprError{message: fmt.Sprintf("the expression is nested more than %d deep", maxNesting)}
	}
	// The clock has no place in a verdict that is to come out the same when a recorded run is judged again.
	program, err := expr.Compile(source, expr.Env(CheckEnv{}), expr.AsBool(), expr.DisableBuiltin("now"))
	if err == nil {
		return &CheckProgram{source: source, program: program}, nil
	}
	if e, ok := errors.AsType[*file.Error](err); ok {
		return nil, &exprError{line: e.Line, column: e.Column, message: plainExprMessage(e.Message), hint: exprHint(e.Message)}
	}
	return nil, &exprError{message: plainExprMessage(err.Error()), hint: exprHint(err.Error())}
}

// plainExprMessage takes Go's type names out of a message.
func plainExprMessage(m string) string {
	return strings.NewReplacer(
		"type scenarios.TaskFacts", "a task", "type scenarios.FileFact", "a file", "type scenarios.AnswerFacts", "an answer",
		"scenarios.TaskFacts", "task", "scenarios.FileFact", "file", "scenarios.AnswerFacts", "answer",
		"scenarios.CheckEnv", "the environment", "*string", "string", "*int64", "int", "*int", "int", "int64", "int", "*float64", "float",
		"unexpected token EOF", "the expression ends too early", "expected bool, but got", "this is no yes or no but a",
	).Replace(m)
}

// exprHint names the nearest field for an unknown one.
func exprHint(message string) string {
	switch {
	case strings.Contains(message, "has no field "):
		name := message[strings.Index(message, "has no field ")+len("has no field "):]
		switch {
		case strings.Contains(message, "TaskFacts"):
			return strict.Suggest(name, FactNames())
		case strings.Contains(message, "FileFact"):
			return strict.Suggest(name, []string{"index", "url", "duration", "finished"})
		case strings.Contains(message, "AnswerFacts"):
			return strict.Suggest(name, []string{"event", "delivery", "copy", "attempt", "status", "at", "written", "ms", "body", "failure"})
		}
	case strings.HasPrefix(message, "unknown name "):
		name := strings.TrimPrefix(message, "unknown name ")
		for _, fact := range FactNames() {
			if name == fact {
				return "write task." + fact
			}
		}
		return strict.Suggest(name, []string{"task", "tasks", "answers", "effects"})
	case strings.HasPrefix(message, "expected bool"):
		return "the expression must be true or false: compare with ==, < or in"
	}
	return ""
}

func nesting(s string) int {
	depth, most := 0, 0
	for _, r := range s {
		switch r {
		case '(', '[', '{':
			depth++
			most = max(most, depth)
		case ')', ']', '}':
			depth--
		}
	}
	return most
}

func shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// NewTaskFacts types the facts of a task: JSON values by name, numbers as json.Number. What has another type than the
// fact should have counts as absent.
func NewTaskFacts(facts map[string]any) TaskFacts {
	out := TaskFacts{
		Phase: textFact(facts["phase"]), StreamID: textFact(facts["stream_id"]), ToURL: textFact(facts["to_url"]),
		StartedAt: intFact(facts["started_at"]), ExitedAt: intFact(facts["exited_at"]),
		ExitCode: intFact(facts["exit_code"]), ExitMessage: textFact(facts["exit_message"]),
		FilesFinished: intFact(facts["files_finished"]), Alarms: intFact(facts["alarms"]), Events: intFact(facts["events"]),
	}
	out.Exists, _ = facts["exists"].(bool)
	if urls, ok := facts["source_urls"].([]any); ok {
		out.SourceURLs = make([]string, 0, len(urls))
		for _, u := range urls {
			s, _ := u.(string)
			out.SourceURLs = append(out.SourceURLs, s)
		}
	}
	if files, ok := facts["files"].([]any); ok {
		out.Files = make([]FileFact, 0, len(files))
		for _, f := range files {
			m, _ := f.(map[string]any)
			out.Files = append(out.Files, fileFact(m))
		}
	}
	return out
}

func fileFact(m map[string]any) FileFact {
	f := FileFact{Index: intFact(m["index"]), URL: textFact(m["url"])}
	if n, ok := m["duration"].(json.Number); ok {
		if x, err := n.Float64(); err == nil {
			f.Duration = &x
		}
	}
	f.Finished, _ = m["finished"].(bool)
	return f
}

func textFact(v any) *string {
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}

// intFact reads a whole number; 1.0 is one, too.
func intFact(v any) *int64 {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	i, err := n.Int64()
	if err != nil {
		x, err := n.Float64()
		if err != nil || x != float64(int64(x)) {
			return nil
		}
		i = int64(x)
	}
	return &i
}
