package expression

import (
	"errors"
	"fmt"
	"net/textproto"
	"reflect"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// The names of our own functions. No expression can spell them.
const (
	getName   = "[member]"
	sliceName = "[slice]"
)

// A Row is one row of a query's result, by column.
type Row map[string]any

// Headers are header lines, by canonical name.
type Headers map[string]string

// An UnknownColumnError is an expression that asks a row for a column that the query does not return.
type UnknownColumnError struct {
	Column  string
	Columns []string // those there are, in no particular order
}

func (e *UnknownColumnError) Error() string {
	msg := fmt.Sprintf("the query returns no column %q", e.Column)
	if near := strict.Nearest(e.Column, e.Columns); near != "" {
		msg += fmt.Sprintf(" (did you mean %q?)", near)
	}
	return msg + "; it returns " + list(e.Columns)
}

// errAbsent ends an expression that asked nothing for a member or a part: there is no such thing.
var errAbsent = errors.New("absent")

// calm replaces every access to a member or a part by one that tells absence from a mistake. As in the language
// itself, a key that an object lacks is nil and can be compared; a member of nothing ends the expression, unless it
// is asked for with `?.`.
type calm struct{}

// Visit implements ast.Visitor. It runs after a first type check: what is wrong by type alone (a member of a
// number, a name as the index of a list) is left alone, for the checker to complain about.
func (calm) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.MemberNode:
		if isDynamic(n) {
			ast.Patch(node, &ast.CallNode{
				Callee:    &ast.IdentifierNode{Value: getName},
				Arguments: []ast.Node{n.Node, n.Property, &ast.BoolNode{Value: n.Optional}},
			})
		}
	case *ast.ChainNode:
		chain(n.Node)
	case *ast.SliceNode:
		if k := typeOf(n.Node); k != reflect.Invalid && k != reflect.Slice && k != reflect.String {
			return
		}
		from, to := n.From, n.To
		if from == nil {
			from = &ast.NilNode{}
		}
		if to == nil {
			to = &ast.NilNode{}
		}
		ast.Patch(node, &ast.CallNode{
			Callee:    &ast.IdentifierNode{Value: sliceName},
			Arguments: []ast.Node{n.Node, from, to},
		})
	}
}

// isDynamic reports whether only a run can tell what an access finds.
func isDynamic(n *ast.MemberNode) bool {
	if typeOf(n) == reflect.Func {
		return false // a method, as in date(x).UnixMilli()
	}
	switch typeOf(n.Node) {
	case reflect.Invalid, reflect.Map:
		return true
	case reflect.Slice, reflect.Array, reflect.String:
		p := typeOf(n.Property)
		return p == reflect.Int || p == reflect.Invalid
	default:
		return false
	}
}

// chain makes every access after a `?.` optional, too, and reports whether there was one: a?.b.c is nil as a whole
// where a is.
func chain(node ast.Node) bool {
	call, ok := node.(*ast.CallNode)
	if !ok {
		return false
	}
	if id, ok := call.Callee.(*ast.IdentifierNode); !ok || id.Value != getName {
		return false
	}
	optional, ok := call.Arguments[2].(*ast.BoolNode)
	if !ok {
		return false
	}
	optional.Value = chain(call.Arguments[0]) || optional.Value
	return optional.Value
}

// typeOf is the kind of a node, Invalid where it is known only at run time.
func typeOf(n ast.Node) reflect.Kind {
	t := n.Type()
	if t == nil || t.Kind() == reflect.Interface {
		return reflect.Invalid
	}
	return t.Kind()
}

// get is a member of an object or an element of a list: get(from, key, optional).
func get(params ...any) (any, error) {
	v, found, err := member(params[0], params[1])
	if err != nil || found {
		return v, err
	}
	if optional, _ := params[2].(bool); optional {
		return nil, nil
	}
	return nil, errAbsent
}

// member says found where from can have such a member, be it nil.
func member(from, key any) (v any, found bool, err error) {
	if name, ok := key.(string); ok {
		switch m := from.(type) {
		case map[string]any:
			return m[name], true, nil
		case Row:
			v, ok := m[name]
			if !ok && m != nil {
				return nil, false, unknownColumn(m, name)
			}
			return v, ok, nil
		case Headers:
			if v, ok := m[textproto.CanonicalMIMEHeaderKey(name)]; ok {
				return v, true, nil
			}
			return nil, true, nil
		}
	}
	rv := reflect.ValueOf(from)
	switch rv.Kind() {
	case reflect.Map:
		k := reflect.ValueOf(key)
		if !k.IsValid() || !k.Type().AssignableTo(rv.Type().Key()) {
			return nil, false, nil
		}
		if e := rv.MapIndex(k); e.IsValid() {
			return e.Interface(), true, nil
		}
		return nil, true, nil
	case reflect.Slice, reflect.Array:
		i, ok := key.(int)
		if i < 0 {
			i += rv.Len()
		}
		if ok && i >= 0 && i < rv.Len() {
			return rv.Index(i).Interface(), true, nil
		}
		return nil, false, nil
	default:
		return nil, false, nil
	}
}

func unknownColumn(row Row, name string) error {
	e := &UnknownColumnError{Column: name}
	for c := range row {
		e.Columns = append(e.Columns, c)
	}
	return e
}

// slice is a part of a list or of a text. Text is cut between runes, not bytes.
func slice(params ...any) (any, error) {
	from := params[0]
	if from == nil {
		return nil, errAbsent
	}
	text, isText := from.(string)
	if isText {
		from = []rune(text)
	}
	v := reflect.ValueOf(from)
	if v.Kind() != reflect.Slice {
		return nil, fmt.Errorf("cannot take a part of %s", describe(params[0]))
	}
	a, err := bound(params[1], 0, v.Len())
	if err != nil {
		return nil, err
	}
	b, err := bound(params[2], v.Len(), v.Len())
	if err != nil {
		return nil, err
	}
	part := v.Slice(min(a, b), b).Interface()
	if isText {
		return string(part.([]rune)), nil
	}
	return part, nil
}

func bound(v any, absent, length int) (int, error) {
	if v == nil {
		return absent, nil
	}
	i, ok := v.(int)
	if !ok {
		return 0, fmt.Errorf("the bounds of a part are whole numbers, not %s", describe(v))
	}
	if i < 0 {
		i += length
	}
	return min(max(i, 0), length), nil
}

// fromJSON decodes text as the body of an answer is decoded. The language's own makes every number a float.
func fromJSON(params ...any) (any, error) {
	text, ok := params[0].(string)
	if !ok || strings.TrimSpace(text) == "" {
		return nil, nil
	}
	v, ok := Decode([]byte(text))
	if !ok {
		return nil, errors.New("fromJSON: the text is not JSON: " + clip(text, 60))
	}
	return v, nil
}
