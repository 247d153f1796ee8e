package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// Format gives a scenario file in the one style: keys in the order in which they are explained, two blanks of indent,
// comments behind consecutive lines in one column. Comments stay, and so do single empty lines between blocks, and what
// is written on one line ({…}) and what on several. A file that is no YAML is refused with [strict.Problems]; one that
// would come out with another meaning, or without one of its comments, is refused too, and so is never harmed.
//
// What the loader would refuse for other reasons is formatted all the same: an unknown key comes last.
func Format(name string, src []byte) ([]byte, error) {
	if err := strict.Parse(name, src).Err(); err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Load(src, &doc); err != nil {
		return nil, fmt.Errorf("format %s: %w", name, err)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("format %s: a scenario is a mapping: title: …", name)
	}
	if twice := twiceKey(&doc); twice != nil {
		return nil, fmt.Errorf("format %s:%d:%d: the key %s is given twice", name, twice.Line, twice.Column, twice.Value)
	}
	// The comment at the head is about the whole file, whichever key stands below it.
	root := doc.Content[0]
	head := ""
	if len(root.Content) > 0 {
		head, root.Content[0].HeadComment = root.Content[0].HeadComment, ""
	}
	sortKeys(root, reflect.TypeFor[document]())
	if head != "" {
		root.Content[0].HeadComment = strings.TrimSuffix(head+"\n"+root.Content[0].HeadComment, "\n")
	}
	out, err := yaml.Dump(&doc, yaml.WithIndent(2), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("format %s: %w", name, err)
	}
	out = layout(src, out)
	if err := sameMeaning(src, out); err != nil {
		return nil, fmt.Errorf("format %s: %w; the file is left as it is", name, err)
	}
	return out, nil
}

// twiceKey finds a key that a mapping has twice: what it means then is not for a formatter to say.
func twiceKey(n *yaml.Node) *yaml.Node {
	seen := map[string]bool{}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if seen[c.Value] {
				return c
			}
			seen[c.Value] = true
		}
		if twice := twiceKey(c); twice != nil {
			return twice
		}
	}
	return nil
}

// sortKeys puts the keys of a mapping into the order of the fields of a type of the language, and so on downwards. What
// has keys of the author's own choice stays in the author's order.
func sortKeys(n *yaml.Node, t reflect.Type) {
	t = inner(t)
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, item := range n.Content {
			sortKeys(item, t.Elem())
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Slice: // a strict.Map
		if t.Elem().Kind() != reflect.Struct {
			return
		}
		if value, ok := t.Elem().FieldByName("Value"); ok {
			for i := 1; i < len(n.Content); i += 2 {
				sortKeys(n.Content[i], value.Type)
			}
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		sortFields(n, t)
	}
}

func sortFields(n *yaml.Node, t reflect.Type) {
	rank := map[string]int{}
	types := map[string]reflect.Type{}
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); key != "" && key != "-" {
			rank[key], types[key] = i+1, t.Field(i).Type
		}
	}
	if len(rank) == 0 {
		return
	}
	if t == reflect.TypeFor[stepDoc]() {
		// Whose event it is, and when it was, come right after what it is.
		for _, key := range []string{"task", "as", "file", "at"} {
			rank[key] = rank["together"] // in the author's order
		}
	}
	type pair struct{ key, value *yaml.Node }
	var pairs []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		pairs = append(pairs, pair{n.Content[i], n.Content[i+1]})
		if ft, known := types[n.Content[i].Value]; known {
			sortKeys(n.Content[i+1], ft)
		}
	}
	place := func(p pair) int {
		if r, known := rank[p.key.Value]; known {
			return r
		}
		return t.NumField() + 1
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return place(a) - place(b) })
	n.Content = n.Content[:0]
	for _, p := range pairs {
		n.Content = append(n.Content, p.key, p.value)
	}
}

// inner takes pointers and places off a type: *strict.At[T] is T to an author.
func inner(t reflect.Type) reflect.Type {
	for {
		switch {
		case t.Kind() == reflect.Pointer:
			t = t.Elem()
		case t.Kind() == reflect.Struct && t.NumField() == 2 && t.Field(0).Name == "Value" && t.Field(1).Name == "Pos":
			t = t.Field(0).Type
		default:
			return t
		}
	}
}

// sameMeaning compares two files: the same data, and no comment lost.
func sameMeaning(src, out []byte) error {
	var a, b yaml.Node
	if err := errors.Join(yaml.Load(src, &a), yaml.Load(out, &b)); err != nil {
		return err
	}
	if plainForm(&a) != plainForm(&b) {
		return errors.New("it would not mean the same afterwards")
	}
	before, after := commentsOf(&a), commentsOf(&b)
	if !slices.Equal(before, after) {
		return errors.New("a comment stands where it would be lost; put it on a line of its own, above what it is about")
	}
	return nil
}

// plainForm writes what a node means, whatever its style and the order of its keys.
func plainForm(n *yaml.Node) string {
	var b strings.Builder
	switch n.Kind {
	case yaml.DocumentNode, yaml.SequenceNode:
		b.WriteByte('[')
		for _, c := range n.Content {
			b.WriteString(plainForm(c) + ",")
		}
		b.WriteByte(']')
	case yaml.MappingNode:
		var parts []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, plainForm(n.Content[i])+":"+plainForm(n.Content[i+1]))
		}
		slices.Sort(parts)
		b.WriteString("{" + strings.Join(parts, ",") + "}")
	case yaml.AliasNode:
		b.WriteString("*" + n.Value)
	default:
		fmt.Fprintf(&b, "%s %q", n.ShortTag(), n.Value)
	}
	if n.Anchor != "" {
		return "&" + n.Anchor + " " + b.String()
	}
	return b.String()
}

// commentsOf lists the lines of all comments, sorted: where they stand may change.
func commentsOf(n *yaml.Node) []string {
	var lines []string
	for _, c := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		for l := range strings.Lines(c) {
			if l = strings.TrimSpace(l); l != "" {
				lines = append(lines, l)
			}
		}
	}
	for _, c := range n.Content {
		lines = append(lines, commentsOf(c)...)
	}
	slices.Sort(lines)
	return lines
}

// Formatted reports whether a file is in the one style already. What cannot be formatted is an error.
func Formatted(name string, src []byte) (bool, error) {
	out, err := Format(name, src)
	return err == nil && bytes.Equal(out, src), err
}
