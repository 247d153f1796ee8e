package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/report"
)

// A livePrinter prints what happens on the wire, a line at a time.
type livePrinter struct {
	mu     sync.Mutex
	out    io.Writer
	color  bool
	redact func([]byte) []byte
}

func newLivePrinter(out io.Writer, color bool, secrets []string) *livePrinter {
	return &livePrinter{out: out, color: color, redact: report.Redactor(secrets...)}
}

// The colours of a line: what failed, what was answered otherwise than 200.
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

func (p *livePrinter) show(e emitter.TraceEvent) {
	if e.Kind == emitter.TraceStepStarted || e.Kind == emitter.TraceStepDone && e.Error == "" {
		return // a look or a wait that went well is no exchange
	}
	line := string(p.redact([]byte(e.String())))
	if p.color {
		switch {
		case e.Kind == emitter.TraceFailed || e.Kind == emitter.TraceStepDone:
			line = red + line + plain
		case e.Kind == emitter.TraceAnswered && e.Attempt.Answer.Status != 200:
			line = yellow + line + plain
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = fmt.Fprintln(p.out, line)
}
