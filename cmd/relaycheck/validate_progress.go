package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/validate"
)

// progressModes are the ways in which a long run shows how far it is.
var progressModes = []string{"auto", "plain", "none"}

// progressFlags say how a long run shows how far it is.
type progressFlags struct {
	mode  string
	quiet bool
}

func (f *progressFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.mode, "progress", "auto",
		fmt.Sprintf("on stderr, how far the run is: auto (a line that is written over on a terminal, else plain), plain (a line every %s) or none", progressInterval))
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "the same as --progress none")
	_ = cmd.RegisterFlagCompletionFunc("progress", cobra.FixedCompletions(progressModes, cobra.ShellCompDirectiveNoFileComp))
}

// printer starts what shows the progress; nil for none. Whoever started it has to close it.
func (f *progressFlags) printer(a *app) (*meterPrinter, error) {
	if !slices.Contains(progressModes, f.mode) {
		return nil, fmt.Errorf("--progress %q: must be one of %s%s", f.mode, strings.Join(progressModes, ", "), didYouMean(f.mode, progressModes))
	}
	if f.quiet || f.mode == "none" {
		return nil, nil //nolint:nilnil // nothing to show is no failure
	}
	dumb, _ := a.env("TERM")
	ci, _ := a.env("CI")
	inPlace := f.mode == "auto" && isTerminal(a.err) && dumb != "dumb" && ci == ""
	return newMeterPrinter(a.err, inPlace), nil
}

// A meterPrinter says how far a validation is: one line that is written over on a terminal, a plain line every few seconds
// elsewhere. A run that is over before the first of them prints nothing. Nil prints nothing either.
type meterPrinter struct {
	meter   validate.Meter
	out     io.Writer
	inPlace bool
	tick    *ticker

	mu    sync.Mutex
	seen  []sample // the last few, for the rate
	drawn bool
}

// A sample is how far the run was at a time.
type sample struct {
	at time.Time
	validate.Progress
}

// samples is how many are kept: on a terminal those of the last four seconds.
const samples = 20

func newMeterPrinter(out io.Writer, inPlace bool) *meterPrinter {
	p := &meterPrinter{out: out, inPlace: inPlace, seen: []sample{{at: time.Now()}}}
	p.tick = newTicker(inPlace, p.draw)
	return p
}

// Meter is what the run has to tell.
func (p *meterPrinter) Meter() *validate.Meter {
	if p == nil {
		return nil
	}
	return &p.meter
}

func (p *meterPrinter) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := sample{time.Now(), p.meter.Now()}
	line := progressLine(p.seen[0], now)
	if p.seen = append(p.seen, now); len(p.seen) > samples {
		p.seen = p.seen[1:]
	}
	if !p.inPlace {
		_, _ = fmt.Fprintln(p.out, line)
		return
	}
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K%.*s", terminalWidth(p.out)-1, line)
	p.drawn = true
}

// progressLine says how far a run is, and how fast it was between two samples.
func progressLine(from, now sample) string {
	line := fmt.Sprintf("%s documents", short(float64(now.Documents)))
	if seconds := now.at.Sub(from.at).Seconds(); seconds > 0 {
		perSecond := short(float64(now.Bytes-from.Bytes) / seconds)
		if !strings.Contains(perSecond, " ") {
			perSecond += " " // 50 B, as it is 50 kB
		}
		line += fmt.Sprintf(", %s documents/s, %sB/s", short(float64(now.Documents-from.Documents)/seconds), perSecond)
		if now.Total > 0 {
			line += fmt.Sprintf(", %.0f %%", 100*float64(now.Done)/float64(now.Total))
			// What was read ahead before anything was judged tells nothing of the time.
			if rate := float64(now.Done-from.Done) / seconds; rate > 0 && now.Done < now.Total && now.Documents > from.Documents {
				left := time.Duration(float64(now.Total-now.Done) / rate * float64(time.Second))
				line += fmt.Sprintf(", %s left", max(left.Round(time.Second), time.Second))
			}
		}
	}
	return line
}

// short writes a number in at most four digits: 950, 12.3 k, 2.1 M.
func short(n float64) string {
	for _, unit := range []string{"", " k", " M", " G"} {
		switch {
		case n < 9.95 && unit != "":
			return fmt.Sprintf("%.1f%s", n, unit)
		case n < 999.5 || unit == " G":
			return fmt.Sprintf("%.0f%s", n, unit)
		}
		n /= 1000
	}
	return ""
}

// around is a writer that takes the line away before it writes, so that findings do not get into it.
func (p *meterPrinter) around(out io.Writer) io.Writer {
	if p == nil || !p.inPlace || !isTerminal(out) {
		return out
	}
	return &aroundProgress{p, out}
}

type aroundProgress struct {
	p   *meterPrinter
	out io.Writer
}

func (w *aroundProgress) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	w.p.clear()
	return w.out.Write(b)
}

// clear takes the line away.
func (p *meterPrinter) clear() {
	if p.drawn {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
		p.drawn = false
	}
}

// close takes the line away for good. It may be called again.
func (p *meterPrinter) close() {
	if p == nil {
		return
	}
	p.tick.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}
