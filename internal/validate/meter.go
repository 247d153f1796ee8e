package validate

import (
	"io"
	"sync/atomic"

	"github.com/relaycheck/relaycheck/internal/capture"
)

// A Meter tells, while a run goes on, how far it is. It is safe for use by several goroutines; the zero value is ready for
// one run. Nil is a meter that nobody reads.
type Meter struct {
	documents, bytes   atomic.Int64
	read, lines, total atomic.Int64
}

// A Progress is how far a run is.
type Progress struct {
	Documents int64 // told of
	Bytes     int64 // of these
	Done      int64 // bytes of the inputs, as they lie on the disk, that were read
	Total     int64 // bytes of all inputs; 0 if one of them is a stream
}

// Now is how far the run is.
func (m *Meter) Now() Progress {
	p := Progress{Documents: m.documents.Load(), Bytes: m.bytes.Load(), Done: m.read.Load() + m.lines.Load(), Total: m.total.Load()}
	if p.Total > 0 { // what is handed out as lines was looked at by the reader before
		p.Done = min(p.Done, p.Total)
	}
	return p
}

// begin looks at the size of what is to be read, and has the reader count.
func (m *Meter) begin(paths []string, stdin io.Reader, opts *capture.Options) {
	if m == nil {
		return
	}
	opts.Read = &m.read
	if total, known := capture.Size(paths, stdin, *opts); known {
		m.total.Store(total)
	}
}

func (m *Meter) add(b *batch) {
	if m == nil {
		return
	}
	m.documents.Add(int64(b.tally.documents()))
	m.bytes.Add(b.tally.bytes)
	if b.chunk != nil {
		m.lines.Add(b.chunk.end - b.chunk.from)
	}
}
