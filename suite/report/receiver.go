package report

import (
	"fmt"
	"strings"
)

// A Receiver is what became of a receiver that the run started itself (hooks.start): what it printed tells why it
// answered as it did, and in a CI job there is no other place to read it.
type Receiver struct {
	Starts int    `json:"starts"` // how often it was started: at the beginning, and after every restart and kill
	Output Output `json:"output"`
}

// Output is what a program printed to stdout and stderr, in the order in which it came: all of it, or its beginning and
// its end. It holds no secret of the target file.
type Output struct {
	Bytes   int64  `json:"bytes"`          // how many were printed in all
	Dropped int64  `json:"dropped"`        // how many of them stand neither in Head nor in Tail
	Head    string `json:"head"`           // from the beginning; all of it where nothing was dropped
	Tail    string `json:"tail,omitempty"` // to the end, where something was dropped
}

// Printed reports whether there is any output to show.
func (r *Receiver) Printed() bool { return r != nil && r.Output.Bytes > 0 }

// lines are the output, line by line and fit for any terminal, with one that says what was left out in the middle.
func (r *Receiver) lines() []string {
	if !r.Printed() {
		return nil
	}
	lines := outputLines(r.Output.Head)
	if r.Output.Dropped > 0 {
		lines = append(lines, fmt.Sprintf("[… %d of %d bytes are left out …]", r.Output.Dropped, r.Output.Bytes))
	}
	return append(lines, outputLines(r.Output.Tail)...)
}

// last are the last n lines of the output that hold anything, and how many lines there are before them.
func (r *Receiver) last(n int) (lines []string, before int) {
	all := r.lines()
	for len(all) > 0 && strings.TrimSpace(all[len(all)-1]) == "" {
		all = all[:len(all)-1]
	}
	before = max(0, len(all)-n)
	return all[before:], before
}

// Last are the last n lines of the output that hold anything, fit for any terminal.
func (r *Receiver) Last(n int) []string {
	lines, _ := r.last(n)
	return lines
}

// summary says in a clause what there is.
func (r *Receiver) summary() string {
	s := fmt.Sprintf("the receiver printed %d bytes", r.Output.Bytes)
	if r.Starts > 1 {
		s += fmt.Sprintf(" in %d starts", r.Starts)
	}
	if r.Output.Dropped > 0 {
		s += fmt.Sprintf(", %d of them are left out", r.Output.Dropped)
	}
	return s
}

func outputLines(text string) []string {
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil
	}
	return visibleLines(text)
}
