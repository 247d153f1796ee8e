package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A contestant is a program that validates a capture and prints its counts as the last line.
type contestant struct {
	name  string
	args  []string
	env   []string
	parts int // its capture is one of so many parts of the whole
}

func (c *config) contestants(workers int, whole, part string) []contestant {
	n := strconv.Itoa(workers)
	var env, pin []string
	if workers == 1 {
		env, pin = []string{"GOMAXPROCS=1"}, c.pin
	}
	program := func(args ...string) []string { return append(append([]string{}, pin...), args...) }
	validate := func(binary string) []string { return program(binary, "validate", "--format", "ndjson", whole) }
	all := []contestant{
		{"relaycheck validate", validate(c.binary), env, 1},
		{"the same in portable Go, without assembly", validate(c.portable), env, 1},
	}
	if c.ajv {
		all = append(all, contestant{
			"ajv, " + count(workers, "worker thread"), program("node", "bench/ajv/validate.js", whole, "schema/editions/2025-09/wire", n), nil, 1,
		})
	}
	return append(all, contestant{
		"jsonschema/v5 and encoding/json, " + count(workers, "goroutine"), program(c.plain, "-workers", n, part), env, c.slice,
	})
}

// captures are the tables of valid and of partly invalid captures, on all cores and on one.
func (c *config) captures(ctx context.Context) (string, error) {
	var doc strings.Builder
	for _, share := range []float64{0, 0.01} {
		invalid := []string{"-invalid", fmt.Sprint(share)}
		whole, err := c.generate(ctx, "capture.ndjson", c.n, invalid...)
		if err != nil {
			return "", err
		}
		part, err := c.generate(ctx, "part.ndjson", c.n/c.slice, invalid...) // the same seed: the beginning of the whole
		if err != nil {
			return "", err
		}
		for _, workers := range []int{c.workers, 1} {
			rounds := c.rounds
			if workers == 1 { // ten times as long, and steadier
				rounds = (c.rounds + 1) / 2
			}
			all := c.contestants(workers, whole, part)
			results, err := compete(ctx, all, rounds)
			if err != nil {
				return "", err
			}
			title := "All valid"
			if share > 0 {
				title = fmt.Sprintf("%g %% invalid, each of them fully reported by relaycheck", share*100)
			}
			cores := count(workers, "core")
			if workers == 1 && c.pin == nil {
				cores += " (not pinned: there is no taskset here)"
			}
			fmt.Fprintf(&doc, "\n### %s, %s\n\n%s valid, %s invalid; %s.\n\n", title, cores,
				grouped(results[0][0].valid), grouped(results[0][0].invalid), count(rounds, "round"))
			doc.WriteString(table(all, results, reference{"×", 0}, reference{"× portable", 1}))
		}
		if err := os.Remove(whole); err != nil {
			return "", fmt.Errorf("remove a capture: %w", err)
		}
	}
	return doc.String(), nil
}

// compete runs the rounds.
func compete(ctx context.Context, all []contestant, rounds int) ([][]result, error) {
	results := make([][]result, len(all))
	for round := range rounds {
		for k := range all {
			who := (k + round) % len(all) // nobody is always the first
			r, err := once(ctx, all[who].env, all[who].args)
			if err != nil {
				return nil, err
			}
			parts := time.Duration(all[who].parts)
			r.wall, r.cpu = r.wall*parts, r.cpu*parts
			fmt.Fprintf(os.Stderr, "round %d: %s: %v\n", round+1, all[who].name, r.wall.Round(time.Millisecond))
			results[who] = append(results[who], r)
			if first := results[who][0].counts; r.counts != first {
				return nil, fmt.Errorf("%s counts %+v and %+v", all[who].name, first, r.counts)
			}
		}
	}
	for k := range all {
		if all[k].parts == 1 && results[k][0].counts != results[0][0].counts {
			return nil, fmt.Errorf("%s counts %+v, %s counts %+v", all[0].name, results[0][0].counts, all[k].name, results[k][0].counts)
		}
	}
	return results, nil
}

