// Package process runs the programs that a target file names: observers and hooks. It runs them directly, no shell
// comes in between, and leaves nothing behind.
//
//	res, err := process.Run(ctx, process.Spec{Argv: []string{"show-task", id}, MaxOutput: 1 << 20})
//
// Every program is the head of a process group of its own, which is killed as a whole once the context is done, the
// program prints more than it may, or it is over. A Spec that is Detached is a hook which may start a server: what it leaves
// running in the background stays.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A Spec is a program to run.
type Spec struct {
	Argv      []string // the program and its arguments
	Env       []string // NAME=value, besides the environment of this process
	Dir       string   // "" is the current directory
	MaxOutput int      // bytes of stdout and of stderr, each; of one that is Detached the last ones are kept
	Detached  bool     // what it leaves in the background may go on running
}

// A Result is what became of a program that ran to its end.
type Result struct {
	Stdout, Stderr []byte
	Exit           int // exit code; 128 + n if signal n ended it
}

// linger is how long the pipes of a program that is over are read on. A child that it left behind may hold them
// open for ever; what the program itself printed is in them already.
const linger = 200 * time.Millisecond

// errTooMuch ends a program that prints without end.
var errTooMuch = errors.New("too much output")

// Run runs a program to its end. The error says why it could not be run, or was not let to its end; any exit code is
// a result, not an error.
func Run(ctx context.Context, spec Spec) (Result, error) {
	if len(spec.Argv) == 0 {
		return Result{}, errors.New("run a program: no program is named")
	}
	name := spec.Argv[0]
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	cmd := exec.CommandContext(ctx, name, spec.Argv[1:]...)
	cmd.Dir = spec.Dir
	cmd.Env = append(os.Environ(), spec.Env...)
	cmd.WaitDelay = linger
	ownGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd) }

	var out, errOut output
	if spec.Detached {
		if err := toFiles(cmd, &out, &errOut); err != nil {
			return Result{}, err
		}
		defer out.discard()
		defer errOut.discard()
	} else {
		tooMuch := func() { cancel(errTooMuch) }
		out.buffer = &limited{max: spec.MaxOutput, full: tooMuch}
		errOut.buffer = &limited{max: spec.MaxOutput, full: func() {}}
		cmd.Stdout, cmd.Stderr = out.buffer, errOut.buffer
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("start %s: %w", name, plain(err))
	}
	err := cmd.Wait()
	if !spec.Detached {
		_ = killGroup(cmd) // what it left in the background; nothing, usually
	}
	res := Result{Stdout: out.bytes(spec.MaxOutput), Stderr: errOut.bytes(spec.MaxOutput)}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTooMuch):
		return res, fmt.Errorf("%s printed more than %d bytes and was ended", name, spec.MaxOutput)
	case cause != nil:
		if spec.Detached {
			_ = killGroup(cmd)
		}
		return res, fmt.Errorf("%s was ended after %s: %w%s", name, time.Since(started).Round(time.Millisecond), cause, said(res.Stderr))
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return res, fmt.Errorf("run %s: %w", name, err)
	}
	res.Exit = exitCode(cmd.ProcessState)
	return res, nil
}

// plain takes the path out of an error that names the program a second time.
func plain(err error) error {
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return e.Err
	}
	var p *os.PathError
	if errors.As(err, &p) && p.Op != "chdir" {
		return p.Err
	}
	return err
}

// said quotes the last line of what a program said, for an error.
func said(stderr []byte) string {
	if line := LastLine(stderr); line != "" {
		return "; it said: " + line
	}
	return ""
}

// LastLine is the last line of what a program printed, shortened; "" if it printed nothing.
func LastLine(text []byte) string {
	if lines := LastLines(text, 1); len(lines) > 0 {
		return lines[0]
	}
	return ""
}

// LastLines are the last lines of what a program printed, at most n, each shortened, without those that are empty.
func LastLines(text []byte, n int) []string {
	var out []string
	for line := range strings.SplitSeq(strings.ToValidUTF8(string(text), "\uFFFD"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, shortened(line))
		}
	}
	return out[max(0, len(out)-n):]
}

func shortened(line string) string {
	const most = 200
	if len(line) <= most {
		return line
	}
	line = line[:most]
	if i := strings.LastIndexByte(line, ' '); i > 0 {
		line = line[:i] // half a word may be half a secret, which nobody recognises
	}
	return strings.ToValidUTF8(line, "") + "…"
}

// limited keeps the first bytes that are written, and tells when there are more. It does not embed the buffer:
// io.Copy would find the buffer's ReadFrom, and pass by Write and its bound.
type limited struct {
	kept bytes.Buffer
	max  int
	full func()
}

func (l *limited) Write(p []byte) (int, error) {
	room := l.max - l.kept.Len()
	if len(p) > room {
		l.kept.Write(p[:max(room, 0)])
		l.full()
		return len(p), nil
	}
	return l.kept.Write(p)
}

// output is where the output of a program goes.
type output struct {
	buffer *limited
	file   *os.File
}

// toFiles lets a program print to files, not to pipes: a server that it starts keeps its output, and must not be
// ended by a pipe that nobody reads any more.
func toFiles(cmd *exec.Cmd, out, errOut *output) error {
	for _, o := range []*output{out, errOut} {
		f, err := os.CreateTemp("", "relaycheck-hook-*")
		if err != nil {
			out.discard()
			return fmt.Errorf("make a file for the output of %s: %w", cmd.Path, err)
		}
		o.file = f
	}
	cmd.Stdout, cmd.Stderr = out.file, errOut.file
	return nil
}

func (o *output) bytes(most int) []byte {
	if o.buffer != nil {
		return o.buffer.kept.Bytes()
	}
	begin := int64(0)
	if info, err := o.file.Stat(); err == nil {
		begin = max(0, info.Size()-int64(most))
	}
	b := make([]byte, most)
	n, _ := o.file.ReadAt(b, begin) // an error is the end of the file
	return b[:n]
}

func (o *output) discard() {
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}
