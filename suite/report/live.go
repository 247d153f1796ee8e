package report

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A Live prints lines while a run goes on. Its methods may be called from several goroutines; the lines of one call
// stay together.
type Live struct {
	mu     sync.Mutex
	w      io.Writer
	redact func([]byte) []byte
	target string
	strict bool
	paint  paint
}

// NewLive returns a Live for a run; of the run it needs the target, Strict and Redact.
func NewLive(w io.Writer, run Run, o ConsoleOptions) *Live {
	redact := run.redactor()
	return &Live{w: w, redact: redact, target: clean(run.Target, redact).URL, strict: run.Strict, paint: paint{on: o.Color}}
}

// Play prints a play's verdict in one line: what its worst row says, and how many of its requirements held.
func (l *Live) Play(p Play) error {
	p = clean(p, l.redact)
	worst, held := judge.Verdict(""), 0
	for _, row := range p.Result.Rows {
		v, _ := settle(row, l.strict)
		if v == judge.Held {
			held++
		}
		if worst == "" || worse(v, worst) {
			worst = v
		}
	}
	word := verdictWord(worst)
	if worst == "" {
		word = "no verdict"
	}
	line := fmt.Sprintf("%s %s  %d of %d held  %s", l.paint.verdict(worst, pad(word, 14)), visible(p.ref().ID), held, len(p.Result.Rows), short(p.Duration))
	if a := p.Input.Transcript.Aborted; a != "" {
		line += "  ended early: " + visible(a)
	}
	return l.print([]string{line})
}

// Exchange prints an attempt in its two lines, --> and <--.
func (l *Live) Exchange(d emitter.Delivery, a emitter.Attempt) error {
	d.Attempts = nil
	d, a = clean(d, l.redact), clean(a, l.redact)
	return l.print([]string{
		l.paint.exchange(sentLine(d, a, l.target)),
		l.paint.exchange(answerLine(a, l.target)),
	})
}

// Transcript prints every attempt of a play in full, in the order in which they were sent.
func (l *Live) Transcript(in judge.Input) error {
	in = clean(in, l.redact)
	var lines []string
	for _, s := range sendings(in) {
		for _, line := range Exchange(s.delivery, s.attempt, l.target) {
			lines = append(lines, l.paint.exchange(line))
		}
		lines = append(lines, "")
	}
	return l.print(lines)
}

func (l *Live) print(lines []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := io.WriteString(l.w, strings.Join(lines, "\n")+"\n"); err != nil {
		return fmt.Errorf("write a line of the run: %w", err)
	}
	return nil
}
