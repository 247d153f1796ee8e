//go:build !unix

package suite

import "os/exec"

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// askGroup ends a command: it cannot be asked here.
func askGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }

// killGroup ends a command; its children are out of reach here.
func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }
