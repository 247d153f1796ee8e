//go:build !unix

package realserver

import (
	"os/exec"
	"testing"
)

// An account is whom a server runs as.
type account struct {
	name     string
	uid, gid int
}

func unprivileged(testing.TB, ...string) *account { return nil }

func asAccount(*exec.Cmd, *account) {}

func interrupt(cmd *exec.Cmd) { kill(cmd) }

func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
