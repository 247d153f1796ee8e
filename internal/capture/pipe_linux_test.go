package capture

import (
	"os"
	"syscall"
	"testing"
)

func pipeSize(t *testing.T, f *os.File) int {
	t.Helper()
	conn, err := f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	if err := conn.Control(func(fd uintptr) {
		n, _, _ := syscall.Syscall(syscall.SYS_FCNTL, fd, getPipeSize, 0)
		size = int(n)
	}); err != nil {
		t.Fatal(err)
	}
	return size
}

// A pipe that is read holds as much as is read at a time, also where it is the standard input; one that holds more is left alone.
func TestAPipeThatIsReadIsWide(t *testing.T) {
	t.Parallel()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := pipeSize(t, in)
	_, _ = out.WriteString("{}\n")
	_ = out.Close()
	r, err := Open([]string{Stdin}, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close(); _ = in.Close() }()
	if _, err := r.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	size := pipeSize(t, in)
	if size < buffer && size == before {
		t.Skip("the system does not let it grow")
	}
	if size < buffer {
		t.Errorf("it holds %d bytes", size)
	}
	conn, err := in.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Control(func(fd uintptr) { _, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, 2*buffer) })
	wider := pipeSize(t, in)
	if widen(in); pipeSize(t, in) != wider {
		t.Errorf("of %d bytes %d are left", wider, pipeSize(t, in))
	}
}
