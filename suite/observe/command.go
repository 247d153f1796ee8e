package observe

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/observe/process"
	"github.com/relaycheck/relaycheck/suite/target"
)

// maxOutput bounds what a program may print, in bytes.
const maxOutput = 1 << 20

// command asks a program. The ids are in its arguments where the target file puts them, and always in its environment.
type command struct {
	spec *target.Command
}

func (c *command) close() error { return nil }

// shells are the programs that read an argument as a program of their own.
var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "ash": true, "ksh": true, "zsh": true}

// harmless is an id that no shell reads as anything but a word.
var harmless = regexp.MustCompile(`^[A-Za-z0-9._:/@%+-]*$`)

// argv fills in the ids. Into the script of a shell only such ids are put that it reads as a plain word: a stream
// may be called `$(reboot)`.
func (c *command) argv(id Identity) ([]string, error) {
	out := make([]string, len(c.spec.Argv))
	for i, t := range c.spec.Argv {
		out[i] = t.Fill(id.TaskID, id.StreamID, nil)
		isScript := i > 1 && shells[filepath.Base(out[0])] && strings.HasPrefix(out[i-1], "-") && strings.HasSuffix(out[i-1], "c")
		if !isScript || !t.Keyed() {
			continue
		}
		for _, v := range []string{id.TaskID, id.StreamID} {
			if t.Fill(v, v, nil) != "" && !harmless.MatchString(v) && strings.Contains(out[i], v) {
				return nil, fmt.Errorf("the id %q may not be put into a shell script: write \"$RELAYCHECK_TASK_ID\" or \"$RELAYCHECK_STREAM_ID\" there", v)
			}
		}
	}
	return out, nil
}

func (c *command) look(ctx context.Context, id Identity) (view, error) {
	argv, err := c.argv(id)
	if err != nil {
		return view{}, err
	}
	env := append([]string{"RELAYCHECK_TASK_ID=" + noNUL(id.TaskID), "RELAYCHECK_STREAM_ID=" + noNUL(id.StreamID)}, c.spec.Env...)
	res, err := process.Run(ctx, process.Spec{Argv: argv, Env: env, Dir: c.spec.Dir, MaxOutput: maxOutput})
	raw := clip([]byte(fmt.Sprintf("exit %d\n%s%s", res.Exit, res.Stdout, res.Stderr)))
	if err != nil {
		return view{raw: raw}, err
	}
	stdout := strings.ToValidUTF8(string(res.Stdout), "\uFFFD")
	decoded, _ := expression.Decode(res.Stdout)
	return view{
		raw: raw,
		env: expression.Env{
			"stdout": stdout, "json": decoded, "lines": lines(stdout), "exit": res.Exit,
			"stderr": strings.ToValidUTF8(string(res.Stderr), "\uFFFD"),
		},
		number: func() (int, error) {
			if res.Exit != 0 {
				return 0, fmt.Errorf("%s: exit code %d: %s", argv[0], res.Exit, process.LastLine(res.Stderr))
			}
			n, err := expression.Count(strings.TrimSpace(stdout))
			if err != nil {
				return 0, fmt.Errorf("%s: the output: %w; print a number, or say what to count with `count:`", argv[0], err)
			}
			return n, nil
		},
	}, nil
}

// noNUL takes out what no environment can hold.
func noNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// lines cuts text into lines; a line end at its end begins none.
func lines(s string) []string {
	s = strings.TrimSuffix(s, "\n")
	if s == "" {
		return []string{}
	}
	out := strings.Split(s, "\n")
	for i, l := range out {
		out[i] = strings.TrimSuffix(l, "\r")
	}
	return out
}
