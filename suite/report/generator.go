package report

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	// maxPeriod is the longest pattern that is looked for in a long body: a member of a JSON object fits.
	maxPeriod = 64
	// minRun is the shortest repetition that is worth a command of its own.
	minRun = 512
)

// generator returns a command that writes a long body to its output: what repeats is made by yes and head, the rest
// stands there as it is. Bodies of ten megabytes are padding, or one bracket many times; a long body without a
// pattern gives false.
func generator(body []byte) (string, bool) {
	var parts []string
	literal := 0
	var pending []byte
	flush := func() {
		if len(pending) > 0 {
			parts = append(parts, "printf "+printfFormat(pending))
			literal += len(pending)
			pending = nil
		}
	}
	for i := 0; i < len(body); {
		period, length := repetition(body[i:])
		if length < minRun {
			pending = append(pending, body[i])
			i++
			if len(pending) > maxLiteral {
				return "", false
			}
			continue
		}
		flush()
		parts = append(parts, repeat(body[i:i+period], length/period))
		i += length / period * period
	}
	flush()
	if literal > maxLiteral {
		return "", false
	}
	return "{ " + strings.Join(parts, "; ") + "; }", true
}

// repetition returns the shortest period with which b begins, and how long it goes on; 0 if there is none.
func repetition(b []byte) (period, length int) {
	for p := 1; p <= maxPeriod && p < len(b); p++ {
		// A first look at a few bytes: nearly every period fails in it.
		probe := min(len(b), max(minRun, 2*p))
		if probe < minRun || !bytes.Equal(b[p:probe], b[:probe-p]) {
			continue
		}
		n := probe
		for n < len(b) && b[n] == b[n-p] {
			n++
		}
		return p, n
	}
	return 0, 0
}

// repeat writes a pattern n times. A single byte comes from /dev/zero, which is quick; a pattern comes in lines, whose
// ends are taken out again; what a line cannot carry, and what yes would take for an option, is printed in a loop.
func repeat(pattern []byte, n int) string {
	if len(pattern) == 1 {
		return fmt.Sprintf(`head -c %d /dev/zero | tr '\0' '\%03o'`, n, pattern[0])
	}
	if plain(string(pattern)) && pattern[0] != '-' {
		return fmt.Sprintf(`yes %s | head -n %d | tr -d '\n'`, quote(string(pattern)), n)
	}
	// A shell's loop is slow: each turn writes as much as still is a bearable line.
	each := max(1, minRun/len(pattern))
	loop := fmt.Sprintf("i=0; while [ $i -lt %d ]; do printf %s; i=$((i+1)); done", n/each, printfFormat(bytes.Repeat(pattern, each)))
	if rest := n % each; rest > 0 {
		loop += "; printf " + printfFormat(bytes.Repeat(pattern, rest))
	}
	return loop
}
