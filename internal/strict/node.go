package strict

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Kind is the kind of a value in the file.
type Kind int

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	Text
	List
	Mapping
)

// String names the kind as an author would.
func (k Kind) String() string {
	return [...]string{"nothing", "true or false", "a number", "a text", "a list", "a mapping"}[k]
}

// A Node is a value of the file. Aliases are followed.
type Node struct {
	f    *File
	n    *yaml.Node
	path string // for messages: "timeline[2].after"
}

// target is the value that a node stands for.
func target(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

// Pos is where the value is written.
func (n Node) Pos() Pos {
	if n.n == nil {
		return Pos{}
	}
	return Pos{n.n.Line, n.n.Column}
}

// Path is the way to the value from the top of the file, for messages: "timeline[2].after".
func (n Node) Path() string { return n.path }

// Kind tells what the value is.
func (n Node) Kind() Kind {
	t := target(n.n)
	switch t.Kind {
	case yaml.MappingNode:
		return Mapping
	case yaml.SequenceNode:
		return List
	default:
	}
	switch t.ShortTag() {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		return Number
	}
	if t.Style == 0 && looksLikeNumber.MatchString(t.Value) {
		return Number // YAML takes 1e999999999 and 08 for texts; nobody means them so
	}
	return Text
}

var looksLikeNumber = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// Text is the text of a scalar, "" for anything else. A number keeps its spelling.
func (n Node) Text() string {
	if t := target(n.n); t.Kind == yaml.ScalarNode {
		return t.Value
	}
	return ""
}

// Quoted reports whether a scalar is written in quotes or as a block.
func (n Node) Quoted() bool {
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return target(n.n).Style&quoted != 0
}

// Errorf notes an error at the value.
func (n Node) Errorf(code, format string, args ...any) Report {
	return n.f.Errorf(n.Pos(), code, format, args...)
}

// Warnf notes a warning at the value.
func (n Node) Warnf(code, format string, args ...any) Report {
	return n.f.Warnf(n.Pos(), code, format, args...)
}

// Expected notes that the value is of the wrong kind. What says what it should be, for example "a duration such as 300ms".
func (n Node) Expected(what string) Report {
	got := n.Kind().String()
	if text := n.Text(); text != "" && n.Kind() != Null && len(text) <= 40 && !strings.ContainsAny(text, "\n\r") {
		got += " (" + text + ")"
	}
	return n.Errorf("wrong-type", "%s must be %s, not %s", n.what(), what, got)
}

// Keys lists the keys of a mapping, in order.
func (n Node) Keys() []string {
	t := target(n.n)
	if t.Kind != yaml.MappingNode {
		return nil
	}
	var keys []string
	for i := 0; i+1 < len(t.Content); i += 2 {
		keys = append(keys, target(t.Content[i]).Value)
	}
	return keys
}

// Len is the number of a list's elements or a mapping's keys.
func (n Node) Len() int {
	t := target(n.n)
	if t.Kind == yaml.MappingNode {
		return len(t.Content) / 2
	}
	return len(t.Content)
}

// Decode decodes the value into out, a pointer, and reports whether that went without an error.
func (n Node) Decode(out any) bool {
	before := n.f.errors()
	n.f.decodeInto(n, out)
	return n.f.errors() == before
}

// File is the file that the value stands in.
func (n Node) File() *File { return n.f }

func (f *File) errors() int {
	count := f.dropped
	for _, p := range f.problems {
		if p.Severity == Error {
			count++
		}
	}
	return count
}
