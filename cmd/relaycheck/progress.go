package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/relaycheck/relaycheck/suite"
)

// A progressPrinter says how far a run is: on a terminal how much is done and, below, a line for each running scenario,
// the oldest first; elsewhere a plain line every few seconds. A run that is over before the first of them prints nothing.
type progressPrinter struct {
	out      io.Writer
	terminal bool
	what     string // is counted: "scenarios played"
	width    int    // columns
	now      func() time.Time
	tick     *ticker

	mu    sync.Mutex
	last  suite.Progress
	lanes []lane // in the order in which they began
	drawn int    // lines on the terminal
}

// A lane is a scenario that runs.
type lane struct {
	name  string
	since time.Time
}

// maxLanes is how many running scenarios a terminal shows: a block of which the eye sees what changes.
const maxLanes = 8

func newProgressPrinter(out io.Writer, terminal bool) *progressPrinter {
	p := &progressPrinter{
		out: out, terminal: terminal, what: "scenarios played", width: terminalWidth(out), now: time.Now,
	}
	p.tick = newTicker(terminal, p.draw)
	return p
}

// show takes note of a play that started or ended.
func (p *progressPrinter) show(step suite.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = step
	i := slices.IndexFunc(p.lanes, func(l lane) bool { return l.name == step.Scenario })
	if step.Over && i >= 0 {
		p.lanes = slices.Delete(p.lanes, i, i+1)
	} else if !step.Over && step.Scenario != "" {
		p.lanes = append(p.lanes, lane{step.Scenario, p.now()})
	}
}

func (p *progressPrinter) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last.Total == 0 {
		return
	}
	counts := fmt.Sprintf("%d/%d %s", p.last.Done, p.last.Total, p.what)
	if !p.terminal {
		_, _ = fmt.Fprintln(p.out, counts+p.runningInAWord())
		return
	}
	p.clear()
	lines := append([]string{counts}, p.block()...)
	_, _ = io.WriteString(p.out, strings.Join(lines, "\n"))
	p.drawn = len(lines)
}

// runningInAWord names what runs on one line.
func (p *progressPrinter) runningInAWord() string {
	const shown = 3
	var names []string
	for _, l := range p.lanes[:min(shown, len(p.lanes))] {
		names = append(names, l.name)
	}
	more := ""
	if left := len(p.lanes) - len(names); left > 0 {
		more = fmt.Sprintf(" and %d more", left)
	}
	return ", running: " + strings.Join(names, ", ") + more
}

// block has a line for each running scenario, none of them longer than the terminal is wide: a line that wraps could
// not be taken away again.
func (p *progressPrinter) block() []string {
	const times = 8 // columns
	shown := p.lanes[:min(maxLanes, len(p.lanes))]
	widest := 0
	for _, l := range shown {
		widest = max(widest, text.StringWidth(l.name))
	}
	widest = max(min(widest, p.width-times-4), 8)
	var lines []string
	for _, l := range shown {
		name := text.Snip(l.name, widest, "…")
		fill := strings.Repeat(" ", max(widest-text.StringWidth(name), 0))
		lines = append(lines, fmt.Sprintf("  %s%s %*.1f s", name, fill, times-2, p.now().Sub(l.since).Seconds()))
	}
	if left := len(p.lanes) - len(shown); left > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", left))
	}
	return lines
}

// clear takes the block away.
func (p *progressPrinter) clear() {
	if p.drawn > 1 {
		_, _ = fmt.Fprintf(p.out, "\x1b[%dA", p.drawn-1)
	}
	if p.drawn > 0 {
		_, _ = io.WriteString(p.out, "\r\x1b[J")
	}
	p.drawn = 0
}

// close takes the block away. It may be called again.
func (p *progressPrinter) close() {
	p.tick.close()
	p.clear()
}
