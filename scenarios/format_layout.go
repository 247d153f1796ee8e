package scenarios

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// layout gives formatted YAML what an encoder knows nothing of: the empty lines with which the author set blocks apart,
// one at most and none at the head, and comments behind consecutive lines in one column. If that would change the
// meaning, as an empty line behind a text block that keeps its end would, the YAML stays as it is.
func layout(src, out []byte) []byte {
	var a, b yaml.Node
	if yaml.Load(src, &a) != nil || yaml.Load(out, &b) != nil {
		return out
	}
	before := strings.Split(string(src), "\n")
	after := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	gaps := map[int]bool{} // indices of after that get an empty line before them
	pairNodes(&a, &b, func(was, is *yaml.Node) {
		from, to := blockStart(before, was.Line-1), blockStart(after, is.Line-1)
		if from > 0 && to > 0 && strings.TrimSpace(before[from-1]) == "" && !opens(after[to-1]) {
			gaps[to] = true
		}
	})
	alignComments(after, &b)
	var laid bytes.Buffer
	for i, line := range after {
		if gaps[i] {
			laid.WriteByte('\n')
		}
		laid.WriteString(line + "\n")
	}
	if sameMeaning(out, laid.Bytes()) != nil {
		return out
	}
	return laid.Bytes()
}

// pairNodes calls do for each key of a mapping and each item of a list that begins a line of its own, with its twin in
// the other document. Both say the same; only the order of keys may differ.
func pairNodes(a, b *yaml.Node, do func(a, b *yaml.Node)) {
	switch a.Kind { //nolint:exhaustive // what is neither a list nor a mapping has nothing below it
	case yaml.DocumentNode:
		for i := range min(len(a.Content), len(b.Content)) {
			pairNodes(a.Content[i], b.Content[i], do)
		}
	case yaml.SequenceNode:
		if a.Style&yaml.FlowStyle != 0 {
			return
		}
		for i := range min(len(a.Content), len(b.Content)) {
			do(a.Content[i], b.Content[i])
			pairNodes(a.Content[i], b.Content[i], do)
		}
	case yaml.MappingNode:
		if a.Style&yaml.FlowStyle != 0 {
			return
		}
		for i := 0; i+1 < len(a.Content); i += 2 {
			for k := 0; k+1 < len(b.Content); k += 2 {
				if a.Content[i].Value == b.Content[k].Value {
					do(a.Content[i], b.Content[k])
					pairNodes(a.Content[i+1], b.Content[k+1], do)
					break
				}
			}
		}
	}
}

// blockStart is the first of the comment lines above a line, or the line itself.
func blockStart(lines []string, line int) int {
	for line > 0 && line <= len(lines) && strings.HasPrefix(strings.TrimSpace(lines[line-1]), "#") {
		line--
	}
	return line
}

// opens reports whether a line begins a block, so that what follows stands right below it.
func opens(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasSuffix(line, ":")
}

// alignComments puts the comments behind consecutive lines into one column.
func alignComments(lines []string, doc *yaml.Node) {
	comments := map[int]string{} // by index of the line
	var collect func(n *yaml.Node)
	collect = func(n *yaml.Node) {
		if c := n.LineComment; c != "" && !strings.Contains(c, "\n") {
			for i := max(n.Line-1, 0); i < len(lines); i++ { // the last line of what it stands behind
				if strings.HasSuffix(lines[i], " "+c) {
					comments[i] = c
					break
				}
			}
		}
		for _, child := range n.Content {
			collect(child)
		}
	}
	collect(doc)
	at := make([]int, 0, len(comments))
	for i := range comments {
		at = append(at, i)
	}
	slices.Sort(at)
	for len(at) > 0 {
		n := 1
		for n < len(at) && at[n] == at[n-1]+1 {
			n++
		}
		width := 0
		for _, i := range at[:n] {
			lines[i] = strings.TrimRight(strings.TrimSuffix(lines[i], comments[i]), " ")
			width = max(width, utf8.RuneCountInString(lines[i]))
		}
		for _, i := range at[:n] {
			lines[i] += strings.Repeat(" ", width-utf8.RuneCountInString(lines[i])+1) + comments[i]
		}
		at = at[n:]
	}
}
