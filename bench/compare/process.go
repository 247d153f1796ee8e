package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A result is one run of a program.
type result struct {
	wall, cpu time.Duration
	peak      int64 // kB
	counts
}

type counts struct{ valid, invalid int }

func found(name string) bool {
	path, _ := exec.LookPath(name)
	return path != ""
}

func quietly(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// generate makes a capture of n callbacks in the folder of the run.
func (c *config) generate(ctx context.Context, name string, n int, args ...string) (string, error) {
	path := filepath.Join(c.dir, name)
	f, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("make the capture: %w", err)
	}
	gen := exec.CommandContext(ctx, filepath.Join(c.dir, "capturegen"), append([]string{"-n", strconv.Itoa(n)}, args...)...)
	gen.Stdout = f
	// What is on its way to the disk would go on with it while the contestants run.
	if err := errors.Join(gen.Run(), f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("make the capture: %w", err)
	}
	return path, nil
}

// process runs a program and measures it.
func process(ctx context.Context, env, args []string) (result, *lastLine, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var out lastLine
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begin := time.Now()
	err := cmd.Run()
	r := result{wall: time.Since(begin)}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) { // 1 says that something is invalid
		return r, &out, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	r.peak = peak(cmd.ProcessState)
	return r, &out, nil
}

// A lastLine is the last line that was written, and how many there were. The others are not kept: what this program
// holds is counted as the peak of those that it starts.
type lastLine struct {
	lines int
	line  []byte
	ended bool
}

func (l *lastLine) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if l.ended || l.lines == 0 {
			l.line, l.ended = l.line[:0], false
			l.lines++
		}
		n := bytes.IndexByte(rest, '\n')
		if l.ended = n >= 0; !l.ended {
			l.line = append(l.line, rest...)
			break
		}
		l.line = append(l.line, rest[:n]...)
		rest = rest[n+1:]
	}
	return len(p), nil
}

// once runs a contestant, which prints its counts as the last line.
func once(ctx context.Context, env, args []string) (result, error) {
	r, out, err := process(ctx, env, args)
	if err != nil {
		return r, err
	}
	var last struct {
		Valid, Invalid int
		Summary        *struct{ OK, Warnings, Errors, Unreadable int }
	}
	if err := json.Unmarshal(out.line, &last); err != nil {
		return r, fmt.Errorf("%s: read its counts: %w", strings.Join(args, " "), err)
	}
	r.counts = counts{last.Valid, last.Invalid}
	if s := last.Summary; s != nil {
		r.counts = counts{s.OK + s.Warnings, s.Errors + s.Unreadable}
		if out.lines-1 != r.invalid {
			return r, fmt.Errorf("%s: %d invalid callbacks, %d of them told of", strings.Join(args, " "), r.invalid, out.lines-1)
		}
	}
	return r, nil
}
