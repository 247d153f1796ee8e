// Command benchdoc runs the project's benchmarks and writes BENCH.md: each figure beside what it is compared with,
// measured in the same run on the same machine. Absolute times are for orientation only.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/internal/section"
)

// packages hold the benchmarks that go into the document.
var packages = []string{"./scenarios", "./emitter", "./schema", "./suite"}

func main() {
	binary := flag.String("binary", "./bin/relaycheck", "the built program")
	out := flag.String("out", "BENCH.md", "file to write")
	runs := flag.Int("runs", 5, "runs of the whole demo; the median is reported")
	flag.Parse()
	if err := write(*binary, *out, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "benchdoc:", err)
		os.Exit(1)
	}
}

func write(binary, out string, runs int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	var doc bytes.Buffer
	fmt.Fprintf(&doc, "# Benchmarks\n\nMade by `make bench`. Machine: %s, %d cores, %s, %s/%s.\n", cpuName(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	doc.WriteString("Machines are shared and drift: compare figures of one run with each other, not with those of another day.\n\n")

	doc.WriteString("## The whole run\n\n")
	walls, last, err := timeDemo(ctx, binary, runs)
	if err != nil {
		return err
	}
	slices.Sort(walls)
	median := walls[len(walls)/2]
	fmt.Fprintf(&doc, "`relaycheck demo`, %d runs: wall %s (median; %s to %s), %.2f times the 2 s that its longest real-time scenario has to wait.\n\n    %s\n\n",
		runs, round(median), round(walls[0]), round(walls[len(walls)-1]), median.Seconds()/2, last)

	for _, pkg := range packages {
		text, err := bench(ctx, pkg)
		if err != nil {
			return err
		}
		if text == "" {
			continue
		}
		fmt.Fprintf(&doc, "## %s\n\n```\n%s```\n\n", strings.TrimPrefix(pkg, "./"), text)
	}
	text := doc.String()
	if old, err := os.ReadFile(out); err == nil {
		if peers := section.Find(string(old), section.Peers); peers != "" { // another program writes it
			text = section.Replace(text, section.Peers, peers)
		}
	}
	return os.WriteFile(out, []byte(text), 0o644) //nolint:gosec // a document for everyone to read
}

// timeDemo runs the demo and returns how long each run took, and the closing line of the last.
func timeDemo(ctx context.Context, binary string, runs int) ([]time.Duration, string, error) {
	var walls []time.Duration
	var last string
	for range runs {
		var stdout bytes.Buffer
		cmd := exec.CommandContext(ctx, binary, "demo", "--seed", "42")
		cmd.Stdout = &stdout
		start := time.Now()
		err := cmd.Run()
		walls = append(walls, time.Since(start))
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return nil, "", fmt.Errorf("run the demo: %w", err)
		}
		if err != nil {
			return nil, "", fmt.Errorf("the demo failed: %w\n%s", err, stdout.String())
		}
		lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
		last = lines[len(lines)-1]
	}
	return walls, last, nil
}

var benchLine = regexp.MustCompile(`(?m)^(Benchmark\S+.*)$`)

// bench runs the benchmarks of one package and returns their lines.
func bench(ctx context.Context, pkg string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", ".", "-benchmem", "-benchtime", "1s", pkg)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("benchmarks of %s: %w\n%s%s", pkg, err, stdout.String(), stderr.String())
	}
	var lines strings.Builder
	for _, m := range benchLine.FindAllString(stdout.String(), -1) {
		lines.WriteString(m + "\n")
	}
	return lines.String(), nil
}

func cpuName() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }
