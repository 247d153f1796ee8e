//go:build !unix

package suite

import "os/exec"

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup ends a command; its children are out of reach here.
func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }
