package strict

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// The bounds of a file. They are far above anything that a person writes, and low enough that reading a hostile
// file costs milliseconds and a few megabytes.
const (
	MaxSize     = 1 << 20 // bytes
	MaxDepth    = 64      // levels of nesting, aliases followed
	MaxNodes    = 100_000 // values, aliases unfolded
	maxProblems = 100     // per file; more help nobody
)

// A File is a YAML document, and the collector of all that is wrong with it.
type File struct {
	Name string

	lines    []string
	root     *yaml.Node
	problems Problems
	dropped  int
	quiet    bool
}

// Parse reads src as one YAML document. It never returns nil: what is wrong with the file is told by Err.
// Name stands in the problems, and is not opened.
func Parse(name string, src []byte) *File {
	f := &File{Name: name}
	if len(src) > MaxSize {
		f.Errorf(Pos{}, "too-large", "the file has %d bytes", len(src)).Hint(fmt.Sprintf("at most %d are read", MaxSize))
		return f
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	f.lines = strings.Split(string(src), "\n")
	for i, l := range f.lines {
		f.lines[i] = strings.TrimSuffix(l, "\r")
	}
	if !f.checkText(src) {
		return f
	}
	f.load(src)
	if f.root != nil {
		f.checkShape()
	}
	return f
}

// checkText refuses what is no UTF-8 text; the YAML reader would, too, but does not say where.
func (f *File) checkText(src []byte) bool {
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		f.Errorf(Pos{}, "encoding", "the file is UTF-16").Hint("save it as UTF-8")
		return false
	}
	for i, l := range f.lines {
		col := 1
		for j := 0; j < len(l); col++ {
			r, size := utf8.DecodeRuneInString(l[j:])
			if r == utf8.RuneError && size == 1 {
				f.Errorf(Pos{i + 1, col}, "encoding", "the byte 0x%02x is not UTF-8", l[j]).Hint("save the file as UTF-8; write other bytes in base64")
				return false
			}
			if r < ' ' && r != '\t' || r == 0x7f {
				f.Errorf(Pos{i + 1, col}, "encoding", "the control character U+%04X may not stand in YAML", r).Hint(`write it in double quotes as "\x..", or in base64`)
				return false
			}
			j += size
		}
	}
	return true
}

// load makes nodes of the text and refuses a second document.
func (f *File) load(src []byte) {
	loader, err := yaml.NewLoader(bytes.NewReader(src), yaml.WithAllDocuments())
	if err != nil {
		f.Errorf(Pos{}, "syntax", "%v", err)
		return
	}
	docs, err := readDocuments(loader)
	if err != nil {
		f.syntax(err)
		return
	}
	switch {
	case len(docs) == 0 || len(docs[0].Content) == 0 || isNull(docs[0].Content[0]) && len(docs) == 1:
		f.Errorf(Pos{}, "empty", "the file is empty").Hint("it must hold one YAML document")
		return
	case len(docs) > 1:
		at := f.secondDocument(docs[1])
		f.Errorf(at, "second-document", "a second YAML document begins here").Hint("one file holds one document: put the other into a file of its own")
	}
	f.root = docs[0].Content[0]
}

// secondDocument is the line of the mark that begins the second document.
func (f *File) secondDocument(doc *yaml.Node) Pos {
	for l := min(doc.Line, len(f.lines)); l > 1; l-- {
		if strings.HasPrefix(f.lines[l-1], "---") {
			return Pos{l, 1}
		}
	}
	return Pos{max(1, doc.Line), max(1, doc.Column)}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// checkShape bounds the document as it is with all its aliases unfolded, so that what follows may recurse freely.
func (f *File) checkShape() {
	c := shape{file: f, size: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}, depth: map[*yaml.Node]int{}, used: map[string]bool{}}
	if c.measure(f.root, 1) > MaxNodes && !c.failed {
		f.Errorf(Pos{f.root.Line, f.root.Column}, "too-large", "the file holds more than %d values, aliases unfolded", MaxNodes)
		c.failed = true
	}
	if c.failed {
		f.root = nil
		return
	}
	for _, n := range c.anchors {
		if !c.used[n.Anchor] {
			f.Warnf(Pos{n.Line, n.Column}, "unused-anchor", "the anchor &%s is never used", n.Anchor).Hint("delete it")
		}
	}
}

// shape measures a tree of nodes: every node once, so an alias bomb costs no more than its text.
type shape struct {
	file    *File
	size    map[*yaml.Node]int // values below the node, itself included
	depth   map[*yaml.Node]int // levels below the node, itself included
	open    map[*yaml.Node]bool
	anchors []*yaml.Node
	used    map[string]bool
	failed  bool
}

func (c *shape) fail(n *yaml.Node, code, format string, args ...any) int {
	if !c.failed {
		c.file.Errorf(Pos{n.Line, n.Column}, code, format, args...)
	}
	c.failed = true
	return 1
}

