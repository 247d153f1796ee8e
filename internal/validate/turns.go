package validate

import (
	"context"
	"sync"
)

// turns has the chunks of a span told of in their order, though they are judged in any. There is no goroutine that waits for
// the next one: whoever brings the chunk whose turn it is tells of it and of those behind it that wait. To hand each over
// would cost more than to judge it.
type turns struct {
	mu      sync.Mutex
	room    sync.Cond                           // told has grown, or it is all over
	waiting [maxWaiting]*batch                  // those that were judged and not told of, each at its number's place
	told    int64                               // the number of the chunk whose turn it is
	most    int64                               // how many may be under way, that one among them
	held    int                                 // documents of those that wait of which something is kept
	tell    func(*batch) (last bool, err error) // nil until all that comes before the span has been told of
	busy    bool                                // somebody tells
	over    bool                                // the last chunk was told of, or the run was called off
	done    chan struct{}                       // closed behind the last chunk, or a failure
}

// The bounds of what waits for its turn. Of most chunks only numbers are kept, so there may be many: one that takes long,
// since its processor is lent to somebody else, must not have the others wait. Findings are kept with their texts.
const (
	maxWaiting = 64
	maxHeld    = 4096
)

// newTurns are turns of which so many may be under way, at most maxWaiting.
func newTurns(most int) *turns {
	t := &turns{most: int64(most), done: make(chan struct{})}
	t.room.L = &t.mu
	return t
}

// await waits until chunk n may be judged. It reports false where no more of them are wanted.
func (t *turns) await(n int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.over && n > t.told && (n-t.told >= t.most || t.held >= maxHeld) {
		t.room.Wait()
	}
	return !t.over
}

// bring takes chunk n once it was judged, and tells of what is next, unless that is being done.
func (t *turns) bring(n int64, b *batch) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[n%maxWaiting] = b
	t.held += b.kept()
	return t.next()
}

// begin says that everything before the span has been told of, and how to tell of its chunks. What tell returns is whether
// the chunk is the last one.
func (t *turns) begin(tell func(*batch) (last bool, err error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tell = tell
	return t.next()
}

// next tells of the chunks whose turn has come. The lock is held, but not while it tells.
func (t *turns) next() error {
	if t.tell == nil || t.busy {
		return nil
	}
	t.busy = true
	defer func() { t.busy = false }()
	for !t.over {
		place := &t.waiting[t.told%maxWaiting]
		b := *place
		if b == nil {
			return nil
		}
		kept := b.kept()
		t.mu.Unlock()
		last, err := t.tell(b)
		b.release()
		t.mu.Lock()
		*place = nil
		t.held -= kept
		t.told++
		if last || err != nil {
			t.over = true
			close(t.done)
		}
		t.room.Broadcast()
		if err != nil {
			return err
		}
	}
	return nil
}

// wait waits until the last chunk was told of. It reports false, and has nobody wait for room any more, where the run was
// called off before that.
func (t *turns) wait(ctx context.Context) bool {
	select {
	case <-t.done:
		return true
	case <-ctx.Done():
	}
	t.callOff()
	return false
}

// callOff has nobody wait for room any more.
func (t *turns) callOff() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.room.Broadcast()
}
