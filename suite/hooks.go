package suite

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	programs "github.com/relaycheck/relaycheck/suite/observe/process"
	"github.com/relaycheck/relaycheck/suite/target"
)

// A hookRunner handles the receiver from outside, as the target file says. Hooks learn the target's URL and the
// task in hand through RELAYCHECK_URL and RELAYCHECK_TASK_ID.
type hookRunner struct {
	hooks   target.Hooks
	url     string
	process *process // the receiver, where hooks.start is a command
	closed  bool
}

// open starts the receiver, where the target file says how, and waits until it takes callbacks.
func (h *hookRunner) open(ctx context.Context) error {
	start := h.hooks.Start
	if start == nil {
		return nil
	}
	if start.Command == nil {
		if err := h.run(ctx, target.Start, ""); err != nil {
			return err
		}
		return h.ready(ctx)
	}
	h.process = newProcess(start, h.url)
	if err := h.process.start(ctx); err != nil {
		return err
	}
	if err := h.process.wait(ctx); err != nil {
		return err
	}
	return h.ready(ctx)
}

// close ends what open has started.
func (h *hookRunner) close() {
	if h.closed {
		return
	}
	h.closed = true
	if h.process != nil {
		h.process.stop(stopGrace)
	}
	if h.hooks.Start != nil && h.hooks.Stop != nil {
		// The run is over, whatever ended it: stopping has a time of its own.
		_ = h.run(context.Background(), target.Stop, "")
	}
}

// names lists what can be done to the receiver.
func (h *hookRunner) names() []string {
	names := h.hooks.Names()
	if h.hooks.Start == nil || h.hooks.Start.Command == nil {
		return names
	}
	for _, own := range []string{target.Restart, target.Kill} {
		if !slices.Contains(names, own) {
			names = append(names, own)
		}
	}
	return names
}

// run runs one hook within its time. A hook that the target does not have is an error that says so.
func (h *hookRunner) run(ctx context.Context, name, taskID string) error {
	hook := h.hooks.Get(name)
	if hook == nil && h.process != nil {
		return h.process.do(ctx, name)
	}
	if hook == nil {
		return fmt.Errorf("the target file has no hook %q", name)
	}
	return h.runFor(ctx, hook, taskID, hook.Timeout)
}

// runFor runs a hook within a time.
func (h *hookRunner) runFor(ctx context.Context, hook *target.Hook, taskID string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var err error
	if hook.Command != nil {
		err = h.command(ctx, hook, taskID, limit)
	} else {
		err = h.request(ctx, hook)
	}
	if err != nil {
		return fmt.Errorf("hook %s (%s): %w", hook.Name, hook.At, err)
	}
	return nil
}

// ready waits until the receiver takes callbacks again, asking the ready hook where there is one. A question may go
// unanswered: a receiver that starts may take a connection and lose it. So each has a limit of its own, which grows for a
// receiver that is slow.
func (h *hookRunner) ready(ctx context.Context) error {
	hook := h.hooks.Ready
	if hook == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, hook.Timeout)
	defer cancel()
	// A restart hook of the target's own may have put another program in the receiver's place, and ended it.
	watched := h.process != nil && h.process.runs()
	limit := firstQuestion
	for asked := 1; ; asked++ {
		begin := time.Now()
		last := h.runFor(ctx, hook, "", limit)
		if last == nil {
			return nil
		}
		if time.Since(begin) >= limit {
			limit *= 2
		}
		if watched {
			if err := h.process.failed(); err != nil {
				return err
			}
		}
		if wait(ctx, readyInterval) != nil {
			return fmt.Errorf("the receiver was not ready within %s, asked %d×: %w%s", hook.Timeout, asked, last, h.printed())
		}
	}
}

// printed quotes the end of what a started receiver has printed.
func (h *hookRunner) printed() string {
	if h.process == nil {
		return ""
	}
	return h.process.output.said()
}

const (
	// readyInterval is how often a starting receiver is asked: quick against a start of some seconds, no load.
	readyInterval = 50 * time.Millisecond
	// firstQuestion is how long the first questions may take; each that takes longer doubles it.
	firstQuestion = 2 * time.Second
)

// maxHookOutput bounds what is read of the answer to a hook, and of what a program prints, in bytes.
const maxHookOutput = 4 << 10

func (h *hookRunner) command(ctx context.Context, hook *target.Hook, taskID string, limit time.Duration) error {
	argv := make([]string, len(hook.Command.Argv))
	for i, t := range hook.Command.Argv {
		argv[i] = t.Fill(taskID, "", nil)
	}
	env := append(slices.Clone(hook.Command.Env), "RELAYCHECK_URL="+h.url, "RELAYCHECK_TASK_ID="+taskID)
	if h.process != nil {
		// Where this program starts the receiver it also ends it: a server that the hook puts in its place as well.
		env = append(env, h.process.mark)
	}
	// A restart hook may well leave the receiver behind, with its output in its hands.
	res, err := programs.Run(ctx, programs.Spec{Argv: argv, Env: env, Dir: hook.Command.Dir, MaxOutput: maxHookOutput, Detached: true})
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("%s did not end within %s", argv[0], limit)
	case err != nil:
		return err
	case res.Exit != 0:
		var out printed
		_, _ = out.Write(res.Stdout)
		_, _ = out.Write(res.Stderr)
		return fmt.Errorf("%s: exit code %d%s", argv[0], res.Exit, out.said())
	}
	return nil
}

func (h *hookRunner) request(ctx context.Context, hook *target.Hook) error {
	method := http.MethodPost
	if hook.Name == target.Ready {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, hook.URL, http.NoBody)
	if err != nil {
		return err
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: nil, TLSClientConfig: hook.TLS, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxHookOutput))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("answered %s: %s", resp.Status, bytes.TrimSpace(body))
	}
	return nil
}
