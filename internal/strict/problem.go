package strict

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Pos is a place in a file. Lines and columns count from 1, columns in characters; the zero Pos is no place.
type Pos struct {
	Line int
	Col  int
}

// Valid reports whether p is a place.
func (p Pos) Valid() bool { return p.Line > 0 }

// Severity says whether a file with the problem may be used.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Problem is one mistake in a file.
type Problem struct { //nolint:errname // it is what the field calls it, and a warning is no error
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Col      int      `json:"col"`
	Length   int      `json:"length,omitempty"` // characters that the problem is about, for editors; 0 is unknown
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`             // stable, for filters: "unknown-key"
	Message  string   `json:"message"`          // what is wrong
	Hint     string   `json:"hint,omitempty"`   // what to do about it
	Source   string   `json:"source,omitempty"` // the line it is on, without its end
}

// Text is the problem in one line, without its place.
func (p Problem) Text() string {
	if p.Hint == "" {
		return p.Message
	}
	return p.Message + ": " + p.Hint
}

// Error gives the place and the text in one line, then the source line with a caret.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	b.WriteString(": ")
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Text())
	if p.Line > 0 && p.Source != "" {
		line, pad := window(p.Source, p.Col)
		fmt.Fprintf(&b, "\n%5d | %s\n      | %s^%s", p.Line, line, pad, strings.Repeat("~", p.tail()))
	}
	return b.String()
}

// tail is how many tildes follow the caret; what is too long for a line is cut.
func (p Problem) tail() int {
	room := utf8.RuneCountInString(p.Source) - p.Col
	return max(0, min(p.Length-1, room, 60))
}

// The widest piece of a source line that is shown, and how much of it stands before the caret at most.
const (
	windowWidth  = 160
	windowBefore = 100
)

// window cuts a long line to the piece around col, and gives the blanks that put a caret below it.
func window(line string, col int) (piece, pad string) {
	runes := []rune(line)
	start := 0
	if col-1 > windowBefore {
		start = col - 1 - windowBefore
	}
	end := min(len(runes), start+windowWidth)
	start = min(start, end)
	var text, blank strings.Builder
	if start > 0 {
		text.WriteString("…")
		blank.WriteString(" ")
	}
	for i := start; i < end; i++ {
		r := runes[i]
		if r != '\t' && (r < ' ' || r == 0x7f) {
			r = '�'
		}
		text.WriteRune(r)
		if i >= col-1 {
			continue
		}
		switch {
		case r == '\t':
			blank.WriteRune('\t') // as wide as the one above it, whatever the terminal makes of it
		case wide(r):
			blank.WriteString("  ")
		default:
			blank.WriteRune(' ')
		}
	}
	if end < len(runes) {
		text.WriteString("…")
	}
	return text.String(), blank.String()
}

// wide reports whether a terminal gives r two columns: the East Asian blocks, and emoji.
func wide(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return true
	}
	return false
}

// Problems are all the mistakes of one or more files, in the order of the files and then of the lines.
type Problems []Problem //nolint:errname // as above

// Error gives every problem on lines of its own.
func (p Problems) Error() string {
	parts := make([]string, len(p))
	for i := range p {
		parts[i] = p[i].Error()
	}
	return strings.Join(parts, "\n")
}

// Err is p as an error, nil if there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
