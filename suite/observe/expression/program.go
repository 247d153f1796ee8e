package expression

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// maxSource bounds an expression, in bytes. Its parser recurses once per bracket, and no honest expression is
// anywhere near.
const maxSource = 4 << 10

// Env gives the variables of a vocabulary their values. One that is missing is absent.
type Env map[string]any

// A Program is a compiled expression. It may be run by several goroutines at once.
type Program struct {
	source  string
	program *vm.Program
	kind    reflect.Kind
	used    map[string]bool
}

// A CompileError says what is wrong with an expression, and where.
type CompileError struct {
	Line, Col int // within the source, from 1; Col counts runes
	Message   string
}

func (e *CompileError) Error() string { return e.Message }

// Compile compiles an expression and checks its names and types against the vocabulary. Every error is a
// *CompileError.
func Compile(source string, v Vocabulary) (*Program, error) {
	if strings.TrimSpace(source) == "" {
		return nil, &CompileError{1, 1, "the expression is empty"}
	}
	if len(source) > maxSource {
		return nil, &CompileError{1, 1, fmt.Sprintf("the expression has %d bytes; the limit is %d", len(source), maxSource)}
	}
	names := &namesVisitor{used: map[string]bool{}}
	p, err := expr.Compile(source,
		expr.Env(v.types()),
		expr.Function(getName, get),
		expr.Function(sliceName, slice),
		expr.Function("fromJSON", fromJSON, new(func(string) any)),
		expr.Patch(names),
		expr.Patch(calm{}),
	)
	if err != nil {
		return nil, compileError(err, v)
	}
	kind := reflect.Invalid
	if t := p.Node().Type(); t != nil {
		kind = t.Kind()
	}
	if kind == reflect.Interface {
		kind = reflect.Invalid
	}
	if kind == reflect.Func {
		return nil, &CompileError{1, 1, fmt.Sprintf("%s is a function: call it", source)}
	}
	return &Program{source: source, program: p, kind: kind, used: names.used}, nil
}

// Source is the text of the expression.
func (p *Program) Source() string { return p.source }

// Uses says whether the expression speaks of a variable.
func (p *Program) Uses(name string) bool { return p.used[name] }

// Run evaluates the expression. The value has JSON shape (see Shape); nil means that there is no such thing. An
// error is a mistake in the expression that only a look could show, such as a column that is not there.
func (p *Program) Run(env Env) (any, error) {
	out, err := expr.Run(p.program, map[string]any(env))
	if err == nil {
		return Shape(out)
	}
	if unknown, ok := errors.AsType[*UnknownColumnError](err); ok {
		return nil, unknown
	}
	if errors.Is(err, errAbsent) || isAbsence(err) {
		return nil, nil
	}
	return nil, errors.New(plain(firstLine(err)))
}

var (
	conversion = regexp.MustCompile(`^interface conversion: interface \{\} is (.+), not (.+)$`)
	goTypes    = strings.NewReplacer(
		"[]interface {}", "a list", "map[string]interface {}", "an object", "json.Number", "a number beyond 64 bits",
		"string", "text", "int", "a number", "float64", "a number", "bool", "true or false")
)

// plain words the machine's errors without Go's types.
func plain(message string) string {
	if m := conversion.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("there must be %s here, not %s", goTypes.Replace(m[2]), goTypes.Replace(m[1]))
	}
	return message
}

// absenceMarks are the ways in which the expr machine words that an operand was nil. A test runs every operator and
// every function on an absent value and fails if one of them words it in yet another way.
var absenceMarks = regexp.MustCompile(
	`<nil>|interface \{\} is nil|zero Value|invalid reflect\.Value|cannot call nil|` +
		`cannot (concat|flatten|reverse|uniq|take|get keys from|get values from|take from|transform) invalid`)

func isAbsence(err error) bool { return absenceMarks.MatchString(firstLine(err)) }

func firstLine(err error) string {
	if f, ok := errors.AsType[*file.Error](err); ok {
		return f.Message
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func compileError(err error, v Vocabulary) error {
	out := &CompileError{Line: 1, Col: 1, Message: firstLine(err)}
	if f, ok := errors.AsType[*file.Error](err); ok {
		out.Line, out.Col = max(f.Line, 1), f.Column+1
	}
	if name, ok := strings.CutPrefix(out.Message, "unknown name "); ok {
		out.Message = unknownName(name, v)
	}
	return out
}

func unknownName(name string, v Vocabulary) string {
	all := append(v.Names(), Functions()...)
	msg := fmt.Sprintf("there is no %q here", name)
	if near := strict.Nearest(name, all); near != "" {
		msg += fmt.Sprintf(" (did you mean %q?)", near)
	}
	return msg + "; there are " + strings.Join(v.Names(), ", ") + ", and the functions of the expr language"
}

// namesVisitor collects the variables that an expression uses.
type namesVisitor struct{ used map[string]bool }

func (n *namesVisitor) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok {
		n.used[id.Value] = true
	}
}
