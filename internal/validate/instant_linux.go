package validate

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An instant reads what of a file lies in the system's memory, and waits for nothing. Of a call that may have to wait the
// runtime is told, and where one takes long it gives the processor to another thread; a file in memory is read by thousands
// of calls, so threads would come and go for as much time as the validation takes.
type instant struct {
	file   syscall.RawConn
	unable atomic.Bool // the file system, or the system, has no such call
}

// newInstant is the instant of a file; nil where it is none of the system's.
func newInstant(file io.ReaderAt) *instant {
	f, ok := file.(*os.File)
	if !ok {
		return nil
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return nil
	}
	return &instant{file: conn}
}

// read fills the beginning of buf with what stands in the file from off on. It is how many bytes that were: none at the end of
// the file, where they would have to be waited for, or where anything is wrong, which shows when they are read as usual.
func (r *instant) read(buf []byte, off int64) int {
	if r == nil || len(buf) == 0 || r.unable.Load() {
		return 0
	}
	part := unix.Iovec{Base: &buf[0]}
	part.SetLen(len(buf))
	var n uintptr
	var errno syscall.Errno
	err := r.file.Control(func(fd uintptr) {
		// A position is given in two halves, of which the upper one counts where a word has 32 bits.
		n, _, errno = unix.RawSyscall6(unix.SYS_PREADV2, fd, uintptr(unsafe.Pointer(&part)), 1, uintptr(off), uintptr(off>>32), unix.RWF_NOWAIT) //nolint:gosec // the call wants it so
	})
	switch {
	case err != nil:
		return 0
	case errno != 0:
		if !errors.Is(errno, unix.EAGAIN) && !errors.Is(errno, unix.EINTR) {
			r.unable.Store(true)
		}
		return 0
	}
	return int(n)
}
