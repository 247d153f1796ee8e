package validate

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
)

// numbered is a batch of which the test knows the number.
func numbered(n int64) *batch { return &batch{chunk: &chunk{from: n}, records: make([]Record, n%3)} }

func TestChunksAreToldOfInTheirOrder(t *testing.T) {
	t.Parallel()
	const chunks = 10 * maxWaiting
	turns := newTurns(maxWaiting)
	var told []int64
	tell := func(b *batch) (bool, error) {
		told = append(told, b.chunk.from) // one after the other: the race detector looks
		return b.chunk.from == chunks-1, nil
	}
	var next sync.Mutex
	n := int64(0)
	take := func(r *rand.Rand) (mine []int64) { // several at a time, so that they are brought out of order
		next.Lock()
		defer next.Unlock()
		for range 1 + r.IntN(5) {
			if n < chunks {
				mine = append(mine, n)
				n++
			}
		}
		r.Shuffle(len(mine), func(i, k int) { mine[i], mine[k] = mine[k], mine[i] })
		return mine
	}
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			r := rand.New(rand.NewPCG(314, uint64(w)))
			for mine := take(r); len(mine) > 0; mine = take(r) {
				for _, n := range mine {
					if !turns.await(n) {
						t.Errorf("%d is not wanted", n)
					}
					if err := turns.bring(n, numbered(n)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	if err := turns.begin(tell); err != nil {
		t.Fatal(err)
	}
	workers.Wait()
	if !turns.wait(t.Context()) || len(told) != chunks {
		t.Fatalf("%d of %d chunks were told of", len(told), chunks)
	}
	for i, n := range told {
		if n != int64(i) {
			t.Fatalf("%d was told of in place of %d", n, i)
		}
	}
	if turns.held != 0 {
		t.Errorf("%d documents are held", turns.held)
	}
	if turns.await(chunks) {
		t.Error("there is more to do behind the last chunk")
	}
}

func TestNothingIsToldOfBeforeItsTurn(t *testing.T) {
	t.Parallel()
	turns := newTurns(maxWaiting)
	told := 0
	tell := func(*batch) (bool, error) { told++; return false, nil }
	for _, n := range []int64{0, 2} {
		if err := turns.bring(n, numbered(n)); err != nil || told != 0 {
			t.Fatalf("%d told of, %v", told, err)
		}
	}
	if err := turns.begin(tell); err != nil || told != 1 {
		t.Fatalf("%d told of when the span's turn came, %v", told, err)
	}
	if err := turns.bring(1, numbered(1)); err != nil || told != 3 {
		t.Fatalf("%d told of when the missing one came, %v", told, err)
	}
}

// Whoever is too far ahead waits, and is freed by what comes, or when the run is called off.
func TestWhoIsTooFarAheadWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, tooFarAhead)
}

func tooFarAhead(t *testing.T) {
	ahead := func(turns *turns, n int64) chan bool {
		out := make(chan bool)
		go func() { out <- turns.await(n) }()
		synctest.Wait() // it has come to wait, or to tell
		return out
	}
	count := func(n int) *batch { return &batch{records: make([]Record, n)} }
	begun := func() *turns {
		turns := newTurns(maxWaiting)
		if err := turns.begin(func(*batch) (bool, error) { return false, nil }); err != nil {
			t.Fatal(err)
		}
		return turns
	}
	bring := func(turns *turns, n int64, b *batch) {
		if err := turns.bring(n, b); err != nil {
			t.Fatal(err)
		}
	}

	turns := begun()
	waits := ahead(turns, maxWaiting)
	select {
	case <-waits:
		t.Error("there is no place for so many")
	default:
	}
	bring(turns, 0, count(0))
	if !<-waits {
		t.Error("not wanted")
	}

	turns = begun()
	bring(turns, 2, count(maxHeld))
	if !turns.await(0) {
		t.Error("the next one has to wait for those behind it")
	}
	waits = ahead(turns, 3)
	select {
	case <-waits:
		t.Error("there is no memory for so much")
	default:
	}
	bring(turns, 0, count(0))
	bring(turns, 1, count(0))
	if !<-waits {
		t.Error("not wanted")
	}

	turns = newTurns(maxWaiting)
	waits = ahead(turns, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if turns.wait(ctx) || <-waits {
		t.Error("goes on though it was called off")
	}
}

func TestAFailureToTellEndsASpan(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	turns := newTurns(maxWaiting)
	told := 0
	if err := turns.begin(func(*batch) (bool, error) { told++; return false, full }); err != nil {
		t.Fatal(err)
	}
	if err := turns.bring(0, numbered(0)); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if err := turns.bring(1, numbered(1)); err != nil || told != 1 || turns.await(2) {
		t.Errorf("%v, %d told of", err, told)
	}
	if !turns.wait(t.Context()) {
		t.Error("the reader waits on")
	}
}
