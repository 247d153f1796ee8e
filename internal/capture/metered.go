package capture

import (
	"io"
	"os"
	"sync/atomic"
)

// wants tells the names of files in folders that are read from those that are left out.
func (o *Options) wants() func(name string) bool {
	if !o.Line.IsZero() {
		return isLog
	}
	return isCapture
}

// Size is how many bytes a Reader of the paths has to read, as they lie on the disk. Nothing is opened. False means that
// nobody knows: one of them is a stream, or cannot be looked at.
func Size(paths []string, stdin io.Reader, opts Options) (bytes int64, known bool) {
	for src := range sources(paths, stdin, &skipList{wants: opts.wants()}) {
		var info os.FileInfo
		var err error
		if src.name != Stdin {
			info, err = os.Stat(src.name)
		} else if file, ok := stdin.(*os.File); ok {
			info, err = file.Stat()
		}
		if err != nil || info == nil || !info.Mode().IsRegular() {
			return 0, false
		}
		bytes += info.Size()
	}
	return bytes, true
}

// metered counts what is read of a source, for whoever shows how far the reading is.
type metered struct {
	r io.Reader
	n *atomic.Int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n.Add(int64(n))
	return n, err
}

// metered is the reader itself where nobody wants to know.
func (o *Options) metered(r io.Reader) io.Reader {
	if o.Read == nil {
		return r
	}
	return &metered{r, o.Read}
}

// Sources is how many sources were begun: the number, from 1, of the one that the last document is of. A path that is named
// twice is two.
func (r *Reader) Sources() int { return r.begun }
