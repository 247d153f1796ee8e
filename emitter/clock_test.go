package emitter_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// Not parallel: on a busy machine everything is late, and an early waking would not show.
func TestAPreciseClockNeverWakesEarly(t *testing.T) {
	c := emitter.NewPreciseClock()
	defer c.Close()
	start := time.Now()
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			at := start.Add(time.Duration(i%20) * 500 * time.Microsecond)
			if err := c.WaitUntil(t.Context(), at); err != nil || time.Now().Before(at) {
				t.Errorf("woken %v early, %v", time.Until(at), err)
			}
		})
	}
	wg.Wait()
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c := emitter.NewPreciseClock()
	defer c.Close()
	why := errors.New("why")
	for _, d := range []time.Duration{-time.Hour, 0, time.Millisecond, time.Hour} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		if err := c.WaitUntil(ctx, time.Now().Add(d)); !errors.Is(err, why) {
			t.Errorf("waiting for %v: %v", d, err)
		}
	}
}

func TestAClosedClockStillKeepsTime(t *testing.T) {
	t.Parallel()
	c := emitter.NewPreciseClock()
	c.Close()
	c.Close()
	at := time.Now().Add(5 * time.Millisecond)
	if err := c.WaitUntil(t.Context(), at); err != nil || time.Now().Before(at) {
		t.Errorf("woken %v early, %v", time.Until(at), err)
	}
}
