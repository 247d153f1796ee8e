// Command compare measures `relaycheck validate` against its peers on generated captures and writes BENCH-validate.md.
//
//	go run ./bench/compare -binary bin/relaycheck -n 1000000 -rounds 5
//
// Each round runs every contestant once on each capture; ratios are taken inside a round, and their medians are written.
// A machine that is busy with other things, or drifts, disturbs all contestants of a round alike, so the ratios hold
// where the times do not. All contestants have to come to the same counts, or nothing is written.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	var c config
	flag.StringVar(&c.binary, "binary", "bin/relaycheck", "the built program")
	flag.StringVar(&c.out, "out", "BENCH-validate.md", "file to write")
	flag.IntVar(&c.n, "n", 1_000_000, "callbacks in a capture; a million are about 500 MB")
	flag.IntVar(&c.rounds, "rounds", 5, "rounds; the medians are written")
	flag.IntVar(&c.workers, "workers", runtime.NumCPU(), "workers of the peers")
	flag.Parse()
	if err := c.run(); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

type config struct {
	binary, out        string
	n, rounds, workers int

	dir string
}

// limit is how long the whole comparison may take: on four slow cores the plain validator needs a minute for a million
// callbacks, and there are two captures and five rounds.
const limit = 60 * time.Minute

// A contestant is a program that validates a capture and prints its counts as the last line.
type contestant struct {
	name    string
	command func(capture string) []string
}

// A result is one run of a contestant.
type result struct {
	wall, cpu time.Duration
	peak      int64 // kB
	counts
}

type counts struct{ valid, invalid int }

func (c *config) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	dir, err := os.MkdirTemp(scratch(), "relaycheck-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the captures: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is temporary
	c.dir = dir
	contestants, err := c.contestants(ctx)
	if err != nil {
		return err
	}
	var doc bytes.Buffer
	fmt.Fprintf(&doc, "# Validation of captures, compared\n\nMade by `make bench-validate`: %s callbacks in a capture, %d rounds, %d cores, %s, %s/%s.\n",
		grouped(c.n), c.rounds, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	doc.WriteString("Whole processes, start-up included. \"x\" is how many times longer a contestant takes than relaycheck in the same round;\n" +
		"the medians of the rounds are given, of times and of ratios. Quote the ratios: times are those of this machine on that day.\n")
	for _, share := range []float64{0, 0.01} {
		table, err := c.capture(ctx, share, contestants)
		if err != nil {
			return err
		}
		doc.WriteString(table)
	}
	if err := os.WriteFile(c.out, doc.Bytes(), 0o644); err != nil { //nolint:gosec // a document, for everybody
		return fmt.Errorf("write the table: %w", err)
	}
	_, _ = os.Stdout.Write(doc.Bytes())
	return nil
}

// scratch is a folder in memory where there is one: disks would be measured else.
func scratch() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return ""
}

func (c *config) contestants(ctx context.Context) ([]contestant, error) {
	plain := filepath.Join(c.dir, "plainv5")
	if err := quietly(ctx, "go", "build", "-o", plain, "./bench/plainv5"); err != nil {
		return nil, err
	}
	n := strconv.Itoa(c.workers)
	all := []contestant{
		{"relaycheck validate", func(f string) []string { return []string{c.binary, "validate", "--format", "ndjson", f} }},
		{"jsonschema/v5 and encoding/json, " + n + " goroutines", func(f string) []string { return []string{plain, "-workers", n, f} }},
	}
	if npm, _ := exec.LookPath("npm"); npm == "" {
		fmt.Fprintln(os.Stderr, "npm is not here: ajv is left out")
		return all, nil
	}
	if err := quietly(ctx, "npm", "ci", "--prefix", "bench/ajv", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return nil, err
	}
	return append(all, contestant{"ajv, " + n + " worker threads", func(f string) []string {
		return []string{"node", "bench/ajv/validate.js", f, "schema/editions/2025-09/wire", n}
	}}), nil
}

func quietly(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// capture generates a capture, runs the rounds on it, and makes its table.
func (c *config) capture(ctx context.Context, share float64, contestants []contestant) (string, error) {
	name := filepath.Join(c.dir, "capture.ndjson")
	f, err := os.Create(name)
	if err != nil {
		return "", fmt.Errorf("make the capture: %w", err)
	}
	gen := exec.CommandContext(ctx, "go", "run", "./bench/capturegen", "-n", strconv.Itoa(c.n), "-invalid", fmt.Sprint(share))
	gen.Stdout, gen.Stderr = f, os.Stderr
	if err := errors.Join(gen.Run(), f.Close()); err != nil {
		return "", fmt.Errorf("make the capture: %w", err)
	}
	results := make([][]result, len(contestants))
	for round := range c.rounds {
		for k := range contestants {
			who := (k + round) % len(contestants) // nobody is always the first
			r, err := once(ctx, contestants[who].command(name))
			if err != nil {
				return "", err
			}
			fmt.Fprintf(os.Stderr, "round %d: %s: %v\n", round+1, contestants[who].name, r.wall.Round(time.Millisecond))
			results[who] = append(results[who], r)
			if first := results[who][0].counts; r.counts != first {
				return "", fmt.Errorf("%s counts %+v and %+v", contestants[who].name, first, r.counts)
			}
		}
	}
	for k := range contestants {
		if results[k][0].counts != results[0][0].counts {
			return "", fmt.Errorf("%s counts %+v, %s counts %+v", contestants[0].name, results[0][0].counts, contestants[k].name, results[k][0].counts)
		}
	}
	return table(share, contestants, results), nil
}

// once runs a contestant.
func once(ctx context.Context, args []string) (result, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begin := time.Now()
	err := cmd.Run()
	r := result{wall: time.Since(begin)}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) { // 1 says that something is invalid
		return r, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	r.peak = peak(cmd.ProcessState)
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	var last struct {
		Valid, Invalid int
		Summary        *struct{ OK, Warnings, Errors, Unreadable int }
	}
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil {
		return r, fmt.Errorf("%s: read its counts: %w", strings.Join(args, " "), err)
	}
	r.counts = counts{last.Valid, last.Invalid}
	if s := last.Summary; s != nil {
		r.counts = counts{s.OK + s.Warnings, s.Errors + s.Unreadable}
	}
	return r, nil
}

func table(share float64, contestants []contestant, results [][]result) string {
	var b strings.Builder
	title := "all valid"
	if share > 0 {
		title = fmt.Sprintf("%g %% invalid", share*100)
	}
	fmt.Fprintf(&b, "\n## %s (%s valid, %s invalid)\n\n| contestant | wall | x | CPU | x | peak memory |\n|---|---|---|---|---|---|\n",
		title, grouped(results[0][0].valid), grouped(results[0][0].invalid))
	for k, c := range contestants {
		var wall, cpu, wallX, cpuX, mem []float64
		for round, r := range results[k] {
			us := results[0][round]
			wall, cpu = append(wall, r.wall.Seconds()), append(cpu, r.cpu.Seconds())
			wallX = append(wallX, r.wall.Seconds()/us.wall.Seconds())
			cpuX = append(cpuX, r.cpu.Seconds()/us.cpu.Seconds())
			mem = append(mem, float64(r.peak)/1024)
		}
		fmt.Fprintf(&b, "| %s | %.2f s | %.1f | %.2f s | %.1f | %.0f MB |\n", c.name, median(wall), median(wallX), median(cpu), median(cpuX), median(mem))
	}
	return b.String()
}

func median(v []float64) float64 {
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// grouped is a number with its thousands set apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
