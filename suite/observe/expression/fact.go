package expression

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ErrNotTruth is the fact `exists` where it is neither true nor false: everything else hangs on it.
var ErrNotTruth = errors.New("exists must be true or false")

// shape is what a fact's value should look like.
type shape int

const (
	anything shape = iota
	truth
	text
	number
	moment // ms since 1970
	listed
)

var shapes = map[string]shape{
	"exists": truth,
	"phase":  text, "stream_id": text, "to_url": text, "exit_message": text,
	"exit_code": number, "files_finished": number, "alarms": anything, "events": anything,
	"started_at": moment, "exited_at": moment,
	"source_urls": listed, "files": listed,
}

// A Fact is the expression for one fact of a task.
type Fact struct {
	Name    string
	program *Program
}

// CompileFact compiles the expression of a fact. Where its type is known already and cannot be the fact's, that is
// a *CompileError too.
func CompileFact(name, source string, v Vocabulary) (*Fact, error) {
	p, err := Compile(source, v)
	if err != nil {
		return nil, err
	}
	if wrong := mismatch(shapes[name], p.kind); wrong != "" {
		return nil, &CompileError{1, 1, fmt.Sprintf("%s must be %s, but this expression gives %s", name, wrong, kindName(p.kind))}
	}
	return &Fact{Name: name, program: p}, nil
}

// Program is the compiled expression.
func (f *Fact) Program() *Program { return f.program }

// mismatch says what a fact must be, if a type known beforehand cannot be it.
func mismatch(want shape, got reflect.Kind) string {
	if got == reflect.Invalid {
		return ""
	}
	isNumber := got >= reflect.Int && got <= reflect.Float64
	isList := got == reflect.Slice || got == reflect.Array
	switch {
	case want == truth && got != reflect.Bool && !isNumber:
		return "true or false"
	case want == text && got != reflect.String && !isNumber:
		return "text"
	case want == number && !isNumber && got != reflect.String:
		return "a number"
	case want == moment && !isNumber && got != reflect.String && got != reflect.Struct:
		return "a time in milliseconds"
	case want == listed && !isList:
		return "a list"
	}
	return ""
}

func kindName(k reflect.Kind) string {
	switch {
	case k == reflect.Bool:
		return "true or false"
	case k == reflect.String:
		return "text"
	case k >= reflect.Int && k <= reflect.Float64:
		return "a number"
	case k == reflect.Slice || k == reflect.Array:
		return "a list"
	case k == reflect.Struct:
		return "a time"
	}
	return "an object"
}

// Value evaluates the fact; nil means that there is no such fact.
//
// What stores without types give is read for what it is: digits in a text become a number where the fact is one, a
// written date becomes milliseconds, 0 and 1 tell whether a task exists. Whatever does not fit is left as it is, for
// the judge to compare and to show: it may be the receiver's doing.
func (f *Fact) Value(env Env) (any, error) {
	v, err := f.program.Run(env)
	if err != nil || v == nil {
		return nil, err
	}
	switch shapes[f.Name] {
	case truth:
		return truthOf(v)
	case text:
		if n, ok := v.(json.Number); ok {
			return string(n), nil
		}
	case number:
		return numberOf(v), nil
	case moment:
		return momentOf(v), nil
	case listed, anything:
	}
	return v, nil
}

func truthOf(v any) (any, error) {
	switch x := v.(type) {
	case bool:
		return x, nil
	case json.Number:
		switch x {
		case "0":
			return false, nil
		case "1":
			return true, nil
		}
	case string:
		switch strings.ToLower(x) {
		case "0", "f", "false":
			return false, nil
		case "1", "t", "true":
			return true, nil
		}
	}
	return nil, fmt.Errorf("%w, but the expression gave %s", ErrNotTruth, Show(v, 60))
}

var digits = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

func numberOf(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return nil
	}
	if digits.MatchString(s) {
		return json.Number(s)
	}
	return v
}

// layouts are how stores write times. Those without a zone are taken for UTC, as SQLite's functions write it.
var layouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999"}

func momentOf(v any) any {
	v = numberOf(v)
	s, ok := v.(string)
	if !ok {
		return v
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return json.Number(strconv.FormatInt(t.UnixMilli(), 10))
		}
	}
	return v
}

// CompileCount compiles the expression that counts an effect.
func CompileCount(source string, v Vocabulary) (*Program, error) {
	p, err := Compile(source, v)
	if err != nil {
		return nil, err
	}
	switch k := p.kind; {
	case k == reflect.Invalid, k == reflect.String, k >= reflect.Int && k <= reflect.Float64:
		return p, nil
	case k == reflect.Slice || k == reflect.Array:
		return nil, &CompileError{1, 1, "count must be a number, but this expression gives a list: put len( ) around it"}
	default:
		return nil, &CompileError{1, 1, "count must be a number, but this expression gives " + kindName(k)}
	}
}

// Count is a value as a number of effects; nothing counts 0.
func Count(v any) (int, error) {
	switch x := numberOf(v).(type) {
	case nil:
		return 0, nil
	case json.Number:
		if i, ok := Number(string(x)).(int); ok && i >= 0 {
			return i, nil
		}
	}
	return 0, fmt.Errorf("a count is a whole number from 0 up, not %s", Show(v, 60))
}

// Show writes a value as JSON in at most n characters.
func Show(v any, n int) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return describe(v)
	}
	return clip(string(raw), n)
}