func (c *shape) measure(n *yaml.Node, level int) int {
	if c.failed {
		return 1
	}
	if size, ok := c.size[n]; ok {
		if level+c.depth[n] > MaxDepth+1 {
			return c.fail(n, "too-deep", "this is nested more than %d levels deep", MaxDepth)
		}
		return size
	}
	if level > MaxDepth {
		return c.fail(n, "too-deep", "this is nested more than %d levels deep", MaxDepth)
	}
	if c.open[n] {
		return c.fail(n, "alias", "the anchor &%s contains itself", n.Anchor)
	}
	if n.Anchor != "" {
		c.anchors = append(c.anchors, n)
	}
	c.open[n] = true
	defer delete(c.open, n)
	size, depth := 1, 1
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		c.used[n.Value] = true
		size = c.measure(n.Alias, level)
		depth = c.depth[n.Alias]
		if size > MaxNodes {
			return c.fail(n, "alias", "the alias *%s unfolds to more than %d values", n.Value, MaxNodes)
		}
	}
	for _, child := range n.Content {
		size = min(size+c.measure(child, level+1), MaxNodes+1)
		depth = max(depth, c.depth[child]+1)
	}
	c.size[n], c.depth[n] = size, depth
	return size
}

// A Report is a problem just noted, to which more can be said.
type Report struct {
	f *File
	i int
}

// Hint adds what to do about it.
func (r Report) Hint(text string) Report {
	if r.f != nil {
		r.f.problems[r.i].Hint = text
	}
	return r
}

// Length says how many characters the problem is about.
func (r Report) Length(n int) Report {
	if r.f != nil {
		r.f.problems[r.i].Length = n
	}
	return r
}

// Quiet silences errors at a place that has one already: once the types are checked, they only follow from the first.
func (f *File) Quiet() { f.quiet = true }

// Errorf notes an error at a place. Code is the stable name of its kind.
func (f *File) Errorf(at Pos, code, format string, args ...any) Report {
	return f.note(Error, at, code, fmt.Sprintf(format, args...))
}

// Warnf notes a warning at a place.
func (f *File) Warnf(at Pos, code, format string, args ...any) Report {
	return f.note(Warning, at, code, fmt.Sprintf(format, args...))
}

func (f *File) note(s Severity, at Pos, code, message string) Report {
	for _, p := range f.problems { // an alias met twice tells the same tale twice
		if p.Line != at.Line || p.Col != at.Col {
			continue
		}
		if p.Message == message || f.quiet && at.Valid() && p.Severity == Error && s == Error {
			return Report{}
		}
	}
	if len(f.problems) >= maxProblems {
		if !f.quiet {
			f.dropped++
		}
		return Report{}
	}
	p := Problem{File: f.Name, Line: at.Line, Col: at.Col, Severity: s, Code: code, Message: message}
	if at.Line >= 1 && at.Line <= len(f.lines) {
		p.Source = f.lines[at.Line-1]
		p.Length = f.wordAt(at)
	}
	f.problems = append(f.problems, p)
	return Report{f, len(f.problems) - 1}
}

// wordAt is the length of the key or value that begins at a place, as far as its text shows it.
func (f *File) wordAt(at Pos) int {
	runes := []rune(f.lines[at.Line-1])
	if at.Col < 1 || at.Col > len(runes) {
		return 0
	}
	rest := string(runes[at.Col-1:])
	switch rest[0] {
	case '"', '\'':
		if i := strings.IndexByte(rest[1:], rest[0]); i >= 0 {
			return utf8.RuneCountInString(rest[:i+2])
		}
		return 1
	case '{', '[', '|', '>', '&', '*', '-', '!':
		return 1
	}
	end := len(rest)
	for _, stop := range []string{": ", ", ", " #", "]", "}"} {
		if i := strings.Index(rest, stop); i > 0 {
			end = min(end, i)
		}
	}
	return utf8.RuneCountInString(strings.TrimRight(strings.TrimSuffix(rest[:end], ":"), " "))
}

// Line gives the text of a line, "" if there is none.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// Root reports whether there is a document to decode.
func (f *File) Root() (Node, bool) {
	if f.root == nil {
		return Node{}, false
	}
	return Node{f: f, n: f.root, path: ""}, true
}

// Err gives the errors as [Problems], in the order of the lines; nil if there are none.
func (f *File) Err() error { return f.only(Error).Err() }

// Failed reports whether an error was noted.
func (f *File) Failed() bool {
	return slices.ContainsFunc(f.problems, func(p Problem) bool { return p.Severity == Error })
}

// Warnings gives the warnings, in the order of the lines.
func (f *File) Warnings() Problems { return f.only(Warning) }

func (f *File) only(s Severity) Problems {
	var out Problems
	for _, p := range f.problems {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	if s == Error && f.dropped > 0 {
		out = append(out, Problem{
			File: f.Name, Severity: Error, Code: "too-many",
			Message: fmt.Sprintf("and %d more problems", f.dropped), Hint: "mend these first",
		})
	}
	return out
}
