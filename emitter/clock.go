package emitter

import (
	"container/heap"
	"context"
	"runtime"
	"sync"
	"time"
)

// A Clock wakes the steps of plays at their time. The two kinds are the plain timers that a Player uses unasked, and
// a PreciseClock.
type Clock interface {
	// WaitUntil returns at t or as soon after as it can, or with ctx's cause as soon as ctx ends.
	WaitUntil(ctx context.Context, t time.Time) error
}

// timers is the Clock of the runtime's timers. They wake about 0.1 to 1 ms late on Linux, where the runtime rounds
// short waits up to a millisecond.
type timers struct{}

func (timers) WaitUntil(ctx context.Context, t time.Time) error {
	d := time.Until(t)
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A PreciseClock wakes some ten times closer to the time than timers do, at the price of one sleeping thread for
// any number of waiters. Far from their time they wait on timers; for the last stretch, one thread sleeps in the
// kernel for them all. Where the system has no fine sleep, it is no better than timers.
type PreciseClock struct {
	wake chan struct{} // says that there is somebody to wake; holds one
	quit chan struct{}
	done chan struct{}

	mu      sync.Mutex
	waiters waiterHeap
	closed  bool
}

// lastStretch is how long before its time a waiter goes over to the thread: more than timers are late, save on
// a machine that has other troubles.
const lastStretch = 3 * time.Millisecond

// slice is the longest single sleep of the thread. It cannot be interrupted, so somebody who comes meanwhile
// and is due earlier may be this late.
const slice = 200 * time.Microsecond

// NewPreciseClock starts the thread. Close the clock when no play uses it any more.
func NewPreciseClock() *PreciseClock {
	c := &PreciseClock{wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	go c.run()
	return c
}

// Close ends the thread. Who still waits is woken at once.
func (c *PreciseClock) Close() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.quit)
	}
	c.mu.Unlock()
	<-c.done
}

// WaitUntil implements Clock.
func (c *PreciseClock) WaitUntil(ctx context.Context, t time.Time) error {
	if err := (timers{}).WaitUntil(ctx, t.Add(-lastStretch)); err != nil {
		return err
	}
	if !time.Now().Before(t) {
		return context.Cause(ctx)
	}
	w := waiter{at: t, ready: make(chan struct{})}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return timers{}.WaitUntil(ctx, t)
	}
	heap.Push(&c.waiters, w)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
	select {
	case <-w.ready:
		return context.Cause(ctx)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// run is the thread. It is never unlocked, so it ends with its fine timer slack and nobody inherits that.
func (c *PreciseClock) run() {
	runtime.LockOSThread()
	fineTimers()
	defer close(c.done)
	for {
		next, any := c.wakeDue(time.Now())
		if any {
			fineSleep(min(time.Until(next), slice))
			continue
		}
		select {
		case <-c.wake:
		case <-c.quit:
			c.wakeDue(time.Now().Add(lastStretch))
			return
		}
	}
}

// wakeDue wakes all whose time has come, and gives the time of the next, if there is one.
func (c *PreciseClock) wakeDue(now time.Time) (next time.Time, any bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.waiters) > 0 {
		if w := c.waiters[0]; w.at.After(now) {
			return w.at, true
		}
		close(heap.Pop(&c.waiters).(waiter).ready)
	}
	return time.Time{}, false
}

type waiter struct {
	at    time.Time
	ready chan struct{}
}

// A waiterHeap has the earliest waiter first.
type waiterHeap []waiter

func (h waiterHeap) Len() int           { return len(h) }
func (h waiterHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h waiterHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *waiterHeap) Push(w any)        { *h = append(*h, w.(waiter)) }
func (h *waiterHeap) Pop() any {
	old := *h
	w := old[len(old)-1]
	old[len(old)-1] = waiter{}
	*h = old[:len(old)-1]
	return w
}