// unusual is the table of callbacks written as no sender does.
func (c *config) unusual(ctx context.Context) (string, error) {
	usual, err := c.generate(ctx, "capture.ndjson", c.n)
	if err != nil {
		return "", err
	}
	odd, err := c.generate(ctx, "unusual.ndjson", c.n, "-unusual")
	if err != nil {
		return "", err
	}
	var all []contestant
	for _, file := range []struct{ name, path string }{{"usual", usual}, {"unusual", odd}} {
		all = append(all, contestant{file.name, append(append([]string{}, c.pin...), c.binary, "validate", "--format", "ndjson", file.path), []string{"GOMAXPROCS=1"}, 1})
	}
	results, err := compete(ctx, all, c.rounds)
	if err != nil {
		return "", err
	}
	return "\n### Valid but unusual, 1 core\n\nEvery callback with its keys in an order of its own, white space between tokens, letters and slashes escaped.\n\n" +
		table(all, results, reference{"×", 0}), os.Remove(odd)
}

// compressed is the table of a gzip archive.
func (c *config) compressed(ctx context.Context) (string, error) {
	if !found("gzip") || !found("zcat") {
		return "", nil
	}
	whole := filepath.Join(c.dir, "capture.ndjson")
	if err := quietly(ctx, "gzip", "-1", "-k", whole); err != nil {
		return "", err
	}
	var zcat, us, wallX, cpuX []float64
	for range c.rounds {
		z, _, err := process(ctx, nil, []string{"sh", "-c", "zcat '" + whole + ".gz' > /dev/null"})
		if err != nil {
			return "", err
		}
		r, err := once(ctx, nil, []string{c.binary, "validate", "--format", "ndjson", whole + ".gz"})
		if err != nil {
			return "", err
		}
		zcat, us = append(zcat, z.wall.Seconds()), append(us, r.wall.Seconds())
		wallX, cpuX = append(wallX, r.wall.Seconds()/z.wall.Seconds()), append(cpuX, r.cpu.Seconds()/z.cpu.Seconds())
	}
	return fmt.Sprintf("\n### A gzip archive\n\n`zcat > /dev/null` takes %.2f s, `relaycheck validate` of the archive %.2f s: %.2f of its wall, %.2f of its CPU.\n",
		median(zcat), median(us), median(wallX), median(cpuX)), os.Remove(whole + ".gz")
}

// memory is the table of peak memory over the length of the capture.
func (c *config) memory(ctx context.Context) (string, error) {
	const longer = 3 // times
	rows := []int{c.n / 10, c.n, longer * c.n}
	peaks := map[int][]string{}
	for _, share := range []string{"0", "0.01"} {
		for i, n := range rows[:2] {
			path, err := c.generate(ctx, "capture.ndjson", n, "-invalid", share)
			if err != nil {
				return "", err
			}
			if err := c.peaks(ctx, peaks, n, path); err != nil {
				return "", err
			}
			if i == 0 {
				continue
			}
			if err := lengthen(path, longer); err != nil {
				return "", err
			}
			if err := c.peaks(ctx, peaks, longer*n, path); err != nil {
				return "", err
			}
		}
	}
	var b strings.Builder
	b.WriteString("\n### Peak memory of relaycheck\n\n| callbacks | all valid | 1 % invalid |\n|---|---|---|\n")
	for _, n := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", grouped(n), strings.Join(peaks[n], " | "))
	}
	return b.String(), os.Remove(filepath.Join(c.dir, "capture.ndjson"))
}

// peaks notes the median peak for a capture of n callbacks.
func (c *config) peaks(ctx context.Context, to map[int][]string, n int, path string) error {
	var all []float64
	for range min(3, c.rounds) {
		r, err := once(ctx, nil, []string{c.binary, "validate", "--format", "ndjson", path})
		if err != nil {
			return err
		}
		all = append(all, float64(r.peak)/1024)
	}
	to[n] = append(to[n], fmt.Sprintf("%.0f MB", median(all)))
	return nil
}

// lengthen has a file's content in it so many times.
func lengthen(path string, times int) error {
	// Not by way of memory: what this program holds is counted as the peak of those that it starts.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("lengthen the capture: %w", err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	for range times - 1 {
		if err == nil {
			_, err = io.Copy(struct{ io.Writer }{f}, io.NewSectionReader(f, 0, size))
		}
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("lengthen the capture: %w", err)
	}
	return nil
}
