package suite

import (
	"os/exec"
	"syscall"
)

// endWithUs has the kernel end a command when the thread that starts it ends, and so when this program is killed.
func endWithUs(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL }
