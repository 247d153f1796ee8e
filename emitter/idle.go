package emitter

import (
	"errors"
	"os"
	"sync"
	"time"
)

// An idlePool keeps raw connections for the next request. Each is watched while it waits, so that one that the
// receiver closed, or on which it said something unasked, is never taken again.
type idlePool struct {
	limit time.Duration
	wg    sync.WaitGroup

	mu     sync.Mutex
	conns  map[string][]*idleConn
	closed bool
}

type idleConn struct {
	*conn
	key   string
	done  chan struct{} // the watch is over
	clean bool          // it ended by our deadline, nothing was read; valid after done
}

func newIdlePool(limit time.Duration) *idlePool {
	return &idlePool{limit: limit, conns: make(map[string][]*idleConn)}
}

// put keeps a connection, or closes it if the pool is closed.
func (p *idlePool) put(key string, c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = c.Close()
		return
	}
	ic := &idleConn{conn: c, key: key, done: make(chan struct{})}
	_ = c.SetDeadline(time.Time{})
	c.limitRead(time.Now().Add(p.limit))
	p.conns[key] = append(p.conns[key], ic)
	p.wg.Go(func() { p.watch(ic) })
}

// watch waits for the receiver to end the connection or to speak, for the limit, or for take.
func (p *idlePool) watch(ic *idleConn) {
	var b [1]byte
	n, err := ic.Read(b[:])
	ic.clean = n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
	close(ic.done)
	if p.remove(ic) { // nobody took it
		_ = ic.Close()
	}
}

// take gives the connection that was put last, or nil.
func (p *idlePool) take(key string) *conn {
	for {
		p.mu.Lock()
		list := p.conns[key]
		if len(list) == 0 {
			p.mu.Unlock()
			return nil
		}
		ic := list[len(list)-1]
		p.conns[key] = list[:len(list)-1]
		p.mu.Unlock()

		ic.limitRead(past)
		<-ic.done
		if ic.clean {
			_ = ic.SetDeadline(time.Time{})
			return ic.conn
		}
		_ = ic.Close()
	}
}

// remove reports whether the connection was still in the pool.
func (p *idlePool) remove(ic *idleConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.conns[ic.key]
	for i := range list {
		if list[i] == ic {
			p.conns[ic.key] = append(list[:i:i], list[i+1:]...)
			return true
		}
	}
	return false
}

func (p *idlePool) close() {
	p.mu.Lock()
	p.closed = true
	for _, list := range p.conns {
		for _, ic := range list {
			_ = ic.Close()
		}
	}
	p.mu.Unlock()
	p.wg.Wait()
}
