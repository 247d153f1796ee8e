package strict

import (
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// readDocuments reads the first two documents: the second only to say where it is.
func readDocuments(loader *yaml.Loader) ([]*yaml.Node, error) {
	var docs []*yaml.Node
	for len(docs) < 2 {
		n := new(yaml.Node)
		err := loader.Load(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return docs, err
		}
		docs = append(docs, n)
	}
	return docs, nil
}

// syntax notes an error of the YAML scanner or parser. There is one at most: it stops at the first.
func (f *File) syntax(err error) {
	var list *yaml.LoadErrors // before LoadError: As on a list unwraps to its first
	if errors.As(err, &list) && len(list.Errors) > 0 {
		err = list.Errors[0]
	}
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		f.Errorf(Pos{}, "syntax", "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	at := Pos{e.Mark.Line, e.Mark.Column}
	message := strings.TrimPrefix(e.Message, "yaml: ")
	if e.ContextMsg != "" {
		message += " " + e.ContextMsg
	}
	if e.ContextMark.Line > 0 && (at.Line == 0 || f.beyond(at)) {
		at = Pos{e.ContextMark.Line, e.ContextMark.Column} // the end of the file tells nothing; what was left open does
	}
	if at.Line > len(f.lines) || f.beyond(at) {
		at = f.lastText()
	}
	report := f.Errorf(at, "syntax", "this is not YAML: %s", message).Length(1)
	if hint := f.syntaxHint(at, message); hint != "" {
		report.Hint(hint)
	}
}

// beyond reports whether nothing but blank lines follows a place.
func (f *File) beyond(at Pos) bool {
	if at.Line > len(f.lines) {
		return true
	}
	if at.Line < 1 {
		return false
	}
	if runes := []rune(f.lines[at.Line-1]); at.Col <= len(runes) {
		return false
	}
	for _, l := range f.lines[at.Line:] {
		if strings.TrimSpace(l) != "" {
			return false
		}
	}
	return true
}

func (f *File) lastText() Pos {
	for i := len(f.lines); i > 0; i-- {
		if l := f.lines[i-1]; strings.TrimSpace(l) != "" {
			return Pos{i, len([]rune(l))}
		}
	}
	return Pos{1, 1}
}

// syntaxHint turns the commonest slips into advice.
func (f *File) syntaxHint(at Pos, message string) string {
	line := f.Line(at.Line)
	switch {
	case strings.Contains(message, "tab character") || strings.HasPrefix(strings.TrimLeft(line, " "), "\t"):
		return "indent with blanks, not with a tab"
	case strings.Contains(message, "mapping values are not allowed"):
		return "put a text that holds `: ` in quotes, or mend the indentation"
	case strings.Contains(message, "cannot start any token"):
		return "put the text in quotes"
	case strings.Contains(message, "unknown anchor"):
		return "define it with & further up, or put a text that begins with * in quotes"
	case strings.Contains(message, "flow sequence"):
		return "close the [ with ]"
	case strings.Contains(message, "flow mapping"):
		return "close the { with }"
	case strings.Contains(message, "quoted scalar") && strings.Contains(message, "end of stream"):
		return "close the quotes"
	case strings.Contains(message, "block mapping") || strings.Contains(message, "block collection"):
		return "look at the indentation of this line"
	case strings.Contains(message, "max depth"):
		return "nobody needs that"
	}
	return ""
}
