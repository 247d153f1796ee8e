package validate

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that was just written lies in memory. However much of it is given at once, it is what stands there.
func TestWhatLiesInMemoryIsReadAtOnce(t *testing.T) {
	t.Parallel()
	want := make([]byte, 300<<10)
	for i := range want {
		want[i] = byte(rand.Uint32())
	}
	path := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := newInstant(f)
	read := 0
	for _, off := range []int{0, 1, 4095, 4096, 100_000, len(want) - 10} {
		for _, size := range []int{0, 1, 5000, 1 << 20} {
			buf := make([]byte, size)
			n := r.read(buf, int64(off))
			if !bytes.Equal(buf[:n], want[off:min(off+n, len(want))]) {
				t.Errorf("%d bytes from %d are others", n, off)
			}
			read += n
		}
	}
	switch {
	case r.unable.Load():
		t.Skip("the file system of the temporary folder cannot be asked for what lies in memory alone")
	case read == 0:
		t.Error("nothing was read")
	}
	for _, off := range []int64{int64(len(want)), int64(len(want)) + 5} {
		if n := r.read(make([]byte, 10), off); n != 0 {
			t.Errorf("%d bytes behind the end", n)
		}
	}
	_ = f.Close()
	if n := r.read(make([]byte, 10), 0); n != 0 {
		t.Errorf("%d bytes of a closed file", n)
	}
}

func TestWhatIsNoFileIsReadAsUsual(t *testing.T) {
	t.Parallel()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = in.Close(), out.Close() }()
	if n := newInstant(in).read(make([]byte, 10), 0); n != 0 { // it must not wait for somebody to write
		t.Errorf("%d bytes", n)
	}
	for name, file := range map[string]io.ReaderAt{"nothing": nil, "a text": strings.NewReader("text")} {
		if n := newInstant(file).read(make([]byte, 10), 0); n != 0 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}
