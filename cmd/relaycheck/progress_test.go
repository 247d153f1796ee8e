package main

import (
	"strings"
	"testing"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/relaycheck/relaycheck/suite"
)

// drawing is a printer that draws only when it is told to, at a moment of the test's choice.
func drawing(out *strings.Builder, width int) (*progressPrinter, func(time.Duration)) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := &progressPrinter{out: out, terminal: true, what: "scenarios played", width: width, now: func() time.Time { return now }}
	return p, func(d time.Duration) { now = now.Add(d) }
}

func TestATerminalShowsALineForEachRunningScenario(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p, pass := drawing(&out, 80)
	p.show(suite.Progress{Total: 3, Scenario: "task-start-means-running"})
	pass(1500 * time.Millisecond)
	p.show(suite.Progress{Total: 3, Scenario: "one-file"})
	p.draw()
	const first = "0/3 scenarios played\n  task-start-means-running    1.5 s\n  one-file                    0.0 s"
	if out.String() != first {
		t.Errorf("it drew\n%q, want\n%q", out.String(), first)
	}
	out.Reset()
	p.show(suite.Progress{Total: 3, Done: 1, Scenario: "task-start-means-running", Over: true})
	p.draw()
	const second = "\x1b[2A\r\x1b[J1/3 scenarios played\n  one-file    0.0 s"
	if out.String() != second {
		t.Errorf("then it drew\n%q, want\n%q", out.String(), second)
	}
}

func TestNoLineOfTheProgressIsWiderThanTheTerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p, _ := drawing(&out, 40)
	for range 20 {
		p.show(suite.Progress{Total: 20, Scenario: "任务在两秒的间隔期间一直处于运行状态并且不会丢失任何事件" + strings.Repeat("x", 60)})
	}
	p.draw()
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 1+maxLanes+1 {
		t.Errorf("it drew %d lines, want a head, %d lanes and how many more there are:\n%s", len(lines), maxLanes, out.String())
	}
	for _, l := range lines {
		if w := text.StringWidth(l); w > 40 {
			t.Errorf("a line of %d columns on a terminal of 40: %s", w, l)
		}
	}
}
