package receiver

import (
	"context"
	"sync"
)

// background runs what a seeded bug does after it has answered. Closing the receiver ends it and waits.
type background struct {
	ctx  context.Context
	work sync.WaitGroup
}

func newBackground(r *Receiver) *background {
	ctx, cancel := context.WithCancel(context.Background())
	b := &background{ctx: ctx}
	r.closers = append(r.closers, func() error {
		cancel()
		b.work.Wait()
		return nil
	})
	return b
}

// do runs f on its own; its context ends when the receiver is closed.
func (b *background) do(f func(ctx context.Context)) {
	b.work.Go(func() { f(b.ctx) })
}
