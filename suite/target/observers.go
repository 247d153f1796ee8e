package target

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
)

func (b *builder) observe(spec observeSpec) {
	o := &b.t.Observe
	o.Within = b.duration(spec.Within, DefaultWithin)
	if spec.Task != nil {
		o.Task = b.task(*spec.Task)
	}
	for _, e := range spec.Effects {
		if !effectName.MatchString(e.Key) {
			b.f.Errorf(e.KeyPos, "name", "the name of an effect is made of letters, digits, - and _, and begins with a letter")
		}
		o.Effects = append(o.Effects, b.effect(e.Key, e.Value))
	}
}

var effectName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

func (b *builder) task(spec taskSpec) *TaskObserver {
	src, vocabulary, ok := b.source("observe.task", spec.sourceSpec, spec.Pos)
	o := &TaskObserver{Source: src}
	if !ok {
		return o
	}
	if src.Kind == KindSink {
		src.Sink.TaskID = b.taskID("observe.task", spec.TaskID, spec.Pos)
	} else if spec.TaskID.set {
		spec.TaskID.node.Errorf("task-id", "task_id is for a sink alone").Hint("the other kinds are asked with {{task_id}} or $1")
	}
	used := src.keyed()
	for _, e := range spec.Facts {
		if !slices.Contains(judge.FactNames(), e.Key) {
			r := b.f.Errorf(e.KeyPos, "fact", "there is no fact %q", e.Key)
			r.Hint(strict.Suggest(e.Key, judge.FactNames()))
		}
		source, ok := b.text(e.Value)
		if !ok {
			continue
		}
		fact, err := expression.CompileFact(e.Key, source, vocabulary)
		if err != nil {
			b.expression(e.Value, source, err)
			continue
		}
		used = used || fact.Program().Uses(taskID) || fact.Program().Uses(streamID)
		o.Facts = append(o.Facts, fact)
	}
	switch {
	case len(spec.Facts) > 0:
	case spec.Keys.Has("facts"):
		b.f.Errorf(spec.Keys["facts"].Key, "facts", "facts is empty").Hint("name at least one, such as `exists: …`, or delete it")
	case src.Kind != KindHTTP:
		b.f.Errorf(spec.Pos, "facts", "a task that is seen by %s needs facts", src.Kind).
			Hint("say what is which: `facts: {exists: …, phase: …}`. Expressions may use " + strings.Join(vocabulary.Names(), ", "))
	}
	if !used {
		b.notKeyed("observe.task", src, spec.Pos)
	}
	return o
}

func (b *builder) effect(name string, spec effectSpec) Effect {
	where := "observe.effects." + name
	src, vocabulary, ok := b.source(where, spec.sourceSpec, spec.Pos)
	e := Effect{Name: name, Source: src, Canary: b.flag(spec.Canary, true)}
	if !ok {
		return e
	}
	if src.Kind == KindSink {
		src.Sink.TaskID = b.taskID(where, spec.TaskID, spec.Pos)
	} else if spec.TaskID.set {
		spec.TaskID.node.Errorf("task-id", "task_id is for a sink alone").Hint("the other kinds are asked with {{task_id}} or $1")
	}
	used := src.keyed()
	if source, ok := b.text(spec.Count); ok {
		p, err := expression.CompileCount(source, vocabulary)
		if err != nil {
			b.expression(spec.Count, source, err)
		} else {
			e.Count = p
			used = used || p.Uses(taskID) || p.Uses(streamID)
		}
	}
	if !used {
		b.notKeyed(where, src, spec.Pos)
	}
	return e
}

// taskID compiles the expression that says which task a call at the sink belongs to.
func (b *builder) taskID(where string, v value, pos strict.Pos) *expression.Program {
	if !v.set {
		b.f.Errorf(pos, "task-id", "%s has no task_id: which task does a call belong to?", where).
			Hint("add `task_id: body.task_id`, or what finds it in a call: " + strings.Join(expression.Call.Names(), ", "))
		return nil
	}
	source, ok := b.text(v)
	if !ok {
		return nil
	}
	p, err := expression.Compile(source, expression.Call)
	if err != nil {
		b.expression(v, source, err)
		return nil
	}
	return p
}

