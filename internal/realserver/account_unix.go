//go:build unix

package realserver

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
	"testing"
)

// An account is whom a server runs as.
type account struct {
	name     string
	uid, gid int
}

// unprivileged finds an account to run a server as, for root: PostgreSQL and MariaDB refuse to run as root. Anybody
// else runs it as himself: nil.
func unprivileged(t testing.TB, names ...string) *account {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range append(names, "nobody") {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil {
			return &account{name, uid, gid}
		}
	}
	unavailable(t, "this test runs as root, and there is no account that a server could run as")
	return nil
}

func asAccount(cmd *exec.Cmd, who *account) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if who != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid)} //nolint:gosec // ids are not negative
		cmd.Env = append(os.Environ(), "HOME="+cmd.Dir, "USER="+who.name)
	}
}

// interrupt asks a server to end. SIGTERM is for MariaDB and Redis; PostgreSQL waits for its clients then, unless
// SIGINT tells it not to.
func interrupt(cmd *exec.Cmd) {
	_ = syscall.Kill(cmd.Process.Pid, syscall.SIGTERM)
	_ = syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
}

// kill ends the server and all its children.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
