package capture

import (
	"errors"
	"io"
	"sync"
)

// aheadBlocks is how many blocks of the size of the buffer are read ahead at most.
const aheadBlocks = 3

// errStopped ends a reader whose reading was stopped.
var errStopped = errors.New("reading was stopped")

// A readAhead reads in a goroutine of its own, so that decompressing, or waiting for a pipe, and finding documents go on
// side by side. It hands on what comes as soon as it comes.
type readAhead struct {
	full  chan block
	empty chan []byte
	stop  chan struct{}
	once  sync.Once
	done  chan struct{} // closed when the goroutine has ended

	at block // being read
	n  int   // read of it
}

type block struct {
	data []byte
	err  error
}

func newReadAhead(r io.Reader) *readAhead {
	a := &readAhead{full: make(chan block, aheadBlocks), empty: make(chan []byte, aheadBlocks), stop: make(chan struct{}), done: make(chan struct{})}
	for range aheadBlocks {
		a.empty <- nil // made when it is needed: a small file takes one
	}
	go a.run(r)
	return a
}

func (a *readAhead) run(r io.Reader) {
	defer close(a.done)
	for {
		var buf []byte
		select {
		case buf = <-a.empty:
		case <-a.stop:
			return
		}
		if buf == nil {
			buf = make([]byte, buffer)
		}
		n, err := r.Read(buf[:buffer])
		select {
		case a.full <- block{data: buf[:n], err: err}:
		case <-a.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

func (a *readAhead) Read(p []byte) (int, error) {
	for {
		if a.n < len(a.at.data) {
			n := copy(p, a.at.data[a.n:])
			a.n += n
			return n, nil
		}
		if a.at.err != nil {
			return 0, a.at.err
		}
		if cap(a.at.data) > 0 {
			a.empty <- a.at.data // there is room: no more than aheadBlocks are under way
			a.at.data = nil
		}
		select {
		case a.at = <-a.full:
			a.n = 0
		case <-a.stop:
			a.at.err = errStopped
		}
	}
}

// halt makes a Read that waits return, and the goroutine end with its own. It may be called more than once.
func (a *readAhead) halt() { a.once.Do(func() { close(a.stop) }) }
