//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience bounds every wait of a script for the program.
const patience = 30 * time.Second

// interrupts is the script command `interrupts CODE MARK relaycheck ARG…`: once the program has said MARK on stderr it gets
// an interrupt, must end with this code, and leave no process behind. What it printed is in the files out.txt and err.txt.
func interrupts(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: interrupts CODE MARK COMMAND ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmd := exec.Command(program(ts, args[2]), args[3:]...) // bounded by the timer below
	env := ts.Value(envKey{}).(*testscript.Env)
	cmd.Dir, cmd.Env = ts.MkAbs("."), env.Vars
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	said := &watched{mark: args[1], seen: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &out, said
	ts.Check(cmd.Start())
	group := -cmd.Process.Pid
	kill := time.AfterFunc(patience, func() { _ = syscall.Kill(group, syscall.SIGKILL) })
	defer kill.Stop()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-said.seen:
		ts.Check(cmd.Process.Signal(os.Interrupt))
		err = <-ended
	case <-ended:
		ts.Fatalf("it ended before it said %q:\n%s%s", args[1], out.String(), said.text())
	}
	got := 0
	if err != nil {
		got = exitCode(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("out.txt"), out.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("err.txt"), []byte(said.text()), 0o600))
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s%s", got, want, out.String(), said.text())
	}
	if err := syscall.Kill(group, 0); !errors.Is(err, syscall.ESRCH) {
		ts.Fatalf("a process is left behind (%v)", err)
	}
}
