//go:build unix

package suite

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A guard ends a started receiver where this program cannot: when it is itself killed. It is a shell that waits at a pipe. Whatever
// ends this program closes its end of the pipe, and the shell then kills what is left: the process group of the receiver
// and, where there is a /proc, all that carries its mark. It has a session of its own, so that what ends this program's
// group does not end the guard.
//
// Where there is no shell there is no guard, and what a killed run leaves behind is out of reach: then, and for what has left the
// group on a system without /proc.
type guard struct {
	cmd   *exec.Cmd
	pipe  *os.File
	told  bool          // of the receiver's group
	ended chan struct{} // closed once the shell has ended
}

// guarding reads the process group of the receiver and then, if all is well, a second line. A round kills whatever is left; the
// next one looks whether it has started something a moment before.
const guarding = `trap '' HUP INT QUIT TERM
read -r group
read -r bye && exit
for round in 1 2 3 4 5; do
	left=
	[ -n "$group" ] && kill -s KILL -- "-$group" && left=1
	for file in $(grep -lzxF -- "$1" /proc/[0-9]*/environ); do
		pid=${file#/proc/}
		kill -s KILL "${pid%/environ}" && left=1
	done
	[ -z "$left" ] && exit
	sleep 1
done`

// dismissal is how long the shell may take to end once it is told to: it has nothing else to do.
const dismissal = time.Second

// newGuard starts a guard; nil where there is none.
func newGuard(mark string) *guard {
	out, in, err := os.Pipe()
	if err != nil {
		return nil
	}
	defer func() { _ = out.Close() }()                            // the shell has its own
	cmd := exec.Command("/bin/sh", "-c", guarding, "guard", mark) //nolint:noctx // it lives as long as the receiver
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	cmd.Dir = "/"
	cmd.Stdin = out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		_ = in.Close()
		return nil
	}
	g := &guard{cmd: cmd, pipe: in, ended: make(chan struct{})}
	go func() {
		defer close(g.ended)
		_ = cmd.Wait()
	}()
	return g
}

// watch tells the guard whom to end.
func (g *guard) watch(group int) {
	if g != nil {
		g.told = true
		_, _ = fmt.Fprintln(g.pipe, group)
	}
}

// dismiss ends the guard, and nobody else. It must be told before the group's number can be another's.
func (g *guard) dismiss() {
	if g == nil {
		return
	}
	farewell := "bye\n"
	if !g.told {
		farewell = "\n" + farewell
	}
	_, _ = strings.NewReader(farewell).WriteTo(g.pipe)
	_ = g.pipe.Close()
	select {
	case <-g.ended:
	case <-time.After(dismissal):
		_ = g.cmd.Process.Kill()
		<-g.ended
	}
}
