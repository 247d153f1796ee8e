// Command compare measures `relaycheck validate` against its peers on generated captures and writes a section of BENCH.md.
//
//	go run ./bench/compare -binary bin/relaycheck -n 1000000 -rounds 7
//
// Each round runs every contestant once on each capture; ratios are taken inside a round, and their medians are written.
// A machine that is busy with other things, or drifts, disturbs all contestants of a round alike, so the ratios hold
// where the times do not. All contestants have to come to the same counts, or nothing is written.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/internal/section"
)

func main() {
	var c config
	flag.StringVar(&c.binary, "binary", "bin/relaycheck", "the built program")
	flag.StringVar(&c.out, "out", "BENCH.md", "file whose section is written")
	flag.IntVar(&c.n, "n", 1_000_000, "callbacks in a capture; a million are about 580 MB")
	flag.IntVar(&c.rounds, "rounds", 9, "rounds; the medians are written")
	flag.IntVar(&c.workers, "workers", runtime.NumCPU(), "workers of the peers")
	flag.IntVar(&c.slice, "slice", 10, "plain jsonschema gets one callback in so many, and its time is multiplied: it would take minutes")
	flag.Parse()
	if c.n < c.slice || c.rounds < 1 || c.workers < 1 || c.slice < 1 {
		fmt.Fprintln(os.Stderr, "compare: -n, -rounds, -workers and -slice have to be at least 1, and -n at least -slice")
		os.Exit(2)
	}
	if err := c.run(); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

type config struct {
	binary, out               string
	n, rounds, workers, slice int

	dir      string
	portable string   // the program built without assembly
	plain    string   // the built bench/plainv5
	ajv      bool     // it is there
	pin      []string // what keeps a program on one core; nil where nothing does
	context  string   // how the machine is loaded
}

// limit is how long the whole comparison may take. A million callbacks and nine rounds take some eight minutes on four
// idle cores.
const limit = 2 * time.Hour

func (c *config) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	dir, err := os.MkdirTemp("", "relaycheck-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the captures: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is temporary
	c.dir = dir
	if err := c.prepare(ctx); err != nil {
		return err
	}
	begin := time.Now()
	var doc bytes.Buffer
	for _, section := range []func(context.Context) (string, error){c.captures, c.unusual, c.compressed, c.memory, c.hostile} {
		text, err := section(ctx)
		if err != nil {
			return err
		}
		doc.WriteString(text)
	}
	text := c.head(time.Since(begin)) + doc.String()
	fmt.Print(text)
	old, err := os.ReadFile(c.out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read what the tables go into: %w", err)
	}
	if err := os.WriteFile(c.out, []byte(section.Replace(string(old), section.Peers, text)), 0o644); err != nil { //nolint:gosec // a document, for everybody
		return fmt.Errorf("write the tables: %w", err)
	}
	return nil
}

// head says what was measured and how.
func (c *config) head(took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Made by `make bench-validate` in %v: %s callbacks in a capture, %d rounds, %d cores, %s, %s/%s.\n",
		took.Round(time.Second), grouped(c.n), c.rounds, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if c.context != "" {
		fmt.Fprintf(&b, "Load of the machine when it began: %s (about 0 is idle).\n", c.context)
	}
	b.WriteString("Whole processes, start-up included, on a file that the system's page cache holds. \"×\" is how many times longer a contestant takes\n" +
		"than relaycheck in the same round, and \"× portable\" how many times longer than relaycheck built with `-tags purego`, which is plain Go\n" +
		"without assembly of ours. The medians of the rounds are given, of times and of ratios. Quote the ratios: times are those of this\n" +
		"machine on that day. relaycheck holds every callback against four editions in two readings; its peers hold it against one edition\n" +
		"in one reading, and say no more than valid or invalid.\n")
	if c.slice > 1 {
		fmt.Fprintf(&b, "Plain jsonschema is given one callback in %d of the capture, and its times are multiplied by %d.\n", c.slice, c.slice)
	}
	if !c.ajv {
		b.WriteString("\n**ajv is missing: npm was not there.**\n")
	}
	return b.String()
}

// prepare builds what is compared.
func (c *config) prepare(ctx context.Context) error {
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		c.context, _, _ = strings.Cut(string(load), " ")
	}
	c.portable = filepath.Join(c.dir, "portable")
	if err := quietly(ctx, "env", "CGO_ENABLED=0", "go", "build", "-trimpath", "-tags", "purego", "-ldflags", "-s -w", "-o", c.portable, "./cmd/relaycheck"); err != nil {
		return err
	}
	c.plain = filepath.Join(c.dir, "plainv5")
	if err := quietly(ctx, "go", "build", "-o", c.plain, "./bench/plainv5"); err != nil {
		return err
	}
	if err := quietly(ctx, "go", "build", "-o", filepath.Join(c.dir, "capturegen"), "./bench/capturegen"); err != nil {
		return err
	}
	if found("taskset") {
		c.pin = []string{"taskset", "-c", fmt.Sprint(runtime.NumCPU() - 1)}
	}
	if c.ajv = found("npm") && found("node"); !c.ajv {
		fmt.Fprintln(os.Stderr, "npm is not here: ajv is left out")
		return nil
	}
	return quietly(ctx, "npm", "ci", "--prefix", "bench/ajv", "--no-audit", "--no-fund", "--loglevel=error")
}
