package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/suite"
)

// A progressPrinter says how far a run is: one line that is written over on a terminal, a plain line every few
// seconds elsewhere. A run that is over before the first of them prints nothing.
type progressPrinter struct {
	out      io.Writer
	terminal bool
	what     string // is counted: "scenarios played"

	mu      sync.Mutex
	last    suite.Progress
	running []string
	drawn   bool
	stop    chan struct{}
	done    chan struct{}
}

func newProgressPrinter(out io.Writer, terminal bool) *progressPrinter {
	p := &progressPrinter{out: out, terminal: terminal, what: "scenarios played", stop: make(chan struct{}), done: make(chan struct{})}
	every := progressInterval
	if terminal {
		every = 200 * time.Millisecond // quick enough to look alive, slow enough not to flicker
	}
	go func() {
		defer close(p.done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.draw()
			case <-p.stop:
				return
			}
		}
	}()
	return p
}

// show takes note of a play that started or ended.
func (p *progressPrinter) show(step suite.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = step
	if i := slices.Index(p.running, step.Scenario); step.Over && i >= 0 {
		p.running = slices.Delete(p.running, i, i+1)
	} else if !step.Over && step.Scenario != "" {
		p.running = append(p.running, step.Scenario)
	}
}

func (p *progressPrinter) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last.Total == 0 {
		return
	}
	names := p.running
	const shown = 3
	more := ""
	if len(names) > shown {
		names, more = names[:shown], fmt.Sprintf(" and %d more", len(p.running)-shown)
	}
	line := fmt.Sprintf("%d/%d %s, running: %s%s", p.last.Done, p.last.Total, p.what, strings.Join(names, ", "), more)
	if !p.terminal {
		_, _ = fmt.Fprintln(p.out, line)
		return
	}
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K%.100s", line)
	p.drawn = true
}

// close takes the line away. It may be called again.
func (p *progressPrinter) close() {
	select {
	case <-p.stop:
		return
	default:
		close(p.stop)
	}
	<-p.done
	if p.drawn {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
}
