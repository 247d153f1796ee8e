package main

import (
	"sync"
	"time"
)

// A ticker draws the progress of long work again and again, until it is closed.
type ticker struct {
	once sync.Once
	stop chan struct{}
	done chan struct{}
}

// redrawInterval is how often lines on a terminal are written over: quick enough to look alive, slow enough not to flicker.
const redrawInterval = 200 * time.Millisecond

// newTicker calls draw, first after an interval, in a goroutine of its own: often where lines are written over in place, and
// every progressInterval elsewhere. Whoever started it has to close it.
func newTicker(inPlace bool, draw func()) *ticker {
	every := progressInterval
	if inPlace {
		every = redrawInterval
	}
	t := &ticker{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(t.done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				draw()
			case <-t.stop:
				return
			}
		}
	}()
	return t
}

// close ends it; nothing is drawn any more once it returns. It may be called again.
func (t *ticker) close() {
	t.once.Do(func() { close(t.stop) })
	<-t.done
}