// keyed reports whether the source's question differs from task to task.
func (s Source) keyed() bool {
	switch s.Kind {
	case KindHTTP:
		keyed := s.HTTP.URL.Keyed()
		for _, h := range s.HTTP.Headers {
			keyed = keyed || h.Value.Keyed()
		}
		return keyed
	case KindSQL:
		return s.SQL.Query.Keyed()
	case KindRedis:
		return slices.ContainsFunc(s.Redis.Command, Template.Keyed)
	case KindFile:
		return s.File.Path.Keyed() || s.File.Match.Keyed()
	}
	return true // a command finds the ids in its environment, and a sink's calls are told apart by task_id
}

func (b *builder) notKeyed(where string, src Source, pos strict.Pos) {
	hint := "put {{task_id}} in"
	if src.Kind == KindSQL {
		hint = "bind the task id: where task_id = $1"
	}
	b.f.Errorf(pos, "same-for-all", "%s shows the same for every task: nothing in it names one", where).Hint(hint)
}

// expression notes what is wrong with an expression, at its place within the value.
func (b *builder) expression(v value, source string, err error) {
	at, length := v.node.Pos(), 0
	var e *expression.CompileError
	if errors.As(err, &e) && source == v.node.Text() { // else it was filled in, and columns mean nothing
		if line := b.f.Line(at.Line + e.Line); strings.HasPrefix(b.rest(at), "|") {
			at = strict.Pos{Line: at.Line + e.Line, Col: len(line) - len(strings.TrimLeft(line, " ")) + e.Col}
		} else if e.Line == 1 {
			at = b.within(v, e.Col-1)
		}
		length = 1
	}
	b.f.Errorf(at, "expression", "%s: %v", v.node.Path(), err).Length(length)
}

// rest is what stands in the line of a place, from there on.
func (b *builder) rest(at strict.Pos) string {
	line := []rune(b.f.Line(at.Line))
	return string(line[min(max(at.Col-1, 0), len(line)):])
}

// source builds what sourceSpec gives, and finds the vocabulary of its expressions.
func (b *builder) source(where string, spec sourceSpec, pos strict.Pos) (Source, expression.Vocabulary, bool) {
	src := Source{
		Timeout: b.duration(spec.Timeout, DefaultTimeout),
		At:      fmt.Sprintf("%s:%d:%d", b.f.Name, pos.Line, pos.Col),
	}
	var vocabulary expression.Vocabulary
	var given []string
	note := func(kind string, v expression.Vocabulary) {
		given = append(given, kind)
		src.Kind, vocabulary = kind, v
	}
	if spec.HTTP != nil {
		note(KindHTTP, expression.HTTP)
		src.HTTP = b.http(*spec.HTTP)
	}
	if spec.SQL != nil {
		note(KindSQL, expression.SQL)
		src.SQL = b.sql(*spec.SQL)
	}
	if spec.Redis != nil {
		note(KindRedis, expression.Redis)
		src.Redis = b.redis(*spec.Redis)
	}
	if spec.Command != nil {
		note(KindCommand, expression.Command)
		src.Command = b.command(*spec.Command)
	}
	if spec.File != nil {
		note(KindFile, expression.File)
		src.File = b.file(*spec.File)
	}
	if spec.Sink != nil {
		note(KindSink, expression.Sink)
		src.Sink = b.sink(*spec.Sink)
	}
	switch len(given) {
	case 1:
		return src, vocabulary, true
	case 0:
		b.f.Errorf(pos, "kind", "%s does not say where to look", where).Hint("add one of http, sql, redis, command, file, sink")
	default:
		sort.Strings(given)
		b.f.Errorf(pos, "kind", "%s looks at %d places: %s", where, len(given), strings.Join(given, ", ")).Hint("keep one of them")
	}
	return src, vocabulary, false
}
