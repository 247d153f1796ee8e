package expression

import (
	"sort"
	"strings"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/types"
)

// A Var is a name that an expression may use.
type Var struct {
	Name string
	Doc  string
	kind types.Type
}

// A Vocabulary is what expressions of one kind of observer may speak of.
type Vocabulary struct {
	Kind string // "http", "sql" …
	Vars []Var  // in the order in which an error message lists them
}

// The vocabularies of the kinds of observer.
var (
	HTTP = vocabulary("http",
		Var{"status", "status code of the answer", types.Int},
		Var{"headers", "header lines of the answer, by name in any case", types.TypeOf(Headers{})},
		Var{"body", "the body, decoded from JSON; absent if it is none", types.Any},
		Var{"text", "the body as text", types.String})
	SQL = vocabulary("sql",
		Var{"rows", "list of the rows, each an object", types.TypeOf([]Row{})},
		Var{"row", "the first row; absent if there is none", types.Any})
	Redis = vocabulary("redis",
		Var{"reply", "the reply; that of HGETALL and the like is an object", types.Any})
	Command = vocabulary("command",
		Var{"stdout", "what the program printed", types.String},
		Var{"json", "stdout, decoded from JSON; absent if it is none", types.Any},
		Var{"lines", "stdout in lines", types.TypeOf([]string{})},
		Var{"exit", "exit code of the program", types.Int},
		Var{"stderr", "what the program printed on standard error", types.String})
	File = vocabulary("file",
		Var{"found", "list of the matching lines, each {text, groups, json}", types.TypeOf([]any{})},
		Var{"match", "the last of them; absent if there is none", types.Any},
		Var{"lines", "the matching lines as text", types.TypeOf([]string{})},
		Var{"text", "the whole file; absent if it is empty or above 1 MiB", types.Any},
		Var{"json", "the whole file, decoded from JSON; absent if it is none", types.Any})
	Sink = vocabulary("sink",
		Var{"calls", "list of the calls that belong to the task, each {method, path, query, headers, body, text}", types.TypeOf([]any{})},
		Var{"call", "the last of them; absent if there is none", types.Any})
	// Call is what the sink's task_id expression speaks of: one call.
	Call = Vocabulary{Kind: "sink", Vars: []Var{
		{"method", "method of the call", types.String},
		{"path", "path of its URL", types.String},
		{"query", "query parameters of its URL, by name", types.TypeOf(map[string]string{})},
		{"headers", "header lines of the call, by name in any case", types.TypeOf(Headers{})},
		{"body", "its body, decoded from JSON; absent if it is none", types.Any},
		{"text", "its body as text", types.String},
	}}
)

// vocabulary adds the ids, which every look has.
func vocabulary(kind string, vars ...Var) Vocabulary {
	return Vocabulary{Kind: kind, Vars: append(vars,
		Var{"task_id", "id of the task that is looked at", types.String},
		Var{"stream_id", "its stream id", types.String})}
}

// Names lists the variables.
func (v Vocabulary) Names() []string {
	names := make([]string, len(v.Vars))
	for i, x := range v.Vars {
		names[i] = x.Name
	}
	return names
}

func (v Vocabulary) types() types.Map {
	m := types.Map{}
	for _, x := range v.Vars {
		m[x.Name] = x.kind
	}
	return m
}

// Functions lists the functions of the language, sorted.
func Functions() []string {
	names := make([]string, 0, len(builtin.Names))
	for _, n := range builtin.Names {
		if !strings.HasPrefix(n, "bit") { // nobody's facts are bit masks; a shorter list is read
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}
