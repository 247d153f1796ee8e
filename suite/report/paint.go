package report

import (
	"strings"

	"github.com/relaycheck/relaycheck/suite/judge"
)

// paint puts ANSI colours around text, or nothing. Colour never carries a meaning that the text does not.
type paint struct{ on bool }

const (
	ansiBold   = "1"
	ansiDim    = "2"
	ansiRed    = "31"
	ansiGreen  = "32"
	ansiYellow = "33"
	ansiBlue   = "34"
)

func (p paint) with(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string { return p.with(ansiBold, s) }
func (p paint) dim(s string) string  { return p.with(ansiDim, s) }

func (p paint) verdict(v judge.Verdict, s string) string {
	switch v {
	case judge.Held:
		return p.with(ansiGreen, s)
	case judge.Broken:
		return p.with(ansiRed, s)
	case judge.Warned:
		return p.with(ansiYellow, s)
	case judge.NotObservable, judge.NotTestable:
		return p.with(ansiBlue, s)
	case judge.Unproven, judge.NotSelected:
		return p.dim(s)
	default:
		return s
	}
}

func (p paint) run(verdict, s string) string {
	switch verdict {
	case Pass:
		return p.with(ansiGreen, s)
	case Fail:
		return p.with(ansiRed, s)
	default:
		return p.with(ansiYellow, s)
	}
}

// exchange colours a line of an exchange by its arrow.
func (p paint) exchange(s string) string {
	switch {
	case strings.HasPrefix(s, "-->"):
		return p.with(ansiBlue, s)
	case strings.HasPrefix(s, "<-- [200]"):
		return p.with(ansiGreen, s)
	case strings.HasPrefix(s, "<--"):
		return p.with(ansiYellow, s)
	default:
		return s
	}
}
