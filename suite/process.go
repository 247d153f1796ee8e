package suite

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// A process is the receiver, where the target file says how to start it (hooks.start). It runs in a process group of
// its own, and what it starts carries its mark; all of that is ended with the run, whatever happens.
type process struct {
	hook   *target.Hook
	url    string
	mark   string // NAME=value, in the environment of all that belongs to the receiver
	output printed

	mu     sync.Mutex
	cmd    *exec.Cmd
	guard  *guard
	starts int
	done   chan struct{} // closed once cmd has ended
	err    error         // how it ended
	pipe   *os.File      // what it prints comes out here
	read   chan struct{} // closed once pipe is at its end
}

const (
	// stopGrace is how long a receiver may take to end after SIGTERM: requests in flight, a journal to be written. Then it is
	// killed.
	stopGrace = 10 * time.Second
	// markName is the variable by which what a receiver has started is known again.
	markName = "RELAYCHECK_STARTED"
)

func newProcess(hook *target.Hook, url string) *process {
	return &process{hook: hook, url: url, mark: markName + "=" + rand.Text()}
}

// start starts the receiver. That it takes callbacks is for wait to find out.
func (p *process) start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.vacant(ctx); err != nil {
		return err
	}
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
	cmd.Env = append(append(cmd.Env, p.hook.Command.Env...), p.mark)
	// A pipe of our own: one of package exec would be closed soon after the command ends, and a receiver that has put itself
	// into the background would die of the next line that it prints.
	out, in, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("start the receiver (%s): %w", p.hook.At, err)
	}
	cmd.Stdout, cmd.Stderr = in, in
	ownGroup(cmd)
	endWithUs(cmd)
	watcher := newGuard(p.mark)
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
	err = <-started
	_ = in.Close() // the receiver has its own
	if err != nil {
		watcher.dismiss()
		_ = out.Close()
		return fmt.Errorf("start the receiver (%s): %w", p.hook.At, err)
	}
	watcher.watch(cmd.Process.Pid)
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&p.output, out) // ends with the last of those that print, or when stop closes it
	}()
	p.cmd, p.guard, p.done, p.pipe, p.read = cmd, watcher, done, out, read
	p.starts++
	return nil
}

// vacant makes sure that nobody listens where the receiver shall: it could not, and somebody else would be judged. Of
// another host nothing can be said: a proxy may stand there all the time.
func (p *process) vacant(ctx context.Context) error {
	address, err := p.address()
	if err != nil {
		return err
	}
	if !onThisMachine(address) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil
	}
	_ = conn.Close()
	return fmt.Errorf("start the receiver (%s): somebody listens on %s already; end that program, or use port: auto", p.hook.At, address)
}

func onThisMachine(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

func (p *process) address() (string, error) {
	u, err := url.Parse(p.url)
	if err != nil {
		return "", err
	}
	if u.Port() != "" {
		return u.Host, nil
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme]), nil
}

// stop ends the receiver and everything that it has started: with SIGTERM and, once the grace is over, by force. It
// returns when they have ended.
func (p *process) stop(grace time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	leader := p.cmd.Process.Pid
	if grace > 0 {
		_ = askGroup(p.cmd)
		askAll(relatives(leader, p.mark))
		p.ended(grace)
	}
	// The leader may be gone and its children not. What is killed may have started something a moment before.
	for range lastRounds {
		_ = killGroup(p.cmd)
		left := relatives(leader, p.mark)
		if len(left) == 0 {
			break
		}
		endAll(left)
		<-time.After(familyInterval)
	}
	<-p.done
	p.guard.dismiss()
	p.settle()
	_ = p.pipe.Close()
	<-p.read
	p.cmd = nil
}

const (
	// familyInterval is how often it is looked who is left. A look reads a few hundred small files.
	familyInterval = 20 * time.Millisecond
	// lastRounds bounds how often those that are left are killed: a second, after which they cannot be.
	lastRounds = 50
)

// ended waits until the receiver and all that it started have ended, or the grace is over.
func (p *process) ended(grace time.Duration) {
	over := time.NewTimer(grace)
	defer over.Stop()
	select {
	case <-p.done:
	case <-over.C:
		return
	}
	for len(relatives(p.cmd.Process.Pid, p.mark)) > 0 {
		select {
		case <-time.After(familyInterval):
		case <-over.C:
			return
		}
	}
}

// settle lets what is in the pipe come out of it. Whoever still holds it, out of our reach, does not hold us.
func (p *process) settle() {
	select {
	case <-p.read:
	case <-time.After(time.Second):
	}
}

// report is what the reports show of the receiver.
func (p *process) report(redact func([]byte) []byte) *report.Receiver {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return &report.Receiver{Starts: p.starts, Output: p.output.output(redact)}
}

// again ends the receiver and starts it anew.
func (p *process) again(ctx context.Context, grace time.Duration) error {
	p.stop(grace)
	how := "restarted"
	if grace == 0 {
		how = "killed, and started again"
	}
	_, _ = fmt.Fprintf(&p.output, "[relaycheck: %s]\n", how)
	if err := p.start(ctx); err != nil {
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
