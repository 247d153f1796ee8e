package scenarios

import (
	"regexp"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// What is asked of the receiver, beyond what follows from the timeline.
type expectDoc struct {
	// What every answer must be that has no expectation of its own. Not in observe.
	Answers *answerDoc `yaml:"answers"`
	// Facts of the one task. null: no such fact. {any_of: [...]}: one of several.
	Task *factsDoc `yaml:"task"`
	// Facts of several tasks, by key.
	Tasks strict.Map[factsDoc] `yaml:"tasks"`
	// Countable side effects, by the names of the target file.
	Effects strict.Map[countDoc] `yaml:"effects"`
	// Expressions that must be true.
	Check checksDoc `yaml:"check"`
	// Until when it must be so. Default: as the target file says, 5s if it says nothing.
	Within *strict.At[strict.Duration] `yaml:"within"`
	// For how long it must stay so, from when it is first seen.
	Throughout *strict.At[strict.Duration] `yaml:"throughout"`
	// Requirements that this expectation speaks for. Default: as the catalogue has it.
	Requires []strict.At[string] `yaml:"requires"`

	Keys strict.Keys
	Pos  strict.Pos
}

// What an answer must be.
type answerDoc struct {
	// 200, "2xx", "!5xx", or a list of which one must hold.
	Status statusDoc `yaml:"status"`
	// How long the answer may take; not scaled. Default: 20s, as documented.
	Within *strict.At[strict.Duration] `yaml:"within"`
	// JSON that the body must contain.
	Body *strict.At[any] `yaml:"body"`
	// Header lines and the regular expressions that their values must match.
	Header strict.Map[string] `yaml:"header"`

	Keys strict.Keys
	Pos  strict.Pos
}

var statusPattern = regexp.MustCompile(`^!?([1-5][0-9][0-9]|[1-5]xx)$`)

// statusDoc is a status, or a list of them.
type statusDoc []strict.At[string]

// DecodeYAML implements strict.Unmarshaler.
func (s *statusDoc) DecodeYAML(n strict.Node) {
	if n.Kind() != strict.List {
		s.add(n)
		return
	}
	if n.Len() == 0 {
		n.Errorf("empty", "%s names no status", n.Path()).Hint("write 200, or delete it")
	}
	n.Each(func(_ int, item strict.Node) { s.add(item) })
}

func (s *statusDoc) add(n strict.Node) {
	text := n.Text()
	if (n.Kind() != strict.Number && n.Kind() != strict.Text) || !statusPattern.MatchString(text) {
		n.Expected(`a status such as 200, "2xx" or "!5xx"`)
		return
	}
	*s = append(*s, strict.At[string]{Value: text, Pos: n.Pos()})
}

// factsDoc are wanted facts of a task, by name.
type factsDoc struct {
	Facts strict.Map[any]
	Pos   strict.Pos
}

// DecodeYAML implements strict.Unmarshaler.
func (f *factsDoc) DecodeYAML(n strict.Node) {
	f.Pos = n.Pos()
	n.Decode(&f.Facts)
	checkFacts(n, f.Facts)
}

// A bound on a count: one of exactly, at_least, at_most, never; at_least and at_most may stand together.
type countDoc struct {
	// So often.
	Exactly *strict.At[int] `yaml:"exactly"`
	// So often or more.
	AtLeast *strict.At[int] `yaml:"at_least"`
	// So often or less.
	AtMost *strict.At[int] `yaml:"at_most"`
	// Not once.
	Never *strict.At[yes] `yaml:"never"`

	Keys strict.Keys
	Pos  strict.Pos
}

// checksDoc is an expression, or a list of expressions and {expr, message, given}.
type checksDoc []checkDoc

// An expression in the expr language that must be true.
type checkDoc struct {
	// The expression: task, tasks, answers and effects are known.
	Expr strict.At[string] `yaml:"expr" strict:"required"`
	// What to say if it is not.
	Message string `yaml:"message"`
	// Another expression, without which a failure proves nothing: where it is false, the check is not testable.
	Given *strict.At[string] `yaml:"given"`
}

// DecodeYAML implements strict.Unmarshaler.
func (c *checksDoc) DecodeYAML(n strict.Node) {
	if n.Kind() != strict.List {
		c.add(n)
		return
	}
	if n.Len() == 0 {
		n.Errorf("empty", "%s holds no expression", n.Path()).Hint("write one, or delete it")
	}
	n.Each(func(_ int, item strict.Node) { c.add(item) })
}

func (c *checksDoc) add(n strict.Node) {
	var one checkDoc
	switch n.Kind() {
	case strict.Text:
		n.Decode(&one.Expr)
	case strict.Mapping:
		if !n.Decode(&one) {
			return
		}
	default:
		n.Expected("an expression, or {expr: …, message: …}")
		return
	}
	compiles(n.File(), one.Expr)
	if one.Given != nil {
		compiles(n.File(), *one.Given)
	}
	*c = append(*c, one)
}

// compiles reports what is wrong with an expression, at its place.
func compiles(f *strict.File, text strict.At[string]) {
	if _, err := compileCheck(text.Value); err != nil {
		f.Errorf(withinText(f, text, err.line, err.column), "expression", "%s", err.summary()).Hint(err.hint)
	}
}

// withinText is the place of a line and column of a text's content, where the file shows the text as it is; else the
// place where the text begins.
func withinText(f *strict.File, text strict.At[string], line, column int) strict.Pos {
	if line != 1 || !text.Pos.Valid() {
		return text.Pos
	}
	source := []rune(f.Line(text.Pos.Line))
	for _, quote := range []int{0, 1} {
		from := text.Pos.Col - 1 + quote
		if from <= len(source) && strings.HasPrefix(string(source[from:]), text.Value) {
			return strict.Pos{Line: text.Pos.Line, Col: from + column + 1}
		}
	}
	return text.Pos
}
