package suite

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/suite/target"
)

// A process is the receiver, where the target file says how to start it (hooks.start). It runs in a process group of
// its own, which is ended with the run, whatever happens.
type process struct {
	hook   *target.Hook
	url    string
	output tail

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed once cmd has ended
	err  error         // how it ended
}

// stopGrace is how long a receiver may take to end after SIGTERM: requests in flight, a journal to be written. Then it is killed.
const stopGrace = 10 * time.Second

func newProcess(hook *target.Hook, url string) *process {
	return &process{hook: hook, url: url}
}

// start starts the receiver. That it takes callbacks is for wait to find out.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	argv := make([]string, len(p.hook.Command.Argv))
	for i, t := range p.hook.Command.Argv {
		argv[i] = t.String()
	}
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // the target file's own command; it lives as long as the run
	cmd.Dir = p.hook.Command.Dir
	cmd.Env = append(os.Environ(), "RELAYCHECK_URL="+p.url)
	if p.hook.Port > 0 {
		cmd.Env = append(cmd.Env, "PORT="+strconv.Itoa(p.hook.Port))
	}
	cmd.Env = append(cmd.Env, p.hook.Command.Env...)
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	cmd.WaitDelay = time.Second // a child that holds the pipe open must not hold us
	ownGroup(cmd)
	endWithUs(cmd)
	started, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		// The kernel ends the receiver when the thread that started it does, so this one must live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start the receiver (%s): %w", p.hook.At, err)
	}
	p.cmd, p.done = cmd, done
	return nil
}

// wait waits until the receiver takes connections, or has ended, or its time is over.
func (p *process) wait(ctx context.Context) error {
	u, err := url.Parse(p.url)
	if err != nil {
		return err
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	ctx, cancel := context.WithTimeout(ctx, p.hook.Timeout)
	defer cancel()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.done:
			if p.err != nil {
				return fmt.Errorf("the receiver (%s) ended before it took a callback: %w%s", p.hook.At, p.err, p.output.shown())
			}
			// It has put itself into the background.
			if err := wait(ctx, readyInterval); err != nil {
				return p.notReady(address)
			}
		case <-ctx.Done():
			return p.notReady(address)
		case <-time.After(readyInterval):
		}
	}
}

func (p *process) notReady(address string) error {
	return fmt.Errorf("the receiver (%s) did not listen on %s within %s%s", p.hook.At, address, p.hook.Timeout, p.output.shown())
}

// stop ends the receiver and everything that it has started: with SIGTERM and, once the grace is over, by force. It
// returns when the receiver has ended.
func (p *process) stop(grace time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	if grace > 0 {
		_ = askGroup(p.cmd)
		select {
		case <-p.done:
		case <-time.After(grace):
		}
	}
	// The leader may be gone and its children not: the group is ended in any case.
	_ = killGroup(p.cmd)
	<-p.done
	p.cmd = nil
}

// again ends the receiver and starts it anew.
func (p *process) again(ctx context.Context, grace time.Duration) error {
	p.stop(grace)
	if err := p.start(); err != nil {
		return err
	}
	return p.wait(ctx)
}

// do does what a hook of the name would, for a receiver that was started by this program.
func (p *process) do(ctx context.Context, name string) error {
	switch name {
	case target.Restart:
		return p.again(ctx, stopGrace)
	case target.Kill:
		return p.again(ctx, 0)
	}
	return errors.New("a receiver that relaycheck has started can be restarted and killed, not more: " + name)
}
