package capture

import (
	"io"
	"os"
	"syscall"
)

// What fcntl calls the size of a pipe (fcntl(2), "Changing the capacity of a pipe"); package syscall has no names for it.
const (
	setPipeSize = 1031 // F_SETPIPE_SZ
	getPipeSize = 1032 // F_GETPIPE_SZ
)

// widen has a pipe hold as much as is read at a time. Of itself it holds 64 KiB, and whoever writes into it is woken for each:
// that takes longer than to judge them. What is no pipe, or may not be changed, stays as it is.
func widen(r io.Reader) {
	f, ok := r.(*os.File)
	if !ok {
		return
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) { // a closed file is found out when it is read
		size, _, failed := syscall.Syscall(syscall.SYS_FCNTL, fd, getPipeSize, 0)
		if failed == 0 && size < buffer {
			_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, buffer)
		}
	})
}
